"""The only source of time in the bot, in decisions and in SQL parameters, so that a test can move a year in a millisecond."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_offset = timedelta()
_waiting: set[Callable[[], None]] = set()


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC) + _offset


async def wait(event: asyncio.Event, until: datetime | None) -> bool:
    """Wait for an event, for no longer than until a moment (None: for ever); whether it is set. A clock that is moved there ends it too."""
    if until is None:
        return await event.wait()
    loop = asyncio.get_running_loop()

    def moment() -> float:
        return loop.time() + (until - now()).total_seconds()

    try:
        async with asyncio.timeout_at(moment()) as patience:

            def moved() -> None:
                loop.call_soon(reschedule)  # whoever moves the clock may stand outside of the loop

            def reschedule() -> None:
                if moved in _waiting and not patience.expired():
                    patience.reschedule(moment())

            _waiting.add(moved)
            try:
                await event.wait()
            finally:
                _waiting.discard(moved)
    except TimeoutError:
        return event.is_set()
    return True


def shift(by: timedelta) -> None:
    """Move the clock: for tests, which set it back with `reset`."""
    _set(_offset + by)


def reset() -> None:
    """Return to real time."""
    _set(timedelta())


def _set(offset: timedelta) -> None:
    global _offset
    _offset = offset
    for moved in list(_waiting):
        moved()
