"""The doctor's screen within Discord's limits, in every language, and what it offers to whom."""

from typing import Any

import pytest

from cogs.panels.diagnosis.screens import FINDINGS_PER_PAGE, Report, report_screen
from cogs.panels.diagnosis.words import WORDS, Names, finding_text
from core.components import IS_COMPONENTS_V2, Payload
from core.i18n import available, translator
from core.markup import escape
from domain import clock
from domain.custom_id import decode
from domain.diagnosis import Cause, Finding, Mend, Severity
from domain.panels import RoleSpec
from domain.permissions import DANGEROUS
from tests.panels.builders import english, facts, panel, role_id
from tests.schemas import request_errors

CALLBACK = "/interactions/1000000000000000000/token/callback"
LONG = panel(name="N" * 100, link_group="G" * 100, min_roles=500, roles=tuple(RoleSpec(n, role_id(n), "L" * 80) for n in range(1, 30)))
NAMES = Names("B" * 32, facts(30), {LONG.panel_id: LONG})


def finding(cause: Cause, mend: Mend | None = None) -> Finding:
    """A finding with everything that any sentence could name, as long as it gets."""
    roles = tuple(role_id(number) for number in range(1, 26))
    return Finding(cause, Severity.BROKEN, mend, LONG.panel_id, 1, roles, 10**18, DANGEROUS.value)


def report(*findings: Finding, by_administrator: bool = True, scope: int = 0, unseen: int = 0) -> Report:
    return Report(scope, list(findings), NAMES, 1, 0, unseen, by_administrator, clock.now())


def walk(components: list[Payload]) -> list[Payload]:
    found: list[Payload] = []
    for part in components:
        inner = [*part.get("components", ()), *([part["accessory"]] if "accessory" in part else [])]
        found += [part, *walk(inner)]
    return found


def texts(payload: Payload) -> list[str]:
    return [part["content"] for part in walk(payload["components"]) if "content" in part]


def buttons(payload: Payload) -> dict[str, Any]:
    return {part["label"]: part for part in walk(payload["components"]) if "custom_id" in part}


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize("number", [0, 1, 3, 99])
def test_discord_takes_every_page(locale: str, number: int) -> None:
    everything = [finding(cause, mend) for cause in Cause for mend in (None, Mend.DROP_STALE)]
    payload = report_screen(report(*everything, unseen=9), translator(locale), number, [escape("x" * 300)] * 9)
    assert payload["flags"] == IS_COMPONENTS_V2
    assert request_errors("POST", CALLBACK, {"type": 7, "data": payload}) == []
    parts = walk(payload["components"])
    assert len(parts) <= 40
    assert sum(map(len, texts(payload))) <= 4000
    custom_ids = [part["custom_id"] for part in parts if "custom_id" in part]
    assert len(set(custom_ids)) == len(custom_ids)
    assert all(decode(custom_id).args[0] == 0 for custom_id in custom_ids)


def test_every_finding_is_on_one_page() -> None:
    everything = [finding(cause) for cause in Cause]
    shown: list[str] = []
    for number in range(len(everything)):
        payload = report_screen(report(*everything), english(), number)
        page = texts(payload)[1:]
        assert len(page) <= FINDINGS_PER_PAGE
        shown += page
        if buttons(payload).get("Next ▶", {"disabled": True})["disabled"]:
            break
    assert shown == [finding_text(each, NAMES, english()) for each in everything]


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_its_words(cause: Cause, locale: str) -> None:
    text = finding_text(finding(cause), NAMES, translator(locale))
    found, meaning, step = WORDS[cause]
    assert len(text.splitlines()) == 2 + (step is not None)
    assert "{" not in text
    assert found != meaning


def test_what_only_an_administrator_may_is_offered_to_nobody_else() -> None:
    dangerous = finding(Cause.ROLE_DANGEROUS, Mend.CONFIRM)
    assert "Confirm its permissions" in buttons(report_screen(report(dangerous), english()))
    assert "Confirm its permissions" not in buttons(report_screen(report(dangerous, by_administrator=False), english()))


def test_nothing_to_mend_is_said_so() -> None:
    payload = report_screen(report(), english())
    assert "🟢 Everything is in order." in texts(payload)[0]
    assert list(buttons(payload)) == ["Check again"]


def test_what_was_not_looked_at_is_said() -> None:
    assert "3 messages were not looked at" in texts(report_screen(report(unseen=3), english()))[0]


def test_two_mends_of_one_role_do_not_collide() -> None:
    both = (finding(Cause.BUNDLE_DELETED, Mend.DROP_STALE), finding(Cause.RULES_STALE, Mend.DROP_STALE))
    payload = report_screen(report(*both), english())
    custom_ids = {part["custom_id"] for part in walk(payload["components"]) if "custom_id" in part}
    assert len(custom_ids) == 3
