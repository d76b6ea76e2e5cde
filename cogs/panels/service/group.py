"""The group of the /panel commands. It stands alone so that mixins of the cog, each in its own module, can add commands to it."""

import discord

from cogs.panels.service.access import Editor
from core.commands import slash_group, slash_option
from core.i18n import N_
from models import Panel

panel = slash_group(
    "panel", N_("Role panels: make, change and post them"), default_member_permissions=discord.Permissions(manage_roles=True)
)


async def complete_panel(_cog: object, context: discord.AutocompleteContext) -> list[discord.OptionChoice]:
    """The guild's panels whose name contains what was typed. Names only, and only for who may edit panels."""
    await Editor.of(context.interaction)
    panels = await Panel.matching(context.interaction.guild_id or 0, str(context.value or "").replace("\0", ""))
    return [discord.OptionChoice(panel.name) for panel in panels]


panel_option = slash_option("panel", str, N_("The panel's name"), autocomplete=complete_panel)
