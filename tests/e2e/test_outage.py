"""PostgreSQL goes away under the running bot and comes back."""

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from core.database import migrate
from core.embedded import EmbeddedPostgres
from domain.events import PanelChanged
from tests.conftest import own_server
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
    assert "database cannot be reached" in await click(house, "alice", "Red")
    assert await readiness(house) == 503
    assert house.actor("alice").role_names() == ["Red"]
    server.start()
    assert "Removed" in await click(house, "alice", "Red")
    async with asyncio.timeout(30):
        while await readiness(house) != 200:
            pass


async def readiness(house: House) -> int:
    """The status of the readiness probe."""
    host, port = house.bot.cogs["health"].address  # pyright: ignore[reportAttributeAccessIssue]
    async with aiohttp.ClientSession() as session, session.get(f"http://{host}:{port}/health/ready") as response:
        return response.status
