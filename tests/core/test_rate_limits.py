"""What the buckets let through, and what they tell of the time until then."""

import asyncio

import pytest
from discord.http import Route

from core.calls import Calls, RateLimited
from core.rate_limits import Bucket, Buckets, Outlook
from domain.budget import Kind


def answered(limit: int, remaining: int, reset_after: float) -> dict[str, str]:
    """The headers of an answer."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": str(reset_after),
    }


@pytest.mark.parametrize(
    ("outlook", "ahead", "seconds"),
    [
        (Outlook(free=10, limit=10, period=10, opens_in=10), 9, 0),
        (Outlook(free=0, limit=10, period=10, opens_in=4), 0, 4),
        (Outlook(free=0, limit=10, period=10, opens_in=4), 9, 4),
        (Outlook(free=0, limit=10, period=10, opens_in=4), 10, 14),
        (Outlook(free=3, limit=10, period=10, opens_in=4), 13, 14),
        (Outlook(free=0, limit=10, period=10, opens_in=4), 779, 774),
    ],
)
def test_how_long_who_stands_in_line_will_wait(outlook: Outlook, ahead: int, seconds: float) -> None:
    assert outlook.wait(ahead) == seconds


async def test_places_are_taken_up_to_the_limit_and_given_back() -> None:
    bucket = Bucket(limit=2)
    assert [bucket.try_enter() for _ in range(3)] == [True, True, False]
    bucket.give_back()
    assert bucket.try_enter()


async def test_a_slot_is_given_back_unless_a_call_used_it() -> None:
    buckets, route = Buckets(), Route("GET", "/users/@me")
    bucket = buckets.of(route)
    with pytest.raises(KeyError):
        async with await buckets.enter(route, True, None):
            assert (bucket.remaining, bucket.in_flight) == (bucket.limit - 1, 1)
            raise KeyError
    assert (bucket.remaining, bucket.in_flight) == (bucket.limit, 0)
    async with await buckets.enter(route, True, None) as slot:
        assert slot.is_of(bucket)
        async with slot.pass_on() as mine:  # somebody else's from now on
            assert not slot.is_of(bucket)
            mine.use()
    assert bucket.in_flight == 1


async def test_nobody_overtakes_who_waits() -> None:
    bucket = Bucket(limit=1)
    assert bucket.try_enter()
    waiting = asyncio.create_task(bucket.enter(None))
    await asyncio.sleep(0)
    assert not bucket.try_enter()
    bucket.leave(None)
    await waiting
    assert not bucket.try_enter()


async def test_what_is_under_way_may_count_in_the_next_window() -> None:
    bucket = Bucket(limit=3)
    assert all(bucket.try_enter() for _ in range(3))
    bucket.leave(answered(3, 2, 60))  # the first answer of a window; two calls are not counted in it yet
    assert not bucket.try_enter()
    assert (bucket.outlook.free, bucket.outlook.limit, bucket.outlook.period) == (0, 3, 60)


async def test_who_cannot_wait_so_long_is_told_at_once() -> None:
    bucket = Bucket(limit=1)
    bucket.pause(60)
    with pytest.raises(RateLimited):
        await bucket.enter(asyncio.get_running_loop().time() + 1)


async def test_giving_and_taking_a_role_count_together_from_the_first_call_on() -> None:
    buckets, path = Buckets(), "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
    put, delete = (Route(method, path, guild_id=1, user_id=2, role_id=3) for method in ("PUT", "DELETE"))
    elsewhere = Route("PUT", path, guild_id=4, user_id=2, role_id=3)
    assert buckets.of(put) is buckets.of(delete) is not buckets.of(elsewhere)


async def test_first_answers_do_not_wait_for_each_other() -> None:
    buckets, path = Buckets(), "/interactions/{interaction_id}/{token}/callback"
    first, second = (Route("POST", path, interaction_id=number, token=f"token {number}") for number in (1, 2))
    assert buckets.of(first) is not buckets.of(second)


async def test_calls_are_handed_out_as_others_come_back() -> None:
    calls = Calls(lambda: 0.02)  # one in any second
    first = await calls.take("a", Kind.FRESH)
    now = asyncio.get_running_loop().time()
    with pytest.raises(RateLimited):
        await calls.take("b", Kind.FRESH, now)
    cancelled = asyncio.create_task(calls.take("c", Kind.FRESH))
    waiting = asyncio.create_task(calls.take("d", Kind.FRESH))
    await asyncio.sleep(0)
    cancelled.cancel()
    first.give_back()
    second = await waiting
    assert cancelled.cancelled()
    second.sent()
    second.answered("a route")
    again = asyncio.create_task(calls.take("e", Kind.FRESH))
    assert (await again).lapsed is False
    assert asyncio.get_running_loop().time() >= now + 1


async def test_a_global_limit_stops_other_calls_and_the_answer_that_met_it() -> None:
    buckets, now = Buckets(), asyncio.get_running_loop().time()
    callback = Route("POST", "/interactions/{interaction_id}/{token}/callback", interaction_id=1, token="a")
    another = Route("POST", "/interactions/{interaction_id}/{token}/callback", interaction_id=2, token="b")
    buckets.pause((await buckets.enter(callback, False, None)).use(), False, 60.0, everything=True)
    for route, authorized in ((callback, False), (Route("GET", "/users/@me"), True)):
        with pytest.raises(RateLimited):
            await buckets.enter(route, authorized, now + 1)
    await buckets.enter(another, False, now + 1)
