"""What the editor does with the roles as a whole: their order, and taking several off."""

from cogs.panels.editor.base import PanelHandlers, argument, picked
from cogs.panels.editor.forms import read_number
from cogs.panels.editor.order import screens
from cogs.panels.service.access import Editor
from cogs.panels.service.ordering import Arrange, Sort, Step, moved, sorted_by
from cogs.panels.ui import verbs
from core.answer import Acknowledgement
from core.handlers import Press, component
from domain.panels import PanelSpec


class ArrangingHandlers(PanelHandlers):
    """The component handlers for the order of the roles and for taking roles off."""

    @component(verbs.ORDER, Acknowledgement.REDRAW)
    async def order(self, press: Press) -> None:
        """Open the order, at a page."""
        view = await self._view(press, await self._panel(press))
        await press.answer.redraw(screens.order(view, argument(press, 1, 0)))

    @component(verbs.ORDER_PICK, Acknowledgement.REDRAW)
    async def pick(self, press: Press) -> None:
        """A role was picked to be moved."""
        view = await self._view(press, await self._panel(press))
        await press.answer.redraw(screens.order(view, argument(press, 1, 0), picked(press)))

    @component(verbs.MOVE_ROLE, Acknowledgement.REDRAW)
    async def move_role(self, press: Press) -> None:
        """Move the picked role; the screen follows it."""
        item_id, step = argument(press, 1), read_number(Step, argument(press, 2))
        panel = await self._arrange(press, lambda roles: moved(roles, item_id, step))
        view = await self._view(press, panel)
        await press.answer.redraw(screens.order(view, view.page_of(item_id), item_id))

    @component(verbs.SORT, Acknowledgement.REDRAW)
    async def sort(self, press: Press) -> None:
        """Sort all roles."""
        facts = await self._facts(press)
        how = read_number(Sort, argument(press, 1))
        panel = await self._arrange(press, lambda roles: sorted_by(roles, how, facts))
        await press.answer.redraw(screens.order(await self._view(press, panel)))

    @component(verbs.REMOVAL, Acknowledgement.REDRAW)
    async def removal(self, press: Press) -> None:
        """Open the screen where roles are taken off, at a page."""
        view = await self._view(press, await self._panel(press))
        await press.answer.redraw(screens.removal(view, argument(press, 1, 0)))

    @component(verbs.REMOVE_MANY, Acknowledgement.REDRAW)
    async def remove_many(self, press: Press) -> None:
        """Roles were picked to be taken off."""
        before = await self._panel(press)
        items = press.numbers()
        panel = await self.service.remove_roles(await Editor.of(press.interaction), await self._facts(press), before.panel_id, items)
        names = [role.label for role in before.roles if role.item_id in items and panel.item(role.item_id) is None]
        notices = screens.removed_notice(names, press.answer.t)
        await press.answer.redraw(screens.removal(await self._view(press, panel), argument(press, 1, 0), notices))

    async def _arrange(self, press: Press, arrange: Arrange) -> PanelSpec:
        return await self.service.arrange(await Editor.of(press.interaction), await self._facts(press), argument(press, 0), arrange)
