"""Members of a guild: join, change, leave; what they hold."""

from collections.abc import Sequence

from sandbox import audit, payload
from sandbox.audit import Action
from sandbox.world import Event, Guild, Member, RoleChange, World

GUILD_MEMBERS = 1 << 1
GUILD_BANS = 1 << 2


def set_roles(world: World, guild: Guild, member: Member, role_ids: list[int], actor_id: int, reason: str | None = None) -> None:
    """Give the member exactly these roles; nothing is told when nothing changes."""
    before = list(member.role_ids)
    if set(before) == set(role_ids):
        return
    member.role_ids = [i for i in before if i in role_ids] + [i for i in role_ids if i not in before]
    added = [i for i in member.role_ids if i not in before]
    removed = [i for i in before if i not in member.role_ids]
    changed(world, guild, member)
    changes = []
    for key, ids in (("$add", added), ("$remove", removed)):
        if ids:
            changes.append(audit.change(key, new=[{"id": str(i), "name": guild.roles[i].name} for i in ids if i in guild.roles]))
    audit.record(world, guild, Action.MEMBER_ROLE_UPDATE, actor_id, member.user_id, reason, changes)
    now = world.clock.now()
    for kind, ids in (("add", added), ("remove", removed)):
        for role_id in ids:
            change = RoleChange(guild.id, member.user_id, role_id, kind, actor_id, reason, now)
            for listener in list(world.role_listeners):
                listener(change)


def changed(world: World, guild: Guild, member: Member) -> None:
    """Tell of a member's change."""
    world.emit(Event("GUILD_MEMBER_UPDATE", {**payload.member(world, member), "guild_id": str(guild.id)}, guild.id, GUILD_MEMBERS))


def join(world: World, guild: Guild, user_id: int, *, pending: bool = False, role_ids: Sequence[int] = ()) -> Member:
    """A user joins; a bot gets GUILD_CREATE instead of GUILD_MEMBER_ADD of its own."""
    member = Member(user_id, guild.id, world.clock.now(), list(role_ids), pending=pending)
    guild.members[user_id] = member
    for app in world.applications.values():
        if app.bot_id == user_id:
            data = payload.gateway_guild(world, guild, user_id, [member])
            world.emit(Event("GUILD_CREATE", data, guild.id, 1 << 0, app.id))
    data = {**payload.member(world, member), "guild_id": str(guild.id)}
    world.emit(Event("GUILD_MEMBER_ADD", data, guild.id, GUILD_MEMBERS))
    return member


def leave(world: World, guild: Guild, user_id: int) -> None:
    """A member leaves or is removed; a bot hears GUILD_DELETE. Raises 10007."""
    member = guild.member(user_id)
    app = next((app for app in world.applications.values() if app.bot_id == user_id), None)
    if app is not None:
        world.emit(Event("GUILD_DELETE", {"id": str(guild.id)}, guild.id, 1 << 0, app.id))
        _remove_integration_role(guild, app.bot_id)
        app.commands = {i: command for i, command in app.commands.items() if command.guild_id != guild.id}
    del guild.members[member.user_id]
    data = {"guild_id": str(guild.id), "user": payload.user(world.user(user_id))}
    world.emit(Event("GUILD_MEMBER_REMOVE", data, guild.id, GUILD_MEMBERS))


def kick(world: World, guild: Guild, user_id: int, actor_id: int, reason: str | None = None) -> None:
    """Remove a member. Raises 10007."""
    leave(world, guild, user_id)
    audit.record(world, guild, Action.MEMBER_KICK, actor_id, user_id, reason)


def ban(world: World, guild: Guild, user_id: int, actor_id: int, reason: str | None = None) -> None:
    """Ban a user, a member or not."""
    guild.bans[user_id] = reason
    if user_id in guild.members:
        leave(world, guild, user_id)
    data = {"guild_id": str(guild.id), "user": payload.user(world.user(user_id))}
    world.emit(Event("GUILD_BAN_ADD", data, guild.id, GUILD_BANS))
    audit.record(world, guild, Action.MEMBER_BAN_ADD, actor_id, user_id, reason)


def unban(world: World, guild: Guild, user_id: int, actor_id: int, reason: str | None = None) -> None:
    """Lift a ban."""
    del guild.bans[user_id]
    data = {"guild_id": str(guild.id), "user": payload.user(world.user(user_id))}
    world.emit(Event("GUILD_BAN_REMOVE", data, guild.id, GUILD_BANS))
    audit.record(world, guild, Action.MEMBER_BAN_REMOVE, actor_id, user_id, reason)


def _remove_integration_role(guild: Guild, bot_id: int) -> None:
    for role in list(guild.roles.values()):
        if role.tags and role.tags.get("bot_id") == str(bot_id):
            del guild.roles[role.id]
