"""Keeps of each guild what somebody reads: py-cord's cache would hold every topic, sticker and colour of every server in memory.

What arrives loses those fields before py-cord makes objects of it, and objects that are alike are kept once. Whatever py-cord's
constructors insist on stays, and so do threads, which are few.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import discord

_GUILD = {
    "id", "name", "owner_id", "unavailable", "member_count", "large", "preferred_locale", "mfa_level", "verification_level", "nsfw_level",
    "default_message_notifications", "explicit_content_filter", "roles", "emojis", "members", "channels", "threads",
}  # fmt: skip
_CHANNEL = {"id", "guild_id", "type", "name", "position", "parent_id", "permission_overwrites", "flags", "nsfw"}
_ROLE = {"id", "name", "permissions", "position", "colors", "managed", "tags", "flags"}
_EMOJI = {"id", "name", "roles", "animated", "available", "managed", "require_colons"}


def keep_lean(bot: discord.Client) -> None:
    """Make py-cord's cache lean. To be called once, before the bot connects."""
    # No public name: py-cord offers no place between an event and its cache.
    parsers = bot._connection.parsers
    for name, trim in _TRIMMED.items():
        parsers[name] = partial(_parse, trim, parsers[name])
    for name in ("GUILD_CREATE", "GUILD_UPDATE"):
        parsers[name] = partial(_parse_guild, bot, parsers[name])


def _parse(trim: Callable[[Any], None], parse: Callable[[Any], object], data: Any) -> None:
    trim(data)
    parse(data)


def _parse_guild(bot: discord.Client, parse: Callable[[Any], object], data: Any) -> None:
    _keep(data, _GUILD)
    own = str(bot._connection.self_id)
    if "members" in data:
        data["members"] = [member for member in data["members"] if member["user"]["id"] == own]
    for part, names in (("channels", _CHANNEL), ("roles", _ROLE), ("emojis", _EMOJI)):
        for one in data.get(part, ()):
            _keep(one, names)
    parse(data)
    if guild := bot.get_guild(int(data["id"])):
        _share(guild)


def _trim_emojis(data: Any) -> None:
    for emoji in data["emojis"]:
        _keep(emoji, _EMOJI)


_TRIMMED: dict[str, Callable[[Any], None]] = {
    "CHANNEL_CREATE": lambda data: _keep(data, _CHANNEL),
    "CHANNEL_UPDATE": lambda data: _keep(data, _CHANNEL),
    "GUILD_ROLE_CREATE": lambda data: _keep(data["role"], _ROLE),
    "GUILD_ROLE_UPDATE": lambda data: _keep(data["role"], _ROLE),
    "GUILD_EMOJIS_UPDATE": _trim_emojis,
    "GUILD_STICKERS_UPDATE": lambda data: data.update(stickers=[]),
}


def _keep(data: dict[str, Any], names: Collection[str]) -> None:
    for name in data.keys() - names:
        del data[name]


def _share(guild: discord.Guild) -> None:
    """Keep what is alike once. Nobody changes these objects: py-cord puts new ones in their place."""
    known: dict[Any, Any] = {}
    for channel in guild.channels:
        known.setdefault(channel.id, channel.id)
    for channel in guild.channels:
        channel.flags = known.setdefault((channel.flags.value, "channel"), channel.flags)
        channel.category_id = known.get(channel.category_id, channel.category_id)
        overwrites: list[Any] = channel._overwrites
        alike = tuple([(one.id, one.type, one.allow, one.deny) for one in overwrites])
        channel._overwrites = known.setdefault(alike, overwrites)
    for role in guild.roles:
        colours = role.colours
        role.flags = known.setdefault((role.flags.value, "role"), role.flags)
        role.colours = known.setdefault((colours.primary, colours.secondary, colours.tertiary), colours)
