"""What is different between two states of a panel."""

from dataclasses import replace

import pytest

from domain.panel_changes import Changes, FieldChange, changes
from domain.panels import Appearance, Mode, PanelSpec, Requirement
from tests.panels.builders import panel, role_id

NOW = panel(3)
FIRST, SECOND, THIRD = NOW.roles


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (NOW, Changes()),
        (replace(NOW, version=9, panel_id=3), Changes()),
        (replace(NOW, roles=(replace(FIRST, item_id=99, confirmed_permissions=8), SECOND, THIRD)), Changes()),
        (replace(NOW, mode=Mode.UNIQUE), Changes((FieldChange("mode", Mode.TOGGLE, Mode.UNIQUE),))),
        (replace(NOW, title="Hues", name="Hues"), Changes((FieldChange("title", "Colours", "Hues"),))),
        (replace(NOW, name="Hues"), Changes((FieldChange("name", "Colours", "Hues"),))),
        (replace(NOW, appearance=Appearance(footer="x")), Changes((FieldChange("footer", None, "x"),))),
        (replace(NOW, requirement=Requirement((5,))), Changes((FieldChange("required", (), (5,)),))),
        (
            replace(NOW, roles=(replace(FIRST, label="Rouge", requirement=Requirement(blocked=(5,))), SECOND, THIRD)),
            Changes((FieldChange("label", "Role 1", "Rouge", role_id(1)), FieldChange("blocked", (), (5,), role_id(1)))),
        ),
        (
            replace(NOW, roles=(replace(FIRST, label="Rouge", label_set=False), SECOND, THIRD)),
            Changes((FieldChange("label", "Role 1", "Rouge", role_id(1)),)),
        ),
        (
            replace(NOW, roles=(replace(FIRST, label_set=False), SECOND, THIRD)),
            Changes((FieldChange("label_set", True, False, role_id(1)),)),
        ),
        (replace(NOW, roles=(FIRST, THIRD)), Changes(removed=(role_id(2),))),
        (replace(NOW, roles=(FIRST, SECOND, THIRD, replace(FIRST, role_id=7))), Changes(added=(7,))),
        (replace(NOW, roles=(THIRD, FIRST, SECOND)), Changes(reordered=True)),
        (replace(NOW, roles=(replace(FIRST, role_id=7), SECOND, THIRD)), Changes(added=(7,), removed=(role_id(1),))),
    ],
)
def test_changes(then: PanelSpec, expected: Changes) -> None:
    assert changes(NOW, then) == expected
    assert bool(changes(NOW, then)) == (expected != Changes())


def test_a_label_that_followed_its_role_is_no_change() -> None:
    before, after = (replace(NOW, roles=(replace(FIRST, label=name, label_set=False), SECOND, THIRD)) for name in ("Red", "Crimson"))
    assert not changes(before, after)
