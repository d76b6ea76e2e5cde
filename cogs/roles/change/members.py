"""What this process knows of members that an interaction's payload may not show yet: one change at a time, and the last ones made."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, MutableMapping
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
    """What Discord told this process of its members' roles in the last 5 s, when a click's payload may be older.

    It tells that a payload is not to be believed, and never what is true instead: others change roles, too. Then Discord is asked.
    """

    def __init__(self) -> None:
        # The oldest first. Not a dict: finding its first entry passes all those that were taken out before it.
        self._heard: OrderedDict[tuple[int, int], tuple[datetime, dict[int, bool]]] = OrderedDict()

    def note(self, guild_id: int, member_id: int, added: Iterable[int], removed: Iterable[int]) -> None:
        """Remember a change that Discord just confirmed."""
        self._keep(guild_id, member_id, self._known(guild_id, member_id) | dict.fromkeys(added, True) | dict.fromkeys(removed, False))

    def correct(self, guild_id: int, member_id: int, held: frozenset[int]) -> None:
        """Remember how a look at the member found the roles that were changed."""
        self._keep(guild_id, member_id, {role_id: role_id in held for role_id in self._known(guild_id, member_id)})

    def contradicts(self, guild_id: int, member_id: int, held: frozenset[int]) -> bool:
        """Whether these roles differ from what was heard last: one of the two is out of date."""
        return any((role_id in held) is not holds for role_id, holds in self._known(guild_id, member_id).items())

    def _known(self, guild_id: int, member_id: int) -> dict[int, bool]:
        at, roles = self._heard.get((guild_id, member_id), (clock.now(), {}))
        return roles if at > clock.now() - OVERLAY else {}

    def _keep(self, guild_id: int, member_id: int, roles: dict[int, bool]) -> None:
        self._heard.pop((guild_id, member_id), None)  # the last heard of stands last
        while self._heard and next(iter(self._heard.values()))[0] < clock.now() - OVERLAY:
            self._heard.popitem(last=False)
        if roles:
            self._heard[guild_id, member_id] = clock.now(), roles
