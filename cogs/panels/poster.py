"""Poster: puts panels into channels, takes them down, and finds out which of their messages still exist."""

import asyncio

import discord
from discord.http import Route
from loguru import logger
from tortoise.exceptions import IntegrityError

from cogs.panels.access import Editor
from cogs.panels.edits import PANEL_GONE
from cogs.panels.render import Present, panel_message
from cogs.panels.service import PanelService
from cogs.panels.words import link, permission_names
from core.bot import RolePanelBot
from core.components import Payload, public
from core.errors import UserError
from core.i18n import N_, Translator, translator
from core.rate_limits import RateLimited
from core.rest import Uncertain
from domain.panels import PanelSpec
from domain.permissions import Permission, allows
from models import GuildConfig, PanelMessage

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
GONE = (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE)
PATIENCE = 8.0  # seconds that a person who waits for an answer is kept waiting for a rate limit

GUILD_MISSING = N_("The bot has just started and does not know this server yet. Please try again in a moment.")
NO_SUCH_CHANNEL = N_("The bot does not see this channel. Give it View Channel there, or choose another one.")
NOT_A_TEXT_CHANNEL = N_("A panel cannot be posted in {channel}. Choose a text or announcement channel.")
MISSING_PERMISSIONS = N_("The bot lacks permissions in {channel}: {permissions}. Give them to it there, or choose another channel.")
NO_ROLES = N_("This panel has no roles yet. Add some before you post it.")
POST_REFUSED = N_("Discord did not let the bot post in {channel}: {reason}")
POST_UNCERTAIN = N_("Discord did not confirm that the panel was posted. Look into {channel} before you try again.")
POST_BUSY = N_("Discord is limiting messages in {channel} right now. Please try again in a moment.")


class Poster:
    """What panels do in channels, with Discord's answers taken at their word."""

    def __init__(self, bot: RolePanelBot, service: PanelService) -> None:
        self._bot, self._service = bot, service

    async def guild(self, guild_id: int | None) -> discord.Guild:
        """The guild with its roles and channels. Raises UserError while it is not known yet."""
        guild = await self._bot.guild(guild_id or 0)
        if guild is None:
            raise UserError(GUILD_MISSING)
        return guild

    async def render(self, guild: discord.Guild, panel: PanelSpec, *, inert: bool = False) -> Payload:
        """The panel's message in the guild's language."""
        return panel_message(panel, Present.of(guild), await self._language_of(guild), inert=inert)

    async def post(self, guild: discord.Guild, editor: Editor, panel: PanelSpec, channel_id: int, nonce: int, t: Translator) -> str:
        """Post a panel and answer with the message's link. `nonce` names this post, so that a repeated call makes no second message.

        Raises UserError with what is missing or what Discord said.
        """
        if not panel.roles:
            raise UserError(NO_ROLES)
        self._check(guild, channel_id, t)
        body = public(await self.render(guild, panel)) | {"nonce": str(nonce), "enforce_nonce": True}
        message = await self._send(channel_id, body)
        message_id = int(message["id"])
        try:
            await self._service.posted(editor.user_id, panel, channel_id, message_id)
        except IntegrityError:
            await self._delete(channel_id, message_id)
            raise UserError(PANEL_GONE) from None
        return link(guild.id, channel_id, message_id)

    async def take_down(self, panel_id: int) -> list[PanelMessage]:
        """Delete a panel's messages and answer with those that could not be."""
        messages = await PanelMessage.filter(panel_id=panel_id, missing=False).order_by("id")
        return [message for message in messages if not await self._delete(message.channel_id, message.message_id)]

    async def look(self, panel_id: int) -> None:
        """Notice which of a panel's messages were deleted at Discord. What cannot be looked at is taken to exist."""
        for message in await PanelMessage.filter(panel_id=panel_id, missing=False):
            route = message_route("GET", message.channel_id, message.message_id)
            try:
                await self._bot.rest.request(route, tries=1, timeout=PATIENCE, deadline=self._deadline())
            except (discord.HTTPException, RateLimited, Uncertain) as error:
                if isinstance(error, discord.NotFound) and error.code in GONE:
                    await note_missing(message)

    def _check(self, guild: discord.Guild, channel_id: int, t: Translator) -> None:
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            raise UserError(NO_SUCH_CHANNEL)
        mention = f"<#{channel_id}>"
        if not isinstance(channel, discord.abc.Messageable):
            raise UserError(NOT_A_TEXT_CHANNEL, channel=mention)
        in_thread = isinstance(channel, discord.Thread)
        sending = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
        granted = channel.permissions_for(guild.me).value
        missing = [flag for flag in (Permission.VIEW_CHANNEL, sending, Permission.EMBED_LINKS) if not allows(granted, flag)]
        if missing:
            raise UserError(MISSING_PERMISSIONS, channel=mention, permissions=permission_names(sum(missing), t))

    async def _send(self, channel_id: int, body: Payload) -> Payload:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        channel = f"<#{channel_id}>"
        try:
            return await self._bot.rest.request(route, body=body, repeatable=True, deadline=self._deadline())
        except RateLimited:
            raise UserError(POST_BUSY, channel=channel) from None
        except (Uncertain, discord.DiscordServerError):
            raise UserError(POST_UNCERTAIN, channel=channel) from None
        except discord.HTTPException as error:
            logger.warning("A panel could not be posted in channel {}: {}", channel_id, error)
            raise UserError(POST_REFUSED, channel=channel, reason=discord.utils.escape_markdown(error.text)) from None

    async def _delete(self, channel_id: int, message_id: int) -> bool:
        """Whether the message is gone."""
        route = message_route("DELETE", channel_id, message_id)
        try:
            await self._bot.rest.request(route, deadline=self._deadline())
        except (RateLimited, Uncertain) as error:
            logger.warning("Message {} of a deleted panel may still stand in channel {}: {}", message_id, channel_id, error)
            return False
        except discord.HTTPException as error:
            if error.code in GONE:
                return True
            logger.warning("Message {} of a deleted panel stays in channel {}: {}", message_id, channel_id, error)
            return False
        return True

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + PATIENCE

    async def _language_of(self, guild: discord.Guild) -> Translator:
        config = await GuildConfig.get_or_none(guild_id=guild.id)
        locale = config.locale if config else None
        return translator(locale or guild.preferred_locale, self._bot.settings.default_locale)


async def note_missing(message: PanelMessage) -> None:
    """Remember that a posted message was deleted at Discord."""
    logger.info("Message {} of panel {} was deleted at Discord", message.message_id, message.panel_id)
    await PanelMessage.filter(id=message.id).update(missing=True)


def message_route(method: str, channel_id: int, message_id: int) -> Route:
    """The REST route of one message."""
    return Route(method, "/channels/{channel_id}/messages/{message_id}", channel_id=channel_id, message_id=message_id)
