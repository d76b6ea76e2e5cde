"""What the bot needs in a channel before it can post there."""

import discord

from domain.permissions import Permission, allows

POSTABLE = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice, discord.ChannelType.stage_voice)
_NEEDED = (Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS)
# Whoever may not connect to a voice channel has no access to its chat either.
_NEEDED_BESIDE_VOICE = (Permission.VIEW_CHANNEL, Permission.CONNECT, Permission.SEND_MESSAGES, Permission.EMBED_LINKS)


def missing_to_post(channel: discord.abc.GuildChannel) -> Permission:
    """The permissions that the bot lacks in a cached channel to post an embed there; none of them is false."""
    granted = channel.permissions_for(channel.guild.me).value
    missing = Permission(0)
    for permission in _NEEDED_BESIDE_VOICE if isinstance(channel, (discord.VoiceChannel, discord.StageChannel)) else _NEEDED:
        if not allows(granted, permission):
            missing |= permission
    return missing
