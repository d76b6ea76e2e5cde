"""A panel's message within Discord's limits, whatever stands on it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.panels.render import Present, panel_message
from core.i18n import translator
from domain.custom_id import CHOOSE, OPEN_PICKER, PRESS, decode
from domain.panels import DESCRIPTION_MAX, LABEL_MAX, OPTION_DESCRIPTION_MAX, TITLE_MAX, ButtonColour, Mode, PanelSpec, RoleSpec, Style
from tests.panels.builders import GUILD, english, panel, role_id
from tests.schemas import request_errors

PARTY = 123456789012345678
EVERYTHING = Present(frozenset(role_id(number) for number in range(1, 26)), frozenset({PARTY}))


def components(payload: dict[str, Any]) -> list[dict[str, Any]]:
    return [child for row in payload["components"] for child in row["components"]]


def size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    return sum(map(len, texts)) + sum(len(field["name"]) + len(field["value"]) for field in embed.get("fields", ()))


def assert_sendable(payload: dict[str, Any]) -> None:
    """The limits that Discord's description of its API does not state."""
    (embed,) = payload["embeds"]
    assert size(embed) <= 6000
    assert all(0 < len(field["value"]) <= 1024 for field in embed["fields"])
    assert len(embed["fields"]) <= 25
    assert len(payload["components"]) <= 5
    assert all(1 <= len(row["components"]) <= 5 for row in payload["components"])
    custom_ids = [part["custom_id"] for part in components(payload)]
    assert len(set(custom_ids)) == len(custom_ids)
    for part in components(payload):
        if part["type"] == 3:
            assert 1 <= part["max_values"] <= len(part["options"]) <= 25


@pytest.mark.parametrize("locale", ["en-US", "ja"])
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("count", [0, 1, 24, 25])
def test_discord_takes_it(count: int, style: Style, mode: Mode, locale: str) -> None:
    payload = panel_message(panel(count, style=style, mode=mode), EVERYTHING, translator(locale))
    assert_sendable(payload)
    assert request_errors("POST", f"/channels/{GUILD}/messages", payload) == []


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (5, [5]), (6, [5, 1]), (24, [5, 5, 5, 5, 4]), (25, [5, 5, 5, 5, 5])])
def test_buttons_stand_in_rows_of_five(count: int, rows: list[int]) -> None:
    payload = panel_message(panel(count), EVERYTHING, english())
    assert [len(row["components"]) for row in payload["components"]] == rows
    assert [decode(part["custom_id"]).args for part in components(payload)] == [(7, number) for number in range(1, count + 1)]
    assert {decode(part["custom_id"]).verb for part in components(payload)} == {PRESS}


@pytest.mark.parametrize(("count", "options", "most"), [(1, [2], [1]), (24, [25], [24]), (25, [25, 2], [24, 1])])
def test_dropdowns_end_with_the_way_to_the_picker(count: int, options: list[int], most: list[int]) -> None:
    selects = components(panel_message(panel(count, style=Style.DROPDOWN), EVERYTHING, english()))
    assert [len(select["options"]) for select in selects] == options
    assert [select["max_values"] for select in selects] == most
    assert all(select["options"][-1]["value"] == OPEN_PICKER for select in selects)
    assert [decode(select["custom_id"]) for select in selects] == [decode(f"rp:1:{CHOOSE}:7:{number}") for number in range(len(selects))]
    values = [option["value"] for select in selects for option in select["options"][:-1]]
    assert values == [str(number) for number in range(1, count + 1)]


def test_a_unique_dropdown_takes_one() -> None:
    selects = components(panel_message(panel(25, style=Style.DROPDOWN, mode=Mode.UNIQUE), EVERYTHING, english()))
    assert [select["max_values"] for select in selects] == [1, 1]


def test_more_than_25_roles_are_not_rendered() -> None:
    with pytest.raises(ValueError, match="25"):
        panel_message(panel(26), EVERYTHING, english())


@pytest.mark.parametrize("style", Style)
def test_a_preview_looks_the_same_and_carries_no_live_custom_id(style: Style) -> None:
    live, inert = (panel_message(panel(25, style=style), EVERYTHING, english(), inert=inert) for inert in (False, True))
    assert {decode(part["custom_id"]).verb for part in components(inert)} == {"preview"}
    for part in (*components(live), *components(inert)):
        part["custom_id"] = ""
    assert live == inert


def test_deleted_roles_and_emojis_leave_their_label() -> None:
    roles = (
        RoleSpec(1, role_id(1), "Here", f"<:party:{PARTY}>"),
        RoleSpec(2, role_id(99), "Gone*", "<:lost:223456789012345678>"),
        RoleSpec(3, role_id(2), "Plain", "🎨", "Paint", ButtonColour.RED),
    )
    payload = panel_message(panel(roles=roles), EVERYTHING, english())
    assert payload["embeds"][0]["fields"][0]["value"] == f"<@&{role_id(1)}>\nGone\\*\n<@&{role_id(2)}> · Paint"
    shown = [(part["label"], part.get("emoji"), part["style"]) for part in components(payload)]
    assert shown == [("Here", {"id": str(PARTY), "name": "party", "animated": False}, 2), ("Gone*", None, 2), ("Plain", {"name": "🎨"}, 4)]


def texts(limit: int) -> st.SearchStrategy[str]:
    return st.text("aあ*_|🎨", min_size=1, max_size=limit) | st.just("*" * limit)


@given(
    title=texts(TITLE_MAX),
    description=st.none() | texts(DESCRIPTION_MAX),
    style=st.sampled_from(Style),
    mode=st.sampled_from(Mode),
    roles=st.lists(st.tuples(texts(LABEL_MAX), st.none() | texts(OPTION_DESCRIPTION_MAX)), max_size=25),
    present=st.booleans(),
)
def test_the_longest_texts_fit(
    title: str, description: str | None, style: Style, mode: Mode, roles: list[tuple[str, str | None]], present: bool
) -> None:
    base: PanelSpec = panel(0, title=title, description=description, style=style, mode=mode)
    specs = tuple(RoleSpec(index, role_id(index), label, None, text) for index, (label, text) in enumerate(roles, 1))
    assert_sendable(panel_message(replace(base, roles=specs), EVERYTHING if present else Present(frozenset(), frozenset()), english()))
