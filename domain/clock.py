"""The only source of time in the bot, in decisions and in SQL parameters, so that a test can move a year in a millisecond."""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC) + _offset


def shift(by: timedelta) -> None:
    """Move the clock: for tests, which set it back with `reset`."""
    global _offset
    _offset += by


def reset() -> None:
    """Return to real time."""
    global _offset
    _offset = timedelta()
