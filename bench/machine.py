"""The processes that are measured: the bot, its rivals in environments of their own, and what each of them costs."""

import asyncio
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import venv
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.world import TOKEN

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".bench"
WATCH = CACHE / "watch.json"
OURS, REFERENCE = "this bot", "py-cord"
AIOHTTP = "aiohttp==3.14.5"
RIVALS = {
    REFERENCE: ("discord_bot.py", ["py-cord==2.8.1", AIOHTTP]),
    "discord.py": ("discord_bot.py", ["discord.py==2.7.1", AIOHTTP]),
    "hikari": ("hikari_bot.py", ["hikari==2.7.0", AIOHTTP]),
    "bare aiohttp": ("aiohttp_bot.py", [AIOHTTP]),
}
KINDS = (OURS, *RIVALS)
PATIENCE = 60.0  # seconds for whatever a bot is to do
_CPUS = sorted(os.sched_getaffinity(0))
BOTS, OTHERS = _CPUS[:1], _CPUS[1:] or _CPUS  # the processor that all bots have in turn, and those for the stub and the database


def python_of(rival: str) -> Path:
    """The interpreter of a rival's environment, which is made when it is not there or wants other packages."""
    place, packages = CACHE / f"env-{rival.replace(' ', '-')}", RIVALS[rival][1]
    python, made = place / "bin" / "python", place / "made-of"
    if not made.exists() or made.read_text() != str(packages):
        print(f"Making the environment of {rival} …", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
        made.write_text(str(packages))
    return python


class Bot:
    """A running bot, on the processor of the bots. `database`: of ours; `uncapped` and `watch`, too, see bench/ours.py."""

    def __init__(self, kind: str, address: str, database: str, *, uncapped: bool, watch: bool) -> None:
        if kind == OURS:
            command = [sys.executable, "-m", "bench.ours"]
            own = {
                "DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": f"http://{address}/api", "DATABASE_URL": database, "HEALTH_PORT": "0",
                "LOG_LEVEL": "INFO", "UNCAPPED": "1" if uncapped else "", "WATCH": str(WATCH) if watch else "",
            }  # fmt: skip
        else:
            command = [python_of(kind), ROOT / "bench" / "rivals" / RIVALS[kind][0]]
            own = {"TOKEN": TOKEN, "API_URL": f"http://{address}/api"}
        with (CACHE / f"{kind.replace(' ', '-')}.log").open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log)
        self.pid = self._process.pid
        os.sched_setaffinity(self.pid, BOTS)

    async def watched(self) -> dict[str, Any]:
        """What it did since this was last asked; see bench/ours.py."""
        WATCH.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(PATIENCE):
            while not WATCH.exists():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        seen = json.loads(WATCH.read_text())
        print(seen["what"], flush=True)
        return seen

    def memory(self, name: str = "VmRSS") -> float:
        """Its resident memory, in MB; "VmHWM": the most that it ever had."""
        return int(Path(f"/proc/{self.pid}/status").read_text().partition(f"{name}:")[2].split()[0]) * 1024 / 1e6

    async def stop(self) -> None:
        """End it as a service manager does."""
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, PATIENCE)


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process and of what it started."""
    process = psutil.Process(pid)
    total = sum(process.cpu_times()[:4])  # user, system, and those of children that have ended
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += sum(child.cpu_times()[:2])
    return total


def busy_seconds() -> float:
    """The time that all processors have worked, for whomever."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq + times.steal


def facts() -> dict[str, str]:
    """What a reader has to know of the machine."""
    model = Path("/proc/cpuinfo").read_text().partition("model name")[2].partition("\n")[0].lstrip("\t :") or platform.machine()
    described = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "processors": f"{len(_CPUS)} of {model}; the bots have one in turn, the stub and PostgreSQL the rest",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "rivals": ", ".join(packages[0] for _, packages in RIVALS.values()),
        "commit": described.stdout.strip(),
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }
