"""The private picker: a select only the member sees, with what they hold ticked; unticking takes a role off."""

from core.components import Payload
from core.i18n import Translator
from domain.custom_id import encode
from domain.panels import Mode, PanelSpec, RoleSpec

PICK = "pick"  # panel, page
PAGE = 25  # https://docs.discord.com/developers/components/reference#string-select: options at most


def page_of(panel: PanelSpec, page: int) -> tuple[RoleSpec, ...]:
    """The roles that one select offers."""
    return panel.roles[page * PAGE : (page + 1) * PAGE]


def picker(panel: PanelSpec, held: frozenset[int], t: Translator, text: str | None = None) -> Payload:
    """The ephemeral message: what happened (or what to do), and the selects."""
    return {
        "content": text or t("Choose your roles. What you hold is ticked; untick it to give it back."),
        "components": [{"type": 1, "components": [_select(panel, page, held, t)]} for page in range((len(panel.roles) + PAGE - 1) // PAGE)],
    }


def _select(panel: PanelSpec, page: int, held: frozenset[int], t: Translator) -> Payload:
    roles = page_of(panel, page)
    ticked = [role.role_id for role in roles if role.role_id in held]
    one = panel.mode is Mode.UNIQUE
    return {
        "type": 3,
        "custom_id": encode(PICK, panel.panel_id, page),
        "placeholder": t("Choose your roles"),
        "min_values": 0,
        "max_values": max(1, len(ticked)) if one else len(roles),
        "options": [_option(role, role.role_id in held) for role in roles],
    }


def _option(role: RoleSpec, ticked: bool) -> Payload:
    option: Payload = {"label": role.label, "value": str(role.item_id), "default": ticked}
    if role.description:
        option["description"] = role.description
    return option
