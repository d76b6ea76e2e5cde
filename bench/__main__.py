"""`make bench`: measures everything and writes .bench/table.md, table.json and latency.svg. See docs/performance.md.

`python -m bench PART …` measures only some parts, one round each, and adds to what was measured of the same commit before.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bench.load import Setup, Void, running
from bench.machine import CACHE, OURS, RIVALS, cpu_seconds, cpus, facts
from bench.picture import picture
from bench.store import Store
from bench.table import PHASES, ROUNDS, markdown, rows
from bench.world import Size
from tests.conftest import own_server

KINDS = [OURS, *RIVALS]
RESULTS = CACHE / "results.json"
CURVE = (25, 50, 100, 200, 300, 400, 600)  # clicks a second
LATE = 1000.0  # ms: a bot that half of the clicks wait for so long is not asked for more
TOGETHER = 64  # clicks that are open at any moment, when a bot gets as many as it takes


class Notes:
    """What was measured, by name and round; what was void counts for nothing, and is told."""

    def __init__(self, machine: dict[str, str]) -> None:
        self.found: dict[str, list[Any]] = {}
        self.void: list[str] = []
        self.machine = machine
        if RESULTS.exists() and len(sys.argv) > 1:
            before = json.loads(RESULTS.read_text())
            if before["machine"]["commit"] == machine["commit"]:
                self.found, self.void, self.machine = before["found"], before["void"], before["machine"]

    def note(self, name: str, value: Any) -> Any:
        """Keep one result."""
        self.found.setdefault(name, []).append(value)
        RESULTS.write_text(json.dumps({"machine": self.machine, "found": self.found, "void": self.void}, indent=1))
        print(f"{name}: {json.dumps(value)}", flush=True)
        return value

    async def part(self, part: "Part", store: Store) -> None:
        """Measure a part."""
        try:
            await part(store, self.note)
        except Void as error:
            self.void.append(f"{part.__name__}: {error}")
            print(f"VOID {self.void[-1]}", flush=True)


Note = Callable[[str, Any], Any]
Part = Callable[[Store, Note], Awaitable[None]]


def speed_of(kind: str) -> Part:
    """What a click costs: at 50 and 200 a second, and when the bot gets as many as it takes."""

    async def speed(store: Store, note: Note) -> None:
        async with running(Setup(kind), store) as run:
            for phase, rate in PHASES.items():
                note(f"{phase} {kind}", await (run.at_rate(rate, 10.0) if rate else run.saturated(TOGETHER, 6.0)))

    return speed


def curve_of(kind: str) -> Part:
    """How latency grows with the rate."""

    async def curve(store: Store, note: Note) -> None:
        async with running(Setup(kind), store) as run:
            for rate in CURVE:
                if note(f"curve {rate} {kind}", await run.at_rate(rate, 4.0))["done"]["p50"] > LATE:
                    break

    return curve


async def shipped(store: Store, note: Note) -> None:
    """As it is shipped, with Discord's limits and an audit channel in each of 200 servers."""
    for rate in (40, 60):
        async with running(Setup(size=Size(guilds=200), limits=True, warm_up=20.0), store) as run:
            note(f"shipped {rate}", await run.at_rate(rate, 30.0))


async def crowd(store: Store, note: Note) -> None:
    """1,000 clicks in one server in 10 s, with Discord's limits."""
    async with running(Setup(size=Size(guilds=1, members=4000), limits=True, warm_up=0.0), store) as run:
        note("crowd", await run.at_rate(100.0, 10.0, told=True))


async def tables(store: Store, note: Note) -> None:
    """A click with large tables against one with empty ones."""
    async with store.database(20) as empty, store.database(20, audit=5_000_000, grants=2_000_000) as large:
        for _ in range(ROUNDS):
            for name, url in (("empty", empty), ("large", large)):
                async with running(Setup(url=url), store) as run:
                    note(f"tables {name}", await run.at_rate(50.0, 10.0))


async def memory(store: Store, note: Note) -> None:
    """Resident memory: idle, and for each server."""
    for kind in (OURS, "py-cord"):
        for guilds in (1, 201):
            async with running(Setup(kind, Size(guilds=guilds, members=10), warm_up=0.0), store) as run:
                await asyncio.sleep(5.0)
                note(f"memory {guilds} {kind}", run.bot.rss)


async def clicks(store: Store, note: Note) -> None:
    """Resident memory at the beginning, in the middle and at the end of 60,000 clicks."""
    async with running(Setup(), store) as run:
        for number in (0, 30_000, 60_000):
            if number:
                await run.saturated(TOGETHER, clicks=30_000)
            note(f"clicks {number}", run.bot.rss)


async def panels(store: Store, note: Note) -> None:
    """Start, memory and longest callback with few and many panels."""
    watch = CACHE / "longest-callback"
    for number in (10, 100_000):
        async with running(Setup(size=Size(guilds=10), panels=number, environment={"WATCH": str(watch)}), store) as run:
            await run.at_rate(50.0, 10.0)
            longest, _, what = watch.read_text().partition(" ")
            note(f"panels {number}", {"start": run.up_after, "rss": run.bot.rss, "longest ms": 1000 * float(longest), "what": what[:300]})


async def idle(store: Store, note: Note) -> None:
    """What 20,000 panels cost while nobody clicks."""
    async with running(Setup(panels=20_000, warm_up=0.0), store) as run:
        await asyncio.sleep(20.0)
        before = cpu_seconds(run.bot.process.pid), cpu_seconds(store.pid)
        await asyncio.sleep(60.0)
        after = cpu_seconds(run.bot.process.pid), cpu_seconds(store.pid)
        note("idle", {"bot ms/s": (after[0] - before[0]) * 1000 / 60, "database ms/s": (after[1] - before[1]) * 1000 / 60})


SINGLE = {part.__name__: part for part in (shipped, crowd, tables, memory, clicks, panels, idle)}


def wanted(names: list[str]) -> list[Part]:
    """The parts with these names; of all parts, when none is named, and then in three rounds where bots are compared."""
    speed = [speed_of(kind) for kind in KINDS]
    curve = [curve_of(kind) for kind in KINDS]
    if not names:
        return [*speed * ROUNDS, *curve, *SINGLE.values()]
    parts: list[Part] = []
    for name in names:
        parts += {"speed": speed, "curve": curve}.get(name) or [SINGLE[name]]
    return parts


async def main(url: str, parts: list[Part]) -> None:
    """Measure, and write the table and the picture."""
    notes = Notes(facts())
    store = Store(url)
    await store.prepare()
    for part in parts:
        await notes.part(part, store)
    table = rows(notes.found)
    everything = {"machine": notes.machine, "void": notes.void, "rows": table, "found": notes.found}
    (CACHE / "table.json").write_text(json.dumps(everything, indent=1))
    (CACHE / "table.md").write_text(markdown(notes.machine, notes.void, table))
    (CACHE / "latency.svg").write_text(picture(notes.found, KINDS))
    print((CACHE / "table.md").read_text())


if __name__ == "__main__":
    CACHE.mkdir(exist_ok=True)
    chosen = wanted(sys.argv[1:])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cpus()[1])  # before the server starts: it stays here, too
    with own_server() as server:
        asyncio.run(main(server.start(), chosen))
