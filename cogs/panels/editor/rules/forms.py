"""The modals for a panel's rules and its roles' terms: how they look, and what a submitted one holds."""

import re
import unicodedata
from typing import Any

from cogs.panels.service.inputs import Terms
from cogs.panels.ui import verbs
from cogs.panels.ui.components import labelled, modal, option, radio_group, text_input
from core.components import Payload
from core.errors import UserError
from core.i18n import N_, Translator
from domain import durations
from domain.custom_id import encode
from domain.panel_file import CAPACITY_MAX
from domain.panels import NAME_MAX, ROLES_MAX, PanelSpec, RoleSpec

MINIMUM, MAXIMUM, GROUP, DURATION, CAPACITY, COUNTED = (
    encode(f"field.{name}") for name in ("minimum", "maximum", "group", "duration", "capacity", "counted")
)
HERE, EVERYWHERE = "here", "everywhere"
NUMBER_LENGTH, DURATION_LENGTH = 7, 40

NOT_A_NUMBER = N_("{text} is not a whole number from {low} to {high}.")
MINIMUM_OVER_MAXIMUM = N_("The least number of roles ({minimum}) must not be larger than the greatest ({maximum}).")
BAD_DURATION = {
    durations.Fault.NOT_UNDERSTOOD: N_(
        "{text} is not a length of time. Write a number with its unit, such as `30m`, `2h`, `7 days` or `1d 12h`."
    ),
    durations.Fault.TOO_SHORT: N_("{text} is too short: a role can be given for a minute or longer."),
    durations.Fault.TOO_LONG: N_("{text} is too long: a role can be given for a year at most, or for good when nothing is written."),
}


def limits_modal(panel: PanelSpec, t: Translator) -> Payload:
    """How many roles of the panel a member may have. Its custom_id carries the version that it shows."""
    return modal(
        encode(verbs.LIMITS_SAVE, panel.panel_id, panel.version),
        t("How many roles"),
        [
            labelled(
                t("At least"), _number(MINIMUM, panel.min_roles), t("Who has this many cannot give one back. Empty: no least number.")
            ),
            labelled(t("At most"), _number(MAXIMUM, panel.max_roles), t("Who has this many cannot take another one. Empty: no limit.")),
        ],
    )


def link_modal(panel: PanelSpec, t: Translator) -> Payload:
    """The group of panels that share their limits. Its custom_id carries the version that it shows."""
    name = text_input(GROUP, max_length=NAME_MAX, value=panel.link_group, required=False)
    hint = t("Panels with the same group name share their limits. Empty: this panel stands alone.")
    return modal(encode(verbs.LINK_SAVE, panel.panel_id, panel.version), t("Linked panels"), [labelled(t("Name of the group"), name, hint)])


def terms_modal(panel: PanelSpec, role: RoleSpec, t: Translator) -> Payload:
    """For how long and to how many a role is given. Its custom_id carries the version that it shows."""
    duration = text_input(
        DURATION, max_length=DURATION_LENGTH, value=durations.typed(role.duration) if role.duration else None, required=False
    )
    counted = [
        option(t("Who took it from this panel"), HERE, default=not role.capacity_counts_all),
        option(t("Everyone who has the role, however they got it"), EVERYWHERE, default=role.capacity_counts_all),
    ]
    return modal(
        encode(verbs.TERMS_SAVE, panel.panel_id, role.item_id, panel.version),
        role.label,
        [
            labelled(t("Members keep it for"), duration, t("For example 2h or 7 days, a year at most. Empty: for good.")),
            labelled(t("Places"), _number(CAPACITY, role.capacity), t("How many members can have it. Empty: any number.")),
            labelled(t("Who counts towards the places"), radio_group(COUNTED, counted)),
        ],
    )


def read_limits(fields: dict[str, Any]) -> tuple[int | None, int | None]:
    """The least and the greatest number of roles. Raises UserError naming what is wrong."""
    minimum, maximum = _read_number(fields.get(MINIMUM), 0, ROLES_MAX), _read_number(fields.get(MAXIMUM), 1, ROLES_MAX)
    if minimum and maximum and minimum > maximum:
        raise UserError(MINIMUM_OVER_MAXIMUM, minimum=minimum, maximum=maximum)
    return minimum or None, maximum


def read_group(fields: dict[str, Any]) -> str | None:
    """The name of a link group, its white space tidied; None for none."""
    return " ".join(str(fields.get(GROUP) or "").split())[:NAME_MAX] or None


def read_terms(fields: dict[str, Any]) -> Terms:
    """The terms of a role. Raises UserError naming what is wrong."""
    return Terms(
        _read_duration(str(fields.get(DURATION) or "")),
        _read_number(fields.get(CAPACITY), 1, CAPACITY_MAX),
        fields.get(COUNTED) == EVERYWHERE,
    )


def _number(custom_id: str, value: int | None) -> Payload:
    return text_input(custom_id, max_length=NUMBER_LENGTH, value=None if value is None else str(value), required=False)


def _read_number(text: str | None, low: int, high: int) -> int | None:
    written = unicodedata.normalize("NFKC", text or "").strip()
    if not written:
        return None
    if not re.fullmatch(r"[0-9]+", written) or not low <= int(written) <= high:
        raise UserError(NOT_A_NUMBER, text=_quoted(written), low=low, high=high)
    return int(written)


def _read_duration(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return durations.parse(text)
    except durations.BadDuration as error:
        raise UserError(BAD_DURATION[error.fault], text=_quoted(text)) from None


def _quoted(text: str) -> str:
    return text.strip()[:80]
