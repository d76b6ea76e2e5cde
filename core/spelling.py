"""What operators write, read as what they mean: pure functions for the settings."""

import re
import unicodedata

_QUOTES = "\"'“”„‟‘’‚‛«»"
_QUOTED = re.compile(rf"[{_QUOTES}]+(.*?)[{_QUOTES}]+", re.DOTALL)


def listed(value: object) -> object:
    """A list from text, with commas or spaces between its parts; one number of config.toml is a list, too."""
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,;]+", value.strip("[] ")) if part]
    return [value] if isinstance(value, int) else value


def level(value: object) -> object:
    """A level of the log by the name that loguru has for it."""
    named = value.upper() if isinstance(value, str) else value
    return "WARNING" if named == "WARN" else named


def lower(value: object) -> object:
    """Text in small letters."""
    return value.lower() if isinstance(value, str) else value


def unless_off(value: object) -> object:
    """None for what says that something is switched off."""
    return None if value is False or (isinstance(value, str) and value.strip().lower() in ("off", "false", "no", "none")) else value


def unbracketed(value: object) -> object:
    """An IPv6 address without the brackets that it has in URLs."""
    return value.strip("[]") if isinstance(value, str) else value


def unquoted(value: str) -> str:
    """The text without quotes around it: docker run leaves them where a file of variables has them, and telephones bend them."""
    match = _QUOTED.fullmatch(value)
    return match[1] if match else value


def bare_token(value: str) -> str:
    """A token without what people copy together with it: quotes, spaces, marks that nobody sees, the word Bot."""
    visible = "".join(letter for letter in value if unicodedata.category(letter) != "Cf")
    return re.sub(r"^[^\w-]*(Bot\s+)?[^\w-]*|[^\w-]+$", "", visible)
