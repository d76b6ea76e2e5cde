"""Guilds, roles and emojis."""

from collections.abc import Iterable
from typing import Any

from sandbox.payload.channels import gateway_channel, obfuscated_channel
from sandbox.payload.people import member
from sandbox.payload.times import iso
from sandbox.permissions import base, visible_channels
from sandbox.world import Emoji, Guild, Member, Role, World


def role(record: Role) -> dict[str, Any]:
    """A role; `tags` is absent unless it belongs to a bot or an integration."""
    out: dict[str, Any] = {
        "id": str(record.id),
        "name": record.name,
        "permissions": str(record.permissions),
        "position": record.position,
        "color": record.color,
        "colors": {
            "primary_color": record.color,
            "secondary_color": record.secondary_color,
            "tertiary_color": record.tertiary_color,
        },
        "hoist": record.hoist,
        "managed": record.managed,
        "mentionable": record.mentionable,
        "icon": record.icon,
        "unicode_emoji": record.unicode_emoji,
        "flags": record.flags,
    }
    if record.tags:
        out["tags"] = record.tags
    return out


def emoji(record: Emoji) -> dict[str, Any]:
    """A custom emoji."""
    return {
        "id": str(record.id),
        "name": record.name,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": record.animated,
        "available": record.available,
    }


def guild(record: Guild) -> dict[str, Any]:
    """A guild as REST gives it."""
    return {
        "id": str(record.id),
        "name": record.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": list(record.features),
        "banner": None,
        "owner_id": str(record.owner_id),
        "application_id": None,
        "region": "us-central",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": record.verification_level,
        "roles": [role(r) for r in record.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": record.mfa_level,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": record.preferred_locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [emoji(e) for e in record.emojis.values()],
        "stickers": [],
        "incidents_data": None,
    }


def gateway_guild(world: World, record: Guild, own_id: int, members: Iterable[Member]) -> dict[str, Any]:
    """A guild as GUILD_CREATE gives it to the bot `own_id`, with the members that its intents let it see.

    Every channel is in it; those that the bot may not view, obfuscated.
    """
    own = record.members[own_id]
    visible = visible_channels(record, own, world.clock.now())
    return {
        **guild(record),
        "joined_at": iso(own.joined_at),
        "large": len(record.members) > 250,
        "unavailable": False,
        "member_count": len(record.members),
        "voice_states": [],
        "members": [member(world, m) for m in members],
        "channels": [gateway_channel(world, c) if c.id in visible else obfuscated_channel(world, c) for c in record.channels.values()],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "embedded_activities": [],
        "activity_instances": [],
    }


def unavailable_guild(guild_id: int) -> dict[str, Any]:
    """A guild before it arrives (READY) or in an outage."""
    return {"id": str(guild_id), "unavailable": True}


def own_guild(record: Guild, own: Member, now: float) -> dict[str, Any]:
    """A guild in GET /users/@me/guilds."""
    return {
        "id": str(record.id),
        "name": record.name,
        "icon": None,
        "banner": None,
        "owner": record.owner_id == own.user_id,
        "permissions": str(base(record, own, now)),
        "features": list(record.features),
    }
