"""What a panel still names although its guild has deleted it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from domain.panels import PanelSpec, Requirement, RoleSpec

_CUSTOM_EMOJI = re.compile(r"<a?:\w+:(?P<id>\d+)>\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What is to be dropped, and `never_met`: deleted roles that some rule asks for, so that nobody can meet it any more."""

    roles: tuple[RoleSpec, ...]
    emojis: tuple[RoleSpec, ...]
    never_met: tuple[int, ...]


def leftovers(panel: PanelSpec, role_ids: Collection[int], emoji_ids: Collection[int]) -> Leftovers:
    """Compare a panel with the roles and custom emojis that its guild has."""
    kept = [role for role in panel.roles if role.role_id in role_ids]
    rules = (panel.requirement, *(role.requirement for role in kept))
    never_met = dict.fromkeys(role_id for rule in rules for role_id in mended(rule, role_ids).required if role_id not in role_ids)
    return Leftovers(
        roles=tuple(role for role in panel.roles if role.role_id not in role_ids),
        emojis=tuple(role for role in kept if _is_deleted(role.emoji, emoji_ids)),
        never_met=tuple(never_met),
    )


def guarded(panel: PanelSpec, role_ids: Collection[int]) -> frozenset[int]:
    """Deleted roles on a panel whose rules and places still hold back another role, which brings them along.

    Without them that role would be open to more members, so it is for a person to take them off.
    """
    rules = {role.role_id for role in panel.roles if role.role_id not in role_ids and (role.requirement != Requirement() or role.capacity)}
    bundled = {role_id for role in panel.roles if role.role_id in role_ids for role_id in role.bundle}
    return frozenset(rules & bundled)


def mended(rule: Requirement, role_ids: Collection[int]) -> Requirement:
    """The rule without deleted roles, as far as it stays as strict as it is.

    Nobody holds a deleted role: one that excludes means nothing any more, and of several of which any is enough it is no choice.
    But where it is needed it stays, or what it guarded would be open to everyone.
    """
    if not rule.required and not rule.blocked:
        return rule
    blocked = tuple(role_id for role_id in rule.blocked if role_id in role_ids)
    present = tuple(role_id for role_id in rule.required if role_id in role_ids)
    required = present if present and not rule.needs_all else rule.required
    return replace(rule, required=required, blocked=blocked)


def is_custom(emoji: str) -> bool:
    """Whether an emoji, as it is stored, is a custom one of a guild."""
    return _CUSTOM_EMOJI.match(emoji) is not None


def _is_deleted(emoji: str | None, emoji_ids: Collection[int]) -> bool:
    match = _CUSTOM_EMOJI.match(emoji or "")
    return match is not None and int(match["id"]) not in emoji_ids
