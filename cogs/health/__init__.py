"""The HTTP server that tells an orchestrator whether this process lives and works."""

from cogs.health.cog import HealthCog
from core.bot import RolePanelBot


def setup(bot: RolePanelBot) -> None:
    """Begin to listen. Raises ExpectedStop when the port is taken."""
    bot.add_cog(HealthCog(bot))
