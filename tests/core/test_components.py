"""What texts and payloads are made of."""

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.components import fit, told_apart
from core.i18n import translator
from core.markup import Markup, clipped, escape

T = translator("en", "en")


def by_trying(lines: list[Markup], limit: int, between: Markup) -> str:
    """The same, by leaving out one line after the other."""
    text, kept = str(between).join(lines), list(lines)
    while len(text) > limit and kept:
        kept.pop()
        text = str(between).join([*kept, f"… and {len(lines) - len(kept)} more"])
    return text if len(text) <= limit else clipped(escape(text), limit)


@given(st.lists(st.text(max_size=12).map(escape), max_size=30), st.integers(0, 120), st.sampled_from((Markup("\n"), Markup(" · "))))
def test_as_many_lines_as_fit(lines: list[Markup], limit: int, between: Markup) -> None:
    assert fit(lines, limit, T, between) == by_trying(lines, limit, between)


def test_a_hundred_thousand_lines_take_no_time() -> None:
    began = time.thread_time()
    assert fit(["x" * 40] * 100_000, 4096, T).endswith("… and 99901 more")
    assert time.thread_time() - began < 0.5


def test_roles_that_read_alike_are_told_apart_by_their_ids() -> None:
    options: list[Any] = [
        {"label": "Same"},
        {"label": "Same"},
        {"label": "Same", "description": "third"},
        {"label": "Long", "description": "x" * 100},
        {"label": "Long", "description": "x" * 100},
        {"label": "Other"},
    ]
    told = [option.get("description") for option in told_apart(options, [1, 2, 3, 4, 5, 6])]
    assert told == ["1", "2", "third", "x" * 96 + " · 4", "x" * 96 + " · 5", None]


def test_roles_that_read_like_one_of_another_page_are_told_apart_too() -> None:
    told = told_apart([{"label": "Same"}, {"label": "Other"}], [1, 2], [("Same", None), ("Other", None), ("Same", None)])
    assert [option.get("description") for option in told] == ["1", None]
