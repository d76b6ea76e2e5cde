"""The way to PostgreSQL: the operator's server or the embedded one, migrations at start, and the pool that Tortoise uses."""

import asyncio
import atexit
import math
import os
import re
from collections import deque
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any, TypeVar

import asyncpg
from loguru import logger
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException, OperationalError

from core.database_url import connect_arguments, of_no_use, where
from core.outages import FAILURES, POOLER, is_outage, told
from core.pool import WORKS_SECONDS, dial
from core.settings import ROOT, DatabaseSettings, load_database_settings
from core.stops import ExpectedStop

APP = "models"
MIGRATIONS = ROOT / "migrations"
# Any fixed number will do, as long as nothing else in this database takes advisory locks with it.
MIGRATION_LOCK = 0x726F6C6570616E65
PATIENCE_SECONDS, RETRY_SECONDS, CONNECT_SECONDS = 5.0, 0.25, 5.0
IDLE_SECONDS = 60.0  # that an unused connection is kept; routers and clouds forget silent ones after some minutes
CLOSE_SECONDS = 2.0  # that connections have to come back to the pool; Tortoise would wait ten
WRITE_SECONDS = 60.0  # at least, between two looks whether the database has room for a row
LOOK_SECONDS = 1.0  # between two looks whether the embedded server still runs
STARTS_MAX, STARTS_SECONDS = 3, 600.0  # how often it is started again, within how long; then something is wrong that no start mends
OLDEST_VERSION = 140000  # PostgreSQL 14, as server_version_num says it
_NEW_DATABASE = "Make one for the bot: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' (or another UTF-8 locale)."
_SERVER = """
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS named,
        current_setting('server_encoding') AS encoding, current_setting('transaction_read_only') = 'on' AS read_only,
        current_schema() AS schema
"""
_IS_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"
_WRITE = "UPDATE aerich SET app = app WHERE id = (SELECT min(id) FROM aerich)"  # one row, as it is
_FOLDS_CASE = "SELECT lower('ÄÉ') = 'äé' AND upper('äé') = 'ÄÉ'"
_EXISTING = """
    SELECT name FROM unnest($1::text[]) AS name
    WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(name)) IS NOT NULL ORDER BY name
"""
_APPLIED = "SELECT version FROM aerich WHERE app = $1"
_CREATED = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?"(\w+)"')

Result = TypeVar("Result")


class Database:
    """The database of this process. Open it in the main task before the bot is built: other tasks inherit Tortoise's context from it."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._embedded: Any = None
        self._context: TortoiseContext | None = None
        self.url = ""
        self.version = ""  # of the server, in its own words
        self._wrote_at = -math.inf

    async def open(self) -> None:
        """Reach the server, migrate, and make the pool. Raises ExpectedStop with what the operator can do when that fails."""
        if url := self._settings.url():
            self.url = url
            if ignored := of_no_use(self.url):
                logger.info("DATABASE_URL: the bot has no use for {}", ", ".join(ignored))
        else:
            self._embedded = embedded_server(self._settings)
            self.url = await _undivided(self._embedded.start)
            logger.info("The embedded PostgreSQL keeps its data in {}", self._embedded.place)
        self.version = await migrate(self.url)
        pool = self._settings.database_max_connections - 1  # the shards are held on one more
        self._context = await Tortoise.init(config=tortoise_config(self.url, pool))

    async def keep_up(self) -> None:
        """Start the embedded server again whenever it ended. Never returns; raises ExpectedStop when that does not help any more."""
        starts: deque[float] = deque(maxlen=STARTS_MAX)
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._embedded is None or await asyncio.to_thread(self._embedded.alive):
                continue
            if len(starts) == STARTS_MAX and loop.time() - starts[0] < STARTS_SECONDS:
                raise ExpectedStop(
                    f"The embedded PostgreSQL ended again, after {STARTS_MAX} new starts within {STARTS_SECONDS / 60:.0f} minutes. "
                    f"See {self._embedded.place / 'server.log'}."
                )
            starts.append(loop.time())
            logger.warning("The embedded PostgreSQL ended; starting it again")
            await _undivided(self._embedded.start)

    async def ping(self, timeout: float) -> None:
        """Return when the database answers through the pool and takes changes.

        Raises TimeoutError after `timeout` seconds, or what the driver raised.
        """
        if self._context is None:
            raise OperationalError("The database is not open")
        now = asyncio.get_running_loop().time()
        client: Any = self._context.db("default")
        # The inner limit comes first, so that a connection that died is found and cut.
        async with asyncio.timeout(timeout), client.acquire_connection() as connection:
            if await connection.fetchval(_IS_READ_ONLY, timeout=timeout * 0.9):
                raise asyncpg.ReadOnlySQLTransactionError("the database is read-only")
            if now - self._wrote_at >= WRITE_SECONDS:
                await connection.execute(_WRITE)
                self._wrote_at = now

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Run one of the statements that `models` writes itself: prepared once on each connection, and one round trip."""
        if self._context is None:
            raise OperationalError("The database is not open")
        client: Any = self._context.db("default")
        return await client.fetch(statement, *values)

    async def close(self) -> None:
        """Close the pool and leave the embedded server, which ends when no other process uses it."""
        if self._context is not None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._context.close_connections()
            except TimeoutError:  # a cancelled task may have left a connection behind; asyncpg has cut them all now
                await self._context.close_connections()
            self._context = None
        if self._embedded is not None:
            await _undivided(self._embedded.stop)
            self._embedded = None


def embedded_server(settings: DatabaseSettings) -> Any:
    """The project's embedded PostgreSQL, not started. Raises ExpectedStop where it cannot run."""
    if os.name != "posix":
        raise ExpectedStop("The embedded PostgreSQL needs Linux or macOS. Set DATABASE_URL to a PostgreSQL of your own.")
    if find_spec("psutil") is None:
        raise ExpectedStop("DATABASE_URL is not set, and there is no embedded PostgreSQL here (the image has none). Set DATABASE_URL.")
    from core.embedded import EmbeddedPostgres  # imported only when it is used

    return EmbeddedPostgres(settings.data_dir / "postgres")


async def _undivided(work: Callable[[], Result]) -> Result:
    """Run blocking work in a thread; a cancellation waits for its end, because a thread cannot be stopped half-way."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


def tortoise_config(
    url: str, max_connections: int, statement_seconds: float | None = WORKS_SECONDS, *, with_history: bool = False
) -> dict[str, Any]:
    """Tortoise's configuration for a database URL; one pool of at most `max_connections`, a limit of seconds for each statement.

    `with_history`: with aerich's table of migrations.
    """
    pool = {
        "minsize": 0,
        "maxsize": max_connections,
        "timeout": CONNECT_SECONDS,
        "command_timeout": statement_seconds,
        "max_inactive_connection_lifetime": IDLE_SECONDS,
    }
    arguments = connect_arguments(url)
    account = {name: arguments.pop(name) for name in ("user", "password", "database", "server_settings")}
    return {
        "connections": {"default": {"engine": "core.postgres", "credentials": {**account, **pool, "address": arguments}}},
        "apps": {APP: {"models": ["models", "aerich.models"] if with_history else ["models"], "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(url: str) -> asyncpg.Connection:
    """One connection outside the pool, for what belongs to a session, such as advisory locks."""
    async with asyncio.timeout(CONNECT_SECONDS):
        return await dial(**connect_arguments(url))


async def _reach(url: str) -> asyncpg.Connection:
    """A connection, waiting a moment for a server that is just starting. Raises ExpectedStop."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await connect(url)
        except FAILURES as error:
            if not is_outage(error) or asyncio.get_running_loop().time() >= deadline:
                raise ExpectedStop(told(error, url)) from error
            logger.debug("The database does not answer yet: {}", error)
        await asyncio.sleep(RETRY_SECONDS)


async def migrate(url: str) -> str:
    """Bring a database up to date, and answer the server's version. Raises ExpectedStop.

    One process at a time does it; the others wait and then find nothing to do.
    """
    connection = await _reach(url)
    try:
        version = await _examine(connection, url)
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK, timeout=None)
        await _upgrade(connection, url)
        return version
    except (*FAILURES, BaseORMException) as error:
        logger.opt(exception=error).debug("The database cannot be brought up to date")
        raise ExpectedStop(told(error, url)) from error
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def _examine(connection: asyncpg.Connection, url: str) -> str:
    """The server's version. Raises ExpectedStop where the bot cannot work with this server or database, before anything is written."""
    found = await connection.fetchrow(_SERVER, timeout=CONNECT_SECONDS)
    assert found is not None, "a SELECT without FROM"
    fault = unfit(**found)
    if not fault and not await connection.fetchval(_FOLDS_CASE, timeout=CONNECT_SECONDS):
        fault = f"takes Ä and ä for two letters that have nothing in common (its locale is C). {_NEW_DATABASE}"
    if not fault and await _is_shared(connection, url):
        fault = f"is behind a pooler that hands its connections round after each transaction. {POOLER}"
    if fault:
        raise ExpectedStop(f"The database at {where(url)} {fault}")
    return str(found["named"]).partition(" ")[0]


def unfit(version: int, named: str, encoding: str, read_only: bool, schema: str | None) -> str | None:
    """What the bot cannot work with at a server that says this of itself, as the rest of a sentence; None where it can."""
    if version < OLDEST_VERSION:
        return f"is PostgreSQL {named}. The bot needs {OLDEST_VERSION // 10000} or newer."
    if encoding != "UTF8":
        return f"keeps its text as {encoding}, which has no room for every letter and emoji. {_NEW_DATABASE}"
    if read_only:
        return (
            "is read-only: a copy of another server, or default_transaction_read_only is on. The bot needs one that it can write to. "
            "With several hosts in DATABASE_URL, add target_session_attrs=read-write."
        )
    if schema is None:
        return "has no schema that the bot may use (search_path). Create one, or GRANT USAGE, CREATE ON SCHEMA public TO its role."
    return None


async def _is_shared(connection: asyncpg.Connection, url: str) -> bool:
    """Whether a pooler lends this connection's server to others: while another one is in a transaction there, ours gets a different one."""
    before = await connection.fetchval("SELECT pg_backend_pid()", timeout=CONNECT_SECONDS)
    other = await _reach(url)
    try:
        async with other.transaction():
            await other.fetchval("SELECT 1", timeout=CONNECT_SECONDS)
            return bool(await connection.fetchval("SELECT pg_backend_pid()", timeout=CONNECT_SECONDS) != before)
    finally:
        other.terminate()


async def _upgrade(connection: asyncpg.Connection, url: str) -> None:
    """Run the migrations that this database has not seen. Raises ExpectedStop when a newer bot migrated it, or it is not the bot's."""
    applied = await _applied(connection)
    known = {path.name for path in (MIGRATIONS / APP).glob("*.py")}
    if unknown := applied - known:
        raise ExpectedStop(f"The database was migrated by a newer version of the bot ({', '.join(sorted(unknown))}): start that version.")
    if pending := known - applied:
        await _adopt_nothing(connection, pending)
        from core.upgrade import upgrade  # with aerich, which only a new version needs

        # A context of its own: a migration may take longer than a statement of the running bot is allowed to.
        await upgrade(tortoise_config(url, max_connections=1, statement_seconds=None, with_history=True), APP, MIGRATIONS)


async def _applied(connection: asyncpg.Connection) -> set[str]:
    try:
        return {str(row["version"]) for row in await connection.fetch(_APPLIED, APP)}
    except asyncpg.UndefinedTableError:
        return set()  # an empty database has no table of migrations yet


async def _adopt_nothing(connection: asyncpg.Connection, pending: Iterable[str]) -> None:
    """Raise ExpectedStop when a table that a migration would create is there: another program's, or half of a restored backup."""
    created = {name for version in pending for name in _CREATED.findall((MIGRATIONS / APP / version).read_text("utf-8"))}
    rows = await connection.fetch(_EXISTING, sorted(created - {"aerich"}))
    if rows:
        raise ExpectedStop(
            f"The database already holds tables with the bot's names ({', '.join(row['name'] for row in rows)}), and no word that this bot "
            "made them: they are another program's, or half of a backup. Nothing was changed. "
            "Give the bot an empty database, or restore a whole backup into one."
        )


def __getattr__(name: str) -> Any:
    """TORTOISE_ORM for `aerich -c aerich.ini`, made when it is asked for, because the embedded server has to be started for it."""
    if name != "TORTOISE_ORM":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    settings = load_database_settings()
    if url := settings.url():
        return tortoise_config(url, settings.database_max_connections, with_history=True)
    server = embedded_server(settings)
    atexit.register(server.stop)
    return tortoise_config(server.start(), settings.database_max_connections, with_history=True)
