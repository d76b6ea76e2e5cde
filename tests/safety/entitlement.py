"""Who entitled what: an independent judge of which roles members may get and lose, written from the rules and not from the bot's code.

It keeps, for each role, every state of the panels since the last change by somebody who could hand out (or take) that role themselves. A
member may get it, or lose it by picking something else, only if *each* of these states lets them: whoever is not entitled can narrow,
never widen, by whatever way and however many panels it takes.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from enum import StrEnum

FOREVER = float("inf")


class Way(StrEnum):
    """How a role came or went."""

    CLICK = "click"
    RETURN = "return"  # given back to who came back
    ADMISSION = "admission"  # given to who passed screening
    NONE = "none"  # nobody asked for anything: an edit, a change by a moderator


@dataclass(frozen=True)
class Rule:
    """Roles that somebody must hold (any, or all) and must not hold."""

    needed: frozenset[int] = frozenset()
    all_needed: bool = False
    forbidden: frozenset[int] = frozenset()

    def admits(self, held: Set[int]) -> bool:
        """Whether who holds these roles meets it."""
        enough = self.needed <= held if self.all_needed else not self.needed or bool(self.needed & held)
        return enough and not self.forbidden & held


@dataclass(frozen=True)
class Item:
    """One role on a panel. `seconds` is for how long it is given."""

    role: int
    along: frozenset[int] = frozenset()
    rule: Rule = Rule()
    seconds: float = FOREVER
    places: int | None = None
    everybody_counts: bool = False
    confirmed: int = 0

    @property
    def brings(self) -> frozenset[int]:
        """All roles that come with it."""
        return self.along | {self.role}


@dataclass(frozen=True)
class Panel:
    """A panel and the channels where its messages stand."""

    number: int
    items: tuple[Item, ...] = ()
    mode: str = "toggle"
    most: int | None = None
    rule: Rule = Rule()
    group: str | None = None
    sticky: bool = False
    screening: bool = False
    channels: frozenset[int] = frozenset()


@dataclass(frozen=True)
class State:
    """All panels of a guild."""

    panels: tuple[Panel, ...] = ()

    def group_of(self, panel: Panel) -> tuple[Panel, ...]:
        """The panel with those that it is linked with."""
        return tuple(p for p in self.panels if p is panel or (panel.group is not None and p.group == panel.group))


@dataclass(frozen=True)
class Change:
    """What the bot did to one member in one step: what they held before and after it, and what they saw when they asked for it.

    `panel` and `role` are what was clicked.
    """

    member: int
    before: frozenset[int]
    after: frozenset[int]
    way: Way
    channels: frozenset[int] = frozenset()
    pending: bool = False
    panel: int | None = None
    role: int | None = None


@dataclass(frozen=True)
class Person:
    """Who changes panels: a rank above which nothing is theirs, and whether they are an administrator."""

    rank: int
    administrator: bool


@dataclass(frozen=True)
class Standing:
    """A role of the guild: its rank and the powerful permissions that it brings."""

    rank: int
    power: int = 0


@dataclass
class Judge:
    """Hears of every step and tells what nobody was entitled to. Roles are known by their ids."""

    roles: dict[int, Standing]
    state: State = State()
    _giving: dict[int, list[State]] = field(default_factory=dict)
    _taking: dict[int, list[State]] = field(default_factory=dict)
    _from: dict[tuple[int, int], int | None] = field(default_factory=dict)  # (member, role) → the panel that gave it
    _until: dict[tuple[int, int], float] = field(default_factory=dict)

    def begin(self, state: State) -> None:
        """Take a state as one that everybody who had to agree did agree to."""
        self.state = state
        self._giving = {role: [state] for role in self.roles}
        self._taking = {role: [state] for role in self.roles}

    def edited(self, state: State, by: Person | None) -> Iterator[str]:
        """Somebody, or nobody who is entitled to anything, brought the panels into this state."""
        yield from self._confirmations(state, by)
        self.state = state
        for role, standing in self.roles.items():
            below = by is not None and by.rank > standing.rank
            _note(self._taking.setdefault(role, []), state, entitled=below)
            may_give = by is not None and below and (by.administrator or not standing.power)
            _note(self._giving.setdefault(role, []), state, entitled=may_give)

    def judge(self, changes: Iterable[Change], now: float) -> Iterator[str]:
        """What of these changes nobody was entitled to bring about, one sentence each."""
        changes = list(changes)
        for change in changes:
            for role in change.before - change.after:
                if self._loses_wrongly(change, role):
                    yield f"member {change.member} lost role {role} by {self._words(change)}: who arranged that could not take it"
                self._from.pop((change.member, role), None)
        for change in changes:
            for role in change.after - change.before:
                seconds = self._seconds(change, role)
                if seconds is None:
                    yield f"member {change.member} got role {role} by {self._words(change)}: nobody entitled opened it to them"
                self._gained(change, role, now, FOREVER if seconds is None else seconds)

    def overdue(self, holders: Iterable[tuple[int, int]], now: float) -> Iterator[str]:
        """Who of these (member, role) has a role for longer than anybody entitled gave it for."""
        for member, role in holders:
            if self._until.get((member, role), FOREVER) < now:
                yield f"member {member} still holds role {role}: nobody entitled gave it for so long"

    def forget(self, member: int, role: int) -> None:
        """A moderator gave or took this role themselves: it is no longer the panels' business."""
        self._until.pop((member, role), None)
        self._from.pop((member, role), None)

    def _gained(self, change: Change, role: int, now: float, seconds: float) -> None:
        key = (change.member, role)
        before = self._until.get(key, 0.0) if change.way is Way.RETURN else 0.0  # what was promised to them before they left stays
        self._until[key] = max(before, now + seconds)
        self._from[key] = change.panel

    def _confirmations(self, state: State, by: Person | None) -> Iterator[str]:
        if by is not None and by.administrator:
            return
        known = {(p.number, i.role): i.confirmed for p in self.state.panels for i in p.items}
        for panel in state.panels:
            for item in panel.items:
                if item.confirmed & ~known.get((panel.number, item.role), 0):
                    yield f"role {item.role} was confirmed on panel {panel.number} by who is no administrator"

    def _seconds(self, change: Change, role: int) -> float | None:
        """For how long every state since the last entitled change gives them the role; None when one does not."""
        shortest = FOREVER
        for state in self._giving.get(role, [self.state]):
            offers = list(self._offers(state, change, role, exactly=state == self.state))
            if not offers:
                return None
            shortest = min(shortest, max(offers))
        return shortest

    def _offers(self, state: State, change: Change, role: int, *, exactly: bool) -> Iterator[float]:
        """For how long each way of this state would give them the role.

        `exactly`: the way that they went; in former states any other way will do, because it was open to them, too.
        """
        for panel in state.panels:
            if not _stands(panel, change) or (exactly and change.panel not in (None, panel.number)):
                continue
            for item in panel.items:
                there = role in item.brings and not (exactly and change.role not in (None, item.role))
                if there and self._gives(panel, item, change, role) and self._fits(state, panel, item, change, exactly=exactly):
                    yield item.seconds

    def _gives(self, panel: Panel, item: Item, change: Change, role: int) -> bool:
        """Whether the rules of the panel, of the item and of the role's own item let them have it."""
        own = next((i for i in panel.items if i.role == role), None)
        # Of what comes together the order is not known, so the rest of it may count.
        held = change.before if change.way is Way.CLICK else change.before | (change.after - {role})
        rules = (panel.rule, item.rule, *([own.rule] if own else []))
        if panel.mode == "remove_only" or not all(rule.admits(held) for rule in rules):
            return False
        if self.roles[role].power & ~(own.confirmed if own else 0):
            return False
        return own is None or own.places is None or self._taken(panel, own, change.member) < own.places

    def _taken(self, panel: Panel, item: Item, but: int) -> int:
        return sum(
            role == item.role and member != but and (item.everybody_counts or source == panel.number)
            for (member, role), source in self._from.items()
        )

    def _fits(self, state: State, panel: Panel, item: Item, change: Change, *, exactly: bool) -> bool:
        """Whether they have no more of the linked panels than these let them."""
        group = state.group_of(panel)
        have = change.after & {i.role for p in group for i in p.items}
        if change.way is not Way.CLICK:
            # Several panels give at once, in an order that is not known: what one outside of the group gave may have come later.
            others = {role for p in state.panels if p not in group for i in p.items for role in i.brings}
            have -= others - change.before - set(item.brings)
        if any(p.mode == "unique" for p in group):
            return not exactly or have <= item.brings  # once, they could have swapped
        most = [p.most or 1 if p.mode == "permanent" else p.most for p in group]
        return all(number is None or len(have) <= number for number in most)

    def _loses_wrongly(self, change: Change, role: int) -> bool:
        if change.way is Way.CLICK and change.role == role:
            return False  # they gave it back themselves
        return not all(_takes(state, change, role) for state in self._taking.get(role, [self.state]))

    def _words(self, change: Change) -> str:
        return f"{change.way.value} on {change.role} of panel {change.panel}" if change.panel is not None else change.way.value


def _stands(panel: Panel, change: Change) -> bool:
    """Whether the panel gives anything to this member in this way."""
    match change.way:
        case Way.CLICK:
            return not change.pending and bool(panel.channels & change.channels)
        case Way.RETURN:
            return panel.sticky
        case Way.ADMISSION:
            return panel.screening
        case Way.NONE:
            return False


def _takes(state: State, change: Change, role: int) -> bool:
    """Whether picking something on the panel takes this role away."""
    for panel in state.panels:
        if change.way is Way.NONE or change.panel not in (None, panel.number):
            continue
        group = state.group_of(panel)
        if any(role in item.along for item in panel.items):
            return True
        if any(p.mode == "unique" for p in group) and any(role in item.brings for p in group for item in p.items):
            return True
    return False


def _note(states: list[State], state: State, *, entitled: bool) -> None:
    if entitled:
        states[:] = [state]
    elif not states or states[-1] != state:
        states.append(state)
