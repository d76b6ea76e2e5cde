"""Two real processes with the same shards: one that is frozen, cut off or told to stop, and the one that follows it.

Buttons, menus, forms, commands and autocompletes arrive all the while. Afterwards each was answered truly by one process, or by none.
"""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from core.database import connect
from domain.panels import Style
from models import AuditEntry, AuditState, Panel
from sandbox.faults import Fault
from tests.e2e.crowd import panel_in, told
from tests.e2e.house import House, posted_panel
from tests.e2e.pair import PATIENCE, TAKES_OVER, Bot, Pair
from tests.e2e.test_outage import left_behind

FORMS = 40  # open on a manager's screen
PER_SECOND = 20
REFUSED = 60.0  # seconds
AWAY = 6.0  # seconds
ROLE = "/guilds/*/members/*/roles/*"
# The session that holds the locks of the shards.
END_SESSION = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"


@pytest.fixture
async def lone(house: House, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pair]:
    """The first process, which serves, before there is a second one; both are olivia's."""
    sandbox = house.sandbox
    monkeypatch.setenv("OWNER_IDS", str(house.actor("olivia").user.id))
    sandbox.ratelimits.enabled = False
    _, message = await panel_in(house, sandbox.guild, "Red")
    await posted_panel(house, "Blue", style=Style.DROPDOWN, name="Menu")
    menu = house.actor("olivia").in_("roles").sees()[-1]
    olivia = house.actor("olivia").in_("general")
    editor = await (await olivia.slash("panel edit", panel="Colours")).message()
    forms = [await (await olivia.slash("panel create")).modal() for _ in range(FORMS)]
    await house.stop()
    house.accepted += ["never answered in time", "is not answered"]
    for code in (40060, 10015, 10062):
        sandbox.ledger.allow(code=code)
    both = Pair(house, message, menu, editor, forms)
    both.first = await Bot.start(database_url)
    await sandbox.until(lambda: any(c.session for c in sandbox.gateway.connections), PATIENCE, "for the first to connect")
    both.former = set(sandbox.gateway.connections)
    yield both
    await both.first.end()
    await sandbox.until(lambda: not sandbox.gateway.connections)


@pytest.fixture
async def pair(lone: Pair, database_url: str) -> AsyncIterator[Pair]:
    """Two processes, of which the first serves and the second stands by."""
    lone.second = await Bot.start(database_url)
    await asyncio.wait_for(lone.second.tap.stands_by.wait(), PATIENCE)
    yield lone
    await lone.second.end()


@pytest.fixture
async def fresh(lone: Pair, database_url: str) -> AsyncIterator[Pair]:
    """Two processes: the first serves, and the second is about to look whether anybody does."""
    lone.second = await Bot.start(database_url, waits=True)
    yield lone
    await lone.second.end()


async def end_session(url: str) -> None:
    """Let the server end the session of whoever serves; a network that swallows everything keeps that from the process."""
    connection = await connect(url)
    await connection.execute(END_SESSION)
    await connection.close()


@pytest.mark.timeout(180)
async def test_a_frozen_process_is_replaced_and_does_nothing_more(pair: Pair) -> None:
    await pair.ended(await pair.one_of_each())
    pair.first.send(signal.SIGSTOP)
    await pair.one_of_each()
    await pair.taken_over()
    after = await pair.one_of_each()
    await pair.ended(after)
    assert {result.state for result in after} == {"answered"}
    pair.first.send(signal.SIGCONT)
    await pair.act_until(pair.left)
    await pair.one_of_each()
    await pair.judge()
    assert pair.first.process.returncode is None, "it is a standby now"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seconds", [3, 6])
async def test_a_process_that_stood_still_while_the_server_ended_its_session_does_nothing_twice(
    pair: Pair, database_url: str, seconds: float
) -> None:
    """It may still believe in its locks when it wakes up, and hears of all that arrived meanwhile."""
    pair.first.send(signal.SIGSTOP)
    await end_session(database_url)
    acting = asyncio.create_task(pair.act_until(pair.left))
    await pair.sandbox.clock.sleep(seconds)
    pair.first.send(signal.SIGCONT)
    await asyncio.wait_for(acting, PATIENCE)
    await pair.taken_over()
    await pair.judge()


@pytest.mark.timeout(180)
async def test_a_process_that_is_cut_off_from_the_database_leaves(pair: Pair) -> None:
    """What it claimed comes to the database after it was replaced, and comes to an end there all the same."""
    await pair.ended(await pair.one_of_each())
    pair.first.proxy.swallow()
    await asyncio.wait_for(pair.act_until(pair.left), TAKES_OVER)
    await pair.taken_over()
    after = await pair.one_of_each()
    await pair.ended(after)
    assert {result.state for result in after} == {"answered"}
    pair.first.tap.waits_for_shards.clear()
    pair.first.proxy.swallow(False)
    await asyncio.wait_for(pair.first.tap.waits_for_shards.wait(), PATIENCE)
    await pair.judge()


@pytest.mark.timeout(180)
async def test_two_that_serve_at_once_do_nothing_twice_and_contradict_nobody(pair: Pair, database_url: str) -> None:
    """The server ends the session of the first in the moment in which it is cut off: it believes in its locks for seconds more."""
    pair.first.proxy.swallow()
    await end_session(database_url)
    await asyncio.wait_for(pair.act_until(lambda: pair.left() and pair.follows()), TAKES_OVER)
    pair.first.proxy.swallow(False)
    await pair.judge()
    assert not [text for text in map(told, pair.results) if "Something went wrong" in text]


@pytest.mark.timeout(180)
async def test_a_process_that_starts_beside_one_that_cannot_know_yet_contradicts_nobody(fresh: Pair, database_url: str) -> None:
    """As before, but the second one was no standby: it finds the shards free, as if nobody else were there."""
    fresh.first.proxy.swallow()
    await end_session(database_url)
    fresh.second.proxy.swallow(False)
    await asyncio.wait_for(fresh.act_until(lambda: fresh.left() and fresh.follows()), TAKES_OVER)
    assert not fresh.second.tap.stands_by.is_set()
    fresh.first.proxy.swallow(False)
    await fresh.judge()
    assert not [text for text in map(told, fresh.results) if "Something went wrong" in text]


@pytest.mark.timeout(240)
async def test_a_database_that_refuses_one_process_costs_it_the_shards(pair: Pair, whole: bool) -> None:
    pair.first.proxy.refuse()
    await asyncio.wait_for(pair.act_until(lambda: pair.left() and pair.follows()), TAKES_OVER)
    after = await pair.one_of_each()
    await pair.ended(after)
    assert {result.state for result in after} == {"answered"}
    if whole:
        refused_until = pair.sandbox.clock.now() + REFUSED
        await pair.act_until(lambda: pair.sandbox.clock.now() > refused_until, 2)
    await pair.first.proxy.allow()
    await pair.judge()
    assert pair.first.process.returncode is None, "it is a standby now"
    pair.second.send(signal.SIGTERM)
    pair.former = set(pair.sandbox.gateway.connections)
    await pair.taken_over()
    await pair.one_of_each()
    await pair.judge()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("killed", [True, False])
async def test_what_takes_effect_only_when_another_process_serves_is_told_and_recorded(pair: Pair, database_url: str, killed: bool) -> None:
    """Discord is slow with a change that the first process sent, and the second one looks before it is there."""
    slow = pair.sandbox.faults.add(Fault("latency", "PUT", ROLE, seconds=6, count=1))
    click = await pair.click()
    await pair.sandbox.until(lambda: slow.struck.is_set() and click.state == "deferred", PATIENCE, "for the acknowledgement")
    if killed:
        pair.first.send(signal.SIGKILL)
    else:
        pair.first.proxy.swallow()
        await end_session(database_url)
    await pair.taken_over()
    await pair.judge()
    assert "Added" in told(click)
    pair.first.proxy.swallow(False)


@pytest.mark.timeout(180)
async def test_what_was_left_is_taken_up_by_a_cog_that_was_exchanged_without_a_database(pair: Pair) -> None:
    """What begins with the shards begins when they are held again, whenever the cog was loaded."""
    house, sandbox = pair.house, pair.sandbox
    await pair.second.end()
    await pair.ended([await pair.click()])
    owner = house.actor("olivia").dm()
    pair.first.proxy.refuse()
    await owner.say("reload roles")
    await sandbox.until(lambda: any("Reloaded" in message.text for message in owner.sees()), PATIENCE, "for the exchange")
    await sandbox.until(pair.left, TAKES_OVER, "for the shards to be missed")
    left = left_behind(house, (await Panel.get(name="Colours")).id)
    assert await AuditEntry.all().update(state=AuditState.QUEUED, settled_at=None, resume=left) == 1
    await pair.first.proxy.allow()
    await pair.ended()
    assert [row.state for row in await AuditEntry.all()] == [AuditState.REFUSED]


@pytest.mark.timeout(180)
async def test_what_a_resume_brings_too_late_is_not_done(pair: Pair) -> None:
    """The connection is away for longer than Discord waits for an answer, and everything arrives at once afterwards."""
    gateway, sandbox = pair.sandbox.gateway, pair.sandbox
    await pair.ended(await pair.one_of_each())
    gateway.refuse_connections(True)
    gateway.drop_connections()
    for _ in range(4):
        await pair.one_of_each()
    late = pair.results[6:]
    await sandbox.clock.sleep(AWAY)
    assert {result.state for result in pair.results if result.state != "answered"} == {"failed"}, len(late)
    gateway.refuse_connections(False)
    await sandbox.until(lambda: any(c.session for c in gateway.connections), PATIENCE, "for the first to come back")
    await pair.ended(await pair.one_of_each())
    await pair.judge()


@pytest.mark.timeout(180)
async def test_a_rolling_restart_loses_hardly_a_click_however_slow_a_call_is(pair: Pair, whole: bool) -> None:
    slow = pair.sandbox.faults.add(Fault("latency", "PUT", ROLE, seconds=4.5, count=1))
    await pair.click()
    await asyncio.wait_for(slow.struck.wait(), PATIENCE)
    until = pair.sandbox.clock.now() + (6 if whole else 3)
    pair.first.send(signal.SIGTERM)
    await pair.act_until(lambda: pair.sandbox.clock.now() > until, PER_SECOND)
    await pair.judge()
    assert sum(result.state == "failed" for result in pair.results) <= 5
    await asyncio.wait_for(pair.first.process.wait(), PATIENCE)
