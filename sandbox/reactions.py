"""Reactions to messages, whoever does it: a bot or a user of the driver."""

from typing import Any

from sandbox import payload
from sandbox.errors import ApiError
from sandbox.payload.messages import emoji_of
from sandbox.world import Event, Message, World

GUILD_REACTIONS, DIRECT_REACTIONS = 1 << 10, 1 << 13
MAX_REACTIONS = 20
TOO_MANY_REACTIONS = ApiError(403, 30010, f"Maximum number of reactions reached ({MAX_REACTIONS})")


def add(world: World, message: Message, emoji: str, user_id: int) -> None:
    """React with an emoji ("👍" or "name:id"). Raises 30010 for the 21st kind."""
    if emoji not in message.reactions and len(message.reactions) >= MAX_REACTIONS:
        raise TOO_MANY_REACTIONS
    users = message.reactions.setdefault(emoji, [])
    if user_id not in users:
        users.append(user_id)
        _emit(world, "MESSAGE_REACTION_ADD", message, emoji, user_id)


def remove(world: World, message: Message, emoji: str, user_id: int) -> None:
    """Take a user's reaction back, if there is one."""
    users = message.reactions.get(emoji, [])
    if user_id not in users:
        return
    users.remove(user_id)
    if not users:
        del message.reactions[emoji]
    _emit(world, "MESSAGE_REACTION_REMOVE", message, emoji, user_id)


def clear(world: World, message: Message) -> None:
    """Remove all reactions."""
    message.reactions.clear()
    _emit(world, "MESSAGE_REACTION_REMOVE_ALL", message)


def clear_emoji(world: World, message: Message, emoji: str) -> None:
    """Remove all reactions with one emoji."""
    if message.reactions.pop(emoji, None) is not None:
        _emit(world, "MESSAGE_REACTION_REMOVE_EMOJI", message, emoji)


def _emit(world: World, name: str, message: Message, emoji: str | None = None, user_id: int | None = None) -> None:
    guild_id = world.channel(message.channel_id).guild_id
    data: dict[str, Any] = {"channel_id": str(message.channel_id), "message_id": str(message.id)}
    if guild_id is not None:
        data["guild_id"] = str(guild_id)
    if emoji is not None:
        data["emoji"] = emoji_of(emoji)
    if user_id is not None:
        data |= {"user_id": str(user_id), "burst": False, "type": 0}
        if name == "MESSAGE_REACTION_ADD":
            data["message_author_id"] = str(message.author_id)
            member = world.guild(guild_id).members.get(user_id) if guild_id is not None else None
            if member is not None:
                data["member"] = payload.member(world, member)
    world.emit(Event(name, data, guild_id, DIRECT_REACTIONS if guild_id is None else GUILD_REACTIONS))
