"""The probes tell the truth: about the gateway, the database and a standby, and while their cog is exchanged."""

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import asyncpg
import pytest
from discord.gateway import KeepAliveHandler
from tortoise.connection import get_connection

from cogs.health.cog import HealthCog
from core import gateway_watch
from core.database import connect
from core.shards import ShardSlots
from sandbox import payload
from sandbox.guilds import GUILDS
from sandbox.world import Event
from tests.e2e.house import House
from tests.log import logged


class Probe:
    """Asks the health server of a house's bot, wherever it listens now."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self._house, self._session = house, session

    async def get(self, path: str = "/health/ready") -> tuple[int, dict[str, Any]]:
        cog = self._house.bot.get_cog("health")
        # By class name: after a reload the class is another one.
        assert cog is not None and type(cog).__name__ == HealthCog.__name__
        host, port = cog.address  # pyright: ignore[reportAttributeAccessIssue]
        async with self._session.get(f"http://{host}:{port}{path}") as response:
            return response.status, await response.json()

    async def until(self, status: int) -> dict[str, Any]:
        async with asyncio.timeout(30):
            while (answer := await self.get())[0] != status:
                pass
        return answer[1]["checks"]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as opened:
        yield opened


@pytest.fixture
def probe(house: House, session: aiohttp.ClientSession) -> Probe:
    return Probe(house, session)


async def test_a_working_bot_is_live_and_ready(probe: Probe) -> None:
    assert await probe.get("/health/live") == (200, {"status": "ok"})
    assert await probe.get() == (
        200,
        {
            "status": "ready",
            "checks": {
                "gateway": {"ok": True, "detail": "connected"},
                "database": {"ok": True, "detail": "answers"},
                "standby": {"ok": True, "detail": "serving shard 0"},
            },
        },
    )


async def test_a_lost_gateway_is_told_until_the_session_is_resumed(house: House, probe: Probe) -> None:
    await house.bot.wait_until_ready()
    house.sandbox.gateway.refuse_connections(True)
    house.sandbox.gateway.drop_connections()
    checks = await probe.until(503)
    assert checks["gateway"] == {"ok": False, "detail": "shard 0: not connected"}
    assert checks["database"]["ok"] and checks["standby"]["ok"]
    assert house.bot.is_ready(), "py-cord's own flag would have said that all is well"
    house.sandbox.gateway.refuse_connections(False)
    await probe.until(200)


async def test_a_gateway_that_is_away_for_ten_seconds_is_a_warning_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gateway_watch.AWAY_SECONDS == 10.0
    monkeypatch.setattr(gateway_watch, "AWAY_SECONDS", 0.0)
    gateway = house.sandbox.gateway
    with logged("WARNING") as log:
        gateway.refuse_connections(True)
        gateway.drop_connections()
        await log.until("Shard 0 has had no connection to Discord for 0 s")
        for _ in range(2):  # what fails while it is away is not another outage
            failed = asyncio.create_task(house.bot.wait_for("disconnect"))
            await asyncio.wait_for(failed, 30)
        back = asyncio.create_task(house.bot.wait_for("resumed"))
        await asyncio.sleep(0)
        gateway.refuse_connections(False)
        await asyncio.wait_for(back, 30)
        assert len([line for line in log if "no connection" in line]) == 1


async def test_a_short_absence_from_the_gateway_is_no_warning(house: House) -> None:
    back = asyncio.create_task(house.bot.wait_for("resumed"))
    await asyncio.sleep(0)
    house.sandbox.gateway.drop_connections()
    await asyncio.wait_for(back, 30)
    await asyncio.sleep(0)  # the watch hears it, too
    assert not house.bot.gateway_watch._warnings


async def test_who_leaves_the_gateway_does_not_miss_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_watch, "AWAY_SECONDS", 0.0)
    watch, asked = house.bot.gateway_watch, asyncio.Event()
    warn = watch._warn
    monkeypatch.setattr(watch, "_warn", lambda shard_id: (warn(shard_id), asked.set()))
    with logged("WARNING") as log:
        await house.stop()
        await asyncio.wait_for(asked.wait(), 30)
        assert not [line for line in log if "no connection" in line]


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_new_session_is_as_good_as_a_resumed_one(resumable: bool, house: House, probe: Probe) -> None:
    lost = asyncio.create_task(house.bot.wait_for("disconnect"))
    back = asyncio.create_task(house.bot.wait_for("resumed" if resumable else "connect"))
    await asyncio.sleep(0)
    house.sandbox.gateway.invalidate_sessions(resumable)
    await asyncio.wait_for(lost, 10)
    await asyncio.wait_for(back, 20)
    await probe.until(200)


async def test_the_pause_before_a_new_session_is_discords(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, float]] = []
    monkeypatch.setattr("core.bot.random.uniform", lambda low, high: asked.append((low, high)) or 0.0)
    back = asyncio.create_task(house.bot.wait_for("connect"))
    await asyncio.sleep(0)
    house.sandbox.gateway.invalidate_sessions(False)
    await asyncio.wait_for(back, 60)
    assert asked == [(1.0, 5.0)]


async def test_servers_that_have_not_arrived_are_told(house: House, probe: Probe) -> None:
    """READY names them; until the first one comes, nobody is served."""
    sandbox, guild = house.sandbox, house.sandbox.guild
    sandbox.world.emit(Event("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id, GUILDS))
    checks = await probe.until(503)
    assert checks["gateway"] == {"ok": False, "detail": "shard 0: no server has arrived yet"}
    app = next(iter(sandbox.world.applications.values()))
    data = payload.gateway_guild(sandbox.world, guild, app.bot_id, [guild.members[app.bot_id]])
    sandbox.world.emit(Event("GUILD_CREATE", data, guild.id, GUILDS, app.id))
    await probe.until(200)


async def test_a_silent_gateway_is_told(house: House, probe: Probe) -> None:
    heart = house.bot.ws._keep_alive
    assert heart and heart.interval
    heart._last_ack -= 2 * heart.interval
    status, body = await probe.get()
    assert (status, body["checks"]["gateway"]["ok"]) == (503, False)
    assert "no heartbeat acknowledged for" in body["checks"]["gateway"]["detail"]


async def test_a_gateway_that_acknowledges_nothing_is_left_and_the_session_resumed(house: House, probe: Probe) -> None:
    gateway = house.sandbox.gateway
    (connection,) = gateway.connections
    heart = house.bot.ws._keep_alive
    assert heart and heart.interval
    gateway.stop_acks()
    resumed = asyncio.create_task(house.bot.wait_for("resumed"))
    heart._last_recv -= 2 * heart.interval
    heart.tick()  # other frames go on coming
    threading.Thread(target=_beat_now, args=(heart,)).start()
    await house.sandbox.driver.until(lambda: connection not in gateway.connections, what="for the connection to be left")
    gateway.stop_acks(False)
    await asyncio.wait_for(resumed, 20)
    await probe.until(200)


def _beat_now(heart: KeepAliveHandler) -> None:
    """What the heart does when its interval is over."""
    heart.interval = 0.0
    heart.run()


async def test_a_hanging_database_is_told_within_a_second(house: House, probe: Probe) -> None:
    watcher: asyncpg.Connection = await connect(house.database.url)
    pool = [asyncio.create_task(get_connection("default").execute_query("SELECT pg_sleep(60)")) for _ in range(4)]
    while await watcher.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") != len(pool):
        pass
    await watcher.close()
    status, body = await probe.get()
    assert (status, body["checks"]["database"]) == (503, {"ok": False, "detail": "no answer within 0.8 s"})
    assert not any(task.done() for task in pool)
    for task in pool:
        task.cancel()
    await asyncio.wait(pool)
    await probe.until(200)


async def test_a_standby_is_not_ready_until_it_takes_over(empty_house: House, session: aiohttp.ClientSession) -> None:
    (application_id,) = empty_house.sandbox.world.applications
    first = ShardSlots(empty_house.database.url, application_id, [0])
    await first.acquire()
    starting = asyncio.create_task(empty_house.start())
    async with asyncio.timeout(30):
        while True:
            await asyncio.sleep(0)
            try:
                if empty_house.bot.get_cog("health"):
                    break
            except AssertionError:
                continue  # not built yet
    probe = Probe(empty_house, session)
    checks = await probe.until(503)
    while checks["standby"]["detail"] != "standby: another process serves shard 0":
        checks = await probe.until(503)
    assert not checks["gateway"]["ok"] and checks["database"]["ok"]
    await first.release()
    await starting
    await probe.until(200)


async def test_the_port_is_kept_over_reloads_and_free_while_unloaded(
    empty_house: House, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("HEALTH_PORT", str(port))
    await empty_house.start()
    url = f"http://127.0.0.1:{port}/health/live"
    for _ in range(3):
        await empty_house.bot.cog_manager.reload("health")
        async with session.get(url) as response:
            assert response.status == 200
    await empty_house.bot.cog_manager.unload("health")
    with pytest.raises(aiohttp.ClientConnectorError):
        await session.get(url)
    await empty_house.bot.cog_manager.load("health")
    async with session.get(url) as response:
        assert response.status == 200


async def test_who_says_nothing_is_cut_off_and_cannot_keep_others_out(house: House, probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    server = sys.modules["cogs.health.server"]  # as the bot has loaded it
    monkeypatch.setattr(server, "CONNECTION_SECONDS", 1.0)
    host, port = house.bot.get_cog("health").address  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    silent = [await asyncio.open_connection(host, port) for _ in range(server.CONNECTIONS_MAX)]
    reader, writer = await asyncio.open_connection(host, port)
    with suppress(ConnectionResetError):
        assert await reader.read() == b"", "there is no room for it"
    writer.close()
    for reader, writer in silent:
        with suppress(ConnectionResetError):
            assert await reader.read() == b"", "it said nothing for too long"
        writer.close()
    assert (await probe.get("/health/live"))[0] == 200


async def test_however_many_ask_the_database_is_asked_once_a_second(house: House, probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cogs.health.server"], "LOOK_SECONDS", 60.0)
    pings = 0
    ping = house.bot.database.ping

    async def counted(timeout: float) -> None:
        nonlocal pings
        pings += 1
        await ping(timeout)

    monkeypatch.setattr(house.bot.database, "ping", counted)
    answers = await asyncio.gather(*(probe.get() for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    assert pings == 1
