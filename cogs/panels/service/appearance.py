"""What may be typed as a panel's colour and as the address of a picture."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

from core.errors import UserError
from core.i18n import N_
from domain.panels import URL_MAX

COLOUR_LENGTH = 10
_COLOUR = re.compile(r"(?:#|0[xX])?(?P<digits>[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\Z")
_HOST = re.compile(r"(?=.{4,253}\Z)([A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]\Z")

NOT_A_COLOUR = N_("{text} is not a colour. Write six digits from 0 to 9 and A to F, such as `#5865F2`.")
NOT_AN_ADDRESS = N_("{text} is not an address of a picture that Discord can show. Use one such as `https://example.com/picture.png`.")
_IN_PATHS = "".join(map(chr, range(0x21, 0x7F)))  # what an address is made of already stays as it is


def parse_colour(text: str | None) -> int | None:
    """A colour typed as #RRGGBB or #RGB, None for nothing. Raises UserError that names what is accepted."""
    text = (text or "").strip()
    if not text:
        return None
    match = _COLOUR.match(text)
    if match is None:
        raise UserError(NOT_A_COLOUR, text=text[:COLOUR_LENGTH])
    digits = match["digits"]
    return int(digits if len(digits) == 6 else "".join(digit * 2 for digit in digits), 16)


def colour_text(colour: int | None) -> str | None:
    """A colour as it is typed."""
    return None if colour is None else f"#{colour:06X}"


def parse_address(text: str | None) -> str | None:
    """The https address of a picture, None for nothing. Raises UserError for what Discord would refuse, or would never show."""
    text = (text or "").strip().removeprefix("<").removesuffix(">")
    if not text:
        return None
    try:
        address = _in_ascii(text)
        parts = urlsplit(address)
        good = parts.scheme == "https" and _HOST.match(parts.hostname or "") and not parts.username and parts.port in (None, 443)
    except ValueError:  # a port or an IPv6 address that is none, a name that no host can have
        good, address = False, text
    if not good or len(address) > URL_MAX or re.search(r"[\s<>\"\\^`{|}]", text):
        raise UserError(NOT_AN_ADDRESS, text=text[:100])
    return address


def _in_ascii(address: str) -> str:
    """An address as browsers send it, however they show it: https://例え.jp/絵.png. Raises ValueError when no host is called so."""
    if address.isascii():
        return address
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.encode("idna").decode(), *(quote(part, _IN_PATHS) for part in parts[2:])))
