"""Reactions to messages."""

from typing import TYPE_CHECKING, Any

from sandbox import guard, messages, payload
from sandbox.errors import ApiError
from sandbox.payload.messages import emoji_of
from sandbox.permissions import Permission as P
from sandbox.rest.messages import find
from sandbox.rest.router import Call, Router
from sandbox.validate.emoji import is_unicode_emoji
from sandbox.world import Channel, Event, Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox

GUILD_REACTIONS, DIRECT_REACTIONS = 1 << 10, 1 << 13
MAX_REACTIONS = 20
TOO_MANY_REACTIONS = ApiError(403, 30010, f"Maximum number of reactions reached ({MAX_REACTIONS})")
UNKNOWN_EMOJI = ApiError(400, 10014, "Unknown Emoji")


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    base = "/channels/{channel_id}/messages/{message_id}/reactions"
    router.delete(base, clear)
    router.get(f"{base}/{{emoji}}", who)
    router.delete(f"{base}/{{emoji}}", clear_emoji)
    router.put(f"{base}/{{emoji}}/@me", add)
    router.delete(f"{base}/{{emoji}}/@me", remove_own)
    router.delete(f"{base}/{{emoji}}/{{user_id}}", remove)


async def add(call: Call) -> None:
    """PUT the bot's own reaction."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.READ_MESSAGE_HISTORY)
    message, emoji = find(call, channel), _emoji(call)
    if actor is not None and emoji not in message.reactions:
        actor.require(P.ADD_REACTIONS, channel)
    if emoji not in message.reactions and len(message.reactions) >= MAX_REACTIONS:
        raise TOO_MANY_REACTIONS
    users = message.reactions.setdefault(emoji, [])
    if call.application.bot_id not in users:
        users.append(call.application.bot_id)
        _emit(call, "MESSAGE_REACTION_ADD", channel, message, emoji, call.application.bot_id)


async def remove_own(call: Call) -> None:
    """DELETE the bot's own reaction."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"))
    _remove(call, channel, find(call, channel), call.application.bot_id)


async def remove(call: Call) -> None:
    """DELETE a user's reaction."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    _remove(call, channel, find(call, channel), call.id("user_id"))


async def clear(call: Call) -> None:
    """DELETE all reactions."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    message = find(call, channel)
    message.reactions.clear()
    _emit(call, "MESSAGE_REACTION_REMOVE_ALL", channel, message, None, None)


async def clear_emoji(call: Call) -> None:
    """DELETE all reactions with one emoji."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    message, emoji = find(call, channel), _emoji(call)
    if message.reactions.pop(emoji, None) is not None:
        _emit(call, "MESSAGE_REACTION_REMOVE_EMOJI", channel, message, emoji, None)


async def who(call: Call) -> list[dict[str, Any]]:
    """GET who reacted with an emoji."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.READ_MESSAGE_HISTORY)
    limit, after = call.number("limit", 25, 1, 100), call.query_id("after") or 0
    users = sorted(find(call, channel).reactions.get(_emoji(call), []))
    return [payload.user(call.world.user(i)) for i in users if i > after][:limit]


def _emoji(call: Call) -> str:
    key = call.params["emoji"]
    name, _, emoji_id = key.partition(":")
    if emoji_id.isascii() and emoji_id.isdigit():
        if messages.known_emoji(call.world, call.application.bot_id)(int(emoji_id)):
            return key
    elif is_unicode_emoji(name):
        return name
    raise UNKNOWN_EMOJI


def _remove(call: Call, channel: Channel, message: Message, user_id: int) -> None:
    emoji = _emoji(call)
    users = message.reactions.get(emoji, [])
    if user_id not in users:
        return
    users.remove(user_id)
    if not users:
        del message.reactions[emoji]
    _emit(call, "MESSAGE_REACTION_REMOVE", channel, message, emoji, user_id)


def _emit(call: Call, name: str, channel: Channel, message: Message, emoji: str | None, user_id: int | None) -> None:
    data: dict[str, Any] = {"channel_id": str(channel.id), "message_id": str(message.id)}
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
    if emoji is not None:
        data["emoji"] = emoji_of(emoji)
    if user_id is not None:
        data |= {"user_id": str(user_id), "burst": False, "type": 0}
        if name == "MESSAGE_REACTION_ADD":
            data["message_author_id"] = str(message.author_id)
            member = call.world.guild(channel.guild_id).members.get(user_id) if channel.guild_id is not None else None
            if member is not None:
                data["member"] = payload.member(call.world, member)
    intent = DIRECT_REACTIONS if channel.guild_id is None else GUILD_REACTIONS
    call.world.emit(Event(name, data, channel.guild_id, intent))
