"""The codec of custom_ids: `rp:1:<verb>:<arg>:<arg>…`, and `:v<version>` at the end of what belongs to a screen of a panel.

What they carry are claims; the handler checks each against the database.
"""

import re
from dataclasses import dataclass

PREFIX = "rp"
VERSION = 1
SHOWN = "v"
MAX_LENGTH = 100  # https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id

# The verbs on posted panels: the panels cog renders them, the roles cog handles them.
PRESS = "press"  # a button: panel, item
CHOOSE = "choose"  # a public dropdown: panel, its number on the message; its values are item ids, or OPEN_PICKER
OPEN_PICKER = "picker"
OPEN = "open"  # the button that opens the private picker: panel

_VERB = re.compile(r"[a-z][a-z0-9_.-]{0,31}\Z")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True, slots=True)
class CustomId:
    """A verb and its numeric arguments: what a component means, whoever renders it. `shown` is the panel's version on its screen."""

    verb: str
    args: tuple[int, ...] = ()
    shown: int | None = None


class ForeignCustomId(ValueError):
    """Not one of ours, or of a version that this bot does not know."""


def encode(verb: str, *args: int, shown: int | None = None) -> str:
    """The custom_id for a verb and its arguments (at most 19 digits each, none negative), on a screen that shows a version of a panel.

    Raises ValueError for a verb or number outside the alphabet, or when the whole is longer than Discord allows.
    """
    parts = [str(arg) for arg in args]
    last = [] if shown is None else [str(shown)]
    if not _VERB.match(verb) or not all(_NUMBER.match(part) for part in (*parts, *last)):
        raise ValueError(f"not encodable as a custom_id: {verb!r} {args!r} {shown!r}")
    text = ":".join([PREFIX, str(VERSION), verb, *parts, *(f"{SHOWN}{part}" for part in last)])
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a custom_id holds at most {MAX_LENGTH} characters: {text!r}")
    return text


def decode(text: str) -> CustomId:
    """The verb and arguments of one of our custom_ids. Raises ForeignCustomId for anything else; never another error."""
    parts = text.split(":")
    if len(text) > MAX_LENGTH or len(parts) < 3 or parts[0] != PREFIX or parts[1] != str(VERSION):
        raise ForeignCustomId(text)
    verb, args = parts[2], parts[3:]
    shown = args.pop().removeprefix(SHOWN) if args and args[-1].startswith(SHOWN) else None
    if shown is not None and not _NUMBER.match(shown):
        raise ForeignCustomId(text)
    if not _VERB.match(verb) or not all(_NUMBER.match(arg) for arg in args):
        raise ForeignCustomId(text)
    return CustomId(verb, tuple(int(arg) for arg in args), None if shown is None else int(shown))
