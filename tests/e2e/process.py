"""bot.py as a process of its own, whose traffic is tapped."""

import asyncio
import os
import signal
import sys

from core.settings import ROOT
from tests.e2e.wire import TAKES_SHARDS, DatabaseProxy, Tap

PATIENCE = 30.0  # seconds


class Bot:
    """bot.py as a process of its own; what it sends to PostgreSQL goes through a proxy that can be cut."""

    def __init__(self, tap: Tap, proxy: DatabaseProxy, process: asyncio.subprocess.Process) -> None:
        self.tap, self.proxy, self.process = tap, proxy, process

    @classmethod
    async def start(cls, url: str, *, waits: bool = False) -> "Bot":
        """Start it, and wait until it looks who serves; with `waits` the network swallows that look, and what follows."""
        tap = Tap()
        proxy = DatabaseProxy(url, tap, TAKES_SHARDS if waits else None)
        environment = {**os.environ, "DATABASE_URL": await proxy.start(), "LOG_LEVEL": "INFO"}
        process = await asyncio.create_subprocess_exec(sys.executable, ROOT / "bot.py", env=environment)
        async with asyncio.timeout(PATIENCE):
            await tap.waits_for_shards.wait()
        return cls(tap, proxy, process)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def aim(self, point: int | None = None) -> None:
        """Begin to count its points, to kill it at one of them."""
        self.tap.aim(self.process.pid, point)

    async def end(self) -> None:
        """Kill it if it still runs, and cut what it left open."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self.proxy.stop()
