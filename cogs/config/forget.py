"""/config forget: erase everything that is stored for a server, at once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord.ext import commands
from tortoise.queryset import QuerySet

from cogs.config.erasure import Erasure
from cogs.config.group import config, managed_guild
from core import deeds
from core.answer import Acknowledgement
from core.cog import Cog
from core.commands import slash
from core.components import Payload, text_message
from core.handlers import Press, component
from core.i18n import N_, Translator
from core.markup import Markup, member_mention, role_mention
from domain.custom_id import encode
from models import AuditEntry, Panel, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

FORGET, KEEP = "config.forget", "config.keep"
RED, GREY = 4, 2  # button styles
STAY_SHOWN = 30
COUNTED_MAX = 10_000  # entries of the log that are counted

WARNING = N_(
    "This erases everything the bot has stored for this server: {panels}, all settings, and {entries} of the log. **It cannot be undone.** "
    "Posted panels stay as messages, but their buttons stop working. Members keep their roles, and what is still to be given to them "
    "(in line, after screening, on their return) is not given. One entry that says who erased it, and when, is kept."
)
ENDED_FIRST = N_("Temporary roles that are running are ended first: {roles}.")
ENDING = N_("Temporary roles are being ended first, and then everything is erased: {roles}. This may take some minutes.")
STAY = N_("These temporary roles could not be ended, so they stay until somebody takes them away:")
FORGETTING = N_("erasing everything that is stored for this server")
ERASED = N_("Everything that was stored for this server has been erased.")
KEPT = N_("Nothing was erased.")


class ForgetHandlers(Cog, name="forgetting"):
    """The command, its buttons, and what tells that the bot left, as a mixin of the cog."""

    erasure: Erasure

    def watch_departures(self, bot: "RolePanelBot") -> None:
        """Begin."""
        self.erasure = Erasure(bot)
        self.keep(self.erasure.loop)

    @slash(config, "forget", N_("Erase everything the bot has stored for this server"))
    async def forget(self, ctx: discord.ApplicationContext) -> None:
        """Ask first, and say what would be lost."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        guild, _ = managed_guild(ctx.interaction)
        panels, entries = await Panel.filter(guild_id=guild.id).count(), await AuditEntry.count_up_to(guild.id, COUNTED_MAX + 1)
        running = await _running(guild.id).count()
        await answer.send(_question(panels, entries, running, answer.t))

    @component(FORGET, Acknowledgement.REDRAW)
    async def erase_everything(self, press: Press) -> None:
        """Do it."""
        (guild, actor_id), t = managed_guild(press.interaction), press.answer.t
        deeds.describe(FORGETTING)
        if running := await _running(guild.id).count():
            await press.answer.progress(text_message(t(ENDING, roles=_counted(running, t)), components=[]))
        await self.erasure.come_to_an_end(guild)
        stay = await self.erasure.erase(guild.id, actor_id)
        await press.answer.redraw(text_message(_erased(stay, t), components=[]))

    @component(KEEP, Acknowledgement.REDRAW)
    async def keep_everything(self, press: Press) -> None:
        """Leave it."""
        managed_guild(press.interaction)
        await press.answer.redraw(text_message(press.answer.t(KEPT), components=[]))

    @commands.Cog.listener("on_guild_remove")
    async def _guild_left(self, _guild: discord.Guild) -> None:
        """The bot was removed, or the guild was deleted; from now on the time runs."""
        self.erasure.loop.wake()

    @commands.Cog.listener("on_guild_join")
    async def _guild_joined(self, _guild: discord.Guild) -> None:
        """The bot was added; if it was there before, nothing is forgotten."""
        self.erasure.loop.wake()


def _running(guild_id: int) -> QuerySet[RoleGrant]:
    return RoleGrant.filter(guild_id=guild_id, confirmed=True, expires_at__isnull=False, left_at__isnull=True)


def _counted(roles: int, t: Translator) -> Markup:
    return t.plural("{n} role", "{n} roles", roles)


def _erased(stay: Sequence[RoleGrant], t: Translator) -> Markup:
    """What is said at the end, with as many of the roles that stay as one message holds."""
    lines = [t(ERASED)]
    if stay:
        lines += [
            t(STAY),
            *(Markup("{} {}").format(role_mention(grant.role_id), member_mention(grant.user_id)) for grant in stay[:STAY_SHOWN]),
        ]
    if len(stay) > STAY_SHOWN:
        lines.append(t("… and {n} more", n=len(stay) - STAY_SHOWN))
    return Markup("\n").join(lines)


def _question(panels: int, entries: int, running: int, t: Translator) -> Payload:
    counted = t.plural("{n} panel", "{n} panels", panels)
    many = t("more than {n} entries", n=COUNTED_MAX) if entries > COUNTED_MAX else t.plural("{n} entry", "{n} entries", entries)
    text = t(WARNING, panels=counted, entries=many)
    if running:
        text = Markup("{}\n{}").format(text, t(ENDED_FIRST, roles=_counted(running, t)))
    buttons = [
        {"type": 2, "style": RED, "label": t("Erase everything"), "custom_id": encode(FORGET)},
        {"type": 2, "style": GREY, "label": t("Keep everything"), "custom_id": encode(KEEP)},
    ]
    return text_message(text, components=[{"type": 1, "components": buttons}])
