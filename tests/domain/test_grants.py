"""What is written down of roles that a plan gives."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.grants import Grant, grants
from domain.panels import RoleSpec
from domain.plan import Pick, RolePlan, plan
from tests.domain.facts import guild, panel

R, G, B, PACK = 10, 11, 12, 13
AT = datetime(2030, 1, 1, tzinfo=UTC)
HOUR, DAY = 3600, 86400


def specs(*roles: RoleSpec) -> tuple[Grant, ...]:
    """The grants of picking all of these in a dropdown."""
    spec = replace(panel(), roles=roles)
    return grants(spec, plan(spec, frozenset(), Pick(tuple(role.role_id for role in roles), toggles=False), guild()))


def test_a_role_takes_a_place_and_ends() -> None:
    (grant,) = specs(RoleSpec(1, R, "R", duration=HOUR, capacity=5, capacity_counts_all=True))
    assert grant == Grant(R, 1, 5, True, HOUR)
    assert grant.ends(AT) == AT + timedelta(hours=1)
    assert Grant(R).ends(AT) is None


def test_a_bundle_lasts_as_long_as_its_item_and_takes_one_place() -> None:
    assert specs(RoleSpec(1, PACK, "P", duration=DAY, capacity=2, bundle=(R, G))) == (
        Grant(PACK, 1, 2, duration=DAY),
        Grant(R, duration=DAY),
        Grant(G, duration=DAY),
    )


def test_a_bundled_role_takes_its_own_place_on_the_panel() -> None:
    spec = replace(panel(), roles=(RoleSpec(1, PACK, "P", bundle=(R,)), RoleSpec(2, R, "R", capacity=3, duration=HOUR)))
    decided = plan(spec, frozenset(), Pick((PACK,)), guild())
    assert grants(spec, decided) == (Grant(PACK, 1), Grant(R, 2, 3, duration=HOUR))


def test_of_two_items_that_bring_a_role_the_longer_counts() -> None:
    short, long = RoleSpec(1, R, "R", duration=HOUR, bundle=(B,)), RoleSpec(2, G, "G", duration=DAY, bundle=(B,))
    endless = RoleSpec(3, B, "B")
    assert {grant.role_id: grant.duration for grant in specs(short, long)} == {R: HOUR, G: DAY, B: DAY}
    assert {grant.role_id: grant.duration for grant in specs(short, endless)} == {R: HOUR, B: None}


def test_what_is_taken_off_leaves_no_grant() -> None:
    assert grants(panel(R), RolePlan(remove=(R,))) == ()


@pytest.mark.parametrize(
    ("whole", "own", "lasting"), [(None, HOUR, HOUR), (HOUR, 2 * HOUR, HOUR), (2 * HOUR, HOUR, HOUR), (HOUR, None, HOUR)]
)
def test_a_bundled_role_lasts_no_longer_than_its_own_item_says(whole: int | None, own: int | None, lasting: int) -> None:
    spec = replace(panel(), roles=(RoleSpec(1, PACK, "P", bundle=(R,), duration=whole), RoleSpec(2, R, "R", duration=own)))
    made = grants(spec, plan(spec, frozenset(), Pick((PACK,)), guild()))
    assert {grant.role_id: grant.duration for grant in made}[R] == lasting
