"""What a member is told of very many roles at once: all that fits, and how much did not."""

import pytest

from cogs.roles.change.applier import Applied
from cogs.roles.decision.answers import MESSAGE_MAX, describe
from cogs.roles.decision.decision import Outcome
from core.i18n import available, translator
from domain.panels import PanelSpec, RoleSpec
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem

IDS = tuple(10**18 + number for number in range(500))
PANEL = PanelSpec(7, 1, "Colours", "Colours", 1, roles=tuple(RoleSpec(n, role_id, "L") for n, role_id in enumerate(IDS)))


def outcome(plan: RolePlan, applied: Applied, holds: frozenset[int]) -> Outcome:
    return Outcome(PANEL, plan, applied, holds, guild_role_ids=frozenset(IDS))


@pytest.mark.parametrize("locale", available())
def test_five_hundred_roles_given_back_at_once(locale: str) -> None:
    t = translator(locale)
    text = describe(outcome(RolePlan(remove=IDS), Applied(removed=IDS), frozenset()), t)
    assert text.endswith(t("You now hold no role of this panel."))
    assert t("… and {n} more", n=475) in text
    assert text.count("<@&") == text.count(">") == 25


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize("problem", [Problem.TWO_FACTOR, Problem.BUSY])
def test_reasons_that_find_no_room_are_counted(locale: str, problem: Problem) -> None:
    t = translator(locale)
    refused = tuple(Refusal(role_id, problem) for role_id in IDS[:25])
    text = describe(outcome(RolePlan(refusals=refused), Applied(), frozenset(IDS[25:])), t)
    *reasons, more, holds = text.split("\n")
    assert len(text) <= MESSAGE_MAX
    assert more == t("… and {n} more", n=25 - len(reasons))
    assert t("… and {n} more", n=450) in holds


def test_a_few_are_all_named() -> None:
    text = describe(outcome(RolePlan(add=IDS[:2]), Applied(added=IDS[:2]), frozenset(IDS[:2])), translator("en"))
    both = f"<@&{IDS[0]}>, <@&{IDS[1]}>"
    assert text == f"Added: {both}.\nYou now hold from this panel: {both}."
