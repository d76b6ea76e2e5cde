"""Runs bots of other libraries against the sandbox: `python -m tools.other_bots [LIBRARY …]`.

What each library needs is installed by itself into an environment of its own under .cache/other-bots (pip, or npm for discord.js; so
the first run wants the network). Each bot is a program that knows nothing of the sandbox but its address; the driver then does what a
person would. Exit status 1 when a story failed.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from tools.other_bots.stories import STORIES

HERE = Path(__file__).parent
CACHE = HERE.parent.parent / ".cache" / "other-bots"
LIBRARIES = {
    "pycord": "py-cord==2.8.1",
    "discordpy": "discord.py==2.7.1",
    "nextcord": "nextcord==2.6.0",
    "disnake": "disnake==2.12.2",
    "hikari": "hikari==2.7.0",
    "interactionspy": "discord-py-interactions==5.16.0",
    "discordjs": "discord.js@14.28.1",
}
PATIENCE = 60.0


def installed(library: str) -> list[str]:
    """The command that runs a bot of the library; what is missing is installed first."""
    home, package = CACHE / library, LIBRARIES[library]
    done = home / "installed"
    if not done.exists() or done.read_text() != package:
        shutil.rmtree(home, ignore_errors=True)
        if library == "discordjs":
            home.mkdir(parents=True)
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), package], check=True)
        else:
            venv.create(home, with_pip=True)
            extra = ["audioop-lts"] if sys.version_info >= (3, 13) else []
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, package, *extra], check=True)
        done.write_text(package)
    return ["node"] if library == "discordjs" else [str(home / "bin" / "python")]


async def tell(library: str, program: list[str], feature: str) -> str | None:
    """Run one bot and its story against a fresh sandbox. Says what went wrong, None for nothing."""
    file = next((HERE / library).glob(f"{feature}.*"))
    async with Sandbox(seed()) as sandbox:
        sandbox.gateway.identify_interval = 0
        env = {
            **os.environ,
            "NODE_PATH": str(CACHE / library / "node_modules"),
            "SANDBOX_API": sandbox.api_url,
            "SANDBOX_GATEWAY": sandbox.gateway_url,
            "TOKEN": TOKEN,
            "GUILD_ID": str(sandbox.guild.id),
            "ROLE_ID": str(sandbox.role("Red").id),
        }
        with tempfile.TemporaryFile() as log:
            bot = await asyncio.create_subprocess_exec(*program, str(file), env=env, stdout=asyncio.subprocess.PIPE, stderr=log)
            try:
                async with asyncio.timeout(PATIENCE):
                    await _ready(bot)
                    await STORIES[feature](sandbox)
                problems = [str(problem) for problem in sandbox.ledger.problems()]
                return "; ".join(problems) or None
            except Exception as error:  # noqa: BLE001 - whatever went wrong is what the run tells
                log.seek(0)
                return f"{type(error).__name__}: {error}\n{log.read().decode(errors='replace')[-3000:]}"
            finally:
                if bot.returncode is None:
                    bot.kill()
                await bot.wait()


async def _ready(bot: asyncio.subprocess.Process) -> None:
    assert bot.stdout is not None
    while line := await bot.stdout.readline():
        if line.strip() == b"ready":
            return
    raise RuntimeError("the bot ended before it was ready")


async def run(libraries: list[str]) -> int:
    """All stories of the libraries, one after another. The number of those that failed."""
    failed = 0
    for library in libraries:
        program = installed(library)
        for feature in STORIES:
            wrong = await tell(library, program, feature)
            failed += wrong is not None
            print(f"{library:15} {feature:10} {'as it should' if wrong is None else wrong}", flush=True)
    return failed


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - LIBRARIES.keys()
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))} is none of {', '.join(LIBRARIES)}.")
    sys.exit(min(1, asyncio.run(run(sys.argv[1:] or list(LIBRARIES)))))
