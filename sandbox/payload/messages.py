"""Messages."""

from typing import Any

from sandbox.payload.people import partial_member, user
from sandbox.payload.times import iso
from sandbox.world import Message, World

REPLY = 19


def message(world: World, record: Message, viewer_id: int | None = None, *, deep: bool = True) -> dict[str, Any]:
    """A message as REST gives it; `viewer_id` is whose reactions count as "me". What a reply refers to is not `deep`: without reactions."""
    out: dict[str, Any] = {
        "id": str(record.id),
        "channel_id": str(record.channel_id),
        "type": record.type,
        "author": user(world.user(record.author_id)),
        "content": record.content,
        "timestamp": iso(record.timestamp),
        "edited_timestamp": iso(record.edited_at) if record.edited_at is not None else None,
        "tts": record.tts,
        "mention_everyone": record.mention_everyone,
        "mentions": [user(world.user(i)) for i in record.mention_ids],
        "mention_roles": [str(i) for i in record.mention_role_ids],
        "attachments": record.attachments,
        "embeds": record.embeds,
        "components": record.components,
        "pinned": record.pinned,
        "flags": record.flags,
    }
    if record.nonce is not None:
        out["nonce"] = record.nonce
    if record.application_id is not None:
        out["application_id"] = str(record.application_id)
    if record.webhook_id is not None:
        out["webhook_id"] = str(record.webhook_id)
    if record.interaction_metadata is not None:
        out["interaction_metadata"] = record.interaction_metadata
    if deep and record.reactions:
        out["reactions"] = [_reaction(emoji, users, viewer_id) for emoji, users in record.reactions.items()]
    if record.reference is not None:
        out["message_reference"] = record.reference
        if deep and record.type == REPLY:
            original = world.messages.get(record.channel_id, {}).get(int(record.reference["message_id"]))
            out["referenced_message"] = None if original is None else message(world, original, viewer_id, deep=False)
    return out


def message_event(world: World, record: Message) -> dict[str, Any]:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE give it: in a guild with `guild_id` and the author's member."""
    out = message(world, record)
    out["channel_type"] = world.channel(record.channel_id).type
    guild_id = world.channel(record.channel_id).guild_id
    if guild_id is None:
        return out
    out["guild_id"] = str(guild_id)
    guild = world.guilds.get(guild_id)
    author = guild.members.get(record.author_id) if guild else None
    if author is not None:
        out["member"] = {**partial_member(author), "mute": False, "deaf": False}
    if guild is not None:
        for mention in out["mentions"]:
            mentioned = guild.members.get(int(mention["id"]))
            if mentioned is not None:
                mention["member"] = {**partial_member(mentioned), "mute": False, "deaf": False}
    return out


def emoji_of(key: str) -> dict[str, Any]:
    """A partial emoji from its key: "👍" or "name:id"."""
    name, _, emoji_id = key.partition(":")
    return {"id": emoji_id or None, "name": name}


def _reaction(key: str, users: list[int], viewer_id: int | None) -> dict[str, Any]:
    return {
        "emoji": emoji_of(key),
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer_id in users,
    }
