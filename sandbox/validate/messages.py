"""Bodies that send or edit messages, modals and autocomplete choices."""

from dataclasses import dataclass, field
from typing import Annotated, Any, NoReturn

from loguru import logger
from pydantic import AfterValidator, BeforeValidator

from sandbox.validate import component_rules
from sandbox.validate.components import Component, MessageComponent, ModalComponent
from sandbox.validate.embeds import Embed, check_embeds
from sandbox.validate.emoji import KnownEmoji
from sandbox.validate.forms import Bool, Choice, CustomId, Distinct, Form, Int, Length, Path, Problems, Snowflake, Text, parse, refuse

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 12, 1 << 15
MAX_CONTENT = 2000
FORWARD = 1  # a message reference that forwards


def _nonce(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        refuse("NONCE_TYPE_INVALID_TYPE", "This field must be a string or integer.")
    if isinstance(value, str) and len(value) > 25:
        refuse("NONCE_TYPE_TOO_LONG", "Must be 25 or fewer characters long.")
    return value


def not_modelled(what: str) -> NoReturn:
    """Refuse a field that Discord takes, in words: a bot must not be left to think that it did something wrong."""
    logger.warning("{0} was refused: Discord knows {0}, the sandbox does not", what)
    refuse("NOT_MODELLED_BY_THE_SANDBOX", f"Discord knows {what}, the sandbox does not.")


def _not_modelled(what: str) -> BeforeValidator:
    def check(value: Any) -> None:
        if value is not None:
            not_modelled(what)

    return BeforeValidator(check)


def _no_forwarding(value: int) -> int:
    if value == FORWARD:
        not_modelled("forwarding")
    return value


class AllowedMentions(Form):
    """Which mentions may ping."""

    parse: Annotated[list[Annotated[Text, Choice(("users", "roles", "everyone"))]], Distinct()] | None = None
    users: Annotated[list[Snowflake], Length(0, 100), Distinct()] | None = None
    roles: Annotated[list[Snowflake], Length(0, 100), Distinct()] | None = None
    replied_user: Bool | None = None


class AttachmentForm(Form):
    """A file of this request by its number, or one that the message already has."""

    id: Snowflake
    filename: Annotated[Text, Length(1, 1024)] | None = None
    description: Annotated[Text, Length(0, 1024)] | None = None
    is_spoiler: Bool | None = None


class ReferenceForm(Form):
    """What a reply answers."""

    message_id: Snowflake
    channel_id: Snowflake | None = None
    guild_id: Snowflake | None = None
    fail_if_not_exists: Bool | None = None
    type: Annotated[Int, Choice((0, 1)), AfterValidator(_no_forwarding)] | None = None


class MessageForm(Form):
    """The fields that sending and editing share; what was not sent at all is not in `model_fields_set`."""

    content: Annotated[Text, Length(0, MAX_CONTENT)] | None = None
    embeds: Annotated[list[Embed], Length(0, 10)] | None = None
    components: list[MessageComponent] | None = None
    allowed_mentions: AllowedMentions | None = None
    attachments: Annotated[list[AttachmentForm], Length(0, 10)] | None = None
    flags: Int | None = None


class MessageCreateForm(MessageForm):
    """POST of a message."""

    tts: Bool | None = None
    nonce: Annotated[int | str, BeforeValidator(_nonce)] | None = None
    enforce_nonce: Bool | None = None
    message_reference: ReferenceForm | None = None
    poll: Annotated[None, _not_modelled("polls")] = None
    shared_client_theme: Annotated[None, _not_modelled("shared themes")] = None


class ModalForm(Form):
    """The data of a modal."""

    custom_id: CustomId
    title: Annotated[Text, Length(1, 45)]
    components: Annotated[list[ModalComponent], Length(1, 40)]


class ChoiceForm(Form):
    """One suggestion of autocomplete."""

    name: Annotated[Text, Length(1, 100)]
    value: int | float | str
    name_localizations: dict[str, Text] | None = None


class ChoicesForm(Form):
    """The data of an autocomplete answer."""

    choices: Annotated[list[ChoiceForm], Length(0, 25)]


@dataclass
class Draft:
    """A message body that passed: what to store, and which fields were given."""

    given: set[str]
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[AttachmentForm] | None = None
    allowed_mentions: AllowedMentions | None = None
    flags: int = 0
    tts: bool = False
    nonce: int | str | None = None
    enforce_nonce: bool = False
    reference: ReferenceForm | None = None


def message_create(body: Any, known: KnownEmoji, at: Path = ()) -> Draft:
    """The draft of a new message, or 50035 with the errors below `at`."""
    form = parse(MessageCreateForm, body, at)
    draft = _draft(form, form.flags or 0, known, at)
    draft.tts, draft.nonce, draft.enforce_nonce = bool(form.tts), form.nonce, bool(form.enforce_nonce)
    draft.reference = form.message_reference
    return draft


def message_edit(body: Any, known: KnownEmoji, present_flags: int, at: Path = ()) -> Draft:
    """The draft of a change. `present_flags`: IS_COMPONENTS_V2 stays once it was set."""
    form = parse(MessageForm, body, at)
    return _draft(form, (form.flags or 0) | present_flags & COMPONENTS_V2, known, at)


def modal(body: Any, known: KnownEmoji, at: Path = ()) -> dict[str, Any]:
    """A modal as it is shown: `custom_id`, `title`, `components`; or 50035."""
    form = parse(ModalForm, body, at)
    problems = Problems()
    component_rules.check_modal_components(list(form.components), known, (*at, "components"), problems)
    problems.raise_any()
    shown = component_rules.stored(list(form.components), modal=True)
    return {"custom_id": form.custom_id, "title": form.title, "components": shown}


def choices(body: Any, at: Path = ()) -> list[dict[str, Any]]:
    """The suggestions of an autocomplete answer, or 50035."""
    return [c.model_dump(exclude_none=True) for c in parse(ChoicesForm, body, at).choices]


def _draft(form: MessageForm, flags: int, known: KnownEmoji, at: Path) -> Draft:
    problems = Problems()
    v2 = bool(flags & COMPONENTS_V2)
    embeds = form.embeds or []
    components: list[Component] = list(form.components or [])
    check_embeds(embeds, (*at, "embeds"), problems)
    component_rules.check_message_components(components, v2, known, (*at, "components"), problems)
    if v2:
        for name in ("content", "embeds"):
            if getattr(form, name):
                message = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                problems.add((*at, name), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    _check_mentions(form.allowed_mentions, (*at, "allowed_mentions"), problems)
    problems.raise_any()
    return Draft(
        given=set(form.model_fields_set),
        content=(form.content or "").strip(),
        embeds=[embed.stored() for embed in embeds],
        components=component_rules.stored(components),
        attachments=form.attachments,
        allowed_mentions=form.allowed_mentions,
        flags=flags,
    )


def _check_mentions(mentions: AllowedMentions | None, path: Path, problems: Problems) -> None:
    for kind in ("users", "roles"):
        if mentions is not None and kind in (mentions.parse or []) and getattr(mentions, kind):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            problems.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
