"""How differences between two states of a panel are told."""

from typing import Any

from cogs.panels.ui.words import COLOURS, MODES, STYLES, role_name
from core.components import MORE
from core.durations import duration_words
from core.i18n import N_, Translator
from core.markup import Markup, emoji_shown, escape, member_mention
from domain.panel_changes import Changes, FieldChange
from domain.panels import ButtonColour, Mode, PanelSpec, Style
from domain.role_safety import GuildFacts

TEXT_MAX = 60  # characters of a text before and after
ROLES_NAMED = 8
LINES_MAX = 12  # for changed fields

FIELDS = {
    "name": N_("Name"),
    "title": N_("Title"),
    "description": N_("Description"),
    "accent_colour": N_("Colour"),
    "image_url": N_("Image"),
    "thumbnail_url": N_("Small image"),
    "footer": N_("Footer"),
    "buttons_per_row": N_("Buttons in a row"),
    "style": N_("Style"),
    "mode": N_("What a click does"),
    "min_roles": N_("Least number of roles"),
    "max_roles": N_("Greatest number of roles"),
    "required": N_("Roles that a member needs"),
    "needs_all": N_("All of the needed roles"),
    "blocked": N_("Roles that a member must not have"),
    "link_group": N_("Linked panels"),
    "sticky": N_("Give back to who returns"),
    "wait_for_screening": N_("Wait for screening"),
    "label": N_("Label"),
    "label_set": N_("Label of its own, not the role's name"),
    "emoji": N_("Emoji"),
    "colour": N_("Colour of the button"),
    "duration": N_("Duration"),
    "capacity": N_("Places"),
    "capacity_counts_all": N_("Places count everyone who has the role"),
    "bundle": N_("Given along with it"),
}


def change_lines(found: Changes, before: PanelSpec, after: PanelSpec, facts: GuildFacts, t: Translator) -> list[Markup]:
    """The differences, a line each; no line when there is none. Of many, how many more there are is said in a further one."""
    lines = [_line(change, before, facts, t) for change in found.fields[:LINES_MAX]]
    if more := len(found.fields) - len(lines):
        lines.append(t(MORE, n=more))
    if found.added:
        lines.append(t("Roles added: {roles}", roles=_names(found.added, facts, after, t)))
    if found.removed:
        lines.append(t("Roles removed: {roles}", roles=_names(found.removed, facts, before, t)))
    if found.reordered:
        lines.append(t("The roles are in another order."))
    return lines


def summary(found: Changes, t: Translator) -> Markup:
    """The differences in a few words: which things, not how."""
    names = dict.fromkeys(t(FIELDS[change.field]) for change in found.fields if change.role_id is None)
    parts = [Markup(", ").join(names)] if names else []
    if looks := {change.role_id for change in found.fields if change.role_id is not None}:
        parts.append(t.plural("{n} role changed", "{n} roles changed", len(looks)))
    if found.added:
        parts.append(t.plural("{n} role added", "{n} roles added", len(found.added)))
    if found.removed:
        parts.append(t.plural("{n} role removed", "{n} roles removed", len(found.removed)))
    if found.reordered:
        parts.append(t("another order"))
    return Markup(" · ").join(parts)


def nothing_seen(author_id: int | None, t: Translator) -> Markup:
    """What a version changed that looks like the one before it: only what belongs to no restored version."""
    return t("confirmed permissions") if author_id else t("found roles deleted that its rules need")


def person(user_id: int | None, t: Translator, *, first: bool = False) -> Markup:
    """Who made a change; of the `first` version that is kept it may not be known."""
    if user_id:
        return member_mention(user_id)
    return t("unknown") if first else t("the bot")


def _line(change: FieldChange, panel: PanelSpec, facts: GuildFacts, t: Translator) -> Markup:
    values = {
        "field": t(FIELDS[change.field]),
        "before": _value(change.field, change.before, facts, panel, t),
        "after": _value(change.field, change.after, facts, panel, t),
    }
    if change.role_id is None:
        return t("{field}: {before} → {after}", **values)
    return t("{role} · {field}: {before} → {after}", role=role_name(change.role_id, facts, panel), **values)


def _value(field: str, value: Any, facts: GuildFacts, panel: PanelSpec, t: Translator) -> Markup:
    if value is None or value == ():
        return Markup("–")
    match value:
        case bool():
            return t("yes") if value else t("no")
        case Style():
            return t(STYLES[value])
        case Mode():
            return t(MODES[value][0])
        case ButtonColour():
            return t(COLOURS[value])
        case tuple():
            return _names(value, facts, panel, t)
        case int() if field == "accent_colour":
            return Markup("#{:06X}").format(value)
        case int() if field == "duration":
            return duration_words(value, t)
        case str() if field != "emoji":
            return t("“{text}”", text=_cut(" ".join(value.split())))
        case str():
            return emoji_shown(value)
    return escape(str(value))


def _names(role_ids: tuple[int, ...], facts: GuildFacts, panel: PanelSpec, t: Translator) -> Markup:
    shown = [role_name(role_id, facts, panel) for role_id in role_ids[:ROLES_NAMED]]
    if len(role_ids) > len(shown):
        shown.append(t("… and {n} more", n=len(role_ids) - len(shown)))
    return Markup(" ").join(shown)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"
