"""The private picker: selects only the member sees, with what they hold ticked; unticking takes a role off."""

from collections.abc import Collection

from core.components import Payload, partial_emoji, text_message, told_apart
from core.i18n import N_, Translator
from core.markup import Markup, plain
from domain.custom_id import encode
from domain.panels import Mode, PanelSpec, RoleSpec

PICK = "pick"  # panel, number of the select; the values are what is ticked
TURN = "pick.turn"  # panel, screen
CLEAR = "pick.clear"  # panel, screen
PAGE = 25  # https://docs.discord.com/developers/components/reference#string-select: options at most
SELECTS = 4  # on one screen; the fifth row holds the buttons
BUTTON, SELECT, GREY, RED = 2, 3, 2, 4

# What to do, by what the panel lets one do.
TEXTS = {
    Mode.TOGGLE: N_("Choose your roles. What you hold is ticked; untick it to give it back."),
    Mode.ADD_ONLY: N_("Choose your roles. What you hold is ticked. What you take here you keep."),
    Mode.REMOVE_ONLY: N_("What you hold is ticked; untick it to give it back. Roles cannot be taken here."),
    Mode.UNIQUE: N_("Choose your role, one at a time. What you hold is ticked; untick it to give it back."),
    Mode.PERMANENT: N_("Choose your role. You can choose once, for good. What you hold is ticked."),
}


def page_of(panel: PanelSpec, page: int) -> tuple[RoleSpec, ...]:
    """The roles that one select offers."""
    return panel.roles[page * PAGE : (page + 1) * PAGE]


def screen_of(page: int) -> int:
    """The screen that a select stands on."""
    return page // SELECTS


def picker(
    panel: PanelSpec, held: frozenset[int], t: Translator, text: Markup | None = None, *, screen: int = 0, emoji_ids: Collection[int] = ()
) -> Payload:
    """The ephemeral message: what happened (or what to do), the selects of one screen, and the way to the others.

    `emoji_ids` are the guild's custom emojis; one that it no longer has would make the whole message fail.
    """
    if not panel.roles:
        return text_message(text or t("There are no roles here at the moment."), components=[])
    selects = -(-len(panel.roles) // PAGE)
    last = screen_of(selects - 1)
    screen = min(screen, last)
    shown = range(screen * SELECTS, min(selects, (screen + 1) * SELECTS))
    rows = [[_select(panel, page, held, t, emoji_ids)] for page in shown]
    if buttons := _buttons(panel, held, screen, last, t):
        rows.append(buttons)
    return text_message(text or t(TEXTS[panel.mode]), components=[{"type": 1, "components": row} for row in rows])


def _select(panel: PanelSpec, page: int, held: frozenset[int], t: Translator, emoji_ids: Collection[int]) -> Payload:
    roles = page_of(panel, page)
    ticked = [role.role_id for role in roles if role.role_id in held]
    text = t("Choose your roles")
    if len(panel.roles) > PAGE:
        first = page * PAGE
        text = t("{text} ({first}–{last} of {count})", text=text, first=first + 1, last=first + len(roles), count=len(panel.roles))
    options = [_option(role, role.role_id in held, emoji_ids) for role in roles]
    return {
        "type": SELECT,
        "custom_id": encode(PICK, panel.panel_id, page),
        "placeholder": plain(text),
        "min_values": 0,
        "max_values": max(1, len(ticked)) if panel.mode.chooses_one else len(roles),
        "options": told_apart(options, [role.role_id for role in roles], panel.looks),
    }


def _option(role: RoleSpec, ticked: bool, emoji_ids: Collection[int]) -> Payload:
    option: Payload = {"label": role.label, "value": str(role.item_id), "default": ticked}
    if role.description:
        option["description"] = role.description
    emoji = partial_emoji(role.emoji, emoji_ids)
    return option if emoji is None else {**option, "emoji": emoji}


def _buttons(panel: PanelSpec, held: frozenset[int], screen: int, last: int, t: Translator) -> list[Payload]:
    """Only what can be done here: where roles are never given back, there is nothing to clear."""
    buttons: list[Payload] = []
    if screen > 0:
        buttons.append(_button(encode(TURN, panel.panel_id, screen - 1), t("◀ Previous")))
    if not panel.mode.keeps:
        holds_some = any(role.role_id in held for role in panel.roles)
        buttons.append(_button(encode(CLEAR, panel.panel_id, screen), t("Clear all"), RED, disabled=not holds_some))
    if screen < last:
        buttons.append(_button(encode(TURN, panel.panel_id, screen + 1), t("Next ▶")))
    return buttons


def _button(custom_id: str, label: str, style: int = GREY, *, disabled: bool = False) -> Payload:
    return {"type": BUTTON, "style": style, "label": plain(label), "custom_id": custom_id, "disabled": disabled}
