"""The shard slots: who serves, who waits, and what a process may believe that stood still or was cut off."""

import asyncio
import subprocess
import sys

import asyncpg
import pytest

from core import shards
from core.database import connect
from core.settings import ROOT
from core.shards import ShardSlots
from core.stops import ExpectedStop

TIMES = ("BEAT_SECONDS", "BEAT_TIMEOUT", "DOUBT_SECONDS", "HOLD_SECONDS", "IDLE_SECONDS", "RETRY_SECONDS")
SERVES = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid = $1"
# Ends the sessions that hold a lock, and lets the one who waits for this program stand still for as long as it takes.
STALL = """
import asyncio, sys
from core.database import connect
async def main(url, end, seconds):
    connection = await connect(url)
    if end:
        await connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    await connection.execute("SELECT pg_sleep($1)", seconds)
    await connection.close()
asyncio.run(main(sys.argv[1], sys.argv[2] == "end", float(sys.argv[3])))
"""


async def scalar(url: str, query: str, *values: object) -> object:
    """One value, asked for on a connection of its own."""
    connection: asyncpg.Connection = await connect(url)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


async def holder(url: str) -> object:
    """The server process that holds an advisory lock."""
    return await scalar(url, "SELECT min(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")


async def waiter(url: str) -> None:
    """Return when somebody waits for an advisory lock in PostgreSQL."""
    async with asyncio.timeout(10):
        while not await scalar(url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            pass


def stand_still(url: str, seconds: float, *, end: bool = False) -> None:
    """Block this thread, and with it the loop, for so long; `end`: the server ends the sessions that hold locks meanwhile."""
    subprocess.run([sys.executable, "-c", STALL, url, "end" if end else "", str(seconds)], cwd=ROOT, check=True)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> float:
    """Every time of the slots is a tenth of the real one; the factor."""
    for name in TIMES:
        monkeypatch.setattr(shards, name, getattr(shards, name) / 10)
    return 0.1


async def test_a_standby_takes_over_when_the_first_is_gone(database_url: str) -> None:
    first, second = (ShardSlots(database_url, 1, [0, 1]) for _ in range(2))
    await first.acquire()
    waiting = asyncio.create_task(second.acquire())
    await waiter(database_url)
    assert (second.waits_for, second.held, first.held) == (0, frozenset(), {0, 1})
    await first.release()
    await asyncio.wait_for(waiting, 10)
    assert (second.waits_for, second.held, first.held) == (None, {0, 1}, frozenset())
    assert second.alone
    await second.release()


async def test_a_successor_serves_at_once_and_takes_up_nothing_before_the_predecessor_is_done(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.shards.BEAT_SECONDS", 0.02)
    first, second = (ShardSlots(database_url, 1, [0]) for _ in range(2))
    await first.acquire()
    waiting = asyncio.create_task(second.acquire())
    await waiter(database_url)
    await first.hand_over()
    await asyncio.wait_for(waiting, 10)
    assert (first.held, second.held, second.alone, first.lapsed) == (frozenset(), {0}, False, False)
    await first.release()
    async with asyncio.timeout(10):
        while not second.alone:
            await scalar(database_url, "SELECT 1")
    await second.release()


async def test_whoever_follows_one_that_did_not_end_in_good_order_doubts_for_as_long_as_that_one_may_believe(
    database_url: str, quick: float
) -> None:
    """It finds the locks free, as if nobody had been there."""
    first, second, third = (ShardSlots(database_url, 1, [0, 1]) for _ in range(3))
    await first.acquire()
    assert not first.doubtful, "nobody was there before"
    await first._end_keeper()  # it is cut off, and its session ends without it
    await scalar(database_url, "SELECT pg_terminate_backend($1, 5000)", await holder(database_url))
    assert first.held
    await second.acquire()
    assert (second.waits_for, second.doubtful) == (None, True)
    async with asyncio.timeout(10):
        while second.doubtful:
            await scalar(database_url, "SELECT 1")
    assert second.held
    await first.release()  # says nothing of the locks, which are another's
    await scalar(database_url, "SELECT pg_terminate_backend($1, 5000)", await holder(database_url))
    async with asyncio.timeout(10):
        while second.doubtful:
            await scalar(database_url, "SELECT 1")
    await second.release()
    await third.acquire()
    assert not third.doubtful, "the second one ended in good order"
    await third.release()


async def test_other_shards_and_other_applications_do_not_meet(database_url: str) -> None:
    slots = [ShardSlots(database_url, 1, [0], 2), ShardSlots(database_url, 1, [1], 2), ShardSlots(database_url, 2, [0])]
    for each in slots:
        await asyncio.wait_for(each.acquire(), 10)
    for each in slots:
        await each.release()


async def test_another_count_of_shards_is_refused(database_url: str) -> None:
    first, second = ShardSlots(database_url, 1, [0], 4), ShardSlots(database_url, 1, [5], 8)
    await first.acquire()
    with pytest.raises(ExpectedStop, match="runs with 4 shards, this one with 8"):
        await second.acquire()
    await second.release()
    await first.release()
    third = ShardSlots(database_url, 1, [5], 8)
    await third.acquire()
    await third.release()


async def test_another_count_of_shards_is_refused_beside_a_standby_too(database_url: str) -> None:
    first, standby, other = ShardSlots(database_url, 1, [0], 4), ShardSlots(database_url, 1, [0], 4), ShardSlots(database_url, 1, [0], 8)
    await first.acquire()
    waiting = asyncio.create_task(standby.acquire())
    await waiter(database_url)
    with pytest.raises(ExpectedStop, match="runs with 4 shards, this one with 8"):
        await other.acquire()
    await first.release()
    await asyncio.wait_for(waiting, 10)
    with pytest.raises(ExpectedStop, match="runs with 4 shards, this one with 8"):
        await other.acquire()
    await other.release()
    await standby.release()


async def test_a_cut_connection_is_made_again_and_the_locks_with_it(database_url: str) -> None:
    slots = ShardSlots(database_url, 1, [0])
    await slots.acquire()
    before = await holder(database_url)
    await scalar(database_url, "SELECT pg_terminate_backend($1, 5000)", before)
    async with asyncio.timeout(10):
        while await holder(database_url) in (None, before) or not slots.held:
            pass
    assert not slots.lapsed
    await slots.release()


async def test_it_is_told_when_another_process_was_faster(database_url: str) -> None:
    first, second = (ShardSlots(database_url, 1, [0]) for _ in range(2))
    await first.acquire()
    taken = await holder(database_url)
    waiting = asyncio.create_task(second.acquire())
    await waiter(database_url)
    await scalar(database_url, "SELECT pg_terminate_backend($1, 5000)", taken)
    await asyncio.wait_for(first.lost(), 10)
    await asyncio.wait_for(waiting, 10)
    assert (first.held, first.lapsed, second.held) == (frozenset(), True, {0})
    again = asyncio.create_task(first.acquire())
    await waiter(database_url)
    await second.release()
    await asyncio.wait_for(again, 10)
    assert (first.held, first.lapsed) == ({0}, False)
    await first.release()


async def test_a_frozen_process_is_replaced_and_knows_it_when_it_wakes_up(database_url: str, quick: float) -> None:
    """The server ends the silent session by itself; nobody has to notice anything."""
    slots = ShardSlots(database_url, 1, [0])
    await slots.acquire()
    frozen = await holder(database_url)
    stand_still(database_url, 15 * quick)
    assert (slots.held, slots.lapsed, slots.alone) == (frozenset(), True, False)
    assert await scalar(database_url, "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", frozen) == 0
    await asyncio.wait_for(slots.lost(), 10)
    await slots.release()


@pytest.mark.parametrize("seconds", [3, 6, 12, 26])
async def test_whoever_stood_still_while_the_sessions_were_ended_never_holds_in_vain(
    database_url: str, quick: float, whole: bool, seconds: float
) -> None:
    for _ in range(40 if whole else 1):
        slots = ShardSlots(database_url, 1, [0])
        await slots.acquire()
        stand_still(database_url, seconds * quick, end=True)
        assert not slots.held or seconds < shards.HOLD_SECONDS / quick
        lost = asyncio.create_task(slots.lost())
        async with asyncio.timeout(10):
            # Either it notices and takes them again by itself, or it says that they are lost: an error would be raised here.
            while not lost.done() and not await scalar(database_url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"):
                pass
            if lost.done():
                lost.result()
                await slots.acquire()
            while not slots.held:
                await scalar(database_url, "SELECT 1")
        lost.cancel()
        await slots.release()


async def test_an_error_in_the_keeper_is_told(database_url: str, quick: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends it: nobody goes on believing that the shards are held."""
    slots = ShardSlots(database_url, 1, [0])
    await slots.acquire()
    monkeypatch.setattr(asyncpg.Connection, "is_closed", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(slots.lost(), 10)
    monkeypatch.undo()
    await slots.release()
