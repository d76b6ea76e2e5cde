"""Poster: puts panels into channels, takes them down, and finds out which of their messages still exist."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import discord
from discord.http import Route
from loguru import logger

from cogs.panels.posting.edition import edition_of, fingerprint
from cogs.panels.posting.message_rows import MessageRows, Post
from cogs.panels.posting.render import Present, panel_message, shown_without_emoji
from cogs.panels.service.access import Editor
from cogs.panels.ui.words import link
from core import deeds
from core.bot import RolePanelBot
from core.calls import RateLimited
from core.channels import POSTABLE, missing_to_post
from core.components import Payload, public
from core.errors import PartlyDone, UserError, held_back
from core.facts import guild_facts
from core.i18n import N_, Translator, translator
from core.invalid_requests import HeldBack
from core.markup import channel_mention
from core.permission_names import permission_names
from core.rest import Uncertain
from domain import clock
from domain.events import PanelChanged
from domain.panels import PanelSpec
from models import GuildConfig, MessageState, Panel, PanelMessage, PanelRole

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
GONE = (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE)
PATIENCE = 8.0  # seconds that a person who waits for an answer is kept waiting for a rate limit
LOOK_TIMEOUT = 3.0  # seconds
LOOKED_LATELY = timedelta(minutes=1)

NO_SUCH_CHANNEL = N_("The bot does not see this channel. Give it View Channel there, or choose another one.")
NOT_A_TEXT_CHANNEL = N_("A panel cannot be posted in {channel}. Choose a text, announcement or voice channel.")
MISSING_PERMISSIONS = N_("The bot lacks permissions in {channel}: {permissions}. Give them to it there, or choose another channel.")
NO_ROLES = N_("This panel has no roles yet. Add some before you post it.")
POST_REFUSED = N_("Discord did not let the bot post in {channel}: {reason}")
POST_BUSY = N_("Discord is limiting messages in {channel} right now. Please try again in a moment.")
POSTING_IT = N_("posting the panel in {channel}")
TAKING_IT_OUT = N_("taking the panel out of {channel}")
DELETING_IT = N_("deleting the panel {name}")


@dataclass(frozen=True, slots=True)
class Deletion:
    """What came of messages that were to be deleted: those that Discord does not let the bot delete, and those that are tried again."""

    refused: tuple[PanelMessage, ...] = ()
    pending: tuple[PanelMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """A panel was posted: the link to its first message, what became of the old messages, and the items shown without their emoji."""

    link: str
    old: Deletion
    refused_emojis: frozenset[int] = frozenset()


class Fate(Enum):
    """What Discord said to the deletion of a message."""

    GONE = auto()
    REFUSED = auto()
    PENDING = auto()


class Poster:
    """What panels do in channels, with Discord's answers taken at their word."""

    def __init__(self, bot: RolePanelBot, rows: MessageRows) -> None:
        self._bot, self.rows = bot, rows
        self._at_work: Counter[int] = Counter()
        self._looked: dict[int, datetime] = {}  # when each message, by its row, was looked at
        self.unfinished: Callable[[], None] = lambda: None  # called when something may be left to the follower

    def is_at_work(self, panel_id: int) -> bool:
        """Whether this process posts, takes down or deletes this panel right now."""
        return self._at_work[panel_id] > 0

    @contextmanager
    def _work(self, panel_id: int) -> Iterator[None]:
        self._at_work[panel_id] += 1
        try:
            yield
        finally:
            self._at_work[panel_id] -= 1
            self._at_work = +self._at_work
            self.unfinished()

    async def guild(self, guild_id: int | None) -> discord.Guild:
        """The guild with its roles and channels. Raises UserError while it is not known yet."""
        guild = await self._bot.guild(guild_id or 0)
        if guild is None:
            raise UserError(self._bot.absence(guild_id or 0))
        return guild

    async def render(self, guild: discord.Guild, panel: PanelSpec, page: int = 0, *, inert: bool = False) -> Payload:
        """One of the panel's messages in the guild's language."""
        return panel_message(panel, Present.of(guild), await self.language_of(guild), page=page, inert=inert)

    async def post(
        self, guild: discord.Guild, editor: Editor, panel: PanelSpec, channel_id: int, interaction_id: int, t: Translator
    ) -> Posted:
        """Post a panel; where it stands in this channel already, the new messages take the place of the old ones.

        Once for an interaction, whichever process gets it. Raises UserError with what is missing or what Discord said; then nothing was
        changed, and what stood in the channel works as before. Raises PartlyDone when Discord did not confirm it.
        """
        if not panel.roles:
            raise UserError(NO_ROLES)
        self._check(guild, channel_id, t)
        deeds.describe(POSTING_IT, channel=channel_mention(channel_id))
        with self._work(panel.panel_id):
            post = await self.rows.begin_post(editor, guild_facts(guild), panel, channel_id, interaction_id)
            sent: list[int] = []
            try:
                for page, row in enumerate(post.rows):
                    sent.append(await self.send(guild, post.panel, row, page))
                replaced = await self.rows.posted(post, sent)
            except PartlyDone:
                raise
            except UserError:
                await self._withdraw(guild.id, post, sent)
                raise
            refused = frozenset(item_id for row in post.rows for item_id in row.refused_emojis)
            return Posted(link(guild.id, channel_id, sent[0]), await self.delete(guild.id, replaced), refused)

    async def send(self, guild: discord.Guild, panel: PanelSpec, row: PanelMessage, page: int) -> int:
        """Send one of a panel's messages, whose row tells where and with which nonce; its id. Raises UserError as `post` does."""
        edition, body = await self.edition(guild), public(await self.render(guild, panel, page))
        message = await self._send(row.channel_id, body | {"nonce": row.nonce, "enforce_nonce": True})
        note_shown(row, edition, panel, body, message)
        return int(message["id"])

    async def take_out(self, editor: Editor, panel: PanelSpec, channel_id: int) -> Deletion:
        """Take a panel out of a channel. What Discord does not let the bot delete stays and works."""
        deeds.describe(TAKING_IT_OUT, channel=channel_mention(channel_id))
        with self._work(panel.panel_id):
            facts = guild_facts(await self.guild(panel.guild_id))
            return await self.delete(panel.guild_id, await self.rows.begin_take_down(editor, facts, panel, channel_id))

    async def delete_panel(self, editor: Editor, panel: PanelSpec) -> Deletion:
        """Delete a panel and its messages."""
        deeds.describe(DELETING_IT, name=panel.name)
        with self._work(panel.panel_id):
            facts = guild_facts(await self.guild(panel.guild_id))
            return await self.delete(panel.guild_id, await self.rows.begin_deletion(editor, facts, panel))

    async def look(self, panel_id: int) -> None:
        """Notice which of a panel's messages were deleted at Discord. What cannot be looked at is taken to exist.

        Each message is looked at once a minute, however often somebody asks.
        """
        deadline, now = self._deadline(), clock.now()
        self._looked = {row: at for row, at in self._looked.items() if at > now - LOOKED_LATELY}
        for message in await PanelMessage.filter(panel_id=panel_id, missing=False, state=MessageState.LIVE).order_by("id"):
            if asyncio.get_running_loop().time() > deadline:
                return
            if message.id in self._looked:
                continue
            self._looked[message.id] = now
            route = message_route("GET", message.channel_id, message.message_id or 0)
            try:
                await self._bot.rest.request(route, tries=1, timeout=LOOK_TIMEOUT, deadline=deadline)
            except (discord.HTTPException, RateLimited, Uncertain) as error:
                if isinstance(error, discord.NotFound) and error.code in GONE:
                    await self.note_missing(message)

    async def note_missing(self, message: PanelMessage) -> None:
        """Remember that a posted message was deleted at Discord, and tell it in the log, once."""
        if await self.rows.note_missing(message):
            logger.info("Message {} of panel {} was deleted at Discord", message.message_id, message.panel_id)

    def _check(self, guild: discord.Guild, channel_id: int, t: Translator) -> None:
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            raise UserError(NO_SUCH_CHANNEL)
        mention = channel_mention(channel_id)
        # A thread is archived by itself, and then neither an edit nor a look reaches the panel in it.
        if isinstance(channel, discord.Thread) or channel.type not in POSTABLE:
            raise UserError(NOT_A_TEXT_CHANNEL, channel=mention)
        missing = missing_to_post(channel)
        if missing:
            raise UserError(MISSING_PERMISSIONS, channel=mention, permissions=permission_names(missing, t))

    async def _send(self, channel_id: int, body: Payload) -> Payload:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        channel = channel_mention(channel_id)
        try:
            return await self._bot.rest.request(route, body=body, repeatable=True, deadline=self._deadline())
        except HeldBack as error:
            raise held_back(error) from None
        except RateLimited:
            raise UserError(POST_BUSY, channel=channel) from None
        except (Uncertain, discord.DiscordServerError):
            raise PartlyDone(POSTING_IT, channel=channel) from None
        except discord.HTTPException as error:
            logger.warning("A panel could not be posted in channel {}: {}", channel_id, error)
            raise UserError(POST_REFUSED, channel=channel, reason=error.text) from None

    async def _withdraw(self, guild_id: int, post: Post, sent: list[int]) -> None:
        """Take back what was sent of a post that came to nothing."""
        known = await self.rows.give_up_post(post, sent)
        await self.delete(guild_id, known)
        # Of a panel that was deleted meanwhile the follower deletes what it finds; these are known here.
        for message_id in set(sent) - {row.message_id for row in known}:
            await self._delete(post.channel_id, message_id)

    async def delete(self, guild_id: int, rows: Iterable[PanelMessage], patience: float = PATIENCE) -> Deletion:
        """Delete messages whose rows say that they are to be deleted, and record what came of it.

        `patience` is how many seconds a rate limit may take for each.
        """
        fates: dict[Fate, list[PanelMessage]] = {fate: [] for fate in Fate}
        for row in rows:
            fate = Fate.PENDING if row.message_id is None else await self._delete(row.channel_id, row.message_id, patience)
            fates[fate].append(row)
        if fates[Fate.GONE] or fates[Fate.REFUSED]:
            await self.rows.deleted(guild_id, fates[Fate.GONE], fates[Fate.REFUSED])
        return Deletion(tuple(fates[Fate.REFUSED]), tuple(fates[Fate.PENDING]))

    async def _delete(self, channel_id: int, message_id: int, patience: float = PATIENCE) -> Fate:
        route = message_route("DELETE", channel_id, message_id)
        try:
            await self._bot.rest.request(route, deadline=self._deadline(patience))
        except (RateLimited, Uncertain, discord.DiscordServerError) as error:
            logger.info("Message {} of a panel may still stand in channel {}: {}", message_id, channel_id, error)
            return Fate.PENDING
        except discord.HTTPException as error:
            if error.code in GONE:
                return Fate.GONE
            logger.warning("Message {} of a panel stays in channel {}: {}", message_id, channel_id, error)
            return Fate.REFUSED
        return Fate.GONE

    def _deadline(self, patience: float = PATIENCE) -> float:
        return asyncio.get_running_loop().time() + patience

    async def edition(self, guild: discord.Guild) -> str:
        """What the guild's messages depend on now, besides their panels."""
        return edition_of(guild, (await self.language_of(guild)).locale)

    async def draw_anew(self, guilds: Iterable[discord.Guild]) -> None:
        """Count those messages of these guilds as out of date that depend on what has changed since they were drawn."""
        known = {guild.id: guild for guild in guilds}
        for (guild_id,) in await Panel.filter(guild_id__in=list(known)).distinct().values_list("guild_id"):
            names = {role.id: role.name for role in known[guild_id].roles}
            for panel_id, version in await PanelRole.follow_names(guild_id, names):
                self._bot.dispatch(PanelChanged.NAME, PanelChanged(guild_id, panel_id, version))
        set_here = GuildConfig.filter(guild_id__in=list(known), locale__isnull=False)
        locales = dict(await set_here.values_list("guild_id", "locale")) if known else {}
        default = self._bot.settings.default_locale
        await PanelMessage.draw_anew(
            {
                guild_id: edition_of(guild, translator(locales.get(guild_id) or guild.preferred_locale, default).locale)
                for guild_id, guild in known.items()
            }
        )

    async def language_of(self, guild: discord.Guild) -> Translator:
        """The language of what everyone in the guild sees."""
        config = await GuildConfig.get_or_none(guild_id=guild.id)
        locale = config.locale if config else None
        return translator(locale or guild.preferred_locale, self._bot.settings.default_locale)


def note_shown(row: PanelMessage, edition: str, panel: PanelSpec, body: Payload, message: Payload) -> None:
    """Note on a row what its message shows; `message` is Discord's answer to `body`."""
    row.edition, row.fingerprint, row.refused_emojis = edition, fingerprint(body), shown_without_emoji(panel, message)


def message_route(method: str, channel_id: int, message_id: int) -> Route:
    """The REST route of one message."""
    return Route(method, "/channels/{channel_id}/messages/{message_id}", channel_id=channel_id, message_id=message_id)
