"""What all handlers of the editor share: who acts, on which panel, and what its screens are drawn from."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from cogs.panels.editor import screens
from cogs.panels.editor.conflicts import news, overwritten
from cogs.panels.editor.view import View
from cogs.panels.posting.follower import Follower
from cogs.panels.posting.poster import Poster
from cogs.panels.posting.postings import Posting, postings_of
from cogs.panels.service.access import Editor
from cogs.panels.service.edits import ROLE_GONE, ChangedMeanwhile
from cogs.panels.service.panels import PanelService
from core import claims
from core.errors import OUTDATED, Vanished
from core.facts import guild_facts
from core.handlers import Press
from core.i18n import N_, Translator
from core.markup import Markup
from domain.panels import PanelSpec, RoleSpec
from domain.role_safety import GuildFacts

if TYPE_CHECKING:
    from core.bot import RolePanelBot


NOT_SAVED = N_("Somebody else changed this in the meantime, so nothing was saved. Choose again if you still want to change it.")


class PanelHandlers:
    """The base of the mixins of the panels cog. Each handler checks the actor and the panel again: custom_ids are claims."""

    bot: "RolePanelBot"
    service: PanelService
    poster: Poster
    follower: Follower

    async def view(self, panel: PanelSpec, guild: discord.Guild, editor: Editor, t: Translator) -> View:
        """What the screens of this panel are drawn from for this person."""
        postings = (await self.postings([panel], guild))[panel.panel_id]
        return View(panel, postings, guild_facts(guild), editor.is_administrator, t)

    async def postings(self, panels: list[PanelSpec], guild: discord.Guild) -> dict[int, tuple[Posting, ...]]:
        """Where these panels stand, and how."""
        return await postings_of(panels, guild, await self.poster.edition(guild), self.follower.in_trouble)

    async def _panel(self, press: Press) -> PanelSpec:
        """The panel that a custom_id claims. Raises UserError unless the actor may edit it."""
        await Editor.of(press.interaction)
        return await self.service.get(guild_id(press), argument(press, 0))

    async def _facts(self, press: Press) -> GuildFacts:
        """The guild of the interaction, as the rules know it."""
        return guild_facts(await self.poster.guild(press.interaction.guild_id))

    async def _view(self, press: Press, panel: PanelSpec) -> View:
        guild = await self.poster.guild(press.interaction.guild_id)
        view = await self.view(panel, guild, await Editor.of(press.interaction), press.answer.t)
        return replace(view, news=tuple(await news(press, panel.panel_id, view.facts)))

    async def _saved(
        self, press: Press, names: Collection[str], save: Callable[[PanelSpec], Awaitable[PanelSpec]], role_id: int | None = None
    ) -> tuple[PanelSpec, list[Markup]]:
        """The panel after a pick was saved, or as it is with what is said instead: others' changes of the same fields are not overwritten.

        `save` changes the panel if it still has the version that it is given.
        """
        facts = await self._facts(press)
        while True:
            panel = await self._panel(press)
            if await overwritten(press, panel.panel_id, facts, names, role_id):
                return panel, [press.answer.t(NOT_SAVED)]
            try:
                return await save(panel), []
            except ChangedMeanwhile:
                continue  # in this very moment: perhaps just these fields

    async def _redraw(self, press: Press, panel: PanelSpec, *notices: Markup) -> None:
        await press.answer.redraw(screens.main(await self._view(press, panel), notices))


def guild_id(press: Press) -> int:
    """The guild of the interaction; 0, which no panel has, outside of guilds."""
    return press.interaction.guild_id or 0


def argument(press: Press, index: int, default: int | None = None) -> int:
    """One of the custom_id's arguments. Raises UserError when it is not there and has no default."""
    if index < len(press.args):
        return press.args[index]
    if default is None:
        raise Vanished(OUTDATED)
    return default


def picked(press: Press, *, wide: bool = False) -> int:
    """The number that was picked in a select; a `wide` one may be an id of Discord. Raises UserError for anything else."""
    return claims.number(next(iter(press.values), None), wide=wide)


def role_of(panel: PanelSpec, item_id: int) -> RoleSpec:
    """The role of a panel with this item id. Raises UserError when it is no longer on it."""
    role = panel.item(item_id)
    if role is None:
        raise Vanished(ROLE_GONE)
    return role
