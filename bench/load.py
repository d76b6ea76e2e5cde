"""One run: a bot against a stub, clicks at a rate or as many as it takes, and what they cost."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from math import inf
from statistics import median, quantiles
from typing import Any

from bench.machine import OURS, Bot, cpu_seconds
from bench.store import Store, custom_id
from bench.stub import Click, Stub
from bench.world import BUTTONS, Guild, Size

WARM_UP = 3.0  # seconds of clicks that do not count
LAST = 60.0  # seconds that the last clicks of a run have
PAUSE = 1.5  # seconds before the server's counts are read: it writes them down once a second


class Void(Exception):
    """A click was wrong, lost or not acknowledged in time: the run counts for nothing."""


@dataclass
class Setup:
    """What a run runs on."""

    kind: str = OURS
    size: Size = field(default_factory=Size)
    limits: bool = False  # of the stub; with them on, the bot keeps its own caps
    panels: int = 0
    audit: int = 0
    grants: int = 0
    url: str = ""  # of a database that is there already
    warm_up: float = 50.0  # clicks a second, before anything is measured
    environment: dict[str, str] = field(default_factory=dict)


class Run:
    """A bot that is up, and its stub."""

    def __init__(self, stub: Stub, bot: Bot, store: Store, url: str, seed: int, up_after: float) -> None:
        self.stub, self.bot, self.up_after = stub, bot, up_after
        self._store, self._url = store, url
        self._random = random.Random(seed)
        self._all: list[Click] = []

    async def at_rate(self, rate: float, seconds: float, *, told: bool = False) -> dict[str, Any]:
        """Click by chance, `rate` times a second on average (Poisson). `told`: who stands in line may go on waiting. Raises Void."""
        began = await self._begin()
        first = at = time.monotonic()
        while at < first + seconds:
            if (wait := at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            await self._click()
            at += self._random.expovariate(rate)
        return await self._end(began, rate, told=told)

    async def saturated(self, together: int, seconds: float = inf, clicks: float = inf) -> dict[str, Any]:
        """As many clicks as the bot takes, `together` of them open at any moment, for so long or so many. Raises Void."""
        began = await self._begin()
        over = time.monotonic() + seconds
        places = asyncio.Semaphore(together)
        self.stub.finished = lambda _: places.release()
        while time.monotonic() < over and len(self._all) < clicks:
            await places.acquire()
            await self._click()
        found = await self._end(began, None)
        self.stub.finished = lambda _: None
        return found

    async def _click(self) -> None:
        while True:
            guild = self._random.choice(self.stub.guilds)
            member_id = guild.member_id(self._random.randrange(1, guild.size.members))
            if member_id not in self.stub.open:
                break
        self._all.append(await self.stub.click(guild, member_id, self._random.randrange(BUTTONS)))

    async def _begin(self) -> dict[str, float]:
        self.stub.close()
        self._all.clear()
        transactions = float(await self._transactions()) if self._url else 0.0
        return {"transactions": transactions, **self._used()}

    def _used(self) -> dict[str, float]:
        return {"at": time.monotonic(), "bot": cpu_seconds(self.bot.process.pid), "database": cpu_seconds(self._store.pid)}

    async def _transactions(self) -> int:
        await asyncio.sleep(PAUSE)
        return await self._store.transactions(self._url)

    async def _end(self, began: dict[str, float], rate: float | None, *, told: bool = False) -> dict[str, Any]:
        """What was measured up to now; clicks still under way are waited for, and judged."""
        ended = self._used()
        seconds = ended["at"] - began["at"]
        done = sum(click.done is not None for click in self._all)
        calls = self.stub.judgement.calls.copy()
        patience = time.monotonic() + LAST
        while any(not (told and click.acknowledged) for click in self.stub.open.values()) and time.monotonic() < patience:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        clicks = list(self._all)
        if wrong := self.stub.close(told=told):
            raise Void(f"{len(wrong)} of {len(clicks)} clicks: {'; '.join(wrong[:3])}")
        each = max(done, 1)
        found: dict[str, Any] = {
            "offered": rate, "clicks": len(clicks), "seconds": seconds, "per second": done / seconds, "429": calls["429"],
            "bot ms": 1000 * (ended["bot"] - began["bot"]) / each,
            "database ms": 1000 * (ended["database"] - began["database"]) / each if self._url else 0.0,
            "calls": (calls["role"] + calls["look"] + calls["callback"] + calls["edit"]) / each, "audit": calls["message"] / each,
            "ack": spread([1000 * (click.acknowledged - click.sent) for click in clicks if click.acknowledged]),
            "done": spread([1000 * click.done for click in clicks if click.done is not None]),
            "alone": spread([1000 * click.done for click in clicks if click.done is not None and click.alone]),
        }  # fmt: skip
        if self._url:
            found["transactions"] = (await self._transactions() - began["transactions"]) / len(clicks)
        return found


def spread(values: list[float]) -> dict[str, float]:
    """What half, 95 % and 99 % of the values are below, and the largest."""
    if not values:
        return {}
    cuts = quantiles(values, n=100) if len(values) > 1 else values * 99
    return {"p50": median(values), "p95": cuts[94], "p99": cuts[98], "max": max(values)}


@asynccontextmanager
async def running(setup: Setup, store: Store, seed: int = 1) -> AsyncIterator[Run]:
    """Start a bot against a stub of its own, and warm it up. Raises Void."""
    ours = setup.kind == OURS
    stub = Stub(setup.size, custom_id if ours else _role_named, limits=setup.limits)
    async with AsyncExitStack() as stack:
        await stub.start()
        stack.push_async_callback(stub.stop)
        url = setup.url
        if ours and not url:
            url = await stack.enter_async_context(store.database(setup.size.guilds, setup.panels, setup.audit, setup.grants))
        uncapped = {} if setup.limits else {"UNCAPPED": "1"}
        began = time.monotonic()
        bot = Bot.start(setup.kind, stub.url, url, **uncapped, **setup.environment)
        stack.push_async_callback(bot.stop)
        await bot.until(stub.identified)
        if ours:
            await bot.until(stub.registered)
        run = Run(stub, bot, store, url, seed, time.monotonic() - began)
        await asyncio.sleep(1.0)
        if setup.warm_up:
            await run.at_rate(setup.warm_up, WARM_UP)
        yield run


def _role_named(guild: Guild, place: int) -> str:
    return f"role:{guild.role_id(place)}"
