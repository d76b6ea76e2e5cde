"""Invites of a guild: make, read, take back. Nobody accepts one here: people join through the driver."""

import secrets
from typing import TYPE_CHECKING, Annotated, Any

from sandbox import audit, guard, payload, validate
from sandbox.audit import Action
from sandbox.errors import CANNOT_EXECUTE_ON_DM, MISSING_PERMISSIONS, unknown
from sandbox.permissions import Permission as P
from sandbox.rest.router import Call, Router
from sandbox.validate.forms import Bool, Distinct, Form, Int, Length, Range, Snowflake
from sandbox.world import Event, Invite

if TYPE_CHECKING:
    from sandbox.server import Sandbox

GUILD_INVITES = 1 << 6


class InviteForm(Form):
    """POST of an invite."""

    max_age: Annotated[Int, Range(0, 7 * 86_400)] = 86_400
    max_uses: Annotated[Int, Range(0, 100)] = 0
    temporary: Bool = False
    unique: Bool = False
    role_ids: Annotated[list[Snowflake], Length(0, 25), Distinct()] | None = None


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    router.get("/guilds/{guild_id}/invites", of_guild)
    router.get("/channels/{channel_id}/invites", of_channel)
    router.post("/channels/{channel_id}/invites", create)
    router.get("/invites/{code}", get)
    router.delete("/invites/{code}", delete)


async def of_guild(call: Call) -> list[dict[str, Any]]:
    """GET a guild's invites."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_GUILD)
    return [payload.invite_with_metadata(call.world, invite) for invite in _living(call, actor.guild.id)]


async def of_channel(call: Call) -> list[dict[str, Any]]:
    """GET a channel's invites."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_CHANNELS)
    if actor is None:
        raise CANNOT_EXECUTE_ON_DM
    found = (invite for invite in _living(call, actor.guild.id) if invite.channel_id == channel.id)
    return [payload.invite_with_metadata(call.world, invite) for invite in found]


async def create(call: Call) -> dict[str, Any]:
    """POST an invite; one that is alike is given again unless `unique` is asked for."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.CREATE_INSTANT_INVITE)
    if actor is None:
        raise CANNOT_EXECUTE_ON_DM
    form = validate.parse(InviteForm, call.json())
    role_ids = tuple(form.role_ids or ())
    for role_id in role_ids:
        actor.require(P.MANAGE_ROLES)
        role = actor.guild.role(role_id)
        actor.require_above_role(role)
        if role.managed or role.tags:
            raise MISSING_PERMISSIONS
    now, me = call.world.clock.now(), call.application.bot_id
    wanted = Invite("", actor.guild.id, channel.id, me, now, form.max_age, form.max_uses, form.temporary, role_ids)
    alike = (one for one in _living(call, actor.guild.id) if not form.unique and one.kind == wanted.kind)
    invite = next(alike, None)
    if invite is None:
        invite = wanted
        invite.code = secrets.token_urlsafe(6)
        call.world.invites[invite.code] = invite
        call.world.emit(Event("INVITE_CREATE", payload.invite_event(call.world, invite), actor.guild.id, GUILD_INVITES))
        audit.record(call.world, actor.guild, Action.INVITE_CREATE, me, None, call.reason, [audit.change("code", new=invite.code)])
    return payload.invite_with_metadata(call.world, invite)


async def get(call: Call) -> dict[str, Any]:
    """GET an invite by its code."""
    return payload.invite(call.world, _find(call))


async def delete(call: Call) -> dict[str, Any]:
    """DELETE an invite: with Manage Channels in its channel, or Manage Server."""
    invite = _find(call)
    actor = guard.in_guild(call.world, call.application, invite.guild_id)
    channel = call.world.channel(invite.channel_id)
    if not (actor.held & P.MANAGE_GUILD or actor.held_in(channel) & P.MANAGE_CHANNELS):
        raise MISSING_PERMISSIONS
    out = payload.invite(call.world, invite)
    del call.world.invites[invite.code]
    data = {"channel_id": str(channel.id), "guild_id": str(actor.guild.id), "code": invite.code}
    call.world.emit(Event("INVITE_DELETE", data, actor.guild.id, GUILD_INVITES))
    changes = [audit.change("code", old=invite.code)]
    audit.record(call.world, actor.guild, Action.INVITE_DELETE, call.application.bot_id, None, call.reason, changes)
    return out


def _living(call: Call, guild_id: int) -> list[Invite]:
    now = call.world.clock.now()
    return [
        invite
        for invite in call.world.invites.values()
        if invite.guild_id == guild_id and invite.channel_id in call.world.channels and (not invite.expires_at or now < invite.expires_at)
    ]


def _find(call: Call) -> Invite:
    invite = call.world.invites.get(call.params["code"])
    if invite is None or invite not in _living(call, invite.guild_id):
        raise unknown("Invite")
    return invite
