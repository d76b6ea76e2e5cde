"""What is done of what had to wait: wishes that follow each other, roles that were kept for a member, and how rarely it is tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.late import net_of, next_try, plan_kept
from domain.panels import Mode, PanelSpec, Requirement
from domain.plan import RolePlan, Surroundings
from domain.role_safety import Problem
from tests.domain.facts import DANGEROUS, ORDINARY, guild, panel
from tests.domain.test_rules import other, with_role

R, G, B, TEAL, PINK, PACK = ORDINARY
PANEL = panel(R, G, B)


def kept(spec: PanelSpec, *role_ids: int, held: tuple[int, ...] = (), **around: object) -> RolePlan:
    return plan_kept(spec, role_ids, frozenset(held), guild(), Surroundings(**around))  # pyright: ignore[reportArgumentType]


KEPT = [
    # what was kept, held → add, remove, refused
    (kept(PANEL, R, G), (R, G), (), {}),
    (kept(PANEL, R, G, held=(R,)), (G,), (), {}),
    (kept(PANEL, R, PINK), (R,), (), {PINK: Problem.NOT_ON_PANEL}),
    (kept(replace(PANEL, max_roles=1), R, G), (R,), (), {G: Problem.MAXIMUM}),
    (kept(replace(PANEL, mode=Mode.PERMANENT), R, G), (R,), (), {G: Problem.PERMANENT}),
    (kept(replace(PANEL, mode=Mode.PERMANENT), R, held=(G,)), (), (), {R: Problem.PERMANENT}),
    (kept(replace(PANEL, mode=Mode.UNIQUE), R, held=(G,)), (R,), (G,), {}),
    (kept(PANEL, R, held=(TEAL,), linked=(other(TEAL, mode=Mode.UNIQUE),)), (R,), (TEAL,), {}),
    (kept(replace(PANEL, mode=Mode.REMOVE_ONLY), R, held=(G,)), (), (), {}),
    (kept(replace(PANEL, requirement=Requirement(required=(PINK,))), R), (), (), {R: Problem.REQUIRES_ANY}),
    (kept(replace(PANEL, requirement=Requirement(blocked=(PINK,))), R, held=(PINK,)), (), (), {R: Problem.BLOCKED}),
    (kept(with_role(PANEL, R, requirement=Requirement(required=(PINK,))), R, G), (G,), (), {R: Problem.REQUIRES_ANY}),
    (kept(panel(R, DANGEROUS), R, DANGEROUS), (R,), (), {DANGEROUS: Problem.DANGEROUS}),
    (kept(with_role(PANEL, R, capacity=1), R, full=frozenset({1000 + R})), (), (), {R: Problem.FULL}),
    (kept(with_role(PANEL, R, bundle=(PACK, TEAL)), R, PACK, TEAL), (R, PACK, TEAL), (), {}),
    (kept(with_role(PANEL, R, bundle=(PACK, DANGEROUS)), R, PACK, DANGEROUS), (), (), {DANGEROUS: Problem.DANGEROUS}),
    (kept(with_role(PANEL, R, bundle=(PACK,)), PACK), (), (), {PACK: Problem.NOT_ON_PANEL}),  # not without the item that brought it
]


@pytest.mark.parametrize(("decided", "add", "remove", "problems"), KEPT)
def test_what_was_kept_for_a_member(decided: RolePlan, add: tuple[int, ...], remove: tuple[int, ...], problems: dict[int, Problem]) -> None:
    assert (decided.add, decided.remove) == (add, remove)
    assert {refusal.role_id: refusal.problem for refusal in decided.refusals} == problems


def test_an_end_is_tried_more_and_more_rarely_and_never_given_up() -> None:
    waits = [next_try(failures) for failures in range(1, 1000)]
    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits == sorted(waits)
    assert waits.count(timedelta(hours=1)) == 24
    assert set(waits[40:]) == {timedelta(days=1)}


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
