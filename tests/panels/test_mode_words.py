"""Every mode is named wherever panels are shown."""

from cogs.audit.words import VALUES
from cogs.panels.posting.render import HINTS, PLACEHOLDERS
from cogs.panels.ui.words import MODES
from cogs.roles.click.picker import TEXTS
from domain.panels import Mode


def test_every_mode_has_its_words() -> None:
    assert set(MODES) == set(PLACEHOLDERS) == set(TEXTS) == set(Mode)
    assert set(HINTS) == set(Mode) - {Mode.TOGGLE}, "what every panel does needs no hint"
    assert {mode for kind, mode in VALUES if kind == "mode"} == set(Mode)
