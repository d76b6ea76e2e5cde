"""The editor's screens and modals within Discord's limits, in every language, and what they tell."""

from collections.abc import Callable
from typing import Any

import pytest

from cogs.panels.editor import forms, screens
from cogs.panels.editor.appearance import screens as look_screens
from cogs.panels.editor.channels import screens as posting_screens
from cogs.panels.editor.order import screens as arranging_screens
from cogs.panels.editor.view import View, states
from cogs.panels.posting.postings import Condition, Posting
from cogs.panels.ui.words import REFUSED, REFUSED_SEVERAL, WARNINGS
from core.components import Payload, fit
from core.i18n import available, translator
from core.markup import escape
from core.permission_names import NAMES, permission_names
from domain.custom_id import decode
from domain.panels import FOOTER_MAX, URL_MAX, Appearance, ButtonColour, PanelSpec, RoleSpec
from domain.permissions import DANGEROUS
from domain.plan import Refusal
from domain.role_safety import Problem, RoleFacts
from tests.panels.builders import english, facts, panel, role_id
from tests.schemas import request_errors

CALLBACK = "/interactions/1000000000000000000/token/callback"
ALL_PERMISSIONS = [RoleFacts(role_id(number), "R" * 100, number, DANGEROUS.value) for number in range(40, 65)]
FULL = panel(roles=tuple(RoleSpec(number, role_id(number + 39), "L" * 80, "🎨", "D" * 100) for number in range(1, 26)), name="N" * 100)
BIG = panel(
    roles=tuple(RoleSpec(number, role_id(number), "L" * 80, "🎨", "D" * 100) for number in range(1, 101)),
    appearance=Appearance(0xFFFFFF, "https://example.com/" + "a" * (URL_MAX - 20), "https://example.com/b.png", "F" * FOOTER_MAX, 1),
)
POSTED = tuple(Posting(10**18 + number, (10**18 + number,) * (number + 1), condition) for number, condition in enumerate(Condition))
SCREENS: list[Callable[[View], Payload]] = [
    screens.main,
    look_screens.look,
    lambda view: posting_screens.postings(view, {}),
    lambda view: posting_screens.postings(view, {posting.channel_id: "c" * 100 for posting in view.postings}, [escape("x" * 300)] * 9),
    *(lambda view, at=at: posting_screens.posting(view, POSTED[at]) for at in range(len(POSTED))),
    arranging_screens.order,
    lambda view: arranging_screens.order(view, 3, 77),
    arranging_screens.removal,
    lambda view: arranging_screens.removal(view, 9, arranging_screens.removed_notice(["N" * 80] * 100, view.t)),
    lambda view: screens.main(view, number=2),
    screens.delete,
    lambda view: screens.main(view, [escape("x" * 300)] * 25),
    lambda view: screens.role(view, view.panel.roles[0]) if view.panel.roles else screens.main(view),
    lambda view: screens.confirm(view, tuple(role.role_id for role in ALL_PERMISSIONS)),
    lambda view: screens.overview([(view.panel, view.postings)] * 10, view.t),
]


def view(spec: PanelSpec, locale: str = "en-US", posted: tuple[Posting, ...] = (), by_administrator: bool = True) -> View:
    return View(spec, posted, facts(30, *ALL_PERMISSIONS), by_administrator, translator(locale))


def labels(payload: Payload) -> list[str]:
    return [part.get("label") or part["placeholder"] for row in payload["components"] for part in row["components"]]


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize("spec", [panel(0), panel(3), FULL, BIG], ids=["empty", "small", "full", "big"])
@pytest.mark.parametrize("screen", SCREENS)
def test_discord_takes_every_screen(screen: Callable[[View], Payload], spec: PanelSpec, locale: str) -> None:
    payload = screen(view(spec, locale, POSTED))
    assert request_errors("POST", CALLBACK, {"type": 7, "data": payload}) == []
    assert len(payload.get("content", "")) <= 2000
    assert len(payload["embeds"][0]["description"]) + len(payload["embeds"][0]["title"]) <= 6000
    custom_ids = [part["custom_id"] for row in payload.get("components", ()) for part in row["components"] if "custom_id" in part]
    assert len(set(custom_ids)) == len(custom_ids)
    assert all(decode(custom_id).args[0] == spec.panel_id for custom_id in custom_ids)
    for row in payload.get("components", ()):
        assert 1 <= len(row["components"]) <= 5


@pytest.mark.parametrize("locale", available())
@pytest.mark.parametrize(
    "modal",
    [
        forms.create_modal,
        lambda t: forms.text_modal(panel(1, title="T" * 256, description="D" * 4000), t),
        lambda t: forms.role_modal(FULL, FULL.roles[0], t),
        lambda t: look_screens.pictures_modal(BIG, t),
        lambda t: look_screens.pictures_modal(panel(0), t),
    ],
)
def test_discord_takes_every_modal(modal: Callable[[Any], Payload], locale: str) -> None:
    payload = modal(translator(locale))
    assert request_errors("POST", CALLBACK, {"type": 9, "data": payload}) == []
    assert len(payload["title"]) <= 45
    assert all(len(field["label"]) <= 45 and len(field.get("description", "")) <= 100 for field in payload["components"])


def test_the_main_screen_offers_what_is_possible() -> None:
    always = ["Edit text", "Appearance", "Behaviour", "Preview"]
    arranging = ["Reorder", "Remove roles"]
    assert labels(screens.main(view(panel(0))))[:5] == ["Add roles", *always]
    assert labels(screens.main(view(FULL)))[:8] == ["Add roles", "Change one role", *arranging, *always]
    paged = ["◀ Previous", "Next ▶", *arranging, *always]
    assert labels(screens.main(view(panel(60)), number=1))[:10] == ["Add roles", "Change one role (26–50 of 60)", *paged]
    assert labels(screens.main(view(panel(500))))[0] == "Change one role (1–25 of 500)"
    posts = [row["components"][0]["disabled"] for row in (screens.main(view(panel(count)))["components"][-1] for count in (0, 1))]
    assert posts == [True, False]


@pytest.mark.parametrize(
    ("number", "shown", "disabled"), [(0, "Role 1", [True, False]), (1, "Role 26", [False, False]), (9, "Role 51", [False, True])]
)
def test_more_than_25_roles_are_shown_in_pages(number: int, shown: str, disabled: list[bool]) -> None:
    for payload in (screens.main(view(panel(60)), number=number), arranging_screens.order(view(panel(60)), number)):
        parts = [part for row in payload["components"] for part in row["components"]]
        (select,) = [part for part in parts if part["type"] == 3]
        assert select["options"][0]["label"] == shown
        assert [part["disabled"] for part in parts if part["type"] == 2 and part["label"] in ("◀ Previous", "Next ▶")] == disabled


CHANNEL = "https://discord.com/channels/1/5"


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ((), ["⚪ Draft, not posted yet"]),
        ((Posting(5, (6,), Condition.LIVE),), [f"🟢 Live in <#5>: [Go to the message]({CHANNEL}/6)"]),
        ((Posting(5, (6, 7), Condition.LIVE),), [f"🟢 Live in <#5>: [1]({CHANNEL}/6) [2]({CHANNEL}/7)"]),
        ((Posting(5, (6,), Condition.UPDATING),), [f"🔵 Updating in <#5>: [Go to the message]({CHANNEL}/6)"]),
        (
            (Posting(5, (6,), Condition.OUT_OF_DATE),),
            [f"🟠 Out of date in <#5>, because Discord did not take the last edit. The bot tries again. [Go to the message]({CHANNEL}/6)"],
        ),
        (
            (Posting(5, (6,), Condition.MISSING), Posting(7, (8,), Condition.UNREACHABLE)),
            [
                "🔴 A message in <#5> was deleted. Post the panel there again to bring it back.",
                "⚫ The bot does not see <#7>. Give it View Channel there, or move the panel.",
            ],
        ),
    ],
)
def test_the_state(posted: tuple[Posting, ...], told: list[str]) -> None:
    assert states(1, posted, english()) == told


@pytest.mark.parametrize(("number", "disabled"), [(0, [True, False]), (1, [False, False]), (2, [False, True])])
@pytest.mark.parametrize("locale", available())
def test_many_panels_are_listed_in_pages(locale: str, number: int, disabled: list[bool]) -> None:
    payload = screens.overview([(panel(1), ())] * 10, translator(locale), number, 3)
    assert request_errors("POST", CALLBACK, {"type": 7, "data": payload}) == []
    (turns,) = payload["components"]
    assert [turn["disabled"] for turn in turns["components"]] == disabled
    assert len({turn["custom_id"] for turn in turns["components"]}) == 2


def test_the_state_says_when_it_was_so() -> None:
    seen = view(panel(1))
    assert f"As of <t:{int(seen.at.timestamp())}:R>." in screens.main(seen)["embeds"][0]["description"]


def test_each_role_that_does_not_work_is_warned_of() -> None:
    roles = (RoleSpec(1, role_id(1), "Fine"), RoleSpec(2, role_id(99), "Gone"), RoleSpec(3, role_id(40), "Strong"))
    description = screens.main(view(panel(roles=roles)))["embeds"][0]["description"]
    assert description.count("⚠️") == 2
    assert "**Gone** no longer exists." in description
    assert "no administrator has confirmed" in description


@pytest.mark.parametrize("locale", available())
def test_no_role_falls_off_the_screen_for_the_length_of_the_warnings(locale: str) -> None:
    strong = panel(roles=tuple(RoleSpec(number, role_id(number + 39), "Strong") for number in range(1, 26)))
    seen = view(strong, locale, POSTED)
    description = screens.main(seen)["embeds"][0]["description"]
    assert all(f"<@&{role.role_id}> ⚠️" in description for role in strong.roles)
    assert description.endswith(seen.t("⚠️ These do not work now. Choose one below under “Change one role” to see why."))


def test_a_name_means_no_markdown() -> None:
    assert screens.main(view(panel(1, name="*Fun*")))["embeds"][0]["title"] == "Panel: \\*Fun\\*"


@pytest.mark.parametrize(("by_administrator", "offered"), [(True, True), (False, False)])
def test_only_administrators_are_asked_to_confirm(by_administrator: bool, offered: bool) -> None:
    seen = view(panel(1, roles=(RoleSpec(1, role_id(40), "Strong"),)), by_administrator=by_administrator)
    assert ("Confirm its permissions" in labels(screens.role(seen, seen.panel.roles[0]))) is offered
    refused = (Refusal(role_id(41), Problem.DANGEROUS), Refusal(role_id(99), Problem.DELETED))
    after = screens.after_adding(seen, refused)
    assert any(label.startswith("Add R") for label in labels(after)) is offered
    assert "no longer exists" in after["content"]
    assert ("Only an administrator" in after["content"]) is not offered


def test_every_refused_role_is_named_however_many_there_are() -> None:
    strong, above = [role_id(number) for number in range(40, 52)], [role_id(number) for number in range(52, 65)]
    refused = tuple(Refusal(one, Problem.DANGEROUS) for one in strong) + tuple(Refusal(one, Problem.ABOVE_EDITOR) for one in above)
    for locale in available():
        content = screens.after_adding(view(panel(1), locale, by_administrator=False), refused)["content"]
        assert all(f"<@&{one}>" in content for one in (*strong, *above))


@pytest.mark.parametrize("locale", available())
def test_nobody_is_asked_to_confirm_permissions_that_do_not_fit_on_the_screen(locale: str) -> None:
    seen, strong = view(panel(1), locale), tuple(role_id(number) for number in range(40, 65))
    asked = screens.confirm(seen, strong)
    text, buttons = asked["embeds"][0]["description"], [part for row in asked["components"][:-1] for part in row["components"]]
    assert all(f"<@&{one}>" in text for one in strong)
    # However many permissions there are by now, what is asked about is shown whole.
    assert text.count(permission_names(DANGEROUS.value, seen.t)) == len(buttons) >= 7


def test_every_problem_of_a_role_has_its_sentence_for_several() -> None:
    assert REFUSED_SEVERAL.keys() == REFUSED.keys() - {Problem.EVERYONE}  # there is only one such role


def test_the_way_back_leads_to_the_page_that_one_came_from() -> None:
    def back(payload: Payload) -> tuple[int, ...]:
        (found,) = [part for row in payload["components"] for part in row["components"] if part.get("label") == "Back"]
        return decode(found["custom_id"]).args

    seen = view(panel(60))
    assert back(screens.role(seen, seen.panel.roles[30])) == (7, 1)
    assert back(arranging_screens.order(seen, 2)) == (7, 2)
    assert back(arranging_screens.removal(seen, 1)) == (7, 1)


def test_a_confirmation_carries_what_was_shown() -> None:
    payload = screens.confirm(view(panel(1)), (role_id(40),))
    confirming = payload["components"][0]["components"][0]
    assert decode(confirming["custom_id"]).args == (7, role_id(40), DANGEROUS.value)
    assert confirming["style"] == 4


def test_every_problem_known_beforehand_has_its_sentence() -> None:
    known = {Problem.DELETED, Problem.EVERYONE, Problem.MANAGED, Problem.ABOVE_BOT, Problem.DANGEROUS}
    assert REFUSED.keys() == known | {Problem.ABOVE_EDITOR}
    assert WARNINGS.keys() >= known | {Problem.BOT_LACKS_MANAGE_ROLES}


def test_every_dangerous_permission_has_a_name() -> None:
    assert NAMES.keys() >= set(DANGEROUS)


@pytest.mark.parametrize(
    ("lines", "limit", "text"),
    [
        ([], 10, ""),
        (["abc", "def"], 7, "abc\ndef"),
        (["abc", "def", "ghi"], 10, "… and 3 m…"),
        (["a" * 10, "b" * 10, "c" * 10], 30, "aaaaaaaaaa\n… and 2 more"),
    ],
)
def test_what_does_not_fit_is_counted(lines: list[str], limit: int, text: str) -> None:
    assert fit(lines, limit, english()) == text


def test_button_colours_have_names() -> None:
    options = forms.role_modal(FULL, FULL.roles[0], english())["components"][3]["component"]["options"]
    assert [option["value"] for option in options if option["default"]] == [ButtonColour.GREY.value]
    assert {option["value"] for option in options} == {colour.value for colour in ButtonColour}


def test_the_links_to_many_messages_leave_room_for_the_rest() -> None:
    everywhere = tuple(Posting(10**18 + number, tuple(range(10**18, 10**18 + 100)), Condition.LIVE) for number in range(30))
    shown = screens.main(view(panel(3), posted=everywhere))["embeds"][0]["description"]
    assert "[3](https://" in shown
    assert "… and 97 more" in shown
    assert "… and 22 more" in shown
    assert "**Roles** (3 of 500)" in shown
