"""Tortoise's engine for PostgreSQL, with transactions that leave nothing behind, whatever happens to them.

Tortoise keeps the connection of a transaction that is cancelled, or fails, while it begins. The pool would be a place short for good, and
the task would take the transaction that never began for its connection.
"""

from types import TracebackType
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections


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
        await super().__aexit__(kind, error, trace)

    def _step_out(self) -> None:
        get_connections().reset(self.token)
        self.token = None


class _Client(AsyncpgDBClient):
    """Tortoise's client with these transactions."""

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(TransactionWrapper(self), self._pool_init_lock)


client_class = _Client  # the name that Tortoise looks for
