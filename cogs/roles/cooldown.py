"""How fast one member may click: faster than any person with a purpose, slower than a script."""

from collections import deque
from datetime import datetime, timedelta

from domain import clock

CLICKS = 20
SPAN = timedelta(seconds=10)
MEMBERS_MAX = 10_000


class Cooldown:
    """The moments of each member's last clicks."""

    def __init__(self) -> None:
        self._clicks: dict[tuple[int, int], deque[datetime]] = {}

    def until(self, guild_id: int, member_id: int) -> datetime | None:
        """Count a click, if it is not too much; else the moment from which on the member may click again."""
        now = clock.now()
        if len(self._clicks) >= MEMBERS_MAX:
            self._clicks = {member: clicks for member, clicks in self._clicks.items() if clicks[-1] > now - SPAN}
        clicks = self._clicks.setdefault((guild_id, member_id), deque(maxlen=CLICKS))
        if len(clicks) == CLICKS and clicks[0] > now - SPAN:
            return clicks[0] + SPAN
        clicks.append(now)
        return None
