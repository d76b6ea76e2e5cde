"""Invites (https://docs.discord.com/developers/resources/invite)."""

from typing import Any

from sandbox.payload.guilds import guild, role
from sandbox.payload.people import user
from sandbox.payload.times import iso
from sandbox.world import Invite, World

_GUILD = (
    "id", "name", "splash", "banner", "description", "icon", "features", "verification_level", "vanity_url_code", "nsfw_level", "nsfw",
    "premium_subscription_count",
)  # fmt: skip
_ROLE = ("id", "name", "position", "color", "colors", "icon", "unicode_emoji")


def invite(world: World, record: Invite) -> dict[str, Any]:
    """An invite as anybody sees it who has the code."""
    place, channel = world.guild(record.guild_id), world.channel(record.channel_id)
    full = guild(place)
    out: dict[str, Any] = {
        "type": 0,
        "code": record.code,
        "guild_id": str(place.id),
        "guild": {name: full[name] for name in _GUILD},
        "channel": {"id": str(channel.id), "type": channel.type, "name": channel.name},
        "inviter": user(world.user(record.inviter_id)),
        "expires_at": iso(record.expires_at) if record.expires_at else None,
        "flags": 0,
    }
    if record.role_ids:
        roles = (place.roles[i] for i in record.role_ids if i in place.roles)
        out["roles"] = [{name: value for name, value in role(one).items() if name in _ROLE} for one in roles]
    return out


def invite_with_metadata(world: World, record: Invite) -> dict[str, Any]:
    """An invite as those see it who may manage it."""
    return invite(world, record) | {
        "uses": 0,
        "max_uses": record.max_uses,
        "max_age": record.max_age,
        "temporary": record.temporary,
        "created_at": iso(record.created_at),
    }


def invite_event(world: World, record: Invite) -> dict[str, Any]:
    """The data of INVITE_CREATE."""
    full = invite_with_metadata(world, record)
    names = ("code", "created_at", "guild_id", "inviter", "max_age", "max_uses", "temporary", "uses", "expires_at")
    out = {name: full[name] for name in names} | {"channel_id": str(record.channel_id)}
    return out | ({"role_ids": [str(i) for i in record.role_ids]} if record.role_ids else {})
