"""Discord's own audit log of a guild (https://docs.discord.com/developers/resources/audit-log)."""

from enum import IntEnum
from typing import Any

from sandbox import permissions
from sandbox.permissions import Permission
from sandbox.world import Event, Guild, World

KEPT = 1000
GUILD_MODERATION = 1 << 2


class Action(IntEnum):
    """What was done."""

    GUILD_UPDATE = 1
    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    OVERWRITE_CREATE = 13
    OVERWRITE_UPDATE = 14
    OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    INVITE_CREATE = 40
    INVITE_DELETE = 42
    EMOJI_CREATE = 60
    EMOJI_UPDATE = 61
    EMOJI_DELETE = 62
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    MESSAGE_PIN = 74
    MESSAGE_UNPIN = 75


def change(key: str, old: Any = None, new: Any = None) -> dict[str, Any]:
    """One change of an entry; a side that is None is left out."""
    out: dict[str, Any] = {"key": key}
    if old is not None:
        out["old_value"] = old
    if new is not None:
        out["new_value"] = new
    return out


def record(
    world: World,
    guild: Guild,
    action: Action,
    user_id: int,
    target_id: int | None,
    reason: str | None = None,
    changes: list[dict[str, Any]] | None = None,
    options: dict[str, str] | None = None,
) -> None:
    """Write an entry and tell the bots that may view the log."""
    entry: dict[str, Any] = {
        "id": str(world.new_id()),
        "action_type": int(action),
        "user_id": str(user_id),
        "target_id": None if target_id is None else str(target_id),
    }
    if changes:
        entry["changes"] = changes
    if options:
        entry["options"] = options
    if reason:
        entry["reason"] = reason
    guild.audit_log.append(entry)
    del guild.audit_log[:-KEPT]
    now = world.clock.now()
    for app in world.applications.values():
        member = guild.members.get(app.bot_id)
        if member is not None and permissions.base(guild, member, now) & Permission.VIEW_AUDIT_LOG:
            data = {**entry, "guild_id": str(guild.id)}
            world.emit(Event("GUILD_AUDIT_LOG_ENTRY_CREATE", data, guild.id, GUILD_MODERATION, app.id))
