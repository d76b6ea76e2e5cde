"""Tortoise's engine for PostgreSQL, with transactions that leave nothing behind, whatever happens to them.

Tortoise keeps the connection of a transaction that is cancelled, or fails, while it begins. The pool would be a place short for good, and
the task would take the transaction that never began for its connection.

Every write and every commit is noted as a deed of the interaction that it belongs to: when its answer is lost, nobody knows whether it took
effect.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections

from core import deeds

# Raised before a statement is sent: nobody was there to send it to.
_NOT_REACHED = (
    ConnectionRefusedError,
    FileNotFoundError,
    socket.gaierror,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}  # seconds; the last in ms
_READS = ("SELECT", "SHOW")


async def dial(dsn: str | None = None, **arguments: Any) -> asyncpg.Connection:
    """A connection that notices within seconds that the other side is gone. By socket options: poolers refuse them as parameters."""
    connection: asyncpg.Connection = await asyncpg.connect(dsn, **arguments)
    transport = connection._transport  # pyright: ignore[reportAttributeAccessIssue]
    if (endpoint := transport.get_extra_info("socket")) and endpoint.family != getattr(socket, "AF_UNIX", None):
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if option := getattr(socket, name, None):  # not every system has each of them
                endpoint.setsockopt(socket.IPPROTO_TCP, option, value)
    return connection


@contextmanager
def _deed(query: str) -> Iterator[None]:
    """Around one statement outside of transactions."""
    writes = not query.lstrip()[:6].upper().startswith(_READS)
    if writes:
        deeds.begin()
    try:
        yield
    except Exception as error:
        if writes and _without_effect(error):
            deeds.take_back()
        raise


def _without_effect(error: BaseException | None) -> bool:
    """Whether a failed statement surely did nothing: the server refused it, or never got it."""
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
        return isinstance(error, _NOT_REACHED)
    if isinstance(error, (asyncpg.PostgresError, *_NOT_REACHED)):
        return True
    return error is not None and _without_effect(error.__cause__ or error.__context__)


class _Transaction(TransactionContextPooled):
    """Tortoise's transaction on a connection of the pool."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        parent: Any = self.client._parent
        connection = self.client._connection = await parent._pool.acquire()
        self.token = get_connections().set(self.connection_name, self.client)
        try:
            await self.client.begin()
        except BaseException:
            self._step_out()
            connection.terminate()  # nobody knows how far it came; the pool makes another in its place
            raise
        return self.client

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._step_out()  # first: what follows may fail
        try:
            if error is None:
                deeds.begin()
        except BaseException as late:
            await super().__aexit__(type(late), late, late.__traceback__)
            raise
        await super().__aexit__(kind, error, trace)

    def _step_out(self) -> None:
        get_connections().reset(self.token)
        self.token = None


class _Client(AsyncpgDBClient):
    """Tortoise's client with these transactions."""

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        with _deed(query):
            return await super().execute_insert(query, values)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        with _deed(query):
            await super().execute_many(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> Any:
        with _deed(query):
            return await super().execute_query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        with _deed(query):
            return await super().execute_query_dict(query, values)

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """The pool. `address` holds what Tortoise knows no name for, such as several hosts; it wins over Tortoise's own reading."""
        address = kwargs.pop("address")
        return await asyncpg.create_pool(**{**kwargs, **address, "connect": dial})

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(TransactionWrapper(self), self._pool_init_lock)


client_class = _Client  # the name that Tortoise looks for
