"""The editor's screen for how a panel looks, and its form. Pure, like all screens."""

from collections.abc import Iterable
from typing import Any

from cogs.panels.editor.forms import optional_text, style_options
from cogs.panels.editor.view import View, screen
from cogs.panels.service.appearance import COLOUR_LENGTH, colour_text, parse_address, parse_colour
from cogs.panels.service.inputs import submitted
from cogs.panels.ui import verbs
from cogs.panels.ui.components import ROW_WIDTH, button, labelled, modal, option, row, string_select, text_input
from cogs.panels.ui.words import STYLES
from core.components import Payload
from core.i18n import Translator
from core.markup import Markup
from domain.custom_id import encode
from domain.panels import FOOTER_MAX, URL_MAX, ButtonColour, PanelSpec, Style

COLOUR, IMAGE, THUMBNAIL, FOOTER = (encode(f"field.{name}") for name in ("accent", "image", "thumbnail", "footer"))
SHOWN_MAX = 100  # characters of a long text


def look(view: View, notices: Iterable[Markup] = ()) -> Payload:
    """Style, colour, pictures and footer."""
    t, shown = view.t, view.panel.appearance
    lines = [
        t("Style: {style}", style=t(STYLES[view.panel.style])),
        t("Colour: {colour}", colour=colour_text(shown.accent_colour) or "–"),
        t("Image: {url}", url=_short(shown.image_url)),
        t("Small image: {url}", url=_short(shown.thumbnail_url)),
        t("Footer: {text}", text=_short(shown.footer)),
    ]
    rows = [row(string_select(view.id(verbs.STYLE), t("Style"), style_options(view.panel.style, t)))]
    if view.panel.style is Style.BUTTONS:
        lines.append(t("Buttons in a row: {n}", n=shown.buttons_per_row))
        widths = [
            option(t("Buttons in a row: {n}", n=width), str(width), default=width == shown.buttons_per_row)
            for width in range(1, ROW_WIDTH + 1)
        ]
        rows.append(row(string_select(view.id(verbs.WIDTH), t("Buttons in a row"), widths)))
    buttons = button(view.id(verbs.TEXT), t("Edit text")), button(view.id(verbs.PICTURES), t("Colour and pictures"), ButtonColour.BLURPLE)
    return screen(view, lines, [*rows, row(*buttons, view.back())], notices)


def pictures_modal(panel: PanelSpec, t: Translator) -> Payload:
    """Colour, pictures and footer. Its custom_id carries the version that it shows."""
    shown = panel.appearance
    address = t("An address that begins with https://")
    return modal(
        encode(verbs.PICTURES_SAVE, panel.panel_id, panel.version),
        t("Colour and pictures"),
        [
            labelled(
                t("Colour"),
                text_input(COLOUR, max_length=COLOUR_LENGTH, value=colour_text(shown.accent_colour), required=False),
                t("The stripe beside the panel, such as #5865F2. Empty: none."),
            ),
            labelled(t("Image"), text_input(IMAGE, max_length=URL_MAX, value=shown.image_url, required=False), address),
            labelled(t("Small image"), text_input(THUMBNAIL, max_length=URL_MAX, value=shown.thumbnail_url, required=False), address),
            labelled(t("Footer"), text_input(FOOTER, max_length=FOOTER_MAX, value=shown.footer, required=False, paragraph=True)),
        ],
    )


def read_pictures(data: Any) -> dict[str, Any]:
    """The submitted form as fields of a panel. Raises UserError naming what is wrong."""
    fields = submitted(data)
    return {
        "accent_colour": parse_colour(fields.get(COLOUR)),
        "image_url": parse_address(fields.get(IMAGE)),
        "thumbnail_url": parse_address(fields.get(THUMBNAIL)),
        "footer": optional_text(fields.get(FOOTER), FOOTER_MAX),
    }


def _short(text: str | None) -> str:
    if not text:
        return "–"
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
