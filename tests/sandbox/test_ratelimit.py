"""Rate limits, the ban for invalid requests, and injected faults, as a client meets them."""

import asyncio

import aiohttp
import pytest

from sandbox import ratelimit
from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.ratelimit import RateLimits
from sandbox.rest.router import Call, Route
from sandbox.world import Guild, Member
from tests.sandbox.conftest import Rest

ROLE_ROUTE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"


class StillClock(Clock):
    """A clock that only `advance` moves."""

    def now(self) -> float:
        return 1_000_000.0 + self._offset


async def _nothing(call: Call) -> None:
    return None


def route(method: str, template: str, *, unlimited: bool = False) -> Route:
    return Route(method, template, _nothing, unlimited=unlimited)


def test_member_roles_share_one_fixed_window_of_ten_in_a_guild() -> None:
    clock = StillClock()
    limits = RateLimits(clock)
    put, delete = route("PUT", ROLE_ROUTE), route("DELETE", ROLE_ROUTE)
    for used in range(1, 11):
        verdict = limits.take("bot", put if used % 2 else delete, {"guild_id": "1", "user_id": str(used), "role_id": "9"})
        assert verdict.retry_after is None
        assert verdict.headers["X-RateLimit-Remaining"] == str(10 - used)
        clock.advance(0.5)
    refused = limits.take("bot", put, {"guild_id": "1", "user_id": "1", "role_id": "9"})
    assert (refused.retry_after, refused.scope) == (pytest.approx(5.0), "user")
    assert limits.take("bot", put, {"guild_id": "2", "user_id": "1", "role_id": "9"}).retry_after is None
    assert limits.take("other", put, {"guild_id": "1", "user_id": "1", "role_id": "9"}).retry_after is None
    clock.advance(5.0)
    assert limits.take("bot", put, {"guild_id": "1", "user_id": "1", "role_id": "9"}).headers["X-RateLimit-Remaining"] == "9"


def test_the_global_limit_leaves_interactions_alone() -> None:
    clock = StillClock()
    limits = RateLimits(clock)
    for guild in range(ratelimit.GLOBAL_LIMIT):
        assert limits.take("bot", route("GET", "/guilds/{guild_id}"), {"guild_id": str(guild)}).retry_after is None
    refused = limits.take("bot", route("GET", "/guilds/{guild_id}"), {"guild_id": "x"})
    assert (refused.scope, refused.headers) == ("global", {"X-RateLimit-Global": "true"})
    callback = route("POST", "/interactions/{interaction_id}/{token}/callback", unlimited=True)
    assert limits.take("bot", callback, {"interaction_id": "1", "token": "t"}).retry_after is None
    clock.advance(1.0)
    assert limits.take("bot", route("GET", "/guilds/{guild_id}"), {"guild_id": "x"}).retry_after is None


def test_ten_thousand_invalid_requests_in_ten_minutes() -> None:
    clock = StillClock()
    limits = RateLimits(clock)
    for _ in range(ratelimit.INVALID_LIMIT - 1):
        limits.count_answer("here", 403, shared=False)
    limits.count_answer("here", 404, shared=False)
    limits.count_answer("here", 429, shared=True)
    assert limits.banned_for("here") is None
    clock.advance(ratelimit.INVALID_WINDOW)
    limits.count_answer("here", 401, shared=False)
    assert (limits.banned_for("here"), limits.invalid_count("here")) == (None, 1)
    for _ in range(ratelimit.INVALID_LIMIT - 1):
        limits.count_answer("here", 429, shared=False)
    assert limits.banned_for("here") == ratelimit.BAN_SECONDS
    assert limits.banned_for("there") is None


async def test_a_429_as_a_client_sees_it(rest: Rest) -> None:
    rest.sandbox.ratelimits.enabled = True
    path = f"/channels/{rest.sandbox.channel('general').id}/messages"
    for _ in range(5):
        assert (await rest.call("POST", path, {"content": "hi"})).status == 200
    refused = await rest.call("POST", path, {"content": "hi"})
    assert refused.status == 429
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Via"]
    assert refused.body["global"] is False
    assert 0 < refused.body["retry_after"] <= 5
    assert int(refused.headers["Retry-After"]) >= refused.body["retry_after"]
    rest.sandbox.clock.advance(refused.body["retry_after"])
    assert (await rest.call("POST", path, {"content": "hi"})).status == 200


async def test_a_banned_address_gets_html(rest: Rest) -> None:
    for _ in range(ratelimit.INVALID_LIMIT):
        rest.sandbox.ratelimits.count_answer("127.0.0.1", 403, shared=False)
    refused = await rest.call("GET", "/users/@me")
    assert (refused.status, refused.headers.get("Via")) == (429, None)
    assert "1015" in refused.body
    rest.sandbox.clock.advance(ratelimit.BAN_SECONDS)
    assert (await rest.call("GET", "/users/@me")).status == 200


@pytest.mark.parametrize("status", [403, 404, 500, 502, 503])
async def test_an_injected_status_has_no_effect(rest: Rest, guild: Guild, alice: Member, status: int) -> None:
    fault = rest.sandbox.faults.add(Fault("status", "PUT", ROLE_ROUTE, status=status, code=50013, count=1))
    path = f"/guilds/{guild.id}/members/{alice.user_id}/roles/{rest.sandbox.role('Red').id}"
    assert (await rest.call("PUT", path)).status == status
    assert (alice.role_ids, fault.hits) == ([], 1)
    assert (await rest.call("PUT", path)).status == 204
    assert fault.hits == 1


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_an_injected_429(rest: Rest, scope: str) -> None:
    rest.sandbox.faults.add(Fault("status", status=429, retry_after=2.5, scope=scope))  # pyright: ignore[reportArgumentType]
    reply = await rest.call("GET", "/users/@me")
    assert (reply.status, reply.body["retry_after"], reply.body["global"]) == (429, 2.5, scope == "global")
    assert reply.headers["X-RateLimit-Scope"] == scope
    assert rest.sandbox.ratelimits.invalid_count() == (scope != "shared")


@pytest.mark.parametrize(("kind", "effect"), [("drop_before", False), ("drop_after", True)])
async def test_a_cut_connection(rest: Rest, guild: Guild, alice: Member, kind: str, effect: bool) -> None:
    fault = rest.sandbox.faults.add(Fault(kind, "PUT", ROLE_ROUTE))  # pyright: ignore[reportArgumentType]
    red = rest.sandbox.role("Red")
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest.call("PUT", f"/guilds/{guild.id}/members/{alice.user_id}/roles/{red.id}")
    assert (red.id in alice.role_ids) is effect
    # aiohttp's client tries an idempotent request twice by itself
    assert {(x.status, x.fault) for x in rest.sandbox.traffic} == {(0, kind)}
    rest.sandbox.faults.remove(fault)
    assert (await rest.call("GET", "/users/@me")).status == 200


async def test_latency_runs_on_the_sandboxs_clock(rest: Rest) -> None:
    fault = rest.sandbox.faults.add(Fault("latency", path="/users/@me", seconds=3600))
    asking = asyncio.create_task(rest.call("GET", "/users/@me"))
    await fault.struck.wait()
    assert not asking.done()
    rest.sandbox.clock.advance(3600)
    assert (await asking).status == 200


async def test_a_frozen_request_goes_on_when_released(rest: Rest) -> None:
    fault = rest.sandbox.faults.add(Fault("freeze", "GET", "/users/*"))
    asking = asyncio.create_task(rest.call("GET", "/users/@me"))
    await fault.struck.wait()
    assert not asking.done()
    fault.release()
    assert (await asking).status == 200


def test_a_rule_strikes_by_chance_and_count() -> None:
    faults = Faults()
    rule = faults.add(Fault("status", probability=0.5, count=10))
    struck = sum(bool(faults.take("GET", "/x", "/x")) for _ in range(100))
    assert struck == rule.hits == 10
