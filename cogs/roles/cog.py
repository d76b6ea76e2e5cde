"""What members click: the buttons and dropdowns of posted panels, and the private picker."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord.ext import commands
from loguru import logger

from cogs.roles.answers import describe
from cogs.roles.panel_cache import PanelCache
from cogs.roles.picker import PICK, page_of, picker
from cogs.roles.recovery import Recovery
from cogs.roles.service import Click, Outcome, RoleService, Tell
from core.answer import Acknowledgement, Answer
from core.cog import Cog
from core.components import text_message
from core.errors import OUTDATED, UserError, is_database_away
from core.i18n import N_, translator
from core.interactions import Press, component
from domain import clock
from domain.custom_id import CHOOSE, OPEN_PICKER, PRESS
from domain.events import PanelChanged

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LEFTOVER_AGE = timedelta(seconds=60)  # a click that is unsettled for so long, and that nobody works on, was left behind
RECOVERY_PAUSE = 30.0  # seconds
PANEL_GONE = N_("This panel was deleted. An admin of this server can take its message away.")


class RolesCog(Cog, name="roles"):
    """Thin: turns presses into clicks for the RoleService, and shows what came of them."""

    def __init__(self, bot: "RolePanelBot") -> None:
        super().__init__(bot)
        self._panels = PanelCache()
        self._service = RoleService(bot, self._panels)
        self._recovery = Recovery(bot, self._service, self._tell_later)
        self._started = clock.now()
        if bot.held_shards:
            self._begin()

    @component(PRESS, Acknowledgement.REPLY)
    async def press(self, press: Press) -> None:
        """A button on a posted panel."""
        panel_id, item_id = _arguments(press, 2)
        await self._service.click(_click(press, panel_id, (item_id,), toggles=True), self._teller(press.answer))

    @component(CHOOSE, Acknowledgement.REPLY)
    async def choose(self, press: Press) -> None:
        """The public dropdown of a posted panel: picks add, its last entry opens the private picker."""
        panel_id, _ = _arguments(press, 2)
        items = tuple(int(value) for value in press.values if value.isdecimal())
        click = _click(press, panel_id, items, toggles=False)
        if not items:
            await self._open_picker(press.answer, click)
            return
        teller = self._picker_teller(press.answer) if OPEN_PICKER in press.values else self._teller(press.answer)
        await self._service.click(click, teller)

    @component(PICK, Acknowledgement.REDRAW)
    async def pick(self, press: Press) -> None:
        """A pick in the private picker: ticked is held, unticked is given back."""
        panel_id, page = _arguments(press, 2)
        panel = await self._panels.get(panel_id)
        offered = tuple(role.item_id for role in page_of(panel, page)) if panel else ()
        items = tuple(int(value) for value in press.values if value.isdecimal())
        click = _click(press, panel_id, items, toggles=False, posted=False, offered_ids=offered)
        await self._service.click(click, self._picker_teller(press.answer, redraw=True))

    @commands.Cog.listener()
    async def on_panel_changed(self, event: PanelChanged) -> None:
        """A panel was edited: read it anew at the next click."""
        self._panels.forget(event.panel_id)

    @commands.Cog.listener()
    async def on_shards_acquired(self) -> None:
        """This process serves guilds from now on: settle what an earlier one left."""
        self._begin()

    def _begin(self) -> None:
        self.spawn(self._recover(), "recovery of clicks")

    async def _recover(self) -> None:
        """First everything from before the start, then again and again what a failure left behind."""
        before = self._started
        while True:
            try:
                settled = await self._recovery.run(before)
            except Exception as error:
                if not is_database_away(error):
                    raise
                logger.warning("Unsettled clicks wait for the database")
            else:
                if settled:
                    logger.info("Settled {} clicks that were left behind", settled)
            await asyncio.sleep(RECOVERY_PAUSE)
            before = clock.now() - LEFTOVER_AGE

    async def _open_picker(self, answer: Answer, click: Click) -> None:
        panel = await self._panels.get(click.panel_id)
        if panel is None or panel.guild_id != click.guild_id:
            raise UserError(PANEL_GONE)
        await answer.send(picker(panel, self._service.held(click), answer.t))

    def _teller(self, answer: Answer) -> Tell:
        async def tell(outcome: Outcome) -> None:
            await answer.send(text_message(describe(outcome, answer.t)))

        return tell

    def _picker_teller(self, answer: Answer, redraw: bool = False) -> Tell:
        async def tell(outcome: Outcome) -> None:
            text = describe(outcome, answer.t)
            payload = picker(outcome.panel, outcome.holds, answer.t, text) if outcome.panel else {"content": text, "components": []}
            await (answer.redraw(payload) if redraw else answer.send(payload))

        return tell

    def _tell_later(self, click: Click, age: timedelta) -> Tell:
        t = translator(click.locale, self.bot.settings.default_locale)
        return self._teller(Answer.resumed(self.bot.rest, click.interaction_id, click.application_id, click.token, t, age.total_seconds()))


def _arguments(press: Press, count: int) -> tuple[int, ...]:
    if len(press.args) != count:
        raise UserError(OUTDATED)
    return press.args


def _click(
    press: Press, panel_id: int, items: tuple[int, ...], *, toggles: bool, posted: bool = True, offered_ids: tuple[int, ...] = ()
) -> Click:
    interaction, member = press.interaction, press.member
    return Click(
        interaction_id=interaction.id,
        application_id=interaction.application_id,
        token=interaction.token,
        locale=interaction.locale,
        guild_id=member.guild.id,
        channel_id=interaction.channel_id or 0,
        message_id=interaction.message.id if interaction.message else 0,
        member_id=member.id,
        panel_id=panel_id,
        item_ids=items,
        toggles=toggles,
        posted=posted,
        offered_ids=offered_ids,
        role_ids=tuple(member._roles),
        pending=member.pending,
        app_permissions=interaction.app_permissions.value if isinstance(interaction.app_permissions, discord.Permissions) else None,
    )
