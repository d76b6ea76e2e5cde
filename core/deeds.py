"""What an interaction has set going: whether "nothing was changed" is still true when something fails on the way.

The two places through which everything leaves the process note it here: `core.rest` each call that changes something at Discord, and
`core.postgres` each write. So nobody who writes a handler can forget it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Deeds:
    """How many changes may have taken effect, and what they are, as a catalogue phrase with its values."""

    count: int = 0
    what: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


_current: ContextVar[Deeds | None] = ContextVar("deeds", default=None)


@contextmanager
def counted() -> Iterator[Deeds]:
    """Count what happens in the block, and in the tasks begun in it."""
    deeds = Deeds()
    token = _current.set(deeds)
    try:
        yield deeds
    finally:
        _current.reset(token)


def begin() -> None:
    """Something is sent that may take effect."""
    if deeds := _current.get():
        deeds.count += 1


def take_back() -> None:
    """It surely took none: it was refused, or never arrived."""
    if deeds := _current.get():
        deeds.count -= 1


def describe(what: str, /, **values: Any) -> None:
    """Name what is being done: a catalogue phrase that stands in "Part of it may have been done: {what}."."""
    if deeds := _current.get():
        deeds.what, deeds.values = what, values
