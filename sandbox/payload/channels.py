"""Channels and their overwrites."""

from typing import Any

from sandbox.payload.people import user
from sandbox.permissions import Permission
from sandbox.world import Channel, Overwrite, World

CHANNEL_OBFUSCATED, IS_SPOILER_CHANNEL = 1 << 17, 1 << 21
TEXT, DM, VOICE, CATEGORY, ANNOUNCEMENT, STAGE, FORUM = 0, 1, 2, 4, 5, 13, 15


def overwrite(record: Overwrite) -> dict[str, Any]:
    """A permission overwrite."""
    return {"id": str(record.id), "type": record.type, "allow": str(record.allow), "deny": str(record.deny)}


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def channel(world: World, record: Channel, viewer_id: int | None = None) -> dict[str, Any]:
    """A channel. A DM lists its recipients without the viewer (the bot that asks)."""
    if record.guild_id is None:
        others = [world.user(i) for i in record.recipient_ids if i != viewer_id]
        return {
            "id": str(record.id),
            "type": record.type,
            "last_message_id": _id(record.last_message_id),
            "flags": 0,
            "recipients": [user(other) for other in others],
        }
    out: dict[str, Any] = {
        "id": str(record.id),
        "type": record.type,
        "guild_id": str(record.guild_id),
        "name": record.name,
        "position": record.position,
        "parent_id": _id(record.parent_id),
        "permission_overwrites": [overwrite(o) for o in record.overwrites.values()],
        "nsfw": record.nsfw,
        "flags": record.flags,
    }
    if record.type != CATEGORY:
        out |= {"last_message_id": _id(record.last_message_id), "rate_limit_per_user": record.rate_limit_per_user}
    if record.type in (TEXT, ANNOUNCEMENT, FORUM):
        out |= {"topic": record.topic, "last_pin_timestamp": None}
    if record.type == FORUM:
        out |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None, "default_forum_layout": 0}
    if record.type in (VOICE, STAGE):
        out |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return out


def gateway_channel(world: World, record: Channel) -> dict[str, Any]:
    """A guild channel as the gateway tells it; `application_id` may be null since August 2026, and is, so that clients bear it."""
    return channel(world, record) | {"application_id": None}


def obfuscated_channel(world: World, record: Channel) -> dict[str, Any]:
    """A channel as the gateway tells a bot that may not view it: that it is there, of which type and where, and nothing more.

    The flag tells, never the name (in force since 16 November 2026). https://docs.discord.com/developers/resources/channel
    """
    nobody = overwrite(Overwrite(record.guild_id or 0, 0, deny=int(Permission.VIEW_CHANNEL)))
    out = channel(world, record) | {
        "name": "___hidden___",
        "flags": CHANNEL_OBFUSCATED,
        "parent_id": None,
        "nsfw": False,
        "permission_overwrites": [nobody],
    }
    for key in ("topic", "last_message_id", "last_pin_timestamp", "rtc_region"):
        if key in out:
            out[key] = None
    if "rate_limit_per_user" in out:
        out["rate_limit_per_user"] = 0
    return out


def partial_channel(world: World, record: Channel, permissions: int | None = None) -> dict[str, Any]:
    """A channel in an interaction; `permissions` are those of the user who acts."""
    out = channel(world, record)
    if permissions is not None:
        out["permissions"] = str(permissions)
    return out
