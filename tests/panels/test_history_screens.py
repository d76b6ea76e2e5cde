"""Who changed what, as the history tells it."""

from dataclasses import replace

from cogs.panels.editor.conflicts import Happened
from cogs.panels.editor.view import View
from cogs.panels.history.screens import history, revision
from cogs.panels.service.revisions import Revision
from cogs.panels.ui.change_words import change_lines
from core.i18n import translator
from domain import clock
from domain.panel_changes import changes
from domain.panels import PanelSpec
from domain.placement import Placement
from tests.panels.builders import EDITOR, english, facts, panel


def at(version: int, author_id: int | None, then: PanelSpec) -> Revision:
    return Revision(version, version, author_id, clock.now(), then)


BEFORE, NOW = panel(2), panel(1)
KEPT = [at(4, EDITOR, NOW), at(3, None, NOW), at(2, None, NOW), at(1, None, BEFORE)]


def lines(payload: dict[str, list[dict[str, str]]]) -> list[str]:
    return payload["embeds"][0]["description"].splitlines()


def test_the_bots_own_changes_are_named_as_its_own() -> None:
    shown = [line.split(" · ", 2) for line in lines(history(View(NOW, (), facts(), True, english()), KEPT, 0, 4))[1:]]
    assert [(version, said.split(" · ")) for version, _, said in shown] == [
        ("**4**", [f"<@{EDITOR}>", "confirmed permissions"]),
        ("**3**", ["the bot", "found roles deleted that its rules need"]),
        ("**2**", ["the bot", "1 role removed"]),
        ("**1**", ["unknown", "first version that is kept"]),
    ]


def test_texts_are_shown_as_they_are_in_the_marks_of_the_language() -> None:
    after = replace(NOW, title="*B* <@1>")
    for locale, words in (("en-US", "Title: “Colours” → “\\*B\\* \\<@1>”"), ("ja", "タイトル：「Colours」 → 「\\*B\\* \\<@1>」")):
        assert change_lines(changes(NOW, after), NOW, after, facts(), translator(locale)) == [words]


def test_a_version_that_looks_like_the_one_before_says_what_it_was() -> None:
    view = View(NOW, (), facts(), True, english())
    assert "• confirmed permissions" in lines(revision(view, KEPT[0], KEPT[1], Placement(NOW)))


def test_what_happened_since_a_version_that_is_no_longer_kept() -> None:
    happened = Happened(None, [replace(KEPT[2], author_id=EDITOR), KEPT[0]], facts()).lines(english())
    assert [line.split(" · ")[-1] for line in happened] == ["first version that is kept", "confirmed permissions"]
