"""An emoji that Discord does not take costs that emoji, not the message."""

from typing import Any

import pytest

from core.refused_emojis import without_refused


def buttons(*emojis: str | None) -> list[dict[str, Any]]:
    made = [{"type": 2, "custom_id": str(number)} | ({"emoji": {"name": one}} if one else {}) for number, one in enumerate(emojis)]
    return [{"type": 1, "components": made}]


def refusal(*path: str | int, code: int = 50035) -> dict[str, Any]:
    errors: dict[str, Any] = {"_errors": [{"code": "BUTTON_COMPONENT_INVALID_EMOJI", "message": "Invalid emoji"}]}
    for name in reversed(path):
        errors = {str(name): errors}
    return {"code": code, "message": "Invalid Form Body", "errors": errors}


SELECT = [{"type": 1, "components": [{"type": 3, "options": [{"value": "1", "emoji": {"id": "5"}}]}]}]


@pytest.mark.parametrize(
    ("body", "answer", "expected"),
    [
        ({"components": buttons("a", "b")}, refusal("components", 0, "components", 1, "emoji", "name"), {"components": buttons("a", None)}),
        ({"components": buttons("a", "b")}, refusal("components", 0, "components", 0, "emoji"), {"components": buttons(None, "b")}),
        (
            {"type": 4, "data": {"components": buttons("a")}},
            refusal("data", "components", 0, "components", 0, "emoji", "id"),
            {"type": 4, "data": {"components": buttons(None)}},
        ),
        (
            {"components": SELECT},
            refusal("components", 0, "components", 0, "options", 0, "emoji", "id"),
            {"components": [{"type": 1, "components": [{"type": 3, "options": [{"value": "1"}]}]}]},
        ),
        ({"components": buttons("a")}, refusal("components", 0, "components", 0, "custom_id"), None),
        ({"components": buttons("a")}, refusal("components", 0, "components", 7, "emoji"), None),
        ({"components": buttons("a")}, refusal("components", 0, "components", 0, "emoji", code=50013), None),
        ({"components": buttons(None)}, refusal("components", 0, "components", 0, "emoji"), None),
        ({"components": buttons("a")}, "<html>", None),
        (None, refusal("components", 0, "components", 0, "emoji"), None),
    ],
)
def test_what_the_answer_complains_of_is_taken_out(body: Any, answer: Any, expected: Any) -> None:
    assert without_refused(body, answer) == expected
