"""Whole guilds: an outage, an end."""

from sandbox import payload
from sandbox.world import Event, Guild, World

GUILDS = 1 << 0


def delete(world: World, guild: Guild) -> None:
    """The owner deletes the guild; every bot in it hears GUILD_DELETE."""
    world.emit(Event("GUILD_DELETE", {"id": str(guild.id)}, guild.id, GUILDS))
    for channel_id in guild.channels:
        world.channels.pop(channel_id, None)
        world.messages.pop(channel_id, None)
    del world.guilds[guild.id]


def update(world: World, guild: Guild) -> None:
    """Tell of a change of the guild's own fields."""
    world.emit(Event("GUILD_UPDATE", payload.guild(guild), guild.id, GUILDS))


def emojis_changed(world: World, guild: Guild) -> None:
    """Tell of a change of the guild's emojis."""
    data = {"guild_id": str(guild.id), "emojis": [payload.emoji(e) for e in guild.emojis.values()]}
    world.emit(Event("GUILD_EMOJIS_UPDATE", data, guild.id, 1 << 3))
