"""The driver: acts as a user would in Discord's client, and sees what that user sees."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.driver.actor import Actor
from sandbox.driver.errors import ClientRefusal, InteractionFailed
from sandbox.driver.results import PATIENCE

if TYPE_CHECKING:
    from sandbox.server import Sandbox

__all__ = ["Actor", "ClientRefusal", "Driver", "InteractionFailed"]

T = TypeVar("T")


class Driver:
    """Hands out actors, and waits for what they should see. Knows which messages each user has dismissed and what they uploaded."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self.dismissed: set[tuple[int, int]] = set()
        self.uploads: dict[int, dict[str, Any]] = {}
        self._waiting: set[asyncio.Future[None]] = set()
        sandbox.world.listeners.append(lambda _: self._wake())
        sandbox.traffic.listeners.append(lambda _: self._wake())
        sandbox.interactions.listeners.append(lambda *_: self._wake())
        sandbox.gateway.frame_listeners.append(lambda _: self._wake())
        sandbox.gateway.change_listeners.append(self._wake)

    def actor(self, username: str) -> Actor:
        """The user of this name, looking at the first channel where they can write. Raises LookupError."""
        found = next((user for user in self.sandbox.world.users.values() if user.username == username), None)
        if found is None:
            raise LookupError(f"nobody is called {username!r}")
        return Actor(self.sandbox, found)

    async def until(self, predicate: Callable[[], T | None], timeout: float = PATIENCE, what: str = "") -> T:
        """Wait until `predicate` answers something true and return that; asked again at every event. Raises TimeoutError (real seconds)."""
        try:
            async with asyncio.timeout(timeout):
                while not (result := predicate()):
                    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiting.add(future)
                    try:
                        await future
                    finally:
                        self._waiting.discard(future)
        except TimeoutError:
            raise TimeoutError(f"waited {timeout:g} s in vain {what or 'for ' + getattr(predicate, '__qualname__', 'it')}") from None
        return result

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
