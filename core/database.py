"""The way to PostgreSQL: the operator's server or the embedded one, migrations at start, and the pool that Tortoise uses."""

import asyncio
import atexit
import os
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import aerich
import asyncpg
from aerich.models import Aerich
from loguru import logger
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError

from core.errors import ExpectedStop
from core.settings import ROOT, DatabaseSettings, load_database_settings

APP = "models"
MIGRATIONS = ROOT / "migrations"
EMBEDDED_DATA = ROOT / "data" / "postgres"
# Any fixed number will do, as long as nothing else in this database takes advisory locks with it.
MIGRATION_LOCK = 0x726F6C6570616E65
PATIENCE_SECONDS, RETRY_SECONDS, CONNECT_SECONDS = 5.0, 0.25, 5.0
STATEMENT_SECONDS = 30.0
CLOSE_SECONDS = 2.0  # that connections have to come back to the pool; Tortoise would wait ten
# What asyncpg understands in a URL's query and Tortoise does not pass on by itself.
_CONNECTION_PARAMETERS = {"host": "host", "port": "port", "user": "user", "password": "password", "sslmode": "ssl", "ssl": "ssl"}

Result = TypeVar("Result")


class Database:
    """The database of this process. Open it in the main task before the bot is built: other tasks inherit Tortoise's context from it."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._embedded: Any = None
        self._context: TortoiseContext | None = None
        self.url = ""

    async def open(self) -> None:
        """Reach the server, migrate, and make the pool. Raises ExpectedStop with what the operator can do when that fails."""
        if self._settings.database_url:
            self.url = self._settings.database_url.get_secret_value()
        else:
            self._embedded = embedded_server()
            self.url = await _undivided(self._embedded.start)
        await migrate(self.url)
        self._context = await Tortoise.init(config=tortoise_config(self.url, self._settings.database_max_connections))

    async def ping(self, timeout: float) -> None:
        """Return when the database answers through the pool. Raises TimeoutError after `timeout` seconds, or what the driver raised."""
        if self._context is None:
            raise OperationalError("The database is not open")
        async with asyncio.timeout(timeout):
            await self._context.db("default").execute_query("SELECT 1")

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


def embedded_server() -> Any:
    """The project's embedded PostgreSQL, not started. Raises ExpectedStop where it cannot run."""
    if os.name != "posix":
        raise ExpectedStop("The embedded PostgreSQL needs Linux or macOS. Set DATABASE_URL to a PostgreSQL of your own.")
    from core.embedded import EmbeddedPostgres  # imported only when it is used

    return EmbeddedPostgres(EMBEDDED_DATA)


async def _undivided(work: Callable[[], Result]) -> Result:
    """Run blocking work in a thread; a cancellation waits for its end, because a thread cannot be stopped half-way."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


def tortoise_config(url: str, max_connections: int, statement_seconds: float | None = STATEMENT_SECONDS) -> dict[str, Any]:
    """Tortoise's configuration for a database URL; one pool of at most `max_connections`, a limit of seconds for each statement."""
    pool = {"minsize": 1, "maxsize": max_connections, "timeout": CONNECT_SECONDS, "command_timeout": statement_seconds}
    return {
        "connections": {"default": {"engine": "core.postgres", "credentials": {**connect_arguments(url), **pool}}},
        "apps": {APP: {"models": ["models", "aerich.models"], "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def connect_arguments(url: str) -> dict[str, Any]:
    """A database URL as asyncpg's arguments. Tortoise's own reading knows no sslmode and leaves %-signs in the user name."""
    parts = urlsplit(url)
    arguments: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username or "") or None,
        "password": unquote(parts.password or "") or None,
        "database": unquote(parts.path.lstrip("/")) or None,
    }
    server_settings: dict[str, str] = {"application_name": "rolepanel"}
    for name, value in parse_qsl(parts.query):
        if name in _CONNECTION_PARAMETERS:
            arguments[_CONNECTION_PARAMETERS[name]] = value
        else:
            server_settings[name] = value
    arguments["port"] = int(arguments["port"] or 5432)
    return {**arguments, "server_settings": server_settings}


async def connect(url: str, **server_settings: str) -> asyncpg.Connection:
    """One connection outside the pool, for what belongs to a session, such as advisory locks."""
    arguments = connect_arguments(url)
    arguments["server_settings"] |= server_settings
    async with asyncio.timeout(CONNECT_SECONDS):
        return await asyncpg.connect(**arguments)


async def _reach(url: str) -> asyncpg.Connection:
    """A connection, waiting a moment for a server that is just starting. Raises ExpectedStop."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await connect(url)
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise ExpectedStop(f"The database at {_where(url)} refuses the bot: {error}. Check DATABASE_URL.") from error
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if asyncio.get_running_loop().time() >= deadline:
                reason = str(error) or "no answer"
                raise ExpectedStop(
                    f"The database at {_where(url)} cannot be reached: {reason}. Is it running? Check DATABASE_URL."
                ) from error
            logger.debug("The database does not answer yet: {}", error)
        await asyncio.sleep(RETRY_SECONDS)


def _where(url: str) -> str:
    arguments = connect_arguments(url)
    return f"{arguments['host'] or 'the local socket'}:{arguments['port']}/{arguments['database']}"


async def migrate(url: str) -> None:
    """Bring a database up to date. One process at a time does it; the others wait and then find nothing to do. Raises ExpectedStop."""
    connection = await _reach(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK, timeout=None)
        await _upgrade(url)
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def _upgrade(url: str) -> None:
    # A context of its own: a migration may take longer than a statement of the running bot is allowed to.
    config = tortoise_config(url, max_connections=1, statement_seconds=None)
    async with TortoiseContext() as context:
        await context.init(config=config)
        command = aerich.Command(config, app=APP, location=str(MIGRATIONS))
        await command.init()
        try:
            applied = {str(name) for name in await Aerich.filter(app=APP).values_list("version", flat=True)}
        except OperationalError:  # an empty database has no table of migrations yet
            applied = set()
        if unknown := applied - set(await command.history()):
            raise ExpectedStop(
                f"The database was migrated by a newer version of the bot ({', '.join(sorted(unknown))}): start that version."
            )
        for name in await command.upgrade(run_in_transaction=True):
            logger.info("Migrated the database: {}", name.removesuffix(".py"))


def __getattr__(name: str) -> Any:
    """TORTOISE_ORM for `aerich -c aerich.ini`, made when it is asked for, because the embedded server has to be started for it."""
    if name != "TORTOISE_ORM":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    settings = load_database_settings()
    if settings.database_url:
        return tortoise_config(settings.database_url.get_secret_value(), settings.database_max_connections)
    server = embedded_server()
    atexit.register(server.stop)
    return tortoise_config(server.start(), settings.database_max_connections)
