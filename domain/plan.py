"""The planner: from a panel, what a member holds and what they picked, to the roles to add and remove and the refusals."""

from dataclasses import dataclass

from domain.panels import Mode, PanelSpec
from domain.role_safety import GuildFacts, Problem, change_problem, grant_problem


@dataclass(frozen=True, slots=True)
class Refusal:
    """One role that was asked for and will not change, and why."""

    role_id: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class RolePlan:
    """What is to be done. `unchanged` are picked roles that are already as asked."""

    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is to be changed at Discord."""
        return not self.add and not self.remove


@dataclass(frozen=True, slots=True)
class Pick:
    """What the member asked for.

    A button toggles: a picked role that is held is taken off. A public dropdown cannot show what is held, so its picks only add (in
    unique mode: swap). The private picker shows what is held, so a role it offered and that is not ticked any more is in `clear`.
    """

    role_ids: tuple[int, ...]
    toggles: bool = True
    clear: tuple[int, ...] = ()


def plan(panel: PanelSpec, held: frozenset[int], pick: Pick, facts: GuildFacts) -> RolePlan:
    """Decide a click. Pure: the same values always give the same plan.

    Roles outside the panel are never touched. In unique mode a granted pick swaps out the panel's other held roles; if one of
    those cannot be taken, the pick is refused, so that the member never holds two.
    """
    specs = {role.role_id: role for role in panel.roles}
    wanted = [role_id for role_id in dict.fromkeys(pick.role_ids) if role_id in specs]
    if panel.mode is Mode.UNIQUE:
        wanted = wanted[-1:]
    cleared = [role_id for role_id in dict.fromkeys(pick.clear) if role_id in specs and role_id in held and role_id not in wanted]
    add: list[int] = []
    remove: list[int] = []
    unchanged: list[int] = []
    refusals: list[Refusal] = []
    for role_id in [*wanted, *cleared]:
        if role_id in held:
            asked_off = role_id in cleared or pick.toggles or panel.mode is Mode.REMOVE_ONLY
            if not asked_off or panel.mode is Mode.ADD_ONLY:
                unchanged.append(role_id)
            elif problem := change_problem(facts, role_id):
                refusals.append(Refusal(role_id, problem))
            else:
                remove.append(role_id)
        elif panel.mode is Mode.REMOVE_ONLY:
            unchanged.append(role_id)
        elif problem := grant_problem(facts, role_id, specs[role_id].confirmed_permissions):
            refusals.append(Refusal(role_id, problem))
        else:
            add.append(role_id)
    decided = RolePlan(tuple(add), tuple(remove), tuple(unchanged), tuple(refusals))
    return _swap(panel, held, facts, decided) if panel.mode is Mode.UNIQUE and (add or unchanged) else decided


def _swap(panel: PanelSpec, held: frozenset[int], facts: GuildFacts, decided: RolePlan) -> RolePlan:
    """The plan with the panel's other held roles taken off, or without its grant when one of those is stuck."""
    kept = {*decided.add, *decided.unchanged, *decided.remove}
    others = [role.role_id for role in panel.roles if role.role_id in held and role.role_id not in kept]
    problems = {role_id: change_problem(facts, role_id) for role_id in others}
    stuck = tuple(Refusal(role_id, problem) for role_id, problem in problems.items() if problem and problem is not Problem.DELETED)
    if stuck:
        return RolePlan((), decided.remove, decided.unchanged, decided.refusals + stuck)
    takable = tuple(role_id for role_id, problem in problems.items() if problem is None)
    return RolePlan(decided.add, decided.remove + takable, decided.unchanged, decided.refusals)
