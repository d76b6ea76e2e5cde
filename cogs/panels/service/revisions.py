"""What panels were after each change: written with the change, read by history, undo and whoever was overtaken by another editor.

What is kept of one panel can be long, so it is written and read in threads.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from core.markup import Markup, moment_shown
from domain.panel_file import read_panel, write_panel
from domain.panels import PanelSpec
from models import PanelRevision

KEPT, KEPT_BYTES = 200, 2 * 1024 * 1024  # of a panel; the newest always is
# In the snapshot of an undo: the version that it went back to, so that the next undo goes on from there instead of forth again.
_STANDS_FOR = "stands_for"
_NOTHING: Mapping[int, int | None] = MappingProxyType({})

_WRITE = """
INSERT INTO panel_revision (panel_id, version, author_id, created_at, snapshot, size)
SELECT panel_id, version, $3, at, snapshot::jsonb, size
FROM unnest($1::int[], $2::int[], $4::timestamptz[], $5::text[], $6::int[]) AS kept(panel_id, version, at, snapshot, size)
"""
_FORGET = """
DELETE FROM panel_revision WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER newest AS place, sum(size) OVER newest AS total FROM panel_revision WHERE panel_id = ANY($1::int[])
        WINDOW newest AS (PARTITION BY panel_id ORDER BY version DESC)
    ) AS kept
    WHERE place > $2 OR (place > 1 AND total > $3)
)
"""
_READ = "SELECT version, author_id, created_at, snapshot FROM panel_revision WHERE panel_id = $1"
_SINCE = """
SELECT version, author_id, created_at, snapshot FROM (
    SELECT *, row_number() OVER newest AS place, sum(size) OVER newest AS total FROM panel_revision WHERE panel_id = $1 AND version > $2
    WINDOW newest AS (ORDER BY version DESC)
) AS happened
WHERE place = 1 OR total <= $3
ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A panel as it was at a version, without ids. `author_id` is None when nobody's change is known of, or the bot made it."""

    version: int
    stands_for: int
    author_id: int | None
    at: datetime
    panel: PanelSpec

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Revision":
        """A row as a plain value; its snapshot is still text."""
        snapshot = json.loads(row["snapshot"])
        stands_for = snapshot.pop(_STANDS_FOR, row["version"])
        return cls(row["version"], stands_for, row["author_id"], row["created_at"], read_panel(snapshot).panels[0])


async def write(
    panels: Sequence[PanelSpec], author_id: int | None, at: datetime, db: BaseDBAsyncClient, stands_for: Mapping[int, int | None] = _NOTHING
) -> None:
    """Keep what panels are now, inside the transaction of the change. Of many or long revisions the oldest go.

    `stands_for`, by panel: the version that an undo went back to.
    """
    await _write([(panel, at, stands_for.get(panel.panel_id)) for panel in panels], author_id, db)
    await db.execute_query(_FORGET, [[panel.panel_id for panel in panels], KEPT, KEPT_BYTES])


async def _write(panels: Sequence[tuple[PanelSpec, datetime, int | None]], author_id: int | None, db: BaseDBAsyncClient) -> None:
    snapshots = [await asyncio.to_thread(_snapshot, panel, stands_for) for panel, _, stands_for in panels]
    rows = [(panel.panel_id, panel.version, at, *snapshot) for (panel, at, _), snapshot in zip(panels, snapshots, strict=True)]
    ids, versions, moments, texts, sizes = (list(column) for column in zip(*rows, strict=True))
    await db.execute_query(_WRITE, [ids, versions, author_id, moments, texts, sizes])


def _snapshot(panel: PanelSpec, stands_for: int | None) -> tuple[str, int]:
    """What can be restored, as text, and its bytes. Roles have their labels and need no names."""
    snapshot = write_panel(panel, {})
    if stands_for is not None:
        snapshot[_STANDS_FOR] = stands_for
    text = json.dumps(snapshot, ensure_ascii=False)
    return text, len(text.encode())


async def keep_first(panels: list[tuple[PanelSpec, datetime]], db: BaseDBAsyncClient) -> None:
    """Before a change: keep what panels are now, and since when, if nobody did. Those from before there was a history have none."""
    ids, versions = [panel.panel_id for panel, _ in panels], [panel.version for panel, _ in panels]
    rows = PanelRevision.filter(panel_id__in=ids, version__in=versions).using_db(db)
    known = set(await rows.values_list("panel_id", "version"))
    unknown = [(panel, at, None) for panel, at in panels if (panel.panel_id, panel.version) not in known]
    if unknown:
        await _write(unknown, None, db)


def moment(revision: Revision) -> Markup:
    """When it was, as Discord shows it in the reader's own words."""
    return moment_shown(revision.at)


async def count(panel_id: int) -> int:
    """How many revisions of a panel are kept."""
    return await PanelRevision.filter(panel_id=panel_id).count()


async def newest(panel_id: int, limit: int, skip: int = 0) -> list[Revision]:
    """The revisions of a panel, newest first."""
    return await _read(f"{_READ} ORDER BY version DESC LIMIT $2 OFFSET $3", panel_id, limit, skip)


async def find(panel_id: int, version: int) -> Revision | None:
    """What a panel was at a version, if that is still kept."""
    return await _first(f"{_READ} AND version = $2", panel_id, version)


async def previous(panel_id: int, version: int) -> Revision | None:
    """What a panel was just before a version, if that is still kept."""
    return await _first(f"{_READ} AND version < $2 ORDER BY version DESC LIMIT 1", panel_id, version)


async def following(panel_id: int, version: int) -> Revision | None:
    """What a panel became just after a version."""
    return await _first(f"{_READ} AND version > $2 ORDER BY version LIMIT 1", panel_id, version)


async def since(panel_id: int, version: int) -> list[Revision]:
    """What became of a panel after a version, oldest first: of a history that is longer than it may get now, the newest part."""
    return await _read(_SINCE, panel_id, version, KEPT_BYTES)


async def before(revision: Revision, panel_id: int, differs: Callable[[PanelSpec], bool]) -> Revision | None:
    """The revision that an undo goes back to: the newest before it that would change something, where undone changes do not count.

    `differs` is asked in a thread.
    """
    version = revision.stands_for
    while found := await previous(panel_id, version):
        if await asyncio.to_thread(differs, found.panel):
            return found
        version = min(found.stands_for, found.version)
    return None


async def _read(query: str, *values: int) -> list[Revision]:
    rows = await get_connection("default").execute_query_dict(query, list(values))
    return await asyncio.to_thread(lambda: [Revision.of(row) for row in rows])


async def _first(query: str, *values: int) -> Revision | None:
    return next(iter(await _read(query, *values)), None)
