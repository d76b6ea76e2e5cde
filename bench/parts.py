"""What is measured, in parts that can be run alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bench.load import running
from bench.machine import KINDS, OURS, cpu_seconds
from bench.store import Store
from bench.stub import limited
from bench.table import Results
from bench.world import Size

CURVE = (25, 50, 100, 200, 300, 400, 600)  # clicks a second
LATE = 1000.0  # ms: a bot that half of the clicks wait for so long is not asked for more


async def speed(store: Store, results: Results, kind: str) -> None:
    """a click at 50 and at 200 a second, and as many as the bot takes"""
    async with running(store, kind) as run:
        for name, rate in (("50/s", 50.0), ("200/s", 200.0), ("saturated", None)):
            with results.judging(f"{name} {kind}"):
                seconds = results.seconds(10.0)
                results.note(kind, name, await (run.at_rate(rate, seconds) if rate else run.saturated(seconds)))


async def shipped(store: Store, results: Results, kind: str) -> None:
    """as shipped, with Discord's limits on and an audit channel in each of 200 servers"""
    for rate in (40.0, 60.0):
        async with running(store, kind, Size(guilds=200), limits=True, warm_up=20.0) as run:
            results.note(kind, f"shipped {rate:.0f}", await run.at_rate(rate, results.seconds(30.0)))


async def crowd(store: Store, results: Results, kind: str) -> None:
    """1,000 clicks in one server in 10 s, with Discord's limits on"""
    async with running(store, kind, Size(guilds=1, members=4000), limits=True, lines=True, warm_up=0.0) as run:
        results.note(kind, "crowd", await run.at_rate(100.0, results.seconds(10.0)))


async def waits(store: Store, results: Results, kind: str) -> None:
    """how long members wait for limited, failing and slow role calls"""
    async with running(store, kind, Size(guilds=1)) as run:
        run.stub.failures = [limited(0.5)] * 10
        results.note(kind, "waits", {"limited": await run.together(10)})
        run.stub.failures = [(500, {"message": "500: Internal Server Error", "code": 0}, {})] * 10
        results.note(kind, "waits", {"failed": await run.together(10)})
        run.stub.slow = 4.0
        results.note(kind, "waits", {"slow": await run.together(10)})
    async with running(store, kind, Size(guilds=1), limits=True, warm_up=0.0) as run:
        results.note(kind, "waits", {"thirty": await run.together(30, pause=0.1)})


async def panels(store: Store, results: Results, kind: str) -> None:
    """start, memory, longest callback and statements of a click with 10 and with 100,000 panels"""
    found: list[dict[str, float]] = []
    for number in (10, results.many(100_000)):
        async with running(store, kind, Size(guilds=10), panels=number, warm_up=0.0, watch=True) as run:
            await asyncio.sleep(10.0)
            starting = await run.bot.watched()
            await run.at_rate(50.0, 3.0)
            seen = [await run.bot.watched()]
            for rate in (50.0, 150.0):
                clicks = (await run.at_rate(rate, results.seconds(10.0)))["clicks"]
                seen.append({**await run.bot.watched(), "clicks": clicks})
            each = {name: seen[1][name] / seen[1]["clicks"] for name in ("statements", "trips")}
            longest = {"starting": starting["longest"], "clicked": max(one["longest"] for one in seen)}
            found.append({"start": run.up_after, "peak": run.bot.memory("VmHWM"), **each, **longest})
    few, many = found
    results.note(kind, "few", few)
    results.note(kind, "many", {**many, **{f"{name} ×": many[name] / few[name] for name in ("start", "peak")}})


async def memory(store: Store, results: Results, kind: str) -> None:
    """resident memory, idle, with one server, and what each of 800 more takes"""
    found: list[float] = []
    for guilds in (1, 201, 1001):
        async with running(store, kind, Size(guilds=guilds), warm_up=0.0) as run:
            await asyncio.sleep(10.0)
            found.append(run.bot.memory())
    results.note(kind, "memory", {"idle MB": found[0], "server kB": 1000 * (found[2] - found[1]) / 800})


async def idle(store: Store, results: Results, kind: str) -> None:
    """what 20,000 panels cost while nobody clicks"""
    async with running(store, kind, panels=results.many(20_000), warm_up=0.0) as run:
        await asyncio.sleep(20.0)
        pids, seconds = {"bot": run.bot.pid, "database": store.pid}, results.seconds(60.0)
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        await asyncio.sleep(seconds)
        results.note(kind, "idle", {name: 1000 * (cpu_seconds(pid) - before[name]) / seconds for name, pid in pids.items()})


async def clicks(store: Store, results: Results, kind: str) -> None:
    """resident memory after 60,000 clicks, and how much of it came in the second half"""
    async with running(store, kind, Size(members=1000)) as run:
        found = [run.bot.memory()]
        for _ in range(2):
            await run.saturated(clicks=results.many(30_000))
            found.append(run.bot.memory())
    results.note(kind, "clicks", {"all": found[2] - found[0], "second half": found[2] - found[1]})


async def large(store: Store, results: Results, kind: str) -> None:
    """a click with 5,000,000 audit rows and 2,000,000 grants against one with empty tables, three times"""
    grown = {"audit": results.many(5_000_000), "grants": results.many(2_000_000)}
    async with store.database(20) as empty, store.database(20, **grown) as full:
        for _ in range(3):
            found: list[dict[str, float]] = []
            for url in (empty, full):
                async with running(store, kind, url=url) as run:
                    found.append(await run.at_rate(50.0, results.seconds(10.0)))
            results.note(kind, "large", {name: found[1][name] / found[0][name] for name in ("bot ms", "database ms", "done p50")})


async def curve(store: Store, results: Results, kind: str) -> None:
    """latency against rate, for the picture"""
    async with running(store, kind) as run:
        for rate in CURVE:
            found = await run.at_rate(rate, results.seconds(4.0))
            results.note(kind, f"curve {rate}", {name: found[name] for name in ("done p50", "done p95")})
            if found["done p50"] > LATE:
                break


class Part(NamedTuple):
    """Something to measure: of which bots, and in how many rounds at most."""

    measure: Callable[[Store, Results, str], Awaitable[None]]
    kinds: tuple[str, ...] = (OURS,)
    rounds: int = 1


PARTS = {
    "speed": Part(speed, KINDS, 3), "shipped": Part(shipped, rounds=3), "crowd": Part(crowd, rounds=3), "waits": Part(waits, rounds=3),
    "panels": Part(panels, rounds=3), "memory": Part(memory, KINDS), "idle": Part(idle), "clicks": Part(clicks), "large": Part(large),
    "curve": Part(curve, KINDS),
}  # fmt: skip
