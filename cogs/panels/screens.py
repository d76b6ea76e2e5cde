"""The editor: one ephemeral message whose every screen is drawn from the database anew, so that it works at any age.

Pure: from plain values to payloads. Each screen's custom_ids carry the panel's id.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import discord

from cogs.panels import verbs
from cogs.panels.components import ROW_WIDTH, button, channel_select, option, role_select, row, string_select
from cogs.panels.modals import style_options
from cogs.panels.words import CONTENT_MAX, MODES, STYLES, WARNINGS, fit, link, permission_names, problem_sentence, refusals, role_name
from core.components import Payload
from core.i18n import Translator
from domain.custom_id import encode
from domain.panels import ROLES_PER_MESSAGE, ButtonColour, PanelSpec, RoleSpec
from domain.permissions import dangerous_bits
from domain.plan import Refusal
from domain.role_safety import GuildFacts, Problem, grant_problem

EMBED_DESCRIPTION_MAX = 4096
CONFIRMATIONS_MAX = 4 * ROW_WIDTH  # four rows; the fifth holds the way back


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that the panel was posted as; `missing` when somebody deleted it."""

    channel_id: int
    message_id: int
    missing: bool


@dataclass(frozen=True, slots=True)
class View:
    """What every screen is drawn from."""

    panel: PanelSpec
    posted: tuple[Posted, ...]
    facts: GuildFacts
    by_administrator: bool
    t: Translator


def main(view: View, notices: Iterable[str] = ()) -> Payload:
    """Where everything starts: how the panel stands, and what can be done. `notices` tell what just happened."""
    panel, t = view.panel, view.t
    free = ROLES_PER_MESSAGE - len(panel.roles)
    rows: list[Payload] = []
    if free:
        rows.append(row(role_select(_id(verbs.ADD_ROLES, view), t("Add roles"), max_values=free)))
    if panel.roles:
        roles = [option(role.label, str(role.item_id)) for role in panel.roles]
        rows.append(row(string_select(_id(verbs.ROLE, view), t("Change how a role looks"), roles)))
        rows.append(row(string_select(_id(verbs.REMOVE_ROLES, view), t("Remove roles from the panel"), roles, max_values=len(roles))))
    rows.append(
        row(
            button(_id(verbs.TEXT, view), t("Edit text")),
            button(_id(verbs.LOOK, view), t("Style")),
            button(_id(verbs.BEHAVIOUR, view), t("Behaviour")),
            button(_id(verbs.PREVIEW, view), t("Preview")),
        )
    )
    rows.append(
        row(
            button(_id(verbs.POST, view), t("Post"), ButtonColour.GREEN, disabled=not panel.roles),
            button(_id(verbs.DELETE, view), t("Delete"), ButtonColour.RED),
        )
    )
    return _screen(view, [*_settings(view), "", *_roles(view)], rows, notices)


def role(view: View, spec: RoleSpec, notices: Iterable[str] = ()) -> Payload:
    """One role of the panel."""
    t = view.t
    lines = [
        role_name(spec.role_id, view.facts, view.panel),
        t("Label: {label}", label=discord.utils.escape_markdown(spec.label)),
        t("Emoji: {emoji}", emoji=spec.emoji or "–"),
        t("Description: {description}", description=discord.utils.escape_markdown(spec.description or "–")),
    ]
    warning = _warning(view, spec)
    if warning:
        lines.append(f"⚠️ {warning}")
    buttons = [button(_id(verbs.ROLE_TEXT, view, spec.item_id), t("Edit"), ButtonColour.BLURPLE)]
    dangerous = grant_problem(view.facts, spec.role_id, spec.confirmed_permissions) is Problem.DANGEROUS
    if dangerous and view.by_administrator:
        buttons.append(_confirm_button(view, spec.role_id, t("Confirm its permissions")))
    buttons.append(button(_id(verbs.RULES, view, spec.item_id), t("Rules")))
    buttons.append(button(_id(verbs.REMOVE_ROLES, view, spec.item_id), t("Remove"), ButtonColour.RED))
    return _screen(view, lines, [row(*buttons, _back(view))], notices)


def look(view: View, notices: Iterable[str] = ()) -> Payload:
    """The style."""
    t = view.t
    rows = [
        row(string_select(_id(verbs.STYLE, view), t("Style"), style_options(view.panel.style, t))),
        row(_back(view)),
    ]
    return _screen(view, _settings(view), rows, notices)


def post(view: View) -> Payload:
    """Where to post."""
    t = view.t
    rows = [row(channel_select(_id(verbs.POST_TO, view), t("Choose a channel"))), row(_back(view))]
    return _screen(view, [*_settings(view), "", t("In which channel should the panel be posted?")], rows)


def delete(view: View) -> Payload:
    """The question before a deletion."""
    t = view.t
    lines = [
        *_settings(view),
        "",
        t("Delete this panel and its messages? Members keep the roles they have. This cannot be undone."),
    ]
    return _screen(view, lines, [row(button(_id(verbs.DELETE_NOW, view), t("Delete the panel"), ButtonColour.RED), _back(view))])


def confirm(view: View, role_ids: tuple[int, ...], notices: Iterable[str] = ()) -> Payload:
    """What dangerous roles can do, and a button for each that an administrator still wants on the panel."""
    t = view.t
    shown = role_ids[:CONFIRMATIONS_MAX]
    lines = [t("These roles have powerful permissions. Whoever clicks them on the panel gets those permissions:")]
    lines += [
        f"• {role_name(role_id, view.facts)}: {permission_names(dangerous_bits(view.facts.roles[role_id].permissions), t)}"
        for role_id in shown
    ]
    if len(role_ids) > len(shown):
        lines.append(t("At most {n} can be confirmed at a time. Add the others again afterwards.", n=CONFIRMATIONS_MAX))
    buttons = [_confirm_button(view, role_id, t("Add {role} anyway", role=_cut(view.facts.roles[role_id].name, 40))) for role_id in shown]
    rows = [row(*buttons[start : start + ROW_WIDTH]) for start in range(0, len(buttons), ROW_WIDTH)]
    return _screen(view, lines, [*rows, row(_back(view))], notices)


def after_adding(view: View, refused: tuple[Refusal, ...], notices: Iterable[str] = ()) -> Payload:
    """The screen after roles were asked for: each refused one is named; an administrator is asked about the dangerous ones."""
    dangerous = tuple(refusal.role_id for refusal in refused if refusal.problem is Problem.DANGEROUS)
    if not view.by_administrator or not dangerous:
        return main(view, [*notices, *refusals(refused, view.facts, view.t)])
    others = [refusal for refusal in refused if refusal.problem is not Problem.DANGEROUS]
    return confirm(view, dangerous, [*notices, *refusals(others, view.facts, view.t)])


def overview(panels: list[tuple[PanelSpec, tuple[Posted, ...]]], t: Translator) -> Payload:
    """The guild's panels, each with its state."""
    if not panels:
        return {"content": t("There are no panels here yet. Make one with `/panel create`.")}
    lines = [
        f"**{discord.utils.escape_markdown(panel.name)}** · "
        + t.plural("{n} role", "{n} roles", len(panel.roles))
        + " · "
        + " · ".join(states(panel.guild_id, posted, t))
        for panel, posted in panels
    ]
    embed = discord.Embed(title=t("Role panels"), description=fit(lines, EMBED_DESCRIPTION_MAX, t))
    return {"embeds": [embed.to_dict()]}


def states(guild_id: int, posted: tuple[Posted, ...], t: Translator) -> list[str]:
    """Draft, live where, and what was deleted where."""
    live = [link(guild_id, one.channel_id, one.message_id) for one in posted if not one.missing]
    missing = dict.fromkeys(f"<#{one.channel_id}>" for one in posted if one.missing)
    found: list[str] = []
    if live:
        found.append(t("🟢 Live: {messages}", messages=" ".join(live)))
    if missing:
        found.append(t("🔴 The message in {channels} was deleted. Post the panel again to bring it back.", channels=" ".join(missing)))
    return found or [t("⚪ Draft, not posted yet")]


def _settings(view: View) -> list[str]:
    panel, t = view.panel, view.t
    return [
        *states(panel.guild_id, view.posted, t),
        t("Style: {style}", style=t(STYLES[panel.style])),
        t("Behaviour: {behaviour}", behaviour=t(MODES[panel.mode][1])),
    ]


def _roles(view: View) -> list[str]:
    t = view.t
    if not view.panel.roles:
        return [t("No roles yet. Add some below.")]
    lines = [t("**Roles** ({count} of {limit})", count=len(view.panel.roles), limit=ROLES_PER_MESSAGE)]
    for spec in view.panel.roles:
        name = role_name(spec.role_id, view.facts, view.panel)
        warning = _warning(view, spec)
        lines.append(f"{spec.emoji or '•'} {name}" + (f"\n⚠️ {warning}" if warning else ""))
    return lines


def _warning(view: View, spec: RoleSpec) -> str | None:
    """Why members cannot get this role now."""
    problem = grant_problem(view.facts, spec.role_id, spec.confirmed_permissions)
    return problem_sentence(WARNINGS, Refusal(spec.role_id, problem), view.facts, view.t, view.panel) if problem else None


def _screen(view: View, lines: list[str], rows: list[Payload], notices: Iterable[str] = ()) -> Payload:
    title = view.t("Panel: {name}", name=view.panel.name)
    embed = discord.Embed(title=title, description=fit(lines, EMBED_DESCRIPTION_MAX, view.t))
    return {"content": fit(list(notices), CONTENT_MAX, view.t), "embeds": [embed.to_dict()], "components": rows}


def _confirm_button(view: View, role_id: int, label: str) -> Payload:
    bits = dangerous_bits(view.facts.roles[role_id].permissions)
    return button(_id(verbs.CONFIRM, view, role_id, bits), label, ButtonColour.RED)


def _back(view: View) -> Payload:
    return button(_id(verbs.HOME, view), view.t("Back"))


def _id(verb: str, view: View, *args: int) -> str:
    return encode(verb, view.panel.panel_id, *args)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
