"""The editor: one ephemeral message whose every screen is drawn from the database anew, so that it works at any age.

Pure: from plain values to payloads. Each screen's custom_ids carry the panel's id.
"""

from collections.abc import Iterable, Sequence

from cogs.panels.editor.view import EMBED_DESCRIPTION_MAX, RolePage, View, as_of, screen, states
from cogs.panels.posting.postings import Posting
from cogs.panels.ui import verbs
from cogs.panels.ui.components import OPTIONS_MAX, ROW_WIDTH, button, role_options, role_select, row, string_select
from cogs.panels.ui.words import MODES, STYLES, powers, refusals, role_name, role_names, unseen
from core.components import Payload, fit, text_embed, text_message
from core.i18n import Translator
from core.markup import Markup, bold, emoji_shown
from domain.custom_id import encode
from domain.panels import ROLES_MAX, ButtonColour, PanelSpec, RoleSpec
from domain.plan import Refusal
from domain.role_safety import Problem, item_problem

EXCERPT_MAX = 150
CONFIRMATIONS_MAX = 2 * ROW_WIDTH
POWERS_MAX = 3200  # characters of an embed's text: what is confirmed is shown whole, and there is room to name the roles beyond


def main(view: View, notices: Iterable[Markup] = (), number: int = 0) -> Payload:
    """Where everything starts: how the panel stands, and what can be done. `notices` tell what just happened.

    `number` is the page of roles that is shown.
    """
    t, page = view.t, RolePage.at(view.panel, number)
    free = min(ROLES_MAX - len(view.panel.roles), OPTIONS_MAX)
    rows: list[Payload] = []
    if free:
        rows.append(row(role_select(view.id(verbs.ADD_ROLES), t("Add roles"), max_values=free)))
    if page.roles:
        roles = role_options(view.panel, page.roles)
        rows.append(row(string_select(view.id(verbs.ROLE), page.caption(t("Change one role"), t), roles)))
        at = page.number
        arranging = button(view.id(verbs.ORDER, at), t("Reorder")), button(view.id(verbs.REMOVAL, at), t("Remove roles"))
        rows.append(row(*page.turns(view, verbs.HOME), *arranging))
    rows += _main_buttons(view)
    return screen(view, _overview(view, page), rows, notices)


def _main_buttons(view: View) -> list[Payload]:
    t = view.t
    return [
        row(
            button(view.id(verbs.TEXT), t("Edit text")),
            button(view.id(verbs.LOOK), t("Appearance")),
            button(view.id(verbs.BEHAVIOUR), t("Behaviour")),
            button(view.id(verbs.PREVIEW), t("Preview")),
        ),
        row(
            button(view.id(verbs.POST), t("Post"), ButtonColour.GREEN, disabled=not view.panel.roles),
            button(view.id(verbs.UNDO, view.panel.version), t("Undo"), disabled=view.panel.version == 1),
            button(view.id(verbs.HISTORY), t("History")),
            button(view.id(verbs.REFRESH), t("Refresh")),
            button(view.id(verbs.DELETE), t("Delete"), ButtonColour.RED),
        ),
    ]


def role(view: View, spec: RoleSpec, notices: Iterable[Markup] = ()) -> Payload:
    """One role of the panel."""
    t = view.t
    lines = [
        role_name(spec.role_id, view.facts, view.panel),
        t("Label: {label}", label=spec.label) if spec.label_set else t("Label: {label} (the name of the role)", label=spec.label),
        t("Emoji: {emoji}", emoji=emoji_shown(spec.emoji or "–")),
        t("Description: {description}", description=spec.description or "–"),
    ]
    warning = view.warning(spec)
    if warning:
        lines.append(Markup("⚠️ {}").format(warning))
    buttons = [button(view.id(verbs.ROLE_TEXT, spec.item_id), t("Edit"), ButtonColour.BLURPLE)]
    dangerous = item_problem(view.facts, spec, spec) is Problem.DANGEROUS
    if dangerous and view.by_administrator:
        buttons.append(_confirm_button(view, spec.role_id, t("Confirm its permissions")))
    buttons.append(button(view.id(verbs.RULES, spec.item_id), t("Rules")))
    buttons.append(button(view.id(verbs.REMOVE_ROLES, spec.item_id), t("Remove"), ButtonColour.RED))
    return screen(view, lines, [row(*buttons, view.back(view.page_of(spec.item_id)))], notices)


def delete(view: View) -> Payload:
    """The question before a deletion."""
    t = view.t
    lines = [
        *_settings(view),
        Markup(),
        t("Delete this panel and its messages? Members keep the roles they have. This cannot be undone."),
    ]
    return screen(view, lines, [row(button(view.id(verbs.DELETE_NOW), t("Delete the panel"), ButtonColour.RED), view.back())])


def confirm(view: View, role_ids: tuple[int, ...], notices: Iterable[Markup] = ()) -> Payload:
    """What dangerous roles can do, and a button for each that an administrator still wants on the panel."""
    t = view.t
    told = [
        Markup("• {}: {}").format(role_name(role_id, view.facts), powers(view.facts.roles[role_id], t))
        for role_id in role_ids[:CONFIRMATIONS_MAX]
    ]
    while len("\n".join(told)) > POWERS_MAX:
        told.pop()
    shown = role_ids[: len(told)]
    lines = [t("These roles have powerful permissions. Whoever clicks them on the panel gets those permissions:"), *told]
    lines += unseen(view.facts, t)
    if rest := role_ids[len(shown) :]:
        names = role_names(rest, view.facts, t)
        lines.append(t("At most {n} can be confirmed at a time. Add these again afterwards: {roles}.", n=len(shown), roles=names))
    buttons = [_confirm_button(view, role_id, t("Add {role} anyway", role=_cut(view.facts.roles[role_id].name, 40))) for role_id in shown]
    rows = [row(*buttons[start : start + ROW_WIDTH]) for start in range(0, len(buttons), ROW_WIDTH)]
    return screen(view, lines, [*rows, row(view.back())], notices)


def after_adding(view: View, refused: tuple[Refusal, ...], notices: Iterable[Markup] = (), number: int = 0) -> Payload:
    """The screen after roles were asked for: each refused one is named; an administrator is asked about the dangerous ones.

    `number` is the page of roles that is shown.
    """
    dangerous = tuple(refusal.role_id for refusal in refused if refusal.problem is Problem.DANGEROUS)
    if not view.by_administrator or not dangerous:
        return main(view, [*notices, *_not_added(refused, view)], number)
    others = [refusal for refusal in refused if refusal.problem is not Problem.DANGEROUS]
    return confirm(view, dangerous, [*notices, *_not_added(others, view)])


def overview(panels: list[tuple[PanelSpec, tuple[Posting, ...]]], t: Translator, number: int = 0, count: int = 1) -> Payload:
    """Some of the guild's panels, each with its state: page `number` of `count`."""
    if not panels:
        return text_message(t("There are no panels here yet. Make one with `/panel create`."), embeds=[], components=[])
    lines = [
        Markup(" · ").join([bold(panel.name), t.plural("{n} role", "{n} roles", len(panel.roles)), *states(panel.guild_id, postings, t)])
        for panel, postings in panels
    ]
    turns: list[Payload] = []
    page = ""
    if count > 1:
        page = t("Page {page} of {pages}", page=number + 1, pages=count)
        before = button(encode(verbs.LIST, 0, max(0, number - 1)), t("◀ Previous"), disabled=number == 0)
        turns = [row(before, button(encode(verbs.LIST, 0, number + 1), t("Next ▶"), disabled=number == count - 1))]
    embed = text_embed(t("Role panels"), fit(lines, EMBED_DESCRIPTION_MAX, t), footer=page)
    return {"embeds": [embed], "components": turns}


def added_notice(before: PanelSpec, view: View, picked: Sequence[int]) -> list[Markup]:
    """What is said of the picked roles that are on the panel now, and were not or were before."""
    known, t = {role.role_id for role in before.roles}, view.t
    new = [role.role_id for role in view.panel.roles if role.role_id in picked and role.role_id not in known]
    old = [role_id for role_id in picked if role_id in known]
    lines = [t("Put on the panel: {roles}.", roles=role_names(new, view.facts, t))] if new else []
    return [*lines, t("On the panel already: {roles}.", roles=role_names(old, view.facts, t))] if old else lines


def _not_added(refused: Sequence[Refusal], view: View) -> list[Markup]:
    """A line for each role that was refused, under a heading that says so."""
    return [view.t("**Not added:**"), *refusals(refused, view.facts, view.t)] if refused else []


def _settings(view: View) -> list[Markup]:
    panel, t = view.panel, view.t
    return [
        *states(panel.guild_id, view.postings, t),
        as_of(view),
        t("Text: {text}", text=_excerpt(panel)),
        t("Style: {style}", style=t(STYLES[panel.style])),
        t("Behaviour: {behaviour}", behaviour=t(MODES[panel.mode][1])),
    ]


def _overview(view: View, page: RolePage) -> list[Markup]:
    """The panel and its roles; when not every reason of a warning has room, the roles come without theirs rather than not at all."""
    lines = [*_settings(view), Markup(), *_roles(view, page)]
    if len("\n".join(lines)) <= EMBED_DESCRIPTION_MAX:
        return lines
    marked = _roles(view, page, with_reasons=False)
    return [*_settings(view), Markup(), *marked, view.t("⚠️ These do not work now. Choose one below under “Change one role” to see why.")]


def _roles(view: View, page: RolePage, *, with_reasons: bool = True) -> list[Markup]:
    t = view.t
    if not page.roles:
        return [t("No roles yet. Add some below.")]
    alone = page.count == 1
    lines = [t("**Roles** ({count} of {limit})", count=page.of, limit=ROLES_MAX) if alone else page.caption(t("**Roles**"), t)]
    for spec in page.roles:
        name = role_name(spec.role_id, view.facts, view.panel)
        warning = view.warning(spec)
        told = Markup("\n⚠️ {}").format(warning) if warning and with_reasons else Markup(" ⚠️") if warning else Markup()
        lines.append(Markup("{} {}{}").format(emoji_shown(spec.emoji or "•"), name, told))
    return lines


def _excerpt(panel: PanelSpec) -> str:
    """The beginning of what members read, on one line."""
    words = " ".join(f"{panel.title} · {panel.description}".split() if panel.description else panel.title.split())
    return _cut(words, EXCERPT_MAX)


def _confirm_button(view: View, role_id: int, label: str) -> Payload:
    bits = view.facts.roles[role_id].power
    return button(view.id(verbs.CONFIRM, role_id, bits), label, ButtonColour.RED)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
