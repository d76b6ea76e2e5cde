"""What of a plan is still to be done, when its turn comes some time after it was made."""

from collections.abc import Sequence
from dataclasses import replace

from domain.panels import PanelSpec
from domain.plan import Refusal, RolePlan
from domain.role_safety import GuildFacts, Problem, change_problem, item_problem


def still_due(panel: PanelSpec | None, plan: RolePlan, held: frozenset[int], facts: GuildFacts) -> RolePlan:
    """The plan with what others did meanwhile left as they did it, and what is no longer safe or on offer refused.

    A role that came or went in the meantime is `unchanged`. When a role cannot be given any more, none is taken for its sake.
    """
    changes = (*plan.add, *plan.remove)
    if panel is None:
        return RolePlan(refusals=tuple(Refusal(role_id, Problem.PANEL_DELETED) for role_id in changes))
    own = {role.role_id: role for role in panel.roles}
    offered = {role_id: role for role in reversed(panel.roles) for role_id in role.bundle} | own
    refusals: list[Refusal] = []
    add: list[int] = []
    for role_id in (role_id for role_id in plan.add if role_id not in held):
        item = offered.get(role_id)
        problem = item_problem(facts, item, own.get(role_id), role_id) if item else Problem.NOT_ON_PANEL
        if problem:
            refusals.append(Refusal(role_id, problem))
        else:
            add.append(role_id)
    remove: list[int] = []
    for role_id in (role_id for role_id in plan.remove if role_id in held and not refusals):
        problem = change_problem(facts, role_id)
        if problem:
            return RolePlan(refusals=(Refusal(role_id, problem),), unchanged=_as_they_are(changes, held, plan))
        remove.append(role_id)
    return RolePlan(tuple(add), tuple(remove), _as_they_are(changes, held, plan), tuple(refusals), plan.given)


def _as_they_are(changes: tuple[int, ...], held: frozenset[int], plan: RolePlan) -> tuple[int, ...]:
    return tuple(role_id for role_id in changes if (role_id in held) is (role_id in plan.add))


def net_of(plans: Sequence[RolePlan]) -> list[RolePlan]:
    """Of plans that follow each other, what each of them really changes when all are carried out as one.

    A change that a later plan takes back is nobody's; one that is asked for again belongs to the last who asked.
    """
    first: dict[int, bool] = {}
    last: dict[int, tuple[int, bool]] = {}
    for number, plan in enumerate(plans):
        for role_id in (*plan.add, *plan.remove):
            gives = role_id in plan.add
            first.setdefault(role_id, gives)
            last[role_id] = (number, gives)
    owners = {role_id: (number, gives) for role_id, (number, gives) in last.items() if gives is first[role_id]}
    return [
        replace(
            plan,
            add=tuple(role_id for role_id in plan.add if owners.get(role_id) == (number, True)),
            remove=tuple(role_id for role_id in plan.remove if owners.get(role_id) == (number, False)),
        )
        for number, plan in enumerate(plans)
    ]
