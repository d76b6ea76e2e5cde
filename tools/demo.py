"""`make demo`: the sandbox, an embedded PostgreSQL and the bot together, until Ctrl-C. No account and no network is needed."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
from loguru import logger

from core.database import connect
from core.embedded import EmbeddedPostgres
from core.settings import ROOT
from core.stops import ExpectedStop

DATA = ROOT / "data" / "demo"
HOST = "127.0.0.1"
SANDBOX_PORT, HEALTH_PORT = 8090, 8080
TOKEN = "demo-token-of-the-sandbox"
START_SECONDS, END_SECONDS = 60, 15

WELCOME = """
The demo is running: a bot in a Discord of its own, with a server called {guild}.

Open in a browser
  {sandbox}

and try this:
  1. You are Olivia, the owner. In #general write /config audit-channel and choose #audit-log.
  2. Write /panel create, fill in the form, and press Post in the editor that opens. Choose #roles.
  3. At the top, become Alice. Open #roles and click a button: she gets the role, and an answer only she sees.
  4. Become Haruto and click: the answer is Japanese. Become Olivia again and look into #audit-log.
  5. Open "Behind the scenes", cause some trouble, and click again.

Also there
  {health}
      is everything well? The gateway, the database, the shards
  {logs}
      what the bot and the sandbox say

Ctrl-C ends all of it.
"""


async def main() -> None:
    """Start everything, say what to open, and end it on SIGINT, SIGTERM or SIGHUP. Raises ExpectedStop when a part fails."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    demo = asyncio.create_task(_run(), name="demo")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({demo, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not demo.done():
        print("\nEnding …", flush=True)
        demo.cancel()
        await asyncio.wait({demo})
    if not demo.cancelled():
        await demo


async def _run() -> None:
    print("Starting the database, the sandbox and the bot …", flush=True)
    health_port = _free_port(HEALTH_PORT)
    sandbox_url = f"http://{HOST}:{(sandbox_port := _free_port(SANDBOX_PORT))}"
    async with _database() as database_url:
        sandbox_command = ["-m", "sandbox", "--host", HOST, "--port", str(sandbox_port), "--token", TOKEN, "--intents", "members"]
        async with _process("sandbox", sandbox_command, {}) as sandbox:
            await _answers(f"{sandbox_url}/api/v10/gateway", sandbox, "sandbox")
            guild, owner_id = await _world(sandbox_url)
            settings = _settings(sandbox_url, database_url, health_port, owner_id, guild["id"])
            async with _process("bot", ["bot.py"], settings) as bot:
                await _answers(health := f"http://{HOST}:{health_port}/health/ready", bot, "bot")
                logs = f"{DATA.relative_to(ROOT)}/bot.log, sandbox.log"
                print(WELCOME.format(guild=guild["name"], sandbox=sandbox_url, health=health, logs=logs), flush=True)
                endings = {asyncio.create_task(part.wait()) for part in (sandbox, bot)}
                try:
                    await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for ending in endings:
                        ending.cancel()
                raise ExpectedStop(f"The {'bot' if bot.returncode is not None else 'sandbox'} ended by itself.{_last_words()}")


@asynccontextmanager
async def _database() -> AsyncIterator[str]:
    """A fresh database for each demo, because the sandbox's world is a fresh one too."""
    server = EmbeddedPostgres(DATA / "postgres")
    # Not cancelled half-way: Ctrl-C is looked at when the server is up.
    url = server.start()
    name = f"demo_{os.getpid()}"
    try:
        connection = await connect(url)
        try:
            for row in await connection.fetch(r"SELECT datname FROM pg_database WHERE datname LIKE 'demo\_%'"):
                await _drop(connection, row["datname"])
            await connection.execute(f"CREATE DATABASE {name}")
            yield url.replace("/postgres?", f"/{name}?")
            await _drop(connection, name)
        finally:
            await connection.close()
    finally:
        server.stop()


async def _drop(connection: asyncpg.Connection, name: str) -> None:
    try:
        await connection.execute(f"DROP DATABASE {name}")
    except asyncpg.ObjectInUseError:
        return  # another demo, which goes on


@asynccontextmanager
async def _process(name: str, arguments: list[str], environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A part of the demo. In a session of its own: Ctrl-C reaches the demo alone, which ends the parts in order."""
    with (DATA / f"{name}.log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), END_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process, name: str) -> None:
    """Return when `url` answers 200. Raises ExpectedStop when the process ends before, or takes too long."""
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
        while process.returncode is None and asyncio.get_running_loop().time() < deadline:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass  # it does not listen yet
            await asyncio.sleep(0.1)
    raise ExpectedStop(f"The {name} did not start.{_last_words()}")


async def _world(sandbox_url: str) -> tuple[dict[str, str], str]:
    """The server that the bot is in, and the id of the application's owner."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with aiohttp.ClientSession(f"{sandbox_url}/api/v10/", headers=headers, raise_for_status=True) as session:
        async with session.get("users/@me/guilds") as response:
            guild = (await response.json())[0]
        async with session.get("applications/@me") as response:
            return guild, (await response.json())["owner"]["id"]


def _settings(sandbox_url: str, database_url: str, health_port: int, owner_id: str, guild_id: str) -> dict[str, str]:
    """The bot's settings, with an answer to each that the .env of a real bot beside it might hold."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": f"{sandbox_url}/api",
        "DATABASE_URL": database_url,
        "HEALTH_HOST": HOST,
        "HEALTH_PORT": str(health_port),
        "OWNER_IDS": owner_id,
        "OWNER_GUILD_ID": guild_id,
        "SHARD_COUNT": "1",
        "SHARD_IDS": "0",
        "MEMBERS_INTENT": "true",
        "DISABLED_COGS": ",",
        "LOG_FORMAT": "text",
    }


def _free_port(preferred: int) -> int:
    """The preferred port, or another one when it is taken."""
    for port in (preferred, 0):
        try:
            with socket.create_server((HOST, port)) as listener:
                return listener.getsockname()[1]
        except OSError:
            continue
    raise ExpectedStop(f"No port is free on {HOST}.")


def _last_words() -> str:
    """The ends of the parts' logs."""
    lines = [
        line for path in sorted(Path(DATA).glob("*.log")) for line in [f"\n{path.relative_to(ROOT)}:", *path.read_text().splitlines()[-5:]]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, format="{message}")
    try:
        asyncio.run(main())
    except ExpectedStop as stop:
        sys.exit(str(stop))
