"""The planner: tables of decisions, and properties that hold for any of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.panels import Mode
from domain.plan import Pick, Refusal, RolePlan, plan
from domain.role_safety import Problem
from tests.domain.facts import ABOVE, BOT_ROLE, DANGEROUS, GONE, MANAGED, ORDINARY, guild, panel

R, G, B = 10, 11, 12
BUTTON, DROPDOWN = True, False

DECISIONS = [
    # mode, held, picked, toggles, clear → add, remove, unchanged
    (Mode.TOGGLE, (), (R,), BUTTON, (), (R,), (), ()),
    (Mode.TOGGLE, (R,), (R,), BUTTON, (), (), (R,), ()),
    (Mode.TOGGLE, (R,), (R,), DROPDOWN, (), (), (), (R,)),
    (Mode.TOGGLE, (R,), (G, B), DROPDOWN, (), (G, B), (), ()),
    (Mode.TOGGLE, (R, G), (B,), DROPDOWN, (R, G, B), (B,), (R, G), ()),
    (Mode.TOGGLE, (R,), (), DROPDOWN, (R, G, B), (), (R,), ()),
    (Mode.ADD_ONLY, (R,), (R,), BUTTON, (), (), (), (R,)),
    (Mode.ADD_ONLY, (), (R,), BUTTON, (), (R,), (), ()),
    (Mode.ADD_ONLY, (R,), (), DROPDOWN, (R,), (), (), (R,)),
    (Mode.REMOVE_ONLY, (), (R,), BUTTON, (), (), (), (R,)),
    (Mode.REMOVE_ONLY, (R,), (R,), BUTTON, (), (), (R,), ()),
    (Mode.REMOVE_ONLY, (R,), (R,), DROPDOWN, (), (), (R,), ()),
    (Mode.UNIQUE, (), (R,), BUTTON, (), (R,), (), ()),
    (Mode.UNIQUE, (G,), (R,), BUTTON, (), (R,), (G,), ()),
    (Mode.UNIQUE, (R,), (R,), BUTTON, (), (), (R,), ()),
    (Mode.UNIQUE, (R,), (R,), DROPDOWN, (), (), (), (R,)),
    (Mode.UNIQUE, (G, B), (R,), DROPDOWN, (), (R,), (G, B), ()),
    (Mode.UNIQUE, (), (R, G), DROPDOWN, (), (G,), (), ()),
    (Mode.UNIQUE, (R, 15), (), DROPDOWN, (R, G, B), (), (R,), ()),
]


@pytest.mark.parametrize(("mode", "held", "picked", "toggles", "clear", "add", "remove", "unchanged"), DECISIONS)
def test_decisions(mode, held, picked, toggles, clear, add, remove, unchanged) -> None:
    decided = plan(panel(R, G, B, mode=mode), frozenset(held), Pick(picked, toggles, clear), guild())
    assert decided == RolePlan(add, remove, unchanged, given=tuple(1000 + role_id for role_id in add))


@pytest.mark.parametrize(
    ("role_id", "held", "problem"),
    [
        (GONE, False, Problem.DELETED),
        (1, False, Problem.EVERYONE),
        (MANAGED, False, Problem.MANAGED),
        (MANAGED, True, Problem.MANAGED),
        (ABOVE, False, Problem.ABOVE_BOT),
        (ABOVE, True, Problem.ABOVE_BOT),
        (BOT_ROLE, False, Problem.MANAGED),
        (DANGEROUS, False, Problem.DANGEROUS),
    ],
)
def test_refusals(role_id: int, held: bool, problem: Problem) -> None:
    decided = plan(panel(role_id), frozenset({role_id} if held else ()), Pick((role_id,)), guild())
    assert decided == RolePlan(refusals=(Refusal(role_id, problem),))


def test_without_manage_roles_everything_is_refused() -> None:
    decided = plan(panel(R, G), frozenset({G}), Pick((R, G)), guild(may_manage=False))
    assert {refusal.problem for refusal in decided.refusals} == {Problem.BOT_LACKS_MANAGE_ROLES}
    assert decided.empty


def test_a_dangerous_role_may_be_given_back_and_a_confirmed_one_taken() -> None:
    assert plan(panel(DANGEROUS), frozenset({DANGEROUS}), Pick((DANGEROUS,)), guild()).remove == (DANGEROUS,)
    assert plan(panel(DANGEROUS, confirmed=1 << 2), frozenset(), Pick((DANGEROUS,)), guild()).add == (DANGEROUS,)


def test_unique_refuses_a_swap_whose_old_role_is_stuck() -> None:
    decided = plan(panel(R, ABOVE, mode=Mode.UNIQUE), frozenset({ABOVE}), Pick((R,)), guild())
    assert decided == RolePlan(refusals=(Refusal(ABOVE, Problem.ABOVE_BOT),))


ROLES = st.sampled_from([*ORDINARY, ABOVE, MANAGED, DANGEROUS, GONE])
SETS = st.frozensets(ROLES)


@given(
    st.sampled_from(Mode), st.lists(ROLES, unique=True, min_size=1), SETS, st.lists(ROLES), st.booleans(), st.lists(ROLES), st.booleans()
)
def test_properties(mode, on_panel, held, picked, toggles, clear, may_manage) -> None:
    facts = guild(may_manage=may_manage)
    decided = plan(panel(*on_panel, mode=mode), held, Pick(tuple(picked), toggles, tuple(clear)), facts)
    after = (held | set(decided.add)) - set(decided.remove)
    assert set(decided.add) <= set(on_panel) - held, "adds only what is on the panel and not held"
    assert set(decided.remove) <= set(on_panel) & held, "takes only what is on the panel and held"
    assert not set(decided.add) & set(decided.remove)
    assert held - set(on_panel) <= after, "roles outside the panel are never touched"
    assert may_manage or decided.empty
    if mode is Mode.UNIQUE and decided.add:
        assert len(after & set(on_panel) - {GONE}) == 1, "a grant leaves exactly one"
    if mode is Mode.ADD_ONLY:
        assert not decided.remove
    if mode is Mode.REMOVE_ONLY:
        assert not decided.add
    again = plan(panel(*on_panel, mode=mode), after, Pick(tuple(picked), False, ()), facts)
    if not toggles and not clear and not decided.refusals:
        assert again.empty, "the same pick of a dropdown twice changes nothing more"
