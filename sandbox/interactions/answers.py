"""What each kind of first answer does, and the messages that come of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sandbox as parts
from sandbox.errors import field_error, invalid_form
from sandbox.interactions import describe
from sandbox.interactions.record import Interaction, Kind, Reply
from sandbox.rest.router import Upload
from sandbox.validate.forms import REQUIRED, Path
from sandbox.world import Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox

EPHEMERAL, LOADING = 1 << 6, 1 << 7
_ANY_TIME = (Reply.MESSAGE, Reply.DEFERRED_MESSAGE)
_TO_COMPONENT = (Reply.DEFERRED_UPDATE, Reply.UPDATE)


def checked_type(interaction: Interaction, body: dict[str, Any]) -> Reply:
    """The answer's type if it fits the interaction; 50035 otherwise."""
    allowed = _allowed(interaction)
    raw = body.get("type")
    if raw is None:
        raise invalid_form({"type": field_error(*REQUIRED)})
    if isinstance(raw, bool) or not isinstance(raw, int) or raw not in allowed:
        choices = ", ".join(str(int(reply)) for reply in allowed)
        raise invalid_form({"type": field_error("BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")})
    return Reply(raw)


def _allowed(interaction: Interaction) -> tuple[Reply, ...]:
    match interaction.kind:
        case Kind.PING:
            return (Reply.PONG,)
        case Kind.COMMAND:
            return (*_ANY_TIME, Reply.MODAL)
        case Kind.COMPONENT:
            return (*_ANY_TIME, *_TO_COMPONENT, Reply.MODAL)
        case Kind.AUTOCOMPLETE:
            return (Reply.CHOICES,)
        case Kind.MODAL:
            return (*_ANY_TIME, *_TO_COMPONENT) if interaction.message else _ANY_TIME


def _message(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    interaction.original = create(sandbox, interaction, data, uploads, at=("data",))
    interaction.ephemeral = bool(interaction.original.flags & EPHEMERAL)


HANDLERS: dict[Reply, Callable[["Sandbox", Interaction, Any, list[Upload]], None]] = {Reply.MESSAGE: _message}


def create(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload], at: Path) -> Message:
    """Send a message as an answer."""
    return parts.messages.create(sandbox, describe.metadata(sandbox.world, interaction))
