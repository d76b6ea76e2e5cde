"""Whether a change opens a role: who gets it, how many, for how long, who keeps it, and who loses it by a click.

A rule of one panel binds the panels linked with it, so the whole link group is compared, as it was and as it becomes. Where the exact
answer would depend on too much, a change counts as an opening: whoever may hand a role out themselves is never stopped by that.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from sys import maxsize

from domain.limits import Limits, limits_of
from domain.panels import Mode, PanelSpec, Requirement, RoleSpec
from domain.placement import Author
from domain.role_safety import GuildFacts, Problem, RoleFacts, accepted, change_problem, grant_problem, panel_problem


class Respect(StrEnum):
    """In which way a role was opened."""

    PLACED = "placed"
    BUNDLE = "bundle"
    REQUIRED = "required"
    BLOCKED = "blocked"
    MODE = "mode"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    PLACES = "places"
    WHO_COUNTS = "who_counts"
    DURATION = "duration"
    LINK_GROUP = "link_group"
    STICKY = "sticky"
    SCREENING = "screening"
    AUDIENCE = "audience"
    CONFIRMATION = "confirmation"


# What an administrator is asked about when it opens a powerful role; a change of numbers says plainly enough what it does.
ASKED_ABOUT = frozenset(
    {
        Respect.PLACED,
        Respect.BUNDLE,
        Respect.REQUIRED,
        Respect.BLOCKED,
        Respect.SCREENING,
        Respect.AUDIENCE,
        Respect.CONFIRMATION,
    }
)
# The fields of a panel and of a role on it that decide nothing about who has a role.
COSMETIC = frozenset({"name", "title", "version", "description", "appearance", "style"})
COSMETIC_OF_ROLES = frozenset({"item_id", "label", "label_set", "emoji", "description", "colour"})

Respects = Mapping[int, frozenset[Respect]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Panels with all that they are linked with, and the channels where each stands (by the panel's id)."""

    panels: tuple[PanelSpec, ...]
    channels: Mapping[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])


@dataclass(frozen=True, slots=True)
class Openings:
    """What a change opens, by role: `given` to more members or for longer, and `taken` by clicks that did not take it before."""

    given: Respects
    taken: Respects

    def __bool__(self) -> bool:
        return bool(self.given or self.taken)


@dataclass(frozen=True, slots=True)
class Barred:
    """A role that somebody may not open, why not, and what would have opened it; `taken`: members would have lost it."""

    role_id: int
    problem: Problem
    respects: frozenset[Respect]
    taken: bool = False


def judged(panel: PanelSpec) -> PanelSpec:
    """The panel without what is cosmetic. Where two are equal in this, no role was opened."""
    roles = (replace(role, **dict.fromkeys(COSMETIC_OF_ROLES)) for role in panel.roles)
    return replace(panel, **dict.fromkeys(COSMETIC), roles=tuple(sorted(roles, key=lambda role: role.role_id)))


def openings(before: Standing, after: Standing, facts: GuildFacts) -> Openings:
    """What the change of these panels opens. Both states hold whole link groups; a deleted panel is in `before` alone."""
    given: dict[int, set[Respect]] = {}
    taken: dict[int, set[Respect]] = {}
    changeable = frozenset(role_id for role_id in facts.roles if change_problem(facts, role_id) is None)
    old = {panel.panel_id: _Side(panel, before, facts, changeable) for panel in before.panels}
    for panel in after.panels:
        pair = _Pair(old.get(panel.panel_id), _Side(panel, after, facts, changeable))
        for role_id, respects in pair.given():
            given.setdefault(role_id, set()).update(respects)
        for role_id, respects in pair.taken():
            taken.setdefault(role_id, set()).update(respects)
    return Openings(_frozen(given), _frozen(taken))


def barred(opened: Openings, facts: GuildFacts, author: Author | None) -> Barred | None:
    """The first of the openings that this author may not make, or None. The bot itself, author None, may make none.

    Whoever could put a role on a panel may open it.
    """
    able = _once_able(facts)
    for respects_of, taken in ((opened.given, False), (opened.taken, True)):
        for role_id, respects in respects_of.items():
            if author is None:
                return Barred(role_id, Problem.ABOVE_EDITOR, respects, taken)
            new = not respects.isdisjoint({Respect.PLACED, Respect.BUNDLE}) and not taken
            problem = panel_problem(facts if new else able, role_id, author.user_id, author.role_ids)
            if problem is Problem.DANGEROUS and author.is_administrator:
                continue
            if problem and (new or problem in (Problem.ABOVE_EDITOR, Problem.DANGEROUS)):
                return Barred(role_id, problem, respects, taken)
    return None


def to_ask(opened: Openings, facts: GuildFacts, author: Author, answered: Collection[int] = ()) -> Respects:
    """The powerful roles that this administrator is to be asked about, each with what opens it, but for those `answered` already."""
    found = {role_id: respects & ASKED_ABOUT for role_id, respects in opened.given.items() if role_id not in answered}
    return {
        role_id: respects
        for role_id, respects in found.items()
        if respects and panel_problem(_once_able(facts), role_id, author.user_id, author.role_ids) is Problem.DANGEROUS
    }


def _once_able(facts: GuildFacts) -> GuildFacts:
    """The guild as if the bot could give every role: what it cannot give now it may be able to give tomorrow."""
    return replace(facts, bot_top_role=RoleFacts(0, "", maxsize), bot_may_manage_roles=True)


def _frozen(found: Mapping[int, set[Respect]]) -> dict[int, frozenset[Respect]]:
    return {role_id: frozenset(respects) for role_id, respects in found.items()}


@dataclass(frozen=True, slots=True)
class _Who:
    """All requirements that somebody meets who gets an item: of each set of `any_of` they hold one, of `blocked` none.

    A rule of a bundled role's own item binds only who does not have that role: holding it is one of the ways to meet it.
    """

    any_of: frozenset[frozenset[int]]
    blocked: frozenset[tuple[int, int]]  # the role, and the bundled role whose rule it is (0 for every rule that always binds)

    @classmethod
    def of(cls, rules: Iterable[tuple[int, Requirement]], roles: Collection[int]) -> "_Who":
        """Of rules, each with the bundled role that it belongs to or 0. Nobody holds a role that the guild has not."""
        any_of: set[frozenset[int]] = set()
        blocked: set[tuple[int, int]] = set()
        for owner, rule in rules:
            unless = frozenset({owner} - {0})
            groups = [frozenset({role_id}) for role_id in rule.required] if rule.needs_all else [frozenset(rule.required)]
            any_of |= {frozenset(role_id for role_id in group if role_id in roles) | unless for group in groups if group}
            blocked |= {(role_id, owner) for role_id in rule.blocked if role_id in roles}
        always = {role_id for role_id, owner in blocked if not owner}
        return cls(frozenset(group - always for group in any_of), frozenset(blocked))

    def wider_than(self, other: "_Who") -> Iterator[Respect]:
        if frozenset() in self.any_of:
            return  # nobody at all
        if any(not any(mine <= group for mine in self.any_of) for group in other.any_of):
            yield Respect.REQUIRED
        if any((role_id, owner) not in self.blocked and (role_id, 0) not in self.blocked for role_id, owner in other.blocked):
            yield Respect.BLOCKED


@dataclass(frozen=True, slots=True)
class _Way:
    """One item of a panel, as the way to its roles."""

    spec: RoleSpec
    roles: frozenset[int]  # all that come with it
    who: _Who
    lasting: Mapping[int, int]  # of each role that ends: after how many seconds
    places: Mapping[int, tuple[int, bool]]  # of each limited role that comes with it: how many, and whether every holder counts
    accepted: Mapping[int, int]  # of each role that comes with it: the dangerous bits that it may have

    def wider_than(self, other: "_Way", facts: GuildFacts) -> Iterator[Respect]:
        yield from self.who.wider_than(other.who)
        for role_id, (places, everywhere) in other.places.items():
            mine = self.places.get(role_id)
            if mine is None or mine[0] > places:
                yield Respect.PLACES
            elif everywhere and not mine[1]:
                yield Respect.WHO_COUNTS
        if any(role_id in self.roles and self.lasting.get(role_id, maxsize) > ends for role_id, ends in other.lasting.items()):
            yield Respect.DURATION
        for role_id, bits in self.accepted.items():
            # What comes along held back what it came along with only if it has these permissions now.
            more = bits & ~other.accepted.get(role_id, bits)
            if more and (role_id == self.spec.role_id or more & facts.roles[role_id].power):
                yield Respect.CONFIRMATION
        for role_id in other.roles - self.roles:
            # What comes along and cannot be given keeps back what it comes along with. A deleted role is not there to keep anything back.
            problem = grant_problem(facts, role_id, other.accepted.get(role_id, 0))
            excluded = any(role_id == blocked for blocked, _ in other.who.blocked)
            if excluded or (problem and problem is not Problem.DELETED):
                yield Respect.BUNDLE


class _Side:
    """One panel with what surrounds it, before or after."""

    def __init__(self, panel: PanelSpec, standing: Standing, facts: GuildFacts, changeable: frozenset[int]) -> None:
        group = (other for other in standing.panels if panel.link_group is not None and other.link_group == panel.link_group)
        self.panel, self.facts, self.changeable = panel, facts, changeable  # roles that the bot can take
        self.linked = tuple(other for other in group if other.panel_id != panel.panel_id and other.guild_id == panel.guild_id)
        self.channels = standing.channels.get(panel.panel_id, frozenset[int]())
        self.limits: Limits = limits_of(panel, self.linked)
        self.own = {role.role_id: role for role in panel.roles}
        self.items = {role.role_id: role for other in reversed(self.linked) for role in other.roles} | self.own
        self.counted = frozenset(role_id for role_id in self.items if role_id in facts.roles)
        self.swaps = self.limits.unique and panel.mode is not Mode.REMOVE_ONLY

    @cached_property
    def ways(self) -> dict[int, _Way]:
        """The items by their role."""
        return {role.role_id: self._way(role) for role in self.panel.roles}

    def _way(self, spec: RoleSpec) -> _Way:
        along = [self.own[role_id] for role_id in spec.role_ids if role_id in self.own]
        rules = [(0, self.panel.requirement), *((0 if role is spec else role.role_id, role.requirement) for role in along)]
        ends = {role_id: (spec.duration, self.own[role_id].duration if role_id in self.own else None) for role_id in spec.role_ids}
        lasting = {role_id: min(filter(None, both)) for role_id, both in ends.items() if any(both)}
        places = {role.role_id: (role.capacity, role.capacity_counts_all) for role in along if role.capacity is not None}
        known = {role_id: self.facts.roles[role_id] for role_id in spec.role_ids if role_id in self.facts.roles}
        bits = {role_id: accepted(role, spec, self.own.get(role_id)) for role_id, role in known.items()}
        return _Way(spec, frozenset(ends), _Who.of(rules, self.facts.roles), lasting, places, bits)

    @cached_property
    def keeping(self) -> frozenset[int]:
        """The roles of the group that a click here cannot take."""
        elsewhere = {role.role_id for other in self.linked if other.mode.keeps for role in other.roles}
        kept = frozenset(self.own) if self.panel.mode.keeps else elsewhere - set(self.own)
        return (self.counted & kept) | (self.counted - self.changeable)

    @cached_property
    def given_back(self) -> frozenset[int]:
        """The roles that a member can give back here."""
        return (self.counted - self.keeping).intersection(self.own)

    @cached_property
    def free(self) -> frozenset[int]:
        """The items that everybody gets who clicks them."""
        nobody = _Who(frozenset(), frozenset())
        return frozenset(
            item
            for item, way in self.ways.items()
            if way.who == nobody
            and not way.places
            and not any(grant_problem(self.facts, role_id, way.accepted.get(role_id, 0)) for role_id in way.roles)
        )

    @cached_property
    def brought(self) -> dict[int, frozenset[int]]:
        """For each role, the items of this panel that it comes with."""
        found: dict[int, set[int]] = {}
        for item, way in self.ways.items():
            for role_id in way.roles:
                found.setdefault(role_id, set()).add(item)
        return {role_id: frozenset(items) for role_id, items in found.items()}

    @cached_property
    def bringers(self) -> dict[int, frozenset[int]]:
        """For each bundled role, the items that bring it: whoever holds another one of them keeps it."""
        found: dict[int, set[int]] = {}
        for spec in self.items.values():
            for role_id in spec.bundle if spec.role_id in self.counted else ():
                found.setdefault(role_id, set()).add(spec.role_id)
        return {role_id: frozenset(items) for role_id, items in found.items()}

    def going_with(self, spec: RoleSpec) -> Iterator[int]:
        """The bundled roles that go when an item is taken."""
        return (role_id for role_id in spec.bundle if role_id in self.changeable and role_id not in self.items)

    @cached_property
    def swapped(self) -> dict[int, set[int]]:
        """By role that a swap takes: the items that it goes with."""
        found: dict[int, set[int]] = {}
        for item in self.counted - self.keeping if self.swaps else ():
            for role_id in (item, *self.going_with(self.items[item])):
                found.setdefault(role_id, set()).add(item)
        return found


class _Pair:
    """One panel before (None: it was not there) and after."""

    def __init__(self, was: _Side | None, now: _Side) -> None:
        self._was, self._now = was, now
        self._regrouped = was is None or {panel.panel_id for panel in was.linked} != {panel.panel_id for panel in now.linked}
        self._everywhere = frozenset(self._of_panel())
        self._ways = {role_id: self._way(way) for role_id, way in now.ways.items()}

    def given(self) -> Iterator[tuple[int, frozenset[Respect]]]:
        """The roles that are given more widely."""
        for item, way in self._now.ways.items():
            known = self._was.ways.get(item) if self._was else None
            for role_id in way.roles:
                if known and role_id in known.roles:
                    respects = self._ways[item]
                else:
                    respects = frozenset({Respect.PLACED if role_id == item else Respect.BUNDLE})
                if respects:
                    yield role_id, respects

    def taken(self) -> Iterator[tuple[int, frozenset[Respect]]]:
        """The roles that clicks take which did not."""
        if self._was is None or self._now.channels - self._was.channels:
            respect = frozenset({self._by_surroundings() if self._was is None else Respect.AUDIENCE})
            yield from ((role_id, respect) for role_id in self._losable())
        if self._was is not None:
            yield from self._newly_given_back(self._was)
            yield from self._newly_swapped(self._was)

    def _of_panel(self) -> Iterator[Respect]:
        """What opens every role of the panel."""
        was, now = self._was, self._now
        if was is None:
            return
        if was.panel.mode is Mode.REMOVE_ONLY and now.panel.mode is not Mode.REMOVE_ONLY:
            yield Respect.MODE
        if now.panel.sticky and not was.panel.sticky:
            yield Respect.STICKY
        if now.panel.wait_for_screening and not was.panel.wait_for_screening:
            yield Respect.SCREENING
        if now.channels - was.channels:
            yield Respect.AUDIENCE
        if self._number_grew(was):
            yield self._of_number(was)

    def _number_grew(self, was: _Side) -> bool:
        """Whether somebody may have more roles at once, or come to another one by what they hold."""
        before, after = was.limits, self._now.limits
        if before.unique:
            return not after.unique or bool(was.keeping - self._now.keeping)
        if before.maximum is None:
            return False
        if after.maximum is None or after.maximum > before.maximum or was.counted - self._now.counted:
            return True
        # In a private picker somebody who has as many as allowed gives one back and takes another with one click.
        return bool((self._now.given_back & was.counted) - was.given_back)

    def _of_number(self, was: _Side) -> Respect:
        if self._regrouped:
            return Respect.LINK_GROUP
        modes = {panel.panel_id: panel.mode for panel in (was.panel, *was.linked)}
        changed = any(modes.get(panel.panel_id) is not panel.mode for panel in (self._now.panel, *self._now.linked))
        return Respect.MODE if changed else Respect.MAXIMUM

    def _by_surroundings(self) -> Respect:
        return Respect.LINK_GROUP if self._now.linked else Respect.PLACED

    def _way(self, way: _Way) -> frozenset[Respect]:
        """What opens the roles of one item, or all of them where it is new."""
        was = self._was
        known = was.ways.get(way.spec.role_id) if was else None
        if was is None or known is None:
            return frozenset({Respect.PLACED})
        respects = {*self._everywhere, *way.wider_than(known, self._now.facts)}
        if was.limits.maximum is not None and (known.roles & was.counted) - way.roles:
            respects.add(Respect.BUNDLE)  # with fewer roles along, it fits under the limit
        return frozenset(respects)

    def _losable(self) -> frozenset[int]:
        """All roles that clicks on this panel take."""
        now = self._now
        along = {role_id for item in now.given_back for role_id in now.going_with(now.own[item])}
        return now.given_back | along | {role_id for role_id in now.swapped if any(item != role_id for item in now.own)}

    def _newly_given_back(self, was: _Side) -> Iterator[tuple[int, frozenset[Respect]]]:
        now = self._now
        # Below the minimum nothing goes back, but what is picked with the same click counts.
        fewer = was.limits.minimum > 0 and (
            now.limits.minimum < was.limits.minimum or now.counted - was.counted or any(self._ways.values())
        )
        for item in now.given_back:
            newly: Respect | None = None
            if item not in was.given_back:
                newly = Respect.MODE if item in was.own else Respect.PLACED
            elif fewer:
                newly = Respect.MINIMUM
            if newly:
                yield item, frozenset({newly})
            kept = set(was.going_with(was.own[item])) if item in was.own else set[int]()
            for role_id in now.going_with(now.own[item]):
                if newly or role_id not in kept or self._no_longer_kept(was, role_id) - {item}:
                    yield role_id, frozenset({newly or Respect.BUNDLE})

    def _no_longer_kept(self, was: _Side, role_id: int) -> frozenset[int]:
        """The items with which a member kept a bundled role, and keeps it no more."""
        return was.bringers.get(role_id, frozenset[int]()) - self._now.bringers.get(role_id, frozenset())

    def _newly_swapped(self, was: _Side) -> Iterator[tuple[int, frozenset[Respect]]]:
        now, none = self._now, frozenset[int]()
        opened = {item for item, respects in self._ways.items() if respects or was.ways[item].roles - now.ways[item].roles}
        as_free = was.free if was.keeping <= now.keeping else none  # everybody could swap by these before
        for role_id, items in now.swapped.items():
            lost, bringing = self._no_longer_kept(was, role_id), now.brought.get(role_id, none)
            before, picks = was.swapped.get(role_id, none), opened - bringing
            everybody, anew = as_free - was.brought.get(role_id, none), now.own.keys() - bringing
            left = set(picks)  # the picks that are not known yet to take it
            for item in items:
                along = now.brought.get(item, none)
                if item not in before or lost - {item}:
                    if not anew <= along:
                        yield role_id, frozenset({self._of_swap(was)})
                        break
                elif left and everybody <= was.brought.get(item, none):
                    left &= along
            for pick in picks - left:
                yield role_id, self._ways[pick] or frozenset({Respect.BUNDLE})

    def _of_swap(self, was: _Side) -> Respect:
        if was.limits.unique or self._regrouped:
            return Respect.LINK_GROUP if self._regrouped else Respect.BUNDLE
        return Respect.MODE
