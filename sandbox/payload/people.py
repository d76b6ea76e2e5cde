"""Users and members."""

from typing import Any

from sandbox.payload.times import iso
from sandbox.world import Member, User, World


def user(record: User) -> dict[str, Any]:
    """A user object. Bots still carry a discriminator, people no longer."""
    out: dict[str, Any] = {
        "id": str(record.id),
        "username": record.username,
        "discriminator": f"{record.id % 9999 + 1:04}" if record.bot else "0",
        "global_name": record.global_name,
        "avatar": record.avatar,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    if record.bot:
        out["bot"] = True
    return out


def partial_member(record: Member) -> dict[str, Any]:
    """A member without its user, as in MESSAGE_CREATE and in resolved data."""
    return {
        "avatar": None,
        "banner": None,
        "collectibles": None,
        "communication_disabled_until": iso(record.timeout_until) if record.timeout_until is not None else None,
        "flags": 0,
        "joined_at": iso(record.joined_at),
        "nick": record.nick,
        "pending": record.pending,
        "premium_since": None,
        "roles": [str(role_id) for role_id in record.role_ids],
    }


def member(world: World, record: Member) -> dict[str, Any]:
    """A member with its user."""
    return {**partial_member(record), "user": user(world.user(record.user_id)), "mute": False, "deaf": False}
