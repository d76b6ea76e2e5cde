"""The Tortoise models: a file for each concept, with its fields, its constraints and the few queries that belong to it."""

from models.audit import SETTLED, AuditEntry, AuditState
from models.channel_power import SeenChannelPower
from models.draft import Draft
from models.erasure import ErasureReceipt
from models.guild_config import GuildConfig
from models.panel import MessageState, Panel, PanelMessage, PanelRole
from models.revision import PanelRevision
from models.role_grant import RoleGrant
from models.shard_holder import ShardHolder

__all__ = [
    "SETTLED",
    "AuditEntry",
    "AuditState",
    "Draft",
    "ErasureReceipt",
    "GuildConfig",
    "MessageState",
    "Panel",
    "PanelMessage",
    "PanelRevision",
    "PanelRole",
    "RoleGrant",
    "SeenChannelPower",
    "ShardHolder",
]
