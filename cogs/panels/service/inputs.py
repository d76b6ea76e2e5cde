"""What people send by forms and picks: the fields by name, and the values that the services take."""

from dataclasses import dataclass
from typing import Any

import discord

from cogs.panels.ui import verbs
from core import claims
from core.errors import OUTDATED, Vanished
from domain.custom_id import encode
from domain.panels import ButtonColour, Mode, Style

TITLE, DESCRIPTION, ROLES, STYLE, MODE = (encode(f"field.{name}") for name in ("title", "description", "roles", "style", "mode"))
LABEL, EMOJI, COLOUR = (encode(f"field.{name}") for name in ("label", "emoji", "colour"))
PICKED, AGREED = "picked", "agreed"  # beside what Discord names: no field of a form is called so
FIELDS = {
    verb: {encode(f"field.{name}") for name in names}
    for verb, names in {
        verbs.CREATE: ("title", "description", "roles", "style", "mode"),
        verbs.TEXT_SAVE: ("title", "description"),
        verbs.ROLE_SAVE: ("label", "emoji", "description", "colour"),
        verbs.PICTURES_SAVE: ("accent", "image", "thumbnail", "footer"),
        verbs.LIMITS_SAVE: ("minimum", "maximum"),
        verbs.LINK_SAVE: ("group",),
        verbs.TERMS_SAVE: ("duration", "capacity", "counted"),
    }.items()
}


@dataclass(frozen=True, slots=True)
class PanelDraft:
    """What the create modal asks for."""

    title: str
    description: str | None
    role_ids: tuple[int, ...]
    style: Style
    mode: Mode


@dataclass(frozen=True, slots=True)
class RoleText:
    """How a role is shown on a panel; `emoji` as it is stored. Without a label it is called as the role is."""

    label: str | None
    emoji: str | None
    description: str | None
    colour: ButtonColour


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long (in seconds) and to how many a role is given; None means for good, and to any number."""

    duration: int | None
    capacity: int | None
    counts_all: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A submitted form, or a pick on a screen, as it can be kept and sent once more."""

    custom_id: str
    values: dict[str, Any]

    @classmethod
    def by(cls, interaction: discord.Interaction) -> "tuple[Sent | None, int | None]":
        """What an interaction sent, None for a command; and the question that it says yes to, if it is one that was sent once more."""
        data: Any = interaction.data or {}
        if "custom_id" not in data:
            return None, None
        values = submitted(data) if "components" in data else {PICKED: claims.values(data)}
        return cls(data["custom_id"], values), data.get(AGREED)


def submission(custom_id: str, values: dict[str, Any], agreed: int | None = None) -> Any:
    """What Discord would send for a form or a pick with these values; `agreed` is the question that this says yes to."""
    data: dict[str, Any] = {"custom_id": custom_id, AGREED: agreed}
    if PICKED in values:
        return {**data, "values": values[PICKED]}
    fields = [{"custom_id": name, "values" if isinstance(value, list) else "value": value} for name, value in values.items()]
    return {**data, "components": [{"component": field} for field in fields]}


def submitted(data: Any) -> dict[str, Any]:
    """The values of a submitted modal by the custom_id of their field: text or choice, or a list for selects.

    Raises UserError unless they are those of the form.
    """
    found = claims.fields(data)
    wanted = next((names for verb, names in FIELDS.items() if str(data.get("custom_id")).startswith(encode(verb))), found.keys())
    if found.keys() != wanted or any(isinstance(value, list) is not (name == ROLES) for name, value in found.items()):
        raise Vanished(OUTDATED)
    return found
