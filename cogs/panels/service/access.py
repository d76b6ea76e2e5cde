"""Who edits panels, and what they may do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import discord

from cogs.panels.service.inputs import Sent
from core.errors import ONLY_IN_SERVERS, UserError
from core.facts import guild_permissions
from core.i18n import N_
from domain.permissions import Permission, allows
from domain.placement import Author
from models import GuildConfig

if TYPE_CHECKING:
    from core.bot import RolePanelBot

NOT_AN_EDITOR = N_("For this you need the permission Manage Roles, or a role that may edit panels by `/config managers`.")
ONLY_ADMINISTRATORS = N_("Only an administrator can confirm powerful permissions.")


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits: their roles, and their permissions in the guild.

    `sent` is the component or form that they act by, and `agreed` stands for the question that they said yes to, if this repeats it.
    """

    user_id: int
    role_ids: frozenset[int]
    permissions: int
    sent: Sent | None = None
    agreed: int | None = None

    @classmethod
    async def of(cls, interaction: discord.Interaction) -> "Editor":
        """Who acts in this interaction. Raises UserError unless they may edit panels: who may see a command is not who may use it.

        That is who holds Manage Roles in the guild, or one of its manager roles.
        """
        member = interaction.user
        if not isinstance(member, discord.Member):
            raise UserError(ONLY_IN_SERVERS)
        bot = cast("RolePanelBot", interaction.client)
        if await bot.guild(member.guild.id) is None:
            raise UserError(bot.absence(member.guild.id))
        editor = cls(member.id, frozenset(role.id for role in member.roles), guild_permissions(interaction), *Sent.by(interaction))
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
