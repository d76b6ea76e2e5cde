"""What a panel looks like in a channel: a pure function from the panel to the message's payload."""

from dataclasses import dataclass

import discord

from cogs.panels.components import OPTIONS_MAX, ROW_WIDTH, button, option, row, string_select
from cogs.panels.emojis import partial_emoji
from cogs.panels.words import fit
from core.components import Payload
from core.i18n import N_, Translator
from domain.custom_id import CHOOSE, OPEN_PICKER, PRESS, encode
from domain.panels import ROLES_PER_MESSAGE, Mode, PanelSpec, RoleSpec, Style

INERT = "preview"  # the verb of everything on a preview: panel, item or number of the select
ROLES_PER_SELECT = OPTIONS_MAX - 1  # the last option opens the private picker
# https://docs.discord.com/developers/resources/message#embed-object-embed-limits
FIELD_MAX, EMBED_MAX = 1024, 6000
LIST_FIELDS_MAX = 5

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
            frozenset(emoji.id for emoji in guild.emojis if emoji.available),
        )


def panel_message(panel: PanelSpec, present: Present, t: Translator, *, inert: bool = False) -> Payload:
    """The message of a panel in the language of `t`; an inert one looks the same and does nothing.

    Raises ValueError for more roles than one message holds.
    """
    if len(panel.roles) > ROLES_PER_MESSAGE:
        raise ValueError(f"a message holds at most {ROLES_PER_MESSAGE} roles")
    if panel.style is Style.BUTTONS:
        components = _buttons(panel, present, INERT if inert else PRESS)
    else:
        components = _dropdowns(panel, present, t, INERT if inert else CHOOSE)
    return {"embeds": [_embed(panel, present, t)], "components": components}


def _buttons(panel: PanelSpec, present: Present, verb: str) -> list[Payload]:
    buttons = [
        button(encode(verb, panel.panel_id, role.item_id), role.label, role.colour, emoji=partial_emoji(role.emoji, present.emoji_ids))
        for role in panel.roles
    ]
    return [row(*buttons[start : start + ROW_WIDTH]) for start in range(0, len(buttons), ROW_WIDTH)]


def _dropdowns(panel: PanelSpec, present: Present, t: Translator, verb: str) -> list[Payload]:
    return [
        row(_dropdown(panel, panel.roles[start : start + ROLES_PER_SELECT], encode(verb, panel.panel_id, number), present, t))
        for number, start in enumerate(range(0, len(panel.roles), ROLES_PER_SELECT))
    ]


def _dropdown(panel: PanelSpec, roles: tuple[RoleSpec, ...], custom_id: str, present: Present, t: Translator) -> Payload:
    options = [
        option(role.label, str(role.item_id), description=role.description, emoji=partial_emoji(role.emoji, present.emoji_ids))
        for role in roles
    ]
    options.append(option(t("Change or clear my roles…"), OPEN_PICKER))
    return string_select(custom_id, t(PLACEHOLDERS[panel.mode]), options, max_values=1 if panel.mode is Mode.UNIQUE else len(roles))


def _embed(panel: PanelSpec, present: Present, t: Translator) -> Payload:
    colour = None if panel.appearance.accent_colour is None else discord.Colour(panel.appearance.accent_colour)
    embed = discord.Embed(title=panel.title, description=panel.description or None, colour=colour)
    if panel.mode in HINTS:
        embed.set_footer(text=t(HINTS[panel.mode]))
    name = t("Roles")
    room = EMBED_MAX - len(embed) - len(name) - LIST_FIELDS_MAX
    values = _list(panel, present, room, t)
    for index, value in enumerate(values):
        embed.add_field(name="\u200b" if index else name, value=value, inline=False)
    return {**embed.to_dict()}


def _list(panel: PanelSpec, present: Present, room: int, t: Translator) -> list[str]:
    """The roles as field values; with their descriptions where nothing else shows those and there is room."""
    if not panel.roles:
        return [t("There are no roles here at the moment.")]
    lines: list[str] = []
    for line_of in (_full_line, _short_line):
        lines = [line_of(panel, role, present) for role in panel.roles]
        values = _packed(lines)
        if sum(map(len, values)) <= room and len(values) <= LIST_FIELDS_MAX:
            return values
    return [fit(lines, min(room, FIELD_MAX), t)]


def _full_line(panel: PanelSpec, role: RoleSpec, present: Present) -> str:
    line = _short_line(panel, role, present)
    return f"{line} · {role.description}" if role.description and panel.style is Style.BUTTONS else line


def _short_line(_: PanelSpec, role: RoleSpec, present: Present) -> str:
    return f"<@&{role.role_id}>" if role.role_id in present.role_ids else discord.utils.escape_markdown(role.label)


def _packed(lines: list[str]) -> list[str]:
    """The lines in as few texts of a field's length as possible."""
    values: list[str] = []
    for line in lines:
        if values and len(values[-1]) + 1 + len(line) <= FIELD_MAX:
            values[-1] += "\n" + line
        else:
            values.append(line)
    return values
