"""What panels were after each change: written with the change, read by history, undo and whoever was overtaken by another editor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from core.markup import Markup, moment_shown
from domain.panel_file import RoleSketch, read_panel, write_panel
from domain.panels import PanelSpec
from models import PanelRevision

KEPT = 200  # of a panel
# In the snapshot of an undo: the version that it went back to, so that the next undo goes on from there instead of forth again.
_STANDS_FOR = "stands_for"


@dataclass(frozen=True, slots=True)
class Revision:
    """A panel as it was at a version, without ids. `author_id` is None when nobody's change is known of, or the bot made it."""

    version: int
    stands_for: int
    author_id: int | None
    at: datetime
    panel: PanelSpec

    @classmethod
    def of(cls, row: PanelRevision) -> "Revision":
        """A row as a plain value."""
        snapshot = dict(row.snapshot)
        stands_for = snapshot.pop(_STANDS_FOR, row.version)
        return cls(row.version, stands_for, row.author_id, row.created_at, read_panel(snapshot).panels[0])


async def write(panel: PanelSpec, author_id: int | None, at: datetime, db: BaseDBAsyncClient, stands_for: int | None = None) -> None:
    """Keep what a panel is now, inside the transaction of the change. Of many revisions the oldest go."""
    snapshot = write_panel(panel, {role.role_id: RoleSketch(role.label) for role in panel.roles})
    if stands_for is not None:
        snapshot[_STANDS_FOR] = stands_for
    await PanelRevision.create(
        panel_id=panel.panel_id, version=panel.version, author_id=author_id, created_at=at, snapshot=snapshot, using_db=db
    )
    kept = PanelRevision.filter(panel_id=panel.panel_id).using_db(db).order_by("-version")
    too_old = await kept.offset(KEPT).first()
    if too_old:
        await PanelRevision.filter(panel_id=panel.panel_id, version__lte=too_old.version).using_db(db).delete()


async def keep_first(panel: PanelSpec, at: datetime, db: BaseDBAsyncClient) -> None:
    """Before a change: keep what the panel is now, if nobody did. Panels from before there was a history have none."""
    if not await PanelRevision.filter(panel_id=panel.panel_id, version=panel.version).using_db(db).exists():
        await write(panel, None, at, db)


def moment(revision: Revision) -> Markup:
    """When it was, as Discord shows it in the reader's own words."""
    return moment_shown(revision.at)


async def count(panel_id: int) -> int:
    """How many revisions of a panel are kept."""
    return await PanelRevision.filter(panel_id=panel_id).count()


async def newest(panel_id: int, limit: int, skip: int = 0) -> list[Revision]:
    """The revisions of a panel, newest first."""
    rows = await PanelRevision.filter(panel_id=panel_id).order_by("-version").offset(skip).limit(limit)
    return [Revision.of(row) for row in rows]


async def find(panel_id: int, version: int) -> Revision | None:
    """What a panel was at a version, if that is still kept."""
    row = await PanelRevision.get_or_none(panel_id=panel_id, version=version)
    return Revision.of(row) if row else None


async def previous(panel_id: int, version: int) -> Revision | None:
    """What a panel was just before a version, if that is still kept."""
    row = await PanelRevision.filter(panel_id=panel_id, version__lt=version).order_by("-version").first()
    return Revision.of(row) if row else None


async def following(panel_id: int, version: int) -> Revision | None:
    """What a panel became just after a version."""
    row = await PanelRevision.filter(panel_id=panel_id, version__gt=version).order_by("version").first()
    return Revision.of(row) if row else None


async def since(panel_id: int, version: int) -> list[Revision]:
    """What became of a panel after a version, oldest first."""
    rows = await PanelRevision.filter(panel_id=panel_id, version__gt=version).order_by("version")
    return [Revision.of(row) for row in rows]


async def before(revision: Revision, panel_id: int, differs: Callable[[PanelSpec], bool]) -> Revision | None:
    """The revision that an undo goes back to: the newest before it that would change something, where undone changes do not count."""
    version = revision.stands_for
    while row := await PanelRevision.filter(panel_id=panel_id, version__lt=version).order_by("-version").first():
        found = Revision.of(row)
        if differs(found.panel):
            return found
        version = min(found.stands_for, row.version)
    return None
