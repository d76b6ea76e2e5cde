"""The bot connects, registers its commands and leaves in good order."""

import asyncio
import platform

import pytest

from core import VERSION
from sandbox.faults import Fault
from sandbox.world import Application
from tests.e2e.house import House
from tests.log import logged


async def test_the_bot_connects_and_leaves_in_good_order(house: House) -> None:
    assert house.bot.get_guild(house.sandbox.guild.id) is not None


def application(house: House) -> Application:
    (one,) = house.sandbox.world.applications.values()
    return one


async def test_the_log_says_once_what_a_report_of_a_fault_should_name(house: House) -> None:
    with logged() as log:
        await house.restart()
        line = await log.until("Ready: ")
        postgres = house.database.version
        assert postgres.startswith("18.")
        assert line == f"Ready: version {VERSION}, servers: 1, shards: 0 of 1, PostgreSQL {postgres}, Python {platform.python_version()}"
        again = asyncio.create_task(house.bot.wait_for("ready"))
        await asyncio.sleep(0)
        house.sandbox.gateway.invalidate_sessions(False)
        await asyncio.wait_for(again, 60)
        await asyncio.sleep(0)
        assert len([line for line in log if line.startswith("Ready: ")]) == 1


async def test_an_interactions_endpoint_url_is_warned_of(empty_house: House) -> None:
    application(empty_house).interactions_endpoint_url = "https://example.test/interactions"
    with logged("WARNING") as told:
        await empty_house.start()
    (line,) = [line for line in told if "Interactions Endpoint URL" in line]
    assert "https://example.test/interactions" in line
    assert "Clear the field" in line


async def test_the_members_of_a_team_own_the_bot(empty_house: House) -> None:
    application(empty_house).team_member_ids = [empty_house.actor("alice").user.id]
    with logged("WARNING") as told:
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
