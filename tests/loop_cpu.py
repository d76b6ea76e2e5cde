"""How long the bot holds the event loop: what it does in one go, everybody in every server waits for."""

import asyncio
import asyncio.events
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from aiohttp import web_protocol

ROOT = Path(__file__).parent.parent
OTHERS = (str(ROOT / "tests"), str(ROOT / "sandbox"), str(ROOT / "bench"), web_protocol.__file__)


@dataclass(slots=True)
class LoopCpu:
    """CPU time in seconds: of each of the bot's callbacks on the loop, and of all threads beside the loop's.

    CPU time, not time: a busy machine makes nothing longer. The sandbox and the test run on the same loop, and are left out.
    """

    threads: float = 0.0
    callbacks: list[tuple[float, str]] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The longest callback."""
        return max((seconds for seconds, _ in self.callbacks), default=0.0)

    @property
    def total(self) -> float:
        """What the bot used in all."""
        return self.threads + sum(seconds for seconds, _ in self.callbacks)

    def __str__(self) -> str:
        longest = sorted(self.callbacks, reverse=True)[:3]
        named = ", ".join(f"{1000 * seconds:.0f} ms in {what}" for seconds, what in longest)
        return f"{self.total:.2f} s of CPU; longest callbacks: {named}"


@contextmanager
def loop_cpu() -> Iterator[LoopCpu]:
    """Measure what the bot does meanwhile. What is in memory before is none of the garbage collector's work meanwhile."""
    found = LoopCpu()
    original = asyncio.events.Handle._run

    def run(self: asyncio.Handle) -> None:
        began = time.thread_time()
        try:
            original(self)
        finally:
            took, (what, is_bot) = time.thread_time() - began, _whose(self)
            if is_bot:
                found.callbacks.append((took, what))

    gc.collect()
    gc.freeze()
    asyncio.events.Handle._run = run
    threads = time.process_time() - time.thread_time()
    try:
        yield found
    finally:
        asyncio.events.Handle._run = original
        found.threads = time.process_time() - time.thread_time() - threads
        gc.unfreeze()


def _whose(handle: asyncio.Handle) -> tuple[str, bool]:
    """What a callback is called, and whether it is the bot's."""
    owner = getattr(handle._callback, "__self__", None)
    if not isinstance(owner, asyncio.Task):
        return type(owner).__name__ if owner is not None else repr(handle), True
    code: CodeType | None = getattr(owner.get_coro(), "cr_code", None)
    return owner.get_name(), code is None or not code.co_filename.startswith(OTHERS)
