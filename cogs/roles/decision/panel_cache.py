"""Panels as clicks need them, kept in memory until they change. The claim in the database catches what another process changed.

A panel that others are linked with stands in memory once for all of them, and without its texts, which no plan asks for.
"""

import sys
from collections.abc import Iterable
from dataclasses import replace

from cogs.roles.decision.decision import Board
from core.shelf import MEBIBYTE, Shelf
from domain.panels import PanelSpec
from models import MessageState, Panel, PanelMessage

CLICKED_MAX, LINKED_MAX = 5 * MEBIBYTE, 13 * MEBIBYTE  # with the other caches below 32 MiB
GROUPS_MAX, MESSAGES_MAX = 1_000, 10_000


class PanelCache:
    """The panels that are clicked, those that they are linked with, and which messages are known to belong to a panel."""

    def __init__(self) -> None:
        self.clicked: Shelf[int, PanelSpec] = Shelf(CLICKED_MAX, weight)
        self.linked: Shelf[int, PanelSpec] = Shelf(LINKED_MAX, weight)
        self._groups: dict[tuple[int, str], tuple[int, ...]] = {}
        self._messages: dict[int, int] = {}

    async def get(self, guild_id: int, panel_id: int) -> PanelSpec | None:
        """The panel as it was last read; None when this guild has no such panel."""
        return _of(guild_id, self.clicked.get(panel_id)) or await self._read(guild_id, panel_id)

    async def board(self, guild_id: int, panel_id: int) -> Board | None:
        """The panel with those it is linked with, as they were last read; None when this guild has no such panel."""
        panel = await self.get(guild_id, panel_id)
        if panel is None or panel.link_group is None:
            return Board(panel) if panel else None
        ids = self._groups.get((guild_id, panel.link_group), ())
        linked = [self.linked.get(other) for other in ids if other != panel_id]
        if panel_id not in ids or None in linked:
            return await self.reload_board(guild_id, panel_id)
        return Board(panel, tuple(filter(None, linked)))

    async def reload_board(self, guild_id: int, panel_id: int) -> Board | None:
        """The panel with those it is linked with, as they are in the database now. Only what has another version is read."""
        versions = await Panel.versions_linked_with(guild_id, panel_id)
        version = versions.pop(panel_id, None)
        panel = self.clicked.get(panel_id)
        if panel is None or panel.version != version:
            panel = await self._read(guild_id, panel_id)
        if panel is None:
            return None
        linked = {other: known for other in versions if (known := self.linked.get(other)) and known.version == versions[other]}
        if missing := versions.keys() - linked.keys():
            linked |= {spec.panel_id: spec for spec in await self._read_linked(missing)}
        if panel.link_group is not None:
            if len(self._groups) >= GROUPS_MAX:
                self._groups.clear()
            self._groups[guild_id, panel.link_group] = tuple(sorted((panel_id, *versions)))
        return Board(panel, tuple(linked[other] for other in versions if other in linked))

    async def is_message_of(self, panel_id: int, message_id: int) -> bool:
        """Whether the panel was posted as this message."""
        if self._messages.get(message_id) != panel_id:
            if not await PanelMessage.exists(panel_id=panel_id, message_id=message_id, state=MessageState.LIVE):
                return False
            if len(self._messages) >= MESSAGES_MAX:
                self._messages.clear()
            self._messages[message_id] = panel_id
        return True

    def forget(self, panel_id: int) -> None:
        """Read this panel anew the next time: it changed, or is gone."""
        self.clicked.drop(panel_id)
        self.linked.drop(panel_id)
        self._groups = {group: ids for group, ids in self._groups.items() if panel_id not in ids}
        self._messages = {message: panel for message, panel in self._messages.items() if panel != panel_id}

    async def _read(self, guild_id: int, panel_id: int) -> PanelSpec | None:
        panel = _of(guild_id, await Panel.spec(panel_id))
        if panel is None:
            self.forget(panel_id)
        else:
            self.clicked.put(panel_id, panel)
        return panel

    async def _read_linked(self, panel_ids: Iterable[int]) -> list[PanelSpec]:
        found: list[PanelSpec] = []
        async for panel in Panel.each_spec(Panel.filter(id__in=list(panel_ids))):
            found.append(_without_texts(panel))
            self.linked.put(panel.panel_id, found[-1])
        return found


def weight(panel: PanelSpec) -> int:
    """About how many bytes of memory a panel takes."""
    total = 4000 + sum(sys.getsizeof(text) for text in (panel.title, panel.description) if text)
    for role in panel.roles:
        rule = role.requirement
        total += 250 + 40 * (len(role.bundle) + len(rule.required) + len(rule.blocked))
        total += sum(sys.getsizeof(text) for text in (role.label, role.emoji, role.description) if text)
    return total


def _without_texts(panel: PanelSpec) -> PanelSpec:
    roles = tuple(replace(role, label="", emoji=None, description=None) for role in panel.roles)
    return replace(panel, description=None, roles=roles)


def _of(guild_id: int, panel: PanelSpec | None) -> PanelSpec | None:
    """The panel, if it is one of this guild: the id may come from anybody."""
    return panel if panel and panel.guild_id == guild_id else None
