"""What a cog declares of the interactions that it handles, and what its handlers get.

`@component("click", Acknowledgement.REPLY)` stands on a method for buttons, selects and modals with that verb in their custom_id, and
`@acknowledges(...)` on a slash command that does more than reply.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import discord

from core import claims, errors
from core.answer import Acknowledgement, Answer

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Press:
    """A click, a pick or a submitted modal, with its custom_id decoded; `args` are claims of the outside.

    `shown` is the version of the panel that stood on the screen, where that is told.
    """

    interaction: discord.Interaction
    answer: Answer
    args: tuple[int, ...]
    shown: int | None = None

    @property
    def values(self) -> list[str]:
        """What was picked in a select."""
        return claims.values(self.interaction.data)

    def numbers(self, *, wide: bool = False) -> tuple[int, ...]:
        """The numbers that were picked in a select; `wide` ones may be ids of Discord. Raises UserError for anything else."""
        return tuple(claims.number(value, wide=wide) for value in self.values)

    @property
    def member(self) -> discord.Member:
        """Who acted. Components of this bot live in guilds only; anyone else is told so."""
        if not isinstance(self.interaction.user, discord.Member):
            raise errors.UserError(errors.ONLY_IN_SERVERS)
        return self.interaction.user


class Handler(Protocol):
    """A bound method of a cog that takes a Press."""

    def __call__(self, press: Press, /) -> Awaitable[None]:
        """Answer it. Raises UserError with what to tell the person."""
        ...


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler, as it was declared, and the cog that it belongs to."""

    cog: str
    handler: Handler
    acknowledgement: Acknowledgement
    wide: Collection[int]


def component(verb: str, acknowledgement: Acknowledgement, wide: Collection[int] = ()) -> Callable[[_F], _F]:
    """Declare that a cog's method handles the components and modals with this verb.

    `wide` are the places of those of its arguments that hold an id of Discord, permissions or a digest; the others are rows, versions,
    pages or choices.
    """

    def mark(function: _F) -> _F:
        function.__component__ = (verb, acknowledgement, wide)  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return mark


def acknowledges(acknowledgement: Acknowledgement) -> Callable[[_F], _F]:
    """Declare how a slash or message command answers, on its callback. Without it a command replies."""

    def mark(function: _F) -> _F:
        function.__acknowledges__ = acknowledgement  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return mark


def declared(command: Any) -> Acknowledgement:
    """How a command answers, by its declaration."""
    return getattr(getattr(command, "callback", None), "__acknowledges__", Acknowledgement.REPLY)
