"""Plain values for the tests of panels."""

from typing import Any

from core.i18n import Translator, translator
from domain.panels import PanelSpec, RoleSpec
from domain.role_safety import GuildFacts, RoleFacts

GUILD, OWNER, EDITOR = 10**18, 2 * 10**18, 3 * 10**18
BOT_POSITION = 100


def english() -> Translator:
    """The source language."""
    return translator("en-US")


def role_id(number: int) -> int:
    """The id of the role in this position."""
    return GUILD + number


def panel(count: int = 2, **more: Any) -> PanelSpec:
    """A panel of the roles in the positions 1 to `count`."""
    roles = tuple(RoleSpec(item_id=number, role_id=role_id(number), label=f"Role {number}") for number in range(1, count + 1))
    return PanelSpec(**{"panel_id": 7, "guild_id": GUILD, "name": "Colours", "title": "Colours", "version": 1, "roles": roles} | more)


def facts(count: int = 30, *more: RoleFacts) -> GuildFacts:
    """A guild with `count` harmless roles below the bot's, and `more`."""
    everyone, bot = RoleFacts(GUILD, "@everyone", 0), RoleFacts(role_id(BOT_POSITION), "Bot", BOT_POSITION, managed=True)
    roles = [everyone, bot, *(RoleFacts(role_id(number), f"Role {number}", number) for number in range(1, count + 1)), *more]
    return GuildFacts(GUILD, OWNER, {role.role_id: role for role in roles}, bot, True)
