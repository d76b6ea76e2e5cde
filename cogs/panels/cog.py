"""/panel …: the commands that begin every work on a panel, and the loop that keeps posted panels up to date."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from cogs.panels.diagnosis.facts import Doctor
from cogs.panels.diagnosis.handlers import CheckHandlers
from cogs.panels.editor import forms, screens
from cogs.panels.editor.appearance.handlers import LookHandlers
from cogs.panels.editor.base import argument
from cogs.panels.editor.channels.handlers import PostingHandlers, told_of
from cogs.panels.editor.drafts import SWEEP_PAUSE, DraftHandlers, sweep
from cogs.panels.editor.handlers import EditorHandlers
from cogs.panels.editor.message_menu import MessageMenu
from cogs.panels.editor.order.handlers import ArrangingHandlers
from cogs.panels.editor.rules.handlers import BehaviourHandlers
from cogs.panels.history.handlers import HistoryHandlers
from cogs.panels.posting.cleanup import CleaningHandlers
from cogs.panels.posting.follower import Follower
from cogs.panels.posting.grandfathering import Grandfathering
from cogs.panels.posting.message_rows import MessageRows
from cogs.panels.posting.poster import Poster
from cogs.panels.service import inputs
from cogs.panels.service.access import Editor
from cogs.panels.service.copies import CopyService
from cogs.panels.service.group import panel, panel_option
from cogs.panels.service.panels import PanelService
from cogs.panels.service.rules import RuleService
from cogs.panels.service.write_limit import WritePace
from cogs.panels.transfer.handlers import TransferHandlers
from cogs.panels.transfer.role_maker import RoleMaker
from cogs.panels.ui import verbs
from core.answer import Acknowledgement
from core.channels import POSTABLE
from core.cog import Cog
from core.commands import slash, slash_option
from core.components import Payload, text_message
from core.handlers import Press, acknowledges, component
from core.i18n import N_, Translator
from core.loops import Loop
from core.markup import Markup
from domain.custom_id import encode
from domain.events import PanelChanged
from models import Panel

if TYPE_CHECKING:
    from core.bot import RolePanelBot

PANELS_PER_PAGE = 10


class PanelsCog(
    EditorHandlers,
    HistoryHandlers,
    TransferHandlers,
    BehaviourHandlers,
    PostingHandlers,
    ArrangingHandlers,
    LookHandlers,
    DraftHandlers,
    MessageMenu,
    CheckHandlers,
    CleaningHandlers,
    Cog,
    name="panels",
):
    """Thin: who may, which panel, then the service, the poster and the screens."""

    panel = panel  # py-cord looks for a command's group among the attributes of the cog

    def __init__(self, bot: "RolePanelBot") -> None:
        super().__init__(bot)
        pace = WritePace()
        self.service = PanelService(bot.dispatch, pace)
        self.rules = RuleService(bot.dispatch, pace)
        self.copies = CopyService(bot.dispatch, pace)
        self.maker = RoleMaker(bot)
        self._exporting, self._making, self._checked = set(), set(), {}
        self.poster = Poster(bot, MessageRows(bot.dispatch))
        self.follower = Follower(bot, self.poster)
        self.poster.unfinished = self.follower.loop.wake
        self.follower.finishers.append(partial(self.maker.finish, self.follower.loop))
        self.doctor = Doctor(bot, self.poster, self.follower)
        self.keep(self.follower.loop)
        self.keep(Loop(N_("Forgetting old drafts"), sweep, every=SWEEP_PAUSE))
        self.grandfathering = Grandfathering(bot)
        self.keep(self.grandfathering.loop)
        self.clean(bot)

    @slash(panel, "create", N_("Make a new role panel"))
    @acknowledges(Acknowledgement.MODAL)
    async def create_panel(self, ctx: discord.ApplicationContext) -> None:
        """Open the form of a new panel."""
        await Editor.of(ctx.interaction)
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.modal(forms.create_modal(answer.t))

    @slash(panel, "edit", N_("Change a role panel"))
    @panel_option
    async def edit_panel(self, ctx: discord.ApplicationContext, panel: str) -> None:
        """Open the editor."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        found = await self.service.find(ctx.interaction.guild_id or 0, panel)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        await self.poster.look(found.panel_id)
        await answer.send(screens.main(await self.view(found, guild, editor, answer.t)))

    @slash(panel, "list", N_("See all role panels of this server"))
    async def list_panels(self, ctx: discord.ApplicationContext) -> None:
        """Every panel with its state."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.send(await self._list(ctx.interaction, 0, answer.t))

    @component(verbs.LIST, Acknowledgement.REDRAW)
    async def turn_list(self, press: Press) -> None:
        """Another page of the panels."""
        await press.answer.redraw(await self._list(press.interaction, argument(press, 1), press.answer.t))

    async def _list(self, interaction: discord.Interaction, number: int, t: Translator) -> Payload:
        await Editor.of(interaction)
        guild = await self.poster.guild(interaction.guild_id)
        found = Panel.filter(guild_id=guild.id).order_by("name")
        count = max(1, -(-await found.count() // PANELS_PER_PAGE))
        number = min(number, count - 1)
        specs = [spec async for spec in Panel.each_spec(found.offset(number * PANELS_PER_PAGE).limit(PANELS_PER_PAGE))]
        postings = await self.postings(specs, guild)
        return screens.overview([(spec, postings[spec.panel_id]) for spec in specs], t, number, count)

    @slash(panel, "post", N_("Post a role panel in a channel"))
    @panel_option
    @slash_option(
        "channel",
        discord.abc.GuildChannel,
        N_("The channel; without it, the one you are in"),
        channel_types=list(POSTABLE),
        default=None,
    )
    async def post_panel(self, ctx: discord.ApplicationContext, panel: str, channel: discord.abc.GuildChannel | None) -> None:
        """Post a panel."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        found = await self.service.find(ctx.interaction.guild_id or 0, panel)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        channel_id = channel.id if channel else ctx.interaction.channel_id or 0
        # A command cannot be sent once more; whoever says yes to a question picks the channel in the editor, as it were.
        editor = replace(editor, sent=inputs.Sent(encode(verbs.POST_TO, found.panel_id), {inputs.PICKED: [str(channel_id)]}))
        posted = await self.poster.post(guild, editor, found, channel_id, ctx.interaction.id, answer.t)
        await answer.send(text_message(Markup("\n").join(told_of(found, posted, answer.t))))

    @slash(panel, "delete", N_("Delete a role panel and its messages"))
    @panel_option
    async def delete_panel(self, ctx: discord.ApplicationContext, panel: str) -> None:
        """Ask before the deletion; the button does it."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        found = await self.service.find(ctx.interaction.guild_id or 0, panel)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        await answer.send(screens.delete(await self.view(found, guild, editor, answer.t)))

    @commands.Cog.listener()
    async def on_panel_changed(self, event: PanelChanged) -> None:
        """A panel was edited: its posted messages follow. It was deleted: they go."""
        self.follower.look_at(event.guild_id)

    @commands.Cog.listener()
    async def on_shards_acquired(self) -> None:
        """This process serves guilds from now on: look what an earlier one left behind."""
        self.follower.wake()
        self.grandfathering.loop.wake()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A guild came (back): what was edited before can be shown in it now, and what has changed meanwhile is found."""
        self.follower.guild_changed(guild.id)
        self.grandfathering.loop.wake()

    @commands.Cog.listener()
    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        """A guild has another language, perhaps."""
        if before.preferred_locale != after.preferred_locale:
            self.follower.guild_changed(after.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role has another name, perhaps, which stands on panels where nobody set a label."""
        if before.name != after.name:
            self.follower.guild_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Where a panel keeps a deleted role, its messages no longer mention it."""
        self.follower.guild_changed(role.guild.id)

    @commands.Cog.listener()
    async def on_guild_emojis_update(self, guild: discord.Guild, _before: Any, _after: Any) -> None:
        """Custom emojis came, went, or are available to others than before."""
        self.follower.guild_changed(guild.id)

    @commands.Cog.listener()
    async def on_raw_member_update(self, event: discord.RawMemberUpdateEvent) -> None:
        """The bot itself got or lost a role: some emojis are for certain roles only."""
        if self.bot.user and event.user_id == self.bot.user.id:
            self.follower.guild_changed(event.guild_id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The same for a guild that the bot was added to again."""
        self.follower.guild_changed(guild.id)
