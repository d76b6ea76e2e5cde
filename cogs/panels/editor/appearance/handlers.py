"""What the editor does with how a panel looks."""

from typing import Any

from cogs.panels.editor import forms
from cogs.panels.editor.appearance import screens
from cogs.panels.editor.base import PanelHandlers, argument, picked
from cogs.panels.editor.drafts import keeping
from cogs.panels.service.access import Editor
from cogs.panels.ui import verbs
from cogs.panels.ui.components import ROW_WIDTH
from core.answer import Acknowledgement
from core.errors import OUTDATED, Vanished
from core.handlers import Press, component
from core.markup import Markup
from domain.panels import PanelSpec, Style


class LookHandlers(PanelHandlers):
    """The component handlers for style, colour, pictures and footer."""

    @component(verbs.LOOK, Acknowledgement.REDRAW)
    async def look(self, press: Press) -> None:
        """Open the appearance."""
        await self._show_look(press, await self._panel(press))

    @component(verbs.STYLE, Acknowledgement.REDRAW)
    async def set_style(self, press: Press) -> None:
        """A style was picked."""
        style = forms.read_choice(Style, next(iter(press.values), None))
        await self._set_look(press, style=style)

    @component(verbs.WIDTH, Acknowledgement.REDRAW)
    async def set_width(self, press: Press) -> None:
        """A number of buttons in a row was picked."""
        width = picked(press)
        if not 1 <= width <= ROW_WIDTH:
            raise Vanished(OUTDATED)
        await self._set_look(press, buttons_per_row=width)

    @component(verbs.PICTURES, Acknowledgement.MODAL)
    async def open_pictures(self, press: Press) -> None:
        """Open the form of colour, pictures and footer."""
        await press.answer.modal(screens.pictures_modal(await self._panel(press), press.answer.t))

    @component(verbs.PICTURES_SAVE, Acknowledgement.REDRAW)
    async def save_pictures(self, press: Press) -> None:
        """The submitted form of colour, pictures and footer."""
        editor = await Editor.of(press.interaction)
        async with keeping(press):
            wanted = screens.read_pictures(press.interaction.data)
            panel = await self.service.set(editor, await self._facts(press), argument(press, 0), argument(press, 1), **wanted)
        await self._show_look(press, panel)

    async def _set_look(self, press: Press, **wanted: Any) -> None:
        editor, facts = await Editor.of(press.interaction), await self._facts(press)

        async def save(panel: PanelSpec) -> PanelSpec:
            return await self.service.set(editor, facts, panel.panel_id, panel.version, **wanted)

        panel, notices = await self._saved(press, wanted, save)
        await self._show_look(press, panel, *notices)

    async def _show_look(self, press: Press, panel: PanelSpec, *notices: Markup) -> None:
        await press.answer.redraw(screens.look(await self._view(press, panel), notices))
