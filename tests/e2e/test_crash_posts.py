"""The bot is killed at points of a post and of a deletion; the next process ends what was begun, and the record tells what stands."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from models import SETTLED, AuditEntry, MessageState, Panel, PanelMessage
from sandbox.driver.results import Result
from tests.e2e.house import House
from tests.e2e.test_crash_points import Bot, connected, sample
from tests.e2e.test_panels import create
from tests.e2e.wire import RestWatch

PATIENCE = 90.0  # seconds; what was not sent is looked for during half a minute
LAST = "after POST /channels/{channel_id}/messages", "after DELETE /channels/{channel_id}/messages/{message_id}"
Act = Callable[[], Awaitable[Result]]


def standing(house: House) -> set[int]:
    """The messages of panels that stand in the channel."""
    return {message.id for message in house.actor("alice").in_("roles").sees() if message.buttons and not message.ephemeral}


async def settled(house: House, bot: Bot) -> None:
    """Wait until nothing that was begun is left, and the database tells exactly what stands."""
    async with asyncio.timeout(PATIENCE):
        while True:
            bot.tap.moved.clear()
            begun = await PanelMessage.exclude(state=MessageState.LIVE).exists() or await AuditEntry.exclude(state__in=SETTLED).exists()
            if not begun:
                break
            await bot.tap.moved.wait()
    assert {row.message_id for row in await PanelMessage.all()} == standing(house)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("command", ["panel post", "panel delete"])
async def test_killed_at_points_of_a_post_and_of_a_deletion(house: House, database_url: str, whole: bool, command: str) -> None:
    sandbox, olivia = house.sandbox, house.actor("olivia")
    for title in ("Colours", *[f"Panel {number}" for number in range(12 if not whole else 60)]):
        await create(house, title=title)
        if command == "panel delete":
            await (await olivia.slash("panel post", panel=title, channel=sandbox.channel("roles"))).message()
    await house.stop()
    house.accepted.append("never answered in time")
    # Where two processes may serve, Discord is asked first whose the interaction is: one killed right after that had begun nothing.
    house.accepted.append("command 'panel post' is still thinking")
    for code in (40060, 10015, 10062, 10008):
        sandbox.ledger.allow(code=code)
    sandbox.ratelimits.enabled = False
    names = iter([panel.name for panel in await Panel.all().order_by("id")])

    async def act() -> Result:
        name = "Colours" if command == "panel post" else next(names)
        if command == "panel post":
            return await olivia.slash(command, panel=name, channel=sandbox.channel("roles"))
        return await (await (await olivia.slash(command, panel=name)).message(PATIENCE)).click("Delete the panel")

    watch = RestWatch(sandbox)
    serving = await Bot.start(database_url)
    try:
        await connected(house)
        watch.tap = serving.tap
        await (await act()).message(PATIENCE)
        await settled(house, serving)
        serving.aim()
        await (await act()).message(PATIENCE)
        await settled(house, serving)
        points = list(serving.tap.points)
        assert any(point in LAST for point in points), points
        for point in range(len(points)) if whole else sample(points)[1:-1]:
            victim, serving = serving, await Bot.start(database_url)
            former = set(sandbox.gateway.connections)
            victim.aim(point)
            result = asyncio.ensure_future(act())
            await asyncio.wait_for(victim.tap.struck.wait(), PATIENCE)
            watch.tap = serving.tap
            await victim.end()
            result.cancel()
            await sandbox.until(lambda former=former: not former & set(sandbox.gateway.connections))
            await connected(house)
            await settled(house, serving)
    finally:
        await serving.end()
        watch.end()
    sandbox.clock.advance(60)
    await sandbox.until(lambda: not sandbox.gateway.connections)
