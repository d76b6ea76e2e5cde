"""What the bot may do in a channel, and what it needs before it can post there."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, cast

import discord

from domain.permissions import Permission, allows

if TYPE_CHECKING:
    from core.bot import RolePanelBot

POSTABLE = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice, discord.ChannelType.stage_voice)
CHANNEL_OBFUSCATED = 1 << 17
_NEEDED = (Permission.SEND_MESSAGES, Permission.EMBED_LINKS)


def is_hidden(channel: discord.abc.GuildChannel) -> bool:
    """Whether the bot cannot view it, so that it came without what matters: its name is none, either. The flag decides, never the name.

    https://docs.discord.com/developers/resources/channel
    """
    flags = getattr(channel, "flags", None)
    return bool(flags and (flags.value or 0) & CHANNEL_OBFUSCATED)


def permissions_in(channel: discord.abc.GuildChannel) -> int:
    """What the bot may do in a cached channel; exactly, where an interaction told it since something of the guild last changed."""
    bot = cast("RolePanelBot", channel.guild._state._get_client())
    told = bot.known_guilds.told(channel.guild.id, channel.id)
    if told is not None:
        return told
    return 0 if is_hidden(channel) else channel.permissions_for(channel.guild.me).value


def missing_to_look(channel: discord.abc.GuildChannel) -> Permission:
    """The permissions that the bot lacks in a cached channel to list its messages; none of them is false."""
    granted = permissions_in(channel)
    needed = (Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY)
    return reduce(or_, (permission for permission in needed if not allows(granted, permission)), Permission(0))


def missing_to_post(channel: discord.abc.GuildChannel) -> Permission:
    """The permissions that the bot lacks in a cached channel to post an embed there; none of them is false.

    Where it cannot view the channel, or not connect to one of voice, whose chat it then has no access to either, that is the one thing:
    what else it may do there shows only then.
    """
    granted = permissions_in(channel)
    voice = isinstance(channel, (discord.VoiceChannel, discord.StageChannel))
    for way_in in (Permission.VIEW_CHANNEL, Permission.CONNECT) if voice else (Permission.VIEW_CHANNEL,):
        if not allows(granted, way_in):
            return way_in
    needed = (permission for permission in _NEEDED if not allows(granted, permission))
    return reduce(or_, needed, Permission(0))
