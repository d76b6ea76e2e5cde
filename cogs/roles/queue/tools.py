"""What clicks, turns and roles that wait have in common, so that none of them undoes what another one does."""

from typing import TYPE_CHECKING

from cogs.roles.change.breaker import Breaker
from cogs.roles.change.members import MemberLocks, Overlay
from cogs.roles.decision.panel_cache import PanelCache
from cogs.roles.grants.places import Places

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class Tools:
    """One of each for the whole cog."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self.panels, self.places = PanelCache(), Places(bot)
        self.locks, self.overlay = MemberLocks(bot.gate.member_locks), Overlay()
        self.breaker = Breaker()
