"""The frame of every change of a panel: through the door, with its raised version and its record, told to the other cogs."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import F, Q

from cogs.panels.service import revisions
from cogs.panels.service.access import Editor
from cogs.panels.service.door import Passage, door
from cogs.panels.service.pages import check_room, pages
from cogs.panels.service.write_limit import WritePace
from core.errors import UserError, Vanished
from core.i18n import N_
from domain import clock
from domain.events import AuditWritten, PanelChanged
from domain.panel_file import PANELS_MAX
from domain.panels import NAME_MAX, PanelSpec
from domain.role_safety import GuildFacts
from models import AuditEntry, Panel, PanelMessage, PanelRole

TOO_MANY_PANELS = N_("A server can have at most {limit} panels. Delete one that is no longer needed first.")
PANEL_GONE = N_("This panel was deleted in the meantime.")
ROLE_GONE = N_("This role is no longer on the panel.")
CHANGED_MEANWHILE = N_("The panel was changed while you were writing, so nothing was saved. Open the form again to see how it is now.")

Dispatch = Callable[[str, object], None]


class ChangedMeanwhile(UserError):
    """Somebody else changed the panel since the version that was `shown`, to `version`."""

    def __init__(self, panel_id: int, shown: int, version: int) -> None:
        super().__init__(CHANGED_MEANWHILE)
        self.panel_id, self.shown, self.version = panel_id, shown, version


@dataclass(slots=True)
class Edit:
    """One edit under way: the locked panel, and what is to be recorded of it."""

    panel: Panel
    spec: PanelSpec
    passage: Passage
    changes: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)
    kind: str = "panel.edit"
    stands_for: int | None = None  # of an undo: the version that it goes back to

    @property
    def db(self) -> BaseDBAsyncClient:
        """The connection of its transaction."""
        return self.passage.db

    def change(self, **wanted: Any) -> None:
        """Set fields of the panel; those that are so already are left out."""
        self.changes |= {name: value for name, value in wanted.items() if getattr(self.panel, name) != value}
        if self.changes:
            self.payload |= {
                "before": {name: plain(getattr(self.panel, name)) for name in self.changes},
                "after": {name: plain(value) for name, value in self.changes.items()},
            }

    async def rows(self) -> list[PanelRole]:
        """The panel's roles as they are stored now."""
        return await PanelRole.filter(panel_id=self.panel.id).using_db(self.db)

    async def role(self, item_id: int) -> PanelRole:
        """One of the panel's roles. Raises UserError when it is no longer there."""
        role = await PanelRole.get_or_none(panel_id=self.panel.id, id=item_id, using_db=self.db)
        if role is None:
            raise Vanished(ROLE_GONE)
        return role

    async def change_role(self, role: PanelRole, **wanted: Any) -> None:
        """Set fields of one of the panel's roles; those that are so already are left out."""
        changes = {name: value for name, value in wanted.items() if getattr(role, name) != value}
        if changes:
            await PanelRole.filter(id=role.id).using_db(self.db).update(**changes)
            told = [name for name in changes if name != "label_set" or "label" not in changes]  # another label says it
            self.payload |= {
                "role_id": role.role_id,
                "role_name": role.label,
                "before": {name: plain(getattr(role, name)) for name in told},
                "after": {name: plain(changes[name]) for name in told},
            }


class PanelEdits:
    """What every service that changes panels is built on. Panel ids come from the outside, so the guild stands beside them.

    `pace` is the one that all services of a process share; the bot's own changes do not wait for it.
    """

    def __init__(self, dispatch: Dispatch, pace: WritePace | None = None) -> None:
        self._dispatch = dispatch
        self._pace = pace or WritePace()

    async def get(self, guild_id: int, panel_id: int) -> PanelSpec:
        """A panel of this guild. Raises UserError when there is none (any more)."""
        spec = await Panel.spec(panel_id)
        if spec is None or spec.guild_id != guild_id:
            raise Vanished(PANEL_GONE)
        return spec

    @asynccontextmanager
    async def _edit(
        self, by: Editor | None, facts: GuildFacts, panel_id: int, version: int | None = None, *, answered: Collection[int] = ()
    ) -> AsyncIterator[Edit]:
        """Lock a panel for an edit; what the block notes down is written with a raised version and its record, or nothing is.

        `by` None is the bot itself. Raises what the door raises, and UserError when the panel is gone or has another `version`.
        """
        async with self._edits(by, facts, (panel_id,), answered=answered) as edits:
            if not edits:
                raise Vanished(PANEL_GONE)
            if version is not None and edits[0].panel.version != version:
                raise ChangedMeanwhile(panel_id, version, edits[0].panel.version)
            yield edits[0]

    @asynccontextmanager
    async def _edits(
        self, by: Editor | None, facts: GuildFacts, panel_ids: Collection[int], *, answered: Collection[int] = ()
    ) -> AsyncIterator[list[Edit]]:
        """The same for several panels of a guild, all of them or none. What is gone is left out."""
        if by is not None:
            await self._pace.turn(facts.guild_id)
        async with door(by, facts, panel_ids, answered=answered) as passage:
            wanted = Panel.filter(id__in=list(panel_ids), guild_id=facts.guild_id).using_db(passage.db)
            panels = {panel.id: panel for panel in await wanted.select_for_update()}
            edits = [Edit(panels[spec.panel_id], spec, passage) for spec in passage.before if spec.panel_id in panels]
            yield edits
            written = [edit for edit in edits if edit.payload]
            if written:
                await self._finish(written, by.user_id if by else None, passage.db)
        for edit in written:
            self._dispatch(PanelChanged.NAME, PanelChanged(facts.guild_id, edit.panel.id, edit.spec.version + 1))
        if written:
            self._dispatch(AuditWritten.NAME, AuditWritten(facts.guild_id))

    async def _finish(self, edits: list[Edit], actor_id: int | None, db: BaseDBAsyncClient) -> None:
        """Raise the versions, keep the revisions, and write the records."""
        now = clock.now()
        await revisions.keep_first([(edit.spec, edit.panel.updated_at) for edit in edits], db)
        for edit in edits:
            if edit.changes:
                await Panel.filter(id=edit.panel.id).using_db(db).update(**edit.changes)
        ids = [edit.panel.id for edit in edits]
        await Panel.filter(id__in=ids).using_db(db).update(version=F("version") + 1, updated_at=now)
        changed = {panel.panel_id: panel for panel in await Panel.specs(Q(id__in=ids), db)}
        for edit in edits:
            if (more := pages(changed[edit.panel.id]) - pages(edit.spec)) > 0:
                channels = PanelMessage.filter(panel_id=edit.panel.id, missing=False).using_db(db).distinct()
                await check_room(edit.panel.guild_id, more * len(await channels.values_list("channel_id", flat=True)), db)
        undone = {edit.panel.id: edit.stands_for for edit in edits}
        await revisions.write(list(changed.values()), actor_id, now, db, undone)
        for edit in edits:
            await record(edit.kind, edit.spec, actor_id, edit.payload, db)


async def record(kind: str, panel: PanelSpec, actor_id: int | None, payload: dict[str, Any], db: BaseDBAsyncClient) -> None:
    """Write the audit row of a panel's change, inside its transaction."""
    names = {"panel_name": panel.name, "panel_title": panel.title}
    await AuditEntry.record(
        panel.guild_id, kind, clock.now(), actor_id=actor_id, panel_id=panel.panel_id, payload=names | payload, using_db=db
    )


async def check_place(guild_id: int, count: int, db: BaseDBAsyncClient | None = None) -> None:
    """Raise UserError when a guild with `count` new panels would have too many."""
    if await Panel.filter(guild_id=guild_id).using_db(db).count() + count > PANELS_MAX:
        raise UserError(TOO_MANY_PANELS, limit=PANELS_MAX)


async def free_name(guild_id: int, title: str, db: BaseDBAsyncClient, but: int | None = None) -> str:
    """The title as a name that no other panel of the guild has in any case: "Colours", "Colours 2", …

    Asked inside the door, where nobody else takes the name meanwhile.
    """
    others = Panel.filter(guild_id=guild_id).using_db(db)
    taken = {panel.name.casefold() for panel in await others.only("id", "name") if panel.id != but}
    base = " ".join(title.split())
    name, number = base[:NAME_MAX], 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[: NAME_MAX - len(str(number)) - 1]} {number}"
    return name


def plain(value: Any) -> Any:
    """A field's value for the record; the names of enumerations as they are stored."""
    return getattr(value, "value", value)
