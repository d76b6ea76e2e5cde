"""A gateway client with no library in between, for what well-behaved libraries never do."""

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import ClientWebSocketResponse, WSMsgType

from sandbox.gateway.protocol import Op
from sandbox.server import Sandbox

PATIENCE = 30.0


class Raw:
    """One WebSocket to the sandbox's gateway."""

    def __init__(self, sandbox: Sandbox, ws: ClientWebSocketResponse, *, compressed: bool) -> None:
        self.ws, self._sandbox = ws, sandbox
        self.application = next(iter(sandbox.world.applications.values()))
        self.sequence = 0
        self.session_id = ""
        self._inflate = zlib.decompressobj() if compressed else None

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        message = await self.ws.receive(timeout=PATIENCE)
        assert message.type is (WSMsgType.BINARY if self._inflate else WSMsgType.TEXT), message
        text = self._inflate.decompress(message.data) if self._inflate else message.data
        frame = json.loads(text)
        self.sequence = frame["s"] or self.sequence
        return frame

    async def event(self, name: str) -> dict[str, Any]:
        """The data of the next event of this name; others before it are skipped."""
        while True:
            frame = await self.receive()
            if frame["t"] == name:
                return frame["d"]

    async def names_until(self, last: str) -> list[str]:
        """The names of the events up to and with `last`."""
        names: list[str] = []
        while last not in names:
            names.append((await self.receive())["t"])
        return names

    async def send(self, op: int, data: Any) -> None:
        """Send a frame."""
        await self.ws.send_json({"op": op, "d": data})

    async def identify(self, **overrides: Any) -> dict[str, Any]:
        """IDENTIFY and return READY's data."""
        await self.send(Op.IDENTIFY, self.identity(**overrides))
        ready = await self.event("READY")
        self.session_id = ready["session_id"]
        return ready

    def identity(self, **overrides: Any) -> dict[str, Any]:
        """What IDENTIFY carries; a key given as None is left out."""
        data = {"token": self.application.token, "intents": 1, "properties": {"os": "linux"}, **overrides}
        return {key: value for key, value in data.items() if value is not None}

    async def resume(self, session_id: str, sequence: int) -> None:
        """Send RESUME."""
        await self.send(Op.RESUME, {"token": self.application.token, "session_id": session_id, "seq": sequence})

    async def settled(self) -> list[str]:
        """The events that came before the answer to something asked now: what is not among them was withheld."""
        await self.send(Op.REQUEST_SOUNDBOARD_SOUNDS, {"guild_ids": [str(self._sandbox.guild.id)]})
        return (await self.names_until("SOUNDBOARD_SOUNDS"))[:-1]

    async def closed(self) -> int:
        """Read on until the server closes; its code."""
        while True:
            message = await self.ws.receive(timeout=PATIENCE)
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
                assert self.ws.close_code is not None
                return self.ws.close_code


@asynccontextmanager
async def connect(sandbox: Sandbox, query: str = "v=10&encoding=json") -> AsyncIterator[Raw]:
    """A connection that has read HELLO."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{sandbox.gateway_url}?{query}", max_msg_size=0) as ws:
        raw = Raw(sandbox, ws, compressed="zlib-stream" in query)
        if "v=6" not in query:
            assert (await raw.receive())["op"] == Op.HELLO
        yield raw
