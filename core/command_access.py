"""Which roles Discord does not offer the bot's commands to. A bot can read this, but only a person can change it.

https://docs.discord.com/developers/interactions/application-commands#permissions
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord.http import Route
from loguru import logger

from core.calls import RateLimited
from core.facts import guild_facts
from core.rest import Uncertain
from domain.command_access import offered_to
from domain.permissions import Permission

if TYPE_CHECKING:
    from core.bot import RolePanelBot

CHAT_COMMAND, ROLE_ENTRY = 1, 1
PATIENCE = 6.0  # seconds
Rules = Mapping[int, Mapping[int, bool]]


@dataclass(frozen=True, slots=True)
class Closed:
    """Roles that are not offered all of these commands; the commands by the names that Discord shows."""

    role_ids: tuple[int, ...]
    commands: tuple[str, ...]


async def closed_to(bot: "RolePanelBot", guild: discord.Guild, role_ids: Iterable[int], needed: Permission) -> Closed | None:
    """Which of these roles are not offered every command that asks for `needed`. None when Discord could not be asked."""
    application_id = bot.application_id
    permissions = "/applications/{application_id}/guilds/{guild_id}/commands/permissions"
    deadline = asyncio.get_running_loop().time() + PATIENCE
    try:
        commands, entries = await asyncio.gather(
            bot.rest.request(
                Route("GET", "/applications/{application_id}/commands", application_id=application_id), tries=2, deadline=deadline
            ),
            bot.rest.request(Route("GET", permissions, application_id=application_id, guild_id=guild.id), tries=2, deadline=deadline),
        )
    except (discord.HTTPException, RateLimited, Uncertain) as error:
        logger.info("The command permissions of guild {} could not be read: {}", guild.id, error)
        return None
    asking = [command for command in commands if command["default_member_permissions"] == str(needed.value)]
    return _closed(guild, role_ids, needed, asking, _rules(entries), application_id or 0)


def _closed(
    guild: discord.Guild, role_ids: Iterable[int], needed: Permission, commands: list[Any], rules: Rules, application_id: int
) -> Closed:
    facts = guild_facts(guild)
    everyone, general = facts.roles[guild.id], rules.get(application_id, {})
    roles: dict[int, None] = {}
    names: dict[str, None] = {}
    for role_id in role_ids:
        for command in commands:
            role, own = facts.roles.get(role_id), rules.get(int(command["id"]), {})
            if role and not offered_to(role, everyone, needed, own, general):
                roles[role_id] = None
                names[f"/{command['name']}" if command["type"] == CHAT_COMMAND else command["name"]] = None
    return Closed(tuple(roles), tuple(names))


def _rules(entries: Any) -> Rules:
    """What is allowed and forbidden to roles, by the id of the command (or the application)."""
    return {
        int(entry["id"]): {int(rule["id"]): rule["permission"] for rule in entry["permissions"] if rule["type"] == ROLE_ENTRY}
        for entry in entries
    }
