"""End-to-end tests: a real bot in the sandbox. After every one of them the sandbox's ledger is read."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.database import Database
from domain import clock
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from tests.e2e.house import House, leftover_tasks


@pytest.fixture
async def empty_house(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Sandbox and database without a bot; the test starts it. Judged afterwards."""
    before = asyncio.all_tasks()
    sandbox = Sandbox(seed())
    sandbox.gateway.identify_interval = 0  # Discord wants 5 s between two new sessions, which a restart in a test need not wait for
    await sandbox.start()
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("DISCORD_API_URL", sandbox.api_url)
    monkeypatch.setenv("HEALTH_PORT", "0")
    house = House(sandbox, database)
    yield house
    await house.stop()
    problems = await house.judge()
    await sandbox.stop()
    clock.reset()
    problems += [f"left over: {task}" for task in await leftover_tasks(before)]
    assert not problems, "\n".join(problems)


@pytest.fixture
async def house(empty_house: House) -> House:
    """The whole product, ready."""
    await empty_house.start()
    return empty_house
