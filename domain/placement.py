"""Placing the panels of a file in a guild: which role is meant, what the editor may put there, and what is left out and why."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from domain.panel_file import PanelFile, RoleSketch
from domain.panels import PanelSpec, Requirement, RoleSpec, label_of
from domain.role_safety import GuildFacts, Problem, panel_problem


class Unmatched(StrEnum):
    """Why a role of a file is no role of the guild, or not one more on the panel."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Author:
    """Who places panels: what they may put on them is judged by this."""

    user_id: int
    role_ids: frozenset[int]
    is_administrator: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A role that does not come along. `role_id` is the guild's when there is one."""

    name: str
    reason: Unmatched | Problem
    role_id: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What becomes of one panel: `panel` holds the guild's role ids and nothing that was left out.

    `powerful` are the dangerous bits of each role that an administrator gives out with it. `unmet` are required roles that the guild
    lacks; without them the panel would be open to members that it was closed to.
    """

    panel: PanelSpec
    left_out: tuple[LeftOut, ...] = ()
    powerful: Mapping[int, int] = field(default_factory=dict[int, int])
    unmet: tuple[str, ...] = ()


def place(file: PanelFile, facts: GuildFacts, author: Author) -> tuple[Placement, ...]:
    """Every panel of a file. Roles are found by id, then by name."""
    named = _Named(facts)
    return tuple(_Placing(file.roles, facts, author, None, named).place(panel) for panel in file.panels)


def place_again(panel: PanelSpec, now: PanelSpec, facts: GuildFacts, author: Author) -> Placement:
    """What a panel was once, in the place of what it is `now`. What it gives out now needs no new judgement; roles go by id alone."""
    return _Placing({}, facts, author, now, _Named(facts)).place(panel)


def missing_roles(placements: tuple[Placement, ...], file: PanelFile) -> tuple[RoleSketch, ...]:
    """The roles that could be made so that nothing has to be left out for want of them."""
    names = {left.name for placement in placements for left in placement.left_out if left.reason is Unmatched.MISSING}
    names |= {name for placement in placements for name in placement.unmet}
    sketches = {sketch.name: sketch for sketch in file.roles.values() if sketch.name in names}
    return tuple(sketches.values())


def digest(placements: tuple[Placement, ...]) -> int:
    """A number that stands for exactly these placements, so that what is carried out is what was shown. Fits in a custom_id."""
    shown = [(placement.panel, placement.left_out, sorted(placement.powerful.items()), placement.unmet) for placement in placements]
    return int.from_bytes(hashlib.sha256(repr(shown).encode()).digest()[:7])


class _Named:
    """The guild's roles by their names: a file asks for thousands of them."""

    def __init__(self, facts: GuildFacts) -> None:
        self._exactly: dict[str, list[int]] = {}
        self._in_any_case: dict[str, list[int]] = {}
        for role in facts.roles.values():
            self._exactly.setdefault(role.name, []).append(role.role_id)
            self._in_any_case.setdefault(role.name.casefold(), []).append(role.role_id)

    def find(self, name: str) -> list[int]:
        return self._exactly.get(name) or self._in_any_case.get(name.casefold(), [])


class _Placing:
    """One panel being placed."""

    def __init__(self, sketches: Mapping[int, RoleSketch], facts: GuildFacts, author: Author, now: PanelSpec | None, named: _Named) -> None:
        self._sketches, self._facts, self._author, self._named = sketches, facts, author, named
        self._now = {role.role_id: role for role in now.roles} if now else {}
        self._again = now is not None
        self._rule = now.requirement if now else None
        self._left_out: dict[LeftOut, None] = {}  # each once, however many bundles name it
        self._powerful: dict[int, int] = {}
        self._unmet: list[str] = []

    def place(self, panel: PanelSpec) -> Placement:
        roles: dict[int, RoleSpec] = {}
        for role in panel.roles:
            role_id = self._given(role.role_id, role.label, self._now.get(role.role_id))
            if role_id is None:
                continue
            if role_id in roles:
                self._leave_out(role.label, Unmatched.TWICE, role_id)
                continue
            known = self._now.get(role_id)
            confirmed = known.confirmed_permissions if known else self._powerful.get(role_id, 0)
            old = known.grandfathered if known else ()
            requirement = self._requirement(role.requirement, known.requirement if known else None)
            name = label_of(self._facts.roles[role_id].name)
            label_set = role.label_set and role.label != name
            roles[role_id] = replace(
                role,
                role_id=role_id,
                label=role.label if label_set else name,
                label_set=label_set,
                confirmed_permissions=confirmed,
                grandfathered=old,
                requirement=requirement,
            )
        bundled = tuple(replace(role, bundle=self._bundle(role, roles)) for role in roles.values())
        placed = replace(panel, roles=bundled, requirement=self._requirement(panel.requirement, self._rule))
        return Placement(placed, tuple(self._left_out), self._powerful, tuple(dict.fromkeys(self._unmet)))

    def _bundle(self, role: RoleSpec, on_panel: Mapping[int, RoleSpec]) -> tuple[int, ...]:
        """What comes along with a role. What is powerful does only by an administrator, where it was confirmed on the panel itself."""
        known = self._now.get(role.role_id)
        given = [self._given(file_id, str(file_id), known, on_panel) for file_id in role.bundle]
        return tuple(dict.fromkeys(found for found in given if found is not None and found != role.role_id))

    def _given(self, file_id: int, fallback: str, known: RoleSpec | None, on_panel: Mapping[int, RoleSpec] | None = None) -> int | None:
        """The guild's role, if members may get it from this author's panel; `on_panel` for a role that comes along with another."""
        found = self._match(file_id)
        if isinstance(found, Unmatched):
            # What a panel of this guild once had and the guild has no more was deleted, also when another role has its name by now.
            self._leave_out(self._name(file_id, fallback), Problem.DELETED if self._again else found)
            return None
        if known and found in (known.role_id, *known.bundle):
            return found
        problem = panel_problem(self._facts, found, self._author.user_id, self._author.role_ids)
        if problem is Problem.DANGEROUS:
            bits = self._facts.roles[found].power
            if on_panel is None and self._author.is_administrator:
                self._powerful[found] = bits
                return found
            if self._author.is_administrator and on_panel and found in on_panel and not bits & ~on_panel[found].confirmed_permissions:
                return found
        if problem:
            self._leave_out(self._name(file_id, fallback), problem, found)
            return None
        return found

    def _requirement(self, requirement: Requirement, now: Requirement | None) -> Requirement:
        required: list[int] = []
        missing: list[str] = []
        for file_id in requirement.required:
            found = self._match(file_id)
            if not isinstance(found, Unmatched):
                required.append(found)
            elif now and file_id in now.required:
                required.append(file_id)
            else:
                missing.append(self._name(file_id, str(file_id)))
        # One of several that would do can be missed: the rule only grows stricter. Otherwise it would let in whom it kept out.
        if requirement.needs_all or not required:
            self._unmet += missing
        # Nobody can hold a role that does not exist, so nobody is blocked by it.
        blocked = [found for file_id in requirement.blocked if not isinstance(found := self._match(file_id), Unmatched)]
        return Requirement(tuple(dict.fromkeys(required)), requirement.needs_all, tuple(dict.fromkeys(blocked)))

    def _leave_out(self, name: str, reason: Unmatched | Problem, role_id: int | None = None) -> None:
        self._left_out[LeftOut(name, reason, role_id)] = None

    def _name(self, file_id: int, fallback: str) -> str:
        sketch = self._sketches.get(file_id)
        return sketch.name if sketch else fallback

    def _match(self, file_id: int) -> int | Unmatched:
        if file_id in self._facts.roles:
            return file_id
        sketch = self._sketches.get(file_id)
        if sketch is None:
            return Unmatched.MISSING
        found = self._named.find(sketch.name)
        if len(found) > 1:
            return Unmatched.AMBIGUOUS
        return found[0] if found else Unmatched.MISSING
