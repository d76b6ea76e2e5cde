"""An admin sets the rules of a panel and its roles in the editor."""

from typing import Any

import pytest

from domain.panels import Mode
from models import AuditEntry, GuildConfig, Panel, PanelRole
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from tests.e2e.house import House
from tests.e2e.test_panels import button_for, create, redrawn

DAY = 86_400


async def opened(house: House, *roles: str) -> MessageView:
    """The editor on the screen of the panel's rules."""
    editor = await create(house, roles=roles or ("Red", "Green"))
    await redrawn(await editor.click("Behaviour"))
    return editor


async def role_rules(house: House, role: str) -> MessageView:
    """The editor on the screen of one role's rules."""
    editor = await create(house)
    await redrawn(await editor.select("Change one role", [role]))
    await redrawn(await editor.click("Rules"))
    return editor


async def submit(editor: MessageView, button: str, values: dict[str, Any]) -> str:
    """The text after a form was filled in."""
    modal = await (await editor.click(button)).modal()
    return await redrawn(await modal.submit(values))


async def test_the_rules_of_a_panel(house: House) -> None:
    editor = await opened(house)
    assert "Choose once" in await redrawn(await editor.select("What a click does", ["Choose once"]))
    assert "2 to 3" in await submit(editor, "How many roles", {"At least": "2", "At most": "3"})
    assert "Linked panels in the group **Hues**: –" in await submit(editor, "Linked panels", {"Name of the group": "Hues"})
    await redrawn(await editor.click("Who may"))
    veteran, chess, music = (house.sandbox.role(name) for name in ("Veteran", "Chess", "Music"))
    await redrawn(await editor.select("Roles that a member needs", [veteran, chess]))
    await redrawn(await editor.click("All of them are needed"))
    text = await redrawn(await editor.select("Roles that a member must not have", [music]))
    assert f"needs all of <@&{veteran.id}> <@&{chess.id}> · not with <@&{music.id}>" in text
    assert f"needs all of <@&{veteran.id}>" in await redrawn(await editor.click("Back"))
    panel = await Panel.get()
    assert (panel.mode, panel.min_roles, panel.max_roles, panel.link_group) == (Mode.PERMANENT, 2, 3, "Hues")
    assert (panel.required_role_ids, panel.required_all, panel.blocked_role_ids) == ([veteran.id, chess.id], True, [music.id])
    assert [row.kind for row in await AuditEntry.all()] == ["panel.create", *["panel.edit"] * 6]


async def test_a_select_shows_what_is_chosen_and_can_be_emptied(house: House) -> None:
    editor = await opened(house)
    await redrawn(await editor.click("Who may"))
    await redrawn(await editor.select("Roles that a member needs", [house.sandbox.role("Chess")]))
    shown = editor.select_menu("Roles that a member needs").data["default_values"]
    assert [value["id"] for value in shown] == [str(house.sandbox.role("Chess").id)]
    assert "everyone" in await redrawn(await editor.select("Roles that a member needs", []))
    assert (await Panel.get()).required_role_ids == []


async def test_the_rules_of_a_role(house: House) -> None:
    editor = await role_rules(house, "Red")
    everyone = "Everyone who has the role, however they got it"
    text = await submit(
        editor, "Duration and places", {"Members keep it for": "7 days", "Places": "50", "Who counts towards the places": everyone}
    )
    assert "Members keep it for: 7 days" in text
    assert "Places: 50, counting everyone who has the role" in text
    await redrawn(await editor.select("Give further roles along with it", [house.sandbox.role("Chess")]))
    await redrawn(await editor.click("Who may"))
    await redrawn(await editor.select("Roles that a member must not have", [house.sandbox.role("Music")]))
    assert "not with" in await redrawn(await editor.click("Back"))
    assert "Label: Red" in await redrawn(await editor.click("Back"))
    role = await PanelRole.get(label="Red")
    assert (role.duration_seconds, role.capacity, role.capacity_counts_all) == (7 * DAY, 50, True)
    assert (role.bundle_role_ids, role.blocked_role_ids) == ([house.sandbox.role("Chess").id], [house.sandbox.role("Music").id])


async def test_a_role_that_may_not_be_given_along_is_named(house: House) -> None:
    editor = await role_rules(house, "Red")
    admin, chess = house.sandbox.role("Admin"), house.sandbox.role("Chess")
    text = await redrawn(await editor.select("Give further roles along with it", [admin, chess]))
    assert f"<@&{admin.id}> stands above the bot's own role" in text
    assert (await PanelRole.get(label="Red")).bundle_role_ids == [chess.id]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"Members keep it for": "a while"}, "a while is not a length of time."),
        ({"Members keep it for": "2 years"}, "2 years is too long"),
        ({"Places": "0"}, "0 is not a whole number from 1 to 1000000."),
    ],
)
async def test_bad_terms_are_refused_in_one_sentence(house: House, values: dict[str, str], sentence: str) -> None:
    editor = await role_rules(house, "Red")
    modal = await (await editor.click("Duration and places")).modal()
    answer = await (await modal.submit(values)).message()
    assert answer.text.startswith(sentence)
    assert (await PanelRole.get(label="Red")).duration_seconds is None


async def test_refused_terms_are_kept(house: House) -> None:
    editor = await role_rules(house, "Red")
    modal = await (await editor.click("Duration and places")).modal()
    refused = await (await modal.submit({"Members keep it for": "a while", "Places": "5"})).message()
    modal = await (await refused.click("Fix it")).modal()
    await (await modal.submit({"Members keep it for": "2h"})).message()
    role = await PanelRole.get(label="Red")
    assert (role.duration_seconds, role.capacity) == (7_200, 5)


async def test_what_needs_the_members_intent_is_shown_disabled_with_the_reason(house: House) -> None:
    editor = await opened(house)
    assert "MEMBERS_INTENT" in editor.text
    for label in ("Give back to who returns", "Wait for screening"):
        with pytest.raises(ClientRefusal, match="disabled"):
            await editor.click(label)


async def test_with_the_members_intent_it_can_be_switched(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMBERS_INTENT", "true")
    house = empty_house
    next(iter(house.sandbox.world.applications.values())).privileged_intents = 1 << 1
    await house.start()
    editor = await opened(house)
    assert "MEMBERS_INTENT" not in editor.text
    await redrawn(await editor.click("Give back to who returns"))
    await redrawn(await editor.click("Wait for screening"))
    panel = await Panel.get()
    assert (panel.sticky, panel.wait_for_screening) == (True, True)
    await redrawn(await editor.click("Give back to who returns"))
    assert (await Panel.get()).sticky is False


async def test_rules_in_japanese(house: House) -> None:
    await GuildConfig.create(guild_id=house.sandbox.guild.id, locale="ja")
    olivia = house.actor("olivia")
    olivia.user.locale = "ja"
    modal = await (await olivia.slash("panel create")).modal()
    title, _, picked, *_ = modal.fields
    editor = await (await modal.submit({title: "色", picked: [house.sandbox.role("日本語")]})).message()
    text = await redrawn(await editor.click(button_for(editor, "panels.behaviour")))
    assert "How many roles" not in text
    await redrawn(await editor.click(button_for(editor, "panels.home")))
    role = await PanelRole.get()
    await redrawn(await editor.select(next(s for s in editor.selects if ":panels.role:" in s.custom_id).custom_id, [str(role.id)]))
    await redrawn(await editor.click(button_for(editor, "panels.rules")))
    modal = await (await editor.click(button_for(editor, "panels.terms"))).modal()
    duration, *_ = modal.fields
    assert "2時間30分" in (await redrawn(await modal.submit({duration: "２時間３０分"}))).replace(" ", "")
    assert (await PanelRole.get()).duration_seconds == 9_000
