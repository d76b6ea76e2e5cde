"""A TCP way to the tests' PostgreSQL, on which connections can die as behind a forgetful router: what is sent goes nowhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wire:
    """Carries what is sent between its clients and the server's socket."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._dead: set[asyncio.Task[None]] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut(self) -> int:
        """From now on nothing comes through on the connections that there are, nor are they closed; new ones work. How many died."""
        died = len(self._carrying - self._dead)
        self._dead |= self._carrying
        return died

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        self._carrying.add(task)
        to, back = await asyncio.open_unix_connection(self._path)
        try:
            await asyncio.gather(self._pump(task, reader, back), self._pump(task, to, writer))
        finally:
            self._carrying.discard(task)
            back.close()
            writer.close()

    async def _pump(self, task: "asyncio.Task[None]", source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                if task not in self._dead:
                    target.write(data)
                    await target.drain()
            if task not in self._dead:
                target.close()
        except ConnectionError:
            return


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the database of this URL, and the URL that leads over it."""
    head, _, directory = url.partition("host=")
    wire = Wire(f"{directory}/.s.PGSQL.5432")
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(wire.carry(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire, head.replace("@/", f"@127.0.0.1:{wire.port}/").rstrip("?&")
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
