"""The modals of panels: how they look, and what a submitted one holds."""

import unicodedata
from collections.abc import Collection
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

import discord

from cogs.panels.service.emojis import parse_emoji, usable
from cogs.panels.service.inputs import COLOUR, DESCRIPTION, EMOJI, LABEL, MODE, ROLES, STYLE, TITLE, PanelDraft, RoleText, submitted
from cogs.panels.ui import verbs
from cogs.panels.ui.components import labelled, modal, option, radio_group, role_select, text_input
from cogs.panels.ui.words import COLOURS, MODES, STYLES
from core import claims
from core.components import Payload
from core.errors import OUTDATED, UserError, Vanished
from core.i18n import N_, Translator
from domain.custom_id import encode
from domain.panels import (
    DESCRIPTION_MAX,
    LABEL_MAX,
    OPTION_DESCRIPTION_MAX,
    ROLES_PER_MESSAGE,
    TITLE_MAX,
    ButtonColour,
    Mode,
    PanelSpec,
    RoleSpec,
    Style,
)

BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs by Unicode, which look like spaces
EMOJI_MAX = 64  # `<a:name:id>` with a name of 32 characters and an id of 20

Choice = TypeVar("Choice", bound=StrEnum)
Number = TypeVar("Number", bound=IntEnum)

TITLE_REQUIRED = N_("The title must not be empty.")
TOO_LONG = N_("This text is too long: it may have at most {limit} characters, and it has {length}.")


def create_modal(t: Translator) -> Payload:
    """Everything a panel needs, on one sheet."""
    return modal(
        encode(verbs.CREATE),
        t("New role panel"),
        [
            labelled(t("Title"), text_input(TITLE, max_length=TITLE_MAX)),
            labelled(t("Description"), text_input(DESCRIPTION, max_length=DESCRIPTION_MAX, required=False, paragraph=True)),
            labelled(t("Roles"), role_select(ROLES, t("Choose up to {n} roles", n=ROLES_PER_MESSAGE), max_values=ROLES_PER_MESSAGE)),
            labelled(t("Style"), radio_group(STYLE, style_options(Style.BUTTONS, t))),
            labelled(t("What a click does"), radio_group(MODE, mode_options(Mode.TOGGLE, t))),
        ],
    )


def text_modal(panel: PanelSpec, t: Translator) -> Payload:
    """Title and description of a panel. Its custom_id carries the version that it shows."""
    description = text_input(DESCRIPTION, max_length=DESCRIPTION_MAX, value=panel.description, required=False, paragraph=True)
    return modal(
        encode(verbs.TEXT_SAVE, panel.panel_id, panel.version),
        t("Edit text"),
        [labelled(t("Title"), text_input(TITLE, max_length=TITLE_MAX, value=panel.title)), labelled(t("Description"), description)],
    )


def role_modal(panel: PanelSpec, role: RoleSpec, t: Translator) -> Payload:
    """How one role is shown. Its custom_id carries the version that it shows. A label that nobody set is not filled in."""
    own = role.label if role.label_set else None
    label = text_input(LABEL, max_length=LABEL_MAX, value=own, required=False, placeholder=None if own else role.label)
    description = text_input(DESCRIPTION, max_length=OPTION_DESCRIPTION_MAX, value=role.description, required=False)
    emoji = text_input(EMOJI, max_length=EMOJI_MAX, value=role.emoji, required=False)
    colours = [option(t(name), colour.value, default=colour is role.colour) for colour, name in COLOURS.items()]
    return modal(
        encode(verbs.ROLE_SAVE, panel.panel_id, role.item_id, panel.version),
        role.label,
        [
            labelled(t("Label"), label, t("Leave it empty to show the name of the role, also when that changes.")),
            labelled(t("Emoji"), emoji, t("A standard emoji, or the name of an emoji of this server such as :party:")),
            labelled(t("Description"), description),
            labelled(t("Colour of the button"), radio_group(COLOUR, colours)),
        ],
    )


def style_options(chosen: Style, t: Translator) -> list[Payload]:
    """The styles as options, the chosen one ticked."""
    return [option(t(name), style.value, default=style is chosen) for style, name in STYLES.items()]


def mode_options(chosen: Mode, t: Translator) -> list[Payload]:
    """The modes as options, the chosen one ticked."""
    return [option(t(name), mode.value, description=t(line), default=mode is chosen) for mode, (name, line) in MODES.items()]


def read_draft(data: Any) -> PanelDraft:
    """The submitted create modal. Raises UserError naming what is wrong."""
    fields = submitted(data)
    title, description = _text_of(fields)
    return PanelDraft(
        title=title,
        description=description,
        role_ids=tuple(claims.number(role_id, wide=True) for role_id in fields.get(ROLES) or ()),
        style=read_choice(Style, fields.get(STYLE)),
        mode=read_choice(Mode, fields.get(MODE)),
    )


def read_text(data: Any) -> tuple[str, str | None]:
    """Title and description of the submitted text modal. Raises UserError naming what is wrong."""
    return _text_of(submitted(data))


def read_role(data: Any, custom: Collection[discord.GuildEmoji]) -> RoleText:
    """The submitted role modal; `custom` are the guild's own emojis. Raises UserError naming what is wrong."""
    fields = submitted(data)
    return RoleText(
        label=optional_text(fields.get(LABEL), LABEL_MAX),
        emoji=usable(parse_emoji(fields.get(EMOJI) or "", custom), custom),
        description=optional_text(fields.get(DESCRIPTION), OPTION_DESCRIPTION_MAX),
        colour=read_choice(ButtonColour, fields.get(COLOUR)),
    )


def read_choice(kind: type[Choice], value: object) -> Choice:
    """A picked option. Raises UserError for one that this version of the bot does not know."""
    try:
        return kind(value)
    except ValueError:
        raise Vanished(OUTDATED) from None


def read_number(kind: type[Number], value: int) -> Number:
    """A number of a custom_id. Raises UserError for one that this version of the bot does not know."""
    try:
        return kind(value)
    except ValueError:
        raise Vanished(OUTDATED) from None


def _text_of(fields: dict[str, Any]) -> tuple[str, str | None]:
    title = optional_text(fields.get(TITLE), TITLE_MAX)
    if title is None or not _can_be_seen(title):  # it becomes the panel's name, by which the panel is found again
        raise UserError(TITLE_REQUIRED)
    return title, optional_text(fields.get(DESCRIPTION), DESCRIPTION_MAX)


def _can_be_seen(text: str) -> bool:
    """Whether any character of a text leaves a trace on the screen."""
    return any(unicodedata.category(character)[0] not in "CZM" and character not in BLANKS for character in text)


def optional_text(text: str | None, limit: int) -> str | None:
    """What was typed into a field that may be empty. Raises UserError when it is too long."""
    text = (text or "").strip()
    if len(text) > limit:
        raise UserError(TOO_LONG, limit=limit, length=len(text))
    return text or None
