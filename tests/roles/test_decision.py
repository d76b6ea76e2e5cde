"""What a click asks for: the panel, its items and what a select offered are claims until they were looked at."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from cogs.roles.decision.decision import Board, Click, Decision, decide, decide_again
from domain.panels import Mode, PanelSpec, Requirement
from domain.plan import RolePlan
from domain.role_safety import Problem
from tests.domain.facts import DANGEROUS, GUILD, ORDINARY, guild, panel
from tests.domain.test_rules import with_role

R, G, B, TEAL, PINK, _ = ORDINARY
PANEL = panel(R, G, B)
MEMBER = 77


def item(role_id: int) -> int:
    return 1000 + role_id


def decided(*role_ids: int, held: Collection[int] = (), on: PanelSpec | None = PANEL, may_wait: bool = False, **about: Any) -> Decision:
    """The decision on a click on these roles by a member who holds others."""
    return decide(Board(on) if on else None, click(*role_ids, **about), frozenset(held), guild(), may_wait=may_wait)


def click(*role_ids: int, **about: Any) -> Click:
    plain = {"toggles": True, "guild_id": GUILD, "token": "", "locale": None, "channel_id": 0, "message_id": 0, "panel_id": 7}
    return Click(interaction_id=1, application_id=2, member_id=MEMBER, item_ids=tuple(map(item, role_ids)), **plain | about)


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


def later(pressed: Click, held: Collection[int], now: Collection[int], on: PanelSpec = PANEL, then: PanelSpec | None = PANEL) -> RolePlan:
    """What becomes of a click by a member who held some roles, when its turn comes: they hold others then, and the panel was edited."""
    first = decide(Board(on), pressed, frozenset(held), guild())
    assert not first.plan.empty, "it was claimed"
    wish = first.wish(pressed)
    assert Click.from_json({name: list(value) if isinstance(value, tuple) else value for name, value in wish.to_json().items()}) == wish
    return decide_again(Board(then) if then else None, wish, first.plan, frozenset(now), guild(), frozenset(), {}).plan


PICKER = {"toggles": False, "offered_ids": (item(R), item(G), item(B))}
UNIQUE = replace(PANEL, mode=Mode.UNIQUE)
TURNS = [
    # click, held when clicked, held at the turn → add, remove, unchanged
    (click(R), (), (), (R,), (), ()),
    (click(R), (), (R,), (), (), (R,)),  # another bot gave it: it is not toggled off
    (click(R), (R,), (R,), (), (R,), ()),
    (click(R), (R,), (), (), (), (R,)),  # somebody took it: it is not given
    (click(R, G, **PICKER), (R,), (R,), (G,), (), (R,)),
    (click(R, G, **PICKER), (R,), (), (G,), (), (R,)),  # what was ticked and is gone is not put back
    (click(G, **PICKER), (R, B), (R,), (G,), (R,), (B,)),
]


@pytest.mark.parametrize(("pressed", "held", "now", "add", "remove", "unchanged"), TURNS)
def test_a_click_whose_turn_comes_later_means_what_it_meant(pressed, held, now, add, remove, unchanged) -> None:
    decided = later(pressed, held, now)
    assert (decided.add, decided.remove, decided.unchanged, decided.refusals) == (add, remove, unchanged, ())


RULES = [
    # panel then, held at the turn → refused
    (None, (), {R: Problem.PANEL_DELETED}),
    (panel(G, B), (), {R: Problem.NOT_ON_PANEL, 0: Problem.NOT_ON_PANEL}),
    (replace(PANEL, requirement=Requirement(required=(PINK,))), (), {R: Problem.REQUIRES_ANY}),
    (replace(PANEL, requirement=Requirement(blocked=(PINK,))), (PINK,), {R: Problem.BLOCKED}),
    (with_role(PANEL, R, requirement=Requirement(required=(PINK,))), (), {R: Problem.REQUIRES_ANY}),
    (replace(PANEL, max_roles=1), (G,), {R: Problem.MAXIMUM}),
    (replace(PANEL, mode=Mode.PERMANENT), (G,), {R: Problem.PERMANENT}),
    (with_role(PANEL, R, bundle=(TEAL, DANGEROUS)), (), {DANGEROUS: Problem.DANGEROUS}),
]


@pytest.mark.parametrize(("then", "now", "refused"), RULES)
def test_every_rule_is_asked_again(then: PanelSpec | None, now: tuple[int, ...], refused: dict[int, Problem]) -> None:
    decided = later(click(R), (), now, then=then)
    assert decided.empty
    assert {refusal.role_id: refusal.problem for refusal in decided.refusals} == refused


def test_one_at_a_time_is_one_when_the_turn_comes() -> None:
    decided = later(click(R), (), (G,), on=UNIQUE, then=UNIQUE)
    assert (decided.add, decided.remove) == ((R,), (G,))
    swapped = later(click(R, toggles=False), (R, G), (R, G, B), on=UNIQUE, then=UNIQUE)
    assert (swapped.add, set(swapped.remove), swapped.unchanged) == ((), {G, B}, (R,))


def test_a_click_from_before_the_bot_kept_what_it_asked_for() -> None:
    plan = RolePlan(remove=(R,))
    assert decide_again(Board(PANEL), click(R), plan, frozenset({R}), guild(), frozenset(), {}).plan.remove == (R,)
    assert decide_again(Board(PANEL), click(R), plan, frozenset(), guild(), frozenset(), {}).plan.empty


def test_what_waits_for_screening_counts_as_held() -> None:
    waiting = replace(PANEL, wait_for_screening=True, max_roles=1)

    def picked(role_id: int, waits: set[int], spec: PanelSpec = waiting) -> dict[int, Problem]:
        made = decide(Board(spec), click(role_id, pending=True), frozenset(), guild(), may_wait=True, waiting=frozenset(waits))
        assert made.plan.empty
        return {refusal.role_id: refusal.problem for refusal in made.plan.refusals}

    assert picked(R, set()) == {R: Problem.WAITS_FOR_SCREENING}
    assert picked(G, {R}) == {G: Problem.MAXIMUM}
    assert picked(R, {R}) == {R: Problem.WAITS_NO_LONGER}
    assert picked(G, {R}, replace(waiting, mode=Mode.PERMANENT)) == {G: Problem.PERMANENT}
    assert picked(G, {R}, replace(waiting, mode=Mode.UNIQUE)) == {G: Problem.WAITS_FOR_SCREENING, R: Problem.WAITS_NO_LONGER}


def test_a_click_survives_the_database() -> None:
    click = Click(1, 2, "token", "ja", GUILD, 4, 5, MEMBER, 7, (1, 2), toggles=False, offered_ids=(1, 2, 3), role_ids=(9,))
    stored = {name: list(value) if isinstance(value, tuple) else value for name, value in click.to_json().items()}  # as JSON has it
    assert Click.from_json(stored) == replace(click, role_ids=None)
    assert Click.from_json(stored | {"app_permissions": None}) == Click.from_json(stored)  # as an older bot wrote it
