"""Stops asking Discord for what it keeps refusing: ten thousand refused requests in ten minutes get an address banned.

https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cogs.roles.applier import Applied
from domain import clock
from domain.role_safety import Problem

REFUSALS = 5  # one after another in a guild, then it opens
PROBE = timedelta(minutes=1)  # between two tries while it is open
GUILDS_MAX = 10_000
HOPELESS = frozenset({Problem.FORBIDDEN, Problem.TWO_FACTOR})


@dataclass(slots=True)
class _Circuit:
    refusals: int = 0
    problem: Problem | None = None
    next_probe: datetime | None = None


class Breaker:
    """Counts what Discord refused in each guild. A restart forgets it, and costs a few refusals more."""

    def __init__(self) -> None:
        self._circuits: dict[int, _Circuit] = {}

    def problem(self, guild_id: int) -> Problem | None:
        """Why nothing is sent in this guild now; None when it may be tried, which while it is open is once a minute."""
        circuit = self._circuits.get(guild_id)
        if circuit is None or circuit.next_probe is None:
            return None
        now = clock.now()
        if now < circuit.next_probe:
            return circuit.problem
        circuit.next_probe = now + PROBE
        return None

    def note(self, guild_id: int, applied: Applied) -> Problem | None:
        """Take in what came of a change; the problem when this has just opened the circuit."""
        if applied.added or applied.removed:
            self._circuits.pop(guild_id, None)
            return None
        problem = next((failure.problem for failure in applied.failed if failure.problem in HOPELESS), None)
        if problem is None:
            return None
        if len(self._circuits) >= GUILDS_MAX:
            self._circuits.clear()
        circuit = self._circuits.setdefault(guild_id, _Circuit())
        circuit.refusals += 1
        circuit.problem = problem
        if circuit.refusals < REFUSALS or circuit.next_probe is not None:
            return None
        circuit.next_probe = clock.now() + PROBE
        return problem
