"""The connections to PostgreSQL that are shared: they may die at any moment, and a server may grant few of them.

One that does not answer is cut and never waited for again, and none that is as old is trusted any more.
"""

import asyncio
import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

import asyncpg
from loguru import logger
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.exceptions import DBConnectionError

from core import deeds
from core.outages import FAILURES, Trouble, is_outage

PERSONS_SECONDS = 5.0  # that one thing may take at the database while a person waits for it
WORKS_SECONDS = 30.0  # the same for what nobody waits for
SILENCE_SECONDS, WORKS_SILENCE_SECONDS = 2.0, 8.0  # of these, after which a connection that has not answered is taken for a dead one
FULL_PAUSE = 0.25  # seconds until a server that had no connection left is asked for one again, when none of ours comes free before
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}  # seconds; the last in ms


async def dial(dsn: str | None = None, **arguments: Any) -> asyncpg.Connection:
    """A connection that notices within seconds that the other side is gone. By socket options: poolers refuse them as parameters."""
    connection: asyncpg.Connection = await asyncpg.connect(dsn, **arguments)
    transport = connection._transport
    if (endpoint := transport.get_extra_info("socket")) and endpoint.family != getattr(socket, "AF_UNIX", None):
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if option := getattr(socket, name, None):  # not every system has each of them
                endpoint.setsockopt(socket.IPPROTO_TCP, option, value)
    return connection


async def _as_it_is(connection: Any) -> None:
    """What the pool does with a connection that comes back, after ending a transaction that was left open: nothing.

    asyncpg would send a statement of its own after each of ours, to undo what a session may keep. Nobody here sets a session's parameters,
    listens, or takes a session's locks on a connection of the pool.
    """


def limit() -> float | None:
    """The seconds that a statement may take here; None for what the connection was made with."""
    return PERSONS_SECONDS if deeds.belongs_to_an_interaction() else None


@contextmanager
def outages() -> Iterator[None]:
    """Around what is asked of the server: an outage becomes the failure that Tortoise has for it."""
    try:
        yield
    except FAILURES as error:
        if is_outage(error):
            raise DBConnectionError(f"{type(error).__name__}: {error}") from error
        raise


def is_dead(error: BaseException | None) -> bool:
    """Whether this failure of what was asked on a connection means that nothing more will come on it."""
    return isinstance(error, DBConnectionError) or is_outage(error)


def cut(connection: Any) -> None:
    """End a connection of the pool without another word; no harm where that was done already."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _release(connection: Any) -> None:
    """What asyncpg's Pool.release does, without a task for each: nothing of it waits where the connection is in order, and where it is cut
    off while it waits, the driver ends the connection.
    """
    if connection._con is not None:
        connection._con._on_release()
        await connection._holder.release(SILENCE_SECONDS)


class Lease:
    """A connection of the pool while it is used. What went unanswered on it ends it."""

    def __init__(self, client: "PooledClient") -> None:
        self._client = client
        self.connection: Any = None

    async def __aenter__(self) -> Any:
        with outages():
            self.connection = await self._client.borrow()
        return self.connection

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.give_back(self.connection, error)


class PooledClient(AsyncpgDBClient):
    """Tortoise's client with such connections."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._answered_at = -math.inf
        self._returned = asyncio.Event()
        self._few_told = False
        self.trouble = Trouble()

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """The pool. `address` holds what Tortoise knows no name for, such as several hosts; it wins over Tortoise's own reading."""
        address = kwargs.pop("address")
        return await asyncpg.create_pool(**{**kwargs, **address, "connect": dial, "reset": _as_it_is})

    async def borrow(self) -> Any:
        """A connection of the pool. It is waited for as long as others get their answers; of a server that has no more, those there are
        have to do. Raises what the driver raises.
        """
        loop = asyncio.get_running_loop()
        patience = limit() or WORKS_SECONDS
        began = loop.time()
        while True:
            if not self._pool:
                async with self._pool_init_lock:
                    if not self._pool:
                        await self.create_connection(with_db=True)
            assert self._pool is not None, "made above"
            try:
                async with asyncio.timeout(patience):
                    return await self._pool.acquire()
            except (TimeoutError, asyncpg.TooManyConnectionsError) as error:
                if max(began, self._answered_at) + patience <= loop.time():
                    raise
                if isinstance(error, asyncpg.TooManyConnectionsError):
                    await self._one_returned(error, self._pool)

    async def _one_returned(self, error: asyncpg.TooManyConnectionsError, pool: asyncpg.Pool) -> None:
        if not self._few_told:
            self._few_told = True
            logger.warning(
                "The database gives the bot no more than {} connections at once, and {} are allowed by DATABASE_MAX_CONNECTIONS: "
                "what needs one has to wait at times ({})",
                pool.get_size() + 1,
                pool.get_max_size() + 1,
                error,
            )
        self._returned.clear()
        try:
            async with asyncio.timeout(FULL_PAUSE):
                await self._returned.wait()
        except TimeoutError:
            return

    async def give_back(self, connection: Any, error: BaseException | None) -> None:
        """Take a connection back into the pool; when this error left it unanswered, end it and trust none that is as old."""
        pool = self._pool
        if pool is None:  # closed meanwhile
            return
        if is_dead(error):
            cut(connection)
            await pool.expire_connections()
        elif not isinstance(error, asyncio.CancelledError):
            self._answered_at = asyncio.get_running_loop().time()
        try:
            await _release(connection)
        except FAILURES as late:  # the driver has ended it; what was done on it is done
            logger.debug("A connection could not be given back: {!r}", late)
        self._returned.set()

    def acquire_connection(self) -> Any:
        """A connection for a statement, as a context manager."""
        return Lease(self)
