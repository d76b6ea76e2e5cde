"""What a panel looks like in a channel: a pure function from the panel to its messages' payloads.

Discord's limits decide how many messages: five rows of buttons, or five dropdowns, on each.
"""

from dataclasses import dataclass

import discord

from cogs.panels.service.pages import ROLES_PER_SELECT, page_size, pages
from cogs.panels.ui.components import ROWS_MAX, button, option, row, string_select
from core.components import Payload, fit, partial_emoji, told_apart
from core.i18n import N_, Translator
from core.markup import Markup, escape, role_mention
from domain.custom_id import CHOOSE, OPEN, OPEN_PICKER, PRESS, decode, encode
from domain.panels import ROLES_PER_MESSAGE, TITLE_MAX, ButtonColour, Mode, PanelSpec, RoleSpec, Style

INERT = "preview"  # the verb of everything on a preview: panel, item or number of the select
# https://docs.discord.com/developers/resources/message#embed-object-embed-limits
FIELD_MAX, EMBED_MAX = 1024, 6000
LIST_FIELDS_MAX = 5

Roles = tuple[RoleSpec, ...]

HINTS = {
    Mode.ADD_ONLY: N_("What you take here you keep."),
    Mode.REMOVE_ONLY: N_("Here you can only give roles back."),
    Mode.UNIQUE: N_("You can have one of these roles at a time."),
    Mode.PERMANENT: N_("You can choose once, for good."),
}
PLACEHOLDERS = {
    Mode.TOGGLE: N_("Choose your roles"),
    Mode.ADD_ONLY: N_("Choose your roles"),
    Mode.REMOVE_ONLY: N_("Choose the roles to give back"),
    Mode.UNIQUE: N_("Choose your role"),
    Mode.PERMANENT: N_("Choose your role"),
}


@dataclass(frozen=True, slots=True)
class Present:
    """Which roles and custom emojis the guild has now; what a panel names beyond them was deleted."""

    role_ids: frozenset[int]
    emoji_ids: frozenset[int]

    @classmethod
    def of(cls, guild: discord.Guild) -> "Present":
        """What is present in a cached guild."""
        return cls(
            frozenset(role.id for role in guild.roles),
            frozenset(emoji.id for emoji in guild.emojis if emoji.is_usable()),
        )


def panel_message(panel: PanelSpec, present: Present, t: Translator, *, page: int = 0, inert: bool = False) -> Payload:
    """One message of a panel in the language of `t`, counted from 0; an inert one looks the same and does nothing.

    Raises ValueError for a page that the panel does not have.
    """
    if not 0 <= page < pages(panel):
        raise ValueError(f"the panel has {pages(panel)} pages, none of them is {page}")
    size = page_size(panel.style, panel.appearance.buttons_per_row)
    roles = panel.roles[page * size : (page + 1) * size]
    return {"embeds": [_embed(panel, page, roles, present, t)], "components": _components(panel, page, roles, present, t, inert)}


def shown_without_emoji(panel: PanelSpec, shown: Payload) -> list[int]:
    """The items whose emoji a message of the panel does not show: the bot may not use it, or Discord does not take it."""
    bare = {item_id for line in shown["components"] for part in line["components"] for item_id in _bare_items(part)}
    return [role.item_id for role in panel.roles if role.emoji and role.item_id in bare]


def _bare_items(part: Payload) -> list[int]:
    """The items that a button or a dropdown of a panel shows without an emoji."""
    if "options" in part:
        return [int(entry["value"]) for entry in part["options"] if entry["value"].isdecimal() and not entry.get("emoji")]
    called = decode(part["custom_id"])
    return [called.args[1]] if called.verb == PRESS and not part.get("emoji") else []


def _components(panel: PanelSpec, page: int, roles: Roles, present: Present, t: Translator, inert: bool) -> list[Payload]:
    match panel.style:
        case Style.BUTTONS:
            return _buttons(panel, roles, present, INERT if inert else PRESS)
        case Style.DROPDOWN:
            return _dropdowns(panel, page, roles, present, t, INERT if inert else CHOOSE)
        case Style.PICKER if roles:
            custom_id = encode(INERT if inert else OPEN, panel.panel_id)
            return [row(button(custom_id, t(PLACEHOLDERS[panel.mode]), ButtonColour.BLURPLE))]
        case _:
            return []


def _buttons(panel: PanelSpec, roles: Roles, present: Present, verb: str) -> list[Payload]:
    buttons = [
        button(encode(verb, panel.panel_id, role.item_id), role.label, role.colour, emoji=partial_emoji(role.emoji, present.emoji_ids))
        for role in roles
    ]
    width = panel.appearance.buttons_per_row
    return [row(*buttons[start : start + width]) for start in range(0, len(buttons), width)]


def _dropdowns(panel: PanelSpec, page: int, roles: Roles, present: Present, t: Translator, verb: str) -> list[Payload]:
    """The dropdowns of one message, numbered through over all messages."""
    several = len(panel.roles) > ROLES_PER_SELECT
    made: list[Payload] = []
    for start in range(0, len(roles), ROLES_PER_SELECT):
        shown = roles[start : start + ROLES_PER_SELECT]
        first = page * ROWS_MAX * ROLES_PER_SELECT + start
        text = t(PLACEHOLDERS[panel.mode])
        if several:
            text = t("{text} ({first}–{last} of {count})", text=text, first=first + 1, last=first + len(shown), count=len(panel.roles))
        custom_id = encode(verb, panel.panel_id, first // ROLES_PER_SELECT)
        made.append(row(_dropdown(panel, shown, custom_id, text, present, t)))
    return made


def _dropdown(panel: PanelSpec, roles: Roles, custom_id: str, placeholder: str, present: Present, t: Translator) -> Payload:
    options = [
        option(role.label, str(role.item_id), description=role.description, emoji=partial_emoji(role.emoji, present.emoji_ids))
        for role in roles
    ]
    options = told_apart(options, [role.role_id for role in roles], panel.looks)
    options.append(option(t("Change or clear my roles…"), OPEN_PICKER))
    return string_select(custom_id, placeholder, options, max_values=1 if panel.mode.chooses_one else len(roles))


def _embed(panel: PanelSpec, page: int, roles: Roles, present: Present, t: Translator) -> Payload:
    """Text and pictures stand on the first message, the roles on the message that offers them."""
    look = panel.appearance
    embed = discord.Embed(colour=None if look.accent_colour is None else discord.Colour(look.accent_colour))
    if page:
        suffix = t("({number} of {count})", number=page + 1, count=pages(panel))
        embed.title = f"{panel.title[: TITLE_MAX - len(suffix) - 1]} {suffix}"
    else:
        embed.title, embed.description = panel.title, panel.description or None
        _decorate(embed, panel, t)
    name = t("Roles")
    room = EMBED_MAX - len(embed) - len(name) - LIST_FIELDS_MAX
    for index, value in enumerate(_list(panel, roles, present, room, t)):
        embed.add_field(name="\u200b" if index else name, value=value, inline=False)
    return {**embed.to_dict()}


def _decorate(embed: discord.Embed, panel: PanelSpec, t: Translator) -> None:
    look = panel.appearance
    hint = t(HINTS[panel.mode]) if panel.mode in HINTS else None
    if footer := "\n".join(line for line in (hint, look.footer) if line):
        embed.set_footer(text=footer)
    if look.image_url:
        embed.set_image(url=look.image_url)
    if look.thumbnail_url:
        embed.set_thumbnail(url=look.thumbnail_url)


def _list(panel: PanelSpec, roles: Roles, present: Present, room: int, t: Translator) -> list[Markup]:
    """The roles as field values; with their descriptions where nothing else shows those and there is room.

    Of many roles several stand in a line, so that the panel's controls are not a screen further down.
    """
    if not roles:
        return [t("There are no roles here at the moment.")]
    between = Markup("\n") if len(roles) <= ROLES_PER_MESSAGE else Markup(" · ")
    lines: list[Markup] = []
    for line_of in (_full_line, _short_line):
        lines = [line_of(panel, role, present) for role in roles]
        values = _packed(lines, between)
        if sum(map(len, values)) <= room and len(values) <= LIST_FIELDS_MAX:
            return values
    return [fit(lines, min(room, FIELD_MAX), t, between)]


def _full_line(panel: PanelSpec, role: RoleSpec, present: Present) -> Markup:
    line = _short_line(panel, role, present)
    return Markup("{} · {}").format(line, role.description) if role.description and panel.style is Style.BUTTONS else line


def _short_line(_: PanelSpec, role: RoleSpec, present: Present) -> Markup:
    return role_mention(role.role_id) if role.role_id in present.role_ids else escape(role.label)


def _packed(lines: list[Markup], between: Markup) -> list[Markup]:
    """The lines in as few texts of a field's length as possible."""
    values: list[Markup] = []
    for line in lines:
        if values and len(values[-1]) + len(between) + len(line) <= FIELD_MAX:
            values[-1] += between + line
        else:
            values.append(line)
    return values
