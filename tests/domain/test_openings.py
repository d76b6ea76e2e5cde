"""Whether a change opens a role."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.openings import (
    ASKED_ABOUT,
    COSMETIC,
    COSMETIC_OF_ROLES,
    Openings,
    Respect,
    Standing,
    barred,
    judged,
    openings,
    to_ask,
)
from domain.panels import Appearance, ButtonColour, Mode, PanelSpec, Requirement, RoleSpec, Style
from domain.placement import Author
from domain.plan import Pick, Surroundings, plan
from domain.role_safety import Problem
from tests.domain.facts import ABOVE, DANGEROUS, GONE, MANAGED, OWNER, guild, panel

FACTS = guild()
TOP, LOW, OTHER = 15, 11, 12  # the editor below stands between TOP and the others
JUNIOR = Author(3, frozenset({14}), False)
ADMINISTRATOR = Author(4, frozenset({20}), True)
OWNING = Author(OWNER, frozenset(), True)

PLACE_OF_PANELS = {"panel_id", "guild_id", "roles"}
PLACE_OF_ROLES = {"role_id"}


def item(role_id: int, **more: Any) -> RoleSpec:
    return RoleSpec(1000 + role_id, role_id, f"role {role_id}", **more)


def on(*roles: RoleSpec, panel_id: int = 7, **more: Any) -> PanelSpec:
    return replace(panel(), panel_id=panel_id, roles=roles, **more)


def opened(before: PanelSpec | Iterable[PanelSpec], after: PanelSpec | Iterable[PanelSpec]) -> Openings:
    old, new = (Standing((state,) if isinstance(state, PanelSpec) else tuple(state)) for state in (before, after))
    return openings(old, new, FACTS)


RULE = Requirement((12,), False, (13,))
# A change of each judged field that opens TOP, and what it is called.
OF_PANELS: dict[str, tuple[dict[str, Any], dict[str, Any], Respect]] = {
    "mode": ({"mode": Mode.REMOVE_ONLY}, {"mode": Mode.TOGGLE}, Respect.MODE),
    "min_roles": ({"min_roles": 1}, {"min_roles": None}, Respect.MINIMUM),
    "max_roles": ({"max_roles": 1}, {"max_roles": 2}, Respect.MAXIMUM),
    "requirement": ({"requirement": RULE}, {"requirement": replace(RULE, required=())}, Respect.REQUIRED),
    "link_group": ({"link_group": "a"}, {"link_group": None}, Respect.LINK_GROUP),
    "sticky": ({"sticky": False}, {"sticky": True}, Respect.STICKY),
    "wait_for_screening": ({"wait_for_screening": False}, {"wait_for_screening": True}, Respect.SCREENING),
}
OF_ROLES: dict[str, tuple[dict[str, Any], dict[str, Any], Respect]] = {
    "confirmed_permissions": ({"confirmed_permissions": 2}, {"confirmed_permissions": 6}, Respect.CONFIRMATION),
    "duration": ({"duration": 60}, {"duration": 61}, Respect.DURATION),
    "capacity": ({"capacity": 5}, {"capacity": None}, Respect.PLACES),
    "capacity_counts_all": (
        {"capacity": 5, "capacity_counts_all": True},
        {"capacity": 5, "capacity_counts_all": False},
        Respect.WHO_COUNTS,
    ),
    "grandfathered": ({"grandfathered": ()}, {"grandfathered": ((TOP, 2),)}, Respect.CONFIRMATION),
    "bundle": ({"bundle": (ABOVE,)}, {"bundle": ()}, Respect.BUNDLE),
    "requirement": ({"requirement": RULE}, {"requirement": replace(RULE, blocked=())}, Respect.BLOCKED),
}
STRICT = on(item(OTHER), panel_id=8, link_group="a", max_roles=1)


def test_every_field_is_judged_or_cosmetic() -> None:
    assert {field.name for field in fields(PanelSpec)} == PLACE_OF_PANELS | COSMETIC | set(OF_PANELS)
    assert {field.name for field in fields(RoleSpec)} == PLACE_OF_ROLES | COSMETIC_OF_ROLES | set(OF_ROLES)
    assert {field.name for field in fields(Requirement)} == {"required", "needs_all", "blocked"}


@pytest.mark.parametrize("name", OF_PANELS)
def test_each_field_of_a_panel_opens_its_roles(name: str) -> None:
    less, more, respect = OF_PANELS[name]
    before, after = (on(item(TOP), item(LOW), **values) for values in (less, more))
    around = [STRICT] if name == "link_group" else []
    found = opened([before, *around], [after, *around])
    assert respect in (found.taken if name == "min_roles" else found.given)[TOP]
    assert judged(before) != judged(after)
    assert TOP not in opened([after, *around], [before, *around]).given, "closing opens nothing"


@pytest.mark.parametrize("name", OF_ROLES)
def test_each_field_of_a_role_opens_it(name: str) -> None:
    less, more, respect = OF_ROLES[name]
    before, after = (on(item(TOP, **values), item(LOW)) for values in (less, more))
    assert opened(before, after).given == {TOP: frozenset({respect})}
    assert judged(before) != judged(after)
    closed = opened(after, before)
    assert not closed.taken
    assert closed.given.keys() <= {ABOVE}, "closing opens nothing, but what is newly given along"


def test_what_is_cosmetic_opens_nothing() -> None:
    plain = on(item(TOP), item(LOW))
    roles = tuple(
        replace(role, item_id=1, label="x", emoji="🎨", description="y", colour=ButtonColour.RED) for role in reversed(plain.roles)
    )
    changed = replace(plain, name="n", title="t", version=9, description="d", appearance=Appearance(1), style=Style.PICKER, roles=roles)
    assert judged(plain) == judged(changed)
    assert not opened(plain, changed)


@pytest.mark.parametrize(
    ("before", "after", "given", "taken"),
    [
        pytest.param([], [on(item(TOP))], {TOP: {Respect.PLACED}}, {TOP}, id="a new panel"),
        pytest.param([on(item(LOW))], [on(item(LOW), item(TOP))], {TOP: {Respect.PLACED}}, {TOP}, id="a new role"),
        pytest.param([on(item(LOW))], [on(item(LOW, bundle=(TOP,)))], {TOP: {Respect.BUNDLE}}, {TOP}, id="a new role in a bundle"),
        pytest.param(
            [on(item(LOW, bundle=(TOP,)), item(TOP, requirement=RULE))],
            [on(item(LOW, bundle=(TOP,)), item(TOP))],
            {TOP: {Respect.REQUIRED, Respect.BLOCKED}, LOW: {Respect.REQUIRED, Respect.BLOCKED}},
            set(),
            id="the rule of a bundled role binds what brings it",
        ),
        pytest.param(
            [on(item(LOW, bundle=(TOP,)), item(TOP, duration=60))],
            [on(item(LOW, bundle=(TOP,)))],
            {LOW: {Respect.DURATION}, TOP: {Respect.DURATION}},
            {TOP},
            id="it lasts no longer along with another than by itself",
        ),
        pytest.param(
            [on(item(TOP, bundle=(LOW,), requirement=Requirement(blocked=(LOW,))))],
            [on(item(TOP, requirement=Requirement(blocked=(LOW,))))],
            {TOP: {Respect.BUNDLE}},
            set(),
            id="what came along excluded it",
        ),
        pytest.param(
            [on(item(TOP)), replace(STRICT, link_group=None)],
            [on(item(TOP)), replace(STRICT, link_group=None, mode=Mode.UNIQUE)],
            {OTHER: {Respect.MODE}},
            set(),
            id="a panel for itself",
        ),
        pytest.param(
            [on(item(TOP), link_group="a"), on(item(LOW), panel_id=8)],
            [on(item(TOP), link_group="a"), on(item(LOW), panel_id=8, link_group="a", mode=Mode.UNIQUE)],
            {},
            {TOP, LOW},
            id="a junior's panel that swaps",
        ),
        pytest.param(
            [on(item(TOP), link_group="a"), on(item(TOP - 2), panel_id=8, link_group="a", max_roles=1)],
            [on(item(TOP), link_group="a")],
            {TOP: {Respect.LINK_GROUP}},
            set(),
            id="the panel with the limit is deleted",
        ),
        pytest.param(
            [on(item(TOP), item(LOW), max_roles=1)],
            [on(item(TOP), max_roles=1)],
            {TOP: {Respect.MAXIMUM}},
            set(),
            id="what counted no longer counts",
        ),
        pytest.param(
            [on(item(TOP), item(LOW), item(GONE), max_roles=1)],
            [on(item(TOP), item(LOW), max_roles=1)],
            {},
            set(),
            id="a deleted role did not count",
        ),
        pytest.param(
            [on(item(TOP, requirement=Requirement((12, GONE), False, (GONE,))))],
            [on(item(TOP, requirement=Requirement((12,))))],
            {},
            set(),
            id="nobody has a deleted role",
        ),
        pytest.param(
            [on(item(TOP, requirement=Requirement((GONE,))))],
            [on(item(TOP))],
            {TOP: {Respect.REQUIRED}},
            set(),
            id="nobody met it",
        ),
        pytest.param([on(item(TOP), mode=Mode.ADD_ONLY)], [on(item(TOP))], {}, {TOP}, id="what was taken for good can be given back"),
        pytest.param(
            [on(item(TOP), item(LOW), mode=Mode.UNIQUE)],
            [on(item(TOP), item(LOW), item(OTHER), mode=Mode.UNIQUE)],
            {OTHER: {Respect.PLACED}},
            {OTHER},
            id="one more way to lose what every other click takes already",
        ),
        pytest.param(
            [on(item(TOP), item(LOW, requirement=RULE), mode=Mode.UNIQUE)],
            [on(item(TOP), item(LOW), mode=Mode.UNIQUE)],
            {LOW: {Respect.REQUIRED, Respect.BLOCKED}},
            {TOP},
            id="more members can swap",
        ),
    ],
)
def test_what_is_opened(before: list[PanelSpec], after: list[PanelSpec], given: dict[int, set[Respect]], taken: set[int]) -> None:
    found = opened(before, after)
    assert {role_id: set(respects) for role_id, respects in found.given.items()} == given
    assert set(found.taken) == taken


def test_a_new_channel_is_a_new_audience() -> None:
    one = (on(item(TOP, bundle=(LOW,))),)
    here, there = Standing(one, {7: frozenset({1, 2})}), Standing(one, {7: frozenset({2, 3})})
    found = openings(here, there, FACTS)
    assert found.given == found.taken == dict.fromkeys((TOP, LOW), frozenset({Respect.AUDIENCE}))
    assert not openings(here, Standing(one, {7: frozenset({2})}), FACTS)


@pytest.mark.parametrize(
    ("role_id", "respect", "author", "problem"),
    [
        (TOP, Respect.PLACES, JUNIOR, Problem.ABOVE_EDITOR),
        (LOW, Respect.PLACES, JUNIOR, None),
        (TOP, Respect.PLACED, ADMINISTRATOR, None),
        (DANGEROUS, Respect.PLACES, JUNIOR, Problem.DANGEROUS),
        (DANGEROUS, Respect.PLACES, ADMINISTRATOR, None),
        (ABOVE, Respect.PLACES, JUNIOR, Problem.ABOVE_EDITOR),
        (ABOVE, Respect.PLACES, OWNING, None),
        (ABOVE, Respect.PLACED, OWNING, Problem.ABOVE_BOT),
        (MANAGED, Respect.PLACED, OWNING, Problem.MANAGED),
        (MANAGED, Respect.PLACES, OWNING, None),
        (GONE, Respect.PLACES, OWNING, None),
        (LOW, Respect.PLACES, None, Problem.ABOVE_EDITOR),
    ],
)
def test_whoever_could_not_put_it_on_a_panel_cannot_open_it(
    role_id: int, respect: Respect, author: Author | None, problem: Problem | None
) -> None:
    for taken in (False, True):
        found = {role_id: frozenset({respect})}
        bar = barred(Openings({}, found) if taken else Openings(found, {}), FACTS, author)
        if taken and problem in (Problem.ABOVE_BOT, Problem.MANAGED):
            continue  # nothing takes what the bot cannot take
        assert (bar.problem if bar else None) is problem
        if bar:
            assert (bar.role_id, bar.respects, bar.taken) == (role_id, found[role_id], taken)


def test_an_administrator_is_asked_about_powerful_roles_and_not_about_numbers() -> None:
    for respect in Respect:
        found = Openings({DANGEROUS: frozenset({respect}), LOW: frozenset({respect})}, {DANGEROUS: frozenset({respect})})
        asked = {DANGEROUS: frozenset({respect})} if respect in ASKED_ABOUT else {}
        assert to_ask(found, FACTS, OWNING) == asked
        assert to_ask(found, FACTS, OWNING, {DANGEROUS}) == {}
    numbers = {Respect.PLACES, Respect.WHO_COUNTS, Respect.DURATION, Respect.MAXIMUM, Respect.MINIMUM}
    assert not numbers & ASKED_ABOUT


# What can be compared with what clicks really do: small groups, every state of a member, every click.
WORLD = (10, 11, 12)  # on the panels
KEYS = (13, 14)  # in rules alone
rules = st.builds(
    Requirement, st.sets(st.sampled_from(KEYS)).map(tuple), st.booleans(), st.sets(st.sampled_from(KEYS), max_size=1).map(tuple)
)
powers = st.sampled_from((0, 4))


@st.composite
def items(draw: st.DrawFn, role_id: int) -> RoleSpec:
    bundle = draw(st.sets(st.sampled_from([*WORLD, 15, DANGEROUS]), max_size=1)) - {role_id}
    capacity = draw(st.sampled_from((None, None, 1, 2)))
    return item(role_id, bundle=tuple(bundle), requirement=draw(rules), capacity=capacity, confirmed_permissions=draw(powers))


@st.composite
def panels(draw: st.DrawFn, panel_id: int) -> PanelSpec:
    roles = [draw(items(role_id)) for role_id in sorted(draw(st.sets(st.sampled_from([*WORLD, DANGEROUS]), min_size=1, max_size=3)))]
    small = st.sampled_from((None, None, 1, 2))
    return on(
        *roles,
        panel_id=panel_id,
        mode=draw(st.sampled_from(list(Mode))),
        min_roles=draw(small),
        max_roles=draw(small),
        link_group=draw(st.sampled_from((None, "a"))),
        requirement=draw(rules),
    )


groups = st.tuples(panels(7), panels(8))


@st.composite
def edits(draw: st.DrawFn) -> tuple[tuple[PanelSpec, ...], tuple[PanelSpec, ...]]:
    """Two states, often with much in common: that is what edits are."""
    before, other = draw(groups), draw(groups)
    after: list[PanelSpec] = []
    for mine, theirs in zip(before, other, strict=True):
        names = draw(st.sets(st.sampled_from(["mode", "min_roles", "max_roles", "link_group", "requirement", "roles"]), max_size=2))
        after.append(replace(mine, **{name: getattr(theirs, name) for name in names}))
    return before, tuple(after[: draw(st.sampled_from((1, 2, 2, 2)))])


states = st.sets(st.sets(st.sampled_from((*WORLD, *KEYS, 15, DANGEROUS))).map(frozenset), min_size=1, max_size=12)


def clicks(one: PanelSpec) -> Iterator[Pick]:
    for role in one.roles:
        yield Pick((role.role_id,))
        yield Pick((role.role_id,), toggles=False)
        yield Pick((), toggles=False, clear=(role.role_id,))
        yield from (Pick((role.role_id,), toggles=False, clear=(other.role_id,)) for other in one.roles if other is not role)


def effects(state: tuple[PanelSpec, ...], held: frozenset[int], full: frozenset[int]) -> tuple[set[tuple[int, ...]], set[tuple[int, ...]]]:
    """What clicks give: (panel, clicked role, role); and what they take: (panel, whether by its own click, role)."""
    given: set[tuple[int, ...]] = set()
    taken: set[tuple[int, ...]] = set()
    for one in state:
        linked = tuple(other for other in state if other is not one and one.link_group and other.link_group == one.link_group)
        for pick in clicks(one):
            done = plan(one, held, pick, FACTS, Surroundings(linked, full & {role.item_id for role in one.roles if role.capacity}))
            given |= {(one.panel_id, picked, role_id) for picked in pick.role_ids for role_id in done.add}
            taken |= {(one.panel_id, role_id in (*pick.role_ids, *pick.clear), role_id) for role_id in done.remove}
    return given, taken


@given(edits(), states, st.sets(st.sampled_from([1010, 1011, 1012])).map(frozenset))
def test_what_clicks_give_and_take_anew_is_judged_so(
    edit: tuple[tuple[PanelSpec, ...], tuple[PanelSpec, ...]], members: set[frozenset[int]], full: frozenset[int]
) -> None:
    before, after = edit
    found = opened(before, after)
    for held in members:
        (given, taken), (given_now, taken_now) = effects(before, held, full), effects(after, held, full)
        for _, picked, role_id in given_now - given:
            assert role_id in found.given, (sorted(held), picked, role_id)
        for _, own, role_id in taken_now - taken:
            assert role_id in found.taken, (sorted(held), own, role_id)


@given(groups)
def test_nothing_is_opened_where_nothing_changes(state: tuple[PanelSpec, ...]) -> None:
    assert not opened(state, state)


@given(groups, groups, groups)
def test_what_no_step_opens_the_whole_way_does_not_open(
    first: tuple[PanelSpec, ...], second: tuple[PanelSpec, ...], third: tuple[PanelSpec, ...]
) -> None:
    one, two, whole = opened(first, second), opened(second, third), opened(first, third)
    assert set(whole.given) <= set(one.given) | set(two.given)
    assert set(whole.taken) <= set(one.taken) | set(two.taken)


@pytest.mark.parametrize(("along", "found"), [(LOW, {LOW}), (DANGEROUS, {10, DANGEROUS})])
def test_confirming_what_comes_along_opens_what_it_held_back(along: int, found: set[int]) -> None:
    before, after = (on(item(10, bundle=(along,)), item(along, confirmed_permissions=bits)) for bits in (0, FACTS.roles[DANGEROUS].power))
    assert set(opened(before, after).given) == found


def test_the_largest_group_is_compared_in_time() -> None:
    """25 panels with 500 roles, or one with 500, each with all that a rule and a bundle may name."""
    many = {role_id: replace(FACTS.roles[10], role_id=role_id) for role_id in range(1000, 1600)}
    facts = replace(FACTS, roles=FACTS.roles | many)
    along, rule = tuple(range(1550, 1575)), Requirement(tuple(range(1575, 1600)))
    for sizes in ((20,) * 25, (500,)):
        numbers = iter(range(1000, 1500))
        before = tuple(
            on(*(item(next(numbers), bundle=along, requirement=rule) for _ in range(size)), panel_id=panel_id, link_group="a")
            for panel_id, size in enumerate(sizes, start=1)
        )
        first = replace(before[0], mode=Mode.UNIQUE, requirement=Requirement((12,)), roles=before[0].roles[1:])
        after = (first, *before[1:])
        began = thread_time()
        assert openings(Standing(before), Standing(after), facts).taken
        assert openings(Standing(after), Standing(before), facts).given
        assert thread_time() - began < 4, "two seconds for each"
