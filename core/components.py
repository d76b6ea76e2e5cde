"""Small helpers around Discord's message payloads that every cog uses."""

from collections.abc import Collection, Sequence
from typing import Any

import discord

from core.i18n import N_, Translator

EPHEMERAL = 1 << 6
IS_COMPONENTS_V2 = 1 << 15
NO_MENTIONS: dict[str, Any] = {"parse": []}
Payload = dict[str, Any]

MORE = N_("… and {n} more")


def text_message(content: str) -> Payload:
    """A message of plain text."""
    return {"content": content}


def fit(lines: Sequence[str], limit: int, t: Translator, between: str = "\n") -> str:
    """As many lines as `limit` characters hold; how many were left out is said in the last one. Costs no more than the lines are long."""
    kept, length = 0, -len(between)
    for line in lines:
        length += len(between) + len(line)
        if length > limit:
            break
        kept += 1
    else:
        return between.join(lines)
    while True:
        text = between.join([*lines[:kept], t(MORE, n=len(lines) - kept)])
        if len(text) <= limit or not kept:
            return text[:limit]
        kept -= 1


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


def private(payload: Payload) -> Payload:
    """The payload as only the person asked sees it; no mention in it can notify anyone."""
    return {**payload, "flags": payload.get("flags", 0) | EPHEMERAL, "allowed_mentions": NO_MENTIONS}


def public(payload: Payload) -> Payload:
    """The payload for everyone; no mention in it can notify anyone."""
    return {**payload, "allowed_mentions": NO_MENTIONS}
