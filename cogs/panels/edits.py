"""The frame of every change of a panel: through the door, with its raised version and its record, told to the other cogs."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from cogs.panels import revisions
from cogs.panels.access import Editor
from cogs.panels.door import Passage, door
from cogs.panels.pace import WritePace
from cogs.panels.postings import check_room
from cogs.panels.render import pages
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

    def role(self, item_id: int) -> PanelRole:
        """One of the panel's roles. Raises UserError when it is no longer there."""
        role = next((role for role in self.panel.roles if role.id == item_id), None)
        if role is None:
            raise Vanished(ROLE_GONE)
        return role

    async def change_role(self, role: PanelRole, **wanted: Any) -> None:
        """Set fields of one of the panel's roles; those that are so already are left out."""
        changes = {name: value for name, value in wanted.items() if getattr(role, name) != value}
        if changes:
            await PanelRole.filter(id=role.id).using_db(self.db).update(**changes)
            self.payload |= {
                "role_id": role.role_id,
                "role_name": role.label,
                "before": {name: plain(getattr(role, name)) for name in changes},
                "after": {name: plain(value) for name, value in changes.items()},
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
        if by is not None:
            await self._pace.turn(facts.guild_id)
        async with door(by, facts, (panel_id,), answered=answered) as passage:
            db, actor_id = passage.db, by.user_id if by else None
            panel = await Panel.filter(id=panel_id, guild_id=facts.guild_id).using_db(db).select_for_update().get_or_none()
            if panel is None:
                raise Vanished(PANEL_GONE)
            if version is not None and panel.version != version:
                raise ChangedMeanwhile(panel_id, version, panel.version)
            await panel.fetch_related("roles", using_db=db)
            edit = Edit(panel, panel.to_spec(), passage)
            yield edit
            if edit.payload:
                await self._finish(edit, actor_id)
        if edit.payload:
            self._dispatch(PanelChanged.NAME, PanelChanged(facts.guild_id, panel_id, edit.spec.version + 1))
            self._dispatch(AuditWritten.NAME, AuditWritten(facts.guild_id))

    async def _finish(self, edit: Edit, actor_id: int | None) -> None:
        """Raise the version, keep the revision, and write the record."""
        panel, db, now = edit.panel, edit.db, clock.now()
        await revisions.keep_first(edit.spec, panel.updated_at, db)
        if not await panel.raise_version(panel.version, updated_at=now, **edit.changes):
            raise ChangedMeanwhile(panel.id, panel.version, panel.version)
        changed = await Panel.get(id=panel.id, using_db=db).prefetch_related("roles")
        if (more := pages(changed.to_spec()) - pages(edit.spec)) > 0:
            channels = PanelMessage.filter(panel_id=panel.id, missing=False).using_db(db).distinct()
            await check_room(panel.guild_id, more * len(await channels.values_list("channel_id", flat=True)), db)
        await revisions.write(changed.to_spec(), actor_id, now, db, edit.stands_for)
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
