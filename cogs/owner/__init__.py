"""What the bot's owner does while it runs: list, load, unload and reload cogs, and register the commands anew."""

from cogs.owner.cog import OwnerCog
from cogs.owner.service import OwnerService
from core.bot import RolePanelBot


def setup(bot: RolePanelBot) -> None:
    """Add the direct-message commands, and /cog where OWNER_GUILD_ID says."""
    bot.add_cog(OwnerCog(bot, OwnerService(bot)))
