"""How many messages panels fill: each panel, and all of a server together."""

from tortoise.backends.base.client import BaseDBAsyncClient

from cogs.panels.ui.components import OPTIONS_MAX, ROWS_MAX
from core.errors import UserError
from core.i18n import N_
from domain.panels import ROLES_MAX, PanelSpec, Style
from models import PanelMessage

MESSAGES_MAX = 500  # of the panels of a guild
TOO_MANY_MESSAGES = N_("The panels of a server can fill at most {limit} messages. Take one out of a channel first.")

ROLES_PER_SELECT = OPTIONS_MAX - 1  # the last option opens the private picker


def pages(panel: PanelSpec) -> int:
    """How many messages the panel fills."""
    return pages_of(panel.style, panel.appearance.buttons_per_row, len(panel.roles))


def pages_of(style: Style, buttons_per_row: int, roles: int) -> int:
    """How many messages a panel fills that has so many roles."""
    return max(1, -(-roles // page_size(style, buttons_per_row)))


def page_size(style: Style, buttons_per_row: int) -> int:
    """The roles that one message offers. The private picker's button offers all."""
    match style:
        case Style.BUTTONS:
            return ROWS_MAX * buttons_per_row
        case Style.DROPDOWN:
            return ROWS_MAX * ROLES_PER_SELECT
        case Style.PICKER:
            return ROLES_MAX


async def check_room(guild_id: int, more: int, db: BaseDBAsyncClient) -> None:
    """Raise UserError when a guild with `more` messages of panels would have too many: all of them have to follow edits."""
    if more > 0 and await PanelMessage.filter(panel__guild_id=guild_id, missing=False).using_db(db).count() + more > MESSAGES_MAX:
        raise UserError(TOO_MANY_MESSAGES, limit=MESSAGES_MAX)
