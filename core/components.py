"""Small helpers around Discord's message payloads that every cog uses."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import discord

from core.i18n import N_, Translator
from core.markup import Markup, clipped, marked, plain

EPHEMERAL = 1 << 6
IS_COMPONENTS_V2 = 1 << 15
NO_MENTIONS: dict[str, Any] = {"parse": []}
Payload = dict[str, Any]

MORE = N_("… and {n} more")
LINE_BREAK = Markup("\n")
OPTION_DESCRIPTION_MAX = 100  # https://docs.discord.com/developers/components/reference#string-select-select-option-structure


def text_message(content: Markup, *, embeds: list[Payload] | None = None, components: list[Payload] | None = None) -> Payload:
    """A message of text. An empty list of embeds or components takes those away that a message had before."""
    parts = {"embeds": embeds, "components": components}
    return {"content": content, **{name: part for name, part in parts.items() if part is not None}}


def text_embed(title: Markup, description: Markup, *, footer: str = "") -> Payload:
    """An embed of text. A footer draws no markdown."""
    made: Payload = {"title": title, "description": description}
    return {**made, "footer": {"text": plain(footer)}} if footer else made


def fit(lines: Sequence[str], limit: int, t: Translator, between: Markup = LINE_BREAK) -> Markup:
    """As many lines as `limit` characters hold; how many were left out is said in the last one. Costs no more than the lines are long."""
    shown: list[Markup] = []
    length = -len(between)
    for line in map(marked, lines):
        length += len(between) + len(line)
        if length > limit:
            break
        shown.append(line)
    else:
        return between.join(shown)
    while True:
        text = between.join([*shown, t(MORE, n=len(lines) - len(shown))])
        if len(text) <= limit:
            return text
        if not shown:
            return clipped(text, limit)
        shown.pop()


def partial_emoji(stored: str | None, custom_ids: Collection[int]) -> Payload | None:
    """A stored emoji for a component; None when there is none, or when it is a custom one that the guild no longer has."""
    if stored is None:
        return None
    partial = discord.PartialEmoji.from_str(stored)
    if partial.id is None:
        return {"name": partial.name}
    if partial.id not in custom_ids:
        return None
    return {"id": str(partial.id), "name": partial.name, "animated": partial.animated}


def told_apart(options: Sequence[Payload], role_ids: Sequence[int], among: Iterable[tuple[str, str | None]] = ()) -> list[Payload]:
    """The options of a menu of roles, one for each of `role_ids`; those that read alike have the role's id in their description.

    `among` are label and description of all roles that are offered, where this menu has only some of them.
    """
    looks = Counter(among) or Counter((option["label"], option.get("description")) for option in options)
    return [
        _named_by_id(option, role_id) if looks[option["label"], option.get("description")] > 1 else option
        for option, role_id in zip(options, role_ids, strict=True)
    ]


def _named_by_id(option: Payload, role_id: int) -> Payload:
    own = f" · {role_id}"
    described = option.get("description")
    return {**option, "description": described[: OPTION_DESCRIPTION_MAX - len(own)] + own if described else str(role_id)}


def private(payload: Payload) -> Payload:
    """The payload as only the person asked sees it; no mention in it can notify anyone."""
    return {**payload, "flags": payload.get("flags", 0) | EPHEMERAL, "allowed_mentions": NO_MENTIONS}


def public(payload: Payload) -> Payload:
    """The payload for everyone; no mention in it can notify anyone."""
    return {**payload, "allowed_mentions": NO_MENTIONS}
