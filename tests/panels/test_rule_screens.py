"""The screens and forms of rules within Discord's limits, in every language, and what they tell."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cogs.panels.editor.rules import forms, screens
from cogs.panels.editor.rules.screens import Rules
from cogs.panels.editor.view import View
from core.components import Payload
from core.i18n import available, translator
from core.markup import escape
from domain.custom_id import decode
from domain.durations import LONGEST
from domain.panels import Mode, PanelSpec, Requirement
from domain.plan import Refusal
from domain.role_safety import Problem
from tests.panels.builders import facts, panel, role_id
from tests.schemas import request_errors

CALLBACK = "/interactions/1000000000000000000/token/callback"
MANY = tuple(role_id(number) for number in range(1, 26))
RULE = Requirement(MANY, True, tuple(role_id(number) for number in (26, 27, 99)))
TERMS = {"duration": LONGEST - 60, "capacity": 1_000_000, "bundle": MANY[1:], "requirement": RULE}
FULL = panel(1, name="N" * 100, requirement=RULE, link_group="G" * 100, sticky=True, min_roles=1, max_roles=500)
FULL = replace(FULL, roles=(replace(FULL.roles[0], label="L" * 80, **TERMS),))
SCREENS: list[Callable[[Rules], Payload]] = [
    screens.behaviour,
    lambda rules: screens.role_rules(rules, rules.view.panel.roles[0], [escape("x" * 300)] * 25),
    lambda rules: screens.who(rules, None),
    lambda rules: screens.who(rules, rules.view.panel.roles[0]),
]


def rules(spec: PanelSpec, locale: str = "en-US", linked: tuple[PanelSpec, ...] = (), sees_members: bool = True) -> Rules:
    return Rules(View(spec, (), facts(30), True, translator(locale)), linked, sees_members)


def text(payload: Payload) -> str:
    return payload["embeds"][0]["description"]


def parts(payload: Payload) -> dict[str, dict[str, Any]]:
    """The components by their verb."""
    return {decode(part["custom_id"]).verb: part for row in payload["components"] for part in row["components"]}


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize("spec", [panel(1), FULL], ids=["plain", "full"])
@pytest.mark.parametrize("screen", SCREENS)
def test_discord_takes_every_screen(screen: Callable[[Rules], Payload], spec: PanelSpec, locale: str) -> None:
    payload = screen(rules(spec, locale, (FULL,) * 200, sees_members=False))
    assert request_errors("POST", CALLBACK, {"type": 7, "data": payload}) == []
    assert len(payload["content"]) <= 2000
    assert len(text(payload)) + len(payload["embeds"][0]["title"]) <= 6000
    custom_ids = [part["custom_id"] for row in payload["components"] for part in row["components"]]
    assert len(set(custom_ids)) == len(custom_ids)
    assert all(decode(custom_id).args[0] == spec.panel_id for custom_id in custom_ids)


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize(
    "modal",
    [forms.limits_modal, forms.link_modal, lambda spec, t: forms.terms_modal(spec, spec.roles[0], t)],
)
def test_discord_takes_every_modal(modal: Callable[..., Payload], locale: str) -> None:
    payload = modal(FULL, translator(locale))
    assert request_errors("POST", CALLBACK, {"type": 9, "data": payload}) == []
    assert len(payload["title"]) <= 45
    assert all(len(field["label"]) <= 45 and len(field.get("description", "")) <= 100 for field in payload["components"])


@pytest.mark.parametrize(
    ("spec", "linked", "told"),
    [
        (panel(1), (), "How many roles: as many as a member likes"),
        (panel(1, min_roles=2), (), "How many roles: at least 2"),
        (panel(1, max_roles=3), (), "How many roles: at most 3"),
        (panel(1, min_roles=2, max_roles=3), (), "How many roles: 2 to 3"),
        (panel(1, mode=Mode.UNIQUE, max_roles=3), (), "How many roles: at most 1"),
        (panel(1, mode=Mode.PERMANENT), (), "How many roles: at most 1"),
        (panel(1, link_group="g"), (panel(1, max_roles=2),), "How many roles: at most 2"),
        (panel(1), (), "Linked panels: none"),
        (panel(1, link_group="g"), (panel(1, name="A"), panel(1, name="B_")), r"Linked panels in the group **g**: **A**, **B\_**"),
        (panel(1, link_group="g"), (), "Linked panels in the group **g**: –"),
        (panel(1), (), "Who may: everyone"),
    ],
)
def test_the_behaviour_is_told(spec: PanelSpec, linked: tuple[PanelSpec, ...], told: str) -> None:
    assert told in text(screens.behaviour(rules(spec, linked=linked))).splitlines()


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Requirement(), "everyone"),
        (Requirement((role_id(1), role_id(2))), f"needs one of <@&{role_id(1)}> <@&{role_id(2)}>"),
        (Requirement((role_id(1),), needs_all=True), f"needs all of <@&{role_id(1)}>"),
        (Requirement((role_id(1),), False, (role_id(2),)), f"needs one of <@&{role_id(1)}> · not with <@&{role_id(2)}>"),
    ],
)
def test_requirements_are_told(rule: Requirement, told: str) -> None:
    assert screens.requirement_words(rule, rules(panel(1)).view) == told


def test_the_terms_of_a_role_are_told() -> None:
    spec = panel(1)
    role = replace(spec.roles[0], duration=90_000, capacity=5, capacity_counts_all=True, bundle=(role_id(2),))
    lines = text(screens.role_rules(rules(spec), role)).splitlines()
    assert "Members keep it for: 1 day 1 hour" in lines
    assert "Places: 5, counting everyone who has the role" in lines
    assert f"Given along with it: <@&{role_id(2)}>" in lines


@pytest.mark.parametrize(
    ("sticky", "sees_members", "disabled", "turns_to"),
    [(False, True, False, 1), (True, True, False, 0), (False, False, True, 1), (True, False, False, 0)],
)
def test_what_needs_members_can_be_switched_on_only_where_it_works(sticky: bool, sees_members: bool, disabled: bool, turns_to: int) -> None:
    payload = screens.behaviour(rules(panel(1, sticky=sticky), sees_members=sees_members))
    switch = parts(payload)["panels.sticky"]
    assert (switch["disabled"], decode(switch["custom_id"]).args[1]) == (disabled, turns_to)
    assert ("MEMBERS_INTENT" in text(payload)) is not sees_members


def test_a_deleted_role_is_no_longer_preselected() -> None:
    spec = panel(1, requirement=Requirement((role_id(1), role_id(99))))
    shown = parts(screens.who(rules(spec), None))["panels.required"]["default_values"]
    assert [value["id"] for value in shown] == [str(role_id(1))]


def test_why_a_role_is_not_given_along() -> None:
    told = screens.refused_in_bundle([Refusal(role_id(99), Problem.DELETED)], rules(panel(1)).view)
    assert told == [f"**{role_id(99)}** no longer exists."]
