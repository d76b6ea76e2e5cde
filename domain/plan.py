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
    """What the member asked for: the items of the panel they picked, and whether a picked role they hold is to be taken off.

    A button toggles; a public dropdown cannot show what is held, so its picks only add (in unique mode: swap).
    """

    role_ids: tuple[int, ...]
    toggles: bool = True


def plan(panel: PanelSpec, held: frozenset[int], pick: Pick, facts: GuildFacts) -> RolePlan:
    """Decide a click. Pure: the same values always give the same plan.

    Roles outside the panel are never touched. In unique mode a granted pick swaps out the panel's other held roles; if one of
    those cannot be taken, the pick is refused, so that the member never holds two.
    """
    specs = {role.role_id: role for role in panel.roles}
    wanted = [role_id for role_id in dict.fromkeys(pick.role_ids) if role_id in specs]
    if panel.mode is Mode.UNIQUE:
        wanted = wanted[-1:]
    add: list[int] = []
    remove: list[int] = []
    unchanged: list[int] = []
    refusals: list[Refusal] = []
    for role_id in wanted:
        if role_id in held:
            takes = panel.mode is Mode.REMOVE_ONLY or (pick.toggles and panel.mode is not Mode.ADD_ONLY)
            _take(facts, role_id, remove if takes else unchanged, refusals, takes)
        elif panel.mode is Mode.REMOVE_ONLY:
            unchanged.append(role_id)
        elif problem := grant_problem(facts, role_id, specs[role_id].confirmed_permissions):
            refusals.append(Refusal(role_id, problem))
        else:
            add.append(role_id)
    if panel.mode is Mode.UNIQUE and (add or unchanged):
        return _swap(panel, held, facts, RolePlan(tuple(add), tuple(remove), tuple(unchanged), tuple(refusals)))
    return RolePlan(tuple(add), tuple(remove), tuple(unchanged), tuple(refusals))


def _take(facts: GuildFacts, role_id: int, into: list[int], refusals: list[Refusal], takes: bool) -> None:
    problem = change_problem(facts, role_id) if takes else None
    if problem:
        refusals.append(Refusal(role_id, problem))
    else:
        into.append(role_id)


def _swap(panel: PanelSpec, held: frozenset[int], facts: GuildFacts, decided: RolePlan) -> RolePlan:
    kept = {*decided.add, *decided.unchanged}
    others = [role.role_id for role in panel.roles if role.role_id in held and role.role_id not in kept]
    stuck = [
        Refusal(role_id, problem)
        for role_id in others
        if (problem := change_problem(facts, role_id)) and problem is not Problem.DELETED
    ]
    if stuck:
        return RolePlan((), (), decided.unchanged, decided.refusals + tuple(stuck))
    takable = tuple(role_id for role_id in others if role_id in facts.roles)
    return RolePlan(decided.add, decided.remove + takable, decided.unchanged, decided.refusals)
