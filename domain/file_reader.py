"""Reading tables that people wrote: every value is checked, and the first fault is named with its place."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

Choice = TypeVar("Choice", bound=StrEnum)


class FaultKind(StrEnum):
    """What can be wrong with a file."""

    NOT_UTF8 = "not_utf8"
    BROKEN = "broken"
    TOO_DEEP = "too_deep"
    NOT_A_PANEL_FILE = "not_a_panel_file"
    OTHER_VERSION = "other_version"
    NO_PANELS = "no_panels"
    UNKNOWN_KEY = "unknown_key"
    MISSING = "missing"
    NOT_A_TEXT = "not_a_text"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_FLAG = "not_a_flag"
    NOT_TABLES = "not_tables"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOT_ONE_OF = "not_one_of"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_COLOUR = "not_a_colour"
    NOT_HTTPS = "not_https"
    NOT_A_PICTURE = "not_a_picture"
    NOT_AN_EMOJI = "not_an_emoji"
    ROLE_TWICE = "role_twice"
    NEEDED_AND_BLOCKED = "needed_and_blocked"
    TOO_MANY = "too_many"


class Fault(ValueError):
    """One thing that is wrong, with its place in the file such as `panel[1].role[3].label`; `values` say more of it."""

    def __init__(self, kind: FaultKind, where: str = "", **values: Any) -> None:
        super().__init__(f"{where}: {kind}" if where else kind.value)
        self.kind, self.where, self.values = kind, where, values


class Table:
    """A table of a file. Each key is taken once; `end` refuses what nobody asked for. Every method raises Fault.

    One that is not `strict` was written by the bot itself, perhaps under other limits: of those nothing is refused.
    """

    def __init__(self, data: Mapping[str, Any], path: str = "", *, strict: bool = True) -> None:
        self._data, self._path, self.strict = dict(data), path, strict

    def where(self, key: str) -> str:
        """The place of a key of this table."""
        return f"{self._path}.{key}" if self._path else key

    def take(self, key: str) -> Any:
        """The raw value of a key, or None."""
        return self._data.pop(key, None)

    def end(self) -> None:
        """All keys that are known have been taken."""
        if self._data and self.strict:
            raise Fault(FaultKind.UNKNOWN_KEY, self.where(next(iter(self._data))))

    def text(self, key: str, limit: int) -> str | None:
        """A text of at most `limit` characters that is not only spaces."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise Fault(FaultKind.NOT_A_TEXT, self.where(key))
        value = value.replace("\r\n", "\n").replace("\r", "\n")  # as Discord's own forms give it, and as an export can write it
        if not value.strip() and self.strict:
            raise Fault(FaultKind.EMPTY, self.where(key))
        if len(value) > limit and self.strict:
            raise Fault(FaultKind.TOO_LONG, self.where(key), limit=limit, length=len(value))
        if "\0" in value:
            raise Fault(FaultKind.UNREADABLE, self.where(key))
        return value

    def required_text(self, key: str, limit: int) -> str:
        """The same, where it must be given."""
        value = self.text(key, limit)
        if value is None:
            raise Fault(FaultKind.MISSING, self.where(key))
        return value

    def number(self, key: str, low: int, high: int) -> int | None:
        """A whole number in a range."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise Fault(FaultKind.NOT_A_NUMBER, self.where(key))
        if not low <= value <= high and self.strict:
            raise Fault(FaultKind.OUT_OF_RANGE, self.where(key), low=low, high=high)
        return value

    def flag(self, key: str) -> bool:
        """true or false; false when it is not given."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise Fault(FaultKind.NOT_A_FLAG, self.where(key))
        return bool(value)

    def choice(self, key: str, default: Choice) -> Choice:
        """One of the values that `default` is one of."""
        value = self.take(key)
        if value is None:
            return default
        known = type(default)
        found = next((one for one in known if one.value == value), None)
        if found is None:
            raise Fault(FaultKind.NOT_ONE_OF, self.where(key), choices=", ".join(known))
        return found

    def colour(self, key: str) -> int | None:
        """A colour such as `#3498db`."""
        value = self.take(key)
        if value is None:
            return None
        digits = value.removeprefix("#") if isinstance(value, str) else ""
        if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
            raise Fault(FaultKind.NOT_A_COLOUR, self.where(key))
        return int(digits, 16)

    def address(self, key: str, limit: int) -> str | None:
        """An https address."""
        value = self.text(key, limit)
        if value is not None and not _is_https(value) and self.strict:
            raise Fault(FaultKind.NOT_HTTPS, self.where(key))
        return value

    def tables(self, key: str, limit: int) -> list["Table"]:
        """At most `limit` tables; none when the key is not given."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Fault(FaultKind.NOT_TABLES, self.where(key))
        entries = cast(list[Any], value)
        if not all(isinstance(entry, Mapping) for entry in entries):
            raise Fault(FaultKind.NOT_TABLES, self.where(key))
        if len(entries) > limit and self.strict:
            raise Fault(FaultKind.TOO_MANY, self.where(key), limit=limit, count=len(entries))
        return [Table(entry, self.where(f"{key}[{number}]"), strict=self.strict) for number, entry in enumerate(entries, start=1)]


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not any(character.isspace() for character in address)
