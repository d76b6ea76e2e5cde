"""The table of docs/editor-screens.md is what the screens really hold. After a change, run this module to write it anew."""

from collections.abc import Callable
from pathlib import Path

from cogs.panels.editor import screens
from cogs.panels.editor.appearance import screens as look_screens
from cogs.panels.editor.channels import screens as posting_screens
from cogs.panels.editor.order import screens as arranging_screens
from cogs.panels.editor.rules import screens as rule_screens
from cogs.panels.editor.rules.screens import Rules
from cogs.panels.editor.view import View
from cogs.panels.history import screens as history_screens
from cogs.panels.posting.postings import Condition, Posting
from cogs.panels.posting.render import Present, panel_message
from cogs.panels.service.revisions import Revision
from core.components import Payload
from domain import clock
from domain.panels import RoleSpec
from domain.permissions import DANGEROUS
from domain.role_safety import RoleFacts
from tests.panels.builders import GUILD, OWNER, english, facts, panel, role_id

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "editor-screens.md"
COUNTS = (0, 25, 100)
ONE = RoleSpec(1, role_id(1), "Role 1")
POSTING = Posting(GUILD + 7, (GUILD + 8,), Condition.LIVE)
POWERFUL = RoleFacts(role_id(900), "Powerful", 90, DANGEROUS.value)


def history(view: View) -> Payload:
    """The history after as many changes as there are roles, and the making."""
    count = len(view.panel.roles) + 1
    kept = [Revision(number, number, OWNER, clock.now(), view.panel) for number in range(count, 0, -1)]
    return history_screens.history(view, kept[:11], 0, count)


SCREENS: dict[str, Callable[[View], Payload]] = {
    "Main screen": screens.main,
    "One role": lambda view: screens.role(view, ONE),
    "Rules of a role": lambda view: rule_screens.role_rules(Rules(view, (), True), ONE),
    "Who may, of a role": lambda view: rule_screens.who(Rules(view, (), True), ONE),
    "Order": arranging_screens.order,
    "Taking roles off": arranging_screens.removal,
    "Appearance": look_screens.look,
    "Behaviour": lambda view: rule_screens.behaviour(Rules(view, (), True)),
    "Who may, of the panel": lambda view: rule_screens.who(Rules(view, (), True), None),
    "Channels": lambda view: posting_screens.postings(view, {}),
    "Preview, first message": lambda view: panel_message(view.panel, Present(frozenset(), frozenset()), view.t, inert=True),
    "One channel": lambda view: posting_screens.posting(view, POSTING),
    "History": history,
    "Confirming a powerful role": lambda view: screens.confirm(view, (POWERFUL.role_id,)),
    "Deletion": screens.delete,
}


def size(payload: Payload) -> str:
    """The components, rows included; the rows; and the options of all selects."""
    rows = payload["components"]
    parts = [part for row in rows for part in row["components"]]
    return f"{len(rows) + len(parts)} ({len(rows)} rows, {sum(len(part.get('options', ())) for part in parts)} options)"


def table() -> str:
    """The table as it has to stand in the document."""
    lines = ["| screen | " + " | ".join(f"{count} roles" for count in COUNTS) + " |", "|---|---|---|---|"]
    for name, screen in SCREENS.items():
        views = [View(panel(count), (POSTING,), facts(100, POWERFUL), True, english()) for count in COUNTS]
        lines.append(f"| {name} | " + " | ".join(size(screen(view)) for view in views) + " |")
    return "\n".join(lines)


def test_the_document_counts_what_the_screens_hold() -> None:
    assert table() in DOCUMENT.read_text("utf-8")


if __name__ == "__main__":
    head, _, rest = DOCUMENT.read_text("utf-8").partition("| screen |")
    DOCUMENT.write_text(head + table() + rest[rest.index("\n\n") :], "utf-8")
