"""What the rules need to know of a guild and of who acts in it, taken from py-cord's cache and the interaction."""

from typing import TYPE_CHECKING, cast

import discord
from discord.utils import snowflake_time

from core.errors import ONLY_IN_SERVERS, UserError
from core.i18n import N_
from domain.permissions import Permission, allows
from domain.role_safety import GuildFacts

if TYPE_CHECKING:
    from core.bot import RolePanelBot

TIMED_OUT = N_("You are timed out in this server, so you cannot do this now.")


def guild_facts(guild: discord.Guild) -> GuildFacts:
    """A cached guild as plain values: worked out once, and anew after something of it changed."""
    bot = cast("RolePanelBot", guild._state._get_client())
    return bot.known_guilds.facts(guild)


def guild_permissions(interaction: discord.Interaction) -> int:
    """What the person may do in the guild by their roles. For whoever asks what somebody may: an interaction's own permissions are those
    in its channel, where an overwrite may have put any bit.

    Raises UserError outside of servers, and for whoever is timed out and neither the owner nor an administrator: they have no permission
    (https://docs.discord.com/developers/topics/permissions#permissions-for-timed-out-members).
    """
    member = interaction.user
    if not isinstance(member, discord.Member) or not isinstance(member.guild, discord.Guild):
        raise UserError(ONLY_IN_SERVERS)
    permissions = guild_facts(member.guild).permissions_of(member.id, member._roles)
    until = member.communication_disabled_until
    # Both moments are Discord's: its clock and ours may differ.
    if until is not None and until > snowflake_time(interaction.id) and not allows(permissions, Permission.ADMINISTRATOR):
        raise UserError(TIMED_OUT)
    return permissions
