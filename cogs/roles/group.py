"""The /roles command, which several modules add to."""

import discord

from core.i18n import N_, localized

GROUP = N_("Roles from this server's panels")

roles = discord.SlashCommandGroup(
    "roles",
    GROUP,
    name_localizations=localized("roles"),
    description_localizations=localized(GROUP),
)
