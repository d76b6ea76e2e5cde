"""What the forms of the editor take: up to the limit and not one character more, whatever a client lets through."""

import pytest

from cogs.panels.editor import forms
from cogs.panels.service import inputs
from core.errors import UserError
from domain.panels import ButtonColour

TEXT = {inputs.TITLE: "Colours", inputs.DESCRIPTION: ""}
ROLE = {inputs.LABEL: "Red", inputs.EMOJI: "", inputs.DESCRIPTION: "", inputs.COLOUR: ButtonColour.GREY.value}


@pytest.mark.parametrize(("field", "limit"), [(inputs.TITLE, 256), (inputs.DESCRIPTION, 4000)])
def test_the_text_of_a_panel(field: str, limit: int) -> None:
    assert "x" * limit in forms.read_text(inputs.submission("", TEXT | {field: f" {'x' * limit}\n"}))
    with pytest.raises(UserError) as refused:
        forms.read_text(inputs.submission("", TEXT | {field: "x" * (limit + 1)}))
    assert refused.value.values == {"limit": limit, "length": limit + 1}


@pytest.mark.parametrize(("field", "limit"), [(inputs.LABEL, 80), (inputs.DESCRIPTION, 100)])
def test_the_text_of_a_role(field: str, limit: int) -> None:
    read = forms.read_role(inputs.submission("", ROLE | {field: "x" * limit}), ())
    assert "x" * limit in (read.label, read.description)
    with pytest.raises(UserError) as refused:
        forms.read_role(inputs.submission("", ROLE | {field: "x" * (limit + 1)}), ())
    assert refused.value.values == {"limit": limit, "length": limit + 1}


@pytest.mark.parametrize("nothing", ["", "   ", "\n\u3000"])
def test_only_spaces_are_nothing(nothing: str) -> None:
    with pytest.raises(UserError, match="title must not be empty"):
        forms.read_text(inputs.submission("", TEXT | {inputs.TITLE: nothing}))
    assert forms.read_role(inputs.submission("", ROLE | {inputs.LABEL: nothing}), ()).label is None
