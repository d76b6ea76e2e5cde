"""A panel's message within Discord's limits, whatever stands on it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.panels.posting.render import Present, panel_message
from cogs.panels.service.pages import pages
from core.i18n import translator
from domain.custom_id import CHOOSE, OPEN, OPEN_PICKER, PRESS, decode
from domain.panels import (
    DESCRIPTION_MAX,
    FOOTER_MAX,
    LABEL_MAX,
    OPTION_DESCRIPTION_MAX,
    ROLES_MAX,
    TITLE_MAX,
    Appearance,
    ButtonColour,
    Mode,
    PanelSpec,
    RoleSpec,
    Style,
)
from tests.panels.builders import GUILD, english, panel, role_id
from tests.schemas import request_errors

PARTY = 123456789012345678
EVERYTHING = Present(frozenset(role_id(number) for number in range(1, 501)), frozenset({PARTY}))


def messages(spec: PanelSpec, present: Present = EVERYTHING, locale: str = "en-US") -> list[dict[str, Any]]:
    return [panel_message(spec, present, translator(locale), page=page) for page in range(pages(spec))]


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
@pytest.mark.parametrize("count", [0, 1, 24, 25, 26, 60, 100, ROLES_MAX])
def test_discord_takes_it(count: int, style: Style, mode: Mode, locale: str) -> None:
    for payload in messages(panel(count, style=style, mode=mode), locale=locale):
        assert_sendable(payload)
        assert request_errors("POST", f"/channels/{GUILD}/messages", payload) == []


@pytest.mark.parametrize(
    ("style", "width", "sizes"),
    [
        (Style.BUTTONS, 5, {1: [1], 25: [25], 26: [25, 1], 60: [25, 25, 10], 100: [25, 25, 25, 25]}),
        (Style.BUTTONS, 2, {10: [10], 11: [10, 1], 25: [10, 10, 5]}),
        (Style.DROPDOWN, 5, {1: [1], 24: [24], 25: [25], 100: [100], 120: [120], 121: [120, 1]}),
        (Style.PICKER, 5, {1: [0], 100: [0], 500: [0]}),
    ],
)
def test_what_one_message_cannot_hold_stands_on_the_next(style: Style, width: int, sizes: dict[int, list[int]]) -> None:
    for count, expected in sizes.items():
        made = messages(panel(count, style=style, appearance=Appearance(buttons_per_row=width)))
        offered = [
            [part for part in components(payload) if part["type"] == 2 and decode(part["custom_id"]).verb == PRESS]
            + [option for part in components(payload) if part["type"] == 3 for option in part["options"][:-1]]
            for payload in made
        ]
        assert [len(part) for part in offered] == expected
        items = [entry.get("value") or str(decode(entry["custom_id"]).args[1]) for part in offered for entry in part]
        assert items == [str(number) for number in range(1, sum(expected) + 1)]
        assert all(len(row["components"]) <= width for payload in made for row in payload["components"])
        custom_ids = [part["custom_id"] for payload in made for part in components(payload)]
        assert len(set(custom_ids)) == len(custom_ids)


def test_text_and_pictures_stand_on_the_first_message() -> None:
    look = Appearance(0x5865F2, "https://example.com/a.png", "https://example.com/b.png", "Ask us", 5)
    first, second = (made["embeds"][0] for made in messages(panel(26, description="Words", appearance=look, mode=Mode.UNIQUE)))
    assert (first["title"], first["description"], first["color"]) == ("Colours", "Words", 0x5865F2)
    assert (first["image"]["url"], first["thumbnail"]["url"]) == ("https://example.com/a.png", "https://example.com/b.png")
    assert first["footer"]["text"] == "You can have one of these roles at a time.\nAsk us"
    assert (second["title"], second["color"]) == ("Colours (2 of 2)", 0x5865F2)
    assert second.keys().isdisjoint({"description", "image", "thumbnail", "footer"})
    assert second["fields"][0]["value"] == f"<@&{role_id(26)}>"


@pytest.mark.parametrize(("count", "lines"), [(25, 25), (26, 1), (100, 3)])
def test_of_many_roles_several_stand_in_a_line(count: int, lines: int) -> None:
    (payload,) = messages(panel(count, style=Style.PICKER))
    values = [field["value"] for field in payload["embeds"][0]["fields"]]
    assert sum(len(value.split("\n")) for value in values) == lines
    assert sum(value.count("<@&") for value in values) == count


def test_of_more_roles_than_fit_the_others_are_counted() -> None:
    (payload,) = messages(panel(500, style=Style.PICKER, description="D" * 4000))
    (field,) = payload["embeds"][0]["fields"]
    assert field["value"].endswith(f" · … and {500 - field['value'].count('<@&')} more")


def test_the_private_picker_is_one_button() -> None:
    (payload,) = messages(panel(100, style=Style.PICKER))
    (opening,) = components(payload)
    assert decode(opening["custom_id"]) == decode(f"rp:1:{OPEN}:7")
    assert opening["label"] == "Choose your roles"


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


@pytest.mark.parametrize(("count", "page"), [(25, 1), (26, 2), (0, 1), (3, -1)])
def test_a_page_that_is_not_there_is_not_rendered(count: int, page: int) -> None:
    with pytest.raises(ValueError, match="pages"):
        panel_message(panel(count), EVERYTHING, english(), page=page)


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
        RoleSpec(2, role_id(999), "Gone*", "<:lost:223456789012345678>"),
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
    footer=st.none() | texts(FOOTER_MAX),
    width=st.integers(1, 5),
    roles=st.lists(st.tuples(texts(LABEL_MAX), st.none() | texts(OPTION_DESCRIPTION_MAX)), max_size=60),
    present=st.booleans(),
)
def test_the_longest_texts_fit(
    title: str,
    description: str | None,
    style: Style,
    mode: Mode,
    footer: str | None,
    width: int,
    roles: list[tuple[str, str | None]],
    present: bool,
) -> None:
    look = Appearance(footer=footer, buttons_per_row=width)
    base: PanelSpec = panel(0, title=title, description=description, style=style, mode=mode, appearance=look)
    specs = tuple(RoleSpec(index, role_id(index), label, None, text) for index, (label, text) in enumerate(roles, 1))
    for payload in messages(replace(base, roles=specs), EVERYTHING if present else Present(frozenset(), frozenset())):
        assert_sendable(payload)
