"""What is logged while something is tried."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger


class Log(list[str]):
    """The lines, without time and place, and a way to wait for one."""

    def __init__(self) -> None:
        self._came = asyncio.Event()

    def take(self, message: str) -> None:
        """What loguru calls."""
        self.append(message.rstrip("\n"))
        self._came.set()

    async def until(self, part: str) -> str:
        """The first line that holds `part`, as soon as it is there. Raises TimeoutError."""
        async with asyncio.timeout(30):
            while not (found := [line for line in self if part in line]):
                self._came.clear()
                await self._came.wait()
        return found[0]


@contextmanager
def logged(level: str = "INFO") -> Iterator[Log]:
    """Gather what is logged at this level and above."""
    lines = Log()
    sink = logger.add(lines.take, level=level, format="{message}")
    try:
        yield lines
    finally:
        logger.remove(sink)
