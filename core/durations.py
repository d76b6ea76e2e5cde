"""Lengths of time in words, in the language of a translator."""

from core.i18n import Translator
from core.markup import Markup
from domain.durations import Unit, split


def duration_words(seconds: int, t: Translator) -> Markup:
    """For example "1 day 12 hours"; exact to the minute."""
    words = []
    for count, unit in split(seconds):
        match unit:
            case Unit.DAY:
                words.append(t.plural("{n} day", "{n} days", count))
            case Unit.HOUR:
                words.append(t.plural("{n} hour", "{n} hours", count))
            case Unit.MINUTE:
                words.append(t.plural("{n} minute", "{n} minutes", count))
    return Markup(" ").join(words)
