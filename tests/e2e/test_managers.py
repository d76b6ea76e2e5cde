"""Manager roles: set by who manages the server, let in by the bot, and let through by Discord's Integrations settings."""

from typing import Any

import pytest

from domain.panels import Mode
from models import AuditEntry, GuildConfig, Panel
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Overwrite
from tests.e2e.house import House
from tests.e2e.test_panels import create, redrawn

SELECT, STEP = "Choose the manager roles", "One step is left"
PERMISSIONS = "/applications/*/guilds/*/commands/permissions"


async def opened(house: House, who: str = "olivia") -> MessageView:
    return await (await house.actor(who).slash("config managers")).message()


async def chosen(house: House, *roles: str) -> MessageView:
    """The screen after these roles were chosen."""
    screen = await opened(house)
    await redrawn(await screen.select(SELECT, [house.sandbox.role(name) for name in roles]))
    return screen


def open_commands(house: House, role: str) -> None:
    """What the admin does in Server Settings → Integrations."""
    application = next(iter(house.sandbox.world.applications.values()))
    entry = {"id": str(house.sandbox.role(role).id), "type": 1, "permission": True}
    for command in application.commands.values():
        if command.data["default_member_permissions"] == str(1 << 28):
            house.sandbox.commands.set_permissions(application, house.sandbox.guild.id, command.id, [entry])


async def test_from_the_choice_to_the_first_panel_of_a_manager(house: House) -> None:
    """Carol is a Veteran and has no permission of her own."""
    with pytest.raises(ClientRefusal, match="may not use it here"):
        await create(house, who="carol")
    screen = await chosen(house, "Veteran")
    veteran = house.sandbox.role("Veteran")
    assert f"Panels are edited by members with Manage Roles, and by <@&{veteran.id}>." in screen.text
    assert STEP in screen.text
    assert "`/panel`" in screen.text
    assert "Integrations → Role Bot" in screen.text

    open_commands(house, "Veteran")
    text = await redrawn(await screen.click("Check again"))
    assert STEP not in text
    assert "✅" in text

    editor = await create(house, who="carol", roles=("Red", "Admin"))
    assert "The panel was created." in editor.text
    assert "stands above the bot's own role" in editor.text
    assert "Take and give back" in await redrawn(await editor.click("Behaviour"))
    assert [row.kind for row in await AuditEntry.all().order_by("id")] == ["config.managers", "panel.create"]


async def test_a_manager_may_add_only_roles_below_their_own(house: House) -> None:
    await chosen(house, "Chess")
    open_commands(house, "Chess")
    editor = await create(house, who="carol", roles=("Red", "Veteran"))
    assert f"<@&{house.sandbox.role('Veteran').id}> is not below your own highest role" in editor.text


async def test_a_manager_opens_no_role_to_more_members_that_they_could_not_add(house: House) -> None:
    """Moderators may give their role back here; whoever edits the panel must not make of it a way to become one."""
    await chosen(house, "Chess")
    open_commands(house, "Chess")
    editor = await create(house, roles=("Red", "Moderator"), **{"What a click does": "Give back only"})
    await redrawn(await editor.click("Add Moderator anyway"))
    await redrawn(await editor.click("Behaviour"))
    await redrawn(await editor.click("Who may"))
    await redrawn(await editor.select("Roles that a member needs", [house.sandbox.role("Veteran")]))

    theirs = await (await house.actor("carol").slash("panel edit", panel="Colours")).message()
    await redrawn(await theirs.click("Behaviour"))
    moderator = f"<@&{house.sandbox.role('Moderator').id}>"

    def refusal(respects: str) -> str:
        return (
            f"Nothing was changed, because this would open {moderator} to members ({respects}), and it is not below your own highest "
            "role. Somebody with a role above it, or the server's owner, can do this."
        )

    mode = next(select for select in theirs.selects if "panels.mode" in select.custom_id)
    assert (await (await theirs.select(mode, ["Take and give back"])).message()).text == refusal("what a click does")
    await redrawn(await theirs.click("Who may"))
    assert (await (await theirs.select("Roles that a member needs", [])).message()).text == refusal("the roles that a member needs")
    shown = await (await house.actor("carol").slash("panel history", panel="Colours")).message()
    await redrawn(await shown.select("Look at a version", ["Version 2"]))
    assert (await (await shown.click("Restore this version")).message()).text == refusal("the roles that a member needs")
    panel = await Panel.get()
    assert (panel.mode, panel.required_role_ids) == (Mode.REMOVE_ONLY, [house.sandbox.role("Veteran").id])


async def test_who_is_no_manager_any_more_cannot_use_an_open_editor(house: House) -> None:
    await chosen(house, "Veteran")
    open_commands(house, "Veteran")
    editor = await create(house, who="carol")
    await chosen(house)
    assert (await GuildConfig.get()).manager_role_ids == []
    answer = await (await editor.click("Behaviour")).message()
    assert answer.text.startswith("For this you need the permission Manage Roles")
    assert (await Panel.get()).version == 1


async def test_the_permissions_of_one_channel_make_nobody_an_editor(house: House) -> None:
    """In a channel, Manage Roles only means that channel's own permissions; Discord counts it in the interactions there all the same."""
    open_commands(house, "Veteran")
    carol = house.actor("carol")
    house.sandbox.channel("general").overwrites[carol.user.id] = Overwrite(carol.user.id, 1, allow=1 << 28)
    answer = await (await carol.in_("general").slash("panel list")).message()
    assert answer.text.startswith("For this you need the permission Manage Roles")


async def test_managers_never_reach_the_settings(house: House) -> None:
    screen = await chosen(house, "Veteran")
    open_commands(house, "Veteran")
    with pytest.raises(ClientRefusal, match="may not use it here"):
        await opened(house, "carol")
    # A server can open any command to any role; the bot still asks for Manage Server.
    command = next(c for a in house.sandbox.world.applications.values() for c in a.commands.values() if c.data["name"] == "config")
    application = next(iter(house.sandbox.world.applications.values()))
    entry = {"id": str(house.sandbox.role("Veteran").id), "type": 1, "permission": True}
    house.sandbox.commands.set_permissions(application, house.sandbox.guild.id, command.id, [entry])
    for path in ("config managers", "config show"):
        answer = await (await house.actor("carol").slash(path)).message()
        assert answer.text == "You need the permission Manage Server for this."
    assert STEP not in await redrawn(await screen.click("Check again"))


async def test_a_role_with_manage_roles_needs_no_further_step(house: House) -> None:
    assert STEP not in (await chosen(house, "Moderator")).text


async def test_everyone_cannot_be_managers(house: House) -> None:
    screen = await opened(house)
    answer = await (await screen.select(SELECT, [house.sandbox.guild.roles[house.sandbox.guild.id]])).message()
    assert answer.text.startswith("@everyone cannot be a manager role")
    assert not await GuildConfig.filter(manager_role_ids__not=[]).exists()


async def test_when_discord_does_not_say_who_sees_the_commands(house: House) -> None:
    house.sandbox.faults.add(Fault("status", "GET", PERMISSIONS, status=403, code=50001))
    screen = await chosen(house, "Veteran")
    assert "Discord did not say right now" in screen.text
    assert (await GuildConfig.get()).manager_role_ids == [house.sandbox.role("Veteran").id]


async def test_the_settings_and_the_log_name_the_managers(house: House) -> None:
    assert "Let further roles do it with `/config managers`" in (await (await house.actor("olivia").slash("config show")).message()).text
    await chosen(house, "Veteran")
    shown: Any = await (await house.actor("olivia").slash("config show")).message()
    assert f"and by <@&{house.sandbox.role('Veteran').id}>." in shown.text


async def test_in_japanese(house: House) -> None:
    olivia = house.actor("olivia")
    olivia.user.locale = "ja"
    screen = await (await olivia.slash("config managers")).message()
    text = await redrawn(await screen.select(screen.selects[0].custom_id, [house.sandbox.role("Veteran")]))
    assert "連携サービス" in text
    assert "`/パネル`" in text
    assert "`ロールパネルを編集`" in text
    assert "Panels are edited" not in text
