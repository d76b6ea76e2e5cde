"""What this process knows of members that an interaction's payload may not show yet: one change at a time, and the last ones made."""

import asyncio
from collections import deque
from collections.abc import MutableMapping
from datetime import datetime, timedelta

from domain import clock

OVERLAY = timedelta(seconds=5)


class MemberLocks:
    """A lock for each (guild, member), kept only while somebody uses it; in `locks`, which outlives a reload of the cog."""

    def __init__(self, locks: MutableMapping[tuple[int, int], asyncio.Lock]) -> None:
        self._locks = locks

    def of(self, guild_id: int, member_id: int) -> asyncio.Lock:
        """The lock of this member; hold the answer as long as you use it."""
        return self._locks.setdefault((guild_id, member_id), asyncio.Lock())


class Overlay:
    """The changes of the last 5 s, laid over the roles that a click's payload shows."""

    def __init__(self) -> None:
        self._changes: deque[tuple[datetime, int, int, frozenset[int], frozenset[int]]] = deque()

    def note(self, guild_id: int, member_id: int, added: tuple[int, ...], removed: tuple[int, ...]) -> None:
        """Remember a change that Discord just confirmed."""
        self._changes.append((clock.now(), guild_id, member_id, frozenset(added), frozenset(removed)))

    def over(self, guild_id: int, member_id: int, held: frozenset[int]) -> frozenset[int]:
        """The member's roles with what this process changed since laid over them."""
        while self._changes and self._changes[0][0] < clock.now() - OVERLAY:
            self._changes.popleft()
        for _, guild, member, added, removed in self._changes:
            if (guild, member) == (guild_id, member_id):
                held = (held | added) - removed
        return held
