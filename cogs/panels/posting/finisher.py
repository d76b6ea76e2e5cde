"""Finisher: ends what was begun with posted messages and is not recorded as done, because of a crash, a lost answer or a lost database."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.http import Route
from loguru import logger

from cogs.panels.posting.message_rows import POST, Post
from cogs.panels.posting.poster import GONE, Poster
from core.bot import RolePanelBot
from core.calls import RateLimited
from core.channels import missing_to_look
from core.components import Payload
from core.loops import Loop
from core.rest import Uncertain
from domain import clock
from domain.custom_id import CHOOSE, OPEN, PRESS, ForeignCustomId, decode
from models import MessageState, Panel, PanelMessage

# https://docs.discord.com/developers/resources/message#get-channel-messages: messages at most in one answer
LISTED, LISTS_MAX = 100, 10
RATE_LIMIT_WAIT = 2.0  # seconds that one channel may hold up the others
AGAIN, AGAIN_REFUSED = 15.0, 600.0  # seconds until the next try
SURELY = timedelta(seconds=30)  # after which what is not in the channel was not sent, since nobody works on it any more


class Finisher:
    """Deletes what was to be deleted. What was being sent is looked for: then it is adopted, or deleted where nobody wants it any more."""

    def __init__(self, bot: RolePanelBot, poster: Poster, loop: Loop) -> None:
        self._bot, self._poster, self._loop = bot, poster, loop
        self._later: dict[int, float] = {}

    async def finish(self) -> float | None:
        """End what can be ended; the moment (the loop's time) of the next try, None when nothing is left."""
        now = asyncio.get_running_loop().time()
        unfinished = await self._unfinished()
        self._later = {row.id: self._later[row.id] for row in unfinished if row.id in self._later}
        for rows in _grouped(unfinished):
            guild = self._guild(rows[0])
            if guild is None or self._poster.is_at_work(_panel_id(rows[0])) or self._later.get(rows[0].id, now) > now:
                continue  # the guild's arrival, or the end of that work, leads here again
            with self._loop.item(guild.id, _key(rows[0].id)):
                await self._finish(guild, rows)
        return min(self._later.values(), default=None)

    async def _unfinished(self) -> list[PanelMessage]:
        """What there is to do, without what is set aside: a row that cannot be read is, too."""
        found: list[PanelMessage] = []
        rows = PanelMessage.exclude(state=MessageState.LIVE).order_by("id")
        for row, panels_guild, entrys_guild in await rows.values_list("id", "panel__guild_id", "entry__guild_id"):
            if not self._loop.is_aside(_key(row)):
                with self._loop.item(panels_guild or entrys_guild or 0, _key(row)):
                    found += await PanelMessage.filter(id=row).prefetch_related("panel", "entry")
        return found

    def _guild(self, row: PanelMessage) -> discord.Guild | None:
        source = row.panel or row.entry
        guild = self._bot.get_guild(source.guild_id) if source else None
        return guild if guild and not guild.unavailable and self._bot.serves(guild.id) else None

    async def _finish(self, guild: discord.Guild, rows: Sequence[PanelMessage]) -> None:
        if rows[0].message_id is not None:
            self._try_later((await self._poster.delete(guild.id, rows, RATE_LIMIT_WAIT)).pending, AGAIN)
            return
        try:
            found = await self._look(guild, rows)
        except RateLimited as error:
            self._try_later(rows, error.retry_after)
        except (Uncertain, discord.DiscordServerError) as error:
            logger.info("Channel {} could not be looked at: {!r}", rows[0].channel_id, error)
            self._try_later(rows, AGAIN)
        except discord.HTTPException as error:
            if error.code in GONE:
                await self._poster.rows.not_sent(rows)
            else:
                self._try_later(rows, AGAIN_REFUSED)
        else:
            await self._settle(guild, rows, found)

    async def _settle(self, guild: discord.Guild, rows: Sequence[PanelMessage], found: list[int] | None) -> None:
        row, age = rows[0], clock.now() - _begun_at(rows[0])
        if found is None:
            self._try_later(rows, AGAIN_REFUSED)
        elif not found and age < SURELY:
            self._try_later(rows, (SURELY - age).total_seconds())
        elif not found:
            await self._poster.rows.not_sent(rows)
        elif row.state is MessageState.POSTING and row.entry is None:
            await self._poster.rows.page_stands(row, found[0], 0)
        elif row.state is MessageState.POSTING and row.entry and row.entry.kind == POST and not await _stands_anew(row, found[0]):
            panel = await Panel.spec(row.panel_id or 0)
            if panel:
                post = Post(panel, row.channel_id, row.entry.id, tuple(rows))
                await self._poster.delete(guild.id, await self._poster.rows.posted(post, found, observed=True), RATE_LIMIT_WAIT)
        else:
            await self._poster.delete(guild.id, await self._poster.rows.found(rows, found), RATE_LIMIT_WAIT)
        if found:
            logger.info("Messages {} in channel {}, which the bot had not recorded, were found", found, row.channel_id)

    async def _look(self, guild: discord.Guild, rows: Sequence[PanelMessage]) -> list[int] | None:
        """The messages of these rows that stand in their channel, oldest first; None when the bot may not look there."""
        row = rows[0]
        if not _may_look(guild, row.channel_id):
            return None
        known = set(await PanelMessage.filter(channel_id=row.channel_id).values_list("message_id", flat=True))
        nonces, panel_id = {row.nonce for row in rows}, _panel_id(row)
        ours = [message async for message in self._listed(row) if int(message["id"]) not in known]
        by_nonce = sorted(int(message["id"]) for message in ours if message.get("nonce") in nonces)
        by_panel = sorted(int(message["id"]) for message in ours if panel_id in _panels(message.get("components", [])))
        return (by_nonce or by_panel)[: len(rows)]

    async def _listed(self, row: PanelMessage) -> AsyncIterator[Payload]:
        """The bot's own messages from the time when this one was begun."""
        after = row.entry.interaction_id if row.entry else None
        for _ in range(LISTS_MAX):
            path = "/channels/{channel_id}/messages?limit={limit}" + ("&after={after}" if after else "")
            route = Route("GET", path, channel_id=row.channel_id, limit=LISTED, after=after or 0)
            deadline = asyncio.get_running_loop().time() + RATE_LIMIT_WAIT
            messages: list[Payload] = await self._bot.rest.request(route, tries=1, deadline=deadline)
            for message in messages:
                if self._bot.user and int(message["author"]["id"]) == self._bot.user.id:
                    yield message
            if after is None or len(messages) < LISTED:
                return
            after = max(int(message["id"]) for message in messages)

    def _try_later(self, rows: Iterable[PanelMessage], seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        self._later.update((row.id, until) for row in rows)


def _key(row: int) -> tuple[str, int]:
    return "unfinished", row


def _grouped(unfinished: Iterable[PanelMessage]) -> Iterable[list[PanelMessage]]:
    """Rows that are ended together: the messages of one post, and those to delete that belong to one record."""
    groups: dict[tuple[object, ...], list[PanelMessage]] = {}
    for row in unfinished:
        unknown = row.message_id is None
        one = row.id if row.entry is None and unknown else row.entry_id
        groups.setdefault((unknown, row.channel_id if unknown else None, row.panel_id, one), []).append(row)
    return groups.values()


def _panel_id(row: PanelMessage) -> int:
    return row.panel_id or (row.entry.panel_id if row.entry else None) or 0


def _begun_at(row: PanelMessage) -> datetime:
    """When the bot began to send it, by its own clock."""
    return row.entry.created_at if row.entry else discord.utils.snowflake_time(int((row.nonce or "0").split(".")[0]))


async def _stands_anew(row: PanelMessage, message_id: int) -> bool:
    """Whether the panel was posted in this channel once more after this message."""
    here = PanelMessage.filter(panel_id=row.panel_id, channel_id=row.channel_id, state=MessageState.LIVE)
    return await here.filter(message_id__gt=message_id).exists()


def _may_look(guild: discord.Guild, channel_id: int) -> bool:
    """Whether Discord would list the channel's messages; one that the cache has not may be deleted, and then Discord says so."""
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return True
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    return place is None or not missing_to_look(place)


def _panels(components: Sequence[Any]) -> Iterator[int]:
    """The panels that the components of a message belong to."""
    for component in components:
        yield from _panels(component.get("components", ()))
        try:
            decoded = decode(component.get("custom_id", ""))
        except ForeignCustomId:
            continue
        if decoded.verb in (PRESS, CHOOSE, OPEN) and decoded.args:
            yield decoded.args[0]
