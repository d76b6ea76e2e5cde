"""The guide's limits are the constants that hold."""

import pytest

from cogs.config import managers
from cogs.panels import cog
from cogs.panels.diagnosis import facts
from cogs.panels.editor import drafts
from cogs.panels.editor.channels import handlers
from cogs.panels.history import screens
from cogs.panels.service import pages, revisions, write_limit
from cogs.panels.transfer import files
from cogs.panels.transfer import screens as transfer_screens
from cogs.roles.decision import cooldown
from domain import durations, panel_file, panels
from tests.docs.pages import page, rows

WORDS = {1: "a day", 10: "ten"}
LIMITS = {
    "panels in a server": panel_file.PANELS_MAX,
    "roles on a panel": panels.ROLES_MAX,
    "roles added at once, or named by one rule": panels.RULE_ROLES_MAX,
    "panels in a link group": panels.GROUP_PANELS_MAX,
    "roles in a link group": panels.GROUP_ROLES_MAX,
    "posted messages of panels in a server": pages.MESSAGES_MAX,
    "roles made along with an import or a template": transfer_screens.ROLES_MADE_MAX,
    "places of a role": panel_file.CAPACITY_MAX,
    "how long a role is kept": f"{durations.LONGEST // 86400} days",
    "versions of a panel that are kept": revisions.KEPT,
    "manager roles": managers.MANAGERS_MAX,
    "messages in a preview": handlers.PREVIEWS_MAX,
    "a file to import": f"{files.SIZE_MAX // 1024} KiB",
    "an export": f"{files.EXPORT_MAX // 1024**2} MiB",
    "changes of panels in a server": f"{write_limit.WRITES} a second",
    "clicks of a member": f"{cooldown.CLICKS} in {cooldown.SPAN.seconds} seconds",
    "a title": f"{panels.TITLE_MAX} characters",
    "a description": f"{panels.DESCRIPTION_MAX:,} characters",
    "a label": f"{panels.LABEL_MAX} characters",
}


def test_the_table_of_limits() -> None:
    told = dict(rows(page("docs/admin-guide.md"), "what"))
    assert told == {what: most if isinstance(most, str) else f"{most:,}" for what, most in LIMITS.items()}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("docs/admin-guide.md", f"Choose up to {panels.RULE_ROLES_MAX} roles; more can be added afterwards, {panels.ROLES_MAX} in all"),
        ("docs/admin-guide.md", f"how each stands, {WORDS[cog.PANELS_PER_PAGE]} on a page"),
        ("docs/admin-guide.md", f"at {facts.LOOKS_MAX} messages"),
        ("docs/admin-guide.md", f"the last {revisions.KEPT}"),
        ("docs/admin-guide.md", f"keeps all of it for {WORDS[drafts.KEPT.days]}"),
        ("README.md", f"up to {panels.ROLES_MAX} roles on a panel"),
    ],
)
def test_limits_in_sentences(document: str, sentence: str) -> None:
    assert sentence in " ".join(page(document).split())


def test_the_picture_of_the_history_shows_a_screen_full() -> None:
    assert f"{WORDS[screens.PER_SCREEN]} versions" in page("docs/admin-guide.md")
