"""What an interaction has set going: whether "nothing was changed" is still true when something fails on the way.

The two places through which everything leaves the process note it here: `core.rest` each call that changes something at Discord, and
`core.postgres` each write. So nobody who writes a handler can forget it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Deeds:
    """How many changes may have taken effect, and what they are, as a catalogue phrase with its values.

    `check` is asked before each call to Discord and before the first write; it raises when nothing may be begun any more, because the
    person could not be told of it.
    """

    count: int = 0
    what: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    check: Callable[[], None] | None = None


_current: ContextVar[Deeds | None] = ContextVar("deeds", default=None)


@contextmanager
def counted(check: Callable[[], None] | None = None) -> Iterator[Deeds]:
    """Count what happens in the block, and in the tasks begun in it. `check`: see Deeds."""
    deeds = Deeds(check=check)
    token = _current.set(deeds)
    try:
        yield deeds
    finally:
        deeds.check = None
        _current.reset(token)


def belongs_to_an_interaction() -> bool:
    """Whether a person waits for what is done here."""
    return _current.get() is not None


def done() -> bool:
    """Whether something was done here that may have taken effect."""
    current = _current.get()
    return current is not None and current.count > 0


def apart() -> Context:
    """A context for work that is nobody's interaction, although it is begun during one."""
    context = copy_context()
    context.run(_current.set, None)
    return context


def begin(*, at_discord: bool = False) -> None:
    """Something is sent that may take effect. Raises what the interaction's check raises.

    A write that follows others is let through: it may be the record of what was done.
    """
    if deeds := _current.get():
        if deeds.check and (at_discord or not deeds.count):
            deeds.check()
        deeds.count += 1


def take_back() -> None:
    """It surely took none: it was refused, or never arrived."""
    if deeds := _current.get():
        deeds.count -= 1


def describe(what: str, /, **values: Any) -> None:
    """Name what is being done: a catalogue phrase that stands in "Part of it may have been done: {what}."."""
    if deeds := _current.get():
        deeds.what, deeds.values = what, values
