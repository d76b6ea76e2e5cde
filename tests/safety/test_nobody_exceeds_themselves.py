"""Nobody hands out, keeps or takes away more than they could themselves, by whatever way: told as stories."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.e2e.house import House
from tests.safety.stage import Stage, Terms

MEMBERS_INTENT = 1 << 1


@pytest.fixture
async def house(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot that hears who joins, and no limits but its own."""
    monkeypatch.setenv("MEMBERS_INTENT", "true")
    next(iter(empty_house.sandbox.world.applications.values())).privileged_intents = MEMBERS_INTENT
    empty_house.sandbox.ratelimits.enabled = False
    await empty_house.start()
    return empty_house


@asynccontextmanager
async def told(house: House, staff: Terms, play: Terms | None = None) -> AsyncIterator[Stage]:
    """A story from its beginning to its end."""
    stage = await Stage.open(house, staff, play)
    yield stage
    assert not await stage.close()


async def test_a_bundle_obeys_the_rule_of_each_role_in_it(house: House) -> None:
    async with told(house, Terms(("Moderator", "Red"), "general", needs=True)) as stage:
        await stage.bundle("carol", "Staff", "Red", "Moderator")
        await stage.click("alice", "Staff", "Red")


async def test_places_of_a_powerful_role_are_not_lifted_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general", places=1)) as stage:
        await stage.click("alice", "Staff", "Moderator")
        await stage.terms("bob", "Staff", "Moderator", None, None)
        await stage.click("dave", "Staff", "Moderator")


async def test_the_end_of_a_powerful_role_is_not_lifted_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general", hours=1)) as stage:
        await stage.terms("bob", "Staff", "Moderator", None, None)
        await stage.click("alice", "Staff", "Moderator")
        await stage.pass_time(2)


async def test_a_maximum_over_powerful_roles_is_not_lifted_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator", "Helper"), "general", most=1)) as stage:
        await stage.click("alice", "Staff", "Moderator")
        await stage.limit("bob", "Staff", None)
        await stage.click("alice", "Staff", "Helper")


async def test_a_powerful_role_is_not_made_to_come_back_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general")) as stage:
        await stage.click("alice", "Staff", "Moderator")
        await stage.switch("bob", "Staff", "Give back to who returns")
        await stage.leave_and_return("alice")


async def test_a_panel_for_staff_is_not_posted_to_everybody_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "staff")) as stage:
        await stage.post("bob", "Staff", "general")
        await stage.click("alice", "Staff", "Moderator")


async def test_a_deleted_message_is_not_put_back_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general")) as stage:
        await stage.delete_message("Staff")
        await stage.check("bob")
        await stage.click("alice", "Staff", "Moderator")


async def test_a_link_takes_nothing_that_its_editor_could_not_take(house: House) -> None:
    async with told(house, Terms(("Moderator",), "staff", group="staff"), Terms(("Red",), "general")) as stage:
        await stage.link("bob", "Play", "STAFF")
        await stage.mode("bob", "Play", "unique")
        await stage.click("mona", "Play", "Red")


@pytest.mark.parametrize("way", ["lifts", "leaves", "deletes"])
async def test_the_maximum_of_ones_own_panel_holds_for_those_linked_with_it(house: House, way: str) -> None:
    staff, play = Terms(("Moderator", "Helper"), "general", group="g"), Terms(("Red",), "general", most=1, group="g")
    async with told(house, staff, play) as stage:
        await stage.click("alice", "Staff", "Moderator")
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "lifts": lambda: stage.limit("bob", "Play", None),
            "leaves": lambda: stage.link("bob", "Play", None),
            "deletes": lambda: stage.delete("bob", "Play"),
        }
        await ways[way]()
        await stage.click("alice", "Staff", "Helper")
