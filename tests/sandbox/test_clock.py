"""The sandbox's clock: order, cancelling, and time that a test moves."""

import asyncio
from collections.abc import Iterator

import pytest

from sandbox.clock import Clock


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


def test_what_became_due_runs_in_order_each_at_its_own_moment(clock: Clock) -> None:
    start, seen = clock.now(), []
    for delay in (30, 10, 20):
        clock.call_later(delay, lambda delay=delay: seen.append((delay, clock.now() - start)))
    clock.advance(60)
    assert [delay for delay, _ in seen] == [10, 20, 30]
    assert all(at == pytest.approx(delay, abs=1) for delay, at in seen)
    assert clock.now() - start == pytest.approx(60, abs=1)


def test_what_a_callback_schedules_runs_in_the_same_advance_if_due(clock: Clock) -> None:
    seen = []

    def again() -> None:
        seen.append(clock.now())
        clock.call_later(10, again)

    clock.call_later(10, again)
    clock.advance(35)
    assert len(seen) == 3


def test_cancelled_before_it_is_due_never_runs(clock: Clock) -> None:
    seen: list[int] = []
    cancel = clock.call_later(10, lambda: seen.append(1))
    cancel()
    cancel()
    clock.advance(20)
    assert seen == []


def test_cancelling_what_ran_leaves_nothing_behind(clock: Clock) -> None:
    before = dict(vars(clock))
    for _ in range(100):
        cancel = clock.call_later(1, lambda: None)
        clock.advance(2)
        cancel()
    kept = [value for name, value in vars(clock).items() if hasattr(value, "__len__") and len(value) != len(before[name])]
    assert kept == []


def test_a_callback_that_fails_keeps_the_others_waiting(clock: Clock) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    seen: list[int] = []
    clock.call_later(1, fail)
    clock.call_later(2, lambda: seen.append(2))
    with pytest.raises(ZeroDivisionError):
        clock.advance(5)
    clock.advance(5)
    assert seen == [2]


async def test_sleep_ends_when_the_clock_is_moved(clock: Clock) -> None:
    sleeping = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)
    clock.advance(3599)
    await asyncio.sleep(0)
    assert not sleeping.done()
    clock.advance(1)
    await sleeping


async def test_the_clock_runs_by_itself_too(clock: Clock) -> None:
    await asyncio.wait_for(clock.sleep(0.01), 5)
