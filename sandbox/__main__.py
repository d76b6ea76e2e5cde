"""`python -m sandbox`: serve a local Discord until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from sandbox.world import World
from sandbox.worldfile import INTENTS, WorldFileError, load


def main() -> int:
    """Read the arguments and serve; 2 and one sentence when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Discord: REST v10, gateway v10 and a page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8090, help="port, 0 for a free one (default: %(default)s)")
    parser.add_argument("--world", type=Path, help="a TOML file with a world of your own")
    parser.add_argument("--token", help="the bot token to accept (default: one that the program prints)")
    parser.add_argument(
        "--intents", nargs="*", default=[], choices=sorted(INTENTS), help="privileged intents switched on in the portal (default: none)"
    )
    arguments = parser.parse_args()
    try:
        world = load(arguments.world, arguments.token) if arguments.world else seed(arguments.token or TOKEN)
    except (WorldFileError, OSError) as error:
        return _fail(str(error))
    application = next(iter(world.applications.values()))
    application.privileged_intents |= sum(INTENTS[name] for name in set(arguments.intents))
    try:
        asyncio.run(_serve(world, arguments.host, arguments.port))
    except (OSError, OverflowError) as error:
        return _fail(f"cannot listen on {arguments.host}:{arguments.port}: {error}")
    return 0


async def _serve(world: World, host: str, port: int) -> None:
    sandbox = Sandbox(world)
    await sandbox.start(host, port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C raises KeyboardInterrupt there
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    token = next(iter(world.applications.values())).token
    print(f"Sandbox page:     {sandbox.url}/")
    print(f"DISCORD_API_URL:  {sandbox.api_url}")
    if token == TOKEN:
        print(f"DISCORD_TOKEN:    {token}")
    sys.stdout.flush()
    try:
        await stopped.wait()
    finally:
        await sandbox.stop()


def _fail(sentence: str) -> int:
    print(f"sandbox: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
