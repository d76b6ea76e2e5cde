"""The screens of a panel's history. Pure, like all screens."""

from collections.abc import Sequence

from cogs.panels.editor.view import EMBED_DESCRIPTION_MAX, View, screen
from cogs.panels.service.revisions import Revision, moment
from cogs.panels.ui import verbs
from cogs.panels.ui.change_words import change_lines, nothing_seen, person, summary
from cogs.panels.ui.components import button, option, row, string_select
from cogs.panels.ui.placement_words import left_out_lines, question, unmet_lines
from core.components import Payload
from core.i18n import Translator
from core.markup import Markup, plain
from domain.panel_changes import changes
from domain.panels import OPTION_DESCRIPTION_MAX, ButtonColour, PanelSpec
from domain.placement import Placement, digest

PER_SCREEN = 10


def history(view: View, kept: Sequence[Revision], number: int, count: int) -> Payload:
    """A page of versions, newest first. `kept` holds one more than is shown, to tell what the last one changed."""
    t, shown = view.t, kept[:PER_SCREEN]
    lines = [t.plural("**History** · {n} version is kept", "**History** · {n} versions are kept", count)]
    options: list[Payload] = []
    for index, revision in enumerate(shown):
        words = _what(kept, index, t)
        author = person(revision.author_id, t, first=index + 1 >= len(kept))
        lines.append(Markup("**{}** · {} · {} · {}").format(revision.version, moment(revision), author, words))
        label = t("Version {version}", version=revision.version)
        options.append(option(label, str(revision.version), description=_cut(plain(words), OPTION_DESCRIPTION_MAX)))
    rows = [row(string_select(view.id(verbs.REVISION), t("Look at a version"), options))] if options else []
    last = (number + 1) * PER_SCREEN >= count
    turns: list[Payload] = []
    if number or not last:
        turns.append(button(view.id(verbs.HISTORY, max(0, number - 1)), t("◀ Newer"), disabled=not number))
        turns.append(button(view.id(verbs.HISTORY, number + 1), t("Older ▶"), disabled=last))
    return screen(view, lines if shown else [t("Nothing was changed here yet.")], [*rows, row(*turns, view.back())])


def revision(view: View, found: Revision, earlier: Revision | None, placement: Placement, *, undo: bool = False) -> Payload:
    """A version: what it changed, and what restoring it would change now."""
    t, now = view.t, view.panel
    author = person(found.author_id, t, first=earlier is None)
    lines = [t("**Version {version}** · {time} · {author}", version=found.version, time=moment(found), author=author)]
    lines += unmet_lines([placement], t)
    if earlier:
        lines.append(t("What was changed then:"))
        then = change_lines(changes(earlier.panel, found.panel), earlier.panel, found.panel, view.facts, t)
        lines += _bullets(then or [nothing_seen(found.author_id, t)])
    back = changes(now, placement.panel)
    same = t("Restoring it would change nothing now.") if placement.left_out else t("The panel is as it was then.")
    lines += [Markup(), t("What restoring it would change now:") if back else same]
    lines += _bullets(change_lines(back, now, placement.panel, view.facts, t))
    lines += left_out_lines(placement, view.facts, t)
    text, told = question(lines, [placement], [], view.facts, t, EMBED_DESCRIPTION_MAX)
    proof = digest((placement,))
    restore = button(
        view.id(verbs.RESTORE, found.version, now.version, proof, int(undo)),
        t("Restore this version"),
        ButtonColour.GREEN,
        disabled=not back or bool(placement.unmet) or not told,
    )
    return screen(view, [text], [row(restore, button(view.id(verbs.HISTORY), t("History")), view.back())])


def differences(view: View, before: PanelSpec, after: PanelSpec) -> list[Markup]:
    """What is different between two states of the panel."""
    return _bullets(change_lines(changes(before, after), before, after, view.facts, view.t))


def _what(kept: Sequence[Revision], index: int, t: Translator) -> Markup:
    """What a version changed."""
    if index + 1 >= len(kept):
        return t("first version that is kept")
    return summary(changes(kept[index + 1].panel, kept[index].panel), t) or nothing_seen(kept[index].author_id, t)


def _bullets(lines: list[Markup]) -> list[Markup]:
    return [Markup("• {}").format(line) for line in lines]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
