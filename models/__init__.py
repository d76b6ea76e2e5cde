"""The Tortoise models: a file for each concept, with its fields, its constraints and the few queries that belong to it."""

from models.audit import SETTLED, AuditEntry, AuditState
from models.guild_config import GuildConfig
from models.panel import Panel, PanelMessage, PanelRole

__all__ = ["SETTLED", "AuditEntry", "AuditState", "GuildConfig", "Panel", "PanelMessage", "PanelRole"]
