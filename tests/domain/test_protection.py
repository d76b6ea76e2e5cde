"""How far a needed role protects a powerful one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.panels import Mode, PanelSpec, Requirement
from domain.permissions import Permission
from domain.protection import Gap, Protection
from domain.role_safety import GuildFacts, RoleFacts
from tests.domain.facts import guild, panel

STRONG, GIVER, MANAGER = 14, 13, 12  # in this order from above; 10 and 11 stand below them
MANAGES = Permission.MANAGE_ROLES.value


def facts(giver: int = 0, *more: RoleFacts) -> GuildFacts:
    """A guild where role 14 may ban, and the giver has these permissions."""
    strong = RoleFacts(STRONG, "strong", STRONG, Permission.BAN_MEMBERS.value)
    roles = (strong, RoleFacts(GIVER, "giver", GIVER, giver), *more)
    return replace(guild(), roles=guild().roles | {role.role_id: role for role in roles})


def offering(role_id: int, *needed: int, mode: Mode = Mode.TOGGLE, bundled: int | None = None) -> PanelSpec:
    """Another panel that gives a role, or brings it along, to who holds what is needed."""
    spec = panel(role_id if bundled is None else bundled, mode=mode)
    bundle = () if bundled is None else (role_id,)
    return replace(spec, panel_id=8, roles=(replace(spec.roles[0], bundle=bundle, requirement=Requirement(needed)),))


def gaps(around: GuildFacts, rule: Requirement, *panels: PanelSpec, managers: tuple[int, ...] = (), role_id: int = STRONG) -> list[Gap]:
    """The gaps of a role that a rule protects."""
    (item,) = panel(role_id).roles
    examined = panel(role_id)
    return [gap for _, gap in Protection(around, managers, panels).gaps(examined, replace(item, requirement=rule))]


NEEDS_10, ANY, BOTH = Requirement((10,)), Requirement((10, 11)), Requirement((10, 11), needs_all=True)
GIVEN, TAKEN = Gap(10, (GIVER,)), Gap(10, panel_id=8)


@pytest.mark.parametrize(
    ("around", "rule", "panels", "expected"),
    [
        (facts(), NEEDS_10, (), []),
        (facts(), Requirement(), (offering(10),), []),  # nothing protects it, nothing to say of a needed role
        (facts(MANAGES), NEEDS_10, (), [GIVEN]),
        (facts(Permission.ADMINISTRATOR.value), NEEDS_10, (), [GIVEN]),  # below the powerful role nobody gives it
        (facts(Permission.BAN_MEMBERS.value), NEEDS_10, (), []),
        (facts(0, RoleFacts(15, "high", 15, MANAGES)), NEEDS_10, (), []),  # who could give the powerful role is no way around
        (facts(0, RoleFacts(11, "bot", 11, MANAGES, managed=True)), NEEDS_10, (), []),
        (facts(), NEEDS_10, (offering(10),), [TAKEN]),
        (facts(), NEEDS_10, (offering(10, bundled=11),), [TAKEN]),
        (facts(), NEEDS_10, (offering(10, mode=Mode.REMOVE_ONLY),), []),
        (facts(), NEEDS_10, (offering(10, 12),), []),  # that one is protected itself
        (facts(MANAGES), NEEDS_10, (offering(10, 12),), [GIVEN]),
        (facts(), NEEDS_10, (offering(10, 12), replace(offering(12), panel_id=9)), [TAKEN]),
        (facts(), NEEDS_10, (offering(10, 12), replace(offering(12, 10), panel_id=9)), []),  # nobody can begin
        (facts(), BOTH, (offering(10),), []),  # the other one still protects it
        (facts(), ANY, (offering(10),), [TAKEN]),
        (facts(), BOTH, (offering(10), replace(offering(11), panel_id=9)), [TAKEN, Gap(11, panel_id=9)]),
    ],
)
def test_where_somebody_lower_hands_out_what_is_needed(
    around: GuildFacts, rule: Requirement, panels: tuple[PanelSpec, ...], expected: list[Gap]
) -> None:
    assert gaps(around, rule, *panels) == expected


def test_a_manager_role_hands_out_by_panels_what_stands_below_it() -> None:
    assert gaps(facts(), NEEDS_10, managers=(MANAGER,)) == [Gap(10, (MANAGER,))]
    assert gaps(facts(), Requirement((GIVER,)), managers=(MANAGER,)) == []


def test_a_role_without_power_needs_no_protection() -> None:
    assert gaps(facts(MANAGES), NEEDS_10, offering(10), role_id=11) == []


@given(st.lists(st.tuples(st.integers(10, 13), st.lists(st.integers(10, 13), max_size=2)), max_size=6), st.integers(10, 13))
def test_more_panels_never_protect_better(offers: list[tuple[int, list[int]]], needed: int) -> None:
    panels = [offering(role_id, *needs) for role_id, needs in offers]
    found = [bool(gaps(facts(), Requirement((needed,)), *panels[:count])) for count in range(len(panels) + 1)]
    assert found == sorted(found)
