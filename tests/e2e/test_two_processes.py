"""Two real processes with the same shards: one that is frozen, cut off or told to stop, and the one that follows it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence

import pytest

from core.settings import ROOT
from models import SETTLED, AuditEntry
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Message
from tests.e2e.crowd import add_members, panel_in, told
from tests.e2e.house import House
from tests.e2e.wire import DatabaseProxy, Tap

PATIENCE = 30.0  # seconds
TAKES_OVER = 15.0  # seconds
PER_SECOND = 20
ROLE = "/guilds/*/members/*/roles/*"


class Bot:
    """bot.py as a process of its own; what it sends to PostgreSQL goes through a proxy that can be cut."""

    def __init__(self, tap: Tap, proxy: DatabaseProxy, process: asyncio.subprocess.Process) -> None:
        self.tap, self.proxy, self.process = tap, proxy, process

    @classmethod
    async def start(cls, url: str) -> "Bot":
        """Start it, and wait until it serves or stands by."""
        tap = Tap()
        proxy = DatabaseProxy(url, tap)
        environment = {**os.environ, "DATABASE_URL": await proxy.start(), "LOG_LEVEL": "INFO"}
        process = await asyncio.create_subprocess_exec(sys.executable, ROOT / "bot.py", env=environment)
        async with asyncio.timeout(PATIENCE):
            await tap.waits_for_shards.wait()
        return cls(tap, proxy, process)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    async def end(self) -> None:
        """Kill it if it still runs."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self.proxy.stop()


class Pair:
    """The process that serves, its standby, and members who click."""

    def __init__(self, house: House, message: Message, first: Bot, second: Bot) -> None:
        self.house, self.sandbox = house, house.sandbox
        self._message, self.first, self.second = message, first, second
        self.former = set(self.sandbox.gateway.connections)

    async def click(self) -> Result:
        """Somebody new clicks."""
        (actor,) = add_members(self.sandbox, self.sandbox.guild, 1)
        return await MessageView(actor, self._message).click("Red")

    async def taken_over(self, timeout: float) -> None:
        """Wait until the other process is connected."""
        connections = self.sandbox.gateway.connections
        await self.sandbox.until(lambda: any(c.session for c in connections if c not in self.former), timeout, "for the standby")

    async def ended(self, results: Sequence[Result]) -> None:
        """Wait until every member was answered or saw that it failed, and every record is settled."""
        await self.sandbox.until(lambda: all(result.state in ("answered", "failed") for result in results), PATIENCE, "for the answers")
        async with asyncio.timeout(PATIENCE):
            while True:
                for bot in (self.first, self.second):
                    bot.tap.moved.clear()
                if not await AuditEntry.exclude(state__in=SETTLED).exists():
                    return
                moved = {asyncio.create_task(bot.tap.moved.wait()) for bot in (self.first, self.second)}
                await asyncio.wait(moved, return_when=asyncio.FIRST_COMPLETED)
                for task in moved:
                    task.cancel()

    def judge(self, results: Sequence[Result]) -> None:
        """Everybody got what they were told, and nobody who saw it fail got anything."""
        for result in results:
            held = result.actor.role_names() == ["Red"]
            assert held == (result.state == "answered" and "Added" in told(result)), (result.state, told(result), held)


@pytest.fixture
async def pair(house: House, database_url: str) -> AsyncIterator[Pair]:
    """Two processes, of which the first serves."""
    sandbox = house.sandbox
    _, message = await panel_in(house, sandbox.guild, "Red")
    await house.stop()
    house.accepted += ["never answered in time", "is not answered"]
    for code in (40060, 10015, 10062):
        sandbox.ledger.allow(code=code)
    sandbox.ratelimits.enabled = False
    first = await Bot.start(database_url)
    await sandbox.until(lambda: any(c.session for c in sandbox.gateway.connections), PATIENCE, "for the first to connect")
    second = await Bot.start(database_url)
    yield Pair(house, message, first, second)
    for bot in (first, second):
        await bot.end()
    await sandbox.until(lambda: not sandbox.gateway.connections)


@pytest.mark.timeout(120)
async def test_a_frozen_process_is_replaced_and_does_nothing_more(pair: Pair) -> None:
    before = [await pair.click() for _ in range(3)]
    await pair.ended(before)
    pair.first.send(signal.SIGSTOP)
    meanwhile = [await pair.click() for _ in range(3)]
    await pair.taken_over(TAKES_OVER)
    after = [await pair.click() for _ in range(10)]
    await pair.ended(after)
    assert {result.state for result in after} == {"answered"}
    pair.first.send(signal.SIGCONT)
    await pair.sandbox.until(lambda: not pair.former & set(pair.sandbox.gateway.connections), PATIENCE, "for the old one to leave")
    again = [await pair.click() for _ in range(3)]
    await pair.ended([*before, *meanwhile, *after, *again])
    pair.judge([*before, *meanwhile, *after, *again])
    assert pair.first.process.returncode is None, "it is a standby now"


@pytest.mark.timeout(120)
async def test_a_process_that_is_cut_off_from_the_database_leaves(pair: Pair) -> None:
    before = [await pair.click() for _ in range(3)]
    await pair.ended(before)
    pair.first.proxy.swallow()
    await pair.sandbox.until(lambda: not pair.former & set(pair.sandbox.gateway.connections), TAKES_OVER, "for the one cut off to leave")
    await pair.taken_over(TAKES_OVER)
    after = [await pair.click() for _ in range(10)]
    await pair.ended(after)
    assert {result.state for result in after} == {"answered"}
    pair.judge([*before, *after])


@pytest.mark.timeout(120)
async def test_a_rolling_restart_loses_hardly_a_click_however_slow_a_call_is(pair: Pair, whole: bool) -> None:
    slow = pair.sandbox.faults.add(Fault("latency", "PUT", ROLE, seconds=4.5, count=1))
    results = [await pair.click()]
    await asyncio.wait_for(slow.struck.wait(), PATIENCE)
    clicks = asyncio.create_task(clicked_evenly(pair, results, 6 * PER_SECOND if whole else 3 * PER_SECOND))
    pair.first.send(signal.SIGTERM)
    await clicks
    await pair.ended(results)
    assert sum(result.state == "failed" for result in results) <= 5
    pair.judge(results)
    await asyncio.wait_for(pair.first.process.wait(), PATIENCE)


async def clicked_evenly(pair: Pair, results: list[Result], count: int) -> None:
    """So many clicks, `PER_SECOND` in each second of the sandbox's clock."""
    for _ in range(count):
        results.append(await pair.click())
        await pair.sandbox.clock.sleep(1 / PER_SECOND)
