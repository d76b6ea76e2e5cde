"""What cogs tell each other, by `bot.dispatch(event.NAME, event)`. A cog that is unloaded misses nothing: the database holds the work."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class AuditWritten:
    """A settled audit row waits for delivery in this guild."""

    NAME: ClassVar[str] = "audit_written"
    guild_id: int


@dataclass(frozen=True, slots=True)
class PanelChanged:
    """A panel was edited; posted messages and cached specs are older than `version`. After a deletion `version` is None."""

    NAME: ClassVar[str] = "panel_changed"
    guild_id: int
    panel_id: int
    version: int | None


@dataclass(frozen=True, slots=True)
class GrantsDue:
    """Temporary roles of this guild were made to end now."""

    NAME: ClassVar[str] = "grants_due"
    guild_id: int


@dataclass(frozen=True, slots=True)
class ErasureBegun:
    """Everything stored for this guild is about to be erased: changes that still wait for their turn are refused."""

    NAME: ClassVar[str] = "erasure_begun"
    guild_id: int


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """Discord confirmed a member's role change made through a panel. `ends_at` is when the first of the added roles ends."""

    NAME: ClassVar[str] = "roles_changed"
    guild_id: int
    user_id: int
    panel_id: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    ends_at: datetime | None = None
