"""Temporary roles: each is taken back when its time is over, once, whoever was running at that moment."""

from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.roles.grants.errands import EXPIRE, PASSING, Errand, Errands, told
from core.calls import RateLimited
from core.facts import guild_facts
from core.i18n import N_
from core.loops import Loop
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten
from domain.late import next_try
from domain.role_safety import Problem, change_problem
from domain.turns import in_turns
from models import AuditEntry, AuditState, Panel, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LOOK_SECONDS = 30.0  # between looks for what no event told
EACH = 10  # ends of one guild, as many as Discord takes at once, then the others' are looked at
AGAIN_SECONDS = 2.0  # the same while something could not be done
LEFTOVER_AGE = timedelta(seconds=5)  # of a change that was not settled; by then whoever was at it has ended or waits


class _End(Enum):
    """What came of trying to end a role: it is over, no more of this role or none of the guild is tried in this round."""

    OVER = 1
    STUCK = 2
    BUSY = 3


class Expiry:
    """The loop: woken by an end that comes sooner than its next look, by a guild's arrival, and now and then."""

    def __init__(self, bot: "RolePanelBot", errands: Errands) -> None:
        self._bot, self._errands = bot, errands
        self.loop = Loop(N_("Taking back temporary roles"), self._look)
        self._started = clock.now()
        self._next_look: datetime | None = None  # None while it looks: what it has read may be older than any news

    def note_end(self, at: datetime) -> None:
        """A role was given that ends at this moment."""
        if self._next_look is None or at < self._next_look:
            self.loop.wake()

    async def _look(self) -> float:
        """Finish what was left behind, and take back what is due; the seconds until the next look."""
        self._next_look = None
        pause = await self._look_once()
        self._next_look = clock.now() + timedelta(seconds=pause)
        return pause

    async def _look_once(self) -> float:
        before = max(self._started, clock.now() - LEFTOVER_AGE)
        left = await self._errands.finish(before, self.loop) if self._bot.slots.alone else False
        pause = await self.end_due()
        return min(pause, AGAIN_SECONDS) if left else pause

    async def end_due(self) -> float:
        """End every role whose time is over in the guilds of this process; the seconds until the next look.

        What cannot be ended now holds up no other: it is tried more and more rarely, and never given up.
        """
        now = clock.now()
        # Who is away holds nothing that could be taken: what was kept for them is over too.
        await RoleGrant.filter(left_at__isnull=False, expires_at__lte=now).delete()
        busy: set[int] = set()
        stuck: set[tuple[int, int]] = set()
        # Each grant is read by itself, so that one that cannot be read holds up no other.
        mine = [guild.id for guild in self._bot.guilds if self._guild(guild.id)]
        aside = [key for key in self.loop.aside() if isinstance(key, int)]
        found = await RoleGrant.ended(mine, now, aside, EACH + 1)
        turns, more = in_turns(found, lambda one: one[1], EACH)
        for row, guild_id, role_id in turns:
            guild = self._guild(guild_id)
            if guild is None or guild_id in busy or (guild_id, role_id) in stuck:
                continue
            with self.loop.item(guild_id, row):
                grant = await RoleGrant.get_or_none(id=row)
                match await self._end(guild, grant) if grant else _End.OVER:
                    case _End.STUCK:
                        stuck.add((guild_id, role_id))
                    case _End.BUSY:
                        busy.add(guild_id)
                    case _End.OVER:
                        pass
        return AGAIN_SECONDS if busy or more else await self._until_next()

    def _guild(self, guild_id: int) -> discord.Guild | None:
        """The guild, if it can be worked in now; its arrival wakes us otherwise."""
        guild = self._bot.get_guild(guild_id)
        return guild if guild and not guild.unavailable and self._bot.serves(guild.id) else None

    async def _end(self, guild: discord.Guild, grant: RoleGrant) -> _End:
        problem = change_problem(guild_facts(guild), grant.role_id)
        if problem is Problem.DELETED:
            await RoleGrant.filter(id=grant.id).delete()
            return _End.OVER
        if problem:
            await self._tell(grant, problem)
            return _End.STUCK
        try:
            applied = await self._errands.take(EXPIRE, grant)
        except (Uncertain, RateLimited, discord.HTTPException) as error:
            logger.info("The end of role {} in guild {} has to wait: {!r}", grant.role_id, grant.guild_id, error)
            failures = grant.failures + 1
            await RoleGrant.filter(id=grant.id).update(failures=failures, retry_at=clock.now() + next_try(failures))
            return _End.BUSY
        problems = {failure.problem for failure in applied.failed} if applied else set[Problem]()
        if problems & PASSING:
            return _End.BUSY
        return _End.STUCK if problems - {Problem.MEMBER_LEFT, Problem.DELETED} else _End.OVER

    async def _tell(self, grant: RoleGrant, problem: Problem) -> None:
        """Record that a role cannot be taken back now; it is tried again for as long as that is so, without a call to Discord."""
        if await told(Errand.of(EXPIRE, grant), clock.now()):
            return
        panel = await Panel.get_or_none(id=grant.panel_id) if grant.panel_id else None
        await AuditEntry.record(
            grant.guild_id,
            EXPIRE,
            clock.now(),
            target_id=grant.user_id,
            panel_id=grant.panel_id,
            payload={"panel_name": panel.name if panel else None, "refused": [{"role_id": grant.role_id, "problem": problem.value}]},
            state=AuditState.REFUSED,
        )
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(grant.guild_id))

    async def _until_next(self) -> float:
        now = clock.now()
        soon = now + timedelta(seconds=LOOK_SECONDS)
        ended = RoleGrant.filter(confirmed=True, expires_at__lte=now)
        coming = RoleGrant.filter(confirmed=True, expires_at__gt=now, expires_at__lte=soon).order_by("expires_at").limit(1)
        again = ended.filter(retry_at__gt=now, retry_at__lte=soon).order_by("retry_at").limit(1)
        moments = [moment for (moment,) in (*await coming.values_list("expires_at"), *await again.values_list("retry_at"))]
        return min([LOOK_SECONDS, *((moment - now).total_seconds() for moment in moments)])
