"""Who edits panels, and what they may do."""

from dataclasses import dataclass

import discord

from core.errors import ONLY_IN_SERVERS, UserError
from core.i18n import N_
from domain.permissions import Permission, allows

NEEDS_MANAGE_ROLES = N_("You need the permission Manage Roles for this.")
ONLY_ADMINISTRATORS = N_("Only an administrator can confirm powerful permissions.")


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits: their roles, and their permissions where they act."""

    user_id: int
    role_ids: frozenset[int]
    permissions: int

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "Editor":
        """Who acts in this interaction. Raises UserError unless they may edit panels: who may see a command is not who may use it."""
        member = interaction.user
        if not isinstance(member, discord.Member):
            raise UserError(ONLY_IN_SERVERS)
        editor = cls(member.id, frozenset(role.id for role in member.roles), interaction.permissions.value)
        if not allows(editor.permissions, Permission.MANAGE_ROLES):
            raise UserError(NEEDS_MANAGE_ROLES)
        return editor

    @property
    def is_administrator(self) -> bool:
        """Whether they may confirm powerful permissions."""
        return allows(self.permissions, Permission.ADMINISTRATOR)
