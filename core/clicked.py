"""The message that was clicked on, as Discord sent it.

With each click comes the whole message. py-cord would make an object of every button and option on it, which costs more than everything
else that it does with a click, and the bot asks for two or three of its fields.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import discord

from core.claims import BIGINT_MAX
from core.components import Payload

_CLICKED = "clicked_message"


def keep_clicked_as_sent(bot: discord.Client) -> None:
    """Hide the message of each interaction from py-cord. To be called once, before the bot connects."""
    # No public name: py-cord offers no place between an event and its objects.
    parsers = bot._connection.parsers
    parsers["INTERACTION_CREATE"] = partial(_parse, parsers["INTERACTION_CREATE"])


def _parse(parse: Callable[[Any], object], data: Any) -> None:
    parse({_CLICKED if name == "message" else name: value for name, value in data.items()})


def clicked(interaction: discord.Interaction) -> Payload:
    """The message that the component, or the form that it opened, is on; empty where there is none. A claim, like all of an interaction."""
    found: Any = interaction._raw_data
    message = found.get(_CLICKED)
    return message if isinstance(message, dict) else {}


def message_id(message: Payload) -> int:
    """The id of a message that was clicked; 0 where it has none."""
    found = str(message.get("id"))
    return int(found) if found.isascii() and found.isdecimal() and int(found) <= BIGINT_MAX else 0


def flags(message: Payload) -> int:
    """The flags of a message that was clicked."""
    found = message.get("flags")
    return found if isinstance(found, int) else 0


def parts(message: Payload) -> Iterator[Payload]:
    """The buttons and selects in the rows of a message that was clicked."""
    for row in _objects(message.get("components")):
        yield from _objects(row.get("components"))


def options(select: Payload) -> list[Payload]:
    """The options of a select on a message that was clicked."""
    return _objects(select.get("options"))


def _objects(found: Any) -> list[Payload]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
