"""The cog that owns the health server: it listens while the cog is loaded."""

import asyncio
import socket
from asyncio import Server
from typing import TYPE_CHECKING

from aiohttp import web
from loguru import logger

from cogs.health.server import Bounded, make_app
from core.cog import Cog
from core.first_probe import listen

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class HealthCog(Cog, name="health"):
    """Serves the probes on HEALTH_HOST:HEALTH_PORT."""

    def __init__(self, bot: "RolePanelBot") -> None:
        super().__init__(bot)
        self._listener: socket.socket | None = None
        self._server: Server | None = None
        if bot.settings.health_port is not None:
            bot.first_probe.close()  # it has kept the place
            self._listener = listen(bot.settings.health_host, bot.settings.health_port)
            self.spawn(self._serve(self._listener), "health server")

    @property
    def address(self) -> tuple[str, int]:
        """The host and port that are listened on."""
        assert self._listener is not None, "asked for where there is a server"
        return self._listener.getsockname()[:2]

    def cog_unload(self) -> None:
        """Let go of the port at once, so that the next load finds it free; py-cord loads again without a pause."""
        if self._server:
            self._server.close()
        if self._listener:
            self._listener.close()
        super().cog_unload()

    async def _serve(self, listener: socket.socket) -> None:
        # Probes come every few seconds: they are not worth a line in the log.
        runner = web.AppRunner(make_app(self.bot), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        assert runner.server is not None, "set up above"
        try:
            open_ones: set[asyncio.Transport] = set()
            make = runner.server
            self._server = await asyncio.get_running_loop().create_server(lambda: Bounded(make(), open_ones), sock=listener)
            host, port = self.address
            logger.info("Health checks at http://{}:{}/health/ready", f"[{host}]" if ":" in host else host, port)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
