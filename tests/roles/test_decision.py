"""What a click asks for: the panel, its items and what a select offered are claims until they were looked at."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from cogs.roles.decision import Board, Click, Decision, decide
from domain.panels import PanelSpec
from domain.role_safety import Problem
from tests.domain.facts import GUILD, ORDINARY, guild, panel

R, G, B, TEAL, PINK, _ = ORDINARY
PANEL = panel(R, G, B)
MEMBER = 77


def item(role_id: int) -> int:
    return 1000 + role_id


def decided(*role_ids: int, held: Collection[int] = (), on: PanelSpec | None = PANEL, may_wait: bool = False, **about: Any) -> Decision:
    """The decision on a click on these roles by a member who holds others."""
    plain = {"toggles": True, "guild_id": GUILD, "token": "", "locale": None, "channel_id": 0, "message_id": 0, "panel_id": 7}
    click = Click(interaction_id=1, application_id=2, member_id=MEMBER, item_ids=tuple(map(item, role_ids)), **plain | about)
    return decide(Board(on) if on else None, click, frozenset(held), guild(), may_wait=may_wait)


def refused(decision: Decision) -> list[tuple[int, Problem]]:
    assert decision.plan.empty
    return [(refusal.role_id, refusal.problem) for refusal in decision.plan.refusals]


@pytest.mark.parametrize("on", [None, replace(PANEL, guild_id=GUILD + 1)], ids=["deleted", "of another server"])
def test_a_panel_that_is_not_here(on: PanelSpec | None) -> None:
    assert refused(decided(R, on=on)) == [(0, Problem.PANEL_DELETED)]


def test_an_item_that_is_not_on_the_panel() -> None:
    assert refused(decided(PINK)) == [(0, Problem.NOT_ON_PANEL)]


def test_a_button_changes_its_own_role_alone() -> None:
    plan = decided(R, held={G, B}).plan
    assert (plan.add, plan.remove) == ((R,), ())


def test_a_select_gives_back_what_it_offered_and_nothing_else() -> None:
    plan = decided(R, held={G, B, TEAL}, toggles=False, offered_ids=(item(R), item(G), item(TEAL))).plan
    assert (plan.add, plan.remove, plan.refusals) == ((R,), (G,), ())


def test_who_was_not_admitted_yet_gets_nothing() -> None:
    assert refused(decided(R, pending=True)) == [(R, Problem.PENDING)]
    assert refused(decided(R, pending=True, may_wait=True)) == [(R, Problem.PENDING)]
    waiting = replace(PANEL, wait_for_screening=True)
    assert refused(decided(R, on=waiting, pending=True)) == [(R, Problem.PENDING)]
    assert refused(decided(R, on=waiting, pending=True, may_wait=True)) == [(R, Problem.WAITS_FOR_SCREENING)]


def test_a_click_survives_the_database() -> None:
    click = Click(1, 2, "token", "ja", GUILD, 4, 5, MEMBER, 7, (1, 2), toggles=False, offered_ids=(1, 2, 3), role_ids=(9,))
    stored = {name: list(value) if isinstance(value, tuple) else value for name, value in click.to_json().items()}  # as JSON has it
    assert Click.from_json(stored) == replace(click, role_ids=None)
    assert Click.from_json(stored | {"app_permissions": None}) == Click.from_json(stored)  # as an older bot wrote it
