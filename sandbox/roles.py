"""Roles of a guild: create, change, move, delete."""

from typing import Any

from sandbox import audit, payload
from sandbox.audit import Action
from sandbox.world import Event, Guild, Role, World

GUILDS = 1 << 0
MAX_ROLES = 250


def create(world: World, guild: Guild, role: Role, actor_id: int, reason: str | None = None) -> Role:
    """Add a role just above @everyone; the others keep their order above it."""
    for other in guild.roles.values():
        if other.id != guild.id and other.position >= role.position:
            other.position += 1
    guild.roles[role.id] = role
    _emit(world, "GUILD_ROLE_CREATE", role)
    changes = [audit.change("name", new=role.name), audit.change("permissions", new=str(role.permissions))]
    audit.record(world, guild, Action.ROLE_CREATE, actor_id, role.id, reason, changes)
    return role


def edit(world: World, guild: Guild, role: Role, changes: dict[str, Any], actor_id: int, reason: str | None = None) -> None:
    """Set fields of a role; nothing is told when nothing changes."""
    differing = {key: value for key, value in changes.items() if getattr(role, key) != value}
    if not differing:
        return
    noted = [audit.change(key, _noted(getattr(role, key)), _noted(value)) for key, value in differing.items()]
    for key, value in differing.items():
        setattr(role, key, value)
    _emit(world, "GUILD_ROLE_UPDATE", role)
    audit.record(world, guild, Action.ROLE_UPDATE, actor_id, role.id, reason, noted)


def move(world: World, guild: Guild, positions: dict[int, int]) -> None:
    """Give roles new positions, then number all roles without gaps."""
    before = {role.id: role.position for role in guild.roles.values()}
    wanted = {role.id: positions.get(role.id, role.position) for role in guild.roles.values()}

    def order(role: Role) -> tuple[int, int, int]:
        # of two roles that want one place the one that was moved gets it
        moved_up = role.id in positions and positions[role.id] > before[role.id]
        return (wanted[role.id], 1 if moved_up else (-1 if role.id in positions else 0), -role.id)

    others = sorted((role for role in guild.roles.values() if role.id != guild.id), key=order)
    for position, role in enumerate(others, 1):
        role.position = position
        if before[role.id] != position:
            _emit(world, "GUILD_ROLE_UPDATE", role)


def delete(world: World, guild: Guild, role: Role, actor_id: int, reason: str | None = None) -> None:
    """Remove a role from the guild, its members and its channels' overwrites."""
    del guild.roles[role.id]
    for member in guild.members.values():
        if role.id in member.role_ids:
            member.role_ids.remove(role.id)
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    for other in guild.roles.values():
        if other.position > role.position:
            other.position -= 1
    data = {"guild_id": str(guild.id), "role_id": str(role.id)}
    world.emit(Event("GUILD_ROLE_DELETE", data, guild.id, GUILDS))
    audit.record(world, guild, Action.ROLE_DELETE, actor_id, role.id, reason, [audit.change("name", old=role.name)])


def _noted(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value > 2**31 else value


def _emit(world: World, name: str, role: Role) -> None:
    world.emit(Event(name, {"guild_id": str(role.guild_id), "role": payload.role(role)}, role.guild_id, GUILDS))
