"""A member clicks: role, answer, record, in every case that can come up."""

from discord.http import Route

from domain.events import PanelChanged
from domain.panels import Mode, Style
from models import AuditState, Panel, PanelMessage, PanelRole
from sandbox import members, permissions, roles
from sandbox.faults import Fault
from tests.e2e.house import House, posted_panel, raise_version


async def click(house: House, who: str, label: str) -> str:
    """Click a button of the posted panel and return the answer's text."""
    actor = house.actor(who).in_("roles")
    posted = next(message for message in reversed(actor.sees()) if not message.ephemeral)
    result = await posted.click(label)
    answer = await result.message()
    assert answer.ephemeral
    return answer.text


async def test_a_button_gives_and_takes_a_role(house: House) -> None:
    await posted_panel(house, "Red", "Green")
    red = house.sandbox.role("Red").id
    assert await click(house, "alice", "Red") == f"Added: <@&{red}>.\nYou now hold from this panel: <@&{red}>."
    assert house.actor("alice").role_names() == ["Red"]
    assert await click(house, "alice", "Red") == f"Removed: <@&{red}>.\nYou now hold no role of this panel."
    assert house.actor("alice").role_names() == []
    assert [row.state for row in await house.audit("roles.click")] == [AuditState.DONE, AuditState.DONE]


async def test_a_common_click_costs_two_requests(house: House) -> None:
    await posted_panel(house, "Red")
    before = len(house.sandbox.traffic)
    await click(house, "alice", "Red")
    sent = [f"{exchange.method} {exchange.route}" for exchange in house.sandbox.traffic[before:]]
    assert sent == [
        "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}",
        "POST /interactions/{interaction_id}/{token}/callback",
    ]


async def test_the_answer_is_in_the_members_language(house: House) -> None:
    await posted_panel(house, "Red")
    text = await click(house, "haruto", "Red")
    assert text.startswith("付与しました")


async def test_unique_swaps_in_one_request(house: House) -> None:
    await posted_panel(house, "Red", "Green", "Blue", mode=Mode.UNIQUE)
    await click(house, "bob", "Red")
    assert house.actor("bob").role_names() == ["Red"]
    methods = [e.method for e in house.sandbox.traffic if "members" in (e.route or "") and e.method != "GET"]
    assert methods == ["PATCH"]


async def test_two_quick_clicks_in_a_unique_panel_leave_one(house: House) -> None:
    await posted_panel(house, "Red", "Green", mode=Mode.UNIQUE)
    message = house.actor("alice").in_("roles").sees()[-1]
    first, second = await message.click("Red"), await message.click("Green")
    await first.message()
    await second.message()
    assert house.actor("alice").role_names() == ["Green"]


async def test_the_public_dropdown_adds_and_its_picker_takes_off(house: House) -> None:
    await posted_panel(house, "Red", "Green", "Blue", style=Style.DROPDOWN)
    dave = house.actor("dave").in_("roles")
    message = dave.sees()[-1]
    await (await message.select(None, ["Red", "Blue"])).message()
    assert set(dave.role_names()) == {"Red", "Blue", "Music", "Films"}
    picker = await (await message.select(None, ["Change or clear my roles…"])).message()
    ticked = [option["label"] for option in picker.selects[0].options if option.get("default")]
    assert ticked == ["Red", "Blue"]
    result = await picker.select(None, ["Green"])
    await result.message()
    assert set(dave.role_names()) == {"Green", "Music", "Films"}
    cleared = await picker.select(None, [])
    await cleared.message()
    assert set(dave.role_names()) == {"Music", "Films"}


async def test_a_panel_that_was_deleted(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await panel.delete()
    assert "This panel was deleted" in await click(house, "alice", "Red")
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["refused"][0]["problem"]) == (AuditState.REFUSED, "panel_deleted")


async def test_a_role_taken_off_the_panel_since(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green")
    await PanelRole.filter(panel=panel, label="Red").delete()
    await raise_version(panel)
    assert "no longer on the panel" in await click(house, "alice", "Red")


async def test_an_old_picker_gives_back_only_what_it_shows(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green", style=Style.DROPDOWN)
    picker = await (await house.actor("alice").in_("roles").sees()[-1].select(None, ["Change or clear my roles…"])).message()
    # Meanwhile an admin puts Blue on the panel, and Alice takes it elsewhere.
    blue = house.sandbox.role("Blue")
    await PanelRole.create(panel=panel, role_id=blue.id, label="Blue", position=2)
    await Panel.filter(id=panel.id).update(version=2)
    house.bot.dispatch(PanelChanged.NAME, PanelChanged(panel.guild_id, panel.id, 2))
    members.set_roles(house.sandbox.world, house.sandbox.guild, house.actor("alice").member, [blue.id], house.sandbox.guild.owner_id)
    answer = await (await picker.select(None, ["Red"])).message()
    assert "Added" in answer.text and "Removed" not in answer.text
    assert set(house.actor("alice").role_names()) == {"Red", "Blue"}


async def test_a_deleted_role(house: House) -> None:
    await posted_panel(house, "Red")
    guild = house.sandbox.guild
    roles.delete(house.sandbox.world, guild, house.sandbox.role("Red"), guild.owner_id)
    assert "no longer exists" in await click(house, "alice", "Red")
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["refused"][0]["problem"]) == (AuditState.REFUSED, "deleted")


async def test_a_role_above_the_bot_costs_no_request(house: House) -> None:
    await posted_panel(house, "Red")
    world, guild = house.sandbox.world, house.sandbox.guild
    roles.move(world, guild, {house.sandbox.role("Red").id: len(guild.roles)})
    before = len(house.sandbox.traffic)
    assert "stands above the bot's own role" in await click(house, "alice", "Red")
    assert [exchange.method for exchange in house.sandbox.traffic[before:]] == ["POST"]


async def test_a_role_made_dangerous_after_posting(house: House) -> None:
    await posted_panel(house, "Red")
    world, guild = house.sandbox.world, house.sandbox.guild
    roles.edit(world, guild, house.sandbox.role("Red"), {"permissions": permissions.bits("BAN_MEMBERS")}, guild.owner_id)
    assert "powerful permissions" in await click(house, "alice", "Red")
    assert house.actor("alice").role_names() == []


async def test_the_bot_without_manage_roles(house: House) -> None:
    await posted_panel(house, "Red")
    guild = house.sandbox.guild
    roles.edit(
        house.sandbox.world, guild, house.sandbox.role("Role Bot"), {"permissions": permissions.bits("SEND_MESSAGES")}, guild.owner_id
    )
    assert "lacks the permission Manage Roles" in await click(house, "alice", "Red")


async def test_a_member_who_has_not_passed_screening(house: House) -> None:
    await posted_panel(house, "Red")
    assert "not accepted this server's rules" in await click(house, "newton", "Red")
    assert house.actor("newton").role_names() == []


async def test_a_member_who_left_in_between(house: House) -> None:
    await posted_panel(house, "Red")
    guild = house.sandbox.guild
    alice = house.actor("alice").in_("roles")
    freeze = house.sandbox.faults.add(Fault("freeze", method="PUT"))
    result = await alice.sees()[-1].click("Red")
    await house.sandbox.driver.until(lambda: freeze.hits)
    members.leave(house.sandbox.world, guild, alice.user.id)
    house.sandbox.ledger.allow(code=10007)
    freeze.release()
    answer = await result.message()
    assert "no longer a member" in answer.text
    (row,) = await house.audit("roles.click")
    assert row.payload["failed"][0]["problem"] == "member_left"


async def test_a_message_that_is_not_the_panels(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await PanelMessage.filter(panel=panel).update(message_id=1)
    assert "older version" in await click(house, "alice", "Red")
    assert house.actor("alice").role_names() == []


async def test_an_id_of_another_guilds_panel_is_only_a_claim(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await Panel.filter(id=panel.id).update(guild_id=1)
    assert "This panel was deleted" in await click(house, "alice", "Red")


async def test_an_unknown_custom_id_is_answered_politely(house: House) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=house.sandbox.channel("roles").id)
    button = {"type": 2, "style": 2, "label": "Old", "custom_id": "rp:0:whatever"}
    await house.bot.rest.request(route, body={"content": "old", "components": [{"type": 1, "components": [button]}]})
    assert "older version" in await click(house, "alice", "Old")


async def test_everything_goes_on_after_a_restart(house: House) -> None:
    await posted_panel(house, "Red")
    await click(house, "alice", "Red")
    await house.restart()
    await click(house, "alice", "Red")
    assert house.actor("alice").role_names() == []


async def test_a_click_that_is_delivered_again_is_done_and_answered_once(house: House) -> None:
    await posted_panel(house, "Red")
    assert "Added" in await click(house, "alice", "Red")
    (frame,) = [kept.payload for kept in house.sandbox.gateway.frames if kept.payload.get("t") == "INTERACTION_CREATE"]
    house.bot._connection.parsers["INTERACTION_CREATE"](frame["d"])
    assert "Removed" in await click(house, "alice", "Red")
    answers = house.sandbox.traffic.find("POST", "/interactions/{interaction_id}/{token}/callback")
    assert [exchange.status for exchange in answers] == [204, 204]
