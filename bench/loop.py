"""How long the bot holds the event loop, and the processor, for the largest of everything: `python -m bench.loop [NAME …]`.

Each line: the longest callback on the loop (50 ms at most is the aim), the CPU time of all of it with its threads, and what it is.
"""

import asyncio
import os
import sys

from core.database import Database, migrate
from core.settings import DatabaseSettings
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from tests.conftest import execute, own_server, url_of
from tests.e2e.house import House
from tests.e2e.large import OPERATIONS
from tests.loop_cpu import loop_cpu

TEMPLATE = "migrated"


async def measure(name: str) -> None:
    """Measure one operation in a sandbox and a database of its own, and print its line."""
    database = Database(DatabaseSettings())
    await database.open()
    async with Sandbox(seed()) as sandbox:
        sandbox.gateway.identify_interval = 0
        os.environ |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": sandbox.api_url, "HEALTH_PORT": "0"}
        house = House(sandbox, database)
        try:
            act = await OPERATIONS[name](house)
            with loop_cpu() as cpu:
                await act()
        finally:
            await house.stop()
            await database.close()
    print(f"{1000 * cpu.worst:5.0f} ms {cpu.total:6.2f} s  {name.replace('_', ' ')}")


async def main(names: list[str]) -> None:
    """Measure what was named, or everything."""
    with own_server() as server:
        url = server.start()
        await execute(url, f"CREATE DATABASE {TEMPLATE}")
        await migrate(url_of(url, TEMPLATE))
        for number, name in enumerate(names or OPERATIONS):
            await execute(url, f"CREATE DATABASE bench_{number} TEMPLATE {TEMPLATE}")
            os.environ["DATABASE_URL"] = url_of(url, f"bench_{number}")
            await measure(name)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
