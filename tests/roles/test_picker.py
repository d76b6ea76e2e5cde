"""The private picker: every role can be reached, what is held is ticked, and Discord takes it."""

from typing import Any

import pytest

from cogs.roles.click.picker import CLEAR, PICK, TURN, picker
from core.i18n import translator
from domain.custom_id import decode
from domain.panels import Mode, PanelSpec, RoleSpec
from tests.schemas import request_errors

CALLBACK = "/interactions/1000000000000000000/token/callback"


def panel(count: int, mode: Mode = Mode.TOGGLE) -> PanelSpec:
    roles = tuple(RoleSpec(number, 1000 + number, f"Role {number}") for number in range(1, count + 1))
    return PanelSpec(7, 1, "Colours", "Colours", 1, mode=mode, roles=roles)


def parts(payload: dict[str, Any], kind: int) -> list[dict[str, Any]]:
    return [part for row in payload["components"] for part in row["components"] if part["type"] == kind]


@pytest.mark.parametrize("locale", ["en-US", "ja"])
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("count", "screens"), [(0, 1), (1, 1), (25, 1), (26, 1), (100, 1), (101, 2), (500, 5)])
def test_every_role_is_on_one_of_the_screens(count: int, screens: int, mode: Mode, locale: str) -> None:
    offered: list[str] = []
    for screen in range(screens):
        payload = picker(panel(count, mode), frozenset({1001}), translator(locale), screen=screen)
        assert request_errors("POST", CALLBACK, {"type": 4, "data": payload}) == []
        custom_ids = [part["custom_id"] for row in payload["components"] for part in row["components"]]
        assert len(set(custom_ids)) == len(custom_ids)
        assert all(1 <= part["max_values"] <= len(part["options"]) <= 25 for part in parts(payload, 3))
        offered += [option["value"] for part in parts(payload, 3) for option in part["options"]]
        turns = [decode(part["custom_id"]).args[1] for part in parts(payload, 2) if decode(part["custom_id"]).verb == TURN]
        assert turns == [other for other in (screen - 1, screen + 1) if 0 <= other < screens]
    assert offered == [str(number) for number in range(1, count + 1)]


@pytest.mark.parametrize("mode", Mode)
def test_the_picker_says_only_what_it_lets_one_do(mode: Mode) -> None:
    payload = picker(panel(3, mode), frozenset({1001}), translator("en-US"))
    can_clear = any(decode(part["custom_id"]).verb == CLEAR for part in parts(payload, 2))
    assert ("untick it" in payload["content"]) is can_clear
    assert ("Choose your role" in payload["content"]) is (mode is not Mode.REMOVE_ONLY)


def test_what_is_held_is_ticked() -> None:
    payload = picker(panel(30), frozenset({1002, 1030, 5}), translator("en-US"))
    ticked = [option["label"] for part in parts(payload, 3) for option in part["options"] if option["default"]]
    assert ticked == ["Role 2", "Role 30"]
    assert [decode(part["custom_id"]) for part in parts(payload, 3)] == [decode(f"rp:1:{PICK}:7:{number}") for number in range(2)]
    assert [part["placeholder"] for part in parts(payload, 3)] == ["Choose your roles (1–25 of 30)", "Choose your roles (26–30 of 30)"]


@pytest.mark.parametrize(
    ("mode", "held", "disabled"),
    [(Mode.TOGGLE, {1001}, [False]), (Mode.TOGGLE, {5}, [True]), (Mode.REMOVE_ONLY, {1001}, [False]), (Mode.ADD_ONLY, {1001}, [])],
)
def test_clear_all_is_there_where_it_works(mode: Mode, held: set[int], disabled: list[bool]) -> None:
    payload = picker(panel(3, mode), frozenset(held), translator("en-US"))
    assert [part["disabled"] for part in parts(payload, 2) if decode(part["custom_id"]).verb == CLEAR] == disabled


def test_a_screen_that_is_no_longer_there_shows_the_last() -> None:
    payload = picker(panel(3), frozenset(), translator("en-US"), screen=4)
    assert len(parts(payload, 3)) == 1


def test_a_deleted_emoji_is_left_out() -> None:
    roles = (
        RoleSpec(1, 1, "A", "<:here:123456789012345678>"),
        RoleSpec(2, 2, "B", "<:gone:223456789012345678>"),
        RoleSpec(3, 3, "C", "🎨"),
    )
    spec = PanelSpec(7, 1, "Colours", "Colours", 1, roles=roles)
    (select,) = parts(picker(spec, frozenset(), translator("en-US"), emoji_ids={123456789012345678}), 3)
    assert [option.get("emoji", {}).get("name") for option in select["options"]] == ["here", None, "🎨"]
