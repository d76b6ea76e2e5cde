"""The bot's own queue above Discord's rate limits: a line for each guild, and turns between the guilds.

py-cord would wait inside its own lock, out of sight; here a member can be told their place. Only as many changes leave as the guild's
bucket takes; among all calls of the bot they have their turns by `domain.budget`.
"""

import asyncio
from bisect import insort
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from loguru import logger

from cogs.roles.change.applier import change_route
from core.errors import UserError, is_database_away
from core.rate_limits import Slot
from core.rest import Rest
from domain.budget import CALLS, LEAST
from domain.late import net_of
from domain.plan import RolePlan

CALLS_PER_TURN = 2  # who waited is looked at again before the change
PATIENCE = 0.3  # seconds that a change which its guild's limit allows waits for its turn among all calls without a line


class Wish(Protocol):
    """What one click waits for."""

    @property
    def plan(self) -> RolePlan:
        """The changes."""
        ...

    @property
    def member(self) -> tuple[int, int]:
        """The guild and the member."""
        ...


PartT = TypeVar("PartT", bound=Wish)
Lane = tuple[int, bool]  # the guild; whether it is for lists of changes, whose rate limit is not that of single ones


class Turn(NamedTuple):
    """A place in the line, counted from 1, and the seconds until it is expected to come."""

    place: int
    seconds: float


@dataclass(eq=False)
class Job(Generic[PartT]):
    """What one member waits for: the wishes of all their clicks since the first, to be carried out as one.

    `called`: its turn has come. `failed`: something went wrong on the bot's side, and the record in the database is all that is left.
    """

    number: int
    parts: list[PartT]
    called: bool = False
    failed: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def member(self) -> tuple[int, int]:
        """The guild and the member."""
        return self.parts[0].member

    @property
    def lane(self) -> Lane:
        """The line it stands in."""
        return _lane(self.member[0], [part.plan for part in self.parts])


class RoleQueue(Generic[PartT]):
    """Hands out turns. `spawn` runs a line as long as somebody stands in it; `work` carries a job out with the place it was given."""

    def __init__(
        self,
        rest: Rest,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        work: Callable[[Job[PartT], Slot], Awaitable[None]],
    ) -> None:
        self._rest, self._spawn, self._work = rest, spawn, work
        self._numbers = count()
        self._lines: dict[Lane, list[Job[PartT]]] = {}
        self._jobs: dict[tuple[int, int], Job[PartT]] = {}
        self._arriving: Counter[int] = Counter()
        self.running: set[asyncio.Task[None]] = set()

    def job_of(self, guild_id: int, member_id: int) -> Job[PartT] | None:
        """What this member waits for, as long as more can join it."""
        return self._jobs.get((guild_id, member_id))

    def waiting(self) -> list[Job[PartT]]:
        """Those whose turn has not come."""
        return [job for job in self._jobs.values() if not job.called]

    def withdraw(self, guild_id: int) -> list[Job[PartT]]:
        """Take everybody out of a guild's lines whose turn has not come."""
        jobs = [job for job in self.waiting() if job.member[0] == guild_id]
        for job in jobs:
            self._lines[job.lane].remove(job)
            del self._jobs[job.member]
            job.done.set()
        return jobs

    @asynccontextmanager
    async def slot_now(self, guild_id: int, plan: RolePlan) -> AsyncIterator[Slot | None]:
        """A place for this plan if its turn is now, or nearly: its guild's limit has room, and nobody waits there before it."""
        lane = _lane(guild_id, [plan])
        slot = None
        if lane not in self._lines:
            slot = await self._rest.admit_soon(change_route(*lane), asyncio.get_running_loop().time() + PATIENCE)
        async with slot or nullcontext():
            yield slot

    @contextmanager
    def arriving(self, guild_id: int) -> Iterator[None]:
        """Count a click that is about to need a turn, so that those who arrive together do not all expect the same one."""
        self._arriving[guild_id] += 1
        try:
            yield
        finally:
            self._arriving[guild_id] -= 1
            if not self._arriving[guild_id]:
                del self._arriving[guild_id]

    def expected(self, guild_id: int, plan: RolePlan) -> Turn:
        """The turn that an arriving plan would get."""
        lane = _lane(guild_id, [plan])
        return self._turn(lane, len(self._lines.get(lane, ())) + max(self._arriving[guild_id] - 1, 0))

    def turn_of(self, job: Job[PartT]) -> Turn:
        """Where a job stands."""
        line = self._lines.get(job.lane, [])
        return self._turn(job.lane, line.index(job) if job in line else 0)

    def add(self, part: PartT) -> Job[PartT]:
        """Let a part wait; it joins what its member waits for already, at that place."""
        job = self._jobs.get(part.member)
        if job is None:
            job = self._jobs[part.member] = Job(next(self._numbers), [part])
            self._stand_in(job)
        elif job.called:
            job.parts.append(part)
        else:
            self._lines[job.lane].remove(job)
            job.parts.append(part)
            self._stand_in(job)
        return job

    def begin(self, job: Job[PartT]) -> list[PartT]:
        """The parts of a job whose turn has come; from now on nothing joins it. Called with the member's lock held."""
        del self._jobs[job.member]
        return job.parts

    def _stand_in(self, job: Job[PartT]) -> None:
        if job.lane not in self._lines:
            self._lines[job.lane] = []
            self._spawn(self._serve(job.lane), f"role queue of guild {job.member[0]}")
        insort(self._lines[job.lane], job, key=lambda waiting: waiting.number)

    async def _serve(self, lane: Lane) -> None:
        line = self._lines[lane]
        try:
            while line:
                # One guild asks for one turn at a time, so that the guilds take turns.
                async with await self._rest.admit(change_route(*lane)) as slot:
                    if line:
                        self._call(line.pop(0), slot.pass_on())
        finally:
            del self._lines[lane]

    def _call(self, job: Job[PartT], slot: Slot) -> None:
        job.called = True
        task = asyncio.create_task(self._run(job, slot), name=f"role changes of member {job.member[1]}")
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _run(self, job: Job[PartT], slot: Slot) -> None:
        try:
            async with slot:
                await self._work(job, slot)
        except Exception as error:  # noqa: BLE001 - what waited is recorded, and taken up again from there
            job.failed = True
            if isinstance(error, UserError) or is_database_away(error):
                logger.warning("The role changes of member {} have to wait: {!r}", job.member[1], error)
            else:
                logger.opt(exception=error).error("The role changes of member {} failed", job.member[1])
        finally:
            job.done.set()

    def _turn(self, lane: Lane, ahead: int) -> Turn:
        by_bucket = self._rest.outlook(change_route(*lane)).wait(ahead)
        by_share = ahead * CALLS_PER_TURN * len(self._lines) / (CALLS - LEAST)
        return Turn(ahead + 1, max(by_bucket, by_share))


def _lane(guild_id: int, plans: list[RolePlan]) -> Lane:
    return guild_id, sum(len(plan.add) + len(plan.remove) for plan in net_of(plans)) > 1
