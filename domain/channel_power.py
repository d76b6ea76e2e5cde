"""The power that roles have by channel overwrites: what the guard against powerful roles looks at beside their own permissions.

https://docs.discord.com/developers/topics/permissions#permission-overwrites
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.permissions import DANGEROUS, Permission


@dataclass(frozen=True, slots=True)
class ChannelPower:
    """The dangerous bits in a channel's overwrites: what roles are allowed, and what @everyone is allowed and denied.

    Member overwrites do not matter: no role brings them. Whether a bit means something in channels does not matter either, because an
    overwrite may hold any, and there are bots that take it at its word.
    """

    roles: tuple[tuple[int, int], ...] = ()
    everyone_allow: int = 0
    everyone_deny: int = 0

    def __bool__(self) -> bool:
        """Whether any role is allowed something dangerous."""
        return bool(self.roles)

    def to_json(self) -> dict[str, Any]:
        """The same as it is stored."""
        return {"roles": dict(self.roles), "everyone_allow": self.everyone_allow, "everyone_deny": self.everyone_deny}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ChannelPower":
        """What was stored. Raises an exception when it is nothing that `to_json` makes."""
        roles = tuple((int(role_id), int(bits)) for role_id, bits in stored["roles"].items())
        return cls(roles, int(stored["everyone_allow"]), int(stored["everyone_deny"]))


def power_by_channels(channels: Iterable[ChannelPower], everyone_permissions: int) -> dict[int, int]:
    """The dangerous bits that each role has in any channel beyond what @everyone has there; roles without any are left out."""
    if everyone_permissions & Permission.ADMINISTRATOR:
        return {}
    found: dict[int, int] = {}
    for channel in channels:
        beyond = ~(everyone_permissions & ~channel.everyone_deny | channel.everyone_allow) & DANGEROUS.value
        for role_id, bits in channel.roles:
            found[role_id] = found.get(role_id, 0) | bits & beyond
    return {role_id: bits for role_id, bits in found.items() if bits}
