"""The sandbox's own time: real time plus an offset that a test can move."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_SCHEDULER = Path("/proc/thread-self/schedstat")  # https://docs.kernel.org/scheduler/sched-stats.html


def seconds_in_line() -> float:
    """For how long this thread has been ready to run and waited for a processor; 0 where the system does not tell."""
    try:
        return int(_SCHEDULER.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


class Clock:
    """Tells the time in Unix seconds and calls back when a moment comes.

    The clock runs with real time; `advance` moves it further and runs what became due on the way, in order.
    Everything in the sandbox that waits for a deadline (3 s, 15 min, buckets, nonces) waits on this clock.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._order = itertools.count()
        self._due: list[tuple[float, int]] = []
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._wake: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """The present moment, in Unix seconds."""
        return time.time() + self._offset

    def call_at(self, when: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` at `when` (Unix seconds of this clock); the answer cancels it, and does nothing once it ran."""
        key = next(self._order)
        self._callbacks[key] = callback
        heapq.heappush(self._due, (when, key))
        self._schedule()
        return lambda: self._cancel(key)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Run `callback` in `seconds` of this clock; the answer cancels it, and does nothing once it ran."""
        return self.call_at(self.now() + seconds, callback)

    async def sleep(self, seconds: float) -> None:
        """Wait until `seconds` of this clock have passed, whether by themselves or by `advance`."""
        done = asyncio.get_running_loop().create_future()
        cancel = self.call_later(seconds, lambda: None if done.done() else done.set_result(None))
        try:
            await done
        finally:
            cancel()

    def advance(self, seconds: float) -> None:
        """Move the clock forward, stopping at each moment that something waits for, so that it sees its own time."""
        until = self.now() + seconds
        while self._due and self._due[0][0] <= until:
            self._offset += max(0.0, self._due[0][0] - self.now())
            self._run()
        self._offset += max(0.0, until - self.now())
        self._run()

    def close(self) -> None:
        """Forget everything that waits."""
        self._due.clear()
        self._callbacks.clear()
        self._schedule()

    def _cancel(self, key: int) -> None:
        self._callbacks.pop(key, None)
        self._drop_cancelled()

    def _drop_cancelled(self) -> None:
        while self._due and self._due[0][1] not in self._callbacks:
            heapq.heappop(self._due)

    def _run(self) -> None:
        self._drop_cancelled()
        try:
            while self._due and self._due[0][0] <= self.now():
                _, key = heapq.heappop(self._due)
                self._callbacks.pop(key)()
                self._drop_cancelled()
        finally:
            self._schedule()

    def _schedule(self) -> None:
        if self._wake:
            self._wake.cancel()
            self._wake = None
        if self._due:
            with suppress(RuntimeError):  # no running loop: only `advance` moves such a clock
                loop = asyncio.get_running_loop()
                self._wake = loop.call_later(max(0.0, self._due[0][0] - self.now()), self._run)
