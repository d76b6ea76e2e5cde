"""Members of a guild: read, change, roles, kick, ban."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox import audit, guard, members, messages, payload, permissions, validate
from sandbox.audit import Action
from sandbox.errors import INVALID_ROLE, MISSING_ACCESS, MISSING_PERMISSIONS, NOT_IN_VOICE, field_error, invalid_form, unknown
from sandbox.guard import Actor
from sandbox.permissions import Permission as P
from sandbox.rest.router import Call, Router
from sandbox.validate.guilds import BanForm, MemberForm
from sandbox.world import Member, Role

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MAX_TIMEOUT = 28 * 86_400


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    base = "/guilds/{guild_id}/members"
    router.get(base, listing)
    router.get(f"{base}/search", search)
    router.patch(f"{base}/@me", edit_own)
    router.get(f"{base}/{{user_id}}", get)
    router.patch(f"{base}/{{user_id}}", edit)
    router.delete(f"{base}/{{user_id}}", kick)
    router.put(f"{base}/{{user_id}}/roles/{{role_id}}", add_role)
    router.delete(f"{base}/{{user_id}}/roles/{{role_id}}", remove_role)
    router.get("/guilds/{guild_id}/bans", bans)
    router.get("/guilds/{guild_id}/bans/{user_id}", get_ban)
    router.put("/guilds/{guild_id}/bans/{user_id}", ban)
    router.delete("/guilds/{guild_id}/bans/{user_id}", unban)


async def get(call: Call) -> dict[str, Any]:
    """GET a member: 10013 for a user that does not exist, 10007 for one who is not here."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    return payload.member(call.world, _target(call, actor))


async def listing(call: Call) -> list[dict[str, Any]]:
    """GET the members, by id; needs the members intent switched on in the portal."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    limit, after = call.number("limit", 1, 1, 1000), call.query_id("after") or 0
    if not call.application.privileged_intents & 1 << 1:
        raise MISSING_ACCESS
    found = sorted(i for i in actor.guild.members if i > after)[:limit]
    return [payload.member(call.world, actor.guild.members[i]) for i in found]


async def search(call: Call) -> list[dict[str, Any]]:
    """GET the members whose user name or nickname starts with `query`."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    query, limit = call.query.get("query"), call.number("limit", 1, 1, 1000)
    if query is None:
        raise invalid_form({"query": field_error("BASE_TYPE_REQUIRED", "This field is required")})
    found = []
    for member in actor.guild.members.values():
        user = call.world.user(member.user_id)
        names = (user.username, user.global_name or "", member.nick or "")
        if any(name.lower().startswith(query.lower()) for name in names if name):
            found.append(payload.member(call.world, member))
    return found[:limit]


async def add_role(call: Call) -> None:
    """PUT a role on a member."""
    _change_role(call, add=True)


async def remove_role(call: Call) -> None:
    """DELETE a role from a member."""
    _change_role(call, add=False)


async def edit(call: Call) -> dict[str, Any]:
    """PATCH a member: nickname, the whole list of roles, a timeout. Nothing is changed unless all of it may be."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    form = validate.parse(MemberForm, call.json())
    target = _target(call, actor)
    given = form.model_fields_set
    if "nick" in given:
        own = target is actor.member
        actor.require(P.CHANGE_NICKNAME if own else P.MANAGE_NICKNAMES)
        if not own:
            actor.require_above_member(target)
    if "communication_disabled_until" in given:
        _check_timeout(actor, target, form.communication_disabled_until)
    if given & {"mute", "deaf", "channel_id"}:
        raise NOT_IN_VOICE  # nobody is: the sandbox has no voice
    roles = _wanted_roles(actor, target, form.roles or []) if "roles" in given else None
    changes = _set_fields(target, form)
    if changes:
        members.changed(call.world, actor.guild, target)
        audit.record(call.world, actor.guild, Action.MEMBER_UPDATE, call.application.bot_id, target.user_id, call.reason, changes)
    if roles is not None:
        members.set_roles(call.world, actor.guild, target, roles, call.application.bot_id, call.reason)
    return payload.member(call.world, target)


async def edit_own(call: Call) -> dict[str, Any]:
    """PATCH the bot's own nickname."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    form = validate.parse(MemberForm, call.json())
    if "nick" in form.model_fields_set:
        actor.require(P.CHANGE_NICKNAME)
        actor.member.nick = form.nick or None
        members.changed(call.world, actor.guild, actor.member)
    return payload.member(call.world, actor.member)


async def kick(call: Call) -> None:
    """DELETE a member."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.KICK_MEMBERS)
    target = _target(call, actor)
    actor.require_above_member(target)
    members.kick(call.world, actor.guild, target.user_id, call.application.bot_id, call.reason)


async def bans(call: Call) -> list[dict[str, Any]]:
    """GET the bans."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.BAN_MEMBERS)
    return [{"user": payload.user(call.world.user(i)), "reason": reason} for i, reason in actor.guild.bans.items()]


async def get_ban(call: Call) -> dict[str, Any]:
    """GET a ban; 10026 when there is none."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.BAN_MEMBERS)
    user_id = call.id("user_id")
    if user_id not in actor.guild.bans:
        raise unknown("Ban")
    return {"user": payload.user(call.world.user(user_id)), "reason": actor.guild.bans[user_id]}


async def ban(call: Call) -> None:
    """PUT a ban, on a member or any user."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.BAN_MEMBERS)
    form = validate.parse(BanForm, call.json())
    user = call.world.user(call.id("user_id"))
    target = actor.guild.members.get(user.id)
    if target is not None:
        actor.require_above_member(target)
    members.ban(call.world, actor.guild, user.id, call.application.bot_id, call.reason)
    _delete_messages(call, actor, user.id, since=call.world.clock.now() - form.seconds)


def _delete_messages(call: Call, actor: Actor, user_id: int, since: float) -> None:
    for channel in actor.guild.channels.values():
        there = call.world.messages.get(channel.id, {}).values()
        gone = [message for message in there if message.author_id == user_id and message.timestamp > since]
        messages.delete_many(call.sandbox, channel, gone)


async def unban(call: Call) -> None:
    """DELETE a ban."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.BAN_MEMBERS)
    user_id = call.id("user_id")
    if user_id not in actor.guild.bans:
        raise unknown("Ban")
    members.unban(call.world, actor.guild, user_id, call.application.bot_id, call.reason)


def _target(call: Call, actor: Actor) -> Member:
    user = call.world.user(call.id("user_id"))
    return actor.guild.member(user.id)


def _change_role(call: Call, *, add: bool) -> None:
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_ROLES)
    target = _target(call, actor)
    role = actor.guild.role(call.id("role_id"))
    _check_assignable(actor, role)
    ids = [i for i in target.role_ids if i != role.id] + ([role.id] if add else [])
    members.set_roles(call.world, actor.guild, target, ids, call.application.bot_id, call.reason)


def _check_assignable(actor: Actor, role: Role) -> None:
    """@everyone is nobody's to give (50028), a managed or linked role is given by Discord alone, a higher one is out of reach (50013)."""
    if role.id == actor.guild.id:
        raise INVALID_ROLE
    if role.managed or role.tags:
        raise MISSING_PERMISSIONS
    actor.require_above_role(role)


def _wanted_roles(actor: Actor, target: Member, wanted: list[int]) -> list[int]:
    actor.require(P.MANAGE_ROLES)
    # the guild's own id stands for @everyone, which everybody has anyway
    ids = [i for i in wanted if i != actor.guild.id]
    for role in [actor.guild.role(i) for i in ids]:
        if role.id not in target.role_ids:
            _check_assignable(actor, role)
    for role_id in target.role_ids:
        if role_id not in ids:
            _check_assignable(actor, actor.guild.roles[role_id])
    return ids


def _check_timeout(actor: Actor, target: Member, until: str | None) -> None:
    actor.require(P.MODERATE_MEMBERS)
    actor.require_above_member(target)
    if until is None:
        return
    now = actor.world.clock.now()
    if permissions.base(actor.guild, target, now) & P.ADMINISTRATOR:
        raise MISSING_PERMISSIONS
    if datetime.fromisoformat(until).timestamp() > now + MAX_TIMEOUT:
        message = "Timeouts can last 28 days at most"
        raise invalid_form({"communication_disabled_until": field_error("MODERATE_MEMBER_COMMUNICATION_DISABLED_TOO_LONG", message)})


def _set_fields(target: Member, form: MemberForm) -> list[dict[str, Any]]:
    changes = []
    if "nick" in form.model_fields_set and (form.nick or None) != target.nick:
        changes.append(audit.change("nick", target.nick, form.nick or None))
        target.nick = form.nick or None
    if "communication_disabled_until" in form.model_fields_set:
        until = form.communication_disabled_until
        changes.append(audit.change("communication_disabled_until", new=until))
        target.timeout_until = datetime.fromisoformat(until).timestamp() if until else None
    return changes
