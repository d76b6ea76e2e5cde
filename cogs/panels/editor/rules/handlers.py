"""What the buttons, menus and modals of the rules do. Each handler checks the actor and the panel again: custom_ids are claims."""

from typing import Any

from cogs.panels.editor.base import PanelHandlers, argument, role_of
from cogs.panels.editor.drafts import keeping
from cogs.panels.editor.forms import read_choice
from cogs.panels.editor.rules import forms, screens
from cogs.panels.editor.rules.screens import NEEDS_MEMBERS, Rules
from cogs.panels.service.access import Editor
from cogs.panels.service.inputs import submitted
from cogs.panels.service.rules import RuleService
from cogs.panels.ui import verbs
from core.answer import Acknowledgement
from core.errors import UserError
from core.handlers import Press, component
from core.markup import Markup
from domain.panels import Mode, PanelSpec, RoleSpec
from domain.plan import Refusal
from models import Panel


class BehaviourHandlers(PanelHandlers):
    """The component handlers for a panel's rules and those of its roles."""

    rules: RuleService

    @component(verbs.BEHAVIOUR, Acknowledgement.REDRAW)
    async def behaviour(self, press: Press) -> None:
        """Open the rules of the panel."""
        await self._show_behaviour(press, await self._panel(press))

    @component(verbs.MODE, Acknowledgement.REDRAW)
    async def set_mode(self, press: Press) -> None:
        """A mode was picked."""
        await self._set(press, mode=read_choice(Mode, next(iter(press.values), None)))

    @component(verbs.LIMITS, Acknowledgement.MODAL)
    async def open_limits(self, press: Press) -> None:
        """Open the form of how many roles."""
        await press.answer.modal(forms.limits_modal(await self._panel(press), press.answer.t))

    @component(verbs.LIMITS_SAVE, Acknowledgement.REDRAW)
    async def save_limits(self, press: Press) -> None:
        """The submitted form of how many roles."""
        await Editor.of(press.interaction)
        async with keeping(press):
            minimum, maximum = forms.read_limits(submitted(press.interaction.data))
            panel = await self._changed(press, argument(press, 1), min_roles=minimum, max_roles=maximum)
        await self._show_behaviour(press, panel)

    @component(verbs.LINK, Acknowledgement.MODAL)
    async def open_link(self, press: Press) -> None:
        """Open the form of the link group."""
        await press.answer.modal(forms.link_modal(await self._panel(press), press.answer.t))

    @component(verbs.LINK_SAVE, Acknowledgement.REDRAW)
    async def save_link(self, press: Press) -> None:
        """The submitted form of the link group."""
        editor = await Editor.of(press.interaction)
        async with keeping(press):
            group = forms.read_group(submitted(press.interaction.data))
            panel = await self.rules.link(editor, await self._facts(press), argument(press, 0), argument(press, 1), group)
        await self._show_behaviour(press, panel)

    @component(verbs.STICKY, Acknowledgement.REDRAW)
    async def set_sticky(self, press: Press) -> None:
        """Giving back to who returns was switched."""
        await self._set(press, sticky=self._wanted_switch(press))

    @component(verbs.SCREENING, Acknowledgement.REDRAW)
    async def set_screening(self, press: Press) -> None:
        """Waiting for the screening was switched."""
        await self._set(press, wait_for_screening=self._wanted_switch(press))

    @component(verbs.WHO, Acknowledgement.REDRAW)
    async def who(self, press: Press) -> None:
        """Open which roles a member needs and must not have."""
        await self._show_who(press, await self._panel(press))

    @component(verbs.REQUIRED, Acknowledgement.REDRAW)
    async def set_required(self, press: Press) -> None:
        """The roles that a member needs were picked."""
        await self._require(press, "required", required_role_ids=list(press.numbers(wide=True)))

    @component(verbs.BLOCKED, Acknowledgement.REDRAW)
    async def set_blocked(self, press: Press) -> None:
        """The roles that a member must not have were picked."""
        await self._require(press, "blocked", blocked_role_ids=list(press.numbers(wide=True)))

    @component(verbs.NEEDS_ALL, Acknowledgement.REDRAW)
    async def set_needs_all(self, press: Press) -> None:
        """Whether any or all of the needed roles are asked for was switched."""
        await self._require(press, "needs_all", required_all=bool(argument(press, 2)))

    @component(verbs.RULES, Acknowledgement.REDRAW)
    async def role_rules(self, press: Press) -> None:
        """Open the rules of one role."""
        panel = await self._panel(press)
        await press.answer.redraw(screens.role_rules(await self._rules(press, panel), _role(panel, press)))

    @component(verbs.TERMS, Acknowledgement.MODAL)
    async def open_terms(self, press: Press) -> None:
        """Open the form of duration and places."""
        panel = await self._panel(press)
        await press.answer.modal(forms.terms_modal(panel, _role(panel, press), press.answer.t))

    @component(verbs.TERMS_SAVE, Acknowledgement.REDRAW)
    async def save_terms(self, press: Press) -> None:
        """The submitted form of duration and places."""
        editor = await Editor.of(press.interaction)
        panel_id, item_id, version = (argument(press, index) for index in range(3))
        async with keeping(press):
            terms = forms.read_terms(submitted(press.interaction.data))
            panel = await self.rules.set_terms(editor, await self._facts(press), panel_id, item_id, version, terms)
        await press.answer.redraw(screens.role_rules(await self._rules(press, panel), _role(panel, press)))

    @component(verbs.BUNDLE, Acknowledgement.REDRAW)
    async def set_bundle(self, press: Press) -> None:
        """The roles that are given along were picked."""
        before, editor, facts = await self._panel(press), await Editor.of(press.interaction), await self._facts(press)
        item, role_ids = argument(press, 1), press.numbers(wide=True)
        refused: list[Refusal] = []

        async def save(panel: PanelSpec) -> PanelSpec:
            changed, refusals = await self.rules.set_bundle(editor, facts, panel.panel_id, item, role_ids, panel.version)
            refused[:] = refusals
            return changed

        panel, notices = await self._saved(press, ("bundle",), save, _role(before, press).role_id)
        rules = await self._rules(press, panel)
        notices += screens.refused_in_bundle(refused, rules.view)
        await press.answer.redraw(screens.role_rules(rules, _role(panel, press), notices))

    async def _set(self, press: Press, **wanted: Any) -> None:
        panel, notices = await self._saved(press, wanted, lambda panel: self._changed(press, panel.version, **wanted))
        await self._show_behaviour(press, panel, *notices)

    async def _changed(self, press: Press, version: int | None, **wanted: Any) -> PanelSpec:
        editor = await Editor.of(press.interaction)
        return await self.rules.set_panel(editor, await self._facts(press), argument(press, 0), version, **wanted)

    async def _require(self, press: Press, name: str, **wanted: Any) -> None:
        before, editor, facts = await self._panel(press), await Editor.of(press.interaction), await self._facts(press)
        item = argument(press, 1)

        async def save(panel: PanelSpec) -> PanelSpec:
            return await self.rules.set_requirement(editor, facts, panel.panel_id, item, panel.version, **wanted)

        panel, notices = await self._saved(press, (name,), save, _role(before, press).role_id if item else None)
        await self._show_who(press, panel, *notices)

    async def _show_behaviour(self, press: Press, panel: PanelSpec, *notices: Markup) -> None:
        await press.answer.redraw(screens.behaviour(await self._rules(press, panel), notices))

    async def _show_who(self, press: Press, panel: PanelSpec, *notices: Markup) -> None:
        role = _role(panel, press) if argument(press, 1) else None
        await press.answer.redraw(screens.who(await self._rules(press, panel), role, notices))

    async def _rules(self, press: Press, panel: PanelSpec) -> Rules:
        return Rules(await self._view(press, panel), await Panel.linked_with(panel), self.bot.intents.members)

    def _wanted_switch(self, press: Press) -> bool:
        """What a switch is to be turned to. Raises UserError where the bot could not keep it."""
        on = bool(argument(press, 1))
        if on and not self.bot.intents.members:
            raise UserError(NEEDS_MEMBERS)
        return on


def _role(panel: PanelSpec, press: Press) -> RoleSpec:
    """The role that a custom_id names after the panel."""
    return role_of(panel, argument(press, 1))
