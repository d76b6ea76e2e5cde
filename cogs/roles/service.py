"""RoleService: one click from its claims to its settled record. See docs/architecture.md, "One click"."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cogs.roles.applier import FRESH, Applied, Target, apply
from cogs.roles.decision import Board, Click, Decision, Outcome, decide, facts_of
from cogs.roles.members import MemberLocks, Overlay
from cogs.roles.panel_cache import PanelCache
from cogs.roles.places import Places
from cogs.roles.waiting import postpone
from core.answer import AnsweredElsewhere
from core.errors import OUTDATED, UserError
from core.facts import guild_facts
from core.i18n import N_
from domain import clock
from domain.events import AuditWritten, RolesChanged
from domain.role_safety import GuildFacts, Problem
from models import AuditEntry, AuditState
from models.claim import Claim, Claimed, claim, settle

if TYPE_CHECKING:
    from core.bot import RolePanelBot

TOKEN_LIFE = timedelta(minutes=15)  # https://docs.discord.com/developers/interactions/receiving-and-responding
LAST_WAIT = 13 * 60.0  # seconds that a role change may wait for rate limits, so that its answer still arrives
STALE_MAX = 3  # times that a panel may turn out to be newer than the one planned with
GUILD_MISSING = N_("The bot has just started and does not know this server yet. Please try again in a moment.")
BEING_EDITED = N_("This panel is being edited right now. Please try again in a moment.")
KIND = "roles.click"

Tell = Callable[[Outcome], Awaitable[None]]


class RoleService:
    """Plans, claims, applies and records clicks. The caller shows the outcome; it is asked to before the record is settled."""

    def __init__(self, bot: "RolePanelBot", panels: PanelCache, places: Places, locks: MemberLocks, overlay: Overlay) -> None:
        self._bot = bot
        self._panels, self._places = panels, places
        self._locks, self._overlay = locks, overlay
        self.active: set[int] = set()

    def held(self, click: Click) -> frozenset[int]:
        """The member's roles as this process knows them."""
        return self._overlay.over(click.guild_id, click.member_id, frozenset(click.role_ids or ()))

    async def click(self, click: Click, tell: Tell) -> None:
        """Do one click. Raises UserError when nothing could even be planned; does nothing when another process owns the click."""
        arrived = asyncio.get_running_loop().time()
        self.active.add(click.interaction_id)
        try:
            lock = self._locks.of(click.guild_id, click.member_id)
            waited = lock.locked()
            async with lock:
                await self._click(click, tell, arrived, waited)
        finally:
            self.active.discard(click.interaction_id)

    async def _click(self, click: Click, tell: Tell, arrived: float, waited: bool) -> None:
        board = await self._panels.board(click.panel_id)
        if board and click.posted and not await self._panels.is_message_of(click.panel_id, click.message_id):
            raise UserError(OUTDATED)
        held = self.held(click)
        decision, entry_id = await self._claim(click, held)
        if entry_id is None:
            await self._record_refusal(click, decision, tell)
            return
        known = held if not waited and asyncio.get_running_loop().time() - arrived < FRESH else None
        await self._carry_out(entry_id, click, decision, known, tell)

    async def resume(self, entry: AuditEntry, click: Click, held: frozenset[int], tell: Tell) -> None:
        """Do a click that an earlier process claimed and did not send: plan it again with the member's roles of now."""
        async with self._locks.of(click.guild_id, click.member_id):
            await self._panels.reload_board(click.panel_id)
            former = tuple(entry.payload["planned_add"])
            decision, entry_id = await self._claim(click, held, former)
            if entry_id is not None:
                await self._carry_out(entry_id, click, decision, held, tell)
                return
            payload = facts_of(click, decision.panel, decision.plan, Applied())
            if await settle(entry.id, AuditState.REFUSED, payload, clock.now(), expected=AuditState.QUEUED, released=former):
                self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
                await tell(decision.outcome(Applied()))

    async def _claim(self, click: Click, held: frozenset[int], former: tuple[int, ...] | None = None) -> tuple[Decision, int | None]:
        """Decide and claim, until both are of the same panels. Without a row there is nothing to change.

        `former`, for a click that was claimed before, are the roles it reserved then. Raises AnsweredElsewhere when it has an owner.
        """
        facts = await self._facts(click)
        board = await self._panels.board(click.panel_id)
        looked: frozenset[int] = frozenset()
        full: frozenset[int] = frozenset()
        stale = 0
        while stale < STALE_MAX:
            decision = decide(board, click, held, facts, full, may_wait=self._bot.settings.members_intent)
            if board is not None and not decision.plan.empty:
                claimed = await self._claim_once(click, board, decision, former)
                if claimed.entry_id is not None:
                    return decision, claimed.entry_id
                if claimed.full:
                    unseen = [role for role in board.panel.roles if role.item_id in claimed.full - looked]
                    looked |= claimed.full
                    if not await self._places.make_room(click.guild_id, unseen):
                        full |= claimed.full
                    continue
                owned = AuditEntry.filter(interaction_id=click.interaction_id)
                if await (owned if former is None else owned.exclude(state=AuditState.QUEUED)).exists():
                    raise AnsweredElsewhere
            fresh = await self._panels.reload_board(click.panel_id)
            if decision.plan.empty and (fresh and fresh.versions) == (board and board.versions):
                return decision, None
            board, stale = fresh, stale + 1
        raise UserError(BEING_EDITED)

    async def _claim_once(self, click: Click, board: Board, decision: Decision, former: tuple[int, ...] | None) -> Claimed:
        wish = Claim(
            guild_id=click.guild_id,
            member_id=click.member_id,
            interaction_id=click.interaction_id,
            panel=board.panel,
            linked=board.linked,
            grants=decision.grants,
            holders=await self._places.holders(click.guild_id, decision.grants),
            former=former or (),
        )
        payload = facts_of(click, board.panel, decision.plan, Applied())
        return await claim(wish, payload, click.to_json(), clock.now(), again=former is not None)

    async def _carry_out(self, entry_id: int, click: Click, decision: Decision, known: frozenset[int] | None, tell: Tell) -> None:
        """Apply a claimed plan, show what came of it, and settle its row."""
        if not await AuditEntry.advance(entry_id, AuditState.SENT, expected=AuditState.QUEUED):
            raise AnsweredElsewhere
        panel = decision.panel
        deadline = asyncio.get_running_loop().time() + LAST_WAIT
        target = Target(click.guild_id, click.member_id, f"Role panel: {panel.name if panel else click.panel_id}", deadline)
        applied = await apply(self._bot.rest, target, decision.plan, known)
        at = clock.now()
        self._overlay.note(click.guild_id, click.member_id, applied.added, applied.removed)
        try:
            await tell(decision.outcome(applied, at))
        finally:
            await self._settle(entry_id, click, decision, applied, at)

    async def _settle(self, entry_id: int, click: Click, decision: Decision, applied: Applied, at: datetime) -> None:
        changed = applied.added or applied.removed
        state = AuditState.UNKNOWN if applied.uncertain else AuditState.DONE if changed else AuditState.REFUSED
        await settle(
            entry_id,
            state,
            facts_of(click, decision.panel, decision.plan, applied),
            clock.now(),
            expected=AuditState.SENT,
            since=at,
            added=applied.added,
            removed=applied.removed,
            released=applied.not_added(decision.plan),
        )
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
        if changed:
            changes = RolesChanged(click.guild_id, click.member_id, click.panel_id, applied.added, applied.removed)
            self._bot.dispatch(RolesChanged.NAME, changes)

    async def _facts(self, click: Click) -> GuildFacts:
        guild = await self._bot.guild(click.guild_id)
        if guild is None:
            raise UserError(GUILD_MISSING)
        return guild_facts(guild, click.app_permissions)

    async def _record_refusal(self, click: Click, decision: Decision, tell: Tell) -> None:
        waiting = tuple(refusal.role_id for refusal in decision.plan.refusals if refusal.problem is Problem.WAITS_FOR_SCREENING)
        if waiting and decision.panel:
            await postpone(decision.panel, click.member_id, waiting)
        if decision.plan.refusals:
            await AuditEntry.record_refusal(
                click.guild_id,
                KIND,
                clock.now(),
                member_id=click.member_id,
                panel_id=click.panel_id,
                payload=facts_of(click, decision.panel, decision.plan, Applied()),
                interaction_id=click.interaction_id,
            )
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
        await tell(decision.outcome(Applied()))
