"""TOML from strangers: parsed only after its nesting was measured, because a parser can be kept busy for minutes by a small file."""

import re
import tomllib
from typing import Any

from domain.file_reader import Fault, FaultKind

DEPTH_MAX = 8  # brackets within brackets, and parts of a dotted key; a file of panels needs three
# A text that is never closed goes on to the end of the line or the file, so that nothing is looked at twice: behind it no parser reads on.
# Up to two quotation marks may stand before the three that close a text.
_TOKEN = re.compile(
    r'''
    """(?:[^\\]|\\.)*?(?:"{3,5}|\\?\Z)
    | \'\'\'.*?(?:'{3,5}|\Z)
    | "(?:[^"\\\n]|\\.)*"?
    | '[^'\n]*'?
    | \#[^\n]*
    | [\[\]{}.=,\n]
    ''',
    re.DOTALL | re.VERBOSE,
)


def parse(content: bytes) -> dict[str, Any]:
    """The table that a TOML file holds. Raises Fault when it is none, with the parser's words."""
    try:
        text = content.decode("utf-8-sig")
        _check_depth(text)
        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise Fault(FaultKind.NOT_UTF8) from None
    except Fault:
        raise
    except ValueError as error:  # beside its own error the parser lets those of dates and of very long numbers through
        raise Fault(FaultKind.BROKEN, reason=str(error)[:200]) from None


def _check_depth(text: str) -> None:
    open_brackets = parts = 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "[{":
            open_brackets += 1
            parts = 0
        elif token in "]}":
            open_brackets -= 1
        elif token == ".":
            parts += 1
        elif token in "=,\n":
            parts = 0
        if max(open_brackets, parts) > DEPTH_MAX:
            raise Fault(FaultKind.TOO_DEEP)
