"""The editor's screens for the roles as a whole: their order, and taking several off. Pure, like all screens."""

from collections.abc import Iterable

from cogs.panels.editor.view import RolePage, View, screen
from cogs.panels.service.ordering import Sort, Step
from cogs.panels.ui import verbs
from cogs.panels.ui.components import button, role_options, row, string_select
from core.components import Payload, fit
from core.i18n import BETWEEN, Translator
from core.markup import Markup
from domain.panels import ButtonColour

NAMES_MAX = 1500  # characters


def order(view: View, number: int = 0, item_id: int = 0, notices: Iterable[Markup] = ()) -> Payload:
    """The roles in their order, the picked one marked, and where it can be moved."""
    t = view.t
    page = RolePage.at(view.panel, number)
    items = [role.item_id for role in view.panel.roles]
    picked = item_id if item_id in items else 0
    at_top, at_bottom = not picked or items[0] == picked, not picked or items[-1] == picked
    lines = [t("Pick a role and move it, or sort all of them."), ""]
    for place, role in enumerate(page.roles, page.first + 1):
        line = Markup("{}. {}").format(place, role.label)
        lines.append(Markup("**▶ {}**").format(line) if role.item_id == picked else line)
    options = role_options(view.panel, page.roles, picked)

    def step(kind: Step, label: Markup, disabled: bool) -> Payload:
        return button(view.id(verbs.MOVE_ROLE, picked, kind), label, disabled=disabled)

    rows = (
        [row(string_select(view.id(verbs.ORDER_PICK, page.number), page.caption(t("Pick the role to move"), t), options))]
        if options
        else []
    )
    rows.append(
        row(
            step(Step.UP, t("▲ Up"), at_top),
            step(Step.DOWN, t("▼ Down"), at_bottom),
            step(Step.TOP, t("⤒ To the top"), at_top),
            step(Step.BOTTOM, t("⤓ To the bottom"), at_bottom),
        )
    )
    rows.append(
        row(
            button(view.id(verbs.SORT, Sort.BY_NAME), t("Sort by name"), ButtonColour.BLURPLE),
            button(view.id(verbs.SORT, Sort.BY_POSITION), t("Sort as in the server's role list"), ButtonColour.BLURPLE),
        )
    )
    rows.append(row(*page.turns(view, verbs.ORDER), view.back(page.number)))
    return screen(view, lines, rows, notices)


def removal(view: View, number: int = 0, notices: Iterable[Markup] = ()) -> Payload:
    """Which roles to take off the panel."""
    t = view.t
    page = RolePage.at(view.panel, number)
    rows: list[Payload] = []
    if page.roles:
        options = role_options(view.panel, page.roles)
        custom_id = view.id(verbs.REMOVE_MANY, page.number)
        rows.append(row(string_select(custom_id, page.caption(t("Roles to take off the panel"), t), options, max_values=len(options))))
    rows.append(row(*page.turns(view, verbs.REMOVAL), view.back(page.number)))
    lines = [t("Members keep the roles that are taken off a panel.") if page.roles else t("No roles yet.")]
    return screen(view, lines, rows, notices)


def removed_notice(labels: list[str], t: Translator) -> list[Markup]:
    """What is said after roles were taken off."""
    if not labels:
        return []
    return [t("Taken off the panel: {roles}.", roles=fit(labels, NAMES_MAX, t, t(BETWEEN)))]
