"""What a guild's admins set: the audit channel and the language of public text."""

from cogs.config.cog import ConfigCog
from cogs.config.service import ConfigService
from core.bot import RolePanelBot


def setup(bot: RolePanelBot) -> None:
    """Add the /config commands."""
    bot.add_cog(ConfigCog(bot, ConfigService(bot)))
