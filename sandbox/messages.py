"""Sending, editing and deleting messages, whoever does it: a bot, the answer to an interaction, or a user of the driver."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox import attachments, mentions, payload, permissions, validate
from sandbox.errors import CANNOT_SEND_IN_CHANNEL, EMPTY_MESSAGE, field_error, invalid_form
from sandbox.permissions import Permission
from sandbox.rest.router import Upload
from sandbox.validate.emoji import KnownEmoji
from sandbox.validate.forms import Path
from sandbox.validate.messages import COMPONENTS_V2, EPHEMERAL, LOADING, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Draft
from sandbox.world import Channel, Event, Guild, Message, World

if TYPE_CHECKING:
    from sandbox.server import Sandbox

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
NONCE_SECONDS = 300.0  # how long enforce_nonce remembers: "the past few minutes"
TEXT_CHANNELS = (0, 1, 2, 5, 13)
DEFAULT, REPLY, COMMAND_ANSWER, CONTEXT_MENU_ANSWER = 0, 19, 20, 23


@dataclass
class Origin:
    """Who a message is from, and which message it replies to without having asked for that.

    With `interaction_user_id` it answers an interaction, and flag 64 makes it visible to that user alone.
    """

    author_id: int
    application_id: int | None = None
    webhook_id: int | None = None
    type: int = DEFAULT
    interaction_id: int | None = None
    interaction_metadata: dict[str, Any] | None = None
    interaction_user_id: int | None = None
    command: str | None = None
    replies_to: Message | None = None


def create(sandbox: "Sandbox", channel: Channel, body: Any, uploads: list[Upload], origin: Origin, at: Path = ()) -> Message:
    """Send a message. Raises 50035 (below `at`), 50006 for an empty one, 50008 where no text belongs."""
    world = sandbox.world
    if channel.type not in TEXT_CHANNELS:
        raise CANNOT_SEND_IN_CHANNEL
    draft = validate.message_create(body, known_emoji(world, origin.author_id), at)
    repeated = _repeated(world, channel, draft, origin)
    if repeated:
        return repeated
    if not (draft.content or draft.embeds or draft.components or uploads):
        raise EMPTY_MESSAGE
    message = _blank(world, channel, origin, draft.flags)
    message.tts, message.nonce = draft.tts, draft.nonce
    _fill(sandbox, message, draft, uploads, at)
    _refer(world, message, draft, at)
    if draft.enforce_nonce and draft.nonce is not None:
        world.nonces[origin.author_id, channel.id, str(draft.nonce)] = (message.id, world.clock.now())
    _publish(world, channel, message)
    return message


def placeholder(sandbox: "Sandbox", channel: Channel, origin: Origin, ephemeral: bool) -> Message:
    """The "thinking…" of a deferred answer; the first edit fills it."""
    message = _blank(sandbox.world, channel, origin, LOADING | (EPHEMERAL if ephemeral else 0))
    _publish(sandbox.world, channel, message)
    return message


def edit(sandbox: "Sandbox", message: Message, body: Any, uploads: list[Upload], at: Path = ()) -> None:
    """Change a message; fields that were not sent stay. Raises 50035, and 50006 when nothing would be left."""
    world = sandbox.world
    draft = validate.message_edit(body, known_emoji(world, message.author_id), message.flags, at)
    loading = bool(message.flags & LOADING)
    turns_v2 = draft.flags & COMPONENTS_V2 and not message.flags & COMPONENTS_V2
    if turns_v2:
        _check_turn(message, draft, at)
    kept_text = draft.content if "content" in draft.given else message.content
    kept_parts = [
        getattr(draft, name) if name in draft.given else getattr(message, name) for name in ("embeds", "components")
    ] + [draft.attachments if "attachments" in draft.given else message.attachments]  # fmt: skip
    if not (kept_text or any(kept_parts) or uploads):
        raise EMPTY_MESSAGE
    flags = message.flags & ~LOADING
    if "flags" in draft.given:
        flags = flags & ~SUPPRESS_EMBEDS | draft.flags & SUPPRESS_EMBEDS
    _fill(sandbox, message, draft, uploads, at)
    message.flags = flags | draft.flags & COMPONENTS_V2
    if not loading:
        message.edited_at = world.clock.now()
    _emit(world, "MESSAGE_UPDATE", message, payload.message_event(world, message))


def delete(sandbox: "Sandbox", message: Message) -> None:
    """Delete a message."""
    world = sandbox.world
    world.messages.get(message.channel_id, {}).pop(message.id, None)
    message.deleted = True
    _emit(world, "MESSAGE_DELETE", message, {"id": str(message.id), **_place(world, message)})


def delete_many(sandbox: "Sandbox", channel: Channel, found: list[Message]) -> None:
    """Delete several messages with one event."""
    for message in found:
        sandbox.world.messages[channel.id].pop(message.id, None)
        message.deleted = True
    if found:
        data = {"ids": [str(m.id) for m in found], **_place(sandbox.world, found[0])}
        sandbox.world.emit(Event("MESSAGE_DELETE_BULK", data, channel.guild_id, GUILD_MESSAGES))


def known_emoji(world: World, user_id: int) -> KnownEmoji:
    """Tells which custom emojis a user may use in components: those of its guilds."""
    guilds = world.guilds_of(user_id)
    return lambda emoji_id: any(emoji_id in guild.emojis for guild in guilds)


def guild_of(world: World, message: Message) -> Guild | None:
    """The guild that a message is in."""
    channel = world.channels.get(message.channel_id)
    return world.guilds.get(channel.guild_id) if channel and channel.guild_id is not None else None


def _blank(world: World, channel: Channel, origin: Origin, flags: int) -> Message:
    allowed = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
    if origin.interaction_user_id is not None:
        allowed |= EPHEMERAL | LOADING
    flags &= allowed
    message = Message(world.new_id(), channel.id, origin.author_id, world.clock.now(), flags=flags, type=origin.type)
    message.application_id, message.webhook_id = origin.application_id, origin.webhook_id
    message.interaction_id, message.interaction_metadata = origin.interaction_id, origin.interaction_metadata
    message.command = origin.command
    if origin.replies_to is not None:
        _reply(world, message, origin.replies_to)
    if flags & EPHEMERAL:
        message.visible_to = origin.interaction_user_id
    return message


def _publish(world: World, channel: Channel, message: Message) -> None:
    world.messages.setdefault(channel.id, {})[message.id] = message
    if message.visible_to is None:
        channel.last_message_id = message.id
    _emit(world, "MESSAGE_CREATE", message, payload.message_event(world, message))


def _fill(sandbox: "Sandbox", message: Message, draft: Draft, uploads: list[Upload], at: Path) -> None:
    given, files = draft.given, message.attachments
    if uploads or "attachments" in given:
        ephemeral = message.visible_to is not None
        files = attachments.store(sandbox, message.channel_id, uploads, draft.attachments, files, ephemeral, at)
    attachments.check_media(draft.components, files, at)
    message.attachments = files
    if "content" in given:
        message.content = draft.content
    if "embeds" in given:
        message.embeds = attachments.link(draft.embeds, files, message.id)
    if "components" in given:
        message.components = attachments.link(draft.components, files, message.id)
    if given & {"content", "components", "allowed_mentions"}:
        _mention(sandbox.world, message, draft)


def _mention(world: World, message: Message, draft: Draft) -> None:
    guild = guild_of(world, message)
    ping_all = False
    if guild is not None:
        author = guild.members.get(message.author_id)
        channel = world.channel(message.channel_id)
        ping_all = author is not None and bool(
            permissions.effective(guild, author, channel, world.clock.now()) & Permission.MENTION_EVERYONE
        )
    found = mentions.find(world, guild, mentions.text_of(message.content, message.components), draft.allowed_mentions, ping_all)
    message.mention_ids, message.mention_role_ids, message.mention_everyone = found.users, found.roles, found.everyone


def _refer(world: World, message: Message, draft: Draft, at: Path) -> None:
    reference = draft.reference
    if reference is None:
        return
    if reference.channel_id not in (None, message.channel_id):
        code = field_error("REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL", "Cannot reply to a message in a different channel")
        raise invalid_form(_below(at, {"message_reference": code}))
    original = world.messages.get(message.channel_id, {}).get(reference.message_id)
    if original is None:
        if reference.fail_if_not_exists is not False:
            raise invalid_form(_below(at, {"message_reference": field_error("REPLIES_UNKNOWN_MESSAGE", "Unknown message")}))
        return
    _reply(world, message, original)
    allowed = draft.allowed_mentions
    if (allowed is None or allowed.replied_user) and original.author_id not in message.mention_ids:
        message.mention_ids.append(original.author_id)


def _reply(world: World, message: Message, original: Message) -> None:
    message.type = REPLY
    message.reference = {"type": 0, "channel_id": str(message.channel_id), "message_id": str(original.id)}
    guild = guild_of(world, message)
    if guild is not None:
        message.reference["guild_id"] = str(guild.id)


def _repeated(world: World, channel: Channel, draft: Draft, origin: Origin) -> Message | None:
    if not draft.enforce_nonce or draft.nonce is None:
        return None
    message_id, at = world.nonces.get((origin.author_id, channel.id, str(draft.nonce)), (0, 0.0))
    fresh = world.clock.now() - at < NONCE_SECONDS
    return world.messages.get(channel.id, {}).get(message_id) if fresh else None


def _check_turn(message: Message, draft: Draft, at: Path) -> None:
    """A message that becomes Components V2 has to drop its content and embeds in the same request."""
    errors = {}
    for name in ("content", "embeds"):
        if getattr(message, name) and name not in draft.given:
            text = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            errors[name] = field_error("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", text)
    if errors:
        raise invalid_form(_below(at, errors))


def _below(at: Path, errors: dict[str, Any]) -> dict[str, Any]:
    for part in reversed(at):
        errors = {str(part): errors}
    return errors


def _place(world: World, message: Message) -> dict[str, str]:
    channel = world.channel(message.channel_id)
    place = {"channel_id": str(message.channel_id)}
    if channel.guild_id is not None:
        place["guild_id"] = str(channel.guild_id)
    return place


def _emit(world: World, name: str, message: Message, data: dict[str, Any]) -> None:
    channel = world.channel(message.channel_id)
    intent = DIRECT_MESSAGES if channel.guild_id is None else GUILD_MESSAGES
    world.emit(Event(name, data, channel.guild_id, intent, user_id=message.visible_to))
