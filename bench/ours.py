"""The bot as bot.py starts it, but without its own caps on calls (UNCAPPED=1), or with a watch on its event loop (WATCH=file)."""

import asyncio.events
import os
import sys
import time
from pathlib import Path

import bot
import core.calls


def uncap() -> None:
    """Lift the caps that keep the bot below Discord's limit of calls: without limits they would be all that is measured."""
    assert core.calls.CALLS
    core.calls.CALLS = 5_000


def watch(file: Path) -> None:
    """Write the CPU time of the longest callback to the file, in seconds, whenever it gets longer."""
    original = asyncio.events.Handle._run
    worst = 0.0

    def run(self: asyncio.Handle) -> None:
        nonlocal worst
        began = time.thread_time()
        original(self)
        if (took := time.thread_time() - began) > worst:
            worst = took
            file.write_text(f"{took} {self!r}")

    asyncio.events.Handle._run = run


if __name__ == "__main__":
    if os.environ.get("UNCAPPED"):
        uncap()
    if name := os.environ.get("WATCH"):
        watch(Path(name))
    sys.exit(bot.main())
