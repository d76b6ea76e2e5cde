"""Which emojis are taken, and in which form they are stored."""

from types import SimpleNamespace
from typing import Any

import pytest

from cogs.panels.service.emojis import parse_emoji, usable
from core.components import partial_emoji
from core.errors import UserError


class Custom(SimpleNamespace):
    """A custom emoji of the guild, by the attributes that count."""

    def __str__(self) -> str:
        return f"<{'a' if self.animated else ''}:{self.name}:{self.id}>"


PARTY = Custom(id=123456789012345678, name="party", animated=True, available=True)
LOST = Custom(id=223456789012345678, name="lost", animated=False, available=False)
SHOUTS = (
    Custom(id=323456789012345678, name="SHOUT", animated=False, available=True),
    Custom(id=423456789012345678, name="shout", animated=False, available=True),
)
GUILD: Any = (PARTY, LOST, *SHOUTS)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", None),
        ("  ", None),
        ("🎨", "🎨"),
        (" 🎨 ", "🎨"),
        (":art:", "🎨"),
        ("❤", "❤️"),
        ("❤️", "❤️"),
        ("🇯🇵", "🇯🇵"),
        ("👩🏽‍💻", "👩🏽‍💻"),
        ("1️⃣", "1️⃣"),
        ("❤\ufe0e", "❤️"),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("🏳‍🌈", "🏳️‍🌈"),
        ("🇦", "🇦"),
        (":flag_jp:", "🇯🇵"),
        (":regional_indicator_z:", "🇿"),
        (":thumbsup_tone3:", "👍🏽"),
        (":wave::skin-tone-1:", "👋🏻"),
        (":point_up_tone5:", "☝🏿"),
        ("🐦‍🔥", "🐦‍🔥"),
        ("🙂‍↔️", "🙂‍↔️"),
        ("⛓️‍💥", "⛓️‍💥"),
        ("🫩", "🫩"),
        ("\u200e🎨\u200b", "🎨"),
        ("\u2068:art:\u2069", "🎨"),
        (":smiling_face_with_3_hearts:", "🥰"),
        (":first_place:", "🥇"),
        ("\u200b", None),
        ("❤\ufe0f\ufe0f", "❤️"),
        ("🎨\ufe0f", "🎨"),
        ("⛓\ufe0f\u200d\ufe0f💥\ufe0f", "⛓️‍💥"),
        (":HEART:", "❤️"),
        (":Thumbsup_Tone3:", "👍🏽"),
        (":PARTY:", "<a:party:123456789012345678>"),
        (":SHOUT:", "<:SHOUT:323456789012345678>"),
        (":shout:", "<:shout:423456789012345678>"),
        (":Shout:", "<:SHOUT:323456789012345678>"),
        (":party:", "<a:party:123456789012345678>"),
        ("<a:party:123456789012345678>", "<a:party:123456789012345678>"),
        ("<:renamed:123456789012345678>", "<a:party:123456789012345678>"),
    ],
)
def test_taken(typed: str, stored: str | None) -> None:
    assert parse_emoji(typed, GUILD) == stored


@pytest.mark.parametrize("typed", [":nothing_of_that_name:", ":flag_qq:", ":heart_tone1:", ":tone1:", ":_tone1:", "::", "x", "art", "1"])
def test_what_names_no_emoji_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="standard emoji"):
        parse_emoji(typed, GUILD)


@pytest.mark.parametrize("typed", ["🎨🎨", "🏽", "<:party:1>", ":lost:", "*" * 200])
def test_refused_naming_what_is_accepted(typed: str) -> None:
    with pytest.raises(UserError, match="standard emoji"):
        parse_emoji(typed, GUILD)


@pytest.mark.parametrize("typed", ["<:elsewhere:523456789012345678>", "<:lost:223456789012345678>"])
def test_custom_emojis_of_elsewhere_are_refused(typed: str) -> None:
    with pytest.raises(UserError, match="another server"):
        parse_emoji(typed, GUILD)


@pytest.mark.parametrize(
    ("stored", "payload"),
    [
        (None, None),
        ("🎨", {"name": "🎨"}),
        ("<a:party:123456789012345678>", {"id": "123456789012345678", "name": "party", "animated": True}),
        ("<:gone:423456789012345678>", None),
    ],
)
def test_in_a_component(stored: str | None, payload: dict[str, Any] | None) -> None:
    assert partial_emoji(stored, {PARTY.id}) == payload


@pytest.mark.parametrize(
    ("typed", "taken"), [("🎨", True), ("", True), (":party:", True), (":vip:", False), ("<:vip:623456789012345678>", False)]
)
def test_an_emoji_that_the_bot_may_not_use_is_not_chosen(typed: str, taken: bool) -> None:
    vip = Custom(id=623456789012345678, name="vip", animated=False, available=True, is_usable=lambda: False)
    party = Custom(**vars(PARTY), is_usable=lambda: True)
    custom: Any = (vip, party)
    stored = parse_emoji(typed, custom)
    if taken:
        assert usable(stored, custom) == stored
    else:
        with pytest.raises(UserError, match="The bot may not use") as refused:
            usable(stored, custom)
        assert refused.value.values == {"text": ":vip:"}
