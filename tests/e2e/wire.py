"""Watches what a bot process sends to PostgreSQL and to Discord, and kills it at a chosen point."""

import asyncio
import os
import signal
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.traffic import Exchange

# The messages of PostgreSQL's protocol that matter here: https://www.postgresql.org/docs/current/protocol-message-formats.html
QUERY, PARSE, BIND, EXECUTE = b"Q", b"P", b"B", b"E"
READY_FOR_QUERY = b"Z"
HEADER = 5  # a type, and the length of the rest, which counts itself
TAKES_SHARDS = "pg_try_advisory_lock"
STANDS_BY = "SELECT pg_advisory_lock($1)"
# What says nothing about a click: what asyncpg sends when a connection goes back into the pool, and the pulse of the shard slots.
NO_POINTS = ("SELECT pg_advisory_unlock_all()", "SELECT 1")


class Tap:
    """Numbers the points of a process's traffic, and kills the process at one of them. `moved` is set at each.

    Each statement and each REST call is two points: before it has any effect, and after that, with the answer still unsent.
    """

    def __init__(self) -> None:
        self.points: list[str] = []
        self.struck = asyncio.Event()
        self.waits_for_shards = asyncio.Event()
        self.stands_by = asyncio.Event()  # it found the shards held by another process
        self.moved = asyncio.Event()
        self._victim: int | None = None
        self._strike_at: int | None = None

    def aim(self, pid: int, point: int | None = None) -> None:
        """Begin to count, and kill this process at the point with this number; without one, only count."""
        self.points.clear()
        self._victim, self._strike_at = pid, point

    def pass_by(self, what: str) -> bool:
        """The process reached a point; whether it is dead."""
        if TAKES_SHARDS in what:
            self.waits_for_shards.set()
        if STANDS_BY in what and self.waits_for_shards.is_set():  # a migration waits for its lock in the same words, before that
            self.stands_by.set()
        if self._victim is not None and not self.struck.is_set():
            self.points.append(what)
            if len(self.points) - 1 == self._strike_at:
                os.kill(self._victim, signal.SIGKILL)
                self.struck.set()
        self.moved.set()
        return self.struck.is_set()


class DatabaseProxy:
    """Between one process and PostgreSQL: passes the protocol on, message by message. At `stops_at`, a statement, it begins to swallow."""

    def __init__(self, url: str, tap: Tap, stops_at: str | None = None) -> None:
        self._parts, self._tap = urlsplit(url), tap
        self._stops_at = stops_at
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._port = 0

    def swallow(self, swallows: bool = True) -> None:
        """Pass nothing on, as a network that loses every packet; neither side hears of it."""
        if swallows:
            self._flows.clear()
        else:
            self._flows.set()

    def refuse(self) -> None:
        """Break every connection and let nobody connect, as a network that answers for a server that it cannot reach."""
        assert self._server, "started before"
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def allow(self) -> None:
        """Listen again."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def start(self) -> str:
        """Begin to listen; the URL for the process."""
        await self.allow()
        assert self._server, "it listens"
        self._port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://{self._parts.username}@127.0.0.1:{self._port}{self._parts.path}?sslmode=disable"

    async def stop(self) -> None:
        """Cut every connection, and wait until each is gone."""
        assert self._server, "started before"
        self._server.close()
        for writer in self._writers:
            writer.close()
        self.swallow(False)
        if self._connections:
            await asyncio.wait(set(self._connections))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task, "started by the server as one"
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        await self._flows.wait()
        directory = parse_qs(self._parts.query)["host"][0]
        upstream, downstream = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.{self._parts.port or 5432}")
        self._writers |= {writer, downstream}
        statement = _Statement(self._tap)
        ways = {
            asyncio.create_task(self._up(reader, downstream, statement)),
            asyncio.create_task(self._down(upstream, writer, statement)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.close()
            downstream.close()
            self._writers -= {writer, downstream}

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, statement: "_Statement") -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            length = await reader.readexactly(4)  # the first message has no type
            writer.write(length + await reader.readexactly(int.from_bytes(length) - 4))
            while True:
                head = await reader.readexactly(HEADER)
                body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
                await self._flows.wait()
                if statement.sent(head[:1], body):
                    return  # killed before it had any effect
                if self._stops_at and self._stops_at in (statement.running or ""):
                    self._stops_at = None
                    self.swallow()
                await self._flows.wait()
                writer.write(head + body)
                await writer.drain()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, statement: "_Statement") -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readexactly(HEADER)
                body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
                await self._flows.wait()
                if head[:1] == READY_FOR_QUERY and statement.done():
                    return
                writer.write(head + body)
                await writer.drain()


class _Statement:
    """What a connection is executing."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._texts: dict[bytes, str] = {}
        self._bound = ""
        self.running: str | None = None

    def sent(self, kind: bytes, body: bytes) -> bool:
        """The client sent a message; whether it was killed before the statement in it could run."""
        if kind == PARSE:
            name, text, _ = body.split(b"\0", 2)
            self._texts[name] = " ".join(text.decode().split())
        elif kind == BIND:
            self._bound = self._texts.get(body.split(b"\0", 2)[1], "?")
        elif kind in (EXECUTE, QUERY):
            running = self._bound if kind == EXECUTE else body.rstrip(b"\0").decode()
            if not running.startswith(NO_POINTS):
                self.running = running
                return self._tap.pass_by(f"before {running}")
        return False

    def done(self) -> bool:
        """The server has finished; whether the client was killed now, before it hears of it."""
        running, self.running = self.running, None
        return running is not None and self._tap.pass_by(f"after {running}")


class RestWatch:
    """Lets a tap see the REST calls too, all of which belong to the process that serves."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.tap = Tap()
        self._sandbox, self._take = sandbox, sandbox.faults.take
        sandbox.faults.take = self._before
        sandbox.traffic.listeners.append(self._after)

    def end(self) -> None:
        """Watch no more."""
        self._sandbox.faults.take = self._take
        self._sandbox.traffic.listeners.remove(self._after)

    def _before(self, method: str, route: str, path: str) -> list[Fault]:
        return [Fault("drop_before")] if self.tap.pass_by(f"before {method} {route}") else self._take(method, route, path)

    def _after(self, exchange: Exchange) -> None:
        self.tap.pass_by(f"after {exchange.method} {exchange.route}")
