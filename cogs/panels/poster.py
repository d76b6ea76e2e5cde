"""Poster: puts panels into channels, takes them down, and finds out which of their messages still exist."""

import asyncio
from dataclasses import dataclass

import discord
from discord.http import Route
from loguru import logger
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from cogs.panels.access import GUILD_MISSING, Editor
from cogs.panels.edits import PANEL_GONE, record
from cogs.panels.render import Present, pages, panel_message
from cogs.panels.service import PanelService
from cogs.panels.words import link
from core.bot import RolePanelBot
from core.channels import POSTABLE, missing_to_post
from core.components import Payload, public
from core.errors import UserError
from core.i18n import N_, Translator, translator
from core.permission_names import permission_names
from core.rate_limits import RateLimited
from core.rest import Uncertain
from domain.panels import PanelSpec
from models import GuildConfig, Panel, PanelMessage

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
GONE = (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE)
PATIENCE = 8.0  # seconds that a person who waits for an answer is kept waiting for a rate limit
LOOK_TIMEOUT = 3.0  # seconds

NO_SUCH_CHANNEL = N_("The bot does not see this channel. Give it View Channel there, or choose another one.")
NOT_A_TEXT_CHANNEL = N_("A panel cannot be posted in {channel}. Choose a text, announcement or voice channel.")
MISSING_PERMISSIONS = N_("The bot lacks permissions in {channel}: {permissions}. Give them to it there, or choose another channel.")
NO_ROLES = N_("This panel has no roles yet. Add some before you post it.")
POST_REFUSED = N_("Discord did not let the bot post in {channel}: {reason}")
POST_UNCERTAIN = N_("Discord did not confirm that the panel was posted. Look into {channel} before you try again.")
POST_BUSY = N_("Discord is limiting messages in {channel} right now. Please try again in a moment.")


@dataclass(frozen=True, slots=True)
class Posted:
    """A panel was posted: the link to its first message, and the old messages that could not be deleted."""

    link: str
    left: tuple[PanelMessage, ...]


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

    async def render(self, guild: discord.Guild, panel: PanelSpec, page: int = 0, *, inert: bool = False) -> Payload:
        """One of the panel's messages in the guild's language."""
        return panel_message(panel, Present.of(guild), await self.language_of(guild), page=page, inert=inert)

    async def post(self, guild: discord.Guild, editor: Editor, panel: PanelSpec, channel_id: int, nonce: int, t: Translator) -> Posted:
        """Post a panel; where it stands in this channel already, the new messages take the place of the old ones.

        `nonce` names this post, so that a repeated call makes no second message. Raises UserError with what is missing or what
        Discord said; then nothing was changed, and what stood in the channel works as before.
        """
        if not panel.roles:
            raise UserError(NO_ROLES)
        self._check(guild, channel_id, t)
        sent: list[int] = []
        try:
            for page in range(pages(panel)):
                body = public(await self.render(guild, panel, page)) | {"nonce": f"{nonce}.{page}", "enforce_nonce": True}
                sent.append(int((await self._send(channel_id, body))["id"]))
            replaced = await self._service.posted(editor.user_id, panel, channel_id, sent)
        except (UserError, IntegrityError) as error:
            for message_id in sent:
                await self.delete(channel_id, message_id)
            raise error if isinstance(error, UserError) else UserError(PANEL_GONE) from None
        return Posted(link(guild.id, channel_id, sent[0]), tuple(await self._delete_all(replaced)))

    async def take_out(self, editor: Editor, panel: PanelSpec, channel_id: int) -> tuple[PanelMessage, ...]:
        """Take a panel out of a channel; the answer is what could not be deleted, which stays and works."""
        messages = await PanelMessage.filter(panel_id=panel.panel_id, channel_id=channel_id).order_by("id")
        left = await self._delete_all(messages)
        gone = [message for message in messages if message not in left]
        if gone and not left:
            await self._service.taken_down(editor, panel, gone)
        else:
            for message in gone:
                await note_missing(message)
        return tuple(left)

    async def take_down(self, panel_id: int) -> list[PanelMessage]:
        """Delete all messages of a panel and answer with those that could not be."""
        return await self._delete_all(await PanelMessage.filter(panel_id=panel_id).order_by("id"))

    async def look(self, panel_id: int) -> None:
        """Notice which of a panel's messages were deleted at Discord. What cannot be looked at is taken to exist."""
        deadline = self._deadline()
        for message in await PanelMessage.filter(panel_id=panel_id, missing=False).order_by("id"):
            if asyncio.get_running_loop().time() > deadline:
                return
            route = message_route("GET", message.channel_id, message.message_id)
            try:
                await self._bot.rest.request(route, tries=1, timeout=LOOK_TIMEOUT, deadline=deadline)
            except (discord.HTTPException, RateLimited, Uncertain) as error:
                if isinstance(error, discord.NotFound) and error.code in GONE:
                    await note_missing(message)

    def _check(self, guild: discord.Guild, channel_id: int, t: Translator) -> None:
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            raise UserError(NO_SUCH_CHANNEL)
        mention = f"<#{channel_id}>"
        # A thread is archived by itself, and then neither an edit nor a look reaches the panel in it.
        if isinstance(channel, discord.Thread) or channel.type not in POSTABLE:
            raise UserError(NOT_A_TEXT_CHANNEL, channel=mention)
        missing = missing_to_post(channel)
        if missing:
            raise UserError(MISSING_PERMISSIONS, channel=mention, permissions=permission_names(missing, t))

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

    async def _delete_all(self, messages: list[PanelMessage]) -> list[PanelMessage]:
        """Delete messages that still exist; the answer is those that could not be."""
        return [message for message in messages if not message.missing and not await self.delete(message.channel_id, message.message_id)]

    async def delete(self, channel_id: int, message_id: int) -> bool:
        """Delete one message of a panel; whether it is gone now."""
        route = message_route("DELETE", channel_id, message_id)
        try:
            await self._bot.rest.request(route, deadline=self._deadline())
        except (RateLimited, Uncertain) as error:
            logger.warning("Message {} of a panel may still stand in channel {}: {}", message_id, channel_id, error)
            return False
        except discord.HTTPException as error:
            if error.code in GONE:
                return True
            logger.warning("Message {} of a panel stays in channel {}: {}", message_id, channel_id, error)
            return False
        return True

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + PATIENCE

    async def language_of(self, guild: discord.Guild) -> Translator:
        """The language of what everyone in the guild sees."""
        config = await GuildConfig.get_or_none(guild_id=guild.id)
        locale = config.locale if config else None
        return translator(locale or guild.preferred_locale, self._bot.settings.default_locale)


async def note_missing(message: PanelMessage) -> None:
    """Remember that a posted message was deleted at Discord, and tell it in the log, once."""
    async with in_transaction() as db:
        if not await PanelMessage.filter(id=message.id, missing=False).using_db(db).update(missing=True):
            return
        panel = await Panel.get(id=message.panel_id, using_db=db).prefetch_related("roles")
        gone = {"deleted_messages": [{"channel_id": message.channel_id, "message_id": message.message_id}]}
        await record("panel.clean_up", panel.to_spec(), None, gone, db)
    logger.info("Message {} of panel {} was deleted at Discord", message.message_id, message.panel_id)


def message_route(method: str, channel_id: int, message_id: int) -> Route:
    """The REST route of one message."""
    return Route(method, "/channels/{channel_id}/messages/{message_id}", channel_id=channel_id, message_id=message_id)
