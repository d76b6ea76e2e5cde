"""The cog that owns the health server: it listens while the cog is loaded."""

import asyncio
import os
import socket
from asyncio import Server
from typing import TYPE_CHECKING

from aiohttp import web
from loguru import logger

from cogs.health.server import Bounded, make_app
from core.cog import Cog
from core.errors import ExpectedStop

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class HealthCog(Cog, name="health"):
    """Serves the probes on HEALTH_HOST:HEALTH_PORT."""

    def __init__(self, bot: "RolePanelBot") -> None:
        super().__init__(bot)
        self._listener = _listen(bot.settings.health_host, bot.settings.health_port)
        self._server: Server | None = None
        self.spawn(self._serve(), "health server")

    @property
    def address(self) -> tuple[str, int]:
        """The host and port that are listened on."""
        return self._listener.getsockname()[:2]

    def cog_unload(self) -> None:
        """Let go of the port at once, so that the next load finds it free; py-cord loads again without a pause."""
        if self._server:
            self._server.close()
        self._listener.close()
        super().cog_unload()

    async def _serve(self) -> None:
        # Probes come every few seconds: they are not worth a line in the log.
        runner = web.AppRunner(make_app(self.bot), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        assert runner.server is not None, "set up above"
        try:
            open_ones: set[asyncio.Transport] = set()
            make = runner.server
            self._server = await asyncio.get_running_loop().create_server(lambda: Bounded(make(), open_ones), sock=self._listener)
            host, port = self.address
            logger.info("Health checks at http://{}:{}/health/ready", f"[{host}]" if ":" in host else host, port)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # socket.create_server repeats the address in its own text; getaddrinfo's errors have negative numbers of their own.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ExpectedStop(f"The health server cannot listen on {host}:{port} ({reason}). Set HEALTH_HOST and HEALTH_PORT.") from error
