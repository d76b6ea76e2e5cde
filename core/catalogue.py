"""One gettext catalogue as a `.po` file holds it (https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html).

The bot reads it by itself: a library that also knows every language's names and calendars takes as much memory as all cogs.
"""

import gettext
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

_PLURAL = re.compile(r"^Plural-Forms:.*\bplural=(?P<rule>[^;]+)", re.MULTILINE)
_Entry = dict[str, str]  # by keyword: msgid, msgid_plural, msgstr, msgstr[0], msgstr[1], …


class Catalogue:
    """The sentences of one language. What it does not hold stays as it is in the source."""

    def __init__(self, path: Path | None = None) -> None:
        self._sentences: dict[str, str] = {}
        self._plurals: dict[str, list[str]] = {}
        self._form: Callable[[int], int] = lambda n: int(n != 1)
        for entry in _entries(path) if path else ():
            forms = [text for keyword, text in entry.items() if keyword.startswith("msgstr")]
            if "msgid_plural" in entry:
                self._plurals[entry["msgid"]] = forms
            elif entry["msgid"]:
                self._sentences[entry["msgid"]] = forms[0]
            elif rule := _PLURAL.search(forms[0]):
                self._form = gettext.c2py(rule["rule"])

    def sentence(self, message: str) -> str:
        """The translation of a sentence."""
        return self._sentences.get(message) or message

    def plural(self, one: str, many: str, n: int) -> str:
        """The translation of a sentence for `n` things."""
        forms = self._plurals.get(one)
        if forms and all(forms):
            return forms[self._form(n)]
        return one if n == 1 else many


def _entries(path: Path) -> Iterator[_Entry]:
    """The entries of a file, as Babel writes it: without contexts, and what is obsolete or uncertain left out."""
    entry: _Entry = {}
    keyword, fuzzy = "", False
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if line.startswith('"'):
            entry[keyword] += json.loads(line, strict=False)
        elif line.startswith("msg"):
            keyword, _, text = line.partition(" ")
            entry[keyword] = json.loads(text, strict=False)
        elif line.startswith("#,"):
            fuzzy = "fuzzy" in line
        elif not line and entry:
            if not fuzzy:
                yield entry
            entry, fuzzy = {}, False
