"""Commands, modals and emojis: what Discord takes and what it refuses, by field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import validate
from sandbox.errors import ApiError
from sandbox.validate.commands import valid_name
from sandbox.validate.emoji import is_unicode_emoji
from sandbox.validate.forms import Problems


def flat(errors: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in errors.items():
        if key == "_errors":
            found[path] = value[0]["code"]
        else:
            found |= flat(value, f"{path}.{key}" if path else key)
    return found


def option(kind: int = 3, name: str = "text", **extra: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "description": "d", **extra}


def command(*options: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"name": "do", "description": "d", "options": list(options), **extra}


SHORT_RADIO = {"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}]}


def label(component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "label": "L", "component": component}


def modal(*components: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"custom_id": "m", "title": "T", "components": list(components), **extra}


TEXT_INPUT = {"type": 4, "custom_id": "t", "style": 1}
CHOICE = {"name": "c", "value": "v"}


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"description": "d"}, {"name": "BASE_TYPE_REQUIRED"}),
        (command(name="Do"), {"name": "APPLICATION_COMMAND_INVALID_NAME"}),
        (command(name="x" * 33), {"name": "BASE_TYPE_BAD_LENGTH"}),
        (command(description=""), {"description": "BASE_TYPE_REQUIRED"}),
        (command(type=4), {"type": "BASE_TYPE_CHOICES"}),
        (command(type=2), {"description": "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"}),
        (command(*(option(name=f"o{i}") for i in range(26))), {"options": "BASE_TYPE_MAX_LENGTH"}),
        (command(option(12)), {"options.0.type": "BASE_TYPE_CHOICES"}),
        (command(option(), option()), {"options.1.name": "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"}),
        (command(option(), option(name="b", required=True)), {"options.1": "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"}),
        (command(option(1), option(name="b")), {"options": "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"}),
        (command(option(choices=[CHOICE] * 26)), {"options.0.choices": "BASE_TYPE_MAX_LENGTH"}),
        (command(option(choices=[CHOICE] * 2)), {"options.0.choices.1.name": "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS"}),
        (command(option(4, choices=[CHOICE])), {"options.0.choices.0.value": "NUMBER_TYPE_COERCE"}),
        (command(name_localizations={"xx": "do"}), {"name_localizations": "DICT_TYPE_KEY_CHOICES"}),
        (command(name_localizations={"de": "Tu Was"}), {"name_localizations.de": "APPLICATION_COMMAND_INVALID_NAME"}),
        (command(default_member_permissions="x"), {"default_member_permissions": "NUMBER_TYPE_COERCE"}),
        (command(option(1, options=[option(1, name="in")])), {"options.0.options.0.type": "BASE_TYPE_CHOICES"}),
        (command(contexts=[]), {"contexts": "BASE_TYPE_BAD_LENGTH"}),
        (command(contexts=[0, 1, 0]), {"contexts.2": "SET_TYPE_ALREADY_CONTAINS_VALUE"}),
    ],
)
def test_refused_commands(body: dict[str, Any], problems: dict[str, str]) -> None:
    with pytest.raises(ApiError) as caught:
        validate.command(body)
    assert flat(caught.value.errors or {}) == problems


def test_a_list_that_is_wrong_as_a_whole_tells_nothing_of_its_items() -> None:
    problems = Problems()
    problems.add(("rows", 1, "custom_id"), "INNER", "")
    problems.add(("rows",), "OUTER", "")
    problems.add(("rows", 2, "custom_id"), "INNER", "")
    problems.add(("rows",), "OUTER_TOO", "")
    assert problems.errors == {"rows": {"_errors": [{"code": "OUTER", "message": ""}, {"code": "OUTER_TOO", "message": ""}]}}


def test_a_whole_command() -> None:
    group = option(2, "admin", options=[option(1, "set", options=[option(4, "n", min_value=1, autocomplete=True), option(8, "role")])])
    data = validate.command(command(group, default_member_permissions="268435456", name_localizations={"ja": "する"}, contexts=[0]))
    assert data["default_member_permissions"] == "268435456"
    assert data["options"][0]["options"][0]["options"][0] == option(4, "n", min_value=1, autocomplete=True)
    assert validate.command(data) == data  # what was stored can be sent again


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        (modal(), {"components": "BASE_TYPE_BAD_LENGTH"}),
        (modal(label(TEXT_INPUT), title="x" * 46), {"title": "BASE_TYPE_BAD_LENGTH"}),
        (modal(*(label({**TEXT_INPUT, "custom_id": str(i)}) for i in range(6))), {"components": "BASE_TYPE_BAD_LENGTH"}),
        (modal(label(TEXT_INPUT), label(TEXT_INPUT)), {"components.1.component.custom_id": "COMPONENT_CUSTOM_ID_DUPLICATED"}),
        (modal({"type": 1, "components": [TEXT_INPUT]}), {"components.0.components.0.label": "BASE_TYPE_REQUIRED"}),
        (modal(label({**TEXT_INPUT, "value": "abc", "max_length": 2})), {"components.0.component.value": "BASE_TYPE_BAD_LENGTH"}),
        (modal(label({"type": 2, "style": 1, "custom_id": "b", "label": "x"})), {"components.0.component": "UNION_TYPE_CHOICES"}),
        (modal(label(SHORT_RADIO)), {"components.0.component.options": "BASE_TYPE_BAD_LENGTH"}),
    ],
)  # fmt: skip
def test_refused_modals(body: dict[str, Any], problems: dict[str, str]) -> None:
    with pytest.raises(ApiError) as caught:
        validate.modal(body, lambda _: False, ("data",))
    assert flat(caught.value.errors or {}) == {f"data.{path}": code for path, code in problems.items()}


@pytest.mark.parametrize("name", ["do", "do-it", "やる", "été", "it's", "x_1"])
def test_command_names(name: str) -> None:
    assert valid_name(name)


EMOJIS = ["👍", "❤️", "❤", "🇯🇵", "👨‍👩‍👧", "1️⃣", "✅", "⭐", "▶️", "©", "👍🏽", "🏴\U000e0067\U000e0062\U000e007f", "🫠", "🟥"]


@pytest.mark.parametrize("text", EMOJIS)
def test_emojis(text: str) -> None:
    assert is_unicode_emoji(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x1FFF, categories=("L", "N", "Z", "Pc")), max_size=8))
def test_plain_text_is_no_emoji(text: str) -> None:
    assert not is_unicode_emoji(text)
