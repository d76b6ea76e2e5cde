"""Colours and addresses of pictures: what is taken, and what is refused before Discord would refuse the whole message."""

import pytest

from cogs.panels.service.appearance import colour_text, parse_address, parse_colour
from core.errors import UserError


@pytest.mark.parametrize(
    ("text", "colour"),
    [("", None), (None, None), ("  ", None), ("#5865F2", 0x5865F2), ("5865f2", 0x5865F2), ("0x000000", 0), (" #abc ", 0xAABBCC)],
)
def test_colours(text: str | None, colour: int | None) -> None:
    assert parse_colour(text) == colour
    assert parse_colour(colour_text(colour)) == colour


@pytest.mark.parametrize("text", ["red", "#12345", "#GGGGGG", "#5865F2F2", "-1", "##abc", "１２３４５６"])
def test_what_is_no_colour(text: str) -> None:
    with pytest.raises(UserError, match="not a colour"):
        parse_colour(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a.png",
        "https://cdn.discordapp.com/x/y.gif?ex=1&is=2",
        "https://example.co.jp:443/%E7%B5%B5.png",
        "HTTPS://E.com/a",
    ],
)
def test_addresses(text: str) -> None:
    assert parse_address(f" {text} ") == text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://例え.jp/絵.png?名=1&x=%20#a", "https://xn--r8jz45g.jp/%E7%B5%B5.png?%E5%90%8D=1&x=%20#a"),
        ("<https://example.com/a.png>", "https://example.com/a.png"),
    ],
)
def test_addresses_as_people_copy_them(text: str, address: str) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", None, "   "])
def test_no_address(text: str | None) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com/a.png",
        "attachment://a.png",
        "javascript:alert(1)",
        "https://",
        "https://localhost/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://user:pw@example.com/a.png",
        "https://example.com:8080/a.png",
        "https://example.com:port/a.png",
        "https://example.com/a b.png",
        "https://example.com/<x>",
        "https://example.com/絵 b.png",
        "https://" + "例" * 64 + ".jp/a.png",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UserError, match="not an address"):
        parse_address(text)
