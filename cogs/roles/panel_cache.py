"""Panels as clicks need them, kept in memory until they change. The claim in the database catches what another process changed."""

from domain.panels import PanelSpec
from models import Panel, PanelMessage

PANELS_MAX = 10_000


class PanelCache:
    """Specs by panel id, and which messages are known to belong to a panel."""

    def __init__(self) -> None:
        self._specs: dict[int, PanelSpec] = {}
        self._messages: dict[int, int] = {}

    async def get(self, panel_id: int) -> PanelSpec | None:
        """The panel as it was last read; None when it does not exist."""
        return self._specs.get(panel_id) or await self.reload(panel_id)

    async def reload(self, panel_id: int) -> PanelSpec | None:
        """The panel as it is in the database now."""
        spec = await Panel.spec(panel_id)
        if spec is None:
            self.forget(panel_id)
            return None
        if len(self._specs) >= PANELS_MAX:
            self._specs.clear()
        self._specs[panel_id] = spec
        return spec

    async def is_message_of(self, panel_id: int, message_id: int) -> bool:
        """Whether the panel was posted as this message."""
        if self._messages.get(message_id) != panel_id:
            if not await PanelMessage.exists(panel_id=panel_id, message_id=message_id):
                return False
            if len(self._messages) >= PANELS_MAX:
                self._messages.clear()
            self._messages[message_id] = panel_id
        return True

    def forget(self, panel_id: int) -> None:
        """Read this panel anew the next time: it changed, or is gone."""
        self._specs.pop(panel_id, None)
        self._messages = {message: panel for message, panel in self._messages.items() if panel != panel_id}
