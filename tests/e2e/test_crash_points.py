"""The bot is killed at every point of a click that its traffic shows; the next process ends what it began.

The points are those of a click that was recorded first, so a step added later is covered by itself. `make test` takes a sample of them,
`make test-all` every one, which needs more than a minute.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from models import SETTLED, AuditEntry
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from tests.e2e.crowd import add_members, panel_in, told
from tests.e2e.house import House
from tests.e2e.process import Bot
from tests.e2e.wire import RestWatch, Tap

SAMPLE = 6
PATIENCE = 30.0
Act = Callable[[], Awaitable[Result]]


@pytest.mark.timeout(300)
async def test_killed_at_points_of_a_click(house: House, database_url: str, whole: bool) -> None:
    sandbox = house.sandbox
    _, message = await panel_in(house, sandbox.guild, "Red")
    await house.stop()
    house.accepted.append("never answered in time")
    for code in (40060, 10015, 10062):
        sandbox.ledger.allow(code=code)
    sandbox.ratelimits.enabled = False

    async def click() -> Result:
        (actor,) = add_members(sandbox, sandbox.guild, 1)
        return await MessageView(actor, message).click("Red")

    watch = RestWatch(sandbox)
    serving = await Bot.start(database_url)
    try:
        await connected(house)
        watch.tap = serving.tap
        points = await recorded(serving, click)
        for point in range(len(points)) if whole else sample(points):
            victim, serving = serving, await Bot.start(database_url)
            await killed_at(point, victim, click, house, watch, serving)
    finally:
        await serving.end()
        watch.end()
    await sandbox.until(lambda: not sandbox.gateway.connections)


async def recorded(bot: Bot, click: Act) -> list[str]:
    """The points of one click from its arrival to its settled record."""
    await ended(await click(), bot.tap)  # the first one fills the caches
    bot.aim()
    await ended(await click(), bot.tap)
    points = list(bot.tap.points)
    assert any("INSERT INTO audit_entry" in point for point in points) and any("PUT" in point for point in points)
    return points


def sample(points: list[str]) -> list[int]:
    """The numbers of some points from the first to the last."""
    return sorted({round(number * (len(points) - 1) / (SAMPLE - 1)) for number in range(SAMPLE)})


async def killed_at(point: int, victim: Bot, click: Act, house: House, watch: RestWatch, successor: Bot) -> None:
    """Kill the victim there, let the successor take over, and see that everything came to a true end."""
    sandbox = house.sandbox
    await ended(await click(), victim.tap)  # the first one fills the caches
    former = set(sandbox.gateway.connections)
    victim.aim(point)
    result = await click()
    done = asyncio.create_task(ended(result, victim.tap))
    struck = asyncio.create_task(victim.tap.struck.wait())
    await asyncio.wait({done, struck}, return_when=asyncio.FIRST_COMPLETED)
    done.cancel()
    struck.cancel()
    watch.tap = successor.tap
    await victim.end()
    await sandbox.until(lambda: not former & set(sandbox.gateway.connections))
    await connected(house)
    row = await AuditEntry.get_or_none(interaction_id=result.interaction.id)
    if row is None and result.state == "deferred":
        # Where two processes may serve, Discord is asked first whose the interaction is. Nothing was begun, and nobody is left to say so.
        house.accepted.append("is still thinking")
        assert result.actor.role_names() == []
        return
    if row is None:
        sandbox.clock.advance(60)  # nothing was begun, so nobody can answer any more
    await ended(result, successor.tap)
    where = f"killed {victim.tap.points[-1][:100]}"
    held = result.actor.role_names() == ["Red"]
    if row is None:
        assert (result.state, held) == ("failed", False), where
        return
    await row.refresh_from_db()
    assert held == bool(row.payload["added"]), where
    if result.state == "answered":
        assert held == ("Added" in told(result)), where


async def ended(result: Result, tap: Tap) -> None:
    """Wait until the member was answered, or cannot be any more, and every record is settled."""
    await result.actor.sandbox.until(lambda: result.state in ("answered", "failed"), PATIENCE, f"for the end of {result.interaction.what}")
    async with asyncio.timeout(PATIENCE):
        while True:
            tap.moved.clear()
            if not await AuditEntry.exclude(state__in=SETTLED).exists():
                return
            await tap.moved.wait()


async def connected(house: House) -> None:
    """Wait until a process is connected to the gateway."""
    gateway = house.sandbox.gateway
    await house.sandbox.until(lambda: any(c.session for c in gateway.connections), PATIENCE, "for a process to connect")
