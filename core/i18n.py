"""Every sentence a person sees: gettext catalogues in locales/, read straight from their .po files."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from core.catalogue import Catalogue
from core.markup import Markup

LOCALES = Path(__file__).parent.parent / "locales"
SOURCE_LOCALE = "en"
# The languages that Discord's clients have, for each of our catalogues: https://docs.discord.com/developers/reference#locales
DISCORD_LOCALES = {"en": ("en-US", "en-GB"), "ja": ("ja",)}


def N_(message: str) -> str:
    """Mark a sentence for the catalogue where it is only named, and translated later."""
    return message


BETWEEN = N_(", ")  # the things of a list
ENDONYM = N_("English")  # to be translated by the language's own name in itself, as Discord's list of languages shows it


class Translator:
    """Turns catalogue sentences into one language. Placeholders are named: `t("Added {roles}.", roles=…)`.

    What it returns is markup: values that are not are escaped, so nobody's text means anything in a sentence.
    """

    def __init__(self, locale: str, catalogue: Catalogue) -> None:
        self.locale = locale
        self._catalogue = catalogue
        self._whole: dict[str, Markup] = {}  # sentences without placeholders: those of the source, so there are only so many

    def __call__(self, message: str, /, **values: Any) -> Markup:
        """The sentence with its placeholders filled."""
        if values:
            return Markup(self._catalogue.sentence(message)).format(**values)  # noqa: S704 - translators are trusted
        whole = self._whole.get(message)
        if whole is None:
            whole = self._whole[message] = Markup(self._catalogue.sentence(message)).format()  # noqa: S704 - the same
        return whole

    def listed(self, items: Iterable[str]) -> Markup:
        """Things one after the other in a sentence."""
        return self(BETWEEN).join(items)

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> Markup:
        """The sentence for `n` things; `{n}` is filled with it."""
        return Markup(self._catalogue.plural(one, many, n)).format(n=n, **values)  # noqa: S704


def available() -> tuple[str, ...]:
    """The languages that have a catalogue, the source language first."""
    found = sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/rolepanel.po"))
    return (SOURCE_LOCALE, *(name for name in found if name != SOURCE_LOCALE))


@cache
def _load(locale: str) -> Translator:
    path = LOCALES / locale / "LC_MESSAGES" / "rolepanel.po"
    # The sentences in the source are the source language.
    return Translator(locale, Catalogue(path if path.exists() else None))


def translator(locale: str | None, default: str = SOURCE_LOCALE) -> Translator:
    """The translator for a Discord locale such as `ja` or `en-GB`; `default` when there is no catalogue for it."""
    for name in (locale or "", (locale or "").split("-")[0], default):
        if name in available_set():
            return _load(name)
    return _load(SOURCE_LOCALE)


@cache
def available_set() -> frozenset[str]:
    """The same as `available`, looked up once."""
    return frozenset(available())


def endonym(locale: str) -> str:
    """A language's name in that language; its code, where it has no catalogue."""
    return translator(locale)(ENDONYM) if locale in available_set() else locale


def localized(message: str) -> dict[str, str]:
    """A command name or description in every Discord locale but the source language, for Discord's localizations."""
    return {
        code: translator(locale)(message)
        for locale in available()
        if locale != SOURCE_LOCALE
        for code in DISCORD_LOCALES.get(locale, (locale,))
    }
