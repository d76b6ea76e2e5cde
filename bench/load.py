"""One run: a bot against a stub, clicks at a rate or as many as it takes, and what they cost."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from math import inf
from statistics import median, quantiles

from bench.machine import OURS, PATIENCE, Bot, busy_seconds, cpu_seconds
from bench.store import Store, custom_id
from bench.stub import Click, Stub
from bench.world import BUTTONS, Size

WARM_UP = 3.0  # seconds of clicks that do not count
LAST = 60.0  # seconds that the last clicks of a run have
TOGETHER = 64  # clicks that are open at any moment, when a bot gets as many as it takes


class Void(Exception):
    """A click was wrong, lost or not acknowledged in time: the run counts for nothing."""


class Run:
    """A bot that is up, and its stub. What clicks raises Void; times are in ms."""

    def __init__(self, stub: Stub, bot: Bot, store: Store, up_after: float) -> None:
        self.stub, self.bot, self.up_after = stub, bot, up_after
        self._store = store
        self._random = random.Random(1)
        self._all: list[Click] = []

    async def at_rate(self, rate: float, seconds: float) -> dict[str, float]:
        """Click by chance, `rate` times a second on average (Poisson)."""
        began = self._begin()
        first = at = time.monotonic()
        while at < first + seconds:
            if (wait := at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            await self._click()
            at += self._random.expovariate(rate)
        return await self._end(began)

    async def saturated(self, seconds: float = inf, clicks: float = inf) -> dict[str, float]:
        """As many clicks as the bot takes, for so long or so many."""
        began = self._begin()
        over = time.monotonic() + seconds
        places = asyncio.Semaphore(TOGETHER)
        self.stub.finished = places.release
        while time.monotonic() < over and len(self._all) < clicks:
            await places.acquire()
            await self._click()
        self.stub.finished = lambda: None
        return await self._end(began)

    async def together(self, count: int, pause: float = 0.0) -> float:
        """So many clicks one after another; the seconds until all of them were done."""
        began = self._begin()
        for _ in range(count):
            await self._click()
            await asyncio.sleep(pause)
        await self._end(began)
        return max(click.ended for click in self._all) - self._all[0].sent

    async def _click(self) -> None:
        while True:
            place = self._random.choice(self.stub.places)
            member_id = place.member_id(self._random.randrange(1, place.size.members))
            if member_id not in self.stub.open:
                break
        self._all.append(await self.stub.click(place, member_id, self._random.randrange(BUTTONS)))

    def _begin(self) -> dict[str, float]:
        self.stub.close()
        self._all.clear()
        return self._used()

    def _used(self) -> dict[str, float]:
        own = {"bot": cpu_seconds(self.bot.pid), "database": cpu_seconds(self._store.pid)}
        return {"at": time.monotonic(), **own, "others": busy_seconds() - sum(own.values()) - time.process_time()}

    async def _end(self, began: dict[str, float]) -> dict[str, float]:
        """Wait for the clicks that are still under way, judge all, and tell what was measured."""
        offered, done = time.monotonic() - began["at"], sum(click.ended < inf for click in self._all)
        patience = time.monotonic() + LAST
        while self.stub.unserved() and time.monotonic() < patience:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        used = {name: value - began[name] for name, value in self._used().items()}
        calls, each = self.stub.calls.copy(), len(self._all)
        if wrong := self.stub.close():
            raise Void(f"{len(wrong)} of {each} clicks: {'; '.join(wrong[:3])}")
        finished = [click for click in self._all if click.ended < inf]
        kept = len(finished) + sum(click.ended == inf and "in line" in click.said for click in self._all)
        return {
            "clicks": each, "kept": kept, "per second": done / offered, "refused": calls["refused"],
            "bot ms": 1000 * used["bot"] / each, "database ms": 1000 * used["database"] / each, "others": used["others"] / used["at"],
            "calls": sum(calls[kind] for kind in ("role", "list", "look", "callback", "edit")) / each, "audit": calls["message"] / each,
            **_spread("ack", [click.acknowledged - click.sent for click in self._all]),
            **_spread("done", [click.ended - click.sent for click in finished]),
            **_spread("alone", [click.ended - click.sent for click in finished if click.alone]),
        }  # fmt: skip


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    """What half and 95 % of the values are below, in ms."""
    return {f"{name} p50": 1000 * median(seconds), f"{name} p95": 1000 * quantiles(seconds, n=20)[18]} if len(seconds) > 1 else {}


@asynccontextmanager
async def running(
    store: Store, kind: str = OURS, size: Size | None = None, *, limits: bool = False, lines: bool = False,
    panels: int = 0, url: str = "", warm_up: float = 50.0, watch: bool = False,
) -> AsyncIterator[Run]:  # fmt: skip
    """Start a bot against a stub of its own, with a small database of its own unless one is given, and warm it up. Raises Void.

    `limits`: the stub's are on, and the bot keeps its own cap on calls. `lines`: who is told their place in line has been served.
    """
    size = size or Size()
    ours = kind == OURS
    stub = Stub(size, custom_id if ours else lambda place, number: f"role:{place.role_id(number)}", limits=limits, lines=lines)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(stub.serving())
        if ours and not url:
            url = await stack.enter_async_context(store.database(size.guilds, panels))
        began = time.monotonic()
        bot = Bot(kind, stub.url, url, uncapped=not limits, watch=watch)
        stack.push_async_callback(bot.stop)
        await asyncio.wait_for(stub.identified.wait(), PATIENCE)  # if that takes longer, its log in .bench says why
        if watch:  # what is done before clicks can come holds nobody up
            await bot.watched()
        if ours:
            await asyncio.wait_for(stub.registered.wait(), PATIENCE)
        run = Run(stub, bot, store, time.monotonic() - began)
        await asyncio.sleep(1.0)
        if warm_up:
            await run.at_rate(warm_up, WARM_UP)
        yield run
