"""The sandbox as one object: the world, its clock, its rules, and the server that offers them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from aiohttp import web

from sandbox import attachments, gateway, webclient
from sandbox.clock import Clock
from sandbox.commands import Commands
from sandbox.driver import Actor, Driver
from sandbox.driver.results import PATIENCE
from sandbox.faults import Faults
from sandbox.gateway import Gateway
from sandbox.interactions import Interactions
from sandbox.ledger import Ledger
from sandbox.ratelimit import RateLimits
from sandbox.rest.body import MAX_REQUEST
from sandbox.rest.pipeline import Pipeline
from sandbox.rest.routes import build_router
from sandbox.traffic import Traffic
from sandbox.world import Channel, Guild, Role, World

T = TypeVar("T")
Named = TypeVar("Named", Role, Channel)


class Sandbox:
    """A local Discord. `start` serves it, `stop` ends it and closes every connection."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults()
        self.ratelimits = RateLimits(world.clock)
        self.traffic = Traffic()
        self.gateway = Gateway(self)
        self.commands = Commands(self)
        self.interactions = Interactions(self)
        self.ledger = Ledger(self)
        self.driver = Driver(self)
        self.router = build_router(self)
        self._host = "127.0.0.1"
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def clock(self) -> Clock:
        """The one source of time."""
        return self.world.clock

    @property
    def url(self) -> str:
        """Where the page is, for example http://127.0.0.1:8090."""
        return f"http://{self._authority()}"

    @property
    def api_url(self) -> str:
        """What a bot is told in place of https://discord.com/api."""
        return f"{self.url}/api"

    @property
    def gateway_url(self) -> str:
        """What GET /gateway answers."""
        return f"ws://{self._authority()}{gateway.PATH}"

    @property
    def resume_gateway_url(self) -> str:
        """Where a client is told to resume: another address, as at Discord."""
        return f"ws://{self._authority()}{gateway.RESUME_PATH}"

    @property
    def guild(self) -> Guild:
        """The first guild."""
        return next(iter(self.world.guilds.values()))

    def role(self, name: str, guild: Guild | None = None) -> Role:
        """A role by its name, in the first guild unless told otherwise. Raises LookupError."""
        return _named((guild or self.guild).roles.values(), name)

    def channel(self, name: str, guild: Guild | None = None) -> Channel:
        """A channel by its name, in the first guild unless told otherwise. Raises LookupError."""
        return _named((guild or self.guild).channels.values(), name)

    def actor(self, username: str) -> Actor:
        """A user to act as, by username. Raises LookupError."""
        return self.driver.actor(username)

    async def until(self, predicate: Callable[[], T | None], timeout: float = PATIENCE, what: str = "") -> T:
        """Wait until `predicate` answers something true and return that; asked again at every event. Raises TimeoutError (real seconds)."""
        return await self.driver.until(predicate, timeout, what)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Begin to serve; port 0 takes a free one. Raises OSError when the port is taken."""
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_route("*", "/api/{path:.*}", Pipeline(self, self.router).__call__)
        gateway.register(app, self)
        attachments.register(app, self)
        webclient.register(app, self)
        runner = self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await self.stop()
            raise
        self._host, self._port = host, runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every connection and forget every timer."""
        self.faults.clear()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        self.clock.close()

    async def __aenter__(self) -> "Sandbox":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _authority(self) -> str:
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host
        return f"[{host}]:{self._port}" if ":" in host else f"{host}:{self._port}"


def _named(items: Iterable[Named], name: str) -> Named:
    found = next((item for item in items if item.name == name), None)
    if found is None:
        raise LookupError(f"nothing in this guild is called {name!r}")
    return found
