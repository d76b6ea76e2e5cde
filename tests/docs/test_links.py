"""What documents point at exists: files, headings, links, targets of make."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.docs.pages import PAGES, blocks, code, named, without_blocks

LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
PICTURE = re.compile(r'!\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)"')
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
ENDS = ("py", "md", "sh", "yml", "toml", "ini", "js", "svg", "png", "po", "txt", "json")
PATH = re.compile(rf"(?:[\w.-]+/)*[\w.-]+\.(?:{'|'.join(ENDS)})\Z|(?:[\w.-]+/)+\Z")
MADE = {  # by commands and people; not in the repository
    ".env", "config.toml", "rolepanel.dump", "changes.md", "role-panels.toml", "cogs/greeter/",
}  # fmt: skip


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    found: Counter[str] = Counter()
    made: set[str] = set()
    for heading in HEADING.findall(without_blocks(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        made.add(f"{slug}-{found[slug]}" if found[slug] else slug)
        found[slug] += 1
    return made


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    lost: list[str] = []
    for target in LINK.findall(without_blocks(text)):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(there.read_text("utf-8"))):
            lost.append(target)
    assert not lost


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_pictures_are_there(path: Path) -> None:
    pictures = [one or other for one, other in PICTURE.findall(path.read_text("utf-8"))]
    assert [picture for picture in pictures if not picture.startswith("http") and not (path.parent / picture).is_file()] == []


def test_every_picture_is_shown() -> None:
    shown = {(path.parent / (one or other)).resolve() for path in PAGES for one, other in PICTURE.findall(path.read_text("utf-8"))}
    there = {picture.resolve() for picture in (ROOT / "docs" / "images").iterdir()}
    assert there - shown == set()


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_named_files_exist(path: Path) -> None:
    """`core/rest.py`, or beside a folder that the same sentence names: `cogs/roles/grants/expiry.py`, `errands.py`."""
    files = {file.name for folder in ("bot.py", "core", "domain", "models", "cogs", "sandbox", "tools", "tests", "docs", "bench", ".github")
             for file in [ROOT / folder, *(ROOT / folder).rglob("*")]} | {file.name for file in ROOT.iterdir()}  # fmt: skip
    names = [name.removeprefix("./") for name in code(without_blocks(path.read_text("utf-8")))]
    lost = [
        name
        for name in names
        if PATH.match(name)
        and name not in MADE
        and not name.startswith(("data/", ".bench/", "locales/de/"))
        and not ((ROOT / name).exists() or (path.parent / name).exists() or ("/" not in name and name in files))
    ]
    assert not lost


def test_make_and_the_documents_know_the_same_targets() -> None:
    """Each target has a line in `make`, and what documents tell to make is one."""
    told = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^make ([a-z-]+) ", told, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets == set(phony.split())
    texts = [*(path.read_text("utf-8") for path in PAGES), (ROOT / ".ci" / "run").read_text("utf-8")]
    named_targets = {
        target
        for text in texts
        for line in [*code(text), *(line for block in blocks(text, "") for line in block.splitlines())]
        for target in re.findall(r"^make ([a-z-]+)", line)
    }
    assert named_targets <= targets
