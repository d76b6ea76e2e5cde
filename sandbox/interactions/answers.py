"""What each kind of first answer does, and the messages that come of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loguru import logger

from sandbox import messages, validate
from sandbox.errors import field_error, invalid_form, unknown
from sandbox.interactions import describe
from sandbox.interactions.record import Interaction, Kind, Reply
from sandbox.rest.router import Upload
from sandbox.validate.commands import INTEGER, STRING, SUB_COMMAND, SUB_COMMAND_GROUP
from sandbox.validate.forms import REQUIRED, Form, Int, Path, Problems, parse
from sandbox.validate.messages import EPHEMERAL
from sandbox.world import Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_ANY_TIME = (Reply.MESSAGE, Reply.DEFERRED_MESSAGE)
_TO_COMPONENT = (Reply.DEFERRED_UPDATE, Reply.UPDATE)


class _DeferForm(Form):
    """What may come with a deferred answer."""

    flags: Int | None = None


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
            # Type 6 closes a form that a command opened, too, though nothing in the documentation says so: discord.js (PR 8455) and
            # disnake (PR 758) rely on it. Type 7 has no message to change there.
            return (*_ANY_TIME, *_TO_COMPONENT) if interaction.message else (*_ANY_TIME, Reply.DEFERRED_UPDATE)


def create(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload], at: Path) -> Message:
    """Send a message as an answer or followup. Needs none of the bot's permissions in the channel."""
    return messages.create(sandbox, sandbox.world.channel(interaction.channel_id), data, uploads, _origin(sandbox, interaction), at)


def edit(sandbox: "Sandbox", message: Message, data: Any, uploads: list[Upload], at: Path) -> None:
    """Change a message of the interaction. Raises 10008 when it is gone."""
    if message.deleted:
        raise unknown("Message")
    messages.edit(sandbox, message, data, uploads, at)


def _message(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    interaction.original = create(sandbox, interaction, data, uploads, at=("data",))
    interaction.ephemeral = interaction.original.visible_to is not None


def _deferred_message(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    flags = parse(_DeferForm, data or {}, ("data",)).flags or 0
    if flags & ~EPHEMERAL:
        logger.warning("a deferred answer with flags {} came: Discord takes EPHEMERAL (64) alone and ignores the rest", flags)
    interaction.ephemeral = bool(flags & EPHEMERAL)
    channel = sandbox.world.channel(interaction.channel_id)
    interaction.original = messages.placeholder(sandbox, channel, _origin(sandbox, interaction), interaction.ephemeral)


def _deferred_update(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    interaction.original = interaction.message
    interaction.ephemeral = interaction.message is not None and interaction.message.visible_to is not None


def _update(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    assert interaction.message
    edit(sandbox, interaction.message, {} if data is None else data, uploads, at=("data",))
    _deferred_update(sandbox, interaction, data, uploads)


def _choices(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    offered = validate.choices(data, ("data",))
    kind = _focused_type(interaction)
    problems = Problems()
    for index, choice in enumerate(offered):
        value = choice["value"]
        fits = isinstance(value, str) if kind == STRING else isinstance(value, int if kind == INTEGER else (int, float))
        if not fits:
            code = "STRING_TYPE_CONVERT" if kind == STRING else "NUMBER_TYPE_COERCE"
            problems.add(("data", "choices", index, "value"), code, f'Value "{value}" does not fit the option.')
    problems.raise_any()
    interaction.choices = offered


def _modal(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    interaction.modal = validate.modal(data, messages.known_emoji(sandbox.world, interaction.application_id), ("data",))


def _nothing(sandbox: "Sandbox", interaction: Interaction, data: Any, uploads: list[Upload]) -> None:
    """A PONG says nothing more."""


HANDLERS: dict[Reply, Callable[["Sandbox", Interaction, Any, list[Upload]], None]] = {
    Reply.PONG: _nothing,
    Reply.MESSAGE: _message,
    Reply.DEFERRED_MESSAGE: _deferred_message,
    Reply.DEFERRED_UPDATE: _deferred_update,
    Reply.UPDATE: _update,
    Reply.CHOICES: _choices,
    Reply.MODAL: _modal,
}


def _origin(sandbox: "Sandbox", interaction: Interaction) -> "messages.Origin":
    application = sandbox.world.applications[interaction.application_id]
    metadata = describe.metadata(sandbox.world, interaction)
    if interaction.original and interaction.reply in _ANY_TIME:
        metadata["original_response_message_id"] = str(interaction.original.id)  # on followups only
    return messages.Origin(
        application.bot_id,
        application_id=application.id,
        webhook_id=application.id,
        type=_message_type(interaction),
        interaction_id=interaction.id,
        interaction_metadata=metadata,
        interaction_user_id=interaction.user_id,
        command=interaction.name if interaction.kind == Kind.COMMAND else None,
        replies_to=_replied_to(interaction),
    )


def _replied_to(interaction: Interaction) -> Message | None:
    """Followups reply to the first answer, and what answers a component to the message that it is on."""
    if interaction.original and interaction.reply in _ANY_TIME:
        return interaction.original
    return interaction.message if interaction.kind == Kind.COMPONENT else None


def _message_type(interaction: Interaction) -> int:
    """20 for the first answer to a slash command, 23 to a context menu."""
    if interaction.kind != Kind.COMMAND:
        return messages.DEFAULT
    return messages.COMMAND_ANSWER if interaction.data["type"] == 1 else messages.CONTEXT_MENU_ANSWER


def _focused_type(interaction: Interaction) -> int:
    options = interaction.data["options"]
    while options[0]["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP):
        options = options[0]["options"]
    return next(option["type"] for option in options if option.get("focused"))
