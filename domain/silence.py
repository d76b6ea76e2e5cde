"""Whether a shard's silence is too long to be chance, by its own habit.

A session of Discord's gateway can stay connected, acknowledge every heartbeat and bring no interactions any more. Nothing else that comes
proves that they do, so the only measure is how they came before: a silence is too long when it lasts three times as long as the longest
one of late. A shard on which little happens, or whose pauses are long anyway, is not judged. All times are in seconds of one clock.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

FACTOR = 3  # times the longest silence of late
SHORTEST = 60.0  # below which no silence is too long
INTERACTIONS = 30  # that must be known before a silence says anything

DAY = 86_400.0
A_DAY = 24  # fresh sessions
PAUSE = 1800.0  # between two fresh sessions for the same silence, then twice as long each time


@dataclass(slots=True)
class _Part:
    """The silences between the interactions of one part of the time: how many, and the longest."""

    count: int = 0
    longest: float = 0.0


class _Span:
    """The silences of the last one to two times `length`, in two parts, the older of which is dropped when the newer one is full."""

    def __init__(self, length: float, history: float) -> None:
        self._length, self._history = length, history
        self._since = self._began = 0.0
        self._older, self._newer = _Part(), _Part()

    def add(self, at: float, silence: float) -> None:
        if at - self._began >= self._length:
            recent = at - self._began < 2 * self._length
            self._older = self._newer if recent else _Part()
            self._since = self._began if recent else at
            self._began, self._newer = at, _Part()
        self._newer.count += 1
        self._newer.longest = max(self._newer.longest, silence)

    def limit(self, at: float, last: float) -> float | None:
        """The seconds of silence that are too long; None where the habit says nothing."""
        known = self._older.count + self._newer.count
        if known < INTERACTIONS or last - self._since < self._history or at - last > 2 * self._length:
            return None
        limit = max(SHORTEST, FACTOR * max(self._older.longest, self._newer.longest))
        return limit if limit <= self._length else None


class Habit:
    """How interactions come on one shard. Neither its memory nor its work grows with them."""

    def __init__(self) -> None:
        # A day ends with a night, so that whole days are needed to judge by them.
        self._spans = (_Span(3600.0, 600.0), _Span(DAY, DAY))
        self._heard_at: float | None = None
        self._deaf = 0.0  # since then, without a connection
        self._away_at: float | None = None
        self._renewed_at: float | None = None

    @classmethod
    def remembered(cls, times: Iterable[float]) -> "Habit":
        """The habit of a shard on which interactions came at these times, in order, and which has had no connection since the last one."""
        habit = cls()
        for at in times:
            habit.heard(at)
            habit._away_at = at
        return habit

    @property
    def is_empty(self) -> bool:
        """Whether no interaction has come yet."""
        return self._heard_at is None

    def heard(self, at: float) -> None:
        """An interaction came."""
        silence = self._counted(at)
        for span in self._spans:
            span.add(at, silence)
        self._heard_at, self._deaf, self._renewed_at = at, 0.0, None
        if self._away_at is not None:
            self._away_at = at

    def away(self, at: float) -> None:
        """The connection is gone: what cannot come is not missed."""
        if self._away_at is None:
            self._away_at = at

    def back(self, at: float) -> None:
        """The connection is there, in whatever session."""
        if self._away_at is not None:
            self._deaf += max(0.0, at - self._away_at)
            self._away_at = None

    def renewed(self, at: float) -> None:
        """A fresh session was begun because of the silence."""
        self._renewed_at = at

    def silence(self, at: float) -> float:
        """For how many seconds no interaction has come although it could have."""
        if self._heard_at is None:
            return 0.0
        return max(0.0, (self._away_at if self._away_at is not None else at) - self._heard_at - self._deaf)

    def limit(self, at: float) -> float | None:
        """The seconds of silence that are too long to be chance; None where that cannot be told."""
        if self._heard_at is None:
            return None
        last = self._heard_at
        return min((limit for span in self._spans if (limit := span.limit(at, last)) is not None), default=None)

    def too_long(self, at: float) -> bool:
        """Whether the present silence is too long to be chance."""
        limit = self.limit(at)
        return limit is not None and self.silence(at) > limit

    def _counted(self, at: float) -> float:
        """The silence that ends now, as the habit remembers it: one that a fresh session ended at once was trouble, and no habit."""
        if self._renewed_at is not None and at - self._renewed_at <= (self.limit(at) or 0.0):
            return at - self._renewed_at
        return self.silence(at)


class Renewals:
    """How often fresh sessions are begun because of silences, over all shards."""

    def __init__(self) -> None:
        self._made: deque[float] = deque()

    def allowed(self, at: float) -> bool:
        """Whether one more is within a day's number."""
        while self._made and self._made[0] <= at - DAY:
            self._made.popleft()
        return len(self._made) < A_DAY

    def made(self, at: float) -> None:
        """One was begun."""
        self._made.append(at)


def pause_after(renewals: int) -> float:
    """The seconds until the same silence is worth another fresh session after so many."""
    return min(DAY, PAUSE * 2 ** (renewals - 1))
