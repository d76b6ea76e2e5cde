"""Reactions to messages."""

from typing import TYPE_CHECKING, Any

from sandbox import guard, messages, payload, reactions
from sandbox.errors import ApiError
from sandbox.permissions import Permission as P
from sandbox.rest.messages import find
from sandbox.rest.router import Call, Router
from sandbox.validate.emoji import is_unicode_emoji

if TYPE_CHECKING:
    from sandbox.server import Sandbox

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
    reactions.add(call.world, message, emoji, call.application.bot_id)


async def remove_own(call: Call) -> None:
    """DELETE the bot's own reaction."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"))
    reactions.remove(call.world, find(call, channel), _emoji(call), call.application.bot_id)


async def remove(call: Call) -> None:
    """DELETE a user's reaction."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    reactions.remove(call.world, find(call, channel), _emoji(call), call.id("user_id"))


async def clear(call: Call) -> None:
    """DELETE all reactions."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    reactions.clear(call.world, find(call, channel))


async def clear_emoji(call: Call) -> None:
    """DELETE all reactions with one emoji."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    reactions.clear_emoji(call.world, find(call, channel), _emoji(call))


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
