"""The message that was clicked on is read as Discord sent it, and whatever else stands there is no message."""

from typing import Any

import discord
import pytest

from core.clicked import clicked, flags, keep_clicked_as_sent, message_id, options, parts
from core.payloads import read_leniently

USER = {"id": "9", "username": "alice", "discriminator": "0", "avatar": None}
SELECT = {"type": 3, "custom_id": "a", "options": [{"label": "Red", "value": "1"}]}
MESSAGE = {"id": "77", "channel_id": "5", "flags": 64, "components": [{"type": 1, "components": [SELECT, {"type": 2, "custom_id": "b"}]}]}


async def arrived(message: Any) -> discord.Interaction:
    """The interaction that py-cord makes of a click on this message."""
    read_leniently()
    bot = discord.Client(intents=discord.Intents.none())
    keep_clicked_as_sent(bot)
    found: list[discord.Interaction] = []
    bot._connection.dispatch = lambda _, interaction: found.append(interaction)
    data = {"id": "1", "application_id": "2", "type": 3, "token": "t", "version": 1, "channel_id": "5", "user": USER}
    click = {**data, "data": {"component_type": 3, "custom_id": "a", "values": ["1"]}, "message": message}
    bot._connection.parsers["INTERACTION_CREATE"](click)
    assert click["message"] is message
    return found[0]


async def test_its_fields_are_there_and_pycord_made_nothing_of_it() -> None:
    interaction = await arrived(MESSAGE)
    message = clicked(interaction)
    assert (message_id(message), flags(message), interaction.message) == (77, 64, None)
    assert [part["custom_id"] for part in parts(message)] == ["a", "b"]
    assert [[option["value"] for option in options(part)] for part in parts(message)] == [["1"], []]


@pytest.mark.parametrize(
    "message", [None, 5, "x", [], {}, {"id": None, "flags": "64", "components": 1}, {"id": "9" * 30, "components": [1, {"components": {}}]}]
)
async def test_what_is_no_message_has_nothing(message: Any) -> None:
    found = clicked(await arrived(message))
    assert (message_id(found), flags(found), list(parts(found))) == (0, 0, [])
