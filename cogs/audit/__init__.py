"""Delivers the audit table's entries to the guilds' audit channels."""

from cogs.audit.cog import AuditCog
from cogs.audit.outbox import Outbox
from cogs.audit.service import AuditService
from core.bot import RolePanelBot


def setup(bot: RolePanelBot) -> None:
    """Begin to deliver."""
    bot.add_cog(AuditCog(bot, Outbox(bot, AuditService(bot))))
