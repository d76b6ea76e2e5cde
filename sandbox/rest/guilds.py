"""Guilds: the guild itself, its audit log, and what the sandbox keeps none of."""

from typing import TYPE_CHECKING, Any

from sandbox import guard, payload
from sandbox.permissions import Permission as P
from sandbox.rest.router import Call, Router

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    router.get("/guilds/{guild_id}", get)
    router.get("/guilds/{guild_id}/preview", preview)
    router.get("/guilds/{guild_id}/audit-logs", audit_log)
    router.get("/guilds/{guild_id}/stickers", none_of_them)
    router.get("/guilds/{guild_id}/webhooks", webhooks)
    router.get("/guilds/{guild_id}/integrations", integrations)
    router.get("/channels/{channel_id}/webhooks", channel_webhooks)
    router.get("/guilds/{guild_id}/scheduled-events", none_of_them)
    router.get("/guilds/{guild_id}/soundboard-sounds", soundboard)


async def get(call: Call) -> dict[str, Any]:
    """GET a guild."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    out = payload.guild(actor.guild)
    if call.flag("with_counts"):
        out |= {"approximate_member_count": len(actor.guild.members), "approximate_presence_count": len(actor.guild.members)}
    return out


async def preview(call: Call) -> dict[str, Any]:
    """GET a guild's preview."""
    guild = guard.in_guild(call.world, call.application, call.id("guild_id")).guild
    full = payload.guild(guild)
    names = ("id", "name", "icon", "description", "home_header", "splash", "discovery_splash", "features", "emojis", "stickers")
    return {
        **{name: full[name] for name in names},
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": len(guild.members),
    }


async def audit_log(call: Call) -> dict[str, Any]:
    """GET audit log entries, newest first (oldest first with `after`)."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.VIEW_AUDIT_LOG)
    limit = call.number("limit", 50, 1, 100)
    user_id, before, after = call.query_id("user_id"), call.query_id("before"), call.query_id("after")
    action = call.number("action_type", 0, 0, 1000)
    found = [
        entry
        for entry in actor.guild.audit_log
        if (user_id is None or entry["user_id"] == str(user_id))
        and (before is None or int(entry["id"]) < before)
        and (after is None or int(entry["id"]) > after)
        and (not action or entry["action_type"] == action)
    ]
    found = found[:limit] if after is not None else list(reversed(found))[:limit]
    mentioned = {int(i) for entry in found for i in (entry["user_id"], entry["target_id"]) if i and int(i) in call.world.users}
    return {
        "audit_log_entries": found,
        "users": [payload.user(call.world.user(i)) for i in sorted(mentioned)],
        "integrations": [],
        "webhooks": [],
        "guild_scheduled_events": [],
        "threads": [],
        "application_commands": [],
        "auto_moderation_rules": [],
    }


async def none_of_them(call: Call) -> list[Any]:
    """GET something of which the sandbox keeps none."""
    guard.in_guild(call.world, call.application, call.id("guild_id"))
    return []


async def webhooks(call: Call) -> list[Any]:
    """GET the webhooks: none, but the permission counts."""
    guard.in_guild(call.world, call.application, call.id("guild_id")).require(P.MANAGE_WEBHOOKS)
    return []


async def integrations(call: Call) -> list[Any]:
    """GET the integrations: none, but the permission counts."""
    guard.in_guild(call.world, call.application, call.id("guild_id")).require(P.MANAGE_GUILD)
    return []


async def channel_webhooks(call: Call) -> list[Any]:
    """GET a channel's webhooks: none, but the permission counts."""
    guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_WEBHOOKS)
    return []


async def soundboard(call: Call) -> dict[str, Any]:
    """GET the guild's sounds: none."""
    guard.in_guild(call.world, call.application, call.id("guild_id"))
    return {"items": []}
