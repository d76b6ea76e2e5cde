"""The order of the roles on a panel: pure functions from the roles to the new order of their item ids."""

import re
import unicodedata
from collections.abc import Callable
from enum import IntEnum

from domain.panels import RoleSpec
from domain.role_safety import GuildFacts

Roles = tuple[RoleSpec, ...]
Arrange = Callable[[Roles], list[int]]


class Step(IntEnum):
    """Where one role is moved. The numbers stand in custom_ids."""

    UP = 0
    DOWN = 1
    TOP = 2
    BOTTOM = 3


class Sort(IntEnum):
    """How all roles are sorted. The numbers stand in custom_ids."""

    BY_NAME = 0
    BY_POSITION = 1


def moved(roles: Roles, item_id: int, step: Step) -> list[int]:
    """The order with one role moved; the same order when it cannot be moved further or is not there."""
    items = [role.item_id for role in roles]
    if item_id not in items:
        return items
    place = items.index(item_id)
    items.pop(place)
    places = {Step.UP: max(0, place - 1), Step.DOWN: place + 1, Step.TOP: 0, Step.BOTTOM: len(items)}
    items.insert(places[step], item_id)
    return items


def sorted_by(roles: Roles, how: Sort, facts: GuildFacts) -> list[int]:
    """By label, in any case and numbers by their value; or as in the server's role list, the highest first and the deleted ones last."""
    if how is Sort.BY_NAME:
        return [role.item_id for role in sorted(roles, key=lambda role: _by_name(role.label))]
    positions = {role.role_id: role.position for role in facts.roles.values()}
    return [role.item_id for role in sorted(roles, key=lambda role: (-positions.get(role.role_id, -1), role.role_id))]


def _by_name(label: str) -> list[str | int]:
    # Texts stand in the even places and numbers in the odd ones, so that never one is compared with the other.
    parts = re.split(r"(\d+)", unicodedata.normalize("NFKC", label).casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]
