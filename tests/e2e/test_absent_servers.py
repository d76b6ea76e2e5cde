"""A server that is not there, and why: the bot is not in it, Discord has trouble with it, or it has not come yet."""

import asyncio
from typing import Any

import pytest

from core.errors import BOT_NOT_HERE, JUST_STARTED, SERVER_AWAY
from sandbox.world import Event
from tests.e2e.house import House, posted_panel

COMMANDS = ("panel list", "panel create", "config show", "roles mine")


async def gone(house: House, event: str, **data: Any) -> None:
    """Let Discord say that the guild is gone from the gateway, and wait until the bot knows."""
    known = asyncio.ensure_future(house.bot.wait_for(event, timeout=30))
    await asyncio.sleep(0)  # lets it begin to listen
    house.sandbox.world.emit(Event("GUILD_DELETE", {"id": str(house.sandbox.guild.id), **data}, house.sandbox.guild.id, 1))
    await known


async def answers(house: House) -> set[str]:
    return {(await (await house.actor("olivia").in_("general").slash(path)).message()).text for path in COMMANDS}


async def test_only_the_commands_were_invited(house: House) -> None:
    await gone(house, "guild_remove")
    began = asyncio.get_running_loop().time()
    assert house.bot.absence(house.sandbox.guild.id) == BOT_NOT_HERE
    assert await house.bot.guild(house.sandbox.guild.id) is None
    assert asyncio.get_running_loop().time() - began < 1.0
    assert await answers(house) == {BOT_NOT_HERE}


async def test_an_outage_and_its_end(house: House) -> None:
    await posted_panel(house, "Red")
    panel = house.actor("alice").in_("roles").sees()[-1]
    await gone(house, "guild_unavailable", unavailable=True)
    assert await answers(house) == {SERVER_AWAY}
    assert (await (await panel.click("Red")).message()).text == SERVER_AWAY


@pytest.mark.parametrize(("seconds", "sentence"), [(None, JUST_STARTED), (1.0, JUST_STARTED), (3600.0, SERVER_AWAY)])
async def test_what_has_not_come_yet_is_not_waited_for_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch, seconds: float | None, sentence: str
) -> None:
    guild = house.bot.get_guild(house.sandbox.guild.id)
    assert guild
    guild.unavailable = True
    monkeypatch.setattr(house.bot.gateway_watch, "ready_for", lambda shard_id: seconds)
    assert house.bot.absence(guild.id) == sentence
