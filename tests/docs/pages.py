"""The documents of this repository, and what stands in them."""

import re
from pathlib import Path

from core.settings import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/*.md")])
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def page(name: str) -> str:
    """The text of a document, named from the root."""
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return [code for spoken, code in _BLOCK.findall(text) if spoken == language]


def without_blocks(text: str) -> str:
    """A document's own sentences."""
    return _BLOCK.sub("", text)


def rows(text: str, first: str) -> list[list[str]]:
    """The cells of the table whose first column is headed `first`, without its head."""
    lines = text.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    found: list[list[str]] = []
    for line in lines[head + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def code(cell: str) -> list[str]:
    """What stands in `code` in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def named(path: Path) -> str:
    """A document's name from the root."""
    return str(path.relative_to(ROOT))
