"""Slash commands, their groups and options, each named and described in every language that Discord shows.

Names and descriptions are sentences of the catalogue: https://docs.discord.com/developers/interactions/application-commands#localization
"""

from collections.abc import Callable
from typing import Any

import discord

from core.i18n import localized


def slash_group(name: str, description: str, **settings: Any) -> discord.SlashCommandGroup:
    """A group for the commands of a cog."""
    return discord.SlashCommandGroup(
        name, description, name_localizations=localized(name), description_localizations=localized(description), **settings
    )


def slash(group: discord.SlashCommandGroup, name: str, description: str) -> Callable[[Callable[..., Any]], Any]:
    """Declare a method as a command of a group."""
    return group.command(
        name=name, description=description, name_localizations=localized(name), description_localizations=localized(description)
    )


def slash_alone(name: str, description: str, **settings: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declare a method as a command of its own: permissions belong to the top level, so a group's commands are all offered alike.

    https://docs.discord.com/developers/interactions/application-commands#permissions
    """
    return discord.slash_command(
        name=name,
        description=description,
        name_localizations=localized(name),
        description_localizations=localized(description),
        **settings,
    )


def slash_option(name: str, kind: Any, description: str, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an option of a command, named after the parameter that takes it; `settings` are those of discord.option."""
    return discord.option(
        name,
        kind,
        description=description,
        name_localizations=localized(name),
        description_localizations=localized(description),
        **settings,
    )
