"""What py-cord's cache tells of a call before it is sent: which guild it is for, and whether Discord is bound to refuse it."""

from typing import TYPE_CHECKING

import discord
from discord.http import Route

from core.channels import permissions_in
from core.facts import guild_facts
from domain.permissions import Permission, allows

if TYPE_CHECKING:
    from core.bot import RolePanelBot

_MESSAGES = "/channels/{channel_id}/messages"


class Foresight:
    """Asked by the REST client before each call. What the cache does not know is not foreseen."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot

    def guild_id(self, route: Route) -> int | None:
        """The guild that a call is for; None when that is none, or not known."""
        if route.guild_id is not None:
            return int(route.guild_id)
        channel = self._channel(route)
        return channel.guild.id if channel else None

    def lacking(self, route: Route) -> Permission:
        """The permissions that the bot lacks for a call; none of them is false."""
        if route.path.startswith(_MESSAGES):
            channel = self._channel(route)
            return _lacking_in(channel, _needed(route)) if channel and self._is_known(channel.guild) else Permission(0)
        guild = self._bot.get_guild(int(route.guild_id)) if route.guild_id is not None else None
        if guild and self._is_known(guild) and route.method != "GET" and ("/members/" in route.path or "/roles" in route.path):
            return Permission(0) if guild_facts(guild).bot_may_manage_roles else Permission.MANAGE_ROLES
        return Permission(0)

    def _is_known(self, guild: discord.Guild) -> bool:
        return not guild.unavailable and self._bot.user is not None and guild.get_member(self._bot.user.id) is not None

    def _channel(self, route: Route) -> discord.abc.GuildChannel | discord.Thread | None:
        found = self._bot.get_channel(int(route.channel_id)) if route.channel_id is not None else None
        return found if isinstance(found, discord.abc.GuildChannel | discord.Thread) else None


def _needed(route: Route) -> Permission:
    """What a call about the bot's own messages needs."""
    if route.method == "GET":
        return Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    if route.method == "POST" and route.path == _MESSAGES:
        return Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES
    return Permission.VIEW_CHANNEL


def _lacking_in(channel: discord.abc.GuildChannel | discord.Thread, needed: Permission) -> Permission:
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    if place is None:
        return Permission(0)
    granted = permissions_in(place)
    if not allows(granted, Permission.VIEW_CHANNEL):
        return Permission.VIEW_CHANNEL
    if isinstance(channel, discord.Thread):
        needed &= ~Permission.SEND_MESSAGES  # in threads another permission counts
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        needed |= Permission.CONNECT  # who may not connect has no access to the chat either
    return _without(granted, needed)


def _without(granted: int, needed: Permission) -> Permission:
    missing = Permission(0)
    for permission in needed:
        if not allows(granted, permission):
            missing |= permission
    return missing
