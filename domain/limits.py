"""How many of a panel's roles a member may have, and what they must have first. Panels of one link group share the first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.panels import Mode, PanelSpec, Requirement
from domain.role_safety import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """What a member may have of a panel and the panels linked with it. `unique`: one; a further one takes its place."""

    unique: bool
    minimum: int
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Unmet:
    """What stands in a member's way: roles that are missing, or roles that they hold and must not."""

    problem: Problem
    role_ids: tuple[int, ...]


def limits_of(panel: PanelSpec, linked: Sequence[PanelSpec] = ()) -> Limits:
    """The rule that the panels of a group share: the strictest of them. A permanent choice is one, unless the panel allows more."""
    panels = (panel, *linked)
    unique = any(each.mode is Mode.UNIQUE for each in panels)
    maxima = [each.max_roles or 1 if each.mode is Mode.PERMANENT else each.max_roles for each in panels]
    maximum = min((most for most in maxima if most is not None), default=None)
    minimum = max(each.min_roles or 0 for each in panels)
    if unique:
        return Limits(True, min(minimum, 1), None)
    return Limits(False, minimum if maximum is None else min(minimum, maximum), maximum)


def unmet(requirement: Requirement, held: frozenset[int], arriving: Collection[int] = ()) -> Unmet | None:
    """Why a member with these roles does not meet a requirement, or None. Of `required` all that are missing are named.

    Roles that are `arriving` in the same change block as if they were held, and do not count as held for what is required.
    """
    if blocking := tuple(role_id for role_id in requirement.blocked if role_id in held or role_id in arriving):
        return Unmet(Problem.BLOCKED, blocking)
    missing = tuple(role_id for role_id in requirement.required if role_id not in held)
    if requirement.needs_all:
        return Unmet(Problem.REQUIRES_ALL, missing) if missing else None
    return Unmet(Problem.REQUIRES_ANY, missing) if requirement.required and len(missing) == len(requirement.required) else None
