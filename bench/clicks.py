"""How long members wait when many click at once: `python -m bench.clicks`.

Each line compares what was measured with what Discord's own times and limits make unavoidable; 1.00 is the best there can be.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable

from core.database import Database, migrate
from core.settings import DatabaseSettings
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from tests.conftest import own_server
from tests.e2e.crowd import add_members, all_click, panel_in, until_told
from tests.e2e.house import House

ROLES = "/guilds/*/members/*/roles/*"
PATIENCE = 60.0


async def told_after(house: House, results: list[Result]) -> float:
    """The seconds from the first click until everybody was told what changed."""
    first = min(result.interaction.created for result in results)
    await until_told(house, results, "Added", PATIENCE)
    return house.sandbox.clock.now() - first


async def one_click(house: House) -> tuple[float, float]:
    """One click, against a role call of 100 ms."""
    house.sandbox.faults.add(Fault("latency", "PUT", ROLES, seconds=0.1))
    return await _crowd_clicks(house, 1), 0.1


async def slow_calls(house: House) -> tuple[float, float]:
    """Ten members whose role calls take 4 s each, against one such call."""
    house.sandbox.faults.add(Fault("latency", "PUT", ROLES, seconds=4.0))
    return await _crowd_clicks(house, 10), 4.0


async def an_error_each(house: House) -> tuple[float, float]:
    """A 500 for each of ten members, against one member's pause before the second try."""
    house.sandbox.faults.add(Fault("status", "PUT", ROLES, status=500, count=10))
    return await _crowd_clicks(house, 10), 0.25


async def a_limit_each(house: House) -> tuple[float, float]:
    """A short 429 for each of ten members, against one member's wait."""
    house.sandbox.faults.add(Fault("status", "PUT", ROLES, status=429, retry_after=0.5, count=10))
    return await _crowd_clicks(house, 10), 0.5


async def thirty_clicks(house: House) -> tuple[float, float]:
    """30 clicks in 3 s under the real limit of 10 in 10 s, against the two windows that must pass."""
    crowd = add_members(house.sandbox, house.sandbox.guild, 30)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    results: list[Result] = []
    for actor in crowd:
        results.append(await MessageView(actor, message).click("Red"))
        await asyncio.sleep(0.1)
    return await told_after(house, results), 20.0


async def _crowd_clicks(house: House, count: int) -> float:
    crowd = add_members(house.sandbox, house.sandbox.guild, count)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    return await told_after(house, await all_click(crowd, message, "Red"))


MEASURES: list[Callable[[House], Awaitable[tuple[float, float]]]] = [one_click, slow_calls, an_error_each, a_limit_each, thirty_clicks]


async def measure(what: Callable[[House], Awaitable[tuple[float, float]]], database: Database) -> None:
    """Measure one thing in a sandbox of its own, and print its line."""
    async with Sandbox(seed()) as sandbox:
        sandbox.gateway.identify_interval = 0
        os.environ |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": sandbox.api_url, "HEALTH_PORT": "0"}
        house = House(sandbox, database)
        await house.start()
        try:
            took, unavoidable = await what(house)
        finally:
            await house.stop()
    print(f"{took / unavoidable:6.2f}  ({took:6.2f} s / {unavoidable:5.2f} s)  {(what.__doc__ or '').strip()}")


async def main() -> None:
    """Measure everything, one after another."""
    with own_server() as server:
        os.environ["DATABASE_URL"] = server.start()
        await migrate(os.environ["DATABASE_URL"])
        database = Database(DatabaseSettings())
        await database.open()
        try:
            for what in MEASURES:
                await measure(what, database)
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(main())
