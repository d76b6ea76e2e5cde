"""Panels: making, changing and posting them, and keeping what was posted up to date."""

from cogs.panels.cog import PanelsCog
from core.bot import RolePanelBot


def setup(bot: RolePanelBot) -> None:
    """Take up the commands, the editor and the following of posted panels."""
    bot.add_cog(PanelsCog(bot))
