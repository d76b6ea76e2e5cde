"""PanelService: every change of a panel, from what was asked to the rows and their record. It asks Discord nothing."""

from typing import Any

from cogs.panels.service import revisions
from cogs.panels.service.access import ONLY_ADMINISTRATORS, Editor
from cogs.panels.service.door import Passage, door
from cogs.panels.service.edits import Edit, PanelEdits, check_place, free_name, record
from cogs.panels.service.inputs import PanelDraft, RoleText
from cogs.panels.service.ordering import Arrange
from cogs.panels.ui.words import REFUSED, role_name
from core.errors import UserError
from core.i18n import N_
from domain import clock
from domain.events import AuditWritten
from domain.panels import NAME_MAX, ROLES_MAX, PanelSpec, label_of
from domain.plan import Refusal
from domain.role_safety import GuildFacts, Problem, panel_problem
from models import Panel, PanelRole

ORDER_SHOWN = 1000  # characters of the order in the record; the revisions hold all of it

NO_SUCH_PANEL = N_("There is no panel named {name}. Choose one from the list that appears while you type, or see `/panel list`.")
TOO_MANY_ROLES = N_("A panel holds at most {limit} roles. With these it would have {count}.")
PERMISSIONS_CHANGED = N_("The permissions of this role have changed since. Please add the role again and look at them.")


class PanelService(PanelEdits):
    """The panels of all guilds. Every method takes the guild beside the panel, because panel ids come from the outside."""

    async def find(self, guild_id: int, typed: str) -> PanelSpec:
        """The panel that somebody typed the name of: exactly, else in any case. Raises UserError when there is none."""
        name = typed.replace("\0", "").strip()
        panels = Panel.filter(guild_id=guild_id).order_by("name")
        fits = len(name) <= NAME_MAX
        panel = fits and (await panels.filter(name=name).first() or await panels.filter(name__iexact=name).first())
        if not panel:
            raise UserError(NO_SUCH_PANEL, name=name[:NAME_MAX])
        return await panel.to_spec()

    async def create(self, editor: Editor, facts: GuildFacts, draft: PanelDraft) -> tuple[PanelSpec, tuple[Refusal, ...]]:
        """Make a panel of what the modal asked for, without the roles that are refused. Raises UserError over a limit."""
        if len(draft.role_ids) > ROLES_MAX:
            raise UserError(TOO_MANY_ROLES, limit=ROLES_MAX, count=len(draft.role_ids))
        accepted, refused = _judge(editor, facts, draft.role_ids)
        panel_id = await self._create(editor, facts, draft, accepted, refused)
        self._dispatch(AuditWritten.NAME, AuditWritten(facts.guild_id))
        return await self.get(facts.guild_id, panel_id), refused

    async def add_roles(
        self, editor: Editor, facts: GuildFacts, panel_id: int, role_ids: tuple[int, ...]
    ) -> tuple[PanelSpec, tuple[Refusal, ...]]:
        """Put roles on a panel that are not on it yet, without those that are refused. Raises UserError over the limit."""
        async with self._edit(editor, facts, panel_id) as edit:
            on_it = {role.role_id for role in edit.spec.roles}
            new = tuple(role_id for role_id in dict.fromkeys(role_ids) if role_id not in on_it)
            accepted, refused = _judge(editor, facts, new)
            if len(on_it) + len(accepted) > ROLES_MAX:
                raise UserError(TOO_MANY_ROLES, limit=ROLES_MAX, count=len(on_it) + len(accepted))
            await _insert_roles(edit.panel, accepted, edit.passage, await _next_position(edit))
            if accepted:
                edit.payload = _roles_payload(added=accepted, names=facts)
        return await self.get(facts.guild_id, panel_id), refused

    async def confirm_role(self, editor: Editor, facts: GuildFacts, panel_id: int, role_id: int, shown: int) -> PanelSpec:
        """Put a dangerous role on a panel, or keep it there, with the permissions that an administrator was shown."""
        if not editor.is_administrator:
            raise UserError(ONLY_ADMINISTRATORS)
        problem = panel_problem(facts, role_id, editor.user_id, editor.role_ids)
        if problem is not None and problem is not Problem.DANGEROUS:
            raise UserError(REFUSED[problem], role=role_name(role_id, facts))
        if facts.roles[role_id].power & ~shown:
            raise UserError(PERMISSIONS_CHANGED)
        async with self._edit(editor, facts, panel_id, answered=(role_id,)) as edit:
            confirmation = {"confirmed_permissions": shown, "confirmed_by": editor.user_id}
            known = next((role for role in edit.spec.roles if role.role_id == role_id), None)
            if known is None:
                if len(edit.spec.roles) >= ROLES_MAX:
                    raise UserError(TOO_MANY_ROLES, limit=ROLES_MAX, count=len(edit.spec.roles) + 1)
                await _insert_roles(edit.panel, (role_id,), edit.passage, await _next_position(edit), **confirmation)
                edit.payload = _roles_payload(added=(role_id,), names=facts)
            else:
                await PanelRole.filter(id=known.item_id).using_db(edit.db).update(**confirmation)
                edit.payload = {"role_id": role_id, "role_name": known.label}
            edit.payload |= {"confirmed_permissions": shown}
        return await self.get(facts.guild_id, panel_id)

    async def remove_roles(self, editor: Editor, facts: GuildFacts, panel_id: int, item_ids: tuple[int, ...]) -> PanelSpec:
        """Take roles off a panel. Members keep them."""
        async with self._edit(editor, facts, panel_id) as edit:
            gone = [role for role in edit.spec.roles if role.item_id in item_ids]
            if gone:
                await PanelRole.filter(id__in=[role.item_id for role in gone]).using_db(edit.db).delete()
                names = {str(role.role_id): role.label for role in gone}
                edit.payload = {"removed": [role.role_id for role in gone], "role_names": names}
        return await self.get(facts.guild_id, panel_id)

    async def edit_role(self, editor: Editor, facts: GuildFacts, panel_id: int, item_id: int, version: int, wanted: RoleText) -> PanelSpec:
        """Change how a role is shown. Raises UserError when the panel no longer has the version that the form showed."""
        async with self._edit(editor, facts, panel_id, version) as edit:
            role = await edit.role(item_id)
            name = label_of(facts.roles[role.role_id].name) if role.role_id in facts.roles else role.label
            label = wanted.label or name
            texts = {"label": label, "emoji": wanted.emoji, "description": wanted.description, "colour": wanted.colour}
            await edit.change_role(role, label_set=label != name, **texts)
        return await self.get(facts.guild_id, panel_id)

    async def edit_text(
        self, editor: Editor, facts: GuildFacts, panel_id: int, version: int, title: str, description: str | None
    ) -> PanelSpec:
        """Change the text; the name follows the title. Raises UserError when the form showed another version."""
        async with self._edit(editor, facts, panel_id, version) as edit:
            name = edit.panel.name
            if title != edit.panel.title:
                name = await free_name(facts.guild_id, title, edit.db, but=panel_id)
            edit.change(title=title, description=description, name=name)
        return await self.get(facts.guild_id, panel_id)

    async def set(self, editor: Editor, facts: GuildFacts, panel_id: int, version: int | None = None, **wanted: Any) -> PanelSpec:
        """Change fields of the panel. Raises UserError when the form showed another `version`."""
        async with self._edit(editor, facts, panel_id, version) as edit:
            edit.change(**wanted)
        return await self.get(facts.guild_id, panel_id)

    async def arrange(self, editor: Editor, facts: GuildFacts, panel_id: int, arrange: Arrange) -> PanelSpec:
        """Bring the roles into another order, which is made of the order of now."""
        async with self._edit(editor, facts, panel_id) as edit:
            wanted = arrange(edit.spec.roles)
            labels = {role.item_id: role.label for role in edit.spec.roles}
            if wanted != list(labels):
                rows = {role.id: role for role in await edit.rows()}
                for position, item_id in enumerate(wanted):
                    rows[item_id].position = position
                await PanelRole.bulk_update(list(rows.values()), fields=["position"], using_db=edit.db)
                before, after = (", ".join(labels[item_id] for item_id in items)[:ORDER_SHOWN] for items in (labels, wanted))
                edit.payload = {"before": {"order": before}, "after": {"order": after}}
        return await self.get(facts.guild_id, panel_id)

    async def _create(
        self, editor: Editor, facts: GuildFacts, draft: PanelDraft, accepted: tuple[int, ...], refused: tuple[Refusal, ...]
    ) -> int:
        now = clock.now()
        await self._pace.turn(facts.guild_id)
        async with door(editor, facts) as passage:
            db = passage.db
            await check_place(facts.guild_id, 1, db)
            panel = await Panel.create(
                guild_id=facts.guild_id,
                name=await free_name(facts.guild_id, draft.title, db),
                title=draft.title,
                description=draft.description,
                style=draft.style,
                mode=draft.mode,
                created_at=now,
                updated_at=now,
                using_db=db,
            )
            passage.panel_ids.add(panel.id)
            await _insert_roles(panel, accepted, passage, 0)
            made = await panel.to_spec(db)
            after = {"title": draft.title, "description": draft.description, "style": draft.style.value, "mode": draft.mode.value}
            payload = {
                "after": after,
                **_roles_payload(added=accepted, names=facts),
                "refused": [{"role_id": refusal.role_id, "problem": refusal.problem.value} for refusal in refused],
            }
            await revisions.write([made], editor.user_id, now, db)
            await record("panel.create", made, editor.user_id, payload, db)
        return panel.id


def _judge(editor: Editor, facts: GuildFacts, role_ids: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[Refusal, ...]]:
    """The roles that this editor may put on a panel just so, and the others with their reasons."""
    problems = {role_id: panel_problem(facts, role_id, editor.user_id, editor.role_ids) for role_id in role_ids}
    accepted = tuple(role_id for role_id, problem in problems.items() if problem is None)
    return accepted, tuple(Refusal(role_id, problem) for role_id, problem in problems.items() if problem)


def _roles_payload(*, added: tuple[int, ...], names: GuildFacts) -> dict[str, Any]:
    return {"added": list(added), "role_names": {str(role_id): names.roles[role_id].name for role_id in added}}


async def _next_position(edit: Edit) -> int:
    return max([role.position for role in await edit.rows()], default=-1) + 1


async def _insert_roles(panel: Panel, role_ids: tuple[int, ...], passage: Passage, position: int, **more: Any) -> None:
    names = passage.facts.roles
    rows = [
        PanelRole(panel=panel, role_id=role_id, label=label_of(names[role_id].name), label_set=False, position=position + index, **more)
        for index, role_id in enumerate(role_ids)
    ]
    await PanelRole.bulk_create(rows, using_db=passage.db)
