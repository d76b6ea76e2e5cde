"""The emojis that may stand on a panel: one that Discord does not know would make the whole message fail."""

import re
from collections.abc import Collection

import discord
import emoji

from core.errors import UserError
from core.i18n import N_

# Discord's own emojis lag behind Unicode; what it does not draw, it refuses in components.
NEWEST_EMOJI_VERSION = 15.0
_CUSTOM = re.compile(r"<a?:\w{2,32}:(?P<id>\d{15,20})>\Z", re.ASCII)
_NAME = re.compile(r":(?P<name>[\w+-]{1,64}):\Z")

NOT_AN_EMOJI = N_(
    "{text} is not an emoji that can be used here. Use one standard emoji such as 🎨, its name such as `:art:`, "
    "or a custom emoji of this server, by its name such as `:party:` or in the form `<:party:123456789012345678>`."
)
FROM_ELSEWHERE = N_("{text} is a custom emoji of another server, or it was deleted. Use a standard emoji or a custom emoji of this server.")


def parse_emoji(text: str, custom: Collection[discord.GuildEmoji]) -> str | None:
    """What somebody typed as an emoji, in the form that is stored; None for nothing. `custom` are the guild's own emojis.

    Raises UserError that names what is accepted.
    """
    text = text.strip()
    if not text:
        return None
    shown = discord.utils.escape_markdown(text[:80])
    if match := _CUSTOM.match(text):
        found = next((known for known in custom if known.id == int(match["id"]) and known.available), None)
        if found is None:
            raise UserError(FROM_ELSEWHERE, text=shown)
        return str(found)
    if match := _NAME.match(text):
        found = next((known for known in custom if known.name == match["name"] and known.available), None)
        if found is not None:
            return str(found)
    text = _qualified(emoji.emojize(text, language="alias"))
    if not _is_drawn_by_discord(text):
        raise UserError(NOT_AN_EMOJI, text=shown)
    return text


def _qualified(text: str) -> str:
    """With the variation selector that makes ❤ an emoji rather than a sign, where one is missing."""
    data = emoji.EMOJI_DATA.get(text)
    if data is None or data["status"] == emoji.STATUS["fully_qualified"]:
        return text
    return emoji.emojize(data["en"], language="en")


def _is_drawn_by_discord(text: str) -> bool:
    data = emoji.EMOJI_DATA.get(text)
    return data is not None and data["status"] != emoji.STATUS["component"] and data["E"] <= NEWEST_EMOJI_VERSION
