"""Waiting for what the database holds: PostgreSQL itself tells when something was written."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

from tortoise.queryset import QuerySet

from core.database import connect

PATIENCE = 30.0  # seconds
TELL = """
CREATE OR REPLACE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY written; RETURN NULL; END $$
"""
TABLES = "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = current_schema()"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when a question about the database of this test is answered with yes; it is asked again after each write.

    Raises TimeoutError.
    """
    written = asyncio.Event()
    connection = await connect(os.environ["DATABASE_URL"])
    try:
        await connection.execute(TELL)
        for table in await connection.fetch(TABLES):
            # One by one, so that never two locks are held: the bot takes them in an order of its own.
            await connection.execute(
                f"CREATE OR REPLACE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON {table['name']} "
                "FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change()"
            )
        await connection.add_listener("written", lambda *_: written.set())
        async with asyncio.timeout(PATIENCE):
            while not await holds():
                await written.wait()
                written.clear()
    finally:
        await connection.close()


async def until_some(rows: QuerySet[Any]) -> None:
    """Return when there is such a row. Raises TimeoutError."""
    await until(lambda: _exists(rows))


async def until_none(rows: QuerySet[Any]) -> None:
    """Return when there is no such row. Raises TimeoutError."""

    async def none() -> bool:
        return not await _exists(rows)

    await until(none)


async def _exists(rows: QuerySet[Any]) -> bool:
    return bool(await rows.exists())
