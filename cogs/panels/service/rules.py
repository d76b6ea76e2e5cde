"""RuleService: changes of what a panel asks of members and what comes with its roles."""

from typing import Any

from cogs.panels.service.access import Editor
from cogs.panels.service.edits import PanelEdits
from cogs.panels.service.inputs import Terms
from cogs.panels.ui.words import role_name
from core.errors import UserError
from core.i18n import N_
from domain.leftovers import mended
from domain.panels import RULE_ROLES_MAX, PanelSpec, Requirement
from domain.plan import Refusal
from domain.role_safety import GuildFacts, Problem, grant_problem, panel_problem
from models import Panel, PanelRole

TOO_MANY_IN_RULE = N_("A rule can name at most {limit} roles.")
EVERYONE_IN_RULE = N_("@everyone cannot be part of a rule, because everyone has it.")
ITSELF_IN_RULE = N_("A rule for {role} cannot name {role} itself.")
NEEDED_AND_BLOCKED = N_("{role} cannot be needed and forbidden at the same time.")


class RuleService(PanelEdits):
    """The rules of panels (item 0) and of single roles (their item)."""

    async def set_panel(self, editor: Editor, facts: GuildFacts, panel_id: int, version: int | None = None, **wanted: Any) -> PanelSpec:
        """Change fields of a panel. Raises UserError when a form showed another version."""
        async with self._edit(editor, facts, panel_id, version) as edit:
            edit.change(**wanted)
        return await self.get(facts.guild_id, panel_id)

    async def link(self, editor: Editor, facts: GuildFacts, panel_id: int, version: int, group: str | None) -> PanelSpec:
        """Put a panel into a link group, spelled as it already is on another panel."""
        if group is not None:
            same = await Panel.filter(guild_id=facts.guild_id, link_group__iexact=group).exclude(id=panel_id).first()
            group = same.link_group if same else group
        return await self.set_panel(editor, facts, panel_id, version, link_group=group)

    async def set_terms(self, editor: Editor, facts: GuildFacts, panel_id: int, item_id: int, version: int, terms: Terms) -> PanelSpec:
        """Change for how long and to how many a role is given. What members already have stays as it was promised to them."""
        wanted = {"duration_seconds": terms.duration, "capacity": terms.capacity, "capacity_counts_all": terms.counts_all}
        async with self._edit(editor, facts, panel_id, version) as edit:
            await edit.change_role(await edit.role(item_id), **wanted)
        return await self.get(facts.guild_id, panel_id)

    async def set_bundle(
        self, editor: Editor, facts: GuildFacts, panel_id: int, item_id: int, role_ids: tuple[int, ...], version: int | None = None
    ) -> tuple[PanelSpec, tuple[Refusal, ...]]:
        """Give further roles along with one. New ones are refused as they would be on the panel itself.

        Powerful ones only come along by an administrator, where they stand on the panel themselves with permissions confirmed there.
        """
        async with self._edit(editor, facts, panel_id, version) as edit:
            role = await edit.role(item_id)
            if len(set(role_ids)) > RULE_ROLES_MAX:
                raise UserError(TOO_MANY_IN_RULE, limit=RULE_ROLES_MAX)
            if role.role_id in role_ids:
                raise UserError(ITSELF_IN_RULE, role=role_name(role.role_id, facts))
            new = [role_id for role_id in role_ids if role_id not in role.bundle_role_ids]
            judged = {role_id: _bundle_problem(edit.spec, editor, facts, role_id) for role_id in new}
            await edit.change_role(role, bundle_role_ids=[role_id for role_id in role_ids if not judged.get(role_id)])
        refused = tuple(Refusal(role_id, problem) for role_id, problem in judged.items() if problem)
        return await self.get(facts.guild_id, panel_id), refused

    async def set_requirement(
        self, editor: Editor, facts: GuildFacts, panel_id: int, item_id: int, version: int | None = None, **wanted: Any
    ) -> PanelSpec:
        """Change `required_role_ids`, `required_all` or `blocked_role_ids` of the panel, or of one of its roles when `item_id` is not 0."""
        async with self._edit(editor, facts, panel_id, version) as edit:
            role = await edit.role(item_id) if item_id else None
            _check(role or edit.panel, role.role_id if role else None, facts, wanted)
            if role is None:
                edit.change(**wanted)
            else:
                await edit.change_role(role, **wanted)
        return await self.get(facts.guild_id, panel_id)

    async def drop_emoji(self, editor: Editor, facts: GuildFacts, panel_id: int, item_id: int) -> PanelSpec:
        """Show a role without its emoji."""
        async with self._edit(editor, facts, panel_id) as edit:
            await edit.change_role(await edit.role(item_id), emoji=None)
        return await self.get(facts.guild_id, panel_id)

    async def drop_stale(self, editor: Editor, facts: GuildFacts, panel_id: int, item_id: int) -> PanelSpec:
        """Take roles that no longer exist out of the rules of a panel, or of one of its roles when `item_id` is not 0.

        A needed role stays where the rule would let in more people without it.
        """
        async with self._edit(editor, facts, panel_id) as edit:
            role = await edit.role(item_id) if item_id else None
            holder = role or edit.panel
            stored = Requirement(tuple(holder.required_role_ids), holder.required_all, tuple(holder.blocked_role_ids))
            rule = mended(stored, facts.roles)
            wanted = {"required_role_ids": list(rule.required), "blocked_role_ids": list(rule.blocked)}
            if role is None:
                edit.change(**wanted)
            else:
                bundle = [role_id for role_id in role.bundle_role_ids if role_id in facts.roles]
                await edit.change_role(role, **wanted, bundle_role_ids=bundle)
        return await self.get(facts.guild_id, panel_id)


def _bundle_problem(panel: PanelSpec, editor: Editor, facts: GuildFacts, role_id: int) -> Problem | None:
    problem = panel_problem(facts, role_id, editor.user_id, editor.role_ids)
    if problem is not Problem.DANGEROUS or not editor.is_administrator:
        return problem
    on_panel = next((role for role in panel.roles if role.role_id == role_id), None)
    return grant_problem(facts, role_id, on_panel.confirmed_permissions if on_panel else 0)


def _check(holder: Panel | PanelRole, own_role_id: int | None, facts: GuildFacts, wanted: dict[str, Any]) -> None:
    """Raise UserError for a requirement that nobody could meet, or that means nothing."""
    required = set(wanted.get("required_role_ids", holder.required_role_ids))
    blocked = set(wanted.get("blocked_role_ids", holder.blocked_role_ids))
    named = {*wanted.get("required_role_ids", ()), *wanted.get("blocked_role_ids", ())}
    if max(len(required), len(blocked)) > RULE_ROLES_MAX:
        raise UserError(TOO_MANY_IN_RULE, limit=RULE_ROLES_MAX)
    if facts.guild_id in named:
        raise UserError(EVERYONE_IN_RULE)
    if own_role_id in named:
        raise UserError(ITSELF_IN_RULE, role=role_name(own_role_id or 0, facts))
    if both := required & blocked & named:
        raise UserError(NEEDED_AND_BLOCKED, role=role_name(min(both), facts))
