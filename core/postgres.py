"""Tortoise's engine for PostgreSQL, with statements that dead connections do not hold up and transactions that leave nothing behind.

What is safe to ask twice is asked once more where a connection turns out to be dead. Tortoise keeps the connection of a transaction that is
cancelled, or fails, while it begins: the pool would be a place short for good, and the task would take the transaction that never began for
its connection.

Every write and every commit is noted as a deed of the interaction that it belongs to: when its answer is lost, nobody knows whether it took
effect.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import asyncpg
from loguru import logger
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError

from core import deeds
from core.outages import FAILURES, Trouble
from core.pool import SILENCE_SECONDS, WORKS_SILENCE_SECONDS, Lease, PooledClient, cut, is_dead, limit, outages

# What changes nothing, or the same however often it is sent: a statement says so by beginning like this.
REPEATABLE = "/* REPEATABLE */"
_READS = ("SELECT", "SHOW")
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)  # what a database that takes no changes refuses

_Call = Callable[[Any, float | None], Awaitable[Any]]


@contextmanager
def _deed(query: str) -> Iterator[None]:
    """Around one statement outside of transactions."""
    writes = not _begins(query, *_READS)
    if writes:
        deeds.begin()
    try:
        yield
    except asyncpg.PostgresError as error:
        # The server refused it; while a connection ends nobody knows.
        if writes and not isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
            deeds.take_back()
        raise


def _begins(query: str, *words: str) -> bool:
    return query.lstrip()[: len(REPEATABLE)].upper().startswith(words)


class _Statements(AsyncpgDBClient):
    """Tortoise's four ways to send a statement, each through one."""

    async def _send(self, query: str, call: _Call) -> Any:
        raise NotImplementedError

    @translate_exceptions
    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        return await self._send(query, lambda to, seconds: to.fetchrow(query, *values, timeout=seconds))

    @translate_exceptions
    async def execute_many(self, query: str, values: list[Any]) -> None:
        await self._send(query, lambda to, seconds: to.executemany(query, values, timeout=seconds))

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Any]:
        if _begins(query, "UPDATE", "DELETE", "INSERT"):
            status = await self._send(query, lambda to, seconds: to.execute(query, *values or (), timeout=seconds))
            return int(status.rpartition(" ")[2]), []
        rows = await self._send(query, lambda to, seconds: to.fetch(query, *values or (), timeout=seconds))
        return len(rows), rows

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        rows = await self._send(query, lambda to, seconds: to.fetch(query, *values or (), timeout=seconds))
        return [dict(row) for row in rows]


class _InTransaction(_Statements, TransactionWrapper):
    """The client inside of a transaction. What goes unanswered there ends it, and its connection."""

    async def _send(self, query: str, call: _Call) -> Any:  # noqa: ARG002 - called as the others are
        async with self.acquire_connection() as connection:
            with outages():
                return await call(connection, limit())

    async def begin(self) -> None:
        await self._say("BEGIN", SILENCE_SECONDS)

    async def commit(self) -> None:
        await self._say("COMMIT", limit())
        self._finalized = True

    async def rollback(self) -> None:
        await self._say("ROLLBACK", SILENCE_SECONDS)
        self._finalized = True

    async def savepoint(self) -> None:
        await self._say(f"SAVEPOINT s{id(self)}", limit())

    async def release_savepoint(self) -> None:
        await self._say(f"RELEASE SAVEPOINT s{id(self)}", limit())
        self._finalized = True

    async def savepoint_rollback(self) -> None:
        await self._say(f"ROLLBACK TO SAVEPOINT s{id(self)}", limit())
        self._finalized = True

    @translate_exceptions
    async def _say(self, what: str, seconds: float | None) -> None:
        with outages():
            await self._connection.execute(what, timeout=seconds)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_InTransaction(self))


class _Transaction(TransactionContextPooled):
    """Tortoise's transaction on a connection of the pool."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        try:
            await self._begin()
        except DBConnectionError as error:
            if self._lease.connection is None:
                self._trouble.met(error)
                raise
            try:
                await self._begin()  # nothing was done on a connection that turned out to be dead
            except DBConnectionError as error:
                self._trouble.met(error)
                raise
        return self.client

    @property
    def _trouble(self) -> Trouble:
        parent: Any = self.client._parent
        return parent.trouble

    async def _begin(self) -> None:
        parent: Any = self.client._parent
        self._lease = Lease(parent)
        self.client._connection = await self._lease.__aenter__()
        self.token = get_connections().set(self.connection_name, self.client)
        try:
            await self.client.begin()
        except BaseException as error:
            self._step_out()
            cut(self._lease.connection)  # nobody knows how far it came; the pool makes another in its place
            await self._lease.__aexit__(type(error), error, None)
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._step_out()  # first: what follows may fail
        try:
            if error is None:
                deeds.begin()
                await self.client.commit()
            else:
                self._trouble.met(error)
                await self._roll_back(error)
        except BaseException as late:
            error = late
            self._trouble.met(late)
            await self._roll_back(late)
            raise
        finally:
            await self._lease.__aexit__(error and type(error), error, None)

    async def _roll_back(self, error: BaseException) -> None:
        """Undo what was done; where that cannot be said to the server any more, the end of the connection says it."""
        if self.client._finalized:
            return
        if not (is_dead(error) or isinstance(error, asyncio.CancelledError)):
            try:
                await self.client.rollback()
            except (*FAILURES, DBConnectionError) as late:
                logger.debug("A transaction ends with its connection: {!r}", late)
            else:
                return
        cut(self._lease.connection)

    def _step_out(self) -> None:
        get_connections().reset(self.token)
        self.token = None


class _Client(PooledClient, _Statements):
    """Tortoise's client with these connections and transactions."""

    async def _send(self, query: str, call: _Call) -> Any:
        """One statement; a repeatable one is sent once more when its connection turns out to be dead."""
        seconds, lease = limit(), Lease(self)
        silence = SILENCE_SECONDS if seconds else WORKS_SILENCE_SECONDS
        repeatable = _begins(query, *_READS, REPEATABLE)
        try:
            return await self._ask(lease, query, call, silence if repeatable else seconds)
        except DBConnectionError as error:
            if not repeatable or lease.connection is None:
                self.trouble.met(error)
                raise
        except asyncpg.PostgresError as error:
            self.trouble.met(error)
            raise
        try:
            return await self._ask(Lease(self), query, call, seconds and seconds - silence)
        except (DBConnectionError, asyncpg.PostgresError) as error:
            self.trouble.met(error)
            raise

    async def fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """The rows as the driver gives them, without what Tortoise makes of them."""
        return await self._send(query, lambda to, seconds: to.fetch(query, *values, timeout=seconds))

    async def _ask(self, lease: Lease, query: str, call: _Call, seconds: float | None) -> Any:
        async with lease as connection:
            with outages(), _deed(query):
                answer = await call(connection, seconds)
        if self.trouble.lasts:
            self.trouble.worked(wrote=bool(_WRITES.search(query)))
        return answer

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_InTransaction(self), self._pool_init_lock)


client_class = _Client  # the name that Tortoise looks for
