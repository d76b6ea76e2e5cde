"""/config forget: erase everything that is stored for a server, at once."""

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from cogs.config.erasure import Erasure
from cogs.config.group import config, managed_guild
from core.answer import Acknowledgement
from core.cog import Cog
from core.commands import slash
from core.components import Payload, text_message
from core.i18n import N_, Translator
from core.interactions import Press, component
from domain.custom_id import encode
from models import AuditEntry, Panel

if TYPE_CHECKING:
    from core.bot import RolePanelBot

FORGET, KEEP = "config.forget", "config.keep"
RED, GREY = 4, 2  # button styles

WARNING = N_(
    "This erases everything the bot has stored for this server: {panels}, all settings, and {entries} of the log. **It cannot be undone.** "
    "Posted panels stay as messages, but their buttons stop working. Members keep their roles, also temporary ones."
)
ERASED = N_("Everything that was stored for this server has been erased.")
KEPT = N_("Nothing was erased.")


class ForgetHandlers(Cog, name="forgetting"):
    """The command, its buttons, and what tells that the bot left, as a mixin of the cog."""

    erasure: Erasure

    def watch_departures(self, bot: "RolePanelBot") -> None:
        """Begin."""
        self.erasure = Erasure(bot)
        self.spawn(self.erasure.run(), "forgetting guilds")

    @slash(config, "forget", N_("Erase everything the bot has stored for this server"))
    async def forget(self, ctx: discord.ApplicationContext) -> None:
        """Ask first, and say what would be lost."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        guild, _ = managed_guild(ctx.interaction)
        panels, entries = await Panel.filter(guild_id=guild.id).count(), await AuditEntry.filter(guild_id=guild.id).count()
        await answer.send(_question(panels, entries, answer.t))

    @component(FORGET, Acknowledgement.REDRAW)
    async def erase_everything(self, press: Press) -> None:
        """Do it."""
        guild, _ = managed_guild(press.interaction)
        await self.erasure.erase(guild.id)
        await press.answer.redraw({**text_message(press.answer.t(ERASED)), "components": []})

    @component(KEEP, Acknowledgement.REDRAW)
    async def keep_everything(self, press: Press) -> None:
        """Leave it."""
        managed_guild(press.interaction)
        await press.answer.redraw({**text_message(press.answer.t(KEPT)), "components": []})

    @commands.Cog.listener("on_guild_remove")
    async def _guild_left(self, guild: discord.Guild) -> None:
        """The bot was removed, or the guild was deleted; from now on the time runs."""
        self.erasure.wake()

    @commands.Cog.listener("on_guild_join")
    async def _guild_joined(self, guild: discord.Guild) -> None:
        """The bot was added; if it was there before, nothing is forgotten."""
        self.erasure.wake()


def _question(panels: int, entries: int, t: Translator) -> Payload:
    counted = t.plural("{n} panel", "{n} panels", panels)
    text = t(WARNING, panels=counted, entries=t.plural("{n} entry", "{n} entries", entries))
    buttons = [
        {"type": 2, "style": RED, "label": t("Erase everything"), "custom_id": encode(FORGET)},
        {"type": 2, "style": GREY, "label": t("Keep everything"), "custom_id": encode(KEEP)},
    ]
    return {**text_message(text), "components": [{"type": 1, "components": buttons}]}
