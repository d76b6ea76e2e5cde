"""Channels of a guild: create, change, move, delete; their overwrites."""

from typing import Any

from sandbox import audit, payload
from sandbox.audit import Action
from sandbox.world import Channel, Event, Guild, Overwrite, World

GUILDS = 1 << 0
MAX_CHANNELS = 500


def create(world: World, guild: Guild, channel: Channel, actor_id: int, reason: str | None = None) -> Channel:
    """Add a channel."""
    guild.channels[channel.id] = world.channels[channel.id] = channel
    _emit(world, "CHANNEL_CREATE", channel)
    audit.record(world, guild, Action.CHANNEL_CREATE, actor_id, channel.id, reason, [audit.change("name", new=channel.name)])
    return channel


def edit(world: World, guild: Guild, channel: Channel, changes: dict[str, Any], actor_id: int, reason: str | None = None) -> None:
    """Set fields of a channel."""
    noted = []
    for key, value in changes.items():
        old = getattr(channel, key)
        if old != value:
            setattr(channel, key, value)
            if key != "overwrites":
                noted.append(audit.change(key, old, value))
    _emit(world, "CHANNEL_UPDATE", channel)
    if noted:
        audit.record(world, guild, Action.CHANNEL_UPDATE, actor_id, channel.id, reason, noted)


def delete(world: World, guild: Guild, channel: Channel, actor_id: int, reason: str | None = None) -> None:
    """Remove a channel with its messages; channels in a category stay without one."""
    del guild.channels[channel.id], world.channels[channel.id]
    for message in world.messages.pop(channel.id, {}).values():
        message.deleted = True
    _emit(world, "CHANNEL_DELETE", channel)
    for child in guild.channels.values():
        if child.parent_id == channel.id:
            child.parent_id = None
            _emit(world, "CHANNEL_UPDATE", child)
    audit.record(world, guild, Action.CHANNEL_DELETE, actor_id, channel.id, reason, [audit.change("name", old=channel.name)])


def set_overwrite(world: World, guild: Guild, channel: Channel, overwrite: Overwrite, actor_id: int, reason: str | None = None) -> None:
    """Put a permission overwrite."""
    action = Action.OVERWRITE_UPDATE if overwrite.id in channel.overwrites else Action.OVERWRITE_CREATE
    channel.overwrites[overwrite.id] = overwrite
    _emit(world, "CHANNEL_UPDATE", channel)
    audit.record(world, guild, action, actor_id, channel.id, reason, options=_target(overwrite))


def remove_overwrite(world: World, guild: Guild, channel: Channel, overwrite_id: int, actor_id: int, reason: str | None = None) -> None:
    """Take a permission overwrite away."""
    overwrite = channel.overwrites.pop(overwrite_id)
    _emit(world, "CHANNEL_UPDATE", channel)
    audit.record(world, guild, Action.OVERWRITE_DELETE, actor_id, channel.id, reason, options=_target(overwrite))


def _target(overwrite: Overwrite) -> dict[str, str]:
    return {"id": str(overwrite.id), "type": str(overwrite.type)}


def _emit(world: World, name: str, channel: Channel) -> None:
    world.emit(Event(name, payload.channel(world, channel), channel.guild_id, GUILDS))
