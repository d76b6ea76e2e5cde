"""/panel check: the doctor. What it finds, and the buttons that mend what the bot can mend."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import discord

from cogs.panels.diagnosis.facts import Doctor
from cogs.panels.diagnosis.screens import MENDS, Report, report_screen
from cogs.panels.diagnosis.words import Names
from cogs.panels.editor.base import PanelHandlers, argument, guild_id, role_of
from cogs.panels.editor.channels.handlers import still_works, told_of
from cogs.panels.service.access import Editor
from cogs.panels.service.edits import PANEL_GONE
from cogs.panels.service.group import complete_panel, panel
from cogs.panels.service.rules import RuleService
from cogs.panels.ui import verbs
from core.answer import Acknowledgement
from core.commands import slash, slash_option
from core.errors import OUTDATED, UserError, Vanished
from core.handlers import Press, component
from core.i18n import N_
from core.markup import Markup, moment_shown
from domain import clock
from domain.diagnosis import Mend, diagnose
from domain.panels import PanelSpec
from models import PanelMessage

PAUSE = timedelta(seconds=10)  # between two checks of one guild
JUST_CHECKED = N_("This server was checked just now. You can check again {moment}.")
DONE = N_("✅ Done.")
IN_ORDER = N_("✅ This is in order by now, so nothing was changed.")
ON_ITS_WAY = N_("✅ The bot tries to update it now. Check again in a moment.")


class CheckHandlers(PanelHandlers):
    """The command and its component handlers."""

    rules: RuleService
    doctor: Doctor
    _checked: dict[int, datetime]  # when each guild was checked

    @slash(panel, "check", N_("Find out what does not work, and mend it"))
    @slash_option("panel", str, N_("Only this panel; without it, the whole server"), autocomplete=complete_panel, default=None)
    async def check(self, ctx: discord.ApplicationContext, panel: str | None) -> None:
        """Examine one panel, or everything."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        self._take_turn(guild.id)
        scope = (await self.service.find(guild.id, panel)).panel_id if panel else 0
        report = await self._report(guild, editor, scope, looking=True)
        await answer.send(await asyncio.to_thread(report_screen, report, answer.t))

    @component(verbs.CHECK, Acknowledgement.REDRAW)
    async def check_again(self, press: Press) -> None:
        """Examine it again."""
        await Editor.of(press.interaction)
        self._take_turn(guild_id(press))
        await self._show(press, argument(press, 1), looking=True)

    def _take_turn(self, guild_id: int) -> None:
        """One check after another: each may ask Discord much. Raises UserError."""
        now = clock.now()
        self._checked = {guild: at for guild, at in self._checked.items() if at > now - PAUSE}
        if at := self._checked.get(guild_id):
            raise UserError(JUST_CHECKED, moment=moment_shown(at + PAUSE))
        self._checked[guild_id] = now

    @component(verbs.CHECK_PAGE, Acknowledgement.REDRAW)
    async def turn_page(self, press: Press) -> None:
        """Another page of findings."""
        await self._show(press, argument(press, 1))

    @component(verbs.MEND, Acknowledgement.REDRAW, wide=(4, 5))
    async def mend(self, press: Press) -> None:
        """Mend one finding, and show what is left."""
        editor = await Editor.of(press.interaction)
        number = argument(press, 2)
        if number >= len(MENDS):
            raise Vanished(OUTDATED)
        spec = await self.service.get(guild_id(press), argument(press, 3))
        mends: dict[Mend, Callable[[Press, Editor, PanelSpec], Awaitable[list[Markup]]]] = {
            Mend.DROP_ROLE: self._drop_role,
            Mend.DROP_EMOJI: self._drop_emoji,
            Mend.DROP_STALE: self._drop_stale,
            Mend.CONFIRM: self._confirm,
            Mend.REPOST: self._repost,
            Mend.FORGET: self._forget,
            Mend.REFRESH: self._update,
        }
        # The screen may be old: what somebody mended in another way is not to be posted twice or dropped.
        guild = await self.poster.guild(press.interaction.guild_id)
        if await self.doctor.still(guild, spec, MENDS[number], argument(press, 4)):
            notices = await mends[MENDS[number]](press, editor, spec)
        else:
            notices = [press.answer.t(IN_ORDER)]
        await self._show(press, argument(press, 1), *notices)

    async def _drop_role(self, press: Press, editor: Editor, spec: PanelSpec) -> list[Markup]:
        await self.service.remove_roles(editor, await self._facts(press), spec.panel_id, (argument(press, 4),))
        return [press.answer.t(DONE)]

    async def _drop_emoji(self, press: Press, editor: Editor, spec: PanelSpec) -> list[Markup]:
        await self.rules.drop_emoji(editor, await self._facts(press), spec.panel_id, argument(press, 4))
        return [press.answer.t(DONE)]

    async def _drop_stale(self, press: Press, editor: Editor, spec: PanelSpec) -> list[Markup]:
        facts = await self._facts(press)
        await self.rules.drop_stale(editor, facts, spec.panel_id, argument(press, 4))
        return [press.answer.t(DONE)]

    async def _confirm(self, press: Press, editor: Editor, spec: PanelSpec) -> list[Markup]:
        facts = await self._facts(press)
        role = role_of(spec, argument(press, 4))
        await self.service.confirm_role(editor, facts, spec.panel_id, role.role_id, argument(press, 5))
        return [press.answer.t(DONE)]

    async def _repost(self, press: Press, editor: Editor, spec: PanelSpec) -> list[Markup]:
        guild, t = await self.poster.guild(spec.guild_id), press.answer.t
        return told_of(spec, await self.poster.post(guild, editor, spec, argument(press, 4), press.interaction.id, t), t)

    async def _forget(self, press: Press, editor: Editor, spec: PanelSpec) -> list[Markup]:
        left = await self.poster.take_out(editor, spec, argument(press, 4))
        return still_works(spec, left, press.answer.t) or [press.answer.t(DONE)]

    async def _update(self, press: Press, _editor: Editor, spec: PanelSpec) -> list[Markup]:
        messages = await PanelMessage.filter(panel_id=spec.panel_id, channel_id=argument(press, 4)).only("id")
        self.follower.retry(message.id for message in messages)
        return [press.answer.t(ON_ITS_WAY)]

    async def _show(self, press: Press, number: int, *notices: Markup, looking: bool = False) -> None:
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        report = await self._report(guild, editor, argument(press, 0), looking=looking)
        screen = await asyncio.to_thread(report_screen, report, press.answer.t, number, notices)
        # The message may be a question that was asked on the way, and text and embeds have no place beside these components.
        await press.answer.redraw({**screen, "content": None, "embeds": []})

    async def _report(self, guild: discord.Guild, editor: Editor, scope: int, *, looking: bool) -> Report:
        """Examine a panel, or the whole server for 0. Raises UserError when the panel is gone."""
        all_panels, left_out = await self.doctor.panels(guild.id, scope)
        panels = [spec for spec in all_panels if scope in (0, spec.panel_id)]
        if scope and not panels:
            raise Vanished(PANEL_GONE)
        unseen = await self.doctor.look(panels) if looking else 0
        server = await self.doctor.server(guild, all_panels)
        findings = await asyncio.to_thread(diagnose, server, await self.doctor.facts(guild, panels))
        name = self.bot.user.name if self.bot.user else ""
        names = Names(name, server.guild, {spec.panel_id: spec for spec in all_panels})
        return Report(scope, findings, names, len(panels), 0 if scope else left_out, unseen, editor.is_administrator, clock.now())
