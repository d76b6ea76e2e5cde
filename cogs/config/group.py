"""The group of the /config commands, and who may use them. It stands alone so that mixins of the cog can add commands to it."""

import discord

from core.commands import slash_group
from core.errors import ONLY_IN_SERVERS, UserError
from core.facts import guild_permissions
from core.i18n import N_
from domain.permissions import Permission, allows

NEEDS_MANAGE_SERVER = N_("You need the permission Manage Server for this.")

config = slash_group(
    "config", N_("Settings of the role panel bot in this server"), default_member_permissions=discord.Permissions(manage_guild=True)
)


def managed_guild(interaction: discord.Interaction) -> tuple[discord.Guild, int]:
    """The guild and the id of the person, who may manage it. Raises UserError: guild admins can open a command to roles that may not."""
    if interaction.guild is None or interaction.user is None:
        raise UserError(ONLY_IN_SERVERS)
    if not allows(guild_permissions(interaction), Permission.MANAGE_GUILD):
        raise UserError(NEEDS_MANAGE_SERVER)
    return interaction.guild, interaction.user.id
