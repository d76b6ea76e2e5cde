"""The editor's screens for rules: what a panel asks of members, and what comes with each of its roles. Pure, like all screens."""

from collections.abc import Iterable
from dataclasses import dataclass

from cogs.panels.editor.forms import mode_options
from cogs.panels.editor.view import View, screen
from cogs.panels.ui import verbs
from cogs.panels.ui.components import button, role_select, row, string_select
from cogs.panels.ui.words import MODES, problem_sentence, role_name
from cogs.panels.ui.words import REFUSED as REFUSED_ROLES
from core.components import Payload
from core.durations import duration_words
from core.i18n import N_, Translator
from core.markup import Markup, bold
from domain.limits import limits_of
from domain.panels import RULE_ROLES_MAX, ButtonColour, PanelSpec, Requirement, RoleSpec
from domain.plan import Refusal
from domain.role_safety import Problem

ENTITY_ROLE = "role"
NEEDS_MEMBERS = N_(
    "⚠️ This needs the bot to see who joins, which its operator has not switched on: the setting `MEMBERS_INTENT`, and Server Members "
    "Intent in the Discord developer portal."
)
BUNDLE_REFUSED = {
    **REFUSED_ROLES,
    Problem.ABOVE_EDITOR: N_("{role} is not below your own highest role, so you cannot let the bot give it."),
    Problem.DANGEROUS: N_(
        "{role} has powerful permissions ({permissions}). Only an administrator can give it along, and only where it stands on this panel "
        "with these permissions confirmed."
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the screens of rules are drawn from: the view, the panels linked with this one, and whether the bot sees who joins."""

    view: View
    linked: tuple[PanelSpec, ...]
    sees_members: bool


def behaviour(rules: Rules, notices: Iterable[Markup] = ()) -> Payload:
    """What a click does, and for whom."""
    view, panel, t = rules.view, rules.view.panel, rules.view.t
    lines = [
        Markup("**{}** · {}").format(t(MODES[panel.mode][0]), t(MODES[panel.mode][1])),
        t("How many roles: {limits}", limits=_limits(rules)),
        t("Who may: {requirement}", requirement=requirement_words(panel.requirement, view)),
        _linked(rules),
        t("Who leaves and comes back gets the roles again: {answer}", answer=_yes(panel.sticky, t)),
        t("Who has not passed the server's screening yet gets the roles afterwards: {answer}", answer=_yes(panel.wait_for_screening, t)),
    ]
    if not rules.sees_members:
        lines.append(t(NEEDS_MEMBERS))
    rows = [
        row(string_select(view.id(verbs.MODE), t("What a click does"), mode_options(panel.mode, t))),
        row(
            button(view.id(verbs.LIMITS), t("How many roles")),
            button(view.id(verbs.WHO, 0), t("Who may")),
            button(view.id(verbs.LINK), t("Linked panels")),
        ),
        row(
            _switch(rules, verbs.STICKY, panel.sticky, t("Give back to who returns")),
            _switch(rules, verbs.SCREENING, panel.wait_for_screening, t("Wait for screening")),
            view.back(),
        ),
    ]
    return screen(view, _under(t("Behaviour"), *lines), rows, notices)


def role_rules(rules: Rules, role: RoleSpec, notices: Iterable[Markup] = ()) -> Payload:
    """For how long, to how many, with what else, and to whom one role is given."""
    view, t = rules.view, rules.view.t
    lines = [
        role_name(role.role_id, view.facts, view.panel),
        t("Members keep it for: {duration}", duration=duration_words(role.duration, t)) if role.duration else t("Members keep it for good"),
        t("Places: {places}", places=_places(role, t)),
        t("Given along with it: {roles}", roles=_roles(role.bundle, view) or "–"),
        t("Who may: {requirement}", requirement=requirement_words(role.requirement, view)),
    ]
    rows = [
        row(_rule_select(view, verbs.BUNDLE, role.item_id, t("Give further roles along with it"), role.bundle)),
        row(
            button(view.id(verbs.TERMS, role.item_id), t("Duration and places")),
            button(view.id(verbs.WHO, role.item_id), t("Who may")),
            button(view.id(verbs.ROLE, role.item_id), t("Back")),
        ),
    ]
    return screen(view, _under(t("Rules of a role"), *lines), rows, notices)


def who(rules: Rules, role: RoleSpec | None, notices: Iterable[Markup] = ()) -> Payload:
    """Which roles a member needs and must not have, for the panel or for one of its roles."""
    view, t = rules.view, rules.view.t
    rule, item = (role.requirement, role.item_id) if role else (view.panel.requirement, 0)
    about = role_name(role.role_id, view.facts, view.panel) if role else t("Every role of this panel")
    change = t("Any of them is enough") if rule.needs_all else t("All of them are needed")
    rows = [
        row(_rule_select(view, verbs.REQUIRED, item, t("Roles that a member needs"), rule.required)),
        row(_rule_select(view, verbs.BLOCKED, item, t("Roles that a member must not have"), rule.blocked)),
        row(
            button(view.id(verbs.NEEDS_ALL, item, int(not rule.needs_all)), change, disabled=len(rule.required) < 2),
            button(view.id(verbs.RULES, item) if role else view.id(verbs.BEHAVIOUR), t("Back")),
        ),
    ]
    return screen(view, _under(t("Who may"), Markup("{}: {}").format(about, requirement_words(rule, view))), rows, notices)


def requirement_words(rule: Requirement, view: View) -> Markup:
    """A requirement in one line."""
    t = view.t
    parts = []
    if rule.required:
        roles = _roles(rule.required, view)
        parts.append(t("needs all of {roles}", roles=roles) if rule.needs_all else t("needs one of {roles}", roles=roles))
    if rule.blocked:
        parts.append(t("not with {roles}", roles=_roles(rule.blocked, view)))
    return Markup(" · ").join(parts) if parts else t("everyone")


def refused_in_bundle(refused: Iterable[Refusal], view: View) -> list[Markup]:
    """A sentence for each role that is not given along."""
    return [problem_sentence(BUNDLE_REFUSED, refusal, view.facts, view.t) for refusal in refused]


def _limits(rules: Rules) -> Markup:
    """The limit in force, which the linked panels share."""
    limits, t = limits_of(rules.view.panel, rules.linked), rules.view.t
    maximum = 1 if limits.unique else limits.maximum
    if maximum is None:
        return t("at least {n}", n=limits.minimum) if limits.minimum else t("as many as a member likes")
    return t("{minimum} to {maximum}", minimum=limits.minimum, maximum=maximum) if limits.minimum else t("at most {n}", n=maximum)


def _linked(rules: Rules) -> Markup:
    group, t = rules.view.panel.link_group, rules.view.t
    if group is None:
        return t("Linked panels: none")
    names = Markup(", ").join(bold(panel.name) for panel in rules.linked) or "–"
    return t("Linked panels in the group {group}: {panels}", group=bold(group), panels=names)


def _places(role: RoleSpec, t: Translator) -> Markup:
    if role.capacity is None:
        return t("any number")
    if role.capacity_counts_all:
        return t("{n}, counting everyone who has the role", n=role.capacity)
    return t("{n}, counting who took it from this panel", n=role.capacity)


def _roles(role_ids: Iterable[int], view: View) -> Markup:
    return Markup(" ").join(role_name(role_id, view.facts) for role_id in role_ids)


def _yes(on: bool, t: Translator) -> Markup:
    return t("yes") if on else t("no")


def _switch(rules: Rules, verb: str, on: bool, label: str) -> Payload:
    """A button that shows a switch and turns it. What the bot cannot do can be switched off, but not on."""
    colour = ButtonColour.GREEN if on else ButtonColour.GREY
    return button(rules.view.id(verb, int(not on)), label, colour, disabled=not on and not rules.sees_members)


def _rule_select(view: View, verb: str, item_id: int, placeholder: str, chosen: Iterable[int]) -> Payload:
    """A select of roles that shows those chosen; none at all may be picked."""
    present = [role_id for role_id in chosen if role_id in view.facts.roles][:RULE_ROLES_MAX]
    defaults = [{"id": str(role_id), "type": ENTITY_ROLE} for role_id in present]
    select = role_select(view.id(verb, item_id), placeholder, max_values=RULE_ROLES_MAX)
    return {**select, "min_values": 0, **({"default_values": defaults} if defaults else {})}


def _under(heading: Markup, *lines: Markup) -> list[Markup]:
    return [Markup("__{}__").format(heading), *lines]
