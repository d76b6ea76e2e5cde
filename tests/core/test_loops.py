"""A background loop outlasts whatever fails in it, leaves alone what fails, and looks when it is woken or the time has come."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from loguru import logger
from tortoise.exceptions import DBConnectionError

from core.loops import AWAY_PAUSE, Loop
from core.rest import NotServing
from domain import clock

GUILD = 1


@pytest.fixture(autouse=True)
def _real_time() -> Iterator[None]:
    yield
    clock.reset()


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {message}")
    yield lines
    logger.remove(sink)


class Passes:
    """The passes of a loop: what each of them is to do, and how many there were."""

    def __init__(self, *works: Callable[[], Awaitable[float | None]]) -> None:
        self._works = list(works)
        self.count = 0
        self._another = asyncio.Event()

    async def __call__(self) -> float | None:
        self.count += 1
        self._another.set()
        return await self._works.pop(0)() if self._works else None

    async def reach(self, count: int) -> None:
        """Return when so many passes have begun."""
        async with asyncio.timeout(5):
            while self.count < count:
                self._another.clear()
                await self._another.wait()


@asynccontextmanager
async def running(loop: Loop, serves: Callable[[], bool] = lambda: True) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(loop.run(serves))
    yield task
    task.cancel()
    await asyncio.wait({task})


def raising(error: BaseException) -> Callable[[], Awaitable[float | None]]:
    async def work() -> float | None:
        raise error

    return work


@pytest.mark.parametrize(
    "error", [ValueError("odd"), DBConnectionError("gone"), asyncio.CancelledError(), KeyError()], ids=lambda error: type(error).__name__
)
async def test_it_outlasts_what_fails_in_a_pass(error: BaseException) -> None:
    passes = Passes(raising(error))
    loop = Loop("work", passes)
    async with running(loop):
        await passes.reach(1)
        loop.wake()  # it would only fail again, so that it waits all the same
        await asyncio.sleep(0)
        assert passes.count == 1
        clock.shift(timedelta(seconds=11))
        await passes.reach(2)
        async with asyncio.timeout(5):
            await loop.finished()
        assert not loop.set_aside(GUILD)


async def test_a_cancellation_ends_it_in_the_middle_of_a_pass() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Loop("work", work).run())
    await begun.wait()
    task.cancel()
    await asyncio.wait({task}, timeout=1)
    assert task.cancelled()


async def test_it_looks_when_the_time_has_come_and_when_it_is_woken() -> None:
    async def sooner() -> float | None:
        return 60.0

    passes = Passes(sooner)
    loop = Loop("work", passes, every=3600.0)
    async with running(loop):
        await passes.reach(1)
        await loop.finished()
        clock.shift(timedelta(seconds=59))
        await asyncio.sleep(0)
        assert passes.count == 1
        clock.shift(timedelta(seconds=1))
        await passes.reach(2)
        await loop.finished()
        loop.wake()
        await passes.reach(3)
        await loop.finished()
        clock.shift(timedelta(hours=1))
        await passes.reach(4)


async def test_events_close_together_are_one_pass_but_never_put_off_for_ever() -> None:
    passes = Passes()
    loop = Loop("work", passes, gather=0.1)
    async with running(loop):
        await passes.reach(1)
        await loop.finished()
        events = 0
        async with asyncio.timeout(5):
            while passes.count < 2:
                loop.wake()
                events += 1
                await asyncio.sleep(0.02)  # not to wait for anything: it is the pace of the events
        assert events > 5


async def test_a_standby_does_nothing_until_it_serves() -> None:
    passes, holds = Passes(), [False]
    loop = Loop("work", passes)
    async with running(loop, lambda: holds[0]):
        await loop.finished()
        assert passes.count == 0
        holds[0] = True
        loop.wake()
        await passes.reach(1)


async def test_a_pass_is_not_tried_again_once_another_process_serves() -> None:
    """Without a database a process loses its shards: what it could not do is left to whoever has them now."""
    holds = [True]

    async def goes_away() -> float | None:
        holds[0] = False
        raise NotServing("PUT /guilds")

    passes = Passes(goes_away)
    loop = Loop("work", passes)
    async with running(loop, lambda: holds[0]):
        await passes.reach(1)
        clock.shift(AWAY_PAUSE)
        await loop.finished()
        assert passes.count == 1
        assert not loop.set_aside(GUILD)
        holds[0] = True
        clock.shift(AWAY_PAUSE)
        await passes.reach(2)


async def test_what_fails_is_set_aside_for_longer_and_longer_and_the_rest_goes_on(log: list[str]) -> None:
    tried: list[str] = []
    bad = {"b", "c"}

    async def work() -> None:
        for key in ("a", "b", "c", "d"):
            if not loop.is_aside(key):
                with loop.item(GUILD, key):
                    tried.append(key)
                    if key in bad:
                        raise ValueError(key)

    loop = Loop("work", work)
    async with running(loop):
        await loop.finished()
        assert tried == ["a", "b", "c", "d"]
        (aside, other) = loop.set_aside(GUILD)
        assert (aside.work, aside.guild_id, aside.tries, aside.error_id) == ("work", GUILD, 1, other.error_id)
        assert loop.set_aside(2) == []
        for seconds, tries in ((10, 2), (60, 3), (600, 4), (3600, 5), (3600, 6)):
            clock.shift(timedelta(seconds=seconds + 1))
            loop.wake()
            await loop.finished()
            assert [aside.tries for aside in loop.set_aside(GUILD)] == [tries, tries]
        bad.clear()
        loop.retry(["b"])
        await loop.finished()
        assert tried[-3:] == ["a", "b", "d"]
        assert len(loop.set_aside(GUILD)) == 1
    # The same failure of two items, again and again, within hours: a line in each hour.
    said = [line for line in log if line.startswith("ERROR")]
    assert 1 <= len(said) <= 3
    assert f"Failed, and will be tried again ({aside.error_id}): work of guild {GUILD}" in said[0]


async def test_an_absent_database_is_no_failure_of_an_item(log: list[str]) -> None:
    async def work() -> None:
        with loop.item(GUILD, "a"):
            raise DBConnectionError("gone")

    passes = Passes(work, work, work)
    loop = Loop("work", passes)
    async with running(loop):
        for count in (1, 2, 3):
            await passes.reach(count)
            await asyncio.sleep(0)
            assert not loop.set_aside(GUILD)
            clock.shift(timedelta(seconds=6))
        await passes.reach(4)
    assert [line.strip() for line in log] == ["INFO Waiting for the database: work"]


async def test_what_failed_for_all_is_told_to_every_guild() -> None:
    passes = Passes(raising(ValueError()))
    loop = Loop("work", passes)
    async with running(loop):
        await passes.reach(1)
        await asyncio.sleep(0)
        (aside,) = loop.set_aside(GUILD)
        assert aside.guild_id is None
