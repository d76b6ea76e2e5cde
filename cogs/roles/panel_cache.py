"""Panels as clicks need them, kept in memory until they change. The claim in the database catches what another process changed."""

from cogs.roles.decision import Board
from domain.panels import PanelSpec
from models import MessageState, Panel, PanelMessage

PANELS_MAX = 10_000


class PanelCache:
    """Specs by panel id, and which messages are known to belong to a panel."""

    def __init__(self) -> None:
        self._specs: dict[int, PanelSpec] = {}
        self._boards: dict[int, Board] = {}
        self._messages: dict[int, int] = {}

    async def get(self, guild_id: int, panel_id: int) -> PanelSpec | None:
        """The panel as it was last read; None when this guild has no such panel."""
        return _of(guild_id, self._specs.get(panel_id)) or await self._reload(guild_id, panel_id)

    async def board(self, guild_id: int, panel_id: int) -> Board | None:
        """The panel with those it is linked with, as they were last read; None when this guild has no such panel."""
        known = self._boards.get(panel_id)
        return known if known and _of(guild_id, known.panel) else await self.reload_board(guild_id, panel_id)

    async def reload_board(self, guild_id: int, panel_id: int) -> Board | None:
        """The panel with those it is linked with, as they are in the database now."""
        panel = await self._reload(guild_id, panel_id)
        if panel is None:
            return None
        board = Board(panel, await Panel.linked_with(panel))
        if len(self._boards) >= PANELS_MAX:
            self._boards.clear()
        self._boards[panel_id] = board
        return board

    async def _reload(self, guild_id: int, panel_id: int) -> PanelSpec | None:
        spec = _of(guild_id, await Panel.spec(panel_id))
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
            if not await PanelMessage.exists(panel_id=panel_id, message_id=message_id, state=MessageState.LIVE):
                return False
            if len(self._messages) >= PANELS_MAX:
                self._messages.clear()
            self._messages[message_id] = panel_id
        return True

    def forget(self, panel_id: int) -> None:
        """Read this panel anew the next time: it changed, or is gone."""
        self._specs.pop(panel_id, None)
        self._boards = {known: board for known, board in self._boards.items() if panel_id not in board.versions}
        self._messages = {message: panel for message, panel in self._messages.items() if panel != panel_id}


def _of(guild_id: int, panel: PanelSpec | None) -> PanelSpec | None:
    """The panel, if it is one of this guild: the id may come from anybody."""
    return panel if panel and panel.guild_id == guild_id else None
