"""Keeps the bot far from the ban for invalid requests: ten thousand answers of 401, 403 and 429 in ten minutes ban its address.

https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

from collections import deque
from datetime import datetime, timedelta

from core.calls import RateLimited
from domain import clock

WINDOW = timedelta(minutes=10)
FOR_ALL, FOR_ONE = 1_000, 100  # in that time, of the whole bot and of one guild
GUILDS_MAX = 2_000
STATUSES = frozenset({401, 403, 429})


class HeldBack(RateLimited):
    """Nothing was sent: Discord refused too many calls lately, of this guild or of the whole bot."""


class RefusalBudget:
    """How many refusals there were. A guild that used up its share is held back, and no other; a guild of None is not known."""

    def __init__(self) -> None:
        self._all: deque[datetime] = deque(maxlen=FOR_ALL)
        self._of: dict[int | None, deque[datetime]] = {}

    def note(self, guild_id: int | None) -> None:
        """Count one."""
        now = clock.now()
        if len(self._of) >= GUILDS_MAX:
            self._of = {known: times for known, times in self._of.items() if times[-1] > now - WINDOW}
        self._all.append(now)
        self._of.setdefault(guild_id, deque(maxlen=FOR_ONE)).append(now)

    def held_back(self, guild_id: int | None) -> timedelta | None:
        """For how long nothing is to be sent for this guild; None when there is room."""
        waits = [_wait(times) for times in (self._all, self._of.get(guild_id)) if times]
        return max((wait for wait in waits if wait), default=None)


def _wait(times: deque[datetime]) -> timedelta | None:
    left = times[0] + WINDOW - clock.now()
    return left if len(times) == times.maxlen and left > timedelta() else None
