"""What is read from submitted forms: what nobody can see, and what no database keeps."""

import pytest

from cogs.panels.editor import forms
from cogs.panels.service import inputs
from cogs.panels.service.inputs import DESCRIPTION, MODE, ROLES, STYLE, TITLE, PanelDraft
from core.errors import UserError
from domain.panels import TITLE_MAX, Mode, Style


def draft(title: str, description: str = "") -> PanelDraft:
    values = {TITLE: title, DESCRIPTION: description, ROLES: ["5", "5"], STYLE: "buttons", MODE: "toggle"}
    return forms.read_draft(inputs.submission("rp:1:panels.create", values))


@pytest.mark.parametrize("title", ["", "   ", "\u3000", "\u200b", "\u2800\u3164", "\ufe0f", "\n\t"])
def test_a_title_that_nobody_can_see_is_none(title: str) -> None:
    with pytest.raises(UserError, match="title must not be empty"):
        draft(title)


@pytest.mark.parametrize("title", ["色", "❤️", "-", "👩🏽‍💻", "@everyone <@1> **bold**", "x" * TITLE_MAX, "🎨" * TITLE_MAX])
def test_any_other_title_is_taken_as_it_is(title: str) -> None:
    assert draft(f"  {title} ", " ") == PanelDraft(title, None, (5,), Style.BUTTONS, Mode.TOGGLE)


def test_a_long_text_is_refused_by_its_characters() -> None:
    with pytest.raises(UserError, match="at most") as refused:
        draft("🎨" * (TITLE_MAX + 1))
    assert refused.value.values == {"limit": TITLE_MAX, "length": TITLE_MAX + 1}


def test_what_the_database_cannot_keep_is_left_out() -> None:
    assert draft("Col\0ours", "\0").title == "Colours"
