"""Temporary roles: each is taken back when its time is over, once, whoever was running at that moment."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.roles.applier import Applied
from cogs.roles.errands import EXPIRE, PASSING, Errand, Errands, told
from core.cog import outlasted
from core.facts import guild_facts
from core.rate_limits import RateLimited
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten
from domain.role_safety import Problem, change_problem
from models import AuditEntry, AuditState, Panel, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LOOK_SECONDS = 30.0  # between looks for what no event told
AGAIN_SECONDS = 2.0  # the same while something could not be done
REFUSED_PAUSE = timedelta(minutes=10)  # for a guild where Discord refuses: one probe, then silence
LEFTOVER_AGE = timedelta(seconds=5)  # of a change that was not settled; by then whoever was at it has ended or waits


class Expiry:
    """The loop: woken by role changes, by a guild's arrival, by the next end, and now and then."""

    def __init__(self, bot: "RolePanelBot", errands: Errands) -> None:
        self._bot, self._errands = bot, errands
        self._woken = asyncio.Event()
        self._quiet_until: dict[int, datetime] = {}
        self._started = clock.now()

    def wake(self) -> None:
        """Look for what is due."""
        self._woken.set()

    async def run(self) -> None:
        """Take back what is due, until cancelled."""
        before = self._started
        while True:
            self._woken.clear()
            pause = AGAIN_SECONDS
            with outlasted("temporary roles"):
                left = await self._errands.finish(before) if self._bot.slots.alone else 0
                pause = await self.end_due()
                pause = min(pause, AGAIN_SECONDS) if left else pause
            before = max(self._started, clock.now() - LEFTOVER_AGE)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def end_due(self) -> float:
        """End every role whose time is over in the guilds of this process; the seconds until the next look."""
        now = clock.now()
        # Who is away holds nothing that could be taken: what was kept for them is over too.
        await RoleGrant.filter(left_at__isnull=False, expires_at__lte=now).delete()
        due = await RoleGrant.filter(confirmed=True, expires_at__lte=now).order_by("expires_at", "id")
        waits = False
        busy: set[int] = set()
        for grant in due:
            guild = self._bot.get_guild(grant.guild_id)
            if guild is None or guild.unavailable or not self._bot.serves(grant.guild_id):
                continue  # its arrival wakes us
            if grant.guild_id in busy or self._quiet_until.get(grant.guild_id, now) > now:
                waits = True
            elif not await self._end(guild, grant):
                busy.add(grant.guild_id)
                waits = True
        return AGAIN_SECONDS if waits else await self._until_next()

    async def _end(self, guild: discord.Guild, grant: RoleGrant) -> bool:
        """Whether the guild's next one may be tried."""
        problem = change_problem(guild_facts(guild), grant.role_id)
        if problem is Problem.DELETED:
            await RoleGrant.filter(id=grant.id).delete()
            return True
        if problem:
            await self._tell(grant, problem)
            return True
        try:
            applied = await self._errands.take(EXPIRE, grant)
        except (Uncertain, RateLimited, discord.HTTPException) as error:
            logger.info("The end of role {} in guild {} has to wait: {!r}", grant.role_id, grant.guild_id, error)
            return False
        return self._goes_on(grant.guild_id, applied)

    def _goes_on(self, guild_id: int, applied: Applied | None) -> bool:
        problems = {failure.problem for failure in applied.failed} if applied else set()
        if problems & {Problem.FORBIDDEN, Problem.TWO_FACTOR}:
            self._quiet_until[guild_id] = clock.now() + REFUSED_PAUSE
        return not problems & {Problem.FORBIDDEN, Problem.TWO_FACTOR, *PASSING}

    async def _tell(self, grant: RoleGrant, problem: Problem) -> None:
        """Record that a role cannot be taken back now; it is tried again for as long as that is so, without a call to Discord."""
        if await told(Errand.of(EXPIRE, grant, gives=False), clock.now()):
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
        grant = await RoleGrant.filter(confirmed=True, expires_at__gt=clock.now()).order_by("expires_at").first()
        if grant is None or grant.expires_at is None:
            return LOOK_SECONDS
        return min(LOOK_SECONDS, max(0.0, (grant.expires_at - clock.now()).total_seconds()))
