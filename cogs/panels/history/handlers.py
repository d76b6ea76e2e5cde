"""/panel history, undo and restoring: back to what a panel was, with the same safety as putting it there anew."""

import asyncio
from dataclasses import replace

import discord

from cogs.panels.editor import screens
from cogs.panels.editor.base import PanelHandlers, argument, picked
from cogs.panels.editor.conflicts import Happened
from cogs.panels.editor.view import View
from cogs.panels.history import screens as history_screens
from cogs.panels.service import revisions
from cogs.panels.service.access import Editor
from cogs.panels.service.copies import CopyService
from cogs.panels.service.edits import ChangedMeanwhile
from cogs.panels.service.group import panel, panel_option
from cogs.panels.service.revisions import Revision
from cogs.panels.ui import verbs
from cogs.panels.ui.change_words import person
from core.answer import Acknowledgement
from core.commands import slash
from core.components import Payload
from core.errors import UserError
from core.handlers import Press, component
from core.i18n import N_, Translator
from core.markup import Markup
from domain.panel_file import portable
from domain.panels import PanelSpec
from domain.placement import Placement, digest, place_again
from domain.role_safety import Problem

NOTHING_TO_UNDO = N_("There is nothing more to undo.")
OVERTAKEN = N_("The panel was changed in the meantime, so nothing was saved. This is what happened:")
NOT_KEPT = N_("This version is no longer kept.")


class HistoryHandlers(PanelHandlers):
    """The command and the component handlers of the history."""

    copies: CopyService

    @slash(panel, "history", N_("See what was changed on a panel, and restore it"))
    @panel_option
    async def panel_history(self, ctx: discord.ApplicationContext, panel: str) -> None:
        """Open the history of a panel."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        found = await self.service.find(ctx.interaction.guild_id or 0, panel)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        await answer.send(await _history(await self.view(found, guild, editor, answer.t), 0))

    @component(verbs.HISTORY, Acknowledgement.REDRAW)
    async def history(self, press: Press) -> None:
        """Open a page of the history."""
        view = await self._view(press, await self._panel(press))
        await press.answer.redraw(await _history(view, argument(press, 1, 0)))

    @component(verbs.REVISION, Acknowledgement.REDRAW)
    async def revision(self, press: Press) -> None:
        """A version was picked to be looked at."""
        now, editor = await self._panel(press), await Editor.of(press.interaction)
        view = await self._view(press, now)
        found = await _found(now, picked(press))
        await press.answer.redraw(await _version(view, found, await _placed(view, found, editor)))

    @component(verbs.RESTORE, Acknowledgement.REDRAW, wide=(3,))
    async def restore(self, press: Press) -> None:
        """Make the panel what it was, if that still is what was shown."""
        now, editor = await self._panel(press), await Editor.of(press.interaction)
        version, shown, proof, undo = (argument(press, index) for index in range(1, 5))
        view = await self._view(press, now)
        found = await _found(now, version)
        placement = await _placed(view, found, editor)
        if now.version != shown:
            await self._overtaken(press, view, shown)
        elif await asyncio.to_thread(digest, (placement,)) != proof or placement.unmet:
            await press.answer.redraw(await _version(view, found, placement, undo=bool(undo)))
        else:
            await self._restore(press, now, found, placement, editor, undo=bool(undo))

    @component(verbs.UNDO, Acknowledgement.REDRAW)
    async def undo(self, press: Press) -> None:
        """Take the last change back. What cannot come back just so is shown first."""
        now, editor = await self._panel(press), await Editor.of(press.interaction)
        view = await self._view(press, now)
        if now.version != argument(press, 1):
            await self._overtaken(press, view, argument(press, 1))
            return

        def brings_something(then: PanelSpec) -> bool:
            return not _nothing_left(place_again(then, now, view.facts, editor.author), now)

        # What would only bring back deleted roles is passed over, or no earlier change could be undone any more.
        current = await revisions.find(now.panel_id, now.version)
        target = await revisions.before(current, now.panel_id, brings_something) if current else None
        if target is None:
            raise UserError(NOTHING_TO_UNDO)
        placement = await _placed(view, target, editor)
        if placement.left_out or placement.powerful or placement.unmet:
            await press.answer.redraw(await _version(view, target, placement, undo=True))
        else:
            await self._restore(press, now, target, placement, editor, undo=True)

    async def _restore(self, press: Press, now: PanelSpec, target: Revision, placement: Placement, editor: Editor, *, undo: bool) -> None:
        t = press.answer.t
        try:
            restored = await self.copies.restore(
                editor, await self._facts(press), now, placement, target.version, undo_to=target.stands_for if undo else None
            )
        except ChangedMeanwhile as overtaken:
            await self._overtaken(press, await self._view(press, await self._panel(press)), overtaken.shown)
            return
        view = await self._view(press, restored)
        done = await _undone(target, now, editor, t) if undo else t("Version {version} was restored:", version=target.version)
        await press.answer.redraw(screens.main(view, [done, *history_screens.differences(view, now, restored)]))

    async def _overtaken(self, press: Press, view: View, shown: int) -> None:
        """Show the panel as it is, and who changed what since the version that this person saw."""
        view = replace(view, news=())
        happened = await Happened.to(view.panel.panel_id, shown, view.facts)
        await press.answer.redraw(screens.main(view, [view.t(OVERTAKEN), *happened.lines(view.t)]))


async def _history(view: View, number: int) -> Payload:
    panel_id, count = view.panel.panel_id, await revisions.count(view.panel.panel_id)
    number = min(number, max(0, count - 1) // history_screens.PER_SCREEN)
    kept = await revisions.newest(panel_id, history_screens.PER_SCREEN + 1, number * history_screens.PER_SCREEN)
    return await asyncio.to_thread(history_screens.history, view, kept, number, count)


async def _version(view: View, found: Revision, placement: Placement, *, undo: bool = False) -> Payload:
    earlier = await revisions.previous(view.panel.panel_id, found.version)
    return await asyncio.to_thread(lambda: history_screens.revision(view, found, earlier, placement, undo=undo))


async def _undone(target: Revision, now: PanelSpec, editor: Editor, t: Translator) -> Markup:
    """That a change was undone, and whose it was if it was somebody else's."""
    undone = await revisions.following(now.panel_id, target.version)
    if undone is None or undone.author_id == editor.user_id:
        return t("The last change was undone:")
    return t("The last change, by {author}, was undone:", author=person(undone.author_id, t))


async def _found(now: PanelSpec, version: int) -> Revision:
    found = await revisions.find(now.panel_id, version)
    if found is None:
        raise UserError(NOT_KEPT)
    return found


async def _placed(view: View, found: Revision, editor: Editor) -> Placement:
    return await asyncio.to_thread(place_again, found.panel, view.panel, view.facts, editor.author)


def _nothing_left(placement: Placement, now: PanelSpec) -> bool:
    """Whether all that a placement would change is gone from the guild."""
    lost = all(left.reason is Problem.DELETED for left in placement.left_out)
    return lost and not placement.unmet and portable(placement.panel) == portable(now)
