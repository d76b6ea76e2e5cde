"""What texts and payloads are made of."""

import time

from hypothesis import given
from hypothesis import strategies as st

from core.components import fit
from core.i18n import translator

T = translator("en", "en")


def by_trying(lines: list[str], limit: int, between: str) -> str:
    """The same, by leaving out one line after the other."""
    text, kept = between.join(lines), list(lines)
    while len(text) > limit and kept:
        kept.pop()
        text = between.join([*kept, f"… and {len(lines) - len(kept)} more"])
    return text[:limit]


@given(st.lists(st.text(max_size=12), max_size=30), st.integers(0, 120), st.sampled_from(("\n", " · ")))
def test_as_many_lines_as_fit(lines: list[str], limit: int, between: str) -> None:
    assert fit(lines, limit, T, between) == by_trying(lines, limit, between)


def test_a_hundred_thousand_lines_take_no_time() -> None:
    began = time.thread_time()
    assert fit(["x" * 40] * 100_000, 4096, T).endswith("… and 99901 more")
    assert time.thread_time() - began < 0.5
