"""Nothing that a server stores or sends makes the bot stand still for the others: with `-s` it is told how long each takes."""

import asyncio

import pytest

from models import AuditEntry
from sandbox.driver.views import MessageView
from tests.e2e.house import House, posted_panel
from tests.e2e.large import OPERATIONS, SAMPLE
from tests.loop_cpu import loop_cpu

AT_ONCE, IN_ALL = 0.15, 2.0  # seconds of CPU time


async def click(posted: MessageView) -> str:
    return (await (await posted.click("Red")).message()).text


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.whole) for name in OPERATIONS])
async def test_the_largest_of_everything_holds_up_nobody(empty_house: House, name: str) -> None:
    """A click that comes meanwhile is answered; and nothing keeps the loop, or the processor, for long."""
    house = empty_house
    act = await OPERATIONS[name](house)
    await posted_panel(house, "Red", name="Small", channel="general")
    alice = house.actor("alice").in_("general")
    posted = next(message for message in alice.sees() if message.buttons and message.buttons[0].label == "Red")
    await click(posted)  # what is done for the first time loads what it needs
    with loop_cpu() as cpu:
        _, answer = await asyncio.gather(act(), click(posted))
    print(f"{name.replace('_', ' ')}: {cpu}")  # noqa: T201 - a measurement, for those who ask with -s
    if name == "forgetting_the_server":  # the record of the clicks went with all else
        house.sandbox.ledger.role_changes.clear()
        await AuditEntry.all().delete()
    assert answer.startswith(("Added", "Removed"))
    assert cpu.worst <= AT_ONCE, str(cpu)
    assert cpu.total <= IN_ALL, str(cpu)
