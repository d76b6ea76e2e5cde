"""The record of clicks that changed nothing. Who keeps clicking gets one entry, with a count."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from cogs.roles.change.applier import Applied
from cogs.roles.change.members import MemberLocks
from cogs.roles.decision.decision import Click, facts_of
from domain import clock
from domain.events import AuditWritten
from domain.panels import PanelSpec
from domain.plan import RolePlan
from models import AuditEntry, ErasureReceipt

if TYPE_CHECKING:
    from core.bot import RolePanelBot

KIND = "roles.click"
GATHERING = 2.0  # seconds before an entry is announced, in which the same refusal may come again
Spawn = Callable[[Coroutine[Any, Any, None], str], object]


class Refusals:
    """Writes them, and announces them to the audit log a little later, so that repetitions are counted and not told one by one."""

    def __init__(self, bot: "RolePanelBot", spawn: Spawn) -> None:
        self._bot, self._spawn = bot, spawn
        self._locks = MemberLocks(WeakValueDictionary())
        self._gathering: set[int] = set()

    async def record(self, click: Click, panel: PanelSpec | None, plan: RolePlan) -> None:
        """Record what was refused of a click; not where everything about the panel was erased at the guild's wish."""
        if panel is None and await ErasureReceipt.covers(click.guild_id, click.panel_id):
            return
        async with self._locks.of(click.guild_id, click.member_id):  # the second has to find the first
            await AuditEntry.record_refusal(
                click.guild_id,
                KIND,
                clock.now(),
                member_id=click.member_id,
                panel_id=panel.panel_id if panel else None,  # that of the click may be another server's
                payload=facts_of(click, panel, plan, Applied()),
                interaction_id=click.interaction_id,
            )
        if click.guild_id not in self._gathering:
            self._gathering.add(click.guild_id)
            self._spawn(self._announce(click.guild_id), f"refusals of guild {click.guild_id}")

    async def _announce(self, guild_id: int) -> None:
        try:
            await asyncio.sleep(GATHERING)
        finally:
            self._gathering.discard(guild_id)
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))
