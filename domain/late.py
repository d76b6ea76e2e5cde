"""What is done of what had to wait, and when it is tried again: wishes that follow each other, roles kept for a member, ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain.panels import PanelSpec
from domain.plan import Pick, Refusal, RolePlan, Surroundings, plan
from domain.role_safety import GuildFacts, Problem

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
SOONEST = timedelta(seconds=2)
FAILURES_TO_HOURLY, FAILURES_TO_DAILY = 11, 35  # 2 s, 4 s, 8 s … up to an hour; after a day of hours once a day
GIVEN_UP = timedelta(days=1)  # for so long a role that could not be given is tried again


def next_try(failures: int) -> timedelta:
    """How long to wait after the change has failed so often."""
    if failures > FAILURES_TO_DAILY:
        return DAILY
    return HOURLY if failures > FAILURES_TO_HOURLY else SOONEST * 2 ** (failures - 1)


def as_wanted(wanted: RolePlan, held: frozenset[int]) -> tuple[int, ...]:
    """The changes of a plan that are there already, because somebody else made them meanwhile."""
    return tuple(role_id for role_id in (*wanted.add, *wanted.remove) if (role_id in held) is (role_id in wanted.add))


def plan_again(decided: RolePlan, wanted: RolePlan, panel: PanelSpec, held: frozenset[int]) -> RolePlan:
    """A new decision on a wish that was planned as `wanted` some time ago, with the word on each role of it.

    What others did meanwhile is `unchanged`; what is no longer on the panel is refused.
    """
    told = {*decided.add, *decided.remove, *decided.unchanged, *(refusal.role_id for refusal in decided.refusals)}
    there = tuple(role_id for role_id in as_wanted(wanted, held) if role_id not in told)
    offered = {role_id for item in panel.roles for role_id in item.role_ids}
    gone = [role_id for role_id in (*wanted.add, *wanted.remove) if role_id not in offered and role_id not in told and role_id not in there]
    refusals = decided.refusals + tuple(Refusal(role_id, Problem.NOT_ON_PANEL) for role_id in gone)
    return replace(decided, unchanged=decided.unchanged + there, refusals=refusals)


def plan_kept(panel: PanelSpec, kept: Sequence[int], held: frozenset[int], facts: GuildFacts, around: Surroundings) -> RolePlan:
    """What a member gets of the roles that were kept for them, by every rule of the panel as it is now.

    A role that came along with an item comes with it again or not at all.
    """
    items = {item.role_id: item for item in panel.roles}
    missing = [role_id for role_id in kept if role_id not in held]
    asked = tuple(role_id for role_id in missing if role_id in items)
    decided = plan(panel, held, Pick(asked, toggles=False), facts, around)
    told = {*decided.add, *decided.unchanged, *(refusal.role_id for refusal in decided.refusals)}
    brought = {role_id for role_id in asked for role_id in items[role_id].role_ids}
    gone = tuple(Refusal(role_id, Problem.NOT_ON_PANEL) for role_id in missing if role_id not in told | brought)
    return replace(decided, refusals=decided.refusals + gone)


def net_of(plans: Sequence[RolePlan]) -> list[RolePlan]:
    """Of plans that follow each other, what each of them really changes when all are carried out as one.

    A change that a later plan takes back is nobody's; one that is asked for again belongs to the last who asked.
    """
    first: dict[int, bool] = {}
    last: dict[int, tuple[int, bool]] = {}
    for number, each in enumerate(plans):
        for role_id in (*each.add, *each.remove):
            gives = role_id in each.add
            first.setdefault(role_id, gives)
            last[role_id] = (number, gives)
    owners = {role_id: (number, gives) for role_id, (number, gives) in last.items() if gives is first[role_id]}
    return [
        replace(
            each,
            add=tuple(role_id for role_id in each.add if owners.get(role_id) == (number, True)),
            remove=tuple(role_id for role_id in each.remove if owners.get(role_id) == (number, False)),
        )
        for number, each in enumerate(plans)
    ]
