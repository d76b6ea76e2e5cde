"""The health server's port, and who answers there from the first moment until the bot can: alive, not ready, and why."""

import asyncio
import json
import os
import socket

from loguru import logger

from core.stops import ExpectedStop

QUESTION_SECONDS, QUESTION_BYTES, QUESTIONS_MAX = 5.0, 4096, 64


def listen(host: str, port: int) -> socket.socket:
    """The socket that the probes are served on. Raises ExpectedStop when it cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # socket.create_server repeats the address in its own text; getaddrinfo's errors have negative numbers of their own.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise ExpectedStop(f"The health server cannot listen on {place} ({reason}). Set HEALTH_HOST and HEALTH_PORT.") from error


class FirstProbe:
    """Answers `/health/live` with 200 and `/health/ready` with 503 and `reason`, until the health cog takes its place."""

    def __init__(self) -> None:
        self.reason = "starting"
        self._server: asyncio.Server | None = None
        self._asking = 0

    async def open(self, host: str, port: int) -> None:
        """Begin to answer. Raises ExpectedStop when the port is taken."""
        self._server = await asyncio.start_server(self._answer, sock=listen(host, port), limit=QUESTION_BYTES)

    @property
    def address(self) -> tuple[str, int] | None:
        """The host and port that are listened on."""
        return self._server.sockets[0].getsockname()[:2] if self._server and self._server.sockets else None

    def close(self) -> None:
        """Let go of the port."""
        if self._server:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._asking += 1
        try:
            if self._asking <= QUESTIONS_MAX:
                async with asyncio.timeout(QUESTION_SECONDS):
                    question = await reader.readuntil(b"\r\n\r\n")
                    writer.write(self._response(question))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            logger.debug("A probe was not answered: {!r}", error)
        finally:
            self._asking -= 1
            writer.close()

    def _response(self, question: bytes) -> bytes:
        path = [*question.split(b" ", 2), b"", b""][1].partition(b"?")[0]
        status, body = {
            b"/health/live": ("200 OK", {"status": "ok"}),
            b"/health/ready": (
                "503 Service Unavailable",
                {"status": "not ready", "checks": {"start": {"ok": False, "detail": self.reason}}},
            ),
        }.get(path, ("404 Not Found", {}))
        text = json.dumps(body).encode()
        head = [f"HTTP/1.1 {status}", "Content-Type: application/json; charset=utf-8", f"Content-Length: {len(text)}", "Connection: close"]
        return "\r\n".join([*head, "", ""]).encode() + text
