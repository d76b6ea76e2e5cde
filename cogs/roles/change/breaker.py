"""Stops asking Discord for what it keeps refusing: ten thousand refused requests in ten minutes get an address banned.

https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from loguru import logger

from cogs.roles.change.applier import Applied, Seen, Target, apply
from core.rate_limits import Slot
from domain import clock
from domain.events import AuditWritten
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem
from models import AuditEntry

if TYPE_CHECKING:
    from core.bot import RolePanelBot

PAUSED = "roles.paused"
REFUSALS = 5  # of one role, one after another, then its circuit opens
DIFFERENT = 3  # refused changes with no role in common, one after another, then the guild's circuit opens
PROBE = timedelta(minutes=1)  # between two tries while a circuit is open
INNOCENT = timedelta(minutes=10)  # a role that could be changed so recently is not what a list of roles was refused for
GUILDS_MAX = 10_000
HOPELESS = frozenset({Problem.FORBIDDEN, Problem.TWO_FACTOR})


@dataclass(slots=True)
class _Circuit:
    """Open while it has a `next_probe`."""

    problem: Problem
    refusals: int = 0
    next_probe: datetime | None = None


@dataclass(slots=True)
class _Guild:
    """`refused` are the suspects of each refused change since the last one that Discord made."""

    whole: _Circuit | None = None
    roles: dict[int, _Circuit] = field(default_factory=dict)
    refused: set[frozenset[int]] = field(default_factory=set)
    changed: dict[int, datetime] = field(default_factory=dict)


class Breaker:
    """Counts what Discord refused of each role in each guild. A restart forgets it, and costs a few refusals more."""

    def __init__(self) -> None:
        self._guilds: dict[int, _Guild] = {}

    def hopeless(self, guild_id: int, role_ids: Iterable[int]) -> dict[int, Problem]:
        """Those of the roles of which no change is sent now, and why. While a circuit is open, a try is allowed once a minute."""
        guild = self._guilds.get(guild_id)
        if guild is None or not (guild.whole or guild.roles):
            return {}
        found = ((role_id, self._closed(guild, role_id)) for role_id in role_ids)
        return {role_id: problem for role_id, problem in found if problem}

    def sending(self, guild_id: int, role_ids: Iterable[int]) -> None:
        """A change of these roles is sent now: where their circuits are open, it is the try of this minute."""
        guild = self._guilds.get(guild_id)
        for role_id in role_ids if guild else ():
            for circuit in _open(guild, role_id):
                circuit.next_probe = clock.now() + PROBE

    def note(self, guild_id: int, applied: Applied) -> dict[int, Problem]:
        """Take in what came of a change; the roles whose circuits it has just opened, 0 for the whole guild's."""
        now = clock.now()
        changed = (*applied.added, *applied.removed)
        refused = {failure.role_id: failure.problem for failure in applied.failed if failure.problem in HOPELESS}
        if not changed and not refused:
            return {}
        if len(self._guilds) >= GUILDS_MAX:
            self._guilds.clear()
        guild = self._guilds.setdefault(guild_id, _Guild())
        if changed:
            guild.whole = None
            guild.refused.clear()
            for role_id in changed:
                guild.roles.pop(role_id, None)
                guild.changed[role_id] = now
            return {}
        suspects = frozenset(role_id for role_id in refused if guild.changed.get(role_id, now - INNOCENT) <= now - INNOCENT)
        return _blame(guild, {role_id: refused[role_id] for role_id in suspects or refused})

    def _closed(self, guild: _Guild, role_id: int) -> Problem | None:
        """Why nothing of this role is sent now."""
        now = clock.now()
        return next((circuit.problem for circuit in _open(guild, role_id) if circuit.next_probe and now < circuit.next_probe), None)


def _open(guild: _Guild | None, role_id: int) -> Iterator[_Circuit]:
    """The open circuits that a change of this role would pass."""
    for circuit in (guild.whole, guild.roles.get(role_id)) if guild else ():
        if circuit and circuit.next_probe:
            yield circuit


def _blame(guild: _Guild, refused: dict[int, Problem]) -> dict[int, Problem]:
    """Count a refused change against these roles; what it opened."""
    opened: dict[int, Problem] = {}
    guild.refused.add(frozenset(refused))
    for role_id, problem in refused.items():
        circuit = guild.roles.setdefault(role_id, _Circuit(problem))
        circuit.refusals, circuit.problem = circuit.refusals + 1, problem
        if circuit.refusals >= REFUSALS and circuit.next_probe is None and guild.whole is None:
            circuit.next_probe = clock.now() + PROBE
            opened[role_id] = problem
    # A role that was part of every refused change explains them all; a missing two-factor authentication concerns every role.
    everywhere = len(guild.refused) >= DIFFERENT and not frozenset.intersection(*guild.refused)
    if guild.whole is None and (everywhere or Problem.TWO_FACTOR in refused.values()):
        problem = Problem.TWO_FACTOR if Problem.TWO_FACTOR in refused.values() else next(iter(refused.values()))
        guild.whole = _Circuit(problem, next_probe=clock.now() + PROBE)
        return {0: problem}
    return opened


async def attempt(
    bot: "RolePanelBot", breaker: Breaker, target: Target, plan: RolePlan, seen: Seen | None, slot: Slot | None = None
) -> Applied:
    """Apply a plan, and learn of what comes of it. Nothing is sent when one of its circuits has no try left since the plan was made:
    of many who were planned at the same moment one is the try of this minute, and the others are refused as those after them are.
    """
    role_ids = (*plan.add, *plan.remove)
    if hopeless := breaker.hopeless(target.guild_id, role_ids):
        problem = next(iter(hopeless.values()))
        return Applied(failed=tuple(Refusal(role_id, hopeless.get(role_id, problem)) for role_id in role_ids))
    breaker.sending(target.guild_id, role_ids)
    applied = await apply(bot.rest, target, plan, seen, slot)
    await _learn(bot, breaker, target.guild_id, applied)
    return applied


async def _learn(bot: "RolePanelBot", breaker: Breaker, guild_id: int, applied: Applied) -> None:
    """Take in what came of a change; the guild's admins hear once of what Discord keeps refusing."""
    for role_id, problem in breaker.note(guild_id, applied).items():
        logger.warning("Discord keeps refusing changes of role {} in guild {} ({}); one is tried every minute", role_id, guild_id, problem)
        payload = {"failed": [{"role_id": role_id, "problem": problem.value}]}
        await AuditEntry.record(guild_id, PAUSED, clock.now(), payload=payload)
        bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))
