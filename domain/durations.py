"""Lengths of time as people type them: "2h", "7 days", "1d 12h", "30分"."""

import re
import unicodedata
from enum import IntEnum, StrEnum


class Unit(IntEnum):
    """A unit of time, in seconds."""

    DAY = 86_400
    HOUR = 3_600
    MINUTE = 60


SHORTEST, LONGEST = int(Unit.MINUTE), 365 * Unit.DAY
_WEEK, _YEAR = 7 * Unit.DAY, 365 * Unit.DAY
_WORDS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分間"), int(Unit.MINUTE)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "時間"), int(Unit.HOUR)),
    **dict.fromkeys(("d", "day", "days", "日", "日間"), int(Unit.DAY)),
    **dict.fromkeys(("w", "week", "weeks", "週", "週間"), _WEEK),
    **dict.fromkeys(("y", "year", "years", "年", "年間"), _YEAR),
}
_PART = re.compile(r"(?P<count>[0-9]{1,9})\s*(?P<unit>[^\W\d_]+)[\s,、]*")
_LETTERS = {Unit.DAY: "d", Unit.HOUR: "h", Unit.MINUTE: "m"}


class Fault(StrEnum):
    """What is wrong with a duration that somebody typed."""

    NOT_UNDERSTOOD = "not_understood"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


class BadDuration(ValueError):
    """What was typed is not a duration from a minute to a year."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def parse(text: str) -> int:
    """The seconds that somebody typed, in English or Japanese, in digits of any width. A number needs its unit. Raises BadDuration."""
    rest, total = unicodedata.normalize("NFKC", text).strip().lower(), 0
    if not rest:
        raise BadDuration(Fault.NOT_UNDERSTOOD)
    while rest:
        part = _PART.match(rest)
        if part is None or part["unit"] not in _WORDS:
            raise BadDuration(Fault.NOT_UNDERSTOOD)
        total += int(part["count"]) * _WORDS[part["unit"]]
        rest = rest[part.end() :]
    if total < SHORTEST:
        raise BadDuration(Fault.TOO_SHORT)
    if total > LONGEST:
        raise BadDuration(Fault.TOO_LONG)
    return total


def split(seconds: int) -> list[tuple[int, Unit]]:
    """The same length in days, hours and minutes, the largest first, none of them zero. Seconds over a full minute are dropped."""
    found: list[tuple[int, Unit]] = []
    for unit in Unit:
        count, seconds = divmod(seconds, unit)
        if count:
            found.append((count, unit))
    return found


def typed(seconds: int) -> str:
    """A duration as somebody could have typed it: what `parse` reads back."""
    return " ".join(f"{count}{_LETTERS[unit]}" for count, unit in split(seconds))
