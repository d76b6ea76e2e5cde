"""Lengths of time as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.durations import LONGEST, BadDuration, Fault, Unit, parse, split, typed

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1m", MINUTE),
        ("2h", 2 * HOUR),
        ("7 days", 7 * DAY),
        (" 1 Day 12 Hours ", DAY + 12 * HOUR),
        ("1d12h30m", DAY + 12 * HOUR + 30 * MINUTE),
        ("1 week, 2 days", 9 * DAY),
        ("90min", 90 * MINUTE),
        ("1 year", 365 * DAY),
        ("365d", 365 * DAY),
        ("２時間", 2 * HOUR),
        ("1日12時間", DAY + 12 * HOUR),
        ("30分", 30 * MINUTE),
        ("2週間", 14 * DAY),
        ("0d 5m", 5 * MINUTE),
    ],
)
def test_what_is_understood(text: str, seconds: int) -> None:
    assert parse(text) == seconds


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.NOT_UNDERSTOOD),
        ("   ", Fault.NOT_UNDERSTOOD),
        ("5", Fault.NOT_UNDERSTOOD),
        ("soon", Fault.NOT_UNDERSTOOD),
        ("h", Fault.NOT_UNDERSTOOD),
        ("2 fortnights", Fault.NOT_UNDERSTOOD),
        ("1.5h", Fault.NOT_UNDERSTOOD),
        ("-2h", Fault.NOT_UNDERSTOOD),
        ("2h!", Fault.NOT_UNDERSTOOD),
        ("9" * 40 + "h", Fault.NOT_UNDERSTOOD),
        ("0m", Fault.TOO_SHORT),
        ("366 days", Fault.TOO_LONG),
        ("1y 1m", Fault.TOO_LONG),
        ("999999999y", Fault.TOO_LONG),
    ],
)
def test_what_is_refused(text: str, fault: Fault) -> None:
    with pytest.raises(BadDuration) as refused:
        parse(text)
    assert refused.value.fault is fault


@given(st.text(max_size=60))
def test_anything_typed_is_a_duration_or_refused(text: str) -> None:
    try:
        seconds = parse(text)
    except BadDuration:
        return
    assert MINUTE <= seconds <= LONGEST


@given(st.integers(1, LONGEST // MINUTE).map(lambda minutes: minutes * MINUTE))
def test_what_is_shown_can_be_typed(seconds: int) -> None:
    assert parse(typed(seconds)) == seconds
    assert sum(count * unit for count, unit in split(seconds)) == seconds


def test_the_largest_unit_comes_first() -> None:
    assert split(2 * DAY + 30 * MINUTE) == [(2, Unit.DAY), (30, Unit.MINUTE)]
