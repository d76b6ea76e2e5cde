"""The owner's commands: /cog in the guild OWNER_GUILD_ID, and the same by direct message."""

from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands
from loguru import logger

from cogs.owner.service import OwnerService
from core.cog import Cog
from core.commands import slash, slash_group, slash_option
from core.components import text_message
from core.errors import UNEXPECTED, UserError, new_error_id
from core.i18n import N_, Translator, translator
from core.markup import Markup

if TYPE_CHECKING:
    from core.bot import RolePanelBot

HELP = N_(
    "This bot understands, from its owner: `cogs` · `load <cog>` · `unload <cog>` · `reload <cog>` · `sync`. For example: `reload roles`."
)


async def complete_cog(cog: "OwnerCog", ctx: discord.AutocompleteContext) -> list[discord.OptionChoice]:
    """The cogs whose name contains what was typed; nothing for strangers."""
    if ctx.interaction.user is None or not await cog.bot.is_owner(ctx.interaction.user):
        return []
    typed = str(ctx.value or "").casefold()
    return [discord.OptionChoice(name) for name in cog.bot.cog_manager.names() if typed in name.casefold()][:25]


cog_option = slash_option("name", str, N_("A folder in cogs/"), autocomplete=complete_cog)


class OwnerCog(Cog, name="owner"):
    """Two doors to the OwnerService: slash commands, and words for the day when those are out of order."""

    exchanges_cogs = True
    cog = slash_group("cog", N_("The parts of the bot, for its owner"), default_member_permissions=discord.Permissions(administrator=True))

    def __init__(self, bot: "RolePanelBot", service: OwnerService) -> None:
        super().__init__(bot)
        self._service = service
        self._keep_slash_commands_to(bot.settings.owner_guild_id)

    async def cog_check(self, ctx: Any) -> bool:
        """Owners only, by slash command and by direct message alike."""
        return await self.bot.is_owner(ctx.author)

    def _keep_slash_commands_to(self, guild_id: int | None) -> None:
        """Register /cog in this guild alone; without one it is not registered at all."""
        if guild_id is None:
            kept = [command for command in self.__cog_commands__ if not isinstance(command, discord.ApplicationCommand)]
            self.__cog_commands__ = kept
        else:
            for command in self.get_commands():
                command.guild_ids = [guild_id]  # pyright: ignore[reportAttributeAccessIssue]

    @slash(cog, "list", N_("Which parts are loaded"))
    async def list_slash(self, ctx: discord.ApplicationContext) -> None:
        """All cogs, and which are loaded."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.send(text_message(self._service.overview(answer.t)))

    @slash(cog, "load", N_("Load a part that is not loaded"))
    @cog_option
    async def load_slash(self, ctx: discord.ApplicationContext, name: str) -> None:
        """Load a cog."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.send(text_message(await self._service.load(name, ctx.author.id, answer.t)))

    @slash(cog, "unload", N_("Switch a part off"))
    @cog_option
    async def unload_slash(self, ctx: discord.ApplicationContext, name: str) -> None:
        """Unload a cog."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.send(text_message(await self._service.unload(name, ctx.author.id, answer.t)))

    @slash(cog, "reload", N_("Exchange a part for what its files hold now"))
    @cog_option
    async def reload_slash(self, ctx: discord.ApplicationContext, name: str) -> None:
        """Reload a cog, this one too."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.send(text_message(await self._service.reload(name, ctx.author.id, answer.t)))

    @slash(cog, "sync", N_("Register the commands at Discord anew"))
    async def sync_slash(self, ctx: discord.ApplicationContext) -> None:
        """Register the commands."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        await answer.send(text_message(await self._service.sync(ctx.author.id, answer.t)))

    @commands.command(name="cogs")
    async def cogs_word(self, ctx: commands.Context) -> None:
        """All cogs, and which are loaded."""
        await ctx.send(self._service.overview(self._t))

    @commands.command(name="load")
    async def load_word(self, ctx: commands.Context, name: str) -> None:
        """Load a cog."""
        await ctx.send(await self._service.load(name, ctx.author.id, self._t))

    @commands.command(name="unload")
    async def unload_word(self, ctx: commands.Context, name: str) -> None:
        """Unload a cog."""
        await ctx.send(await self._service.unload(name, ctx.author.id, self._t))

    @commands.command(name="reload")
    async def reload_word(self, ctx: commands.Context, name: str) -> None:
        """Reload a cog, this one too."""
        await ctx.send(await self._service.reload(name, ctx.author.id, self._t))

    @commands.command(name="sync")
    async def sync_word(self, ctx: commands.Context) -> None:
        """Register the commands."""
        await ctx.send(await self._service.sync(ctx.author.id, self._t))

    @commands.Cog.listener()
    async def on_command_error(self, ctx: commands.Context, error: Exception) -> None:
        """A direct message that did not work out: the owner is told why, anyone else gets silence."""
        if ctx.author.bot or not await self.bot.is_owner(ctx.author):
            return
        await ctx.send(self._explain(error))

    @property
    def _t(self) -> Translator:
        """Direct messages do not tell the person's language."""
        return translator(None, self.bot.settings.default_locale)

    def _explain(self, error: Any) -> Markup:
        original = getattr(error, "original", error)
        if isinstance(original, UserError):
            return original.text(self._t)
        if isinstance(error, commands.UserInputError | commands.CommandNotFound | commands.CheckFailure):
            return self._t(HELP)
        error_id = new_error_id()
        logger.opt(exception=original).error("Error {} in an owner's command", error_id)
        return self._t(UNEXPECTED, error_id=error_id)
