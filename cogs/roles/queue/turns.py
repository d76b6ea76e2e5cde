"""What happens when the turn of those who waited comes: the member is looked at again, and all their wishes become one change."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.roles.change.applier import Applied, Seen, Target, look
from cogs.roles.change.breaker import attempt
from cogs.roles.decision.decision import Click, Decision, Outcome, decide_again, facts_of
from cogs.roles.queue.tools import Tools, wish_of
from core.answer import TooLate
from core.calls import RateLimited
from core.errors import UserError
from core.facts import guild_facts
from core.i18n import N_
from core.rate_limits import Slot
from core.rest import NotServing, Uncertain
from domain import clock
from domain.grants import grants
from domain.late import net_of
from domain.plan import Refusal, RolePlan
from domain.role_safety import GuildFacts, Problem
from models import AuditEntry, AuditState
from models.claim import Waiting, claim_again

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LAST_MOMENT = timedelta(minutes=14, seconds=30)  # of the 15 minutes for which an answer can be edited
PATIENCE = 30.0  # seconds that a change whose turn has come may still wait for a rate limit
STALE_MAX = 3  # times that a panel may turn out to be newer than the one planned with
BEING_EDITED = N_("This panel is being edited right now. Please try again in a moment.")

Tell = Callable[[Outcome], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Part:
    """A claimed click that waits, and what was planned of it then. `clicked_at` is when its token began to live."""

    entry_id: int
    click: Click
    plan: RolePlan
    tell: Tell
    clicked_at: datetime

    @property
    def member(self) -> tuple[int, int]:
        """The guild and the member."""
        return self.click.guild_id, self.click.member_id

    @property
    def expired(self) -> bool:
        """Whether nobody can be told any more what comes of it."""
        return clock.now() - self.clicked_at > LAST_MOMENT


Settle = Callable[[Part, Decision, Applied, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Due:
    """A part whose turn has come: the decision as it is recorded, what of it is left to do, and what failed already."""

    part: Part
    decision: Decision
    plan: RolePlan
    failed: tuple[Refusal, ...] = ()

    def share_of(self, applied: Applied) -> Applied:
        """What of a common change belongs to this part."""
        return Applied(
            added=tuple(role_id for role_id in applied.added if role_id in self.plan.add),
            removed=tuple(role_id for role_id in applied.removed if role_id in self.plan.remove),
            failed=self.failed + tuple(f for f in applied.failed if f.role_id in (*self.plan.add, *self.plan.remove)),
        )


class Turns:
    """Carries out what waited. `settle` writes the record of one click."""

    def __init__(self, bot: "RolePanelBot", tools: Tools, settle: Settle) -> None:
        self._bot, self._settle = bot, settle
        self._panels, self._places = tools.panels, tools.places
        self._overlay, self._breaker = tools.overlay, tools.breaker

    async def carry_out(self, parts: list[Part], slot: Slot) -> None:
        """Make one change of all parts, tell each of them and settle its row. The member's lock is held.

        Raises UserError while the guild is not known, or its panels change all the time; nothing has happened then.
        """
        guild_id, member_id = parts[0].member
        seen, dues = await self._look_again(parts, slot)
        plan = RolePlan(
            add=tuple(role_id for due in dues for role_id in due.plan.add),
            remove=tuple(role_id for due in dues for role_id in due.plan.remove),
        )
        applied = await attempt(self._bot, self._breaker, _target(parts[0].click, dues), plan, seen, slot)
        self._overlay.note(guild_id, member_id, applied.added, applied.removed)
        holds = None if seen is None or applied.uncertain else (seen.role_ids | set(applied.added)) - set(applied.removed)
        at = clock.now()
        ended = dues
        try:
            told = await asyncio.gather(*(_tell(due, due.share_of(applied), holds, at) for due in dues))
            ended = [due for due, ends in zip(dues, told, strict=True) if ends]
        finally:
            # The last first: it is the one that keeps a place which an earlier one had reserved and gave up.
            for due in reversed(ended):
                await self._settle(due.part, due.decision, due.share_of(applied), at)

    async def _look_again(self, parts: list[Part], slot: Slot) -> tuple[Seen | None, list[_Due]]:
        """The member now, None when they cannot be seen, and what is left to do for each part; the rows are `sent` from now on."""
        guild_id, member_id = parts[0].member
        guild = await self._bot.guild(guild_id)
        if guild is None:
            raise UserError(self._bot.absence(guild_id))
        facts = guild_facts(guild)
        seen = await self._present(guild_id, member_id, slot)
        if isinstance(seen, Problem):
            failed = [await self._failed(part, seen, facts) for part in parts]
            return None, [due for due in failed if await _advance(due)]
        self._overlay.correct(guild_id, member_id, seen.role_ids)
        return seen, await self._claim(parts, seen, facts)

    async def _claim(self, parts: list[Part], seen: Seen, facts: GuildFacts) -> list[_Due]:
        """Decide on all parts and claim that, until both are of the same panels; without those that another process took."""
        full: frozenset[int] = frozenset()
        stale = 0
        while stale < STALE_MAX:
            dues = await self._decide(parts, seen, facts, full)
            rows = [await self._row(due) for due in dues if not due.plan.empty]
            claimed, mine = await claim_again(rows, clock.now())
            if claimed.full:
                full |= claimed.full
            elif claimed.stale:
                stale += 1
            else:
                return [due for due in dues if due.part.entry_id in mine or (due.plan.empty and await _advance(due))]
        raise UserError(BEING_EDITED)

    async def _decide(self, parts: list[Part], seen: Seen, facts: GuildFacts, full: frozenset[int]) -> list[_Due]:
        """What is left to do for each part, by all rules as they are now; each on what those before it lead to."""
        found: list[_Due] = []
        after = seen.role_ids
        for part in parts:
            due = await self._failed(part, Problem.EXPIRED, facts) if part.expired else await self._due(part, seen, after, facts, full)
            after = (after | set(due.plan.add)) - set(due.plan.remove)
            found.append(due)
        effective = net_of([due.plan for due in found])
        return [_without_superseded(due, plan) for due, plan in zip(found, effective, strict=True)]

    async def _due(self, part: Part, seen: Seen, after: frozenset[int], facts: GuildFacts, full: frozenset[int]) -> _Due:
        """What is left to do for a part, when those before it lead to `after`."""
        board = await self._panels.reload_board(part.click.guild_id, part.click.panel_id)
        hopeless = self._breaker.hopeless(part.click.guild_id, board.role_ids) if board else {}
        click = replace(part.click, pending=seen.pending)
        decision = decide_again(board, click, part.plan, after, facts, full, hopeless)
        return _Due(part, decision, decision.plan)

    async def _row(self, due: _Due) -> Waiting:
        """The claim of a part, with what it alone changes."""
        click, board = due.part.click, due.decision.board
        assert board is not None, "without its panel nothing is changed"
        made = grants(board.panel, due.plan)
        wish = await wish_of(click, board, made, self._places)
        return Waiting(due.part.entry_id, AuditState.QUEUED, wish, facts_of(click, board.panel, due.plan, Applied()), click.to_json())

    async def _failed(self, part: Part, problem: Problem, facts: GuildFacts) -> _Due:
        failed = tuple(Refusal(role_id, problem) for role_id in (*part.plan.add, *part.plan.remove))
        return _Due(
            part,
            Decision(await self._panels.board(part.click.guild_id, part.click.panel_id), part.plan, frozenset(), facts),
            RolePlan(),
            failed,
        )

    async def _present(self, guild_id: int, member_id: int, slot: Slot) -> Seen | Problem:
        try:
            return await look(self._bot.rest, guild_id, member_id, slot=slot, urgent=True)
        except discord.NotFound:
            return Problem.MEMBER_LEFT
        except (discord.HTTPException, Uncertain, RateLimited) as error:
            logger.info("Member {} could not be looked at: {!r}", member_id, error)
            return Problem.DISCORD_ERROR


async def _advance(due: _Due) -> bool:
    """Mark a row of which nothing is left to do as sent; whether it still was this process's, or everybody's: erased with its guild."""
    payload = facts_of(due.part.click, due.decision.panel, due.plan, Applied())
    mine = await AuditEntry.advance(due.part.entry_id, AuditState.SENT, expected=AuditState.QUEUED, payload=payload)
    return mine or not await AuditEntry.exists(id=due.part.entry_id)


async def _tell(due: _Due, applied: Applied, holds: frozenset[int] | None, at: datetime) -> bool:
    """Whether that ends it; not where another process serves by now, which looks what came of it, and tells."""
    try:
        await due.part.tell(replace(due.decision.outcome(applied, at), holds=holds))
    except TooLate:
        logger.info("Interaction {} could no longer be answered", due.part.click.interaction_id)
    except (discord.HTTPException, Uncertain, RateLimited) as error:
        logger.warning("Interaction {} could not be told what came of it: {!r}", due.part.click.interaction_id, error)
    except NotServing:
        return False
    return True


def _target(click: Click, dues: list[_Due]) -> Target:
    names = dict.fromkeys(due.decision.panel.name for due in dues if due.decision.panel)
    deadline = asyncio.get_running_loop().time() + PATIENCE
    return Target(click.guild_id, click.member_id, f"Role panel: {', '.join(names)}", deadline)


def _without_superseded(due: _Due, plan: RolePlan) -> _Due:
    """The part with only what it alone changes; the rest was taken back, or asked for again, by a later one."""
    kept = {*plan.add, *plan.remove}
    superseded = tuple(Refusal(role_id, Problem.SUPERSEDED) for role_id in (*due.plan.add, *due.plan.remove) if role_id not in kept)
    return replace(due, plan=plan, failed=due.failed + superseded)
