"""What counts as an emoji in a component or a reaction."""

import unicodedata
from collections.abc import Callable
from typing import Annotated

from sandbox.validate.forms import Bool, Form, Length, Path, Problems, Snowflake, Text

KnownEmoji = Callable[[int], bool]
_JOINERS = {"\u200d", "\ufe0f", "\u20e3"}
_KEYCAPS = set("0123456789#*")
_SYMBOLS = {"\u00a9", "\u00ae", "\u203c", "\u2049", "\u2122", "\u2139", "\u3030", "\u303d", "\u3297", "\u3299"}


class ComponentEmoji(Form):
    """A partial emoji: a Unicode one by `name`, or a custom one by `id`."""

    id: Snowflake | None = None
    name: Annotated[Text, Length(0, 32)] | None = None
    animated: Bool | None = None

    def stored(self) -> dict[str, object]:
        """As Discord gives it back."""
        if self.id is None:
            return {"name": self.name or ""}
        return {"id": str(self.id), "name": self.name or "_", "animated": bool(self.animated)}


def is_unicode_emoji(text: str) -> bool:
    """Whether the text is one Unicode emoji, joined sequences, flags and keycaps included."""
    if not text or len(text) > 16:
        return False
    if text[0] in _KEYCAPS:
        return text[1:] in ("\u20e3", "\ufe0f\u20e3")
    regional = [c for c in text if "\U0001f1e6" <= c <= "\U0001f1ff"]
    if regional:
        return len(text) <= 2
    if text[0] in _JOINERS:
        return False
    bases = [c for c in text if not _modifies(c)]
    if not bases or not all(_is_pictograph(c) for c in bases):
        return False
    return len(bases) == text.count("\u200d") + 1


def check_emoji(emoji: ComponentEmoji, path: Path, known: KnownEmoji, problems: Problems) -> None:
    """Note Discord's error for an emoji that does not exist; `known` tells which custom emojis the bot can reach."""
    if emoji.id is not None:
        if not known(emoji.id):
            problems.add((*path, "id"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
    elif not is_unicode_emoji(emoji.name or ""):
        problems.add((*path, "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")


def _modifies(char: str) -> bool:
    return char in _JOINERS or "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _is_pictograph(char: str) -> bool:
    if char in _SYMBOLS or "\U0001f300" <= char <= "\U0001faff" or char in "🀄🃏":
        return True
    if "\U0001f170" <= char <= "\U0001f251":
        return True
    return "\u2190" <= char <= "\u2bff" and unicodedata.category(char) in ("So", "Sm", "Po", "Ps", "Pe")
