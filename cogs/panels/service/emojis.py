"""The emojis that may stand on a panel: one that Discord does not know would make the whole message fail."""

import re
from collections.abc import Collection
from typing import Any

import discord

from core.errors import UserError
from core.i18n import N_

# Discord's own emojis lag behind Unicode; what it does not draw, it refuses in components.
NEWEST_EMOJI_VERSION = 16.0
# Marks that nobody sees and that come along when text is copied: zero width space, direction marks, isolates, byte order mark.
_UNSEEN = dict.fromkeys((0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
# Discord's names that the library does not know.
_DISCORDS = {
    "smiling_face_with_3_hearts": "🥰",
    "face_with_symbols_over_mouth": "🤬",
    "slight_smile": "🙂",
    "slight_frown": "🙁",
    "upside_down": "🙃",
    "hugging": "🤗",
    "nerd": "🤓",
    "cowboy": "🤠",
    "first_place": "🥇",
    "second_place": "🥈",
    "third_place": "🥉",
    "speech_left": "🗨️",
    "frame_photo": "🖼️",
    "tools": "🛠️",
    "desktop": "🖥️",
    "mouse_three_button": "🖱️",
    "microphone2": "🎙️",
    "map": "🗺️",
    "medal": "🏅",
    "white_sun_small_cloud": "🌤️",
    "flame": "🔥",
}
_CUSTOM = re.compile(r"<a?:\w{2,32}:(?P<id>\d{15,20})>\Z", re.ASCII)
_NAME = re.compile(r":(?P<name>[\w+-]{1,64}):\Z")
# Names of Discord's that follow a rule, and that nobody else has: :flag_jp:, :regional_indicator_a:, :thumbsup_tone3:, :wave::skin-tone-2:
_LETTERS = re.compile(r":(?:flag_(?P<flag>[a-z]{2})|regional_indicator_(?P<one>[a-z])):\Z")
_TONED = re.compile(r"(?P<name>:[\w+-]+?)(?:_tone|::skin-tone-)(?P<tone>[1-5]):\Z", re.ASCII)
_LETTER_A, _TONE_0, _AS_TEXT, _AS_PICTURE = 0x1F1E6, 0x1F3FA, "\ufe0e", "\ufe0f"

NOT_AN_EMOJI = N_(
    "{text} is not an emoji that can be used here. Use one standard emoji such as 🎨, its name such as `:art:`, "
    "or a custom emoji of this server, by its name such as `:party:` or in the form `<:party:123456789012345678>`."
)
FOR_OTHERS = N_(
    "The bot may not use {text}: only certain roles may, and it has none of them, or the server has too few boosts. Choose another emoji."
)
FROM_ELSEWHERE = N_("{text} is a custom emoji of another server, or it was deleted. Use a standard emoji or a custom emoji of this server.")


def parse_emoji(text: str, custom: Collection[discord.GuildEmoji]) -> str | None:
    """What somebody typed as an emoji, in the form that is stored; None for nothing. `custom` are the guild's own emojis.

    Raises UserError that names what is accepted.
    """
    text = text.translate(_UNSEEN).strip()
    if not text:
        return None
    shown = text[:80]
    if match := _CUSTOM.match(text):
        found = next((known for known in custom if known.id == int(match["id"]) and known.available), None)
        if found is None:
            raise UserError(FROM_ELSEWHERE, text=shown)
        return str(found)
    if match := _NAME.match(text):
        found = _called(match["name"], custom)
        if found is not None:
            return str(found)
    text = _qualified(_named(text.replace(_AS_TEXT, "")))
    if not _is_drawn_by_discord(text):
        raise UserError(NOT_AN_EMOJI, text=shown)
    return text


def usable(stored: str | None, custom: Collection[discord.GuildEmoji]) -> str | None:
    """The emoji, as it is stored. Raises UserError for one of the guild's that the bot may not use."""
    found = next((known for known in custom if str(known) == stored), None)
    if found is not None and not found.is_usable():
        raise UserError(FOR_OTHERS, text=f":{found.name}:")
    return stored


def _called(name: str, custom: Collection[discord.GuildEmoji]) -> discord.GuildEmoji | None:
    """The guild's emoji of this name; when there is none, one that is called so in another case."""
    alike = [known for known in custom if known.available and known.name.casefold() == name.casefold()]
    return next((known for known in alike if known.name == name), next(iter(alike), None))


def _library() -> Any:
    """The table of all emojis, which takes as much memory as all of this package: read when somebody types an emoji."""
    import emoji

    return emoji


def _named(text: str) -> str:
    """The emoji of a name, in any case; any other text stays as it is."""
    if _NAME.match(text):
        text = text.lower()
    if match := _LETTERS.match(text):
        return "".join(chr(_LETTER_A + ord(letter) - ord("a")) for letter in match["flag"] or match["one"])
    if match := _TONED.match(text):
        first, *others = _named(f"{match['name']}:").replace(_AS_PICTURE, "")
        return "".join((first, chr(_TONE_0 + int(match["tone"])), *others))
    named = text[1:-1] if text.startswith(":") and text.endswith(":") else ""
    return _DISCORDS.get(named) or _library().emojize(text, language="alias")


def _qualified(text: str) -> str:
    """With the variation selector that makes ❤ an emoji rather than a sign, once, exactly where it belongs."""
    emoji = _library()
    data = emoji.EMOJI_DATA.get(text) or emoji.EMOJI_DATA.get(text.replace(_AS_PICTURE, ""))
    return str(emoji.emojize(data["en"], language="en")) if data and data["status"] != emoji.STATUS["component"] else text


def _is_drawn_by_discord(text: str) -> bool:
    if len(text) == 1 and _LETTER_A <= ord(text) < _LETTER_A + 26:
        return True  # half a flag to Unicode, a letter in a box to Discord
    emoji = _library()
    data = emoji.EMOJI_DATA.get(text)
    return data is not None and data["status"] != emoji.STATUS["component"] and data["E"] <= NEWEST_EMOJI_VERSION
