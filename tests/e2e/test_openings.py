"""Nobody opens a role, or takes it away, that they could not put on a panel themselves: tried by whoever would like to."""

from typing import Any

import pytest

from domain.panels import Mode
from models import Draft, Panel, PanelRole
from sandbox import members, roles
from sandbox.driver.views import MessageView
from sandbox.world import Role
from tests.e2e.house import House
from tests.e2e.test_managers import open_commands
from tests.e2e.test_panels import create, redrawn

MANAGE_ROLES = 1 << 28


def new_role(house: House, name: str, above: str, permissions: int = 0) -> Role:
    """A role just above another one."""
    world, guild = house.sandbox.world, house.sandbox.guild
    made = Role(world.new_id(), guild.id, name, 1, permissions)
    roles.create(world, guild, made, guild.owner_id)
    roles.move(world, guild, {made.id: house.sandbox.role(above).position})
    return made


def joins(house: House, who: str, role: Role) -> None:
    """Give a member a role, as an admin does at Discord."""
    member = house.actor(who).member
    member.role_ids = [*member.role_ids, role.id]
    members.changed(house.sandbox.world, house.sandbox.guild, member)


@pytest.fixture
async def junior(house: House) -> Any:
    """Bob may manage roles, but stands below Moderator and Veteran."""
    joins(house, "bob", new_role(house, "Junior", "Chess", MANAGE_ROLES))
    return house.actor("bob")


async def staff(house: House, *names: str) -> MessageView:
    """A panel of the administrator's with powerful roles."""
    editor = await create(house, title="Staff", roles=names or ("Moderator",))
    await redrawn(await editor.click("Add Moderator anyway"))
    return editor


def refused(text: str, role: Role, respects: str, deed: str = "open") -> bool:
    what = f"would open <@&{role.id}> to members" if deed == "open" else f"would take <@&{role.id}> from members"
    return text.startswith(f"Nothing was changed, because {'this' if deed == 'open' else 'clicks'} {what} ({respects})")


async def submit(editor: MessageView, button: str, values: dict[str, Any]) -> MessageView:
    modal = await (await editor.click(button)).modal()
    return await (await modal.submit(values)).message()


async def screen(editor: MessageView, *steps: str) -> MessageView:
    """The editor after these buttons; the name of a role picks it."""
    for step in steps:
        if any(button.label == step for button in editor.buttons):
            await redrawn(await editor.click(step))
        else:
            await redrawn(await editor.select("Change one role", [step]))
    return editor


async def theirs(house: House, panel: str = "Staff", who: str = "bob") -> MessageView:
    return await (await house.actor(who).slash("panel edit", panel=panel)).message()


def moderator(house: House) -> Role:
    return house.sandbox.role("Moderator")


async def test_a_manager_gives_nothing_along_that_they_could_not_put_on_a_panel(house: House) -> None:
    """A confirmed role for Veterans alone: in the bundle of a harmless one it would be everybody's."""
    council = new_role(house, "Council", "Moderator")
    joins(house, "carol", council)
    configure = await (await house.actor("olivia").slash("config managers")).message()
    await redrawn(await configure.select("Choose the manager roles", [council]))
    open_commands(house, "Council")
    editor = await staff(house, "Red", "Moderator")
    await screen(editor, "Moderator", "Rules", "Who may")
    await redrawn(await editor.select("Roles that a member needs", [house.sandbox.role("Veteran")]))
    mine = await screen(await theirs(house, who="carol"), "Red", "Rules")
    text = await redrawn(await mine.select("Give further roles along with it", [moderator(house)]))
    assert "Only an administrator can give it along" in text
    assert (await PanelRole.get(label="Red")).bundle_role_ids == []


async def test_an_administrator_is_asked_before_a_powerful_role_comes_along(house: House) -> None:
    editor = await screen(await staff(house, "Red", "Moderator"), "Red", "Rules")
    question = await (await editor.select("Give further roles along with it", [moderator(house)])).message()
    assert "this opens powerful permissions to members" in question.text
    assert f"<@&{moderator(house).id}>" in question.text
    assert "What opens it: what is given along with another role." in question.text
    assert (await PanelRole.get(label="Red")).bundle_role_ids == []
    assert f"Given along with it: <@&{moderator(house).id}>" in await redrawn(await question.click("Do it anyway"))
    assert (await PanelRole.get(label="Red")).bundle_role_ids == [moderator(house).id]
    await house.bot.gate.drain(30)  # the draft goes when the answer is there
    assert not await Draft.exists()


async def test_what_was_asked_about_before_others_changed_the_panel_is_asked_about_again(house: House) -> None:
    editor = await screen(await staff(house, "Red", "Moderator"), "Moderator", "Rules", "Who may")
    await redrawn(await editor.select("Roles that a member needs", [house.sandbox.role("Veteran")]))
    question = await (await editor.select("Roles that a member needs", [])).message()
    assert "the roles that a member needs" in question.text
    other = await screen(await theirs(house, who="olivia"), "Moderator", "Rules")
    await submit(other, "Duration and places", {"Places": "3"})
    assert "Do it anyway" in [button.label for button in (await (await question.click("Do it anyway")).message()).buttons]
    assert (await PanelRole.get(label="Moderator")).required_role_ids == [house.sandbox.role("Veteran").id]
    await redrawn(await question.click("Leave it as it is"))
    assert (await PanelRole.get(label="Moderator")).required_role_ids != []


async def test_an_administrators_own_numbers_are_saved_without_a_question(house: House) -> None:
    editor = await screen(await staff(house, "Moderator", "Red"), "Moderator", "Rules")
    await submit(editor, "Duration and places", {"Members keep it for": "1h", "Places": "3"})
    await submit(editor, "Duration and places", {"Members keep it for": "", "Places": ""})
    row = await PanelRole.get(label="Moderator")
    assert (row.duration_seconds, row.capacity) == (None, None)
    editor = await screen(await theirs(house, who="olivia"), "Behaviour")
    await submit(editor, "How many roles", {"At most": "1"})
    await submit(editor, "How many roles", {"At most": ""})
    assert (await Panel.get()).max_roles is None


async def test_a_junior_lifts_no_terms_of_a_powerful_role(house: House, junior: Any) -> None:
    editor = await staff(house, "Moderator", "Veteran")
    await screen(editor, "Moderator", "Rules")
    await submit(editor, "Duration and places", {"Members keep it for": "1h", "Places": "1"})
    await screen(editor, "Back", "Back", "Behaviour")
    await submit(editor, "How many roles", {"At most": "1"})
    mine = await screen(await theirs(house), "Moderator", "Rules")
    answer = await submit(mine, "Duration and places", {"Members keep it for": "", "Places": ""})
    assert refused(answer.text, moderator(house), "how long members keep it, the number of places")
    await screen(mine, "Back", "Back", "Behaviour")
    assert "the greatest number of roles" in (await submit(mine, "How many roles", {"At most": ""})).text
    row, panel = await PanelRole.get(label="Moderator"), await Panel.get()
    assert (row.capacity, row.duration_seconds, panel.max_roles) == (1, 3600, 1)


async def test_a_refused_form_can_be_mended_and_a_stale_one_is_judged_when_it_is_applied_again(house: House, junior: Any) -> None:
    """The ways round a form: the draft of what was refused, and the one of what came too late."""
    editor = await screen(await staff(house, "Moderator", "Veteran"), "Moderator", "Rules")
    await submit(editor, "Duration and places", {"Places": "5"})
    mine = await screen(await theirs(house), "Moderator", "Rules")
    answer = await submit(mine, "Duration and places", {"Places": "6"})
    again = await (await answer.click("Fix it")).modal()
    assert refused((await (await again.submit({"Places": "7"})).message()).text, moderator(house), "the number of places")
    form = await (await mine.click("Duration and places")).modal()
    await submit(editor, "Duration and places", {"Places": "4"})
    late = await (await form.submit({"Places": "6"})).message()
    assert refused((await (await late.click("Apply mine again")).message()).text, moderator(house), "the number of places")
    assert (await PanelRole.get(label="Moderator")).capacity == 4


async def test_a_junior_takes_nothing_away_by_a_link(house: House, junior: Any) -> None:
    editor = await screen(await staff(house), "Behaviour")
    await submit(editor, "Linked panels", {"Name of the group": "staff"})
    mine = await screen(await create(house, "bob", "Nice colours", ("Red",)), "Behaviour")
    await submit(mine, "Linked panels", {"Name of the group": "STAFF"})
    answer = await redrawn(await mine.select("What a click does", ["One at a time"]))
    assert refused(answer, moderator(house), "what a click does", "take")
    await submit(mine, "Linked panels", {"Name of the group": ""})
    await redrawn(await mine.select("What a click does", ["One at a time"]))
    answer = (await submit(mine, "Linked panels", {"Name of the group": "staff"})).text
    assert refused(answer, moderator(house), "which panels are linked", "take")
    panel = await Panel.get(name="Nice colours")
    assert (panel.mode, panel.link_group) == (Mode.UNIQUE, None)


async def test_a_junior_does_not_lift_the_limit_that_their_panel_sets_to_others(house: House, junior: Any) -> None:
    await screen(await staff(house), "Behaviour")
    mine = await screen(await create(house, "bob", "Nice colours", ("Red", "Green")), "Behaviour")
    await submit(mine, "How many roles", {"At most": "1"})
    editor = await screen(await theirs(house, who="olivia"), "Behaviour")
    await submit(editor, "Linked panels", {"Name of the group": "staff"})
    await submit(mine, "Linked panels", {"Name of the group": "staff"})
    assert refused((await submit(mine, "How many roles", {"At most": ""})).text, moderator(house), "the greatest number of roles")
    assert refused((await submit(mine, "Linked panels", {"Name of the group": ""})).text, moderator(house), "which panels are linked")
    await screen(mine, "Back")
    assert refused(await redrawn(await mine.click("Undo")), moderator(house), "which panels are linked")
    await redrawn(await mine.click("Delete"))
    assert refused(await redrawn(await mine.click("Delete the panel")), moderator(house), "which panels are linked")
    panel = await Panel.get(name="Nice colours")
    assert (panel.max_roles, panel.link_group) == (1, "staff")


async def test_a_junior_clones_and_restores_nothing_more_open(house: House, junior: Any) -> None:
    editor = await screen(await staff(house, "Moderator", "Red"), "Red", "Rules")
    question = await (await editor.select("Give further roles along with it", [moderator(house)])).message()
    await redrawn(await question.click("Do it anyway"))
    await redrawn(await editor.select("Give further roles along with it", []))
    shown = await (await house.actor("bob").slash("panel history", panel="Staff")).message()
    text = await redrawn(await shown.select("Look at a version", ["Version 3"]))
    assert f"<@&{moderator(house).id}> is not below your own highest role" in text
    assert shown.button("Restore this version").disabled, "without it there is nothing to restore"
    assert (await PanelRole.get(label="Red")).bundle_role_ids == []
    copy = await (await house.actor("bob").slash("panel clone", panel="Staff")).message()
    await redrawn(await copy.click("Make the panel"))
    made = await Panel.exclude(name="Staff").get()
    assert [role.label for role in await PanelRole.filter(panel=made)] == ["Red"]
