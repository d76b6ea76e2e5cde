"""Statements that Tortoise has no words for, with the types that it leaves out. `db` is a transaction's; without it, any connection's."""

from collections.abc import Sequence
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection


async def rows_of(statement: str, values: Sequence[Any] = (), db: BaseDBAsyncClient | None = None) -> list[dict[str, Any]]:
    """Run a statement; its rows by the names of their columns."""
    client: Any = db or get_connection("default")
    return await client.execute_query_dict(statement, list(values))


async def run(statement: str, values: Sequence[Any] = (), db: BaseDBAsyncClient | None = None) -> None:
    """Run a statement of which nothing is wanted."""
    client: Any = db or get_connection("default")
    await client.execute_query(statement, list(values))
