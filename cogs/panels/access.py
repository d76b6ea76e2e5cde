"""Who edits panels, and what they may do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import discord

from cogs.panels.words import role_name
from core.errors import ONLY_IN_SERVERS, UserError
from core.facts import guild_permissions
from core.i18n import N_
from domain.panels import PanelSpec
from domain.permissions import Permission, allows
from domain.placement import Author, opened
from domain.role_safety import GuildFacts
from models import GuildConfig

if TYPE_CHECKING:
    from core.bot import RolePanelBot

GUILD_MISSING = N_("The bot has just started and does not know this server yet. Please try again in a moment.")
NOT_AN_EDITOR = N_("For this you need the permission Manage Roles, or a role that may edit panels by `/config managers`.")
ONLY_ADMINISTRATORS = N_("Only an administrator can confirm powerful permissions.")
NOT_YOURS_TO_OPEN = N_("You could not put {role} on a panel yourself, so you cannot let more members take it.")


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits: their roles, and their permissions in the guild."""

    user_id: int
    role_ids: frozenset[int]
    permissions: int

    @classmethod
    async def of(cls, interaction: discord.Interaction) -> "Editor":
        """Who acts in this interaction. Raises UserError unless they may edit panels: who may see a command is not who may use it.

        That is who holds Manage Roles in the guild, or one of its manager roles.
        """
        member = interaction.user
        if not isinstance(member, discord.Member):
            raise UserError(ONLY_IN_SERVERS)
        if await cast("RolePanelBot", interaction.client).guild(member.guild.id) is None:
            raise UserError(GUILD_MISSING)
        editor = cls(member.id, frozenset(role.id for role in member.roles), guild_permissions(interaction))
        if not allows(editor.permissions, Permission.MANAGE_ROLES):
            config = await GuildConfig.get_or_none(guild_id=interaction.guild_id)
            if config is None or editor.role_ids.isdisjoint(config.manager_role_ids):
                raise UserError(NOT_AN_EDITOR)
        return editor

    @property
    def is_administrator(self) -> bool:
        """Whether they may confirm powerful permissions."""
        return allows(self.permissions, Permission.ADMINISTRATOR)

    @property
    def author(self) -> Author:
        """The same as the rules of placing panels know it."""
        return Author(self.user_id, self.role_ids, self.is_administrator)

    def check_opening(self, before: PanelSpec, after: PanelSpec, facts: GuildFacts) -> None:
        """Raise UserError when a change would let more members take a role that this editor could not hand out."""
        role_id = opened(before, after, facts, self.author)
        if role_id is not None:
            raise UserError(NOT_YOURS_TO_OPEN, role=role_name(role_id, facts))
