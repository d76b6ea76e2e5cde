"""What is read of an interaction, and what nobody can have been offered."""

from typing import Any

import pytest

from core import claims
from core.errors import UserError, Vanished


@pytest.mark.parametrize(("text", "wide", "value"), [("0", False, 0), ("2147483647", False, 2**31 - 1), (str(2**63 - 1), True, 2**63 - 1)])
def test_numbers_that_columns_hold(text: str, wide: bool, value: int) -> None:
    assert claims.number(text, wide=wide) == value


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("2147483648", False),
        (str(2**63), True),
        ("0", True),
        ("-1", False),
        ("01", False),
        ("９", False),
        ("²", True),
        ("", True),
        (5, True),
    ]
    + [(odd, False) for odd in (5, None, [], {}, "9" * 5000, "1\n")],
)
def test_other_numbers_are_outdated(text: Any, wide: bool) -> None:
    with pytest.raises(Vanished):
        claims.number(text, wide=wide)


def test_arguments_are_rows_unless_their_place_is_wide() -> None:
    assert claims.arguments((2**31 - 1, 2**63 - 1), wide=(1,)) == (2**31 - 1, 2**63 - 1)
    for args, wide in (((2**31,), ()), ((1, 2**31), (0,)), ((2**63,), (0,))):
        with pytest.raises(Vanished):
            claims.arguments(args, wide)


def test_what_was_picked_twice_counts_once() -> None:
    assert claims.values({"values": ["b", "a", "b"]}) == ["b", "a"]
    assert claims.values({}) == claims.values(None) == []


@pytest.mark.parametrize("picked", ["abc", {"a": 1}, [5], [None], [["x"]], [str(number) for number in range(26)]])
def test_what_no_select_sends(picked: Any) -> None:
    with pytest.raises(Vanished):
        claims.values({"values": picked})


def labelled(**field: Any) -> dict[str, Any]:
    return {"type": 18, "component": {"type": 4, **field}}


def test_fields_without_what_no_text_can_keep() -> None:
    sent = [labelled(custom_id="a", value="x\0\ud800y"), labelled(custom_id="b", values=["1"]), labelled(custom_id="c")]
    assert claims.fields({"components": sent}) == {"a": "xy", "b": ["1"], "c": None}


@pytest.mark.parametrize(
    "sent",
    [
        [labelled(custom_id="a", value="x")] * 2,
        [labelled(custom_id=5, value="x")],
        [labelled(value="x")],
        [labelled(custom_id="a", value=["x"])],
        [labelled(custom_id="a", values="x")],
        [{"type": 18, "component": {"type": 1, "components": [{"custom_id": "a", "value": "x"}]}}],
        [{"type": 1, "components": []}],
        ["x"],
    ],
)
def test_what_no_form_sends(sent: Any) -> None:
    with pytest.raises(Vanished):
        claims.fields({"components": sent})


def test_a_command_that_does_not_exist_is_told_so() -> None:
    for command, options in (claims.leaf(None, {}), claims.leaf(None, {"options": "x"}), claims.leaf(None, {"options": [5]})):
        with pytest.raises(UserError):
            claims.check_command(command, options, {})
