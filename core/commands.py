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


class _FileOption(discord.Option):
    """An option that takes a file; py-cord does not know what kinds of files it can be limited to."""

    file_types: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return super().to_dict() | {"file_types": list(self.file_types)}


def slash_file(name: str, description: str, *file_types: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an option that takes a file, which Discord's clients let people choose by its ending, such as ".toml".

    https://docs.discord.com/developers/reference#file-type-filtering: nothing else checks it, so the file may be anything.
    """

    def declared(function: Callable[..., Any]) -> Callable[..., Any]:
        option = _FileOption(
            discord.Attachment,
            name=name,
            description=description,
            name_localizations=localized(name),
            description_localizations=localized(description),
        )
        option.file_types = file_types
        function.__annotations__[name] = option
        return function

    return declared
