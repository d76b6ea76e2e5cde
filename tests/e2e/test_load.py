"""Many click at once: whoever has to wait is told so, everybody gets a true answer, and no guild waits for another."""

import sys
from datetime import timedelta

import pytest

from domain import clock
from domain.panels import Mode
from models import AuditState
from sandbox import members, permissions, roles
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.ratelimit import Limit
from sandbox.server import Sandbox
from tests.e2e.crowd import add_guild, add_members, all_click, panel_in, told, until_told
from tests.e2e.house import House

ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
ROLES = "/guilds/*/members/*/roles/*"
CHANGE = ("PUT", "DELETE")


def limit_changes(sandbox: Sandbox, requests: int, seconds: float) -> None:
    """Give the member-role bucket another size, so that a test need not wait for Discord's ten seconds."""
    for method in CHANGE:
        sandbox.ratelimits.overrides[method, ROLE] = Limit("member-roles", requests, seconds)


async def test_role_calls_of_one_guild_run_side_by_side(house: House) -> None:
    crowd = add_members(house.sandbox, house.sandbox.guild, 10)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    slow = house.sandbox.faults.add(Fault("freeze", "PUT", ROLES))
    results = await all_click(crowd, message, "Red")
    await house.sandbox.until(lambda: slow.hits == 10, what="for ten role calls at once")
    slow.release()
    await until_told(house, results, "Added", 30)


@pytest.mark.parametrize(
    "fault",
    [Fault("status", "PUT", ROLES, status=500), Fault("status", "PUT", ROLES, status=429, retry_after=0.2)],
    ids=["a 500 each", "a short 429 each"],
)
async def test_trouble_of_ten_members_delays_each_by_its_own_retry_only(house: House, fault: Fault) -> None:
    crowd = add_members(house.sandbox, house.sandbox.guild, 10)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    house.sandbox.faults.add(fault).count = 10
    house.sandbox.ledger.allow(status=fault.status)
    all_at_once = house.sandbox.faults.add(Fault("freeze", "PUT", ROLES, count=10))
    results = await all_click(crowd, message, "Red")
    await house.sandbox.until(lambda: all_at_once.hits == 10, what="for ten role calls at once")
    all_at_once.release()
    await house.sandbox.until(lambda: len(house.sandbox.traffic.find("PUT", ROLE)) == 20, what="for each one's retry")
    await until_told(house, results, "Added", 30)


async def test_who_has_to_wait_is_told_the_place_and_then_the_outcome(house: House) -> None:
    limit_changes(house.sandbox, 10, 2)
    crowd = add_members(house.sandbox, house.sandbox.guild, 30)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    results = await all_click(crowd, message, "Red")
    await house.sandbox.until(lambda: all(told(result) for result in results), what="for a first word to everybody")
    waiting = [told(result) for result in results if "in line" in told(result)]
    assert len(waiting) == 20
    assert any("number 20 in line" in text and "<t:" in text for text in waiting)
    await until_told(house, results, "Added", 30)
    assert not house.sandbox.traffic.find(status=429)


async def test_what_a_member_clicks_while_waiting_becomes_one_change(house: House) -> None:
    limit_changes(house.sandbox, 1, 1.5)
    first, second = add_members(house.sandbox, house.sandbox.guild, 2)
    _, message = await panel_in(house, house.sandbox.guild, "Red", "Green", "Blue", mode=Mode.UNIQUE)
    opened = await MessageView(first, message).click("Red")
    await opened.message()
    results = [await MessageView(second, message).click(label) for label in ("Red", "Green", "Blue")]
    await house.sandbox.until(lambda: "Added" in told(results[-1]), what="for the last wish")
    await until_told(house, results, "You now hold from this panel", 30)
    assert second.role_names() == ["Blue"]
    assert "a later click of yours" in told(results[0])
    assert [change.kind for change in house.sandbox.ledger.role_changes if change.user_id == second.user.id] == ["add"]
    rows = [row for row in await house.audit("roles.click") if row.target_id == second.user.id]
    assert [(row.state, len(row.payload["added"])) for row in rows] == [
        (AuditState.REFUSED, 0),
        (AuditState.REFUSED, 0),
        (AuditState.DONE, 1),
    ]


async def test_what_another_bot_did_while_a_click_waited_stays_unless_a_rule_forbids_it(house: House) -> None:
    limit_changes(house.sandbox, 1, 1.5)
    sandbox, guild = house.sandbox, house.sandbox.guild
    first, second = add_members(sandbox, guild, 2)
    _, message = await panel_in(house, guild, "Red", "Green", mode=Mode.UNIQUE)
    await (await MessageView(first, message).click("Red")).message()
    result = await MessageView(second, message).click("Red")
    await sandbox.until(lambda: "in line" in told(result))
    others = [sandbox.role("Green").id, sandbox.role("Music").id]
    members.set_roles(sandbox.world, guild, second.member, others, guild.owner_id)
    await until_told(house, [result], "Added", 30)
    assert set(second.role_names()) == {"Red", "Music"}, "the panel's rule, one at a time, is asked when the turn comes"


async def test_who_cannot_be_looked_at_is_told_nothing_of_their_roles(house: House) -> None:
    limit_changes(house.sandbox, 1, 0.5)
    guild = house.sandbox.guild
    first, second = add_members(house.sandbox, guild, 2)
    members.set_roles(house.sandbox.world, guild, second.member, [house.sandbox.role("Red").id], guild.owner_id)
    _, message = await panel_in(house, guild, "Red", "Green")
    await (await MessageView(first, message).click("Red")).message()
    house.sandbox.faults.add(Fault("status", "GET", "/guilds/*/members/*", status=400))
    result = await MessageView(second, message).click("Green")
    await house.sandbox.until(lambda: "Discord had an error" in told(result), what="for the outcome")
    assert "hold" not in told(result)


async def test_what_would_come_too_late_is_refused_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # The module that runs now: each start of the bot loads its cogs anew.
    monkeypatch.setattr(sys.modules["cogs.roles.click.service"], "LAST_WAIT", 3.0)
    limit_changes(house.sandbox, 1, 3)
    first, second, third = add_members(house.sandbox, house.sandbox.guild, 3)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    await (await MessageView(first, message).click("Red")).message()
    waits, refused = await all_click([second, third], message, "Red")
    await house.sandbox.until(lambda: told(waits) and told(refused), what="for a first word to both")
    assert "in line" in told(waits)
    assert "would take too long" in told(refused) and "<t:" in told(refused)
    await until_told(house, [waits], "Added", 30)
    rows = await house.audit("roles.click")
    assert [row.payload["refused"] for row in rows if row.target_id == third.user.id] == [[{"role_id": 0, "problem": "line_too_long"}]]


async def test_a_busy_guild_never_delays_another(empty_house: House, whole: bool) -> None:
    house = empty_house
    sandbox = house.sandbox
    if not whole:
        limit_changes(sandbox, 10, 10)
    many, line = (2_000, 100) if whole else (60, 40)
    others = [add_guild(sandbox, f"Guild {number}") for number in range(10)]
    await house.start()
    crowd = add_members(sandbox, sandbox.guild, many)
    panel, message = await panel_in(house, sandbox.guild, "Red")
    panels = [await panel_in(house, guild, "Red") for guild in others]
    results = await all_click(crowd, message, "Red")
    await sandbox.until(lambda: sum("in line" in told(result) for result in results) > line, 60, "for a long line")
    single = []
    for guild, (_, posted) in zip(others, panels, strict=True):
        (actor,) = add_members(sandbox, guild, 1)
        single += await all_click([actor], posted, "Red")
    await until_told(house, single, "Added", 30)
    assert sum("in line" in told(result) for result in results) > line - 10
    # Nothing more can be done for the others, so their line ends as soon as it is looked at.
    await panel.delete()
    sandbox.ratelimits.overrides["GET", "/guilds/{guild_id}/members/{user_id}"] = Limit("member-get", 1000, 1)
    await sandbox.until(lambda: all(told(result) and "in line" not in told(result) for result in results), 180, "for the end of the line")


async def test_the_line_is_taken_up_after_a_restart(house: House) -> None:
    limit_changes(house.sandbox, 2, 2)
    first, *crowd = add_members(house.sandbox, house.sandbox.guild, 6)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    await (await MessageView(first, message).click("Red")).message()
    results = await all_click(crowd, message, "Red")
    await house.sandbox.until(lambda: sum("in line" in told(result) for result in results) == 4, what="for a line")
    house.sandbox.ledger.allow(status=429)  # the next process has yet to learn how much of the window is used
    house.sandbox.ledger.allow(code=40060)  # and which clicks were acknowledged
    await house.restart()
    await until_told(house, results, "Added", 30)


async def test_hopeless_clicks_cost_few_refused_requests(house: House, whole: bool) -> None:
    crowd = add_members(house.sandbox, house.sandbox.guild, 50)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    house.sandbox.ledger.allow(status=403)
    hopeless = house.sandbox.faults.add(Fault("status", "PUT", ROLES, status=403, code=60003))
    for _ in range(100 if whole else 15):
        # As many at once as Discord takes: more would only make the one machine that plays everybody miss the 3 s of an answer.
        for start in range(0, len(crowd), 10):
            results = await all_click(crowd[start : start + 10], message, "Red")
            await until_told(house, results, "two-factor", 30)
        clock.shift(timedelta(seconds=0.5 if whole else 1))  # nobody clicks faster than a person
    assert hopeless.hits < 20
    assert len(await house.audit("roles.paused")) == 1


async def test_one_probe_a_minute_finds_out_that_it_works_again(house: House) -> None:
    crowd = add_members(house.sandbox, house.sandbox.guild, 8)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    house.sandbox.ledger.allow(status=403)
    hopeless = house.sandbox.faults.add(Fault("status", "PUT", ROLES, status=403, code=50013, count=5))
    for actor in crowd[:6]:
        result = await MessageView(actor, message).click("Red")
        assert (await result.message()).text.startswith("Discord ")  # refuses this role, or lets nothing be changed for now
    assert hopeless.hits == 5
    clock.shift(timedelta(seconds=61))
    for actor in crowd[6:]:
        result = await MessageView(actor, message).click("Red")
        assert "Added" in (await result.message()).text


async def test_of_many_at_the_same_moment_one_is_the_probe(house: House) -> None:
    crowd = add_members(house.sandbox, house.sandbox.guild, 15)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    house.sandbox.ledger.allow(status=403)
    hopeless = house.sandbox.faults.add(Fault("status", "PUT", ROLES, status=403, code=50013))
    for actor in crowd[:5]:
        await (await MessageView(actor, message).click("Red")).message()
    clock.shift(timedelta(seconds=61))
    await until_told(house, await all_click(crowd[5:], message, "Red"), "Discord ", 30)
    assert hopeless.hits == 6


async def test_who_clicks_like_a_script_has_to_pause(house: House) -> None:
    limit_changes(house.sandbox, 20, 1)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    (actor,) = add_members(house.sandbox, house.sandbox.guild, 1)
    results = await all_click([actor] * 30, message, "Red")
    await house.sandbox.until(lambda: sum("a lot of clicks" in told(result) for result in results) == 10, what="for ten refusals")
    await house.sandbox.until(lambda: all(told(result) for result in results), 30, "for an answer to each")
    rows = await house.audit("roles.click")
    too_fast = [row.payload.get("count", 1) for row in rows if {"role_id": 0, "problem": "too_fast"} in row.payload["refused"]]
    assert sum(too_fast) == 10 and len(too_fast) < 5  # the clicks before come to their end in between


async def test_the_same_refusal_again_and_again_is_one_entry(house: House) -> None:
    sandbox = house.sandbox
    _, message = await panel_in(house, sandbox.guild, "Red")
    actor, other = add_members(sandbox, sandbox.guild, 2)
    roles.edit(sandbox.world, sandbox.guild, sandbox.role("Red"), {"permissions": permissions.bits("BAN_MEMBERS")}, sandbox.guild.owner_id)
    results = await all_click([actor] * 14 + [other], message, "Red")
    await until_told(house, results, "powerful permissions", 30)
    entries = await house.audit("roles.click")
    assert sorted((row.target_id, row.payload.get("count", 1)) for row in entries) == [(actor.user.id, 14), (other.user.id, 1)]
