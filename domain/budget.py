"""Who may send next, of all that want to: at most so many calls in any second, role changes first, guilds in turn.

Changes of members who have just clicked come first, because who waits for long costs a second call, to be looked at again; but no line
of those who wait is passed over for longer than `AT_MOST`.

Discord takes 50 calls in any second of a bot; answers to interactions do not count
(https://docs.discord.com/developers/topics/rate-limits#global-rate-limit). Times are seconds of whichever clock the caller has.
"""

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heapify, heappop, heappush

CALLS = 50  # in any second
LEAST = 3  # of them for all that is no role change, however many role changes wait
ROOM = 8  # that what is no role change leaves free, beyond its least share, for role changes that come all at once
AT_MOST = 30.0  # seconds
UNSURE = 0.25  # seconds by which a call may reach Discord later than others do, at the most
STEP = 0.003  # seconds that are added for clocks and timers
FEW = 200  # answers, of which the quickest is taken for as quick as can be
HELD = 1.0  # seconds for which a turn is kept for who does not send: nobody may hold one while they wait for another


class Kind(Enum):
    """What a call is for: a change of who has just clicked (or a look that it waits for), one that waited, or anything else."""

    FRESH = auto()
    WAITED = auto()
    OTHER = auto()


@dataclass(eq=False, slots=True)
class Ticket:
    """A call's place: waiting, then granted, then sent. From its grant on it counts until `until`."""

    guild: Hashable
    kind: Kind
    granted: bool = False
    sent_at: float | None = None
    until: float = math.inf


class Budget:
    """Hands out the calls of any second. `calls` is how many there are."""

    def __init__(self, calls: int = CALLS) -> None:
        self.calls = calls
        self._counted: list[Ticket] = []
        self._waiting = {kind: _Lines() for kind in Kind}
        self._quickest: dict[Hashable, _Quickest] = {}

    def ask(self, guild: Hashable, kind: Kind, now: float) -> Ticket:
        """Stand in line for a call; `grant` says when it may be sent."""
        ticket = Ticket(guild, kind)
        self._waiting[kind].add(ticket, now)
        return ticket

    def grant(self, now: float) -> list[Ticket]:
        """Those whose turn is now."""
        found: list[Ticket] = []
        while any(self._waiting.values()) and (kind := self._next(now)):
            ticket = self._waiting[kind].pop(now)
            ticket.granted, ticket.until = True, now + HELD
            self._counted.append(ticket)
            found.append(ticket)
        return found

    def look_again_at(self) -> float | None:
        """When the next turn comes if nothing happens before; None when nobody waits."""
        if not any(self._waiting.values()):
            return None
        return min((ticket.until for ticket in self._counted), default=None)

    def withdraw(self, ticket: Ticket) -> None:
        """Take back what was asked for, whether it was granted or not. What was sent stays counted."""
        if ticket.sent_at is not None:
            return
        if ticket.granted:
            ticket.until = -math.inf
        else:
            self._waiting[ticket.kind].remove(ticket)

    def sent(self, ticket: Ticket, now: float) -> None:
        """The call leaves now, which has to be before `until`. It may reach Discord later than a call that follows it."""
        ticket.sent_at, ticket.until = now, now + 1.0 + UNSURE

    def answered(self, ticket: Ticket, route: Hashable, now: float) -> None:
        """Its answer is there: it cannot have been on its way for longer than this took more than the quickest calls of this route do."""
        assert ticket.sent_at is not None, "sent before"
        took = now - ticket.sent_at
        quickest = self._quickest.setdefault(route, _Quickest()).of(took)
        ticket.until = ticket.sent_at + 1.0 + min(max(took - 0.9 * quickest, 0.0) + STEP, UNSURE)

    def used(self, now: float) -> int:
        """How many calls of the last second count at this moment."""
        self._counted = [ticket for ticket in self._counted if ticket.until > now]
        return len(self._counted)

    def _next(self, now: float) -> Kind | None:
        """Of which kind the next call is; None when there is none now."""
        used = len(self._counted)
        if used >= self.calls - ROOM or self._waiting[Kind.OTHER]:
            used = self.used(now)
        if used >= self.calls:
            return None
        if self._waiting[Kind.OTHER]:
            others = sum(ticket.kind is Kind.OTHER for ticket in self._counted)
            if others < min(LEAST, self.calls // 2):
                return Kind.OTHER
        late = self._waiting[Kind.WAITED].since < now - AT_MOST
        for kind in (Kind.WAITED, Kind.FRESH) if late else (Kind.FRESH, Kind.WAITED):
            if self._waiting[kind]:
                return kind
        return Kind.OTHER if used < self.calls - ROOM else None


class _Quickest:
    """What the quickest of the last calls took, at least `FEW` of them; 0 as long as there were fewer.

    Not what calls took on the average: after a while in which all were late, one that is on time would reach Discord too soon.
    """

    def __init__(self) -> None:
        self._before, self._lowest, self._count = 0.0, math.inf, 0

    def of(self, took: float) -> float:
        """The seconds of the quickest, this one included."""
        self._lowest = min(self._lowest, took)
        self._count += 1
        quickest = min(self._before, self._lowest)
        if self._count == FEW:
            self._before, self._lowest, self._count = self._lowest, math.inf, 0
        return quickest


class _Lines:
    """A line for each guild. The heads of all lines take turns by the moment at which they became the head."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, deque[Ticket]] = {}
        self._heads: list[tuple[float, int, Hashable]] = []
        self._number = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def since(self) -> float:
        """When the one whose turn it is became the head of its line."""
        return self._heads[0][0] if self._heads else math.inf

    def add(self, ticket: Ticket, now: float) -> None:
        """Put it at the end of its guild's line."""
        line = self._lines.setdefault(ticket.guild, deque())
        line.append(ticket)
        if len(line) == 1:
            self._lead(ticket.guild, now)

    def pop(self, now: float) -> Ticket:
        """The one whose turn it is."""
        _, _, guild = heappop(self._heads)
        line = self._lines[guild]
        ticket = line.popleft()
        if line:
            self._lead(guild, now)
        else:
            del self._lines[guild]
        return ticket

    def remove(self, ticket: Ticket) -> None:
        """Take one out; who stood behind the head of a line gets its place."""
        line = self._lines[ticket.guild]
        line.remove(ticket)
        if not line:
            del self._lines[ticket.guild]
            self._heads = [head for head in self._heads if head[2] != ticket.guild]
            heapify(self._heads)

    def _lead(self, guild: Hashable, since: float) -> None:
        self._number += 1
        heappush(self._heads, (since, self._number, guild))
