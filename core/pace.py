"""The pace of what the bot looks up at Discord unasked, so that it never adds up to a storm of requests."""

import asyncio
from collections.abc import Callable

SECONDS = 1.0  # between two background requests of the whole bot, however many processes it has


class Pace:
    """Hands out turns for background requests, one after another, in the order they were asked for.

    `share` is the part of the bot's shards that this process holds: it takes as large a part of the turns.
    """

    def __init__(self, share: Callable[[], float]) -> None:
        self._share = share
        self._lock = asyncio.Lock()
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until one background request may be sent."""
        loop = asyncio.get_running_loop()
        async with self._lock:
            await asyncio.sleep(self._next - loop.time())
            self._next = loop.time() + SECONDS / self._share()
