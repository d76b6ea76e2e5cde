"""Others change a member's roles, too: what a moderator or another bot took away never comes back by a click."""

from domain.panels import Mode, Style
from sandbox import members
from sandbox.faults import Fault
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click

MEMBER = "/guilds/{guild_id}/members/{user_id}"


def set_roles(house: House, who: str, *names: str) -> None:
    """A moderator's change."""
    sandbox = house.sandbox
    ids = [sandbox.role(name).id for name in names]
    members.set_roles(sandbox.world, sandbox.guild, house.actor(who).member, ids, sandbox.guild.owner_id)


def held(house: House, who: str) -> set[str]:
    return set(house.actor(who).role_names())


async def pick(house: House, who: str, *labels: str) -> str:
    """Pick from the dropdown that was posted last."""
    actor = house.actor(who).in_("roles")
    posted = next(message for message in reversed(actor.sees()) if not message.ephemeral)
    return (await (await posted.select(None, list(labels))).message()).text


async def test_what_a_moderator_took_is_not_put_back_by_a_list_of_roles(house: House) -> None:
    await posted_panel(house, "Red", "Green", "Blue", style=Style.DROPDOWN)
    assert "Added" in await pick(house, "alice", "Red")
    set_roles(house, "alice")
    red = house.sandbox.role("Red").id
    assert f"<@&{red}>" not in await pick(house, "alice", "Green", "Blue")
    assert held(house, "alice") == {"Green", "Blue"}


async def test_a_choice_that_was_taken_away_is_not_told_as_held(house: House) -> None:
    await posted_panel(house, "Red", "Green", mode=Mode.PERMANENT)
    assert "Added" in await click(house, "alice", "Red")
    set_roles(house, "alice")
    green = house.sandbox.role("Green").id
    assert await click(house, "alice", "Green") == f"Added: <@&{green}>.\nYou now hold from this panel: <@&{green}>."
    set_roles(house, "alice")
    assert await click(house, "alice", "Red") != ""
    assert held(house, "alice") == {"Red"}


async def test_the_private_picker_ticks_what_is_held_at_discord(house: House) -> None:
    await posted_panel(house, "Red", "Green", style=Style.DROPDOWN)
    await pick(house, "alice", "Red")
    set_roles(house, "alice")
    posted = next(message for message in reversed(house.actor("alice").in_("roles").sees()) if not message.ephemeral)
    picker = await (await posted.select(None, ["Change or clear my roles…"])).message()
    assert [option["label"] for option in picker.selects[0].options if option.get("default")] == []


async def test_a_change_between_two_clicks_of_which_one_waits_for_the_other(house: House) -> None:
    """The payload of the second was made before the moderator acted, and nothing that the bot did contradicts it."""
    await posted_panel(house, "Red", "Green", "Blue", style=Style.DROPDOWN)
    set_roles(house, "alice", "Music")
    actor, sandbox = house.actor("alice").in_("roles"), house.sandbox
    posted = next(message for message in reversed(actor.sees()) if not message.ephemeral)
    frozen = sandbox.faults.add(Fault("freeze", "PUT"))
    first = await posted.select(None, ["Red"])
    await sandbox.driver.until(lambda: frozen.hits)
    second = await posted.select(None, ["Green", "Blue"])
    set_roles(house, "alice")
    frozen.release()
    await first.message()
    assert "Added" in (await second.message()).text
    assert held(house, "alice") == {"Red", "Green", "Blue"}


async def test_a_list_that_is_sent_again_is_built_anew(house: House) -> None:
    await posted_panel(house, "Red", "Green", style=Style.DROPDOWN)
    set_roles(house, "alice", "Music")
    actor, sandbox = house.actor("alice").in_("roles"), house.sandbox
    posted = next(message for message in reversed(actor.sees()) if not message.ephemeral)
    fault = sandbox.faults.add(Fault("status", "PATCH", MEMBER.replace("{guild_id}", "*").replace("{user_id}", "*"), status=503, count=1))
    result = await posted.select(None, ["Red", "Green"])
    await fault.struck.wait()
    set_roles(house, "alice")
    assert "Added" in (await result.message()).text
    assert held(house, "alice") == {"Red", "Green"}


async def test_another_bot_that_takes_every_role_at_once(house: House) -> None:
    """A jail: whatever is given is taken. No click brings back more than it asks for, and none tells of a role that is gone."""
    await posted_panel(house, "Red", "Green", "Blue", style=Style.DROPDOWN)
    for picked in (["Red"], ["Green", "Blue"], ["Red", "Green"], ["Blue"], ["Blue", "Red"], ["Red"]):
        text = await pick(house, "alice", *picked)
        assert held(house, "alice") == set(picked)
        assert {name for name in ("Red", "Green", "Blue") if f"<@&{house.sandbox.role(name).id}>" in text} == set(picked)
        set_roles(house, "alice")
    assert not any(change.kind == "remove" for change in house.sandbox.ledger.role_changes)


async def test_a_payload_that_is_believed_costs_no_look(house: House) -> None:
    await posted_panel(house, "Red", "Green")
    await click(house, "alice", "Red")
    await house.audit("roles.click")  # who clicks while the first click is being recorded is looked at
    await click(house, "alice", "Green")
    assert not house.sandbox.traffic.find("GET", MEMBER)
