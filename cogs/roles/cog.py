"""What members click: the buttons and dropdowns of posted panels, and the private picker."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from cogs.roles.click.aftercare import Aftercare
from cogs.roles.click.picker import CLEAR, PICK, TURN, picker, screen_of
from cogs.roles.click.recovery import Recovery
from cogs.roles.click.service import RoleService, TellTurn, moment
from cogs.roles.commands.group import roles
from cogs.roles.commands.mine import MyRoles
from cogs.roles.commands.temporary import TemporaryRoles
from cogs.roles.decision.answers import SENTENCES, describe
from cogs.roles.decision.decision import Click, Outcome
from cogs.roles.queue.queue import Turn
from cogs.roles.queue.tools import Tools
from cogs.roles.queue.turns import Tell
from core import claims
from core.answer import Acknowledgement, Answer
from core.clicked import clicked, message_id, options, parts
from core.cog import Cog
from core.components import Payload, text_message
from core.errors import OUTDATED, UserError
from core.facts import guild_facts
from core.handlers import Press, component
from core.i18n import N_, translator
from domain import clock
from domain.custom_id import CHOOSE, OPEN, OPEN_PICKER, PRESS
from domain.events import ErasureBegun, PanelChanged
from domain.permissions import Permission, allows
from domain.role_safety import Problem

if TYPE_CHECKING:
    from core.bot import RolePanelBot

IN_LINE = N_(
    "Discord takes only a few role changes at a time in this server. You are number {place} in line, and your turn comes {moment}. "
    "This message will then say what was changed."
)
PANEL_GONE = SENTENCES[Problem.PANEL_DELETED]
PANEL_GONE_REMEDY = N_("This panel was deleted. You can delete its message.")


class RolesCog(MyRoles, TemporaryRoles, Aftercare, Cog, name="roles"):
    """Thin: turns presses into clicks for the RoleService, and shows what came of them."""

    roles = roles  # py-cord looks for a command's group among the attributes of the cog

    def __init__(self, bot: "RolePanelBot") -> None:
        super().__init__(bot)
        tools = Tools(bot)
        self._panels, self._places = tools.panels, tools.places
        self.care(bot, tools)
        self._service = RoleService(bot, tools, self.spawn)
        self._recovery = Recovery(bot, self._service, self._answer_later, self._teller)
        self.keep(self._places.loop)
        self.keep(self._recovery.loop)

    @component(PRESS, Acknowledgement.REPLY)
    async def press(self, press: Press) -> None:
        """A button on a posted panel."""
        panel_id, item_id = _arguments(press, 2)
        click = _click(press, panel_id, (item_id,), toggles=True)
        await self._service.click(click, self._teller(press.answer, press.interaction), _turn_teller(press.answer))

    @component(CHOOSE, Acknowledgement.REPLY)
    async def choose(self, press: Press) -> None:
        """The public dropdown of a posted panel: picks add, its last entry opens the private picker."""
        panel_id, _ = _arguments(press, 2)
        items = _items(press.values)
        click = _click(press, panel_id, items, toggles=False)
        if not items:
            await press.answer.send(await self._picker(press, click))
            return
        teller = self._picker_teller(press, click) if OPEN_PICKER in press.values else self._teller(press.answer, press.interaction)
        await self._service.click(click, teller, _turn_teller(press.answer))

    @component(OPEN, Acknowledgement.REPLY)
    async def open(self, press: Press) -> None:
        """The button of a panel that is used through the private picker."""
        (panel_id,) = _arguments(press, 1)
        await press.answer.send(await self._picker(press, _click(press, panel_id, (), toggles=False)))

    @component(TURN, Acknowledgement.REDRAW)
    async def turn(self, press: Press) -> None:
        """Another screen of the private picker."""
        panel_id, screen = _arguments(press, 2)
        await press.answer.redraw(await self._picker(press, _click(press, panel_id, (), toggles=False), screen))

    @component(CLEAR, Acknowledgement.REDRAW)
    async def clear(self, press: Press) -> None:
        """Give back everything of the panel."""
        panel_id, screen = _arguments(press, 2)
        panel = await self._panels.get(press.member.guild.id, panel_id)
        offered = tuple(role.item_id for role in panel.roles) if panel else ()
        click = _click(press, panel_id, (), toggles=False, posted=False, offered_ids=offered)
        await self._service.click(click, self._picker_teller(press, click, screen), _turn_teller(press.answer))

    @component(PICK, Acknowledgement.REDRAW)
    async def pick(self, press: Press) -> None:
        """A pick in the private picker: ticked is held, unticked is given back."""
        panel_id, page = _arguments(press, 2)
        items = _items(press.values)
        click = _click(press, panel_id, items, toggles=False, posted=False, offered_ids=_offered(press))
        await self._service.click(click, self._picker_teller(press, click, screen_of(page)), _turn_teller(press.answer))

    @commands.Cog.listener()
    async def on_panel_changed(self, event: PanelChanged) -> None:
        """A panel was edited: read it anew at the next click."""
        self._panels.forget(event.panel_id)

    @commands.Cog.listener()
    async def on_erasure_begun(self, event: ErasureBegun) -> None:
        """Who waits for a turn is told that it will not come."""
        self.spawn(self._recovery.refuse_all(event.guild_id), f"refusing what waits in guild {event.guild_id}")

    def cog_unload(self) -> None:
        """Let changes under way come to their end; who still waits in line is taken up from the database."""
        self.bot.await_end_of(self._service.queue.running)
        self._service.leave_line()
        super().cog_unload()

    async def _picker(self, press: Press, click: Click, screen: int = 0) -> Payload:
        panel = await self._panels.get(click.guild_id, click.panel_id)
        if panel is None:
            raise UserError(PANEL_GONE_REMEDY if _may_mend(press.interaction) else PANEL_GONE)
        held = self._service.expected(click, await self._service.seen(click))
        return picker(panel, held, press.answer.t, screen=screen, emoji_ids=self._emoji_ids(click.guild_id))

    def _emoji_ids(self, guild_id: int) -> frozenset[int]:
        guild = self.bot.get_guild(guild_id)
        return frozenset(emoji.id for emoji in guild.emojis if emoji.is_usable()) if guild else frozenset()

    def _teller(self, answer: Answer, interaction: discord.Interaction | None = None) -> Tell:
        async def tell(outcome: Outcome) -> None:
            refused = outcome.plan.refusals or outcome.applied.failed
            may_mend = bool(refused) and interaction is not None and _may_mend(interaction)
            await answer.send(text_message(describe(outcome, answer.t, may_mend=may_mend)))

        return tell

    def _picker_teller(self, press: Press, click: Click, screen: int | None = None) -> Tell:
        """Shows the outcome with the picker below it: as a message of its own, or in place of the `screen` that was clicked."""
        answer, emoji_ids = press.answer, self._emoji_ids(click.guild_id)

        async def tell(outcome: Outcome) -> None:
            text = describe(outcome, answer.t, may_mend=_may_mend(press.interaction))
            payload = text_message(text, components=[])
            if outcome.panel and outcome.holds is not None:
                payload = picker(outcome.panel, outcome.holds, answer.t, text, screen=screen or 0, emoji_ids=emoji_ids)
            await (answer.send(payload) if screen is None else answer.redraw(payload))

        return tell

    def _answer_later(self, click: Click, age: timedelta) -> Answer:
        """The answer of a click that came to an earlier process, or an earlier instance of this cog."""
        t = translator(click.locale, self.bot.settings.default_locale)
        return Answer.resumed(self.bot.rest, click.interaction_id, click.application_id, click.token, t, age.total_seconds())


def _may_mend(interaction: discord.Interaction) -> bool:
    """Whether who acts is told how to mend what the bot cannot do: who manages roles in the guild."""
    member, guild = interaction.user, interaction.guild
    if guild is None or guild.unavailable or not isinstance(member, discord.Member):
        return False
    return allows(guild_facts(guild).permissions_of(member.id, member._roles), Permission.MANAGE_ROLES)


def _turn_teller(answer: Answer) -> TellTurn:
    async def tell_turn(turn: Turn) -> None:
        when = moment(clock.now() + timedelta(seconds=turn.seconds))
        await answer.progress(text_message(answer.t(IN_LINE, place=turn.place, moment=when)))

    return tell_turn


def _arguments(press: Press, count: int) -> tuple[int, ...]:
    if len(press.args) != count:
        raise UserError(OUTDATED)
    return press.args


def _items(values: Iterable[Any]) -> tuple[int, ...]:
    return tuple(claims.number(value) for value in values if value != OPEN_PICKER)


def _offered(press: Press) -> tuple[int, ...]:
    """The items of the select as the member sees it: the panel may have more, or in another order, since it was drawn."""
    selects = [part for part in parts(clicked(press.interaction)) if part.get("custom_id") == press.interaction.custom_id]
    return _items(option.get("value") for select in selects for option in options(select))


def _click(
    press: Press, panel_id: int, items: tuple[int, ...], *, toggles: bool, posted: bool = True, offered_ids: tuple[int, ...] = ()
) -> Click:
    interaction, member = press.interaction, press.member
    press.answer.inheritable = True  # its token is stored with the claim
    return Click(
        interaction_id=interaction.id,
        application_id=interaction.application_id,
        token=interaction.token,
        locale=interaction.locale,
        guild_id=member.guild.id,
        channel_id=interaction.channel_id or 0,
        message_id=message_id(clicked(interaction)),
        member_id=member.id,
        panel_id=panel_id,
        item_ids=items,
        toggles=toggles,
        posted=posted,
        offered_ids=offered_ids,
        role_ids=tuple(member._roles),
        pending=member.pending,
    )
