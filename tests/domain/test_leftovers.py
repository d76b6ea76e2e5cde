"""What goes from a panel when its guild deletes things, and what must not."""

import pytest

from domain.leftovers import guarded, leftovers, mended
from domain.panels import PanelSpec, Requirement, RoleSpec

ROLES, EMOJIS = frozenset({1, 2, 3}), frozenset({77})
NO_RULE = Requirement()


def panel(*roles: RoleSpec, requirement: Requirement = NO_RULE) -> PanelSpec:
    return PanelSpec(1, 1, "Panel", "Panel", 1, requirement=requirement, roles=roles)


def role(role_id: int, **more: object) -> RoleSpec:
    return RoleSpec(role_id * 10, role_id, f"role {role_id}", **more)  # pyright: ignore[reportArgumentType]


def test_deleted_roles_are_found() -> None:
    found = leftovers(panel(role(1), role(9)), ROLES, EMOJIS)
    assert [gone.role_id for gone in found.roles] == [9]


@pytest.mark.parametrize(
    ("emoji", "deleted"), [(None, False), ("🎨", False), ("<:party:77>", False), ("<:party:78>", True), ("<a:party:78>", True)]
)
def test_deleted_emojis_are_found(emoji: str | None, deleted: bool) -> None:
    assert bool(leftovers(panel(role(1, emoji=emoji)), ROLES, EMOJIS).emojis) is deleted


def test_the_emoji_of_a_deleted_role_is_not_named_beside_it() -> None:
    assert not leftovers(panel(role(9, emoji="<:party:78>")), ROLES, EMOJIS).emojis


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Requirement(required=(1, 9)), Requirement(required=(1,))),
        (Requirement(required=(1, 9), needs_all=True), Requirement(required=(1, 9), needs_all=True)),
        (Requirement(required=(9,)), Requirement(required=(9,))),
        (Requirement(blocked=(2, 9)), Requirement(blocked=(2,))),
    ],
)
def test_a_rule_never_gets_weaker(rule: Requirement, expected: Requirement) -> None:
    assert mended(rule, ROLES) == expected


@pytest.mark.parametrize(
    ("rule", "never_met"),
    [
        (Requirement(required=(1, 9)), ()),
        (Requirement(required=(1, 9), needs_all=True), (9,)),
        (Requirement(required=(9,)), (9,)),
        (Requirement(blocked=(9,)), ()),
    ],
)
def test_what_nobody_can_meet_any_more_is_named(rule: Requirement, never_met: tuple[int, ...]) -> None:
    assert leftovers(panel(role(1), requirement=rule), ROLES, EMOJIS).never_met == never_met
    assert leftovers(panel(role(1, requirement=rule)), ROLES, EMOJIS).never_met == never_met


@pytest.mark.parametrize(
    ("gone", "bundle", "guards"),
    [
        pytest.param({"requirement": Requirement((2,))}, (9,), {9}, id="its rule binds what brings it along"),
        pytest.param({"capacity": 3}, (9,), {9}, id="so do its places"),
        pytest.param({}, (9,), set(), id="without rules it holds nothing back"),
        pytest.param({"requirement": Requirement((2,))}, (), set(), id="nothing brings it along"),
    ],
)
def test_a_deleted_role_stays_whose_rules_hold_another_back(gone: dict[str, object], bundle: tuple[int, ...], guards: set[int]) -> None:
    assert guarded(panel(role(1, bundle=bundle), role(9, **gone)), ROLES) == guards
