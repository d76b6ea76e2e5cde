"""Rate limits: buckets by route and major parameter, the global limit, and the ban for invalid requests.

The rules: https://docs.discord.com/developers/topics/rate-limits. Discord publishes no numbers for routes; those here were
observed. Every window is fixed: it opens with its first request and empties all at once.
"""

import hashlib
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from sandbox.clock import Clock
from sandbox.rest.router import Route

Scope = Literal["user", "shared", "global"]

GLOBAL_LIMIT = 50  # requests a second for one bot
INVALID_LIMIT = 10_000  # answers of 401, 403 and 429 …
INVALID_WINDOW = 600.0  # … in ten minutes
BAN_SECONDS = 3600.0
MAJOR = ("guild_id", "channel_id", "webhook_id", "application_id", "interaction_id", "token")


@dataclass(frozen=True)
class Limit:
    """`requests` in `seconds` for each value of the major parameter; routes that name the same `bucket` share it."""

    bucket: str
    requests: int
    seconds: float


_MEMBER_ROLE = Limit("member-roles", 10, 10)
LIMITS: dict[tuple[str, str], Limit] = {
    ("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"): _MEMBER_ROLE,
    ("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"): _MEMBER_ROLE,
    ("PATCH", "/guilds/{guild_id}/members/{user_id}"): Limit("member-edit", 10, 10),
    ("GET", "/guilds/{guild_id}/members/{user_id}"): Limit("member-get", 5, 1),
    ("GET", "/guilds/{guild_id}/members"): Limit("member-list", 10, 10),
    ("GET", "/guilds/{guild_id}/members/search"): Limit("member-search", 10, 10),
    ("POST", "/channels/{channel_id}/messages"): Limit("message-create", 5, 5),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): Limit("message-edit", 5, 5),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): Limit("message-delete", 5, 1),
    ("GET", "/channels/{channel_id}/messages"): Limit("message-list", 5, 5),
    ("GET", "/channels/{channel_id}/messages/{message_id}"): Limit("message-get", 30, 5),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): Limit("reaction", 1, 0.25),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): Limit("reaction", 1, 0.25),
    ("POST", "/channels/{channel_id}/typing"): Limit("typing", 5, 5),
    ("POST", "/guilds/{guild_id}/roles"): Limit("role-create", 250, 172_800),
    ("PATCH", "/guilds/{guild_id}/roles/{role_id}"): Limit("role-edit", 1000, 86_400),
    ("POST", "/users/@me/channels"): Limit("dm-create", 10, 600),
    ("GET", "/gateway/bot"): Limit("gateway-bot", 2, 5),
    ("POST", "/webhooks/{application_id}/{token}"): Limit("webhook", 5, 2),
    ("PATCH", "/webhooks/{application_id}/{token}/messages/@original"): Limit("webhook-edit", 5, 2),
    ("PATCH", "/webhooks/{application_id}/{token}/messages/{message_id}"): Limit("webhook-edit", 5, 2),
}
UNMETERED = {("POST", "/interactions/{interaction_id}/{token}/callback"), ("GET", "/gateway")}


@dataclass
class Window:
    """A window that has opened: `used` of `limit` requests until `ends` (Unix seconds of the clock)."""

    ends: float
    limit: int
    used: int = 0


@dataclass
class Verdict:
    """What the limits say to one request: the headers of its answer and, when it is refused, for how long and by which scope."""

    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    scope: Scope = "user"


def is_invalid(status: int, *, shared: bool) -> bool:
    """Whether an answer counts towards the ban; a shared 429 is nobody's fault."""
    return status in (401, 403, 429) and not shared


class RateLimits:
    """Counts requests. Switch `enabled` off for a test that means something else; `overrides` replaces limits by (method, route)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str, str], Window] = {}
        self._global: dict[str, Window] = {}
        self._invalid: dict[str, deque[float]] = {}
        self._banned: dict[str, float] = {}
        self.enabled = True
        self.overrides: dict[tuple[str, str], Limit] = {}

    def take(self, who: str, route: Route, params: dict[str, str]) -> Verdict:
        """Count one request of `who` (a bot or an address) and judge it."""
        if not self.enabled:
            return Verdict()
        now = self._clock.now()
        if not route.unlimited:
            wait = self._spend_global(who, now)
            if wait is not None:
                return Verdict({"X-RateLimit-Global": "true"}, wait, "global")
        key = (route.method, route.template)
        if key in UNMETERED and key not in self.overrides:
            return Verdict()
        limit = self.overrides.get(key) or LIMITS.get(key) or Limit(f"{route.method} {route.template}", 10, 5)
        return self._spend(who, limit, params, now)

    def count_answer(self, address: str, status: int, shared: bool) -> None:
        """Count an answer of 401, 403 or 429 (a shared 429 is nobody's fault) towards the ban."""
        if not is_invalid(status, shared=shared):
            return
        now = self._clock.now()
        recent = self._invalid.setdefault(address, deque())
        recent.append(now)
        while recent and recent[0] <= now - INVALID_WINDOW:
            recent.popleft()
        if len(recent) >= INVALID_LIMIT:
            self._banned[address] = now + BAN_SECONDS

    def invalid_count(self, address: str = "127.0.0.1") -> int:
        """How many invalid requests the address made in the last ten minutes."""
        return sum(1 for at in self._invalid.get(address, ()) if at > self._clock.now() - INVALID_WINDOW)

    def banned_for(self, address: str) -> float | None:
        """Seconds for which the address stays banned, None when it is not."""
        left = self._banned.get(address, 0.0) - self._clock.now()
        return left if left > 0 else None

    def windows(self) -> dict[tuple[str, str, str], Window]:
        """The windows that are open now, by who asks, bucket and major parameter; the global ones in the bucket "global"."""
        now = self._clock.now()
        every = {**self._windows, **{(who, "global", ""): window for who, window in self._global.items()}}
        return {key: window for key, window in every.items() if window.ends > now}

    def reset(self) -> None:
        """Forget all windows, counts and bans."""
        for store in (self._windows, self._global, self._invalid, self._banned):
            store.clear()

    def _spend_global(self, who: str, now: float) -> float | None:
        window = self._global.get(who)
        if window is None or window.ends <= now:
            window = self._global[who] = Window(now + 1.0, GLOBAL_LIMIT)
        if window.used >= GLOBAL_LIMIT:
            return window.ends - now
        window.used += 1
        return None

    def _spend(self, who: str, limit: Limit, params: dict[str, str], now: float) -> Verdict:
        major = "/".join(params[name] for name in MAJOR if name in params)
        key = (who, limit.bucket, major)
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            if len(self._windows) > 10_000:
                self._windows = {k: w for k, w in self._windows.items() if w.ends > now}
            window = self._windows[key] = Window(now + limit.seconds, limit.requests)
        refused = window.used >= limit.requests
        window.used += not refused
        left = window.ends - now
        headers = {
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(limit.requests - window.used),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil(left * 1000) / 1000:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(limit.bucket.encode(), usedforsecurity=False).hexdigest(),
        }
        return Verdict(headers, left if refused else None)
