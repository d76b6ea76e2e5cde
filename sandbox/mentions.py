"""Which mentions in a text ping (https://docs.discord.com/developers/resources/message#allowed-mentions-object)."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.validate.messages import AllowedMentions
from sandbox.world import Guild, World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass
class Mentions:
    """Who is pinged."""

    users: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    everyone: bool = False


def find(world: World, guild: Guild | None, text: str, allowed: AllowedMentions | None, may_ping_all: bool) -> Mentions:
    """The mentions in `text` that `allowed` lets through. `may_ping_all`: the author holds MENTION_EVERYONE."""
    kinds = None if allowed is None else set(allowed.parse or [])
    users = [i for i in _ids(_USER, text) if i in world.users]
    if kinds is not None and "users" not in kinds:
        users = [i for i in users if allowed and i in (allowed.users or [])]
    if guild is None:
        return Mentions(users)
    roles = [i for i in _ids(_ROLE, text) if i in guild.roles and (may_ping_all or guild.roles[i].mentionable)]
    if kinds is not None and "roles" not in kinds:
        roles = [i for i in roles if allowed and i in (allowed.roles or [])]
    everyone = may_ping_all and bool(_EVERYONE.search(text)) and (kinds is None or "everyone" in kinds)
    return Mentions(users, roles, everyone)


def text_of(content: str, components: list[dict[str, Any]]) -> str:
    """The content and the text displays, in which mentions count."""
    found = [content]
    pending: list[Any] = list(components)
    while pending:
        part = pending.pop(0)
        if part.get("type") == 10:
            found.append(part["content"])
        pending += part.get("components", [])
    return "\n".join(found)


def _ids(pattern: re.Pattern[str], text: str) -> list[int]:
    return list(dict.fromkeys(int(i) for i in pattern.findall(text)))
