"""Placing the panels of a file in a guild."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.panel_file import PanelFile, RoleSketch, portable
from domain.panels import PanelSpec, Requirement, RoleSpec
from domain.permissions import Permission
from domain.placement import Author, LeftOut, Unmatched, digest, missing_roles, place, place_again
from domain.role_safety import Problem, RoleFacts
from tests.panels.builders import BOT_POSITION, EDITOR, GUILD, OWNER, facts, panel, role_id

OWNING = Author(OWNER, frozenset(), True)
EDITING = Author(EDITOR, frozenset({role_id(20)}), False)
BITS = Permission.MANAGE_MESSAGES.value | Permission.BAN_MEMBERS.value
MODERATOR = RoleFacts(role_id(40), "Moderator", 40, BITS)
JUNIOR = RoleFacts(role_id(5) + 1000, "Junior", 5, BITS)
HERE = facts(30, MODERATOR, JUNIOR)
STRANGE = 77  # an id that the guild does not know


def on(*role_ids: int, **more: object) -> PanelSpec:
    roles = tuple(RoleSpec(item_id=0, role_id=one, label=f"Label {one}") for one in role_ids)
    return replace(portable(panel(0)), roles=roles, **more)


def ids(placed: PanelSpec) -> list[int]:
    return [role.role_id for role in placed.roles]


def test_by_id_then_by_name_then_by_name_in_any_case() -> None:
    sketches = {role_id(1): RoleSketch("Role 9"), STRANGE: RoleSketch("Role 2"), -1: RoleSketch("ROLE 3")}
    (placed,) = place(PanelFile((on(role_id(1), STRANGE, -1),), sketches), HERE, OWNING)
    assert ids(placed.panel) == [role_id(1), role_id(2), role_id(3)]
    assert not placed.left_out


def test_what_cannot_be_found_is_left_out_by_its_name() -> None:
    double = facts(3, RoleFacts(501, "Twin", 1), RoleFacts(502, "Twin", 2))
    sketches = {STRANGE: RoleSketch("Gone", 5), -1: RoleSketch("Twin"), -2: RoleSketch("Role 1")}
    file = PanelFile((on(STRANGE, -1, role_id(1), -2),), sketches)
    placements = place(file, double, OWNING)
    assert ids(placements[0].panel) == [role_id(1)]
    assert placements[0].left_out == (
        LeftOut("Gone", Unmatched.MISSING),
        LeftOut("Twin", Unmatched.AMBIGUOUS),
        LeftOut("Label -2", Unmatched.TWICE, role_id(1)),
    )
    assert missing_roles(placements, file) == (RoleSketch("Gone", 5),)


def test_nobody_places_what_they_could_not_put_on_a_panel() -> None:
    wanted = (role_id(1), role_id(25), role_id(BOT_POSITION), GUILD, JUNIOR.role_id)
    (placed,) = place(PanelFile((on(*wanted),), {}), HERE, EDITING)
    assert ids(placed.panel) == [role_id(1)]
    assert [(left.role_id, left.reason) for left in placed.left_out] == [
        (role_id(25), Problem.ABOVE_EDITOR),
        (role_id(BOT_POSITION), Problem.MANAGED),
        (GUILD, Problem.EVERYONE),
        (JUNIOR.role_id, Problem.DANGEROUS),
    ]


def test_an_administrator_is_told_what_is_powerful_and_confirms_it() -> None:
    (placed,) = place(PanelFile((on(role_id(1), JUNIOR.role_id),), {}), HERE, OWNING)
    assert placed.powerful == {JUNIOR.role_id: BITS}
    assert [role.confirmed_permissions for role in placed.panel.roles] == [0, BITS]


def test_confirmations_are_never_taken_along() -> None:
    item = RoleSpec(0, JUNIOR.role_id, "x", confirmed_permissions=BITS)
    (placed,) = place(PanelFile((replace(on(), roles=(item,)),), {}), HERE, EDITING)
    assert not placed.panel.roles


def test_bundles_are_judged_and_powerful_only_with_the_panels_own_confirmation() -> None:
    item = RoleSpec(0, role_id(1), "x", bundle=(role_id(2), role_id(25), JUNIOR.role_id, role_id(1)))
    for author, reasons in ((EDITING, [Problem.ABOVE_EDITOR, Problem.DANGEROUS]), (OWNING, [Problem.DANGEROUS])):
        (placed,) = place(PanelFile((replace(on(), roles=(item,)),), {}), HERE, author)
        assert role_id(2) in placed.panel.roles[0].bundle
        assert JUNIOR.role_id not in placed.panel.roles[0].bundle
        assert role_id(1) not in placed.panel.roles[0].bundle
        assert [left.reason for left in placed.left_out] == reasons

    both = replace(on(JUNIOR.role_id), roles=(replace(item, bundle=(JUNIOR.role_id,)), RoleSpec(0, JUNIOR.role_id, "y")))
    (placed,) = place(PanelFile((both,), {}), HERE, OWNING)
    assert placed.panel.roles[0].bundle == (JUNIOR.role_id,)
    (placed,) = place(PanelFile((both,), {}), HERE, EDITING)
    assert [role.bundle for role in placed.panel.roles] == [()]


def test_a_missing_required_role_is_never_dropped_in_silence() -> None:
    rule = Requirement((STRANGE, role_id(1)), True, (78, role_id(2)))
    item = RoleSpec(0, role_id(3), "x", requirement=Requirement((79,)))
    sketches = {STRANGE: RoleSketch("Member"), 79: RoleSketch("Adult")}
    file = PanelFile((replace(on(), requirement=rule, roles=(item,)),), sketches)
    placements = place(file, HERE, OWNING)
    assert set(placements[0].unmet) == {"Member", "Adult"}
    assert placements[0].panel.requirement == Requirement((role_id(1),), True, (role_id(2),))
    assert {role.name for role in missing_roles(placements, file)} == {"Member", "Adult"}


def test_a_rule_may_grow_stricter_but_not_looser() -> None:
    any_of = replace(on(), requirement=Requirement((STRANGE, role_id(1))))
    (placed,) = place(PanelFile((any_of,), {STRANGE: RoleSketch("Member")}), HERE, OWNING)
    assert (placed.panel.requirement, placed.unmet) == (Requirement((role_id(1),)), ())
    only = replace(on(), requirement=Requirement((STRANGE,)))
    assert place_again(only, replace(panel(0), requirement=Requirement((STRANGE,))), HERE, OWNING).panel == only
    assert place_again(only, panel(0), HERE, OWNING).unmet == (str(STRANGE),)


def test_what_a_panel_gives_out_now_stays_without_new_judgement() -> None:
    known = RoleSpec(3, JUNIOR.role_id, "Old", bundle=(role_id(25),), confirmed_permissions=BITS)
    now = replace(panel(0), roles=(known,))
    then = replace(on(JUNIOR.role_id, role_id(25), STRANGE), name="Before")
    then = replace(then, roles=(replace(then.roles[0], bundle=(role_id(25), role_id(26))), *then.roles[1:]))
    placed = place_again(then, now, HERE, EDITING)
    assert [(role.role_id, role.label, role.bundle, role.confirmed_permissions) for role in placed.panel.roles] == [
        (JUNIOR.role_id, f"Label {JUNIOR.role_id}", (role_id(25),), BITS)
    ]
    assert [(left.name, left.reason) for left in placed.left_out] == [
        (f"Label {role_id(25)}", Problem.ABOVE_EDITOR),
        (f"Label {STRANGE}", Problem.DELETED),
        (str(role_id(26)), Problem.ABOVE_EDITOR),
    ]


@given(st.lists(st.integers(1, 30), unique=True, max_size=8), st.integers(0, 30))
def test_what_is_placed_in_the_same_guild_is_the_same(numbers: list[int], extra: int) -> None:
    before = on(*map(role_id, numbers))
    first = place(PanelFile((before,), {}), HERE, OWNING)
    assert first[0].panel == before
    assert digest(first) == digest(place(PanelFile((before,), {}), HERE, OWNING)) < 10**18
    other = place(PanelFile((on(*map(role_id, [*numbers, extra])),), {}), HERE, OWNING)
    assert (digest(other) == digest(first)) == (other == first)


def test_a_role_that_many_bundles_name_is_left_out_once() -> None:
    roles = tuple(RoleSpec(0, role_id(number), "x", bundle=(10, 11)) for number in range(1, 4))
    (placed,) = place(PanelFile((replace(panel(0), roles=roles),), {}), HERE, OWNING)
    assert [left.name for left in placed.left_out] == ["10", "11"]


@pytest.mark.parametrize(
    ("label", "label_set", "expected"),
    [
        ("Old name", False, ("Role 1", False)),
        ("Role 1", True, ("Role 1", False)),
        ("Chosen", True, ("Chosen", True)),
    ],
)
def test_a_label_that_nobody_set_is_the_name_that_the_role_has_here(label: str, label_set: bool, expected: tuple[str, bool]) -> None:
    wanted = replace(on(), roles=(RoleSpec(0, role_id(1), label, label_set=label_set),))
    (placed,) = place(PanelFile((wanted,), {}), HERE, OWNING)
    (role,) = placed.panel.roles
    assert (role.label, role.label_set) == expected
