"""What clicks, turns and roles that wait have in common, so that none of them undoes what another one does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cogs.roles.change.breaker import Breaker
from cogs.roles.change.members import MemberLocks, Overlay
from cogs.roles.decision.decision import Board, Click
from cogs.roles.decision.panel_cache import PanelCache
from cogs.roles.grants.places import Places
from domain.grants import Grant
from models.claim import Claim

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class Tools:
    """One of each for the whole cog."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self.panels, self.places = PanelCache(), Places(bot)
        self.locks, self.overlay = MemberLocks(bot.gate.member_locks), Overlay()
        self.breaker = Breaker()


async def wish_of(click: Click, board: Board, made: Sequence[Grant], places: Places) -> Claim:
    """What a click claims: these grants, among the holders that there are. Raises UserError when Discord does not say how many."""
    return Claim(
        guild_id=click.guild_id,
        member_id=click.member_id,
        interaction_id=click.interaction_id,
        panel=board.panel,
        linked=board.linked,
        grants=made,
        holders=await places.holders(click.guild_id, made),
    )
