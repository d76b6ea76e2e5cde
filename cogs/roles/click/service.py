"""RoleService: one click from its claims to its settled record. See docs/architecture.md, "One click"."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.roles.change.applier import Applied, Seen, Target, look
from cogs.roles.change.breaker import attempt
from cogs.roles.click.waiting import postpone, waiting_roles
from cogs.roles.decision.cooldown import Cooldown
from cogs.roles.decision.decision import Board, Click, Decision, decide, facts_of, planned
from cogs.roles.decision.refusals import Refusals, Spawn
from cogs.roles.queue.queue import Job, RoleQueue, Turn
from cogs.roles.queue.tools import Tools, wish_of
from cogs.roles.queue.turns import BEING_EDITED, STALE_MAX, Part, Tell, Turns
from core.answer import AnsweredElsewhere
from core.calls import RateLimited
from core.errors import OUTDATED, UserError, is_database_away
from core.facts import guild_facts
from core.i18n import N_
from core.markup import Markup
from core.rate_limits import Slot
from core.rest import NotServing, Uncertain
from domain import clock
from domain.events import AuditWritten, RolesChanged
from domain.plan import Refusal, RolePlan
from domain.role_safety import GuildFacts, Problem
from models import AuditEntry, AuditState
from models.claim import Claimed, claim, settle

if TYPE_CHECKING:
    from core.bot import RolePanelBot

TOKEN_LIFE = timedelta(minutes=15)  # https://docs.discord.com/developers/interactions/receiving-and-responding
LAST_WAIT = 14 * 60.0  # seconds that a role change may wait for rate limits, so that its answer still arrives
SOON = 1.0  # seconds: who is done so soon need not hear of the line
LOOK_PATIENCE = 10.0  # seconds that a click may wait until Discord says which roles its member has
NOT_SEEN = N_("Discord did not say which roles you have right now, so nothing was changed. Please try again in a moment.")
LEFTOVER_WAIT = 90.0  # seconds until what failed on the bot's side is taken up again, at the latest
TOO_FAST = N_("That was a lot of clicks in a short time. You can go on {moment}.")
TOO_LONG = N_(
    "So many members are changing roles in this server right now that it would take too long, so nothing was changed. "
    "Please click again {moment}."
)
TellTurn = Callable[[Turn], Awaitable[None]]


class RoleService:
    """Plans, claims, applies and records clicks. The caller shows the outcome; it is asked to before the record is settled.

    `spawn` runs the lines of those who have to wait.
    """

    def __init__(self, bot: "RolePanelBot", tools: Tools, spawn: Spawn) -> None:
        self._bot = bot
        self._panels, self._places = tools.panels, tools.places
        self._locks, self._overlay, self._breaker = tools.locks, tools.overlay, tools.breaker
        self._cooldown = Cooldown()
        self._refusals = Refusals(bot, spawn)
        self._turns = Turns(bot, tools, self._settle)
        self.queue: RoleQueue[Part] = RoleQueue(bot.rest, spawn, self._take_turn)
        self.active = bot.gate.under_way

    async def seen(self, click: Click, *, arrived: float | None = None, waited: bool = False) -> Seen:
        """The member's roles now: those of the payload, unless it may be older than a change. Then Discord is asked.

        `arrived` is when the payload came (by default: now), `waited` whether others of the member's changes were made since.
        Raises UserError when Discord does not say.
        """
        arrived = asyncio.get_running_loop().time() if arrived is None else arrived
        told = frozenset(click.role_ids or ())
        if not waited and not self._overlay.contradicts(click.guild_id, click.member_id, told):
            return Seen(told, arrived, click.pending)
        try:
            seen = await look(self._bot.rest, click.guild_id, click.member_id, arrived + LOOK_PATIENCE, urgent=True)
        except (discord.HTTPException, Uncertain, RateLimited) as error:
            logger.info("Member {} could not be looked at: {!r}", click.member_id, error)
            raise UserError(NOT_SEEN) from error
        self._overlay.correct(click.guild_id, click.member_id, seen.role_ids)
        return seen

    def expected(self, click: Click, seen: Seen) -> frozenset[int]:
        """The member's roles as if what waits in line were done."""
        held = seen.role_ids
        job = self.queue.job_of(click.guild_id, click.member_id)
        for part in job.parts if job else ():
            held = (held | set(part.plan.add)) - set(part.plan.remove)
        return held

    async def click(self, click: Click, tell: Tell, tell_turn: TellTurn) -> None:
        """Do one click, or let it wait in line and tell the member so with `tell_turn`; `tell` comes when it is done.

        Raises UserError when nothing could even be planned; does nothing when another process owns the click.
        """
        if until := self._cooldown.until(click.guild_id, click.member_id):
            await self._refusals.record(click, None, RolePlan(refusals=(Refusal(0, Problem.TOO_FAST),)))
            raise UserError(TOO_FAST, moment=moment(until))
        arrived = asyncio.get_running_loop().time()
        self.active.add(click.interaction_id)
        job = None
        try:
            lock = self._locks.of(click.guild_id, click.member_id)
            waited = lock.locked()
            async with lock:
                job = await self._click(click, tell, arrived, waited)
        finally:
            if job is None:
                self.active.discard(click.interaction_id)
        if job:
            await self._tell_place(job, tell_turn)

    def take_up(self, entry: AuditEntry, click: Click, tell: Tell) -> None:
        """Do a click that was claimed and not sent, when its turn comes: one that an earlier process left."""
        self.active.add(click.interaction_id)
        self.queue.add(Part(entry.id, click, planned(entry.payload), tell, entry.created_at))

    def leave_line(self) -> None:
        """Let go of those whose turn has not come: a successor takes them up from the database."""
        for job in self.queue.waiting():
            self.active.difference_update(part.click.interaction_id for part in job.parts)

    def withdraw(self, guild_id: int) -> dict[int, Tell]:
        """Take everybody out of a guild's line: how each is told what comes of it, by interaction. These stay active."""
        return {part.click.interaction_id: part.tell for job in self.queue.withdraw(guild_id) for part in job.parts}

    async def _click(self, click: Click, tell: Tell, arrived: float, waited: bool) -> Job[Part] | None:
        board = await self._panels.board(click.guild_id, click.panel_id)
        if board and click.posted and not await self._panels.is_message_of(click.panel_id, click.message_id):
            raise UserError(OUTDATED)
        seen = await self.seen(click, arrived=arrived, waited=waited)
        click = replace(click, pending=seen.pending)
        async with AsyncExitStack() as turn:
            with self.queue.arriving(click.guild_id):
                decision, entry_id, slot = await self._claim(click, self.expected(click, seen), turn)
            if entry_id is None:
                await self._record_refusal(click, replace(decision, held=seen.role_ids), tell)
                return None
            part = Part(entry_id, decision.wish(click), decision.plan, tell, clock.now())
            if slot is not None:
                await self._carry_out(part, decision, seen, slot)
                return None
        return self.queue.add(part)

    async def _tell_place(self, job: Job[Part], tell_turn: TellTurn) -> None:
        """Tell who waits when their turn comes, unless that is now."""
        turn = self.queue.turn_of(job)
        if turn.seconds < SOON:
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON):
                    await job.done.wait()
        if job.failed:
            turn = Turn(1, LEFTOVER_WAIT)
        if job.failed or not job.done.is_set():
            await tell_turn(turn)

    async def _take_turn(self, job: Job[Part], slot: Slot) -> None:
        try:
            async with self._locks.of(*job.member):
                parts = self.queue.begin(job)
                await self._turns.carry_out(parts, slot)
        finally:
            self.active.difference_update(part.click.interaction_id for part in job.parts)

    async def _check_line(self, click: Click, decision: Decision) -> None:
        """Refuse at once what could not be told any more when its turn comes."""
        turn = self.queue.expected(click.guild_id, decision.plan)
        if turn.seconds > LAST_WAIT and not self.queue.job_of(click.guild_id, click.member_id):
            await self._refusals.record(click, decision.panel, RolePlan(refusals=(Refusal(0, Problem.LINE_TOO_LONG),)))
            raise UserError(TOO_LONG, moment=moment(clock.now() + timedelta(seconds=turn.seconds)))

    async def _claim(self, click: Click, held: frozenset[int], turn: AsyncExitStack) -> tuple[Decision, int | None, Slot | None]:
        """Decide and claim, until both are of the same panels. Without a row there is nothing to change.

        Where the turn is now, `turn` holds its slot, and what is claimed counts as sent.

        Raises AnsweredElsewhere when the click has an owner.
        """
        facts = await self._facts(click)
        board = await self._panels.board(click.guild_id, click.panel_id)
        waiting = await waiting_roles(click.guild_id, click.member_id) if click.pending else frozenset[int]()
        looked: frozenset[int] = frozenset()
        full: frozenset[int] = frozenset()
        stale, checked = 0, False
        while stale < STALE_MAX:
            hopeless = self._breaker.hopeless(click.guild_id, board.role_ids) if board else {}
            may_wait = self._bot.settings.members_intent
            decision = decide(board, click, held, facts, full, may_wait=may_wait, waiting=waiting, hopeless=hopeless)
            if board is not None and not decision.plan.empty:
                if not checked:
                    await self._check_line(click, decision)
                    checked = True
                slot, claimed = await self._claim_once(click, board, decision, turn)
                if claimed.entry_id is not None:
                    return decision, claimed.entry_id, slot
                await turn.aclose()
                if claimed.full:
                    unseen = [role for role in board.panel.roles if role.item_id in claimed.full - looked]
                    looked |= claimed.full
                    if not await self._places.make_room(board.panel, unseen):
                        full |= claimed.full
                    continue
                if await AuditEntry.exists(interaction_id=click.interaction_id):
                    raise AnsweredElsewhere
            fresh = await self._panels.reload_board(click.guild_id, click.panel_id)
            if decision.plan.empty and (fresh and fresh.versions) == (board and board.versions):
                return decision, None, None
            board, stale = fresh, stale + 1
        raise UserError(BEING_EDITED)

    async def _slot(self, click: Click, decision: Decision, turn: AsyncExitStack) -> Slot | None:
        """A place for the change if its turn is now, held by `turn`."""
        if self.queue.job_of(click.guild_id, click.member_id):
            return None  # it joins what its member waits for
        slot = await turn.enter_async_context(self.queue.slot_now(click.guild_id, decision.plan))
        if slot is None:
            await turn.aclose()
        return slot

    async def _claim_once(self, click: Click, board: Board, decision: Decision, turn: AsyncExitStack) -> tuple[Slot | None, Claimed]:
        wish = await wish_of(click, board, decision.grants, self._places)
        payload = facts_of(click, board.panel, decision.plan, Applied())
        slot = await self._slot(click, decision, turn)
        state = AuditState.SENT if slot else AuditState.QUEUED
        return slot, await claim(self._bot.database, wish, payload, decision.wish(click).to_json(), clock.now(), state=state)

    async def _carry_out(self, part: Part, decision: Decision, seen: Seen, slot: Slot) -> None:
        """Apply a plan that was claimed as sent, show what came of it, and settle its row."""
        click, panel = part.click, decision.panel
        deadline = asyncio.get_running_loop().time() + LAST_WAIT
        target = Target(click.guild_id, click.member_id, f"Role panel: {panel.name if panel else click.panel_id}", deadline)
        applied = await attempt(self._bot, self._breaker, target, decision.plan, seen, slot)
        at = clock.now()
        self._overlay.note(click.guild_id, click.member_id, applied.added, applied.removed)
        replaced = False
        try:
            await part.tell(decision.outcome(applied, at))
        except NotServing:
            replaced = True
            raise
        finally:
            # After the answer, not beside it: what is settled has no token, and a process that dies between would leave the member untold.
            # So would one that may tell nobody any more; its successor looks what came of it.
            if not replaced:
                await self._settle_or_leave(part, decision, applied, at)

    async def _settle_or_leave(self, part: Part, decision: Decision, applied: Applied, at: datetime) -> None:
        """Settle a click that was told already; without a database it is left to the recovery, and is no failure of the click."""
        try:
            await self._settle(part, decision, applied, at)
        except Exception as error:
            if not is_database_away(error):
                raise
            logger.warning("Interaction {} was done and told; its record waits for the database", part.click.interaction_id)

    async def _settle(self, part: Part, decision: Decision, applied: Applied, at: datetime) -> None:
        click = part.click
        changed = applied.added or applied.removed
        state = AuditState.UNKNOWN if applied.uncertain else AuditState.DONE if changed else AuditState.REFUSED
        settled = await settle(
            self._bot.database,
            part.entry_id,
            state,
            facts_of(click, decision.panel, decision.plan, applied),
            clock.now(),
            expected=AuditState.SENT,
            since=at,
            added=applied.added,
            removed=applied.removed,
            released=applied.not_added(RolePlan(add=(*part.plan.add, *decision.plan.add))),
        )
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
        if changed:
            ends_at = settled.ends_at if settled else None
            changes = RolesChanged(click.guild_id, click.member_id, click.panel_id, applied.added, applied.removed, ends_at)
            self._bot.dispatch(RolesChanged.NAME, changes)

    async def _facts(self, click: Click) -> GuildFacts:
        guild = await self._bot.guild(click.guild_id)
        if guild is None:
            raise UserError(self._bot.absence(click.guild_id))
        return guild_facts(guild)

    async def _record_refusal(self, click: Click, decision: Decision, tell: Tell) -> None:
        if decision.panel and click.pending:
            about = {
                problem: tuple(refusal.role_id for refusal in decision.plan.refusals if refusal.problem is problem)
                for problem in (Problem.WAITS_FOR_SCREENING, Problem.WAITS_NO_LONGER)
            }
            await postpone(decision.panel, click.member_id, *about.values())
        if decision.plan.refusals:
            await self._refusals.record(click, decision.panel, decision.plan)
        await tell(decision.outcome(Applied()))


def moment(at: datetime) -> Markup:
    """A moment as Discord shows it: "in 5 minutes", in the reader's language."""
    return Markup("<t:{}:R>").format(math.ceil(at.timestamp()))
