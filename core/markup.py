"""Discord's markdown, and other people's text in it: what people wrote is shown as they wrote it, and never means anything.

`Markup` does for Discord's markdown what markupsafe's class of this name does for HTML: text that is put into it is escaped, unless it is
markup itself. Translated sentences are markup, so their values are escaped without anybody thinking of it. Where Discord draws no markdown
(buttons, options, placeholders, modals, footers, authors), `plain` gives the same text as it is.
"""

import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from typing import Any

# Each of these begins, ends or is part of something that Discord draws: emphasis, code, spoilers, links and invites, mentions, `<t:…>`,
# `:smile:`. A backslash before a punctuation mark is never drawn: https://support.discord.com/hc/en-us/articles/210298617
_INLINE = re.compile(r"[\\`*_~|<\[\]/]|@(?=everyone|here)|:(?=[^\s:]+:)")
# What means something at the beginning of a line: headings, subtext, lists, quotes.
_BLOCK = re.compile(r"\s*(?:\d+(?=\.(?:\s|$))|(?=(?:#{1,3}|-#|[+>-]|>>>)(?:\s|$)))")
_LINE_BREAK = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_BREAK_SHOWN, _BLANK = " ⏎ ", "␣"
# Joiners belong between letters of many scripts and in emojis, and the last form to the flags of England, Scotland and Wales.
_KEPT = re.compile("(?<=[^\\x00-\\x7f])[\u200c\u200d](?=[^\\x00-\\x7f])|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_EMOJI = re.compile(r"<a?:\w{1,32}:\d{1,20}>|[#*0-9]\ufe0f?\u20e3", re.ASCII)  # of the server, and the keys of a telephone
_INVISIBLE = {"Cc", "Cf", "Cs"}  # controls, zero-width and bidirectional marks, lone surrogates


class Markup(str):
    """Text in Discord's markdown. Only the bot's own words may be called so: `Markup("**{}**").format(what_somebody_wrote)`."""

    __slots__ = ("plain",)
    plain: str  # the same where no markdown is drawn

    def __new__(cls, text: str = "") -> "Markup":
        """Take text for markup as it stands: only a sentence of our own."""
        made = super().__new__(cls, text)
        made.plain = text
        return made

    def format(self, *args: object, **values: object) -> "Markup":
        """The text with its placeholders filled; what is not markup is escaped."""
        places, names = [marked(arg) for arg in args], {name: marked(value) for name, value in values.items()}
        shown = str.format(self, *places, **names)
        if self.plain == self and all(plain(value) == value for value in (*places, *names.values())):
            return _drawn(shown, shown)
        return _drawn(shown, self.plain.format(*map(plain, places), **{name: plain(value) for name, value in names.items()}))

    def join(self, parts: Iterable[str], /) -> "Markup":
        """The parts with this text between them; what is not markup is escaped."""
        shown = [marked(part) for part in parts]
        return _drawn(str.join(self, shown), self.plain.join(part.plain for part in shown))

    def __add__(self, other: str, /) -> "Markup":
        return Markup().join((self, other))


_MARKED = (Markup, int, float)


def utf16_length(text: str) -> int:
    """UTF-16 units, in which Discord may count: an emoji outside the basic plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def marked(value: Any) -> Any:
    """A value for a sentence: markup and numbers as they are, everything else escaped."""
    return value if isinstance(value, _MARKED) else escape(str(value))


def plain(value: Any) -> Any:
    """What of a value is shown where no markdown is drawn."""
    return value.plain if isinstance(value, Markup) else value


def escape(text: str, limit: int | None = None) -> Markup:
    """Somebody's text, shown as it is and on one line; cut so that it has, with its backslashes, at most `limit` UTF-16 units."""
    shown = _visible(text)
    if limit is not None:
        shown = shown[: 4 * limit]  # what is cut off anyway is not looked at, but for what a beginning could be part of
    drawn = {match.start() for match in _INLINE.finditer(shown)}
    if match := _BLOCK.match(shown):
        drawn.add(match.end())
    pieces = [f"\\{char}" if place in drawn else char for place, char in enumerate(shown)]
    return _drawn("".join(pieces if limit is None else _cut(pieces, limit)), text)


def clipped(text: Markup, limit: int) -> Markup:
    """The beginning of markup that has more than `limit` UTF-16 units; what it ends within is not drawn, and nothing else begins by it."""
    if utf16_length(text) <= limit:
        return text
    return Markup(  # noqa: S704 - of markup
        text.encode("utf-16-le")[: 2 * max(0, limit - 1)].decode("utf-16-le", "ignore").rstrip("\\") + "…"
    )


def bold(text: str) -> Markup:
    """Somebody's text, or markup, in bold."""
    return Markup("**{}**").format(text or _BLANK)


def code(text: str) -> Markup:
    """Text in the typeface for what is to be typed or read letter by letter."""
    shown = _visible(text or _BLANK).replace("`", "'")
    return _drawn(f"`{shown}`", text)


def _drawn(text: str, plain: str) -> Markup:
    made = Markup(text)  # noqa: S704 - the callers escape
    made.plain = plain
    return made


def _visible(text: str) -> str:
    """The text on one line, without what cannot be seen; a blank stands for text of which nothing can be."""
    if not text.isprintable():
        text = _LINE_BREAK.sub(_BREAK_SHOWN, text).replace("\t", " ")
        kept = {place for match in _KEPT.finditer(text) for place in range(*match.span())}
        seen = (char for place, char in enumerate(text) if place in kept or unicodedata.category(char) not in _INVISIBLE)
        text = "".join(seen) or _BLANK
    return _BLANK if text.isspace() else text


def _cut(pieces: list[str], limit: int) -> list[str]:
    """The first pieces, and a sign that more followed, where not all of them have room."""
    ends = list(accumulate(map(utf16_length, pieces)))
    return pieces if not ends or ends[-1] <= limit else [*pieces[: bisect_right(ends, limit - 1)], "…"]


def role_mention(role_id: int | str) -> Markup:
    """A role by its present name and colour."""
    return Markup("<@&{}>").format(role_id)


def member_mention(user_id: int | str) -> Markup:
    """A member by their present name."""
    return Markup("<@{}>").format(user_id)


def channel_mention(channel_id: int | str) -> Markup:
    """A channel by its present name."""
    return Markup("<#{}>").format(channel_id)


def emoji_shown(stored: str) -> Markup:
    """An emoji as it is stored, drawn; anything else is only text."""
    return Markup(stored) if _EMOJI.fullmatch(stored) else escape(stored)  # noqa: S704 - as checked


def moment_shown(at: datetime, style: str = "R") -> Markup:
    """A moment in the reader's own time zone and language; style `R` is how far off it is, `f` the date and time."""
    return Markup("<t:{}:{}>").format(math.floor(at.timestamp()), style)
