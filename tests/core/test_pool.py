"""Shared connections that die in silence, and servers that grant few."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest
from loguru import logger
from pydantic import SecretStr
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction

from core import deeds
from core.database import Database, connect
from core.pool import PERSONS_SECONDS, SILENCE_SECONDS
from core.postgres import _InTransaction
from core.settings import DatabaseSettings
from core.shards import ShardSlots
from domain.grants import Grant
from models import AuditEntry, GuildConfig
from tests.conftest import execute
from tests.roles.test_claim import make_panel, try_claim
from tests.wire import Wire, wired


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[tuple[Wire, Database]]:
    """An open database behind a wire that can be cut, with several connections in its pool."""
    async with wired(database_url) as (wire, url):
        database = Database(DatabaseSettings(database_url=SecretStr(url)))
        await database.open()
        await asyncio.gather(*(get_connection("default").execute_query("SELECT pg_sleep(0.05)") for _ in range(4)))
        yield wire, database
        await database.close()


async def seconds_of(work: Awaitable[object]) -> float:
    began = asyncio.get_running_loop().time()
    await work
    return asyncio.get_running_loop().time() - began


async def test_what_reads_or_begins_goes_on_after_a_moment_on_another_connection(opened: tuple[Wire, Database]) -> None:
    wire, _ = opened

    async def begin() -> None:
        async with in_transaction():
            await GuildConfig.create(guild_id=1)

    with deeds.counted() as done:
        assert wire.cut() >= 4
        assert SILENCE_SECONDS - 0.5 < await seconds_of(GuildConfig.all().count()) < PERSONS_SECONDS
        wire.cut()
        assert await seconds_of(begin()) < PERSONS_SECONDS
    assert done.count == 1
    assert await GuildConfig.all().count() == 1


async def test_after_one_was_found_dead_no_other_that_is_as_old_is_used(opened: tuple[Wire, Database]) -> None:
    wire, _ = opened
    with deeds.counted():
        wire.cut()
        await GuildConfig.all().count()
        together = asyncio.gather(*(GuildConfig.all().count() for _ in range(8)))
        assert await seconds_of(together) < SILENCE_SECONDS


async def test_a_write_is_not_sent_twice_and_nobody_waits_for_a_rollback(opened: tuple[Wire, Database]) -> None:
    wire, _ = opened

    async def write_in_a_transaction() -> None:
        async with in_transaction():
            await GuildConfig.create(guild_id=2)
            wire.cut()
            await GuildConfig.create(guild_id=3)

    with deeds.counted() as done:
        wire.cut()
        with pytest.raises(DBConnectionError):
            await GuildConfig.create(guild_id=1)
        assert done.count == 1, "perhaps it was done"
    with deeds.counted() as done:
        began = asyncio.get_running_loop().time()
        with pytest.raises(DBConnectionError):
            await write_in_a_transaction()
        assert asyncio.get_running_loop().time() - began < PERSONS_SECONDS + SILENCE_SECONDS
        assert done.count == 0, "it was never committed"
    assert await GuildConfig.all().count() == 0


async def test_a_claim_is_made_once_more_and_knows_its_own_row(opened: tuple[Wire, Database], database_url: str) -> None:
    """Also when the first one took effect and only its answer was lost."""
    wire, database = opened
    spec, role = await make_panel()
    with deeds.counted():
        wire.cut()
        claimed = await try_claim(database, spec, 5, Grant(10, role.id))
        assert claimed.entry_id is not None
        # The server does the work and tells nobody.
        slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END'"
        await execute(database_url, slow, "CREATE TRIGGER slow BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION slow()")
        claiming = asyncio.ensure_future(try_claim(database, spec, 6, Grant(10, role.id)))
        await until_sleeping(database_url)
        wire.cut()
        claimed = await claiming
    (row,) = await AuditEntry.filter(target_id=6)
    assert claimed.entry_id == row.id
    assert (await try_claim(database, spec, 6, Grant(10, role.id))).entry_id is None, "another attempt is another one's"


async def test_a_claim_of_limited_places_whose_commit_was_not_answered_is_known_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, role = await make_panel(capacity=1)
    commit = _InTransaction.commit
    lost: list[object] = []

    async def committed_in_vain(client: _InTransaction) -> None:
        await commit(client)
        if not lost:
            lost.append(client)
            raise DBConnectionError("the answer was lost")

    monkeypatch.setattr(_InTransaction, "commit", committed_in_vain)
    claimed = await try_claim(database, spec, 5, Grant(10, role.id, capacity=1))
    assert lost
    assert claimed.entry_id == (await AuditEntry.get(target_id=5)).id


async def until_sleeping(url: str) -> None:
    """Return when a statement sleeps at the server."""
    watcher = await connect(url)
    while not await watcher.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"):
        pass
    await watcher.close()


async def test_the_setting_is_the_whole_number(database_url: str, postgres: str) -> None:
    """And a server that grants fewer makes people wait, and is told once."""
    name = database_url.split("/")[3].split("?")[0]
    await execute(postgres, "CREATE ROLE few LOGIN CONNECTION LIMIT 3", f"ALTER DATABASE {name} OWNER TO few", "GRANT rolepanel TO few")
    url = database_url.replace("//rolepanel@", "//few@")
    told: list[str] = []
    sink = logger.add(told.append, level="WARNING", format="{message}")
    try:
        database = Database(DatabaseSettings(database_url=SecretStr(url)))
        slots = ShardSlots(url, 1, [0])
        await slots.acquire()
        await database.open()
        with deeds.counted():
            many = [get_connection("default").execute_query("SELECT pg_sleep(0.05)") for _ in range(12)]
            await asyncio.gather(*many)
        assert [line for line in told if "connections at once, and 5 are allowed" in line] == told
        assert len(told) == 1
        await database.close()
        await slots.release()
    finally:
        logger.remove(sink)
        await execute(postgres, f"ALTER DATABASE {name} OWNER TO rolepanel", "DROP ROLE few")


async def test_no_more_connections_than_the_setting_says(database_url: str, postgres: str) -> None:
    database = Database(DatabaseSettings(database_url=SecretStr(database_url), database_max_connections=3))
    slots = ShardSlots(database_url, 1, [0])
    await slots.acquire()
    await database.open()
    many = asyncio.gather(*(get_connection("default").execute_query("SELECT pg_sleep(0.2)") for _ in range(9)))
    await until_sleeping(database_url)
    watcher = await connect(postgres)
    name = database_url.split("/")[3].split("?")[0]
    assert 2 <= int(await watcher.fetchval("SELECT count(*) FROM pg_stat_activity WHERE datname = $1", name) or 0) <= 3
    await watcher.close()
    await many
    await database.close()
    await slots.release()
