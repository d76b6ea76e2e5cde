"""What every test may use: a PostgreSQL of the tests' own, with a fresh migrated database for each test."""

import asyncio
import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from core.database import Database, connect, migrate
from core.embedded import EmbeddedPostgres
from core.settings import DatabaseSettings
from tests.plans import Plans

TEMPLATE = "migrated"

if sys.dont_write_bytecode:
    # Every bot that starts loads its cogs anew. Where nothing may be written beside the source, they are compiled once all the same,
    # for this process and those that it starts.
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="rolepanel-test-")
    atexit.register(shutil.rmtree, sys.pycache_prefix, ignore_errors=True)
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# How much Hypothesis tries. That a machine is busy is no error of the code.
settings.register_profile("sample", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("whole", settings.get_profile("sample"), max_examples=1000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--whole`: long tests take all of their cases instead of a sample, and those marked `whole` run, too (`make test-all`)."""
    parser.addoption("--whole", action="store_true", help="all cases of the long tests instead of a sample")
    parser.addoption("--plans", action="store_true", help="plan every statement that was sent on large tables")


def pytest_configure(config: pytest.Config) -> None:
    """Tell Hypothesis how much to try. Tests that set a number themselves keep it."""
    config.addinivalue_line("markers", "whole: runs only with --whole")
    settings.load_profile("whole" if config.getoption("whole") else "sample")
    if config.getoption("plans"):
        config.pluginmanager.register(Plans(config))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked `whole`, unless it was asked for."""
    if not config.getoption("whole"):
        for item in items:
            if item.get_closest_marker("whole"):
                item.add_marker(pytest.mark.skip(reason="a sample runs; --whole takes all"))


@pytest.fixture(scope="session")
def whole(pytestconfig: pytest.Config) -> bool:
    """Whether long tests are to take all of their cases (`make test-all`) and not a sample (`make test`)."""
    return bool(pytestconfig.getoption("whole"))


def url_of(server_url: str, database: str) -> str:
    """The URL of another database on the same server."""
    return server_url.replace("/postgres?", f"/{database}?")


async def execute(url: str, *statements: str) -> None:
    """Run statements on a connection of their own."""
    connection: asyncpg.Connection = await connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def own_server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL in a directory of its own, to be started by the caller and stopped at the end."""
    # Not pytest's own directory: it is private, and as root the server runs under another account.
    directory = Path(tempfile.mkdtemp(prefix="rolepanel-test-"))
    directory.chmod(0o755)
    server = EmbeddedPostgres(directory / "postgres")
    yield server
    server.stop()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server that lives as long as the session, on which anything may be created."""
    with own_server() as server:
        url = server.start()
        # Nothing here has to survive a power cut.
        asyncio.run(execute(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()"))
        yield url


@pytest.fixture(scope="session")
def _template(postgres: str) -> str:
    asyncio.run(execute(postgres, f"CREATE DATABASE {TEMPLATE}"))
    asyncio.run(migrate(url_of(postgres, TEMPLATE)))
    return TEMPLATE


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return count()


@pytest.fixture
async def empty_database_url(postgres: str, _numbers: Iterator[int]) -> AsyncIterator[str]:
    """The URL of a database of this test's own, not migrated."""
    name = f"empty_{next(_numbers)}"
    await execute(postgres, f"CREATE DATABASE {name}")
    yield url_of(postgres, name)
    await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database_url(postgres: str, _template: str, _numbers: Iterator[int]) -> AsyncIterator[str]:
    """The URL of a migrated database of this test's own."""
    name = f"test_{next(_numbers)}"
    await execute(postgres, f"CREATE DATABASE {name} TEMPLATE {_template}")
    yield url_of(postgres, name)
    await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The open database of this test: models work."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    opened = Database(DatabaseSettings())
    await opened.open()
    yield opened
    await opened.close()
