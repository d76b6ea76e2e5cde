"""Discord's rate-limit buckets, as far as its headers tell them (https://docs.discord.com/developers/topics/rate-limits).

Calls of one bucket run side by side until the bucket is used up; the others wait in the order they came.
"""

import asyncio
from collections.abc import Mapping

from discord.http import Route

UNKNOWN_LIMIT = 10  # until the first answer names the limit: the member-role bucket has 10
IDLE_BUCKETS_MAX = 2_000
_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-After")


class RateLimited(Exception):
    """Discord's rate limits would make this call wait `retry_after` seconds, longer than the caller can."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"rate limited for {retry_after:.1f} s")
        self.retry_after = retry_after


class Bucket:
    """One bucket: how many calls are left in the present window, and when the next one begins (the loop's time)."""

    def __init__(self) -> None:
        self.limit = UNKNOWN_LIMIT
        self.remaining = UNKNOWN_LIMIT
        self.reset_at: float | None = None
        self.in_flight = 0
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether forgetting it would lose nothing."""
        over = self.reset_at is None or self.reset_at <= _time()
        return over and not self.in_flight and not self._turn.locked()

    async def enter(self, deadline: float | None) -> None:
        """Wait for a place in the window and take it. Raises RateLimited when that would pass `deadline`."""
        async with self._turn:
            while not self._free():
                self._changed.clear()
                wait = None if self.reset_at is None else self.reset_at - _time()
                if wait is not None and deadline is not None and _time() + wait > deadline:
                    raise RateLimited(wait)
                try:
                    await asyncio.wait_for(self._changed.wait(), wait)
                except TimeoutError:
                    continue
            self.remaining -= 1
            self.in_flight += 1

    def leave(self, headers: Mapping[str, str] | None) -> None:
        """Give back a place whose call has ended; `headers` of its answer, None when none came."""
        self.in_flight -= 1
        if headers and all(name in headers for name in _HEADERS):
            limit, remaining, reset_after = (float(headers[name]) for name in _HEADERS)
            self._learn(int(limit), int(remaining), reset_after)
        elif self.reset_at is None:
            self.remaining = min(self.remaining + 1, self.limit)
        self._changed.set()

    def pause(self, seconds: float) -> None:
        """Send nothing more for so long: Discord answered 429."""
        self.remaining = 0
        self.reset_at = max(self.reset_at or 0.0, _time() + seconds)
        self._changed.set()

    def _learn(self, limit: int, remaining: int, reset_after: float) -> None:
        reset_at = _time() + reset_after
        new_window = self.reset_at is None or reset_at > self.reset_at + 0.5 or self.reset_at <= _time()
        self.limit = limit
        if new_window:
            # Calls still under way may not be counted in this answer yet.
            self.remaining = max(0, remaining - self.in_flight)
            self.reset_at = reset_at
        else:
            self.remaining = min(self.remaining, remaining)

    def _free(self) -> bool:
        if self.reset_at is not None and self.reset_at <= _time():
            self.remaining, self.reset_at = self.limit, None
        return self.remaining > 0


class Buckets:
    """All buckets, found by route and major parameter, then by the hash that Discord names in its answers."""

    def __init__(self) -> None:
        self._by_route: dict[tuple[str, str], Bucket] = {}
        self._by_hash: dict[tuple[str, str], Bucket] = {}
        self._everything_from = 0.0

    async def enter(self, route: Route, authorized: bool, deadline: float | None) -> Bucket:
        """Wait until this call may be sent. Raises RateLimited when that would pass `deadline`."""
        while authorized and (wait := self._everything_from - _time()) > 0:
            if deadline is not None and _time() + wait > deadline:
                raise RateLimited(wait)
            await asyncio.sleep(wait)
        key = _key(route)
        bucket = self._by_route.get(key)
        if bucket is None:
            self._forget_idle()
            bucket = self._by_route[key] = Bucket()
        await bucket.enter(deadline)
        return bucket

    def learn(self, route: Route, authorized: bool, bucket: Bucket, headers: Mapping[str, str]) -> Bucket:
        """Take in what an answer says of its bucket; routes that share a hash share the bucket from then on."""
        bucket.leave(headers)
        name = headers.get("X-RateLimit-Bucket")
        if not name or not authorized:
            return bucket
        shared = self._by_hash.setdefault((name, _key(route)[1]), bucket)
        self._by_route[_key(route)] = shared
        return shared

    def pause(self, bucket: Bucket, seconds: float, everything: bool) -> None:
        """Obey a 429: of this bucket, or of everything that counts towards the global limit."""
        if everything:
            self._everything_from = max(self._everything_from, _time() + seconds)
        else:
            bucket.pause(seconds)

    def _forget_idle(self) -> None:
        if len(self._by_route) > IDLE_BUCKETS_MAX:
            self._by_route = {key: bucket for key, bucket in self._by_route.items() if not bucket.idle}
            kept = set(map(id, self._by_route.values()))
            self._by_hash = {key: bucket for key, bucket in self._by_hash.items() if id(bucket) in kept}


def _key(route: Route) -> tuple[str, str]:
    return (f"{route.method} {route.path}", f"{route.channel_id}:{route.guild_id}:{route.webhook_id}:{route.webhook_token}")


def _time() -> float:
    return asyncio.get_running_loop().time()
