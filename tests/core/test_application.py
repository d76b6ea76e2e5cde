"""What the developer portal says of the bot."""

from typing import Any

import pytest

from core.application import Application

TEAM = {
    "owner_user_id": "1",
    "members": [
        {"membership_state": 2, "role": "admin", "user": {"id": "2"}},
        {"membership_state": 2, "role": "read_only", "user": {"id": "3"}},
        {"membership_state": 1, "role": "developer", "user": {"id": "4"}},
        {"user": {"id": "5"}},
    ],
}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, Application("", frozenset(), False, None, None)),
        ({"name": "Bot", "owner": {"id": "7"}, "flags": 0}, Application("Bot", frozenset({7}), False, frozenset(), None)),
        (
            {"name": "Bot", "owner": {"id": "9"}, "team": TEAM, "bot_public": True},
            Application("Bot", frozenset({1, 2, 5}), True, None, None),
        ),
        ({"flags": 1 << 15}, Application("", frozenset(), False, frozenset({"members"}), None)),
        (
            {"flags": 0, "flags_new": str(1 << 14 | 1 << 18)},
            Application("", frozenset(), False, frozenset({"members", "message content"}), None),
        ),
        ({"interactions_endpoint_url": "https://x.test"}, Application("", frozenset(), False, None, "https://x.test")),
        ({"interactions_endpoint_url": ""}, Application("", frozenset(), False, None, None)),
    ],
)
def test_it_is_read_leniently(told: Any, expected: Application) -> None:
    assert Application.read(told) == expected
