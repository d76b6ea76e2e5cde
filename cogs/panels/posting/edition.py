"""What a posted message depends on besides its panel: how the bot draws panels, the language, and the emojis that it may use.

Together they are the edition. It is stored with each message, so that one statement finds the messages of another edition; each of these is
drawn anew, and sent only where its fingerprint differs.
"""

import hashlib
import json
from functools import cache

import discord

from core.components import Payload
from core.i18n import LOCALES

_ROOT = LOCALES.parent
_DRAWN_BY = (
    "cogs/panels/ui/components.py",
    "cogs/panels/service/pages.py",
    "cogs/panels/posting/render.py",
    "core/components.py",
    "core/markup.py",
    "domain/custom_id.py",
    "domain/panels.py",
)


def edition_of(guild: discord.Guild, locale: str) -> str:
    """The edition of a guild's messages in a language, at most 64 characters."""
    unusable = sorted(emoji.id for emoji in guild.emojis if not emoji.is_usable())
    return f"{_drawing(locale)}.{locale}.{_digest(json.dumps(unusable).encode())}"


def fingerprint(body: Payload) -> str:
    """What tells a message from one that looks or works otherwise."""
    return _digest(json.dumps(body, sort_keys=True).encode())


@cache
def _drawing(locale: str) -> str:
    """The code that draws panels, and the catalogue. What changes with no visible effect costs a drawing, and no call."""
    code = [(_ROOT / name).read_bytes() for name in _DRAWN_BY]
    catalogue = LOCALES / locale / "LC_MESSAGES" / "rolepanel.po"
    return _digest(b"".join([*code, catalogue.read_bytes()] if catalogue.exists() else code))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
