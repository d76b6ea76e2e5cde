"""A browser window without a browser: it keeps the sections as the page does, and asks for things."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.server import Sandbox

PATIENCE = 30.0
ADDED = ("messages", "gone", "interactions", "exchanges", "frames")


class Refused(Exception):
    """The server did not do what was asked; `kind` is the protocol's."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Browser:
    """One window. `messages` maps ids to messages, `interactions` likewise; other sections are attributes by their names in `sections`."""

    def __init__(self, sandbox: Sandbox, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.sandbox, self.ws = sandbox, ws
        self.snapshots = 0
        self.sections: dict[str, Any] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.interactions: dict[str, dict[str, Any]] = {}
        self.exchanges: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self._ids = itertools.count(1)

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Send a request and return its result. Raises Refused."""
        number = next(self._ids)
        await self.ws.send_json({"id": number, "op": op, **fields})
        while (frame := await self._receive())["type"] != "reply" or frame["id"] != number:
            pass
        if not frame["ok"]:
            raise Refused(**frame["error"])
        return frame["result"]

    async def until(self, predicate: Callable[[], Any]) -> Any:
        """Read on until `predicate` answers something true, and return that."""
        while not (found := predicate()):
            await self._receive()
        return found

    def channel(self, name: str) -> str:
        """The id of a channel that is shown."""
        return next(c["id"] for c in self.guild["channels"] if c["name"] == name)

    @property
    def guild(self) -> dict[str, Any]:
        """The first guild."""
        return self.sections["guilds"][0]

    def member(self, username: str) -> dict[str, Any]:
        """A member of the first guild."""
        return next(m for m in self.guild["members"] if m["user"]["username"] == username)

    def role(self, name: str) -> dict[str, Any]:
        """A role of the first guild."""
        return next(r for r in self.guild["roles"] if r["name"] == name)

    def says(self, text: str) -> dict[str, Any] | None:
        """The message with this content, if it is shown."""
        return next((message for message in self.messages.values() if message["content"] == text), None)

    def state(self, begun: dict[str, Any]) -> str | None:
        """How the interaction stands that a request began."""
        return self.interactions.get(begun["interaction_id"], {}).get("state")

    async def _receive(self) -> dict[str, Any]:
        frame = await self.ws.receive_json(timeout=PATIENCE)
        if frame["type"] == "snapshot":
            self.snapshots += 1
            self.messages, self.interactions, self.exchanges, self.frames = {}, {}, [], []
        if frame["type"] != "reply":
            self.messages |= {message["id"]: message for message in frame.get("messages", [])}
            for gone in frame.get("gone", []):
                del self.messages[gone["id"]]
            self.interactions |= {one["id"]: one for one in frame.get("interactions", [])}
            self.exchanges += frame.get("exchanges", [])
            self.frames += frame.get("frames", [])
            self.sections |= {name: value for name, value in frame.items() if name not in (*ADDED, "type", "now")}
        return frame


@asynccontextmanager
async def window(sandbox: Sandbox, user: str = "alice") -> AsyncIterator[Browser]:
    """An open window of a user, after its first snapshot."""
    address = f"{sandbox.url.replace('http', 'ws')}/client?user={user}"
    async with aiohttp.ClientSession() as session, session.ws_connect(address, headers={"Origin": sandbox.url}, max_msg_size=0) as ws:
        browser = Browser(sandbox, ws)
        await browser.until(lambda: browser.snapshots)
        yield browser
