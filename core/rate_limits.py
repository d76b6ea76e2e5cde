"""Discord's rate-limit buckets, as far as its headers tell them (https://docs.discord.com/developers/topics/rate-limits).

Calls of one bucket run side by side until the bucket is used up; the others wait in the order they came.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from discord.http import Route

from core.calls import Call, RateLimited

# Until the first answer names the limit: a guess that Discord was seen to hold, low where nothing is known.
UNKNOWN_LIMIT = 5
MEMBER_CHANGE_LIMIT, MEMBER_CHANGE_PERIOD = 10, 10.0  # https://github.com/discord/discord-api-docs/issues/7680
IDLE_BUCKETS_MAX = 2_000
_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-After")
_MEMBER = "/guilds/{guild_id}/members/{user_id}"
_MEMBER_ROLE = _MEMBER + "/roles/{role_id}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a bucket lets through: `free` calls now, and `limit` in every window of `period` seconds, the next one in `opens_in`."""

    free: int
    limit: int
    period: float
    opens_in: float

    def wait(self, ahead: int) -> float:
        """The seconds until a call is sent that has `ahead` others before it."""
        if ahead < self.free:
            return 0.0
        return self.opens_in + (ahead - self.free) // self.limit * self.period


class Bucket:
    """One bucket: how many calls are left in the present window, and when the next one begins (the loop's time)."""

    def __init__(self, limit: int = UNKNOWN_LIMIT, period: float = 1.0) -> None:
        self.limit = limit
        self.period = period
        self.remaining = limit
        self.reset_at: float | None = None
        self.in_flight = 0
        self.refusals = 0  # answers of 429, one after another
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether forgetting it would lose nothing."""
        over = self.reset_at is None or self.reset_at <= _time()
        return over and not self.in_flight and not self._turn.locked()

    @property
    def outlook(self) -> Outlook:
        """What it lets through from now on, as far as is known."""
        free = self.remaining if self._free() else 0
        opens_in = self.period if self.reset_at is None else self.reset_at - _time()
        return Outlook(free, max(self.limit, 1), self.period, opens_in)

    async def enter(self, deadline: float | None) -> None:
        """Wait for a place in the window and take it. Raises RateLimited when that would pass `deadline`."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            raise RateLimited(self.outlook.opens_in) from None
        try:
            while not self._free():
                self._changed.clear()
                wait = None if self.reset_at is None else self.reset_at - _time()
                if wait is not None and deadline is not None and _time() + wait > deadline:
                    raise RateLimited(wait)
                try:
                    await asyncio.wait_for(self._changed.wait(), wait)
                except TimeoutError:
                    continue
            self._take()
        finally:
            self._turn.release()

    def try_enter(self) -> bool:
        """Take a place if there is one now and nobody waits."""
        if self._turn.locked() or not self._free():
            return False
        self._take()
        return True

    def leave(self, headers: Mapping[str, str] | None) -> None:
        """Give back a place whose call has ended; `headers` of its answer, None when none came."""
        self.in_flight -= 1
        if headers and all(name in headers for name in _HEADERS):
            limit, remaining, reset_after = (float(headers[name]) for name in _HEADERS)
            self._learn(int(limit), int(remaining), reset_after)
        elif self.reset_at is None:
            self.remaining = min(self.remaining + 1, self.limit)
        self._changed.set()

    def give_back(self) -> None:
        """Give back a place for which no call was sent."""
        self.in_flight -= 1
        self.remaining = min(self.remaining + 1, self.limit)
        self._changed.set()

    def pause(self, seconds: float) -> None:
        """Send nothing more for so long: Discord answered 429."""
        self.remaining = 0
        self.reset_at = max(self.reset_at or 0.0, _time() + seconds)
        self._changed.set()

    def _take(self) -> None:
        self.remaining -= 1
        self.in_flight += 1

    def _learn(self, limit: int, remaining: int, reset_after: float) -> None:
        reset_at = _time() + reset_after
        new_window = self.reset_at is None or reset_at > self.reset_at + 0.5 or self.reset_at <= _time()
        # A window is as long as the longest rest of it that was seen, until its limit changes.
        self.period = max(self.period, reset_after) if limit == self.limit else reset_after
        self.limit = limit
        if new_window:
            # Calls still under way may not be counted in this answer yet.
            self.remaining = max(0, remaining - self.in_flight)
            self.reset_at = reset_at
        else:
            self.remaining = min(self.remaining, remaining)

    def _free(self) -> bool:
        if self.reset_at is not None and self.reset_at <= _time():
            # Calls under way from before may be counted in the new window.
            self.remaining, self.reset_at = max(0, self.limit - self.in_flight), None
        return self.remaining > 0


class Slot:
    """A call's place in the window of a bucket, and among all calls of the second where `call` says so.

    The end of its `async with` gives both back, unless a call was sent with it. `call` may be used for another call before.
    """

    def __init__(self, bucket: Bucket, call: Call | None = None) -> None:
        self._bucket: Bucket | None = bucket
        self.call = call

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        if self._bucket is not None:
            self.use().give_back()
            if self.call:
                self.call.give_back()

    def is_of(self, bucket: Bucket) -> bool:
        """Whether it is an unused place in this bucket."""
        return self._bucket is bucket

    def use(self) -> Bucket:
        """Take the place for a call; from now on it ends with `Bucket.leave`."""
        bucket, self._bucket = self._bucket, None
        assert bucket is not None, "a place is used once"
        return bucket

    def pass_on(self, call: Call | None = None) -> "Slot":
        """The place as somebody else's, who has to open an `async with` of their own; with this place among all calls, too."""
        return Slot(self.use(), call or self.call)


class Buckets:
    """All buckets, found by route and major parameter, then by the hash that Discord names in its answers."""

    def __init__(self) -> None:
        self._by_route: dict[tuple[str, str], Bucket] = {}
        self._by_hash: dict[tuple[str, str], Bucket] = {}
        self._everything_from = 0.0

    async def enter(self, route: Route, authorized: bool, deadline: float | None) -> Slot:
        """Wait until this call may be sent. Raises RateLimited when that would pass `deadline`."""
        while authorized and (wait := self._everything_from - _time()) > 0:
            if deadline is not None and _time() + wait > deadline:
                raise RateLimited(wait)
            await asyncio.sleep(wait)
        bucket = self.of(route)
        await bucket.enter(deadline)
        return Slot(bucket)

    def try_enter(self, route: Route) -> Slot | None:
        """A place in this call's bucket, if there is one now and nobody waits."""
        bucket = self.of(route)
        return Slot(bucket) if self._everything_from <= _time() and bucket.try_enter() else None

    def of(self, route: Route) -> Bucket:
        """The bucket that this call counts in, as far as is known."""
        key = _key(route)
        bucket = self._by_route.get(key)
        if bucket is None:
            self._forget_idle()
            bucket = Bucket(MEMBER_CHANGE_LIMIT, MEMBER_CHANGE_PERIOD) if is_member_change(route) else Bucket()
            self._by_route[key] = bucket
        return bucket

    def learn(self, route: Route, authorized: bool, bucket: Bucket, headers: Mapping[str, str] | None) -> Bucket:
        """Give a call's place back, with what its answer (None: it got none) says of the bucket; routes that share a hash share it then."""
        bucket.leave(headers)
        name = headers.get("X-RateLimit-Bucket") if headers else None
        if not name or not authorized:
            return bucket
        shared = self._by_hash.setdefault((name, _key(route)[1]), bucket)
        self._by_route[_key(route)] = shared
        return shared

    def pause(self, bucket: Bucket, authorized: bool, seconds: float, everything: bool) -> None:
        """Obey a 429: of this bucket, or of everything that counts towards the global limit, which answers to interactions do not."""
        if everything:
            self._everything_from = max(self._everything_from, _time() + seconds)
        if not (everything and authorized):
            bucket.pause(seconds)

    def _forget_idle(self) -> None:
        if len(self._by_route) > IDLE_BUCKETS_MAX:
            self._by_route = {key: bucket for key, bucket in self._by_route.items() if not bucket.idle}
            kept = set(map(id, self._by_route.values()))
            self._by_hash = {key: bucket for key, bucket in self._by_hash.items() if id(bucket) in kept}


def is_member_change(route: Route) -> bool:
    """Whether a call changes the roles of a member."""
    return route.path in (_MEMBER, _MEMBER_ROLE) and route.method != "GET"


def _key(route: Route) -> tuple[str, str]:
    if route.path.startswith("/interactions/"):
        return (route.path, route.url)  # first answers have no limit that they share
    # Giving and taking a role count together, which must be known before the first answers tell.
    method = "PUT" if route.path == _MEMBER_ROLE else route.method
    return (f"{method} {route.path}", f"{route.channel_id}:{route.guild_id}:{route.webhook_id}:{route.webhook_token}")


def _time() -> float:
    return asyncio.get_running_loop().time()
