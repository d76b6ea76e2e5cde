"""The roles cog: what a member's click does."""

from typing import TYPE_CHECKING

from cogs.roles.cog import RolesCog

if TYPE_CHECKING:
    from core.bot import RolePanelBot


def setup(bot: "RolePanelBot") -> None:
    """py-cord's entry point. It must not be a coroutine."""
    bot.add_cog(RolesCog(bot))
