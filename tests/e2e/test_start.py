"""The bot connects, registers its commands and leaves in good order."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from loguru import logger

from sandbox.faults import Fault
from sandbox.world import Application
from tests.e2e.house import House


async def test_the_bot_connects_and_leaves_in_good_order(house: House) -> None:
    assert house.bot.get_guild(house.sandbox.guild.id) is not None


def application(house: House) -> Application:
    (one,) = house.sandbox.world.applications.values()
    return one


@contextmanager
def warnings() -> Iterator[list[str]]:
    told: list[str] = []
    sink = logger.add(lambda message: told.append(str(message)), level="WARNING", format="{message}")
    try:
        yield told
    finally:
        logger.remove(sink)


async def test_an_interactions_endpoint_url_is_warned_of(empty_house: House) -> None:
    application(empty_house).interactions_endpoint_url = "https://example.test/interactions"
    with warnings() as told:
        await empty_house.start()
    (line,) = [line for line in told if "Interactions Endpoint URL" in line]
    assert "https://example.test/interactions" in line
    assert "Clear the field" in line


async def test_the_members_of_a_team_own_the_bot(empty_house: House) -> None:
    application(empty_house).team_member_ids = [empty_house.actor("alice").user.id]
    with warnings() as told:
        await empty_house.start()
    assert not [line for line in told if "Endpoint" in line]
    assert empty_house.bot.owner_ids == {application(empty_house).owner_id, empty_house.actor("alice").user.id}


async def test_owners_that_are_set_are_the_only_ones(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_IDS", "42")
    await empty_house.start()
    assert empty_house.bot.owner_ids == {42}


async def test_a_discord_that_does_not_tell_keeps_no_bot_from_starting(empty_house: House) -> None:
    empty_house.sandbox.faults.add(Fault("status", method="GET", route="/applications/@me", status=404))
    empty_house.sandbox.ledger.allow(status=404)
    await empty_house.start()
    assert empty_house.bot.get_guild(empty_house.sandbox.guild.id) is not None
