"""Discord's components as payloads: what panels, their editor and their modals are made of. None of them draws markdown.

Limits: https://docs.discord.com/developers/components/reference
"""

from collections.abc import Sequence

from discord import ButtonStyle, ComponentType, InputTextStyle

from core.channels import POSTABLE
from core.components import Payload, told_apart
from core.markup import plain
from domain.panels import ButtonColour, PanelSpec, RoleSpec

OPTIONS_MAX = 25
ROW_WIDTH = 5
ROWS_MAX = 5
MODAL_TITLE_MAX = 45


def row(*children: Payload) -> Payload:
    """An action row: up to five buttons, or one select."""
    return {"type": ComponentType.action_row.value, "components": list(children)}


def button(
    custom_id: str, label: str, colour: ButtonColour = ButtonColour.GREY, *, emoji: Payload | None = None, disabled: bool = False
) -> Payload:
    """A button that sends its custom_id."""
    style = ButtonStyle[colour.value].value
    made: Payload = {
        "type": ComponentType.button.value,
        "style": style,
        "label": plain(label),
        "custom_id": custom_id,
        "disabled": disabled,
    }
    return made if emoji is None else {**made, "emoji": emoji}


def link_button(url: str, label: str) -> Payload:
    """A button that leads to an address."""
    return {"type": ComponentType.button.value, "style": ButtonStyle.link.value, "label": plain(label), "url": url}


def option(label: str, value: str, *, description: str | None = None, emoji: Payload | None = None, default: bool = False) -> Payload:
    """An entry of a string select or a radio group."""
    made: Payload = {"label": plain(label), "value": value, "default": default}
    if description:
        made["description"] = plain(description)
    return made if emoji is None else {**made, "emoji": emoji}


def role_options(panel: PanelSpec, roles: Sequence[RoleSpec], picked: int = 0) -> list[Payload]:
    """Some items of a panel as the entries of a menu; the one with the id `picked` is preselected."""
    options = [option(role.label, str(role.item_id), default=role.item_id == picked) for role in roles]
    return told_apart(options, [role.role_id for role in roles], [(role.label, None) for role in panel.roles])


def string_select(custom_id: str, placeholder: str, options: list[Payload], *, max_values: int = 1) -> Payload:
    """A dropdown of up to 25 options, of which at least one is picked."""
    return {
        "type": ComponentType.string_select.value,
        "custom_id": custom_id,
        "placeholder": plain(placeholder),
        "min_values": 1,
        "max_values": max_values,
        "options": options,
    }


def role_select(custom_id: str, placeholder: str, *, max_values: int) -> Payload:
    """Discord's own list of the guild's roles."""
    return {
        "type": ComponentType.role_select.value,
        "custom_id": custom_id,
        "placeholder": plain(placeholder),
        "min_values": 1,
        "max_values": max_values,
    }


def channel_select(custom_id: str, placeholder: str) -> Payload:
    """Discord's own list of the channels that a panel can be posted in."""
    return {
        "type": ComponentType.channel_select.value,
        "custom_id": custom_id,
        "placeholder": plain(placeholder),
        "channel_types": [channel_type.value for channel_type in POSTABLE],
    }


def text_input(
    custom_id: str,
    *,
    max_length: int,
    value: str | None = None,
    required: bool = True,
    paragraph: bool = False,
    placeholder: str | None = None,
) -> Payload:
    """A text field of a modal; `placeholder` is shown in it while it is empty."""
    style = InputTextStyle.long if paragraph else InputTextStyle.short
    made: Payload = {
        "type": ComponentType.input_text.value,
        "custom_id": custom_id,
        "style": style.value,
        "max_length": max_length,
        "required": required,
    }
    if placeholder:
        made["placeholder"] = plain(placeholder)
    return {**made, "value": value} if value else made


def radio_group(custom_id: str, options: list[Payload]) -> Payload:
    """Two to ten options of a modal, of which exactly one is picked."""
    return {"type": ComponentType.radio_group.value, "custom_id": custom_id, "options": options, "required": True}


def labelled(label: str, component: Payload, description: str | None = None) -> Payload:
    """A modal's field with its caption (45 characters) and a line below it (100 characters)."""
    made: Payload = {"type": ComponentType.label.value, "label": plain(label), "component": component}
    return {**made, "description": plain(description)} if description else made


def modal(custom_id: str, title: str, fields: list[Payload]) -> Payload:
    """A modal of one to five labelled fields. A title that is too long is cut: it may hold a name."""
    title = plain(title)
    title = title if len(title) <= MODAL_TITLE_MAX else title[: MODAL_TITLE_MAX - 1] + "…"
    return {"custom_id": custom_id, "title": title, "components": fields}
