"""The codec of custom_ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.custom_id import MAX_LENGTH, CustomId, ForeignCustomId, decode, encode

VERBS = st.from_regex(r"[a-z][a-z0-9_.-]{0,31}", fullmatch=True)
SNOWFLAKES = st.integers(0, 2**63 - 1)


@given(VERBS, st.lists(SNOWFLAKES, max_size=2), st.none() | SNOWFLAKES)
def test_what_is_encoded_is_decoded(verb: str, args: list[int], shown: int | None) -> None:
    text = encode(verb, *args, shown=shown)
    assert len(text) <= MAX_LENGTH
    assert decode(text) == CustomId(verb, tuple(args), shown)


@given(st.text(max_size=150))
def test_anything_else_is_foreign_and_never_another_error(text: str) -> None:
    try:
        decoded = decode(text)
    except ForeignCustomId:
        return
    assert encode(decoded.verb, *decoded.args, shown=decoded.shown) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rp",
        "rp:1",
        "rp:1:",
        "rp:2:press:1:2",
        "xx:1:press:1:2",
        "rp:1:press:-1",
        "rp:1:press:01",
        "rp:1:press:1:",
        "rp:1:press:١",
        "rp:1:Press:1",
        "rp:1:press:1\n",
        "rp:1:press:1:v",
        "rp:1:press:1:v01",
        "rp:1:press:v1:1",
        "rp:1:press:1:v1:v1",
        "rp:1:press:" + "9" * 20,
        "rp:1:press" + ":1" * 50,
    ],
)
def test_foreign(text: str) -> None:
    with pytest.raises(ForeignCustomId):
        decode(text)


@pytest.mark.parametrize(
    ("verb", "args"), [("", ()), ("Press", ()), ("a:b", ()), ("press", (-1,)), ("a" * 33, ()), ("press", (10**18,) * 6)]
)
def test_what_cannot_be_encoded_is_refused(verb: str, args: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="custom_id"):
        encode(verb, *args)
