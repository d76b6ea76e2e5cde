"""/config: what a guild's admins set. Needs Manage Server."""

from typing import TYPE_CHECKING

import discord

from cogs.config.forget import ForgetHandlers
from cogs.config.group import config, managed_guild
from cogs.config.managers import ManagerHandlers, who_edits
from cogs.config.service import ConfigService
from core.channels import POSTABLE, missing_to_post
from core.cog import Cog
from core.commands import slash, slash_option
from core.components import text_message
from core.errors import UserError
from core.i18n import N_, Translator, available, endonym, localized, translator
from core.markup import Markup, channel_mention, moment_shown
from core.permission_names import permission_names
from models import AuditEntry, GuildConfig

if TYPE_CHECKING:
    from core.bot import RolePanelBot

AUTOMATIC = "automatic"
CANNOT_POST = N_(
    "The bot cannot post in {channel}, so nothing was changed. Give it these permissions there, then use the command again: {permissions}."
)
UNKNOWN_CHANNEL = N_("The bot does not see that channel. Give it View Channel there, then use the command again.")


class ConfigCog(ManagerHandlers, ForgetHandlers, Cog, name="config"):
    """The /config commands; ConfigService does the work."""

    config = config  # py-cord looks for a command's group among the attributes of the cog

    def __init__(self, bot: "RolePanelBot", service: ConfigService) -> None:
        super().__init__(bot)
        self.service = service
        self.watch_departures(bot)

    @slash(config, "show", N_("Show the settings of this server"))
    async def show(self, ctx: discord.ApplicationContext) -> None:
        """All settings in one answer."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        guild, _ = managed_guild(ctx.interaction)
        config = await self.service.get(guild.id)
        lines = (
            await self._audit_line(guild, config, answer.t),
            self._language_line(guild, config, answer.t),
            who_edits(guild, config.manager_role_ids, answer.t),
        )
        await answer.send(text_message(Markup("\n").join(lines)))

    @slash(config, "audit-channel", N_("Choose where role changes and edits are logged; leave the channel out to switch it off"))
    @slash_option(
        "channel",
        discord.SlashCommandOptionType.channel,
        N_("The channel for the log"),
        channel_types=list(POSTABLE),
        required=False,
        default=None,
    )
    async def audit_channel(self, ctx: discord.ApplicationContext, channel: discord.abc.GuildChannel | None) -> None:
        """Set or switch off the audit channel."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        (guild, actor_id), t = managed_guild(ctx.interaction), answer.t
        if channel is None:
            await self.service.set_audit_channel(guild.id, actor_id, None)
            await answer.send(text_message(t("Role changes and edits are no longer posted to a channel. They are still recorded.")))
            return
        known = guild.get_channel(channel.id)
        if known is None:
            raise UserError(UNKNOWN_CHANNEL)
        if missing := missing_to_post(known):
            raise UserError(CANNOT_POST, channel=channel_mention(known.id), permissions=permission_names(missing, t))
        await self.service.set_audit_channel(guild.id, actor_id, known.id)
        await answer.send(
            text_message(t("From now on, role changes and edits are posted in {channel}.", channel=channel_mention(known.id)))
        )

    @slash(config, "language", N_("Choose the language of panels and of the log"))
    @slash_option(
        "language",
        str,
        N_("Answers to a member are always in that member's own language"),
        choices=[
            *(discord.OptionChoice(endonym(locale), locale) for locale in available()),
            discord.OptionChoice("Automatic", AUTOMATIC, localized("Automatic")),
        ],
    )
    async def language(self, ctx: discord.ApplicationContext, language: str) -> None:
        """Set the language of public text."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        guild, actor_id = managed_guild(ctx.interaction)
        locale = None if language == AUTOMATIC else language
        await self.service.set_language(guild.id, actor_id, locale)
        await answer.send(text_message(self._language_line(guild, GuildConfig(guild_id=guild.id, locale=locale), answer.t)))

    async def _audit_line(self, guild: discord.Guild, config: GuildConfig, t: Translator) -> Markup:
        if config.audit_channel_id is None:
            return t("Audit channel: off. Set one with `/config audit-channel`.")
        line = t("Audit channel: {channel}.", channel=channel_mention(config.audit_channel_id))
        if config.audit_since and (oldest := await AuditEntry.waiting_since(guild.id, config.audit_since)):
            line = line + " " + t("The oldest entry that is not posted there yet is from {moment}.", moment=moment_shown(oldest))
        channel = guild.get_channel(config.audit_channel_id)
        if channel is None:
            return line + " ⚠️ " + t("It was deleted, or the bot does not see it.")
        if missing := missing_to_post(channel):
            return line + " ⚠️ " + t("The bot cannot post there. It lacks: {permissions}.", permissions=permission_names(missing, t))
        return line

    def _language_line(self, guild: discord.Guild, config: GuildConfig, t: Translator) -> Markup:
        if config.locale:
            return t("Language of panels and of the log: {language}.", language=endonym(config.locale))
        effective = translator(guild.preferred_locale, self.bot.settings.default_locale).locale
        return t("Language of panels and of the log: automatic, now {language}.", language=endonym(effective))
