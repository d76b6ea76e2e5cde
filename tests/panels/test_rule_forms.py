"""The forms of rules: what is read out of them, and what is refused with which sentence."""

from typing import Any

import pytest

from cogs.panels.editor.rules.forms import (
    CAPACITY,
    COUNTED,
    DURATION,
    EVERYWHERE,
    GROUP,
    HERE,
    MAXIMUM,
    MINIMUM,
    read_group,
    read_limits,
    read_terms,
)
from cogs.panels.service.inputs import Terms
from core.errors import UserError
from tests.panels.builders import english

HOUR = 3_600


@pytest.mark.parametrize(
    ("minimum", "maximum", "limits"),
    [("", "", (None, None)), ("1", "3", (1, 3)), ("0", "1", (None, 1)), (" 2 ", None, (2, None)), ("３", "５", (3, 5)), ("2", "2", (2, 2))],
)
def test_limits(minimum: str | None, maximum: str | None, limits: tuple[int | None, int | None]) -> None:
    assert read_limits({MINIMUM: minimum, MAXIMUM: maximum}) == limits


@pytest.mark.parametrize(
    ("minimum", "maximum", "sentence"),
    [
        ("two", "", "two is not a whole number from 0 to 500."),
        ("", "0", "0 is not a whole number from 1 to 500."),
        ("", "501", "501 is not a whole number from 1 to 500."),
        ("-1", "", "-1 is not a whole number from 0 to 500."),
        ("1.5", "", "1.5 is not a whole number from 0 to 500."),
        ("4", "3", "The least number of roles (4) must not be larger than the greatest (3)."),
    ],
)
def test_refused_limits(minimum: str, maximum: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_limits({MINIMUM: minimum, MAXIMUM: maximum})
    assert refused.value.text(english()) == sentence


@pytest.mark.parametrize(("typed", "group"), [("", None), ("   ", None), (" My   colours ", "My colours"), ("x" * 120, "x" * 100)])
def test_group(typed: str, group: str | None) -> None:
    assert read_group({GROUP: typed}) == group


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({}, Terms(None, None, False)),
        ({DURATION: "2h", CAPACITY: "50", COUNTED: HERE}, Terms(2 * HOUR, 50, False)),
        ({DURATION: "1日", CAPACITY: "", COUNTED: EVERYWHERE}, Terms(24 * HOUR, None, True)),
    ],
)
def test_terms(fields: dict[str, Any], terms: Terms) -> None:
    assert read_terms(fields) == terms


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({DURATION: "*soon*"}, r"\*soon\* is not a length of time."),
        ({DURATION: "0m"}, "0m is too short: a role can be given for a minute or longer."),
        ({DURATION: "2 years"}, "2 years is too long: a role can be given for a year at most"),
        ({CAPACITY: "0"}, "0 is not a whole number from 1 to 1000000."),
        ({CAPACITY: "many"}, "many is not a whole number"),
    ],
)
def test_refused_terms(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_terms(fields)
    assert refused.value.text(english()).startswith(sentence)
