"""Guilds: their own fields, their emojis, their end."""

from sandbox import audit, payload
from sandbox.audit import Action
from sandbox.world import Emoji, Event, Guild, World

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


def add_emoji(world: World, guild: Guild, emoji: Emoji, actor_id: int, reason: str | None = None) -> None:
    """Add a custom emoji."""
    guild.emojis[emoji.id] = emoji
    emojis_changed(world, guild)
    audit.record(world, guild, Action.EMOJI_CREATE, actor_id, emoji.id, reason, [audit.change("name", new=emoji.name)])


def rename_emoji(world: World, guild: Guild, emoji: Emoji, name: str, actor_id: int, reason: str | None = None) -> None:
    """Give a custom emoji another name."""
    noted = [audit.change("name", emoji.name, name)]
    emoji.name = name
    emojis_changed(world, guild)
    audit.record(world, guild, Action.EMOJI_UPDATE, actor_id, emoji.id, reason, noted)


def remove_emoji(world: World, guild: Guild, emoji: Emoji, actor_id: int, reason: str | None = None) -> None:
    """Take a custom emoji away."""
    del guild.emojis[emoji.id]
    emojis_changed(world, guild)
    audit.record(world, guild, Action.EMOJI_DELETE, actor_id, emoji.id, reason, [audit.change("name", old=emoji.name)])
