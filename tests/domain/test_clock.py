"""Waiting for a moment of a clock that tests move."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain import clock


@pytest.fixture(autouse=True)
def _real_time() -> Iterator[None]:
    yield
    clock.reset()


async def test_a_clock_that_is_moved_ends_the_wait() -> None:
    waiting = asyncio.create_task(clock.wait(asyncio.Event(), clock.now() + timedelta(hours=1)))
    await asyncio.sleep(0)
    clock.shift(timedelta(hours=1))
    assert await waiting is False


async def test_a_clock_that_is_moved_in_the_moment_in_which_a_wait_ends_disturbs_nobody() -> None:
    """Its time is over, and its task has not run yet."""
    loop, faults = asyncio.get_running_loop(), list[dict[str, Any]]()
    loop.set_exception_handler(lambda _, context: faults.append(context))
    waiting = asyncio.create_task(clock.wait(asyncio.Event(), clock.now()))
    loop.call_soon(clock.shift, timedelta(seconds=1))
    assert await waiting is False
    await asyncio.sleep(0)
    assert not faults
