"""Roles of a guild."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sandbox import guard, payload, roles, validate
from sandbox.errors import INVALID_ROLE, MISSING_PERMISSIONS, NEEDS_BOOSTS, ApiError
from sandbox.guard import Actor
from sandbox.permissions import Permission as P
from sandbox.rest.router import Call, Router
from sandbox.validate.guilds import PositionsForm, RoleForm
from sandbox.world import Role

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    base = "/guilds/{guild_id}/roles"
    router.get(base, listing)
    router.post(base, create)
    router.patch(base, move)
    router.get(f"{base}/member-counts", member_counts)
    router.get(f"{base}/{{role_id}}", get)
    router.patch(f"{base}/{{role_id}}", edit)
    router.delete(f"{base}/{{role_id}}", delete)


async def listing(call: Call) -> list[dict[str, Any]]:
    """GET all roles."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    return [payload.role(role) for role in actor.guild.roles.values()]


async def get(call: Call) -> dict[str, Any]:
    """GET a role."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    return payload.role(actor.guild.role(call.id("role_id")))


async def member_counts(call: Call) -> dict[str, int]:
    """GET how many members hold each role, without @everyone."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    counts = {str(role_id): 0 for role_id in actor.guild.roles if role_id != actor.guild.id}
    for member in actor.guild.members.values():
        for role_id in member.role_ids:
            counts[str(role_id)] += 1
    return counts


async def create(call: Call) -> dict[str, Any]:
    """POST a role; it starts at the bottom."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_ROLES)
    fields = _fields(actor, call)
    if len(actor.guild.roles) >= roles.MAX_ROLES:
        raise ApiError(400, 30005, f"Maximum number of server roles reached ({roles.MAX_ROLES})")
    fields = {"name": "new role", "permissions": actor.guild.everyone.permissions & actor.held} | fields
    role = Role(call.world.new_id(), actor.guild.id, position=1, **fields)
    return payload.role(roles.create(call.world, actor.guild, role, call.application.bot_id, call.reason))


async def edit(call: Call) -> dict[str, Any]:
    """PATCH a role below the bot's."""
    actor, role = _reach(call)
    fields = _fields(actor, call)
    if role.id == actor.guild.id and "name" in fields:
        raise INVALID_ROLE
    roles.edit(call.world, actor.guild, role, fields, call.application.bot_id, call.reason)
    return payload.role(role)


async def delete(call: Call) -> None:
    """DELETE a role below the bot's; never @everyone or one of an integration."""
    actor, role = _reach(call)
    if role.id == actor.guild.id or role.managed:
        raise INVALID_ROLE
    roles.delete(call.world, actor.guild, role, call.application.bot_id, call.reason)


async def move(call: Call) -> list[dict[str, Any]]:
    """PATCH positions; every role that moves, and its new place, must be below the bot's top role."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_ROLES)
    form = validate.parse(PositionsForm, {"items": call.json_list()})
    positions: dict[int, int] = {}
    for item in form.items:
        role = actor.guild.role(item.id)
        if item.position is None or item.position == role.position:
            continue
        if role.id == actor.guild.id:
            raise INVALID_ROLE
        actor.require_above_role(role)
        if actor.member.user_id != actor.guild.owner_id and item.position >= _top(actor):
            raise MISSING_PERMISSIONS
        positions[role.id] = max(1, item.position)
    roles.move(call.world, actor.guild, positions)
    return [payload.role(role) for role in actor.guild.roles.values()]


def _top(actor: Actor) -> int:
    return max((actor.guild.roles[i].position for i in actor.member.role_ids), default=0)


def _reach(call: Call) -> tuple[Actor, Role]:
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_ROLES)
    role = actor.guild.role(call.id("role_id"))
    actor.require_above_role(role)
    return actor, role


def _fields(actor: Actor, call: Call) -> dict[str, Any]:
    """The fields given; a bot can hand out only permissions that it holds itself."""
    form = validate.parse(RoleForm, call.json())
    if not form.features() <= set(actor.guild.features):
        raise NEEDS_BOOSTS
    fields = {name: getattr(form, name) for name in ("permissions", "color", "hoist", "mentionable") if getattr(form, name) is not None}
    if form.name:
        fields["name"] = form.name
    if form.colors is not None:
        colors = form.colors
        fields |= {"color": colors.primary_color, "secondary_color": colors.secondary_color, "tertiary_color": colors.tertiary_color}
    if form.unicode_emoji or form.icon:  # Discord shows the one or the other
        fields |= {"unicode_emoji": form.unicode_emoji, "icon": sha256(form.icon.encode()).hexdigest()[:32] if form.icon else None}
    elif form.model_fields_set & {"unicode_emoji", "icon"}:
        fields |= {"unicode_emoji": None, "icon": None}
    if fields.get("permissions", 0) & ~actor.held:
        raise MISSING_PERMISSIONS
    return fields
