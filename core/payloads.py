"""Lets py-cord read what a server leaves out or words differently: every JSON text that reaches py-cord passes here."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import discord
import discord.http

# py-cord reads these fields without asking whether they are there.
_USER = {"discriminator": "0", "avatar": None}
_ROLE = {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
# An interaction of nobody, who is no member: whoever handles it says that it works in servers only.
_INTERACTION = {"version": 1, "user": {**_USER, "id": "0", "username": ""}}
# Of a channel that the bot cannot view nothing but its id, type and position is to be relied on; what else there is may be null.
_CHANNEL = {"name": "___hidden___", "parent_id": None, "nsfw": False, "permission_overwrites": ()}
_CHANNEL_OBFUSCATED = 1 << 17
_READY = {"resume_gateway_url": None}
_MESSAGE: dict[str, Any] = {
    "type": 0,
    "content": "",
    "attachments": (),
    "embeds": (),
    "mentions": (),
    "mention_roles": (),
    "edited_timestamp": None,
    "mention_everyone": False,
    "pinned": False,
    "tts": False,
}


def read_leniently() -> None:
    """Make py-cord read JSON in this module's way, from the gateway and from REST."""
    # No public name: py-cord offers no place between a text and what is made of it.
    discord.utils._from_json = decode
    discord.http.parse_response = parse_response


def count_answers(count: Callable[[int, Mapping[str, str]], None]) -> None:
    """Hand `count` the status and the headers of each answer that py-cord's own calls get from now on, those that it repeats included."""

    async def counted(response: aiohttp.ClientResponse) -> Any:
        count(response.status, response.headers)
        return await parse_response(response)

    discord.http.parse_response = counted


def decode(text: str) -> Any:
    """The value of a JSON text, with what py-cord insists on filled in where it is missing."""
    return json.loads(text, object_hook=_completed)


async def parse_response(response: aiohttp.ClientResponse) -> Any:
    """The body of a REST answer: JSON whatever parameters its content type has, else text."""
    text = await response.text(encoding="utf-8")
    return decode(text) if response.content_type == "application/json" and text else text


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    """The object with the missing fields of what it is; it is known by the fields that only its kind has."""
    if "username" in found:
        return _USER | found
    if "permissions" in found and "name" in found and "type" not in found:
        return _ROLE | found
    if "author" in found and "channel_id" in found:
        return _MESSAGE | found
    if "type" in found and "position" in found and isinstance(found.get("flags"), int) and found["flags"] & _CHANNEL_OBFUSCATED:
        return found | {name: value for name, value in _CHANNEL.items() if found.get(name) is None}
    if "application_id" in found and "token" in found:
        if "member" not in found and "user" not in found:
            found.pop("guild_id", None)
        return _INTERACTION | found
    match found.get("t"):
        case "READY":
            found["d"] = _READY | found["d"]
        case "RESUMED":
            found["d"] = found.get("d") or {}
    return found
