"""Several shards in one process, and a second process beside them."""

import asyncio

import pytest

from core.bot import ShardedRolePanelBot
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click


@pytest.fixture
async def sharded(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot with two shards in one process."""

    async def at_once(bot: ShardedRolePanelBot, shard_id: int | None, *, initial: bool = False) -> None:
        """What py-cord does between two new sessions, without its 5 s, which this sandbox does not ask for either."""

    monkeypatch.setattr(ShardedRolePanelBot, "before_identify_hook", at_once)
    monkeypatch.setenv("SHARD_COUNT", "2")
    await empty_house.start()
    return empty_house


async def test_clicks_work_and_survive_a_lost_connection(sharded: House) -> None:
    assert isinstance(sharded.bot, ShardedRolePanelBot)
    await posted_panel(sharded, "Red")
    assert "Added" in await click(sharded, "alice", "Red")
    connected = {connection.session.id for connection in sharded.sandbox.gateway.connections if connection.session}
    assert len(connected) == 2
    sharded.sandbox.gateway.refuse_connections(True)
    sharded.sandbox.gateway.drop_connections()
    await sharded.sandbox.driver.until(lambda: sharded.sandbox.traffic.find("GET", "/gateway"), what="for an attempt to come back")
    sharded.sandbox.gateway.refuse_connections(False)
    await sharded.sandbox.driver.until(
        lambda: not sharded.bot.gateway_watch.failures and len(sharded.sandbox.gateway.connections) == 2, timeout=20
    )
    asked = [dict(connection.request.query) for connection in sharded.sandbox.gateway.connections]
    assert all(query.get("v") == "10" for query in asked), asked
    assert "Removed" in await click(sharded, "alice", "Red")


@pytest.mark.parametrize("end", [4007, 4009, None])
async def test_one_shard_whose_session_ends_comes_back_while_the_other_goes_on(sharded: House, end: int | None) -> None:
    """By a close code, or by op 9 (None)."""
    await posted_panel(sharded, "Red")
    gateway, served = sharded.sandbox.gateway, (sharded.sandbox.guild.id >> 22) % 2
    shards = {c.session.shard[0]: c for c in gateway.connections if c.session}
    lost, kept = shards[served], shards[1 - served]
    if end is None:
        gateway.invalidate(lost, resumable=False)
    else:
        lost.close(end)
    await sharded.sandbox.until(lambda: any(c.session and c not in (lost, kept) for c in gateway.connections), 30, "for a new session")
    assert kept in gateway.connections or end is None
    async with asyncio.timeout(30):
        while await sharded.bot.guild(sharded.sandbox.guild.id) is None:
            pass  # it waits itself
    assert "Added" in await click(sharded, "alice", "Red")


async def test_it_leaves_in_good_order(sharded: House) -> None:
    await sharded.stop()
    assert not sharded.sandbox.gateway.connections


async def test_a_shard_that_has_not_identified_yet_leaves_in_good_order_too(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARD_COUNT", "2")
    gateway, driver = empty_house.sandbox.gateway, empty_house.sandbox.driver
    starting = asyncio.create_task(empty_house.start())
    await driver.until(lambda: len(gateway.connections) == 2, what="for the second shard to connect")
    connections = list(gateway.connections)
    assert connections[1].session is None, "py-cord waits 5 s before it identifies a second shard"
    empty_house.bot.stop()
    await starting
    await empty_house.stop()
    await driver.until(lambda: not gateway.connections, what="for both to leave")
    assert [connection.close_code for connection in connections] == [1000, 1000]
