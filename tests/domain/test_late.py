"""What is left of a plan when its turn comes, and what of several plans remains when they are carried out as one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.late import net_of, still_due
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem
from tests.domain.facts import ABOVE, DANGEROUS, GONE, ORDINARY, guild, panel

R, G, B = 10, 11, 12


@pytest.mark.parametrize(
    ("planned", "held", "left"),
    [
        (RolePlan(add=(R,)), (), RolePlan(add=(R,))),
        (RolePlan(add=(R,)), (R,), RolePlan(unchanged=(R,))),  # another bot gave it meanwhile
        (RolePlan(remove=(R,)), (R,), RolePlan(remove=(R,))),
        (RolePlan(remove=(R,)), (), RolePlan(unchanged=(R,))),  # another bot took it meanwhile
        (RolePlan(add=(R,), remove=(G,)), (G, B), RolePlan(add=(R,), remove=(G,))),  # what came meanwhile stays
        (RolePlan(add=(R,), remove=(G,)), (R, G), RolePlan(remove=(G,), unchanged=(R,))),
        (RolePlan(add=(DANGEROUS,), remove=(G,)), (G,), RolePlan(refusals=(Refusal(DANGEROUS, Problem.DANGEROUS),))),
        (RolePlan(add=(15,)), (), RolePlan(refusals=(Refusal(15, Problem.NOT_ON_PANEL),))),
        (RolePlan(add=(R,), remove=(ABOVE,)), (ABOVE,), RolePlan(refusals=(Refusal(ABOVE, Problem.ABOVE_BOT),))),
        (RolePlan(add=(GONE,)), (), RolePlan(refusals=(Refusal(GONE, Problem.DELETED),))),
        (RolePlan(add=(R,), given=(1010,)), (), RolePlan(add=(R,), given=(1010,))),
    ],
)
def test_what_is_left_to_do(planned: RolePlan, held: tuple[int, ...], left: RolePlan) -> None:
    assert still_due(panel(R, G, B, DANGEROUS, ABOVE, GONE), planned, frozenset(held), guild()) == left


def test_nothing_is_left_of_a_deleted_panel() -> None:
    left = still_due(None, RolePlan(add=(R,), remove=(G,)), frozenset((G,)), guild())
    assert left == RolePlan(refusals=(Refusal(R, Problem.PANEL_DELETED), Refusal(G, Problem.PANEL_DELETED)))


@pytest.mark.parametrize(
    ("wishes", "net"),
    [
        (["+R"], ["+R"]),
        (["+R", "-R"], ["", ""]),
        (["+R", "-R", "+R"], ["", "", "+R"]),
        (["+R", "+G"], ["+R", "+G"]),
        (["+R", "-R+G", "-G+B"], ["", "", "+B"]),  # three clicks in a unique panel
        (["-R", "+R-G"], ["", "-G"]),
    ],
)
def test_what_each_of_several_wishes_changes(wishes: list[str], net: list[str]) -> None:
    assert net_of([plan_of(wish) for wish in wishes]) == [plan_of(wish) for wish in net]


def plan_of(text: str) -> RolePlan:
    """A plan from the form "+R-G"."""
    signed = [(text[i], {"R": R, "G": G, "B": B}[text[i + 1]]) for i in range(0, len(text), 2)]
    return RolePlan(tuple(role for sign, role in signed if sign == "+"), tuple(role for sign, role in signed if sign == "-"))


def changed(held: frozenset[int], plan: RolePlan) -> frozenset[int]:
    """What is held after a plan."""
    return (held | set(plan.add)) - set(plan.remove)


roles = st.frozensets(st.sampled_from(ORDINARY))


@given(held=roles, targets=st.lists(roles, min_size=1, max_size=6))
def test_together_they_lead_where_the_last_wish_leads_and_touch_each_role_once(held: frozenset[int], targets: list[frozenset[int]]) -> None:
    plans, now = [], held
    for target in targets:
        plans.append(RolePlan(add=tuple(target - now), remove=tuple(now - target)))
        now = changed(now, plans[-1])
    net = net_of(plans)
    touched = [role_id for plan in net for role_id in (*plan.add, *plan.remove)]
    assert len(touched) == len(set(touched))
    after = held
    for plan in net:
        after = changed(after, plan)
    assert after == now
    assert set(touched) == held ^ now


@given(held=roles, add=roles, remove=roles)
def test_what_others_hold_and_what_is_as_wanted_is_never_touched(held: frozenset[int], add: frozenset[int], remove: frozenset[int]) -> None:
    planned = RolePlan(tuple(add), tuple(remove - add))
    left = still_due(panel(*ORDINARY), planned, held, guild())
    assert set(left.add) == add - held
    assert set(left.remove) == (remove - add) & held
    assert still_due(panel(*ORDINARY), left, changed(held, left), guild()) == replace(RolePlan(), unchanged=left.add + left.remove)
