"""The planner: from a panel, what a member holds and what they picked, to the roles to add and remove and the refusals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.limits import Limits, limits_of, unmet
from domain.panels import Mode, PanelSpec, RoleSpec
from domain.role_safety import GuildFacts, Problem, change_problem, item_problem


@dataclass(frozen=True, slots=True)
class Refusal:
    """One role that was asked for and will not change, and why. `about` are the roles, `limit` the number that the reason speaks of."""

    role_id: int
    problem: Problem
    about: tuple[int, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class RolePlan:
    """What is to be done. `unchanged` are picked roles that are already as asked; `given` are the items whose roles are added."""

    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    given: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is to be changed at Discord."""
        return not self.add and not self.remove


@dataclass(frozen=True, slots=True)
class Pick:
    """What the member asked for.

    A button toggles: a picked role that is held is taken off. A public dropdown cannot show what is held, so its picks only add (in
    unique mode: swap). The private picker shows what is held, so a role it offered and that is not ticked any more is in `clear`.
    `kept` are picked roles that the member held when they picked, some time ago: who has lost one since is not given it anew.
    """

    role_ids: tuple[int, ...]
    toggles: bool = True
    clear: tuple[int, ...] = ()
    kept: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a decision depends on outside the panel: the other panels of its link group, the items whose places are all taken, and the
    roles that Discord keeps refusing to change.
    """

    linked: tuple[PanelSpec, ...] = ()
    full: frozenset[int] = frozenset()
    hopeless: Mapping[int, Problem] = field(default_factory=dict[int, Problem])


NOTHING_AROUND = Surroundings()


def plan(panel: PanelSpec, held: frozenset[int], pick: Pick, facts: GuildFacts, around: Surroundings = NOTHING_AROUND) -> RolePlan:
    """Decide a click. Pure: the same values always give the same plan.

    Roles outside the panel and its link group are never touched. A member has an item when they hold its own role. An item is given
    with its whole bundle or not at all; with it go those roles of its bundle that no other item they keep brings.
    """
    decision = _Decision(panel, held, facts, around)
    wanted = [spec for role_id in dict.fromkeys(pick.role_ids) if (spec := decision.own.get(role_id))]
    if decision.limits.unique:
        wanted = wanted[-1:]
    for spec in wanted:
        if spec.role_id not in held:
            if spec.role_id in pick.kept:
                decision.unchanged.append(spec)
            else:
                decision.ask_for(spec)
        elif pick.toggles or panel.mode is Mode.REMOVE_ONLY:
            decision.give_back(spec)
        else:
            decision.unchanged.append(spec)
    if not (decision.limits.unique and wanted):  # there the swap decides what goes
        picked = {spec.role_id for spec in wanted}
        for role_id in dict.fromkeys(pick.clear):
            if role_id in decision.own and role_id in held and role_id not in picked:
                decision.give_back(decision.own[role_id])
    decision.swap()
    decision.keep_limits()
    return decision.result()


@dataclass(slots=True)
class _Decision:
    """A decision under way: the items to give and to take."""

    panel: PanelSpec
    held: frozenset[int]
    facts: GuildFacts
    around: Surroundings
    give: list[RoleSpec] = field(default_factory=list[RoleSpec])
    take: list[RoleSpec] = field(default_factory=list[RoleSpec])
    unchanged: list[RoleSpec] = field(default_factory=list[RoleSpec])
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    own: dict[int, RoleSpec] = field(init=False)
    items: dict[int, RoleSpec] = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.own = {spec.role_id: spec for spec in self.panel.roles}
        self.items = {spec.role_id: spec for panel in reversed(self.around.linked) for spec in panel.roles} | self.own
        self.limits = limits_of(self.panel, self.around.linked)

    def ask_for(self, spec: RoleSpec) -> None:
        """Give an item that the member has not, if every rule lets it."""
        if self.panel.mode is Mode.REMOVE_ONLY:
            self.unchanged.append(spec)
        elif refusal := self._grant_refusal(spec):
            self.refusals.append(refusal)
        else:
            self.give.append(spec)

    def give_back(self, spec: RoleSpec) -> None:
        """Take an item that the member has, if every rule lets it."""
        if self.panel.mode is Mode.ADD_ONLY:
            self.unchanged.append(spec)
        elif problem := self._release_problem(spec):
            self.refusals.append(Refusal(spec.role_id, problem))
        else:
            self.take.append(spec)

    def swap(self) -> None:
        """Under the unique rule, take the other items off; when one of them is stuck nothing is given, so that nobody has two."""
        kept = [*self.give, *(spec for spec in self.unchanged if spec.role_id in self.held)]
        if not self.limits.unique or not kept:
            return
        stays = _roles(kept) | _roles(self.take)
        others = [spec for spec in self.items.values() if spec.role_id in self.held and spec.role_id not in stays]
        problems = {spec.role_id: self._release_problem(spec) for spec in others}
        stuck = [Refusal(role_id, problem) for role_id, problem in problems.items() if problem and problem is not Problem.DELETED]
        if stuck:
            self.refusals += stuck
            self.give.clear()
        else:
            self.take += [spec for spec in others if problems[spec.role_id] is None]

    def keep_limits(self) -> None:
        """Refuse what would leave the member with too many or too few, what was asked for last first."""
        most, least = self.limits.maximum, self.limits.minimum
        final = self.panel.mode is Mode.PERMANENT
        while most is not None and self.give and self._count() > most:
            refused = self.give.pop()
            self.refusals.append(Refusal(refused.role_id, Problem.PERMANENT if final else Problem.MAXIMUM, limit=most))
        while self.take and self._count() < least:
            self.refusals.append(Refusal(self.take.pop().role_id, Problem.MINIMUM, limit=least))

    def result(self) -> RolePlan:
        """The plan in roles. A bundled role that cannot be taken stays, and is named."""
        refusals = list(self.refusals)
        remove: list[int] = []
        for role_id in self._leaving():
            problem = self._change_problem(role_id)
            if problem is None:
                remove.append(role_id)
            elif problem is not Problem.DELETED:
                refusals.append(Refusal(role_id, problem))
        add = dict.fromkeys(role_id for spec in self.give for role_id in spec.role_ids if role_id not in self.held)
        unchanged = tuple(spec.role_id for spec in self.unchanged)
        return RolePlan(tuple(add), tuple(remove), unchanged, tuple(refusals), tuple(spec.item_id for spec in self.give))

    def _grant_refusal(self, spec: RoleSpec) -> Refusal | None:
        """Every role of a bundle has to meet the rules of the item that it is on this panel, as if that had been picked."""
        arriving = _roles(self.give)
        if missing := unmet(self.panel.requirement, self.held, arriving):
            return Refusal(spec.role_id, missing.problem, about=missing.role_ids)
        coming = [role_id for role_id in spec.role_ids if role_id not in self.held]
        items = [self.own[role_id] for role_id in coming if role_id in self.own]
        for item in items:
            beside = (arriving | set(coming)) - {item.role_id}
            if missing := unmet(item.requirement, self.held, beside):
                return Refusal(item.role_id, missing.problem, about=missing.role_ids)
        for role_id in coming:
            # A bundled role counts as confirmed only where it stands on the panel itself and was confirmed there.
            problem = item_problem(self.facts, spec, self.own.get(role_id), role_id) or self.around.hopeless.get(role_id)
            if problem:
                return Refusal(role_id, problem)
        for item in items:
            if item.item_id in self.around.full:
                return Refusal(item.role_id, Problem.FULL, limit=item.capacity)
        return None

    def _release_problem(self, spec: RoleSpec) -> Problem | None:
        panels = [self.panel] if spec.role_id in self.own else self.around.linked
        if any(panel.mode.keeps and any(role.role_id == spec.role_id for role in panel.roles) for panel in panels):
            return Problem.PERMANENT
        return self._change_problem(spec.role_id)

    def _change_problem(self, role_id: int) -> Problem | None:
        return change_problem(self.facts, role_id) or self.around.hopeless.get(role_id)

    def _count(self) -> int:
        after = (self.held | _roles(self.give)) - set(self._leaving())
        return sum(role_id in after for role_id in self.items)

    def _leaving(self) -> list[int]:
        """The roles that go with the items to be taken."""
        taken = {spec.role_id for spec in self.take}
        arriving = _roles(self.give)
        staying = arriving | _roles(spec for spec in self.items.values() if spec.role_id in self.held and spec.role_id not in taken)
        own = [spec.role_id for spec in self.take if spec.role_id not in arriving]
        bundled = dict.fromkeys(role_id for spec in self.take for role_id in spec.bundle)
        return own + [role_id for role_id in bundled if role_id in self.held and role_id not in staying and role_id not in taken]


def _roles(specs: Iterable[RoleSpec]) -> set[int]:
    return {role_id for spec in specs for role_id in spec.role_ids}
