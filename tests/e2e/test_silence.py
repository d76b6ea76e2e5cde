"""A gateway that is connected, acknowledges heartbeats and brings no interactions; and one whose resume address is dead."""

import asyncio
import operator
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import discord
import pytest
from loguru import logger

from core.backoff import Backoff
from core.silence import ASK_SECONDS, LOOK_SECONDS
from domain import clock
from domain.silence import A_DAY, PAUSE
from models import AuditEntry
from sandbox.faults import Fault
from sandbox.gateway import Frame
from sandbox.gateway.protocol import Op
from sandbox.gateway.session import Withheld
from sandbox.guilds import GUILDS
from sandbox.world import Event
from tests.e2e.house import House, at_rest, posted_panel
from tests.e2e.test_clicks import click
from tests.e2e.test_health import Probe, probe, session  # noqa: F401 - fixtures
from tests.e2e.test_shards import sharded  # noqa: F401 - a fixture

LOOP = "Watching whether interactions come"
EVERY = 20.0  # seconds between two interactions of the habit
TOO_LONG = 90.0  # seconds
SPARE = 10


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """What the watch warns of."""
    told: list[str] = []
    sink = logger.add(lambda message: told.append(str(message).strip()), level="WARNING", format="{message}", filter="core.silence")
    yield told
    logger.remove(sink)


def shift(seconds: float) -> None:
    clock.shift(timedelta(seconds=seconds))


def make_a_habit(house: House) -> None:
    """Interactions as they come on a server that is awake, for twenty minutes."""
    for _ in range(60):
        shift(EVERY)
        house.bot.silence.heard(house.sandbox.guild.id)


def identifies(house: House) -> list[Frame]:
    return [frame for frame in house.sandbox.gateway.frames if frame.direction == "in" and frame.payload["op"] == Op.IDENTIFY]


async def until_fresh(house: House, number: int = 2) -> None:
    """Wait until there have been so many sessions and the last one is the only one."""
    gateway = house.sandbox.gateway
    await house.sandbox.until(lambda: len(identifies(house)) == number and len(gateway.sessions) == 1, what="for a fresh session alone")
    await at_rest(house, LOOP)


async def resumed(house: House, drop: Callable[[], object]) -> None:
    """Wait until every shard has resumed its session after a connection was lost."""
    bot = house.bot
    if isinstance(bot, discord.AutoShardedClient):
        waits = [bot.wait_for("shard_resumed", check=partial(operator.eq, shard_id)) for shard_id in bot.gateway_watch.shard_ids]
    else:
        waits = [bot.wait_for("resumed")]
    coming = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.sleep(0)  # lets them begin to listen
    drop()
    async with asyncio.timeout(30):
        await asyncio.gather(*coming)


async def looked(house: House) -> None:
    """Wait until the watch has looked once more."""
    house.bot.silence.loop.wake()
    await at_rest(house, LOOP)


async def test_silent_in_the_middle_of_a_session(house: House, probe: Probe, warnings: list[str]) -> None:  # noqa: F811
    await posted_panel(house, "Red")
    make_a_habit(house)
    gone: list[str] = []

    async def on_disconnect() -> None:
        gone.append("gone")

    house.bot.add_listener(on_disconnect)
    house.sandbox.gateway.silence_sessions()
    await looked(house)
    assert len(identifies(house)) == 1, "a silence that is no longer than others"
    assert (await probe.get())[0] == 200
    shift(TOO_LONG)
    await until_fresh(house)
    (told,) = warnings
    assert re.fullmatch(
        r"Shard 0 seems to be silent: connected, but no interaction has come for \d+ s, of late never more than 2\d s", told
    )
    assert "shard 0: connected, but no interaction has come" in (await probe.until(503))["gateway"]["detail"]
    assert [one.withheld for one in house.sandbox.gateway.sessions.values()] == [None]
    assert "Added" in await click(house, "alice", "Red")
    assert "interactions come again, after" in warnings[1]
    assert len(warnings) == 2
    await probe.until(200)
    assert gone == [], "there is no moment without a connection"


@pytest.mark.parametrize("again", [1, 2])
async def test_silent_from_its_start(house: House, monkeypatch: pytest.MonkeyPatch, again: int) -> None:
    """Also when the fresh session is as silent: but not before half an hour."""
    monkeypatch.setattr("core.bot.random.uniform", lambda low, high: 0.0)
    await posted_panel(house, "Red")
    make_a_habit(house)
    gateway = house.sandbox.gateway
    gateway.silence_new_sessions()
    came = asyncio.ensure_future(house.bot.wait_for("connect"))
    await asyncio.sleep(0)
    gateway.invalidate_sessions(False)
    await came
    await until_fresh(house)
    if again == 1:
        gateway.silence_new_sessions(None)
    shift(TOO_LONG)
    await until_fresh(house, 3)
    if again == 2:
        gateway.silence_new_sessions(None)
        shift(PAUSE - 60)
        await looked(house)
        assert len(identifies(house)) == 3
        shift(61)
        await until_fresh(house, 4)
    assert "Added" in await click(house, "alice", "Red")


async def test_the_habit_of_before_the_start_counts(house: House) -> None:
    """A new process whose first session is silent; what was recorded of clicks tells what was usual."""
    await posted_panel(house, "Red")
    now, guild_id = clock.now(), house.sandbox.guild.id
    await AuditEntry.bulk_create(
        AuditEntry(guild_id=guild_id, kind="test", state="done", interaction_id=number, created_at=at, settled_at=at)
        for number, at in enumerate((now - timedelta(seconds=EVERY) * back for back in range(60)), 1)
    )
    await house.stop()
    house.sandbox.gateway.silence_new_sessions()
    shift(600)
    await house.start()
    await at_rest(house, LOOP)
    before = len(identifies(house))
    shift(30)
    await looked(house)
    assert len(identifies(house)) == before, "nobody could click while no process ran"
    house.sandbox.gateway.silence_new_sessions(None)
    house.sandbox.clock.advance(5)  # Discord tells only so often how many sessions are left
    shift(TOO_LONG)
    await until_fresh(house, before + 1)
    assert "Added" in await click(house, "alice", "Red")


@pytest.mark.parametrize("from_the_start", [False, True])
async def test_where_nothing_at_all_comes_no_habit_is_needed(
    house: House, warnings: list[str], monkeypatch: pytest.MonkeyPatch, from_the_start: bool
) -> None:
    monkeypatch.setattr("core.bot.random.uniform", lambda low, high: 0.0)
    monkeypatch.setattr("core.silence.ANSWER_SECONDS", 0.5)
    await posted_panel(house, "Red")
    await at_rest(house, LOOP)
    gateway, number = house.sandbox.gateway, 2
    everything: Withheld = "everything"
    if from_the_start:
        gateway.silence_new_sessions(everything)
        came = asyncio.ensure_future(house.bot.wait_for("connect"))
        await asyncio.sleep(0)
        gateway.invalidate_sessions(False)
        await came
        gateway.silence_new_sessions(None)
        number = 3
    else:
        gateway.silence_sessions(everything)
    shift(ASK_SECONDS)
    await until_fresh(house, number)
    assert warnings == ["Shard 0 seems to be silent: connected, but Discord answers nothing"]
    assert "Added" in await click(house, "alice", "Red")
    assert len(warnings) == 2


async def test_a_silence_that_becomes_another_one_is_the_same(house: House, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.silence.ANSWER_SECONDS", 0.5)
    await posted_panel(house, "Red")
    make_a_habit(house)
    await looked(house)
    gateway = house.sandbox.gateway
    gateway.silence_sessions("everything")
    gateway.silence_new_sessions("interactions")
    shift(ASK_SECONDS)
    await until_fresh(house)
    for _ in range(3):
        shift(PAUSE / 4)
        await looked(house)
    assert len(identifies(house)) == 2
    gateway.silence_new_sessions(None)
    shift(PAUSE / 4)
    await until_fresh(house, 3)
    assert len(warnings) == 1
    assert "Added" in await click(house, "alice", "Red")
    assert len(warnings) == 2


async def test_a_quiet_server_is_only_asked(house: House, warnings: list[str]) -> None:
    await at_rest(house, LOOP)
    for _ in range(20):
        shift(ASK_SECONDS)
        await looked(house)
    asked = [frame for frame in house.sandbox.gateway.frames if frame.payload["op"] == Op.REQUEST_GUILD_MEMBERS]
    assert len(asked) == 20
    assert (len(identifies(house)), warnings) == (1, [])


async def test_an_outage_of_the_servers_is_no_silence(house: House, warnings: list[str]) -> None:
    guild = house.sandbox.guild
    gone = asyncio.ensure_future(house.bot.wait_for("guild_unavailable"))
    await looked(house)
    house.sandbox.world.emit(Event("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id, GUILDS))
    await asyncio.wait_for(gone, 30)
    shift(ASK_SECONDS)
    await looked(house)
    assert (len(identifies(house)), warnings) == (1, [])


async def test_a_false_alarm_costs_no_click(house: House, warnings: list[str]) -> None:
    """Neither one that is waiting in line, nor those that come while the bot goes over."""
    await posted_panel(house, "Red", "Green")
    frozen = house.sandbox.faults.add(Fault("freeze", "PUT"))
    alice, bob, gateway = house.actor("alice").in_("roles"), house.actor("bob").in_("roles"), house.sandbox.gateway
    make_a_habit(house)
    waiting = [await alice.sees()[-1].click(name) for name in ("Red", "Green")]
    await house.sandbox.until(lambda: frozen.hits)
    shift(TOO_LONG)
    await house.sandbox.until(lambda: len(gateway.sessions) == 2, what="for the second session")
    at_once = await bob.sees()[-1].click("Red")
    await until_fresh(house)
    house.sandbox.faults.remove(frozen)
    for result in (*waiting, at_once):
        assert "Added" in (await result.message()).text
    assert set(house.actor("alice").role_names()) == {"Red", "Green"}
    assert len(warnings) == 2
    assert "Added" in await click(house, "bob", "Green")


async def test_an_interaction_that_is_on_its_way_is_no_silence(house: House, warnings: list[str]) -> None:
    """A process that stood still has it before it at the same moment at which it sees how late it is."""
    await posted_panel(house, "Red")
    make_a_habit(house)
    await at_rest(house, LOOP)
    clicking = asyncio.ensure_future(house.actor("alice").in_("roles").sees()[-1].click("Red"))
    await asyncio.sleep(0)
    shift(TOO_LONG)
    await looked(house)
    assert "Added" in (await (await clicking).message()).text
    assert (len(identifies(house)), warnings) == (1, [])


@pytest.mark.parametrize("trouble", ["refused", "invalid", "few"])
async def test_where_no_fresh_session_can_be_had_the_old_one_goes_on(house: House, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await posted_panel(house, "Red")
    gateway = house.sandbox.gateway
    (connection,) = gateway.connections
    (application,) = house.sandbox.world.applications.values()
    before = gateway.session_starts[application.id]
    make_a_habit(house)
    if trouble == "refused":
        gateway.refuse_connections(True)
    elif trouble == "invalid":
        gateway.identify_interval = 1e9
    else:
        gateway.session_starts[application.id] = before * (1000 - SPARE)
    shift(TOO_LONG)
    await looked(house)
    assert gateway.connections == [connection]
    gateway.refuse_connections(False)
    gateway.identify_interval, gateway.session_starts[application.id] = 0.0, before
    tried = len(identifies(house))
    assert tried == (2 if trouble == "invalid" else 1)
    shift(LOOK_SECONDS)
    await until_fresh(house, tried + 1)
    assert connection not in gateway.connections
    assert "Added" in await click(house, "alice", "Red")


async def test_no_more_than_a_days_number_of_fresh_sessions(house: House) -> None:
    house.sandbox.ratelimits.enabled = False  # a day has room for all these questions
    for number in range(A_DAY):
        make_a_habit(house)
        shift(TOO_LONG)
        await until_fresh(house, number + 2)
    make_a_habit(house)
    shift(TOO_LONG)
    await looked(house)
    assert len(identifies(house)) == 1 + A_DAY


async def test_one_shard_of_several(sharded: House, warnings: list[str]) -> None:  # noqa: F811
    await posted_panel(sharded, "Red")
    gateway, served = sharded.sandbox.gateway, (sharded.sandbox.guild.id >> 22) % 2
    shards = {one.session.shard[0]: one for one in gateway.connections if one.session}
    make_a_habit(sharded)
    gateway.silence_sessions()
    shift(TOO_LONG)
    await sharded.sandbox.until(lambda: shards[served] not in gateway.connections, what="for the silent session to be left")
    await at_rest(sharded, LOOP)
    assert len(gateway.connections) == 2
    assert shards[1 - served] in gateway.connections
    assert [f"Shard {served} seems" in warning for warning in warnings] == [True]
    assert "Added" in await click(sharded, "alice", "Red")
    await resumed(sharded, gateway.drop_connections)
    assert "Removed" in await click(sharded, "alice", "Red")


async def test_the_fresh_session_is_resumed_like_any_other(house: House) -> None:
    await posted_panel(house, "Red")
    make_a_habit(house)
    shift(TOO_LONG)
    await until_fresh(house)
    await resumed(house, house.sandbox.gateway.drop_connections)
    assert "Added" in await click(house, "alice", "Red")
    assert len(identifies(house)) == 2


@pytest.mark.parametrize("end", [None, 4000])
async def test_the_old_connection_may_end_in_the_middle_of_it(house: House, end: int | None) -> None:
    """Whoever wins, there is one session in the end, and it hears."""
    await posted_panel(house, "Red")
    make_a_habit(house)
    gateway = house.sandbox.gateway
    (connection,) = gateway.connections
    shift(TOO_LONG)
    await house.sandbox.until(lambda: len(gateway.sessions) == 2, what="for the second session")
    connection.close(end)
    await at_rest(house, LOOP)
    await house.sandbox.until(lambda: [one.session is not None for one in gateway.connections] == [True], what="for one connection")
    assert "Added" in await click(house, "alice", "Red")


async def test_a_dead_resume_address_delays_nothing(house: House) -> None:
    await posted_panel(house, "Red")
    await _comes_back(house)


async def test_a_dead_resume_address_delays_no_shard(sharded: House) -> None:  # noqa: F811
    await posted_panel(sharded, "Red")
    await _comes_back(sharded)


async def _comes_back(house: House) -> None:
    gateway = house.sandbox.gateway
    gateway.refuse_resumes(True)
    for drop in (lambda: gateway.drop_connections(), lambda: gateway.drop_connections(4000), gateway.request_reconnect):
        await resumed(house, drop)
    assert {connection.request.path for connection in gateway.connections} == {"/gateway"}
    assert "Added" in await click(house, "alice", "Red")


async def test_an_attempt_to_come_back_is_never_far(house: House) -> None:
    assert (discord.client.ExponentialBackoff, discord.shard.ExponentialBackoff) == (Backoff, Backoff)  # pyright: ignore[reportPrivateImportUsage]
    backoff = Backoff()
    assert max(backoff.delay() for _ in range(500)) <= 16
