"""One WebSocket connection: framing, compression, heartbeats, the limit on sending, and the order of closing."""

import asyncio
import contextlib
import json
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox import strict_json
from sandbox.gateway.compression import compressor
from sandbox.gateway.protocol import REASONS, Close, Closing, Op

if TYPE_CHECKING:
    from sandbox.gateway import Gateway
    from sandbox.gateway.session import Session

MAX_FRAME = 4096
SEND_LIMIT, SEND_WINDOW = 120, 60.0
# A client answers HELLO after at most one interval (with jitter); half an interval more is the network's due.
HEARTBEAT_TOLERANCE = 1.5


class Connection:
    """Carries frames between a client and the gateway until either of them closes it."""

    def __init__(self, gateway: "Gateway", request: web.Request) -> None:
        self.gateway, self.request = gateway, request
        self.session: Session | None = None
        self.ws = web.WebSocketResponse(autoping=True, max_msg_size=1 << 20, timeout=2.0)
        self.closed_with: int | None = None
        self._compress = compressor(request.query.get("compress"))
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()
        self._received: deque[float] = deque()
        self._deadline: asyncio.TimerHandle | None = None

    async def run(self) -> web.WebSocketResponse:
        """Serve the connection to its end."""
        await self.ws.prepare(self.request)
        self._expect_heartbeat()
        self.send(Op.HELLO, {"heartbeat_interval": int(self.gateway.heartbeat_interval * 1000), "_trace": ["sandbox"]})
        writer = asyncio.create_task(self._write())
        try:
            await self._read()
        finally:
            if self._deadline:
                self._deadline.cancel()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return self.ws

    def send(self, op: Op, data: Any = None) -> None:
        """Queue a frame that is not an event."""
        frame = {"t": None, "s": None, "op": int(op), "d": data}
        self.gateway.record(self, "out", frame)
        self.send_text(json.dumps(frame))

    def send_text(self, text: str) -> None:
        """Queue a frame that is already JSON."""
        self._outbox.put_nowait(text)

    def close(self, code: int | None) -> None:
        """Close after what is queued; None cuts the line without a word (the client sees 1006)."""
        if code is None:
            self.closed_with = 1006
            if self.request.transport:
                self.request.transport.abort()
        else:
            self._outbox.put_nowait(code)

    async def _read(self) -> None:
        try:
            self.gateway.check_version(self)
            async for message in self.ws:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._receive(message.data)
        except Closing as closing:
            await self._close(closing.code)

    def _receive(self, raw: str | bytes) -> None:
        if len(raw.encode() if isinstance(raw, str) else raw) > MAX_FRAME:
            raise Closing(Close.DECODE_ERROR)
        try:
            frame = strict_json.loads(raw)
        except ValueError:
            raise Closing(Close.DECODE_ERROR) from None
        if not isinstance(frame, dict) or not isinstance(frame.get("op"), int):
            raise Closing(Close.DECODE_ERROR)
        self.gateway.record(self, "in", frame)
        self._count()
        if frame["op"] == Op.HEARTBEAT:
            self._heartbeat()
        else:
            self.gateway.handle(self, frame["op"], frame.get("d"))

    def _heartbeat(self) -> None:
        self._expect_heartbeat()
        if self.gateway.acknowledges:
            self.send(Op.HEARTBEAT_ACK)

    def _count(self) -> None:
        now = self.gateway.clock.now()
        self._received.append(now)
        while self._received[0] <= now - SEND_WINDOW:
            self._received.popleft()
        if len(self._received) > SEND_LIMIT:
            raise Closing(Close.RATE_LIMITED)

    def _expect_heartbeat(self) -> None:
        # Measured in real time: a test that moves the clock a day must not make every client look dead.
        if self._deadline:
            self._deadline.cancel()
        wait = self.gateway.heartbeat_interval * HEARTBEAT_TOLERANCE
        self._deadline = asyncio.get_running_loop().call_later(wait, self.close, int(Close.SESSION_TIMED_OUT))

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            if isinstance(item, int):
                await self._close(item)
                return
            with contextlib.suppress(ConnectionError):  # the client is gone: the reader sees that too and ends the connection
                if self._compress:
                    await self.ws.send_bytes(self._compress(item))
                else:
                    await self.ws.send_str(item)

    async def _close(self, code: int) -> None:
        if self.closed_with is None:
            self.closed_with = code
            reason = REASONS[Close(code)] if code in REASONS else ""
            await self.ws.close(code=code, message=reason.encode())

    @property
    def close_code(self) -> int:
        """The code that ended the connection, whoever sent it."""
        return self.closed_with or self.ws.close_code or WSCloseCode.ABNORMAL_CLOSURE
