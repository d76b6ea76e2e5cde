"""The catalogues are complete and agree with the source."""

import ast
import re
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.catalogue import Catalogue
from core.i18n import LOCALES, SOURCE_LOCALE, available, endonym, localized, translator
from core.settings import ROOT

COMMANDS = {"slash": (2,), "slash_option": None, "slash_file": None, "slash_group": None, "slash_alone": None}
KEYWORDS = {"N_": None, "t": None, "localized": None, "plural": (1, 2), **COMMANDS}  # as in the Makefile
LANGUAGES = ("en", "ja")
COMMAND = re.compile(r"/(\w+(?: [\w-]+)?)`")  # `/panel edit` in a sentence, without its slash
ODD = r"""# A comment.
msgid ""
msgstr ""
"Language: pl\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

#. For translators.
#: core/i18n.py
msgid "long"
msgstr ""
"długie"
" zdanie"

msgid "two lines\n"
msgstr "dwie\nlinie\n"

msgid "a \"quoted\" \\ word"
msgstr "\"słowo\" \\"

msgid "empty"
msgstr ""

#, fuzzy, python-brace-format
msgid "unsure"
msgstr "niepewne"

#, python-brace-format
msgid "{n} role"
msgid_plural "{n} roles"
msgstr[0] "{n} rola"
msgstr[1] "{n} role"
msgstr[2] "{n} ról"

msgid "one"
msgid_plural "many"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""

#~ msgid "obsolete"
#~ msgstr "stare"
"""
Id = Any  # a sentence, or its singular and plural


@cache
def catalogue(locale: str) -> Catalog:
    with (LOCALES / locale / "LC_MESSAGES" / "rolepanel.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


@cache
def in_source() -> frozenset[Id]:
    folders = [found for name in ("core", "domain", "cogs") for found in extract_from_dir(ROOT / name, keywords=KEYWORDS)]
    return frozenset(found[-3] for found in [*folders, *extract_from_file("python", ROOT / "bot.py", keywords=KEYWORDS)])


def test_no_sentence_hides_in_another_string() -> None:
    """Babel on Python 3.11 does not look into an f-string, later ones do: the sentence would be missing in one of them."""
    hidden = [
        f"{path.relative_to(ROOT)}:{string.lineno}"
        for path in [ROOT / "bot.py", *(path for folder in ("core", "domain", "cogs") for path in (ROOT / folder).rglob("*.py"))]
        for string in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute)
        if (call.func.id if isinstance(call.func, ast.Name) else call.func.attr) in KEYWORDS
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert not hidden


def messages(locale: str) -> list[Any]:
    return [message for message in catalogue(locale) if message.id]


def texts(value: Id) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_languages() -> None:
    assert available() == LANGUAGES
    assert len(in_source()) > 200


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_catalogue_holds_what_the_source_says_and_nothing_else(locale: str) -> None:
    held = {message.id for message in messages(locale)}
    assert held == in_source(), "run `make messages`, then translate what is new"
    assert not catalogue(locale).obsolete


@pytest.mark.parametrize("locale", LANGUAGES)
def test_everything_is_translated(locale: str) -> None:
    untranslated = [message.id for message in messages(locale) if message.fuzzy or not all(texts(message.string))]
    assert not untranslated
    counts = {len(texts(message.string)) for message in messages(locale) if message.pluralizable}
    assert counts == {catalogue(locale).num_plurals}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_placeholders_agree(locale: str) -> None:
    for message in messages(locale):
        wanted = set().union(*map(placeholders, texts(message.id)))
        for text in texts(message.string):
            assert placeholders(text) == wanted, f"{message.id!r}: {text!r}"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_commands_are_named_as_the_client_shows_them(locale: str) -> None:
    t = translator(locale)
    for message in messages(locale):
        named = [" ".join(map(t, command.split())) for command in COMMAND.findall("\n".join(texts(message.id)))]
        assert COMMAND.findall("\n".join(texts(message.string))) == named, message.id


def test_english_is_the_source() -> None:
    assert [message.id for message in messages("en") if message.id != message.string] == []


def test_a_translation_of_another_language_differs() -> None:
    same = {message.id for message in messages("ja") if message.id in texts(message.string)}
    assert not same


def test_commands_are_called_as_discord_shows_them_in_that_language() -> None:
    named = {word for message in messages("ja") for text in texts(message.string) for word in re.findall(r"`/([a-z][a-z -]*)", text)}
    assert not named


@pytest.mark.parametrize(
    ("locale", "expected"), [("ja", "ja"), ("en-US", "en"), ("en-GB", "en"), ("fr", "en"), ("", "en"), (None, "en"), ("../ja", "en")]
)
def test_a_discord_locale_finds_its_language(locale: str | None, expected: str) -> None:
    assert translator(locale).locale == expected


def test_the_default_stands_in_for_unknown_languages() -> None:
    assert translator("fr", "ja").locale == "ja"
    assert translator("fr", "xx").locale == SOURCE_LOCALE


def test_plurals_follow_the_language() -> None:
    assert [translator("en").plural("{n} role", "{n} roles", n) for n in (0, 1, 2)] == ["0 roles", "1 role", "2 roles"]
    assert [translator("ja").plural("{n} role", "{n} roles", n) for n in (1, 2)] == ["ロール1個", "ロール2個"]


def test_lists_follow_the_language() -> None:
    assert [translator(locale).listed(["a", "b"]) for locale in LANGUAGES] == ["a, b", "a、b"]


def test_localizations_leave_the_source_language_out() -> None:
    assert localized("panel") == {"ja": "パネル"}


def test_a_language_is_called_as_it_calls_itself() -> None:
    assert [endonym(locale) for locale in (*LANGUAGES, "xx")] == ["English", "日本語", "xx"]


def as_gettext(path: Path, locale: str) -> GNUTranslations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def assert_agree(read: Catalogue, expected: GNUTranslations, ids: list[Id]) -> None:
    for one in ids:
        if isinstance(one, str):
            assert read.sentence(one) == expected.gettext(one)
        else:
            single, many = one
            assert [read.plural(single, many, n) for n in range(30)] == [expected.ngettext(single, many, n) for n in range(30)]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_bot_reads_a_catalogue_as_gettext_does(locale: str) -> None:
    path = LOCALES / locale / "LC_MESSAGES" / "rolepanel.po"
    assert_agree(Catalogue(path), as_gettext(path, locale), [message.id for message in messages(locale)])


def test_what_a_catalogue_may_hold(tmp_path: Path) -> None:
    path = tmp_path / "rolepanel.po"
    path.write_text(ODD, "utf-8")
    ids = ["long", "two lines\n", 'a "quoted" \\ word', "empty", "unsure", "obsolete", "absent", ("{n} role", "{n} roles"), ("one", "many")]
    assert_agree(Catalogue(path), as_gettext(path, "pl"), ids)
    assert Catalogue(path).sentence("long") == "długie zdanie"
