"""PostgreSQL goes away under the running bot and comes back."""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest
from loguru import logger

from cogs.roles.decision.decision import Click
from core.database import migrate
from core.embedded import EmbeddedPostgres
from domain.events import PanelChanged
from models import AuditEntry, AuditState
from tests.conftest import execute, own_server
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that only this test uses, so that it may be stopped."""
    with own_server() as started:
        yield started


@pytest.fixture
async def database_url(server: EmbeddedPostgres) -> str:
    """In place of the shared server's: the bot's database is on the one that will be stopped."""
    url = server.start()
    await migrate(url)
    return url


async def test_clicks_are_told_and_everything_recovers(server: EmbeddedPostgres, house: House) -> None:
    panel = await posted_panel(house, "Red")
    await click(house, "alice", "Red")
    await house.audit()  # settled, not only answered
    server.stop()
    house.bot.dispatch(PanelChanged.NAME, PanelChanged(house.sandbox.guild.id, panel.id, None))
    assert "lost contact with its database" in await click(house, "alice", "Red")
    assert await readiness(house) == 503
    assert house.actor("alice").role_names() == ["Red"]
    server.start()
    # The click waited until the shards could not be believed to be held any more; now it is a standby, for a moment.
    await house.sandbox.until(lambda: any(c.session for c in house.sandbox.gateway.connections), 60, "for the bot to come back")
    assert "Removed" in await click(house, "alice", "Red")
    async with asyncio.timeout(30):
        while await readiness(house) != 200:
            pass


async def test_clicks_left_behind_are_settled_also_when_the_cog_was_exchanged_meanwhile(
    server: EmbeddedPostgres, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cog is loaded while no shard is held; what begins with the shards begins when they are held again."""
    panel = await posted_panel(house, "Red")
    await click(house, "alice", "Red")
    (done,) = await house.audit("roles.click")
    server.stop()
    await house.sandbox.until(lambda: not house.bot.held_shards, 60, "for the shards to be missed")
    await house.bot.cog_manager.reload("roles")
    server.start()
    await AuditEntry.filter(id=done.id).update(state=AuditState.QUEUED, settled_at=None, resume=left_behind(house, panel.id))
    (row,) = await house.audit("roles.click")
    assert row.state is AuditState.REFUSED


def left_behind(house: House, panel_id: int) -> dict[str, object]:
    """What is stored of a click whose process ended, whose token is none that Discord knows."""
    alice, guild = house.actor("alice"), house.sandbox.guild
    house.sandbox.ledger.allow(code=50027)
    click = Click(1, next(iter(house.sandbox.world.applications)), "ended", "en-US", guild.id, 0, 0, alice.user.id, panel_id, (), True)
    return click.to_json()


FULL = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device'; END $$"""


async def test_a_database_that_takes_no_changes_is_told_as_it_is(house: House, database_url: str) -> None:
    """Read-only after a failover, and without room: what members are told, what the log says once, and what the probe says."""
    await posted_panel(house, "Red", "Green")
    told: list[str] = []
    sink = logger.add(told.append, level="INFO", format="{message}", filter="core.outages")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    try:
        await execute(database_url, "ALTER DATABASE postgres SET default_transaction_read_only = on", cut)
        await house.sandbox.until(lambda: house.bot.held_shards, 60, "for the shards")
        for _ in range(2):
            assert "can't save anything right now, so nothing was changed" in await click(house, "alice", "Red")
        assert await readiness(house) == 503
        undo = ("SET default_transaction_read_only = off", "ALTER DATABASE postgres RESET default_transaction_read_only")
        await execute(database_url, *undo, cut)
        await house.sandbox.until(lambda: house.bot.held_shards, 60, "for the shards")
        assert "Added" in await click(house, "alice", "Red")
        await house.audit()  # a click is settled after its answer
        await execute(database_url, FULL, "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON audit_entry EXECUTE FUNCTION full_disk()")
        assert "can't save anything right now, so nothing was changed" in await click(house, "bob", "Green")
        assert "Green" not in house.actor("bob").role_names()
        await execute(database_url, "DROP TRIGGER no_room ON audit_entry")
        assert "Added" in await click(house, "bob", "Green")
    finally:
        logger.remove(sink)
    lines = [line.strip() for line in told if "cannot be reached" not in line]
    first, second = [line for line in lines if "takes no changes" in line]
    assert "in a read-only transaction" in first
    assert second == "The database takes no changes: could not extend file: No space left on device"


async def readiness(house: House) -> int:
    """The status of the readiness probe."""
    host, port = house.bot.cogs["health"].address  # pyright: ignore[reportAttributeAccessIssue]
    async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}/health/ready") as response:
        return response.status
