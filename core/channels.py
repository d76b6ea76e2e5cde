"""What the bot needs in a channel before it can post there."""

import discord

from core.i18n import N_
from domain.permissions import Permission, allows

POSTABLE = (discord.ChannelType.text, discord.ChannelType.news)
_NEEDED = {
    Permission.VIEW_CHANNEL: N_("View Channel"),
    Permission.SEND_MESSAGES: N_("Send Messages"),
    Permission.EMBED_LINKS: N_("Embed Links"),
}


def missing_to_post(channel: discord.abc.GuildChannel) -> list[str]:
    """The names, for the catalogue, of the permissions that the bot lacks in a cached channel to post an embed there."""
    granted = channel.permissions_for(channel.guild.me).value
    return [name for permission, name in _NEEDED.items() if not allows(granted, permission)]
