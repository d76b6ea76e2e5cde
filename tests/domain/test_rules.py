"""The rules beyond the modes: limits, permanent choices, requirements, bundles, places, and panels that are linked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.limits import Limits, limits_of, unmet
from domain.panels import Mode, PanelSpec, Requirement, RoleSpec
from domain.permissions import Permission
from domain.plan import Pick, Refusal, RolePlan, Surroundings, plan
from domain.role_safety import Problem
from tests.domain.facts import ABOVE, DANGEROUS, GONE, MANAGED, ORDINARY, guild, panel

R, G, B, TEAL, PINK, PACK = ORDINARY
FACTS = guild()


def with_role(spec: PanelSpec, role_id: int, **changes: object) -> PanelSpec:
    """The panel with one of its roles changed."""
    return replace(spec, roles=tuple(replace(role, **changes) if role.role_id == role_id else role for role in spec.roles))


def other(*role_ids: int, mode: Mode = Mode.TOGGLE, **changes: object) -> PanelSpec:
    """A second panel, linked with the one of `panel()`."""
    spec = replace(panel(*role_ids, mode=mode), panel_id=8, link_group="group", **changes)
    return replace(spec, roles=tuple(replace(role, item_id=2000 + role.role_id) for role in spec.roles))


def problems(decided: RolePlan) -> dict[int, Problem]:
    return {refusal.role_id: refusal.problem for refusal in decided.refusals}


LIMITED = [
    # held, picked, toggles, clear, minimum, maximum → add, remove, refused
    ((), (R, G), False, (), None, 2, (R, G), (), {}),
    ((), (R, G, B), False, (), None, 2, (R, G), (), {B: Problem.MAXIMUM}),
    ((R, G), (B,), True, (), None, 2, (), (), {B: Problem.MAXIMUM}),
    ((R, G), (B,), False, (G,), None, 2, (B,), (G,), {}),
    ((R, G), (G, B), False, (R,), None, 2, (B,), (R,), {}),
    ((R, G, B), (TEAL,), False, (R,), None, 2, (), (R,), {TEAL: Problem.MAXIMUM}),
    ((R, G, B), (R,), True, (), None, 2, (), (R,), {}),
    ((R,), (R,), True, (), 1, None, (), (), {R: Problem.MINIMUM}),
    ((R, G), (R,), True, (), 1, None, (), (R,), {}),
    ((R, G), (), False, (R, G), 1, None, (), (R,), {G: Problem.MINIMUM}),
    ((R, G), (B,), False, (R, G), 2, None, (B,), (R,), {G: Problem.MINIMUM}),
    ((), (R,), True, (), 2, 3, (R,), (), {}),
    ((R,), (R,), True, (), 2, 3, (), (), {R: Problem.MINIMUM}),
    ((R,), (G,), True, (), 5, 2, (G,), (), {}),
    ((R, G), (G,), True, (), 5, 2, (), (), {G: Problem.MINIMUM}),
    ((PINK,), (R, G), False, (), None, 2, (R, G), (), {}),
]


@pytest.mark.parametrize(("held", "picked", "toggles", "clear", "minimum", "maximum", "add", "remove", "refused"), LIMITED)
def test_least_and_most(held, picked, toggles, clear, minimum, maximum, add, remove, refused) -> None:
    limited = replace(panel(R, G, B, TEAL), min_roles=minimum, max_roles=maximum)
    decided = plan(limited, frozenset(held), Pick(picked, toggles, clear), FACTS)
    assert (decided.add, decided.remove, problems(decided)) == (add, remove, refused)


def test_a_refused_limit_is_named() -> None:
    decided = plan(replace(panel(R, G), max_roles=1), frozenset({R}), Pick((G,)), FACTS)
    assert decided.refusals == (Refusal(G, Problem.MAXIMUM, limit=1),)


PERMANENT = [
    # held, picked, toggles, clear, maximum → add, remove, unchanged, refused
    ((), (R,), True, (), None, (R,), (), (), {}),
    ((R,), (G,), True, (), None, (), (), (), {G: Problem.PERMANENT}),
    ((R,), (R,), True, (), None, (), (), (), {R: Problem.PERMANENT}),
    ((R,), (R,), False, (), None, (), (), (R,), {}),
    ((R,), (), False, (R, G), None, (), (), (), {R: Problem.PERMANENT}),
    ((), (R, G), False, (), None, (R,), (), (), {G: Problem.PERMANENT}),
    ((R,), (G,), True, (), 2, (G,), (), (), {}),
    ((R, G), (B,), True, (), 2, (), (), (), {B: Problem.PERMANENT}),
]


@pytest.mark.parametrize(("held", "picked", "toggles", "clear", "maximum", "add", "remove", "unchanged", "refused"), PERMANENT)
def test_a_permanent_choice(held, picked, toggles, clear, maximum, add, remove, unchanged, refused) -> None:
    final = replace(panel(R, G, B, mode=Mode.PERMANENT), max_roles=maximum)
    decided = plan(final, frozenset(held), Pick(picked, toggles, clear), FACTS)
    assert (decided.add, decided.remove, decided.unchanged, problems(decided)) == (add, remove, unchanged, refused)


def test_the_least_number_holds_in_unique_mode() -> None:
    unique = replace(panel(R, G, mode=Mode.UNIQUE), min_roles=3)
    assert plan(unique, frozenset({R}), Pick((G,)), FACTS).remove == (R,)
    assert plan(unique, frozenset({R}), Pick((R,)), FACTS).refusals == (Refusal(R, Problem.MINIMUM, limit=1),)


def test_a_refused_swap_takes_nothing_away() -> None:
    """In the private picker the old role is unticked in the same breath."""
    unique = with_role(panel(R, G, mode=Mode.UNIQUE), G, capacity=1)
    decided = plan(unique, frozenset({R}), Pick((G,), False, clear=(R,)), FACTS, Surroundings(full=frozenset({1000 + G})))
    assert decided == RolePlan(refusals=(Refusal(G, Problem.FULL, limit=1),))


REQUIREMENTS = [
    (Requirement(), {R}, None),
    (Requirement(required=(R, G)), {G}, None),
    (Requirement(required=(R, G)), {B}, (Problem.REQUIRES_ANY, (R, G))),
    (Requirement(required=(R, G), needs_all=True), {R, G}, None),
    (Requirement(required=(R, G), needs_all=True), {R}, (Problem.REQUIRES_ALL, (G,))),
    (Requirement(blocked=(R, G)), {B}, None),
    (Requirement(blocked=(R, G)), {G, B}, (Problem.BLOCKED, (G,))),
    (Requirement(required=(R,), blocked=(G,)), {R, G}, (Problem.BLOCKED, (G,))),
    (Requirement(needs_all=True), set(), None),
]


@pytest.mark.parametrize(("requirement", "held", "expected"), REQUIREMENTS)
def test_requirements(requirement: Requirement, held: set[int], expected: tuple[Problem, tuple[int, ...]] | None) -> None:
    found = unmet(requirement, frozenset(held))
    assert (found and (found.problem, found.role_ids)) == expected


@pytest.mark.parametrize("on_role", [False, True], ids=["of the panel", "of the role"])
def test_a_requirement_guards_the_taking_and_not_the_giving_back(on_role: bool) -> None:
    requirement = Requirement(required=(PINK,))
    guarded = with_role(panel(R), R, requirement=requirement) if on_role else replace(panel(R), requirement=requirement)
    assert plan(guarded, frozenset(), Pick((R,)), FACTS).refusals == (Refusal(R, Problem.REQUIRES_ANY, (PINK,)),)
    assert plan(guarded, frozenset({PINK}), Pick((R,)), FACTS).add == (R,)
    assert plan(guarded, frozenset({R}), Pick((R,)), FACTS).remove == (R,)


def test_panel_and_role_may_both_require_something() -> None:
    guarded = replace(with_role(panel(R), R, requirement=Requirement(blocked=(G,))), requirement=Requirement(required=(B,)))
    assert problems(plan(guarded, frozenset(), Pick((R,)), FACTS)) == {R: Problem.REQUIRES_ANY}
    assert problems(plan(guarded, frozenset({B, G}), Pick((R,)), FACTS)) == {R: Problem.BLOCKED}


BUNDLE = with_role(panel(PACK, R), PACK, bundle=(R, G, PACK))
BUNDLED = [
    # held, picked → add, remove
    ((), PACK, (PACK, R, G), ()),
    ((R,), PACK, (PACK, G), ()),
    ((PACK, R, G), PACK, (), (PACK, G)),  # the member has the item R as well
    ((PACK, G), PACK, (), (PACK, G)),
    ((PACK,), PACK, (), (PACK,)),
    ((PACK, R, G), R, (), (R,)),
    ((G,), R, (R,), ()),
]


@pytest.mark.parametrize(("held", "picked", "add", "remove"), BUNDLED)
def test_bundles(held, picked, add, remove) -> None:
    decided = plan(BUNDLE, frozenset(held), Pick((picked,)), FACTS)
    assert (decided.add, decided.remove, decided.refusals) == (add, remove, ())


@pytest.mark.parametrize(
    ("bundled", "problem"),
    [(ABOVE, Problem.ABOVE_BOT), (MANAGED, Problem.MANAGED), (GONE, Problem.DELETED), (DANGEROUS, Problem.DANGEROUS)],
)
def test_a_bundle_is_given_whole_or_not_at_all(bundled: int, problem: Problem) -> None:
    confirmed = with_role(panel(PACK, confirmed=Permission.BAN_MEMBERS.value), PACK, bundle=(R, bundled))
    assert plan(confirmed, frozenset(), Pick((PACK,)), FACTS) == RolePlan(refusals=(Refusal(bundled, problem),))


OWN_RULES = [
    # the rule of the bundled role's own item, held → refused
    (Requirement(required=(PINK,)), (), {R: Problem.REQUIRES_ANY}),
    (Requirement(required=(PINK,)), (PINK,), {}),
    (Requirement(required=(PACK,)), (), {R: Problem.REQUIRES_ANY}),  # what comes along is not held yet
    (Requirement(blocked=(PINK,)), (PINK,), {R: Problem.BLOCKED}),
    (Requirement(blocked=(G,)), (), {R: Problem.BLOCKED}),  # what comes along would be held together with it
    (Requirement(required=(PINK,)), (R,), {}),  # who has it already is given the rest
]


@pytest.mark.parametrize(("rule", "held", "refused"), OWN_RULES)
def test_a_bundled_role_meets_the_rules_of_its_own_item(rule: Requirement, held: tuple[int, ...], refused: dict[int, Problem]) -> None:
    spec = with_role(with_role(panel(PACK, R), R, requirement=rule), PACK, bundle=(R, G))
    decided = plan(spec, frozenset(held), Pick((PACK,)), FACTS)
    assert problems(decided) == refused
    assert set(decided.add) == (set() if refused else {PACK, R, G} - set(held))


def test_picking_two_at_once_passes_no_rule_that_one_after_the_other_would_meet() -> None:
    spec = with_role(panel(R, G), G, requirement=Requirement(blocked=(R,)))
    decided = plan(spec, frozenset(), Pick((R, G), False), FACTS)
    assert (decided.add, problems(decided)) == ((R,), {G: Problem.BLOCKED})


def test_what_discord_keeps_refusing_is_not_planned() -> None:
    around = Surroundings(hopeless={G: Problem.FORBIDDEN})
    assert plan(panel(R, G), frozenset(), Pick((R, G), False), FACTS, around).add == (R,)
    assert plan(panel(R, G, mode=Mode.UNIQUE), frozenset({G}), Pick((R,)), FACTS, around).empty
    assert plan(with_role(panel(R), R, bundle=(G,)), frozenset(), Pick((R,)), FACTS, around).empty


def test_a_powerful_bundled_role_is_given_when_it_was_confirmed_itself() -> None:
    spec = with_role(panel(PACK, DANGEROUS, confirmed=Permission.BAN_MEMBERS.value), PACK, bundle=(DANGEROUS,))
    assert plan(spec, frozenset(), Pick((PACK,)), FACTS).add == (PACK, DANGEROUS)


def test_a_bundled_role_that_is_stuck_stays_and_is_named() -> None:
    spec = with_role(panel(PACK), PACK, bundle=(R, ABOVE))
    decided = plan(spec, frozenset({PACK, R, ABOVE}), Pick((PACK,)), FACTS)
    assert (decided.remove, decided.refusals) == ((PACK, R), (Refusal(ABOVE, Problem.ABOVE_BOT),))


def test_a_bundle_counts_with_all_its_roles_on_the_panel() -> None:
    decided = plan(replace(BUNDLE, max_roles=1), frozenset(), Pick((PACK,)), FACTS)
    assert decided == RolePlan(refusals=(Refusal(PACK, Problem.MAXIMUM, limit=1),))


def test_what_is_full_is_refused_and_what_is_held_is_not() -> None:
    spec = with_role(with_role(BUNDLE, R, capacity=4), PACK, capacity=9)
    around = Surroundings(full=frozenset({1000 + R}))
    assert plan(spec, frozenset(), Pick((R,)), FACTS, around).refusals == (Refusal(R, Problem.FULL, limit=4),)
    assert plan(spec, frozenset(), Pick((PACK,)), FACTS, around).refusals == (Refusal(R, Problem.FULL, limit=4),)
    assert plan(spec, frozenset({R}), Pick((PACK,)), FACTS, around).add == (PACK, G)
    assert plan(spec, frozenset({R}), Pick((R,), False), FACTS, around).unchanged == (R,)


LINKED = [
    # mode here, mode there, held, picked → add, remove, refused
    (Mode.UNIQUE, Mode.UNIQUE, (B,), R, (R,), (B,), {}),
    (Mode.TOGGLE, Mode.UNIQUE, (B, G), R, (R,), (G, B), {}),
    (Mode.UNIQUE, Mode.ADD_ONLY, (B,), R, (), (), {B: Problem.PERMANENT}),
    (Mode.UNIQUE, Mode.PERMANENT, (B,), R, (), (), {B: Problem.PERMANENT}),
    (Mode.ADD_ONLY, Mode.UNIQUE, (G,), R, (), (), {G: Problem.PERMANENT}),
    (Mode.PERMANENT, Mode.TOGGLE, (B,), R, (), (), {R: Problem.PERMANENT}),
    (Mode.TOGGLE, Mode.TOGGLE, (B,), R, (R,), (), {}),
    (Mode.REMOVE_ONLY, Mode.UNIQUE, (B,), R, (), (), {}),
    (Mode.REMOVE_ONLY, Mode.ADD_ONLY, (R,), R, (), (R,), {}),
]


@pytest.mark.parametrize(("here", "there", "held", "picked", "add", "remove", "refused"), LINKED)
def test_linked_panels_share_one_rule(here, there, held, picked, add, remove, refused) -> None:
    decided = plan(panel(R, G, mode=here), frozenset(held), Pick((picked,)), FACTS, Surroundings((other(B, TEAL, mode=there),)))
    assert (decided.add, set(decided.remove), problems(decided)) == (add, set(remove), refused)


def test_linked_panels_share_their_limits() -> None:
    here, there = replace(panel(R, G), max_roles=3), other(B, TEAL, max_roles=2, min_roles=1)
    assert limits_of(here, (there,)) == Limits(unique=False, minimum=1, maximum=2)
    assert problems(plan(here, frozenset({B, TEAL}), Pick((R,)), FACTS, Surroundings((there,)))) == {R: Problem.MAXIMUM}
    assert plan(here, frozenset({R, B}), Pick((R,)), FACTS, Surroundings((there,))).remove == (R,)
    assert problems(plan(here, frozenset({R}), Pick((R,)), FACTS, Surroundings((there,)))) == {R: Problem.MINIMUM}


def test_a_role_that_stands_on_both_linked_panels_counts_once() -> None:
    here, there = replace(panel(R, G), max_roles=1), other(R, B)
    assert plan(here, frozenset({R}), Pick((R,)), FACTS, Surroundings((there,))).remove == (R,)
    assert plan(here, frozenset(), Pick((R,)), FACTS, Surroundings((there,))).add == (R,)


ROLES = st.sampled_from([*ORDINARY, ABOVE, MANAGED, DANGEROUS, GONE])
REQUIREMENT = st.builds(Requirement, st.lists(ROLES, max_size=2).map(tuple), st.booleans(), st.lists(ROLES, max_size=1).map(tuple))


@st.composite
def panels(draw: st.DrawFn, panel_id: int = 7) -> PanelSpec:
    """A panel with any rules at all."""
    roles = tuple(
        RoleSpec(
            panel_id * 1000 + role_id,
            role_id,
            str(role_id),
            capacity=draw(st.none() | st.integers(1, 3)),
            bundle=tuple(draw(st.lists(ROLES, max_size=2))),
            requirement=draw(st.just(Requirement()) | REQUIREMENT),
        )
        for role_id in draw(st.lists(ROLES, unique=True, min_size=1, max_size=6))
    )
    return replace(
        panel(mode=draw(st.sampled_from(Mode))),
        panel_id=panel_id,
        roles=roles,
        min_roles=draw(st.none() | st.integers(1, 3)),
        max_roles=draw(st.none() | st.integers(1, 3)),
        requirement=draw(st.just(Requirement()) | REQUIREMENT),
    )


PICKS = st.builds(Pick, st.lists(ROLES, max_size=4).map(tuple), st.booleans(), st.lists(ROLES, max_size=4).map(tuple))


@given(panels(), st.lists(panels(8), max_size=1), st.frozensets(ROLES), PICKS, st.data())
def test_whatever_the_rules(here: PanelSpec, linked: list[PanelSpec], held: frozenset[int], pick: Pick, data: st.DataObject) -> None:
    full = data.draw(st.frozensets(st.sampled_from([role.item_id for role in here.roles])))
    decided = plan(here, held, pick, FACTS, Surroundings(tuple(linked), full))
    specs = [role for each in (here, *linked) for role in each.roles]
    own = {role.item_id: role for role in here.roles}
    after = (held | set(decided.add)) - set(decided.remove)
    limits = limits_of(here, linked)
    counted = {role.role_id for role in specs} & after
    given_items = [own[item_id] for item_id in decided.given]
    brought = {role_id for role in given_items for role_id in role.role_ids}

    assert len(set(decided.add)) == len(decided.add)
    assert len(set(decided.remove)) == len(decided.remove)
    assert not set(decided.add) & held, "adds nothing that is held"
    assert set(decided.remove) <= held, "takes nothing that is not"
    assert set(decided.add) | set(decided.remove) <= {role_id for role in specs for role_id in role.role_ids}, "nothing outside"
    assert set(decided.add) == brought - held, "items are given whole"
    assert not brought & set(decided.remove)
    assert {role.role_id for role in given_items} <= set(pick.role_ids), "nothing unasked is given"
    assert not full & {item.item_id for item in own.values() if item.role_id in decided.add}, "no place beyond the last"
    for role in given_items:
        assert unmet(here.requirement, held) is None
        assert unmet(role.requirement, held) is None
    if here.mode in (Mode.ADD_ONLY, Mode.PERMANENT):
        assert not set(decided.remove) & {role.role_id for role in here.roles}, "what was taken here is kept"
    if here.mode is Mode.REMOVE_ONLY:
        assert not decided.add
    if decided.add and limits.unique:
        assert counted - {GONE} <= brought, "nobody has two"
    if decided.add and limits.maximum is not None:
        assert len(counted) <= limits.maximum, "nobody has too many"
    if decided.remove and len({role.role_id for role in specs} & held) >= limits.minimum:
        assert len(counted) >= limits.minimum, "nobody keeps too few"
    asked = {role_id for role_id in (*pick.role_ids, *pick.clear) if any(role.role_id == role_id for role in here.roles)}
    if decided == RolePlan():
        assert limits.unique or not asked & (set(pick.role_ids) | held), "whatever is asked is done or explained"
