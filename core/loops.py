"""The frame of every background loop: what it does is a pass, and what fails in one, with all or with one item, stops nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from loguru import logger

from core.errors import is_database_away, new_error_id
from domain import clock

AWAY_PAUSE = timedelta(seconds=1)  # until a pass is tried again without a database, or without shards
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600))  # for what fails again and again; the last one for ever
PASS_PAUSE_MAX = timedelta(minutes=1)  # where nothing at all could be done
GATHER_MAX = 5  # times the pause between events that become one pass
LOGGED_AGAIN = timedelta(hours=1)
KINDS_MAX = 1_000  # of failures that are remembered as logged


@dataclass(frozen=True, slots=True)
class SetAside:
    """What failed in a loop and is left alone until a moment; its error stands in the log under `error_id`.

    `work` is the loop's name, a catalogue sentence. `guild_id` is None when everything failed. `pause` grows with each failure.
    """

    work: str
    guild_id: int | None
    error_id: str
    tries: int
    pause: timedelta
    until: datetime


class Loop:
    """Calls `work` again and again: at once when it is woken, and after so many seconds as it answered, else `every`.

    Of events that follow one another within `gather` seconds only the last wakes it. Nothing but a cancellation of its task ends it.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[float | None]], *, every: float | None = None, gather: float = 0.0) -> None:
        self.name = name
        self._work, self._every, self._gather = work, every, gather
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._aside: dict[Hashable, SetAside] = {}
        self._logged: dict[tuple[object, ...], tuple[str, datetime]] = {}

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()
        self._idle.clear()

    async def finished(self) -> None:
        """Return once everything is done that it was woken for by now, or set aside."""
        await self._idle.wait()

    def set_aside(self, guild_id: int) -> list[SetAside]:
        """What of a guild is left alone now because it failed, and what failed for all guilds."""
        return [aside for aside in self._aside.values() if aside.guild_id in (guild_id, None)]

    def aside(self) -> list[Hashable]:
        """The items that are to be left alone now."""
        return [key for key in self._aside if self.is_aside(key)]

    def is_aside(self, key: Hashable) -> bool:
        """Whether an item is to be left alone now."""
        return key in self._aside and self._aside[key].until > clock.now()

    def retry(self, keys: Iterable[Hashable]) -> None:
        """Try these items again at once."""
        for key in keys:
            self._aside.pop(key, None)
        self.wake()

    @contextmanager
    def item(self, guild_id: int, key: Hashable) -> Iterator[None]:
        """Work on one thing: when it fails it is set aside and the caller goes on. An absent database is raised: nothing can go on then."""
        try:
            yield
        except (Exception, asyncio.CancelledError) as error:
            if _ends_the_task(error) or is_database_away(error):
                raise
            self._put_aside(key, guild_id, error)
        else:
            self._aside.pop(key, None)

    async def run(self, serves: Callable[[], bool] = lambda: True) -> None:
        """Loop until cancelled. Nothing is done while `serves` says no: a standby leaves the work to the process that it waits for."""
        while True:
            self._woken.clear()
            until = await self._pass(serves)
            if not self._woken.is_set():
                self._idle.set()
            woken = await clock.wait(self._woken, until)
            self._idle.clear()
            if woken and self._gather:
                await self._gather_events()

    async def _pass(self, serves: Callable[[], bool]) -> datetime | None:
        """One pass, unless `serves` says no; the moment of the next one."""
        waited = False
        while serves():
            try:
                seconds = await self._work()
            except (Exception, asyncio.CancelledError) as error:
                if _ends_the_task(error):
                    raise
                if is_database_away(error):
                    if not waited:
                        logger.info("Waiting for the database: {}", self.name)
                    waited, pause = True, AWAY_PAUSE
                else:
                    pause = min(self._put_aside(None, None, error).pause, PASS_PAUSE_MAX)
                # What wakes it now would only meet the same failure.
                await clock.wait(asyncio.Event(), clock.now() + pause)
            else:
                self._aside.pop(None, None)
                return self._next(self._every if seconds is None else seconds)
        return clock.now() + AWAY_PAUSE

    def _next(self, seconds: float | None) -> datetime | None:
        now = clock.now()
        # An item that nobody tried when its time had come is gone.
        self._aside = {key: aside for key, aside in self._aside.items() if aside.until + aside.pause > now}
        moments = [aside.until for aside in self._aside.values() if aside.until > now]
        if seconds is not None:
            moments.append(now + timedelta(seconds=seconds))
        return min(moments, default=None)

    async def _gather_events(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._gather * GATHER_MAX):
                while self._woken.is_set():
                    self._woken.clear()
                    await asyncio.sleep(self._gather)

    def _put_aside(self, key: Hashable, guild_id: int | None, error: BaseException) -> SetAside:
        before = self._aside.get(key)
        tries = before.tries + 1 if before else 1
        pause = PAUSES[min(tries, len(PAUSES)) - 1]
        self._aside[key] = SetAside(self.name, guild_id, self._log(error, guild_id), tries, pause, clock.now() + pause)
        return self._aside[key]

    def _log(self, error: BaseException, guild_id: int | None) -> str:
        """Log a kind of failure once; the id under which it stands in the log."""
        kind, now = _kind(error), clock.now()
        error_id, logged_at = self._logged.get(kind, (new_error_id(), None))
        if logged_at is None or logged_at + LOGGED_AGAIN < now:
            if len(self._logged) >= KINDS_MAX:
                self._logged.clear()
            self._logged[kind] = error_id, now
            where = "" if guild_id is None else f" of guild {guild_id}"
            logger.opt(exception=error).error("Failed, and will be tried again ({}): {}{}", error_id, self.name, where)
        return error_id


def _ends_the_task(error: BaseException) -> bool:
    """Whether this is the cancellation of the loop itself, not of something that it waited for."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _kind(error: BaseException) -> tuple[object, ...]:
    """What makes two failures the same: their type, and where they happened."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return (type(error), last and (last.tb_frame.f_code.co_filename, last.tb_lineno))
