"""The doctor's findings: each thing that can be wrong, alone; and nothing where nothing is wrong."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.diagnosis import Cause, FailingWork, Finding, Mend, PanelFacts, PostingFacts, ServerFacts, Severity, diagnose
from domain.panels import PanelSpec, Requirement
from domain.permissions import Permission
from domain.role_safety import GuildFacts, RoleFacts
from tests.domain.facts import ABOVE, DANGEROUS, GONE, GUILD, MANAGED, guild, panel

CHANNEL, DELETED_CHANNEL, LOG = 500, 501, 502
HERE = PostingFacts(CHANNEL)
LACKING = Permission.SEND_MESSAGES.value
HISTORY = Permission.READ_MESSAGE_HISTORY.value
SOON = datetime(2026, 1, 1, tzinfo=UTC)
FAILING = FailingWork("work", "abcd", SOON)
MESSAGES = Permission.MANAGE_MESSAGES.value


def server(**more: Any) -> ServerFacts:
    """A server where everything is in order."""
    return replace(ServerFacts(guild(), {CHANNEL: 0, LOG: 0}, audit_channel_id=LOG), **more)


def facts(spec: PanelSpec | None = None, **more: Any) -> PanelFacts:
    """A posted panel of one ordinary role."""
    return replace(PanelFacts(spec or panel(10), (HERE,)), **more)


def with_rules(**rules: Any) -> PanelFacts:
    """A posted panel whose only role has these rules."""
    spec = panel(10)
    return facts(replace(spec, roles=(replace(spec.roles[0], **rules),)))


def of_panel(cause: Cause, severity: Severity, mend: Mend | None = None, **more: Any) -> Finding:
    return Finding(cause, severity, mend, panel_id=7, **more)


def of_role(cause: Cause, severity: Severity, mend: Mend | None = None, role_id: int = 10, **more: Any) -> Finding:
    return Finding(cause, severity, mend, **({"panel_id": 7, "item_id": 1000 + role_id, "role_ids": (role_id,)} | more))


def of_posting(cause: Cause, severity: Severity, mend: Mend | None = None, channel_id: int = CHANNEL, permissions: int = 0) -> Finding:
    return Finding(cause, severity, mend, panel_id=7, channel_id=channel_id, permissions=permissions)


def with_power(*more: RoleFacts) -> GuildFacts:
    """The guild with a role 12 that may manage messages in some channel, and `more`."""
    strong = RoleFacts(12, "strong", 12, in_channels=MESSAGES)
    return replace(guild(), roles=guild().roles | {role.role_id: role for role in (strong, *more)})


def protected(needed: int) -> PanelFacts:
    """A posted panel of role 12, confirmed, for members with this role."""
    spec = panel(12, confirmed=MESSAGES)
    return facts(replace(spec, roles=(replace(spec.roles[0], requirement=Requirement((needed,))),)))


# Role 11, which may give roles by hand, stands above 10 and below 12.
GIVER = RoleFacts(11, "giver", 11, Permission.MANAGE_ROLES.value)
OTHER = replace(panel(10), panel_id=8)

HINT, WARNING, BROKEN = Severity.HINT, Severity.WARNING, Severity.BROKEN
CASES = [
    (server(guild=guild(may_manage=False)), facts(), Finding(Cause.NO_MANAGE_ROLES, BROKEN)),
    (server(owner_lacks_two_factor=True), facts(), Finding(Cause.TWO_FACTOR, BROKEN)),
    (server(audit_channel_id=None), facts(), Finding(Cause.AUDIT_OFF, HINT)),
    (server(audit_channel_id=DELETED_CHANNEL), facts(), Finding(Cause.AUDIT_GONE, WARNING)),
    (
        server(lacking={CHANNEL: 0, LOG: LACKING}),
        facts(),
        Finding(Cause.AUDIT_FORBIDDEN, WARNING, channel_id=LOG, permissions=LACKING),
    ),
    (server(manager_role_ids=(10, GONE)), facts(), Finding(Cause.MANAGER_DELETED, HINT, role_ids=(GONE,))),
    (server(manager_role_ids=(10,), closed_manager_role_ids=(10,)), facts(), Finding(Cause.MANAGER_CLOSED, WARNING, role_ids=(10,))),
    (server(held_back_until=SOON), facts(), Finding(Cause.HELD_BACK, BROKEN, until=SOON)),
    (server(failing=(FAILING,)), facts(), Finding(Cause.WORK_FAILS, WARNING, failing=FAILING, until=SOON)),
    (server(overdue_role_ids=(10,)), facts(), Finding(Cause.ENDS_OVERDUE, BROKEN, role_ids=(10,))),
    (server(), facts(panel()), of_panel(Cause.NO_ROLES, BROKEN)),
    (server(), facts(panel(), postings=()), of_panel(Cause.NO_ROLES, HINT)),
    (server(), facts(postings=()), of_panel(Cause.NOT_POSTED, HINT)),
    (server(sees_members=False), facts(replace(panel(10), sticky=True)), of_panel(Cause.MEMBERS_UNSEEN, WARNING)),
    (server(sees_members=False), facts(replace(panel(10), wait_for_screening=True)), of_panel(Cause.MEMBERS_UNSEEN, WARNING)),
    (server(), facts(replace(panel(10), link_group="colours")), of_panel(Cause.LINKED_ALONE, HINT)),
    (server(), facts(replace(panel(10), min_roles=2)), of_panel(Cause.MINIMUM_TOO_HIGH, WARNING)),
    (server(), facts(replace(panel(10), requirement=Requirement((GONE,)))), of_panel(Cause.REQUIRED_DELETED, BROKEN)),
    (server(), facts(replace(panel(10), requirement=Requirement((11, GONE)))), of_panel(Cause.RULES_STALE, HINT, Mend.DROP_STALE)),
    (server(), with_rules(requirement=Requirement((11, GONE), needs_all=True)), of_role(Cause.REQUIRED_DELETED, BROKEN)),
    (server(), with_rules(requirement=Requirement(blocked=(GONE,))), of_role(Cause.RULES_STALE, HINT, Mend.DROP_STALE)),
    (server(), facts(postings=(replace(HERE, missing=True),)), of_posting(Cause.MESSAGE_MISSING, BROKEN, Mend.REPOST)),
    (
        server(),
        facts(postings=(replace(HERE, channel_id=DELETED_CHANNEL),)),
        of_posting(Cause.CHANNEL_GONE, BROKEN, Mend.FORGET, DELETED_CHANNEL),
    ),
    (server(lacking={CHANNEL: LACKING, LOG: 0}), facts(), of_posting(Cause.CHANNEL_FORBIDDEN, WARNING, permissions=LACKING)),
    (
        server(lacking={CHANNEL: LACKING, LOG: 0}),
        facts(postings=(replace(HERE, missing=True),)),
        of_posting(Cause.CHANNEL_FORBIDDEN, BROKEN, permissions=LACKING),
    ),
    (server(), facts(postings=(replace(HERE, behind=True),)), of_posting(Cause.MESSAGE_BEHIND, WARNING, Mend.REFRESH)),
    (server(), facts(postings=(replace(HERE, unseen=HISTORY),)), of_posting(Cause.POST_UNKNOWN, WARNING, permissions=HISTORY)),
    (server(), facts(panel(GONE)), of_role(Cause.ROLE_DELETED, BROKEN, Mend.DROP_ROLE, GONE)),
    (server(), facts(panel(MANAGED)), of_role(Cause.ROLE_UNGIVABLE, BROKEN, Mend.DROP_ROLE, MANAGED)),
    (server(), facts(panel(GUILD)), of_role(Cause.ROLE_UNGIVABLE, BROKEN, Mend.DROP_ROLE, GUILD)),
    (server(), facts(panel(ABOVE)), of_role(Cause.ROLE_ABOVE_BOT, BROKEN, role_id=ABOVE)),
    (
        server(),
        facts(panel(DANGEROUS)),
        of_role(Cause.ROLE_DANGEROUS, BROKEN, Mend.CONFIRM, DANGEROUS, permissions=Permission.BAN_MEMBERS.value),
    ),
    (
        server(guild=with_power()),
        facts(replace(panel(12), roles=(replace(panel(12).roles[0], grandfathered=((12, MESSAGES),)),))),
        of_role(Cause.ROLE_GRANDFATHERED, WARNING, Mend.CONFIRM, 12, permissions=MESSAGES),
    ),
    (
        server(guild=with_power()),
        with_rules(bundle=(12,), grandfathered=((12, MESSAGES),)),
        of_role(Cause.BUNDLE_GRANDFATHERED, WARNING, role_ids=(10, 12)),
    ),
    (
        server(guild=with_power(GIVER)),
        protected(10),
        of_role(Cause.NEEDED_ROLE_GIVEN, WARNING, role_id=12, role_ids=(12, 10), by_role_ids=(11,)),
    ),
    (
        server(guild=with_power(), panels=(OTHER,)),
        protected(10),
        of_role(Cause.NEEDED_ROLE_ON_PANEL, WARNING, role_id=12, role_ids=(12, 10), other_panel_id=8),
    ),
    (server(), facts(gone_emojis=frozenset({1010})), of_role(Cause.EMOJI_GONE, HINT, Mend.DROP_EMOJI)),
    (
        server(),
        replace(with_rules(emoji="🫪"), refused_emojis=frozenset({1010})),
        of_role(Cause.EMOJI_REFUSED, HINT, Mend.DROP_EMOJI),
    ),
    (
        server(),
        replace(with_rules(emoji="<:vip:123456789012345678>"), refused_emojis=frozenset({1010})),
        of_role(Cause.EMOJI_FOR_OTHERS, HINT, Mend.DROP_EMOJI),
    ),
    (server(), with_rules(bundle=(11, GONE)), of_role(Cause.BUNDLE_DELETED, BROKEN, Mend.DROP_STALE)),
    (server(), with_rules(bundle=(11, ABOVE, DANGEROUS)), of_role(Cause.BUNDLE_STUCK, BROKEN, role_ids=(10, ABOVE, DANGEROUS))),
]


@pytest.mark.parametrize(("surroundings", "examined", "expected"), CASES, ids=[case[2].cause.value for case in CASES])
def test_each_thing_that_is_wrong_is_found_alone(surroundings: ServerFacts, examined: PanelFacts, expected: Finding) -> None:
    assert diagnose(surroundings, (examined,)) == [expected]


def test_every_cause_stands_in_the_table() -> None:
    assert {case[2].cause for case in CASES} == set(Cause)


def test_a_healthy_panel_with_every_rule_has_no_findings() -> None:
    rule = Requirement((11,), True, (12,))
    healthy = with_rules(bundle=(13,), duration=60, capacity=1, requirement=rule)
    spec = replace(healthy.spec, requirement=rule, link_group="colours", sticky=True, wait_for_screening=True, min_roles=3)
    assert diagnose(server(manager_role_ids=(10,)), (replace(healthy, spec=spec, linked=1),)) == []


def test_confirmed_permissions_are_no_finding() -> None:
    confirmed = panel(DANGEROUS, confirmed=Permission.BAN_MEMBERS.value)
    assert diagnose(server(), (facts(confirmed),)) == []


def test_a_confirmed_role_of_the_panel_may_come_along() -> None:
    spec = panel(10, DANGEROUS, confirmed=Permission.BAN_MEMBERS.value)
    bundled = replace(spec, roles=(replace(spec.roles[0], bundle=(DANGEROUS,)), spec.roles[1]))
    assert diagnose(server(), (facts(bundled),)) == []


def test_without_panels_nothing_is_broken_yet() -> None:
    surroundings = server(guild=guild(may_manage=False), owner_lacks_two_factor=True)
    assert [(finding.cause, finding.severity) for finding in diagnose(surroundings, ())] == [
        (Cause.NO_MANAGE_ROLES, WARNING),
        (Cause.TWO_FACTOR, WARNING),
    ]


@given(st.lists(st.sampled_from(CASES), max_size=6))
def test_the_worst_comes_first_and_nothing_hides_another(cases: list[tuple[ServerFacts, PanelFacts, Finding]]) -> None:
    panels = tuple(examined for surroundings, examined, _ in cases if surroundings == server())
    expected = [finding for surroundings, _, finding in cases if surroundings == server()]
    found = diagnose(server(), panels)
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    assert [finding.severity for finding in found] == sorted((finding.severity for finding in found), reverse=True)
