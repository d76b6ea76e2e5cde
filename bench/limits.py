"""Discord's rate limits, on or off. Off, the answers still tell of limits, which nobody reaches."""

import time
from collections import deque
from dataclasses import dataclass

GLOBAL = 50  # calls in any second; answers to interactions do not count
MEMBER_CHANGES = (10, 10.0)  # of one guild, https://github.com/discord/discord-api-docs/issues/7680
MESSAGES = (5, 5.0)  # of one channel
FREE = (1_000_000, 10.0)


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class Limits:
    """Counts calls, and says which of them is one too many."""

    def __init__(self, on: bool) -> None:
        self.on = on
        self.refused = 0
        self._windows: dict[str, _Window] = {}
        self._last: deque[float] = deque(maxlen=GLOBAL)

    def spend(self, bucket: str, kind: tuple[int, float]) -> tuple[dict[str, str], float | None, bool]:
        """The headers of a call's answer; if it is refused, the seconds to wait, and whether because of the global limit."""
        now = time.monotonic()
        if self.on and len(self._last) == GLOBAL and now - self._last[0] < 1.0:
            self.refused += 1
            return {"X-RateLimit-Global": "true"}, self._last[0] + 1.0 - now, True
        self._last.append(now)
        most, seconds = kind if self.on else FREE
        window = self._windows.get(bucket)
        if window is None or window.ends <= now:
            window = self._windows[bucket] = _Window(now + seconds)
        too_many = window.used >= most
        window.used += not too_many
        self.refused += too_many
        left = window.ends - now
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(most - window.used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": bucket.split(":")[0],
        }
        return headers, left if too_many else None, False
