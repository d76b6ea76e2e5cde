"""What is different between two states of a panel, as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from domain.panels import Appearance, PanelSpec, Requirement, RoleSpec

_PLACE = {"panel_id", "guild_id", "version", "item_id", "role_id", "roles", "confirmed_permissions", "grandfathered"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value of the panel, or of the role on it with this id, before and after."""

    field: str
    before: Any
    after: Any
    role_id: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that is different; nothing where two states are the same. `reordered`: the roles on both stand in another order."""

    fields: tuple[FieldChange, ...] = ()
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        return self != Changes()


def changes(before: PanelSpec, after: PanelSpec) -> Changes:
    """From one state of a panel to another. A name that only followed the title, or a label that followed its role, is not named."""
    old, new = ({role.role_id: role for role in panel.roles} for panel in (before, after))
    both = [role_id for role_id in old if role_id in new]
    found = [change for change in _different(before, after) if change.field != "name" or before.title == after.title]
    for role_id in both:
        passed_over = _passed_over(old[role_id], new[role_id])
        found += [change for change in _different(old[role_id], new[role_id], role_id) if change.field != passed_over]
    return Changes(
        tuple(found),
        tuple(role_id for role_id in new if role_id not in old),
        tuple(role_id for role_id in old if role_id not in new),
        both != [role_id for role_id in new if role_id in old],
    )


def _passed_over(before: RoleSpec, after: RoleSpec) -> str:
    """What need not be named of a label: that it followed the role's name, or beside another label that it is chosen now or no longer."""
    return "label_set" if before.label != after.label and (before.label_set or after.label_set) else "label"


def _different(
    before: PanelSpec | RoleSpec | Appearance | Requirement,
    after: PanelSpec | RoleSpec | Appearance | Requirement,
    role_id: int | None = None,
) -> Iterator[FieldChange]:
    for field in fields(before):
        if field.name in _PLACE:
            continue
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(old, (Appearance, Requirement)):
            yield from _different(old, new, role_id)
        elif old != new:
            yield FieldChange(field.name, old, new, role_id)
