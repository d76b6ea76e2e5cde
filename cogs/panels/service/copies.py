"""CopyService: whole panels written at once: restored, undone, cloned, imported or made from a template."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from cogs.panels.service import revisions
from cogs.panels.service.access import Editor
from cogs.panels.service.door import Passage, door
from cogs.panels.service.edits import Edit, PanelEdits, check_place, free_name, record
from core.errors import UserError
from core.i18n import N_
from domain import clock
from domain.events import AuditWritten
from domain.panel_file import portable
from domain.panels import PanelSpec, RoleSpec
from domain.placement import LeftOut, Placement
from domain.role_safety import GuildFacts
from models import Draft, Panel, PanelRole

LEFT_OUT_TOLD = 1000  # characters of what the record says was left out

DONE_BEFORE = N_("This was made before.")


class CopyService(PanelEdits):
    """What is written here was placed before: what its author could not put on a panel was left out, and shown."""

    async def create_all(
        self, editor: Editor, facts: GuildFacts, placements: Sequence[Placement], told: dict[str, str], *, draft_id: int | None = None
    ) -> tuple[PanelSpec, ...]:
        """Make a panel of each placement, or of none. What is `told` stands in every record; the draft that asked for it is used up.

        Raises UserError over the guild's limit, or when the draft was used up before.
        """
        now = clock.now()
        made: list[Panel] = []
        guild_id = facts.guild_id
        await self._pace.turn(guild_id)
        async with door(editor, facts, answered=_shown(placements)) as passage:
            db = passage.db
            await check_place(guild_id, len(placements), db)
            if draft_id is not None and not await Draft.filter(id=draft_id).using_db(db).delete():
                raise UserError(DONE_BEFORE)
            spelled = await _link_groups(guild_id, db)
            for placement in placements:
                wanted = placement.panel
                if wanted.link_group:
                    wanted = replace(wanted, link_group=spelled.setdefault(wanted.link_group.casefold(), wanted.link_group))
                name = await free_name(guild_id, wanted.name, db)
                panel = await Panel.create(
                    guild_id=guild_id, **_columns(wanted) | {"name": name}, created_at=now, updated_at=now, using_db=db
                )
                passage.panel_ids.add(panel.id)
                await _insert(panel.id, enumerate(wanted.roles), passage)
                spec = await panel.to_spec(db)
                await revisions.write([spec], editor.user_id, now, db)
                payload = _created(wanted, placement.left_out, told)
                await record("panel.create", spec, editor.user_id, payload, db)
                made.append(panel)
        self._dispatch(AuditWritten.NAME, AuditWritten(guild_id))
        return tuple([await self.get(guild_id, panel.id) for panel in made])

    async def restore(
        self,
        editor: Editor,
        facts: GuildFacts,
        now: PanelSpec,
        placement: Placement,
        restored_version: int,
        *,
        undo_to: int | None = None,
    ) -> PanelSpec:
        """Make a panel what it was at a version. Roles that stay keep their place in posted messages.

        `undo_to` marks an undo: where the next one goes on from. Raises UserError when the panel is not as in `now` any more.
        """
        wanted = placement.panel
        async with self._edit(editor, facts, now.panel_id, now.version, answered=_shown((placement,))) as edit:
            if portable(edit.spec) != portable(wanted):
                await self._rewrite(edit, wanted)
                edit.payload["after"] = edit.payload.get("after", {}) | {"restored_version": restored_version}
                edit.stands_for = undo_to
        return await self.get(now.guild_id, now.panel_id)

    async def _rewrite(self, edit: Edit, wanted: PanelSpec) -> None:
        columns = _columns(wanted)
        if wanted.name != edit.panel.name:
            columns["name"] = await free_name(edit.panel.guild_id, wanted.name, edit.db, but=edit.panel.id)
        edit.change(**columns)
        rows = {row.role_id: row for row in await edit.rows()}
        places = list(enumerate(wanted.roles))
        kept = {role.role_id for role in wanted.roles}
        gone = [row for row in rows.values() if row.role_id not in kept]
        new = [(position, role) for position, role in places if role.role_id not in rows]
        await PanelRole.filter(id__in=[row.id for row in gone]).using_db(edit.db).delete()
        for position, role in places:
            row = rows.get(role.role_id)
            changed = {name: value for name, value in _role_columns(role, position).items() if row and getattr(row, name) != value}
            if row and changed:
                await PanelRole.filter(id=row.id).using_db(edit.db).update(**changed)
        await _insert(edit.panel.id, new, edit.passage)
        names = {str(row.role_id): row.label for row in gone} | {str(role.role_id): role.label for _, role in new}
        edit.payload |= {"added": [role.role_id for _, role in new], "removed": [row.role_id for row in gone], "role_names": names}


async def _link_groups(guild_id: int, db: BaseDBAsyncClient) -> dict[str, str]:
    """How the guild's link groups are spelled; as in the editor, another case means the same group."""
    linked = Panel.filter(guild_id=guild_id, link_group__isnull=False).using_db(db)
    return {panel.link_group.casefold(): panel.link_group for panel in await linked.only("id", "link_group") if panel.link_group}


def _columns(panel: PanelSpec) -> dict[str, Any]:
    """A panel's columns, but for what belongs to its place."""
    look, rule = panel.appearance, panel.requirement
    return {
        "name": panel.name,
        "title": panel.title,
        "description": panel.description,
        "accent_colour": look.accent_colour,
        "image_url": look.image_url,
        "thumbnail_url": look.thumbnail_url,
        "footer": look.footer,
        "buttons_per_row": look.buttons_per_row,
        "style": panel.style,
        "mode": panel.mode,
        "min_roles": panel.min_roles,
        "max_roles": panel.max_roles,
        "required_role_ids": list(rule.required),
        "required_all": rule.needs_all,
        "blocked_role_ids": list(rule.blocked),
        "link_group": panel.link_group,
        "sticky": panel.sticky,
        "wait_for_screening": panel.wait_for_screening,
    }


def _role_columns(role: RoleSpec, position: int) -> dict[str, Any]:
    """A role's columns, but for its confirmation."""
    return {
        "label": role.label,
        "label_set": role.label_set,
        "emoji": role.emoji,
        "description": role.description,
        "position": position,
        "colour": role.colour,
        "duration_seconds": role.duration,
        "capacity": role.capacity,
        "capacity_counts_all": role.capacity_counts_all,
        "bundle_role_ids": list(role.bundle),
        "required_role_ids": list(role.requirement.required),
        "required_all": role.requirement.needs_all,
        "blocked_role_ids": list(role.requirement.blocked),
    }


def _shown(placements: Iterable[Placement]) -> set[int]:
    """The powerful roles that an administrator was shown before they said yes to these placements."""
    return {role_id for placement in placements for role_id in placement.powerful}


async def _insert(panel_id: int, roles: Iterable[tuple[int, RoleSpec]], passage: Passage) -> None:
    """Put (position, role) pairs on a panel; who placed them confirmed what is powerful among them."""
    by = passage.by.user_id if passage.by else None
    rows = [
        PanelRole(
            panel_id=panel_id,
            role_id=role.role_id,
            confirmed_permissions=role.confirmed_permissions,
            confirmed_by=by if role.confirmed_permissions else None,
            **_role_columns(role, position),
        )
        for position, role in roles
    ]
    await PanelRole.bulk_create(rows, using_db=passage.db)


def _created(panel: PanelSpec, left_out: tuple[LeftOut, ...], told: dict[str, str]) -> dict[str, Any]:
    """What the record says of a new panel."""
    roles = {role.role_id: role.label for role in panel.roles}
    confirmed = 0
    for role in panel.roles:
        confirmed |= role.confirmed_permissions
    if left_out:
        told = told | {"left_out": ", ".join(left.name for left in left_out[:LEFT_OUT_TOLD])[:LEFT_OUT_TOLD]}
    after = {"title": panel.title, "description": panel.description, "style": panel.style.value, "mode": panel.mode.value}
    payload: dict[str, Any] = {
        "after": after | told,
        "added": list(roles),
        "role_names": {str(role_id): label for role_id, label in roles.items()},
    }
    return payload | ({"confirmed_permissions": confirmed} if confirmed else {})
