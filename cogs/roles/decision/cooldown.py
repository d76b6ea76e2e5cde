"""How fast one member may click: faster than any person with a purpose, slower than a script."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from domain import clock

CLICKS = 20
SPAN = timedelta(seconds=10)
MEMBERS_MAX = 1_000  # who clicked last


class Cooldown:
    """The moments of each member's last clicks."""

    def __init__(self) -> None:
        self._clicks: OrderedDict[tuple[int, int], deque[datetime]] = OrderedDict()

    def until(self, guild_id: int, member_id: int) -> datetime | None:
        """Count a click, if it is not too much; else the moment from which on the member may click again."""
        now = clock.now()
        clicks = self._clicks.setdefault((guild_id, member_id), deque(maxlen=CLICKS))
        self._clicks.move_to_end((guild_id, member_id))
        if len(self._clicks) > MEMBERS_MAX:
            self._clicks.popitem(last=False)
        if len(clicks) == CLICKS and clicks[0] > now - SPAN:
            return clicks[0] + SPAN
        clicks.append(now)
        return None
