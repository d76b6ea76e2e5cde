"""Small helpers around Discord's message payloads that every cog uses."""

from typing import Any

EPHEMERAL = 1 << 6
IS_COMPONENTS_V2 = 1 << 15
NO_MENTIONS: dict[str, Any] = {"parse": []}
Payload = dict[str, Any]


def text_message(content: str) -> Payload:
    """A message of plain text."""
    return {"content": content}


def private(payload: Payload) -> Payload:
    """The payload as only the person asked sees it; no mention in it can notify anyone."""
    return {**payload, "flags": payload.get("flags", 0) | EPHEMERAL, "allowed_mentions": NO_MENTIONS}


def public(payload: Payload) -> Payload:
    """The payload for everyone; no mention in it can notify anyone."""
    return {**payload, "allowed_mentions": NO_MENTIONS}
