"""Follower: brings posted messages up to date with their panels, whoever edited them and however long ago."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

import discord
from discord.http import Route
from loguru import logger
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from cogs.panels.posting.edition import fingerprint
from cogs.panels.posting.finisher import Finisher
from cogs.panels.posting.poster import GONE, Poster, message_route, note_shown
from cogs.panels.service.pages import pages
from core.bot import RolePanelBot
from core.calls import RateLimited
from core.components import Payload, public
from core.i18n import N_
from core.loops import Loop
from core.rest import Foreseen, Uncertain
from domain import clock
from domain.panels import PanelSpec
from domain.turns import in_turns
from models import MessageState, Panel, PanelMessage

GATHER = 1.0  # seconds: edits that follow one another so closely become one PATCH
TROUBLE_PAUSE, FORESEEN_PAUSE, REFUSED_PAUSE = 15.0, 60.0, 600.0  # seconds until the next try, whatever is edited meanwhile
AT_LEISURE = 10  # messages of one pass that are only to be drawn anew: their panels were not edited
COMPARED_AT_ONCE = 1000  # guilds
EACH = 10  # messages of one guild, then the others' edits are seen
RATE_LIMIT_WAIT = 2.0  # seconds that one channel may hold up the others
PATCH_TIMEOUT, PATCH_TRIES = 10.0, 2  # a database row stays locked meanwhile


class Follower:
    """What one pass of its loop does; woken by edits, by a start, by a guild's arrival, and by the end of a pause."""

    def __init__(self, bot: RolePanelBot, poster: Poster) -> None:
        self._bot, self._poster = bot, poster
        self.loop = Loop(N_("Bringing posted panels up to date"), self._catch_up, gather=GATHER)
        # What ends that was begun and not recorded as done; each tells the moment (the loop's time) of its next try.
        self.finishers: list[Callable[[], Awaitable[float | None]]] = [Finisher(bot, poster, self.loop).finish]
        self._guilds: set[int] = set()  # where messages may be behind
        self._troubles: dict[int, datetime] = {}  # when to try a message again that could not be edited, by its row
        self._last: PanelSpec | None = None
        self._to_compare: set[int] = {guild.id for guild in bot.guilds}  # what their messages depend on may have changed

    def in_trouble(self, row: int) -> bool:
        """Whether the last edit of a message, by its row, did not get through."""
        return row in self._troubles or self.loop.is_aside(row)

    def retry(self, rows: Iterable[int]) -> None:
        """Try these messages, by their rows, again at once."""
        rows = list(rows)
        for row in rows:
            self._troubles.pop(row, None)
        self.loop.retry(rows)

    def wake(self) -> None:
        """Look for messages that are behind in every guild."""
        self._guilds.update(guild.id for guild in self._bot.guilds)
        self.loop.wake()

    def look_at(self, guild_id: int) -> None:
        """Look for messages that are behind in a guild."""
        self._guilds.add(guild_id)
        self.loop.wake()

    def guild_changed(self, guild_id: int) -> None:
        """Find the guild's messages that depend on what has changed, and draw them anew."""
        self._to_compare.add(guild_id)
        self.look_at(guild_id)

    async def _compare(self) -> None:
        waiting = list(self._to_compare)
        for start in range(0, len(waiting), COMPARED_AT_ONCE):
            some = waiting[start : start + COMPARED_AT_ONCE]
            guilds = [guild for guild_id in some if (guild := self._bot.get_guild(guild_id)) and not guild.unavailable]
            await self._poster.draw_anew([guild for guild in guilds if self._bot.serves(guild.id)])
            self._to_compare.difference_update(some)

    async def _catch_up(self) -> float | None:
        """End what was begun and edit what is behind; the seconds until the next try of what could not be, None when there is nothing."""
        unfinished = [await finish() for finish in self.finishers]
        await self._compare()
        now = clock.now()
        behind = [(row, guild_id, shown) for row, guild_id, shown in await self._behind() if self._bot.serves(guild_id)]
        self._troubles = {row: self._troubles[row] for row, _, _ in behind if row in self._troubles}
        due = [
            (row, guild, shown)
            for row, guild_id, shown in behind
            if not self.loop.is_aside(row)
            and self._troubles.get(row, now) <= now
            and (guild := self._bot.get_guild(guild_id))
            and not guild.unavailable  # its arrival wakes us
        ]
        edits = [entry for entry in due if entry[2]]
        turns, more = in_turns(edits or due, lambda entry: entry[1].id, EACH)
        if not edits:
            turns, more = turns[:AT_LEISURE], more or len(turns) > AT_LEISURE
        for row, guild, _ in turns:
            with self.loop.item(guild.id, row):
                await self._follow(guild, row)
        self._last = None
        if more or (len(edits) < len(due) and edits):
            return GATHER
        waits = [moment - asyncio.get_running_loop().time() for moment in unfinished if moment is not None]
        waits += [(until - clock.now()).total_seconds() for until in self._troubles.values()]
        return max(0.0, min(waits)) if waits else None

    async def _behind(self) -> list[tuple[int, int, int]]:
        """The messages that are behind, with their guilds and the versions shown. These guilds are looked at the next time, too.

        Woken for no guild, it looks at all.
        """
        looked_at, self._guilds = self._guilds or {guild.id for guild in self._bot.guilds}, set()
        try:
            behind = await PanelMessage.behind(looked_at)
        except BaseException:
            self._guilds |= looked_at
            raise
        self._guilds.update(guild_id for _, guild_id, _ in behind)
        return behind

    async def _follow(self, guild: discord.Guild, row: int) -> None:
        """Bring one message up to date. Its row is locked meanwhile, so that no second process edits it at the same time."""
        self._troubles.pop(row, None)
        while await self._add_page(guild, row):
            pass
        await self._poster.delete(guild.id, await self._poster.rows.begin_surplus(row), RATE_LIMIT_WAIT)
        if row in self._troubles:
            return
        async with in_transaction() as db:
            standing = PanelMessage.filter(id=row, missing=False, state=MessageState.LIVE).using_db(db)
            message = await standing.select_for_update(skip_locked=True).get_or_none()
            panel = await self._panel(message.panel_id) if message and message.panel_id else None
            if message is None or panel is None or message.rendered_version >= panel.version:
                return
            page = await _posting(message).filter(id__lt=row).count()
            if page >= pages(panel):
                return  # another edit took roles away; it leads here again
            edition, body = await self._poster.edition(guild), public(await self._poster.render(guild, panel, page))
            if message.rendered_version == 0 and message.fingerprint == fingerprint(body):
                message.edition = edition  # drawn in another edition, it looks the same
            else:
                shown = await self._edit(message, body)
                if shown is None:
                    return
                note_shown(message, edition, panel, body, shown)
            message.rendered_version = panel.version
            await message.save(using_db=db, update_fields=["rendered_version", "edition", "fingerprint", "refused_emojis"])

    async def _panel(self, panel_id: int) -> PanelSpec | None:
        """The panel as it is now. Its other messages come right after this one, so it is not read anew for each."""
        version = await Panel.filter(id=panel_id).first().values_list("version", flat=True)
        if self._last is None or (self._last.panel_id, self._last.version) != (panel_id, version):
            self._last = await Panel.spec(panel_id)
        return self._last

    async def _add_page(self, guild: discord.Guild, row: int) -> bool:
        """Post the next message of a posting that has fewer than its panel needs; whether another one may be missing.

        The other rows stay behind until all pages are there, so that a restart in between goes on here.
        """
        new = await self._poster.rows.begin_page(row, discord.utils.time_snowflake(clock.now()))
        panel = await self._panel(new.panel_id) if new and new.panel_id else None
        if new is None or panel is None:
            return False
        message = await PanelMessage.get(id=row)
        edition = await self._poster.edition(guild)
        body = public(await self._poster.render(guild, panel, await _posting(message).count()))
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=new.channel_id)
        try:
            sent = await self._request(route, body | {"nonce": new.nonce, "enforce_nonce": True})
        except (discord.HTTPException, Uncertain, RateLimited) as error:
            if not isinstance(error, Uncertain | discord.DiscordServerError):
                await self._poster.rows.not_sent([new])
            await self._failed(message, error)
            return False
        note_shown(new, edition, panel, body, sent)
        await self._poster.rows.page_stands(new, int(sent["id"]), panel.version)
        return True

    async def _edit(self, message: PanelMessage, body: Payload) -> Payload | None:
        """The message as Discord shows it then; None when it was not changed, and it is noted what is to happen next."""
        try:
            return await self._request(message_route("PATCH", message.channel_id, message.message_id or 0), body)
        except (discord.HTTPException, Uncertain, RateLimited) as error:
            await self._failed(message, error)
            return None

    async def _request(self, route: Route, body: Payload) -> Payload:
        deadline = asyncio.get_running_loop().time() + RATE_LIMIT_WAIT
        return await self._bot.rest.request(route, body=body, repeatable=True, timeout=PATCH_TIMEOUT, tries=PATCH_TRIES, deadline=deadline)

    async def _failed(self, message: PanelMessage, error: Exception) -> None:
        if isinstance(error, RateLimited):
            self._try_later(message.id, error.retry_after)
        elif isinstance(error, Uncertain | discord.DiscordServerError):
            logger.info("Message {} could not be edited: {}", message.message_id, error)
            self._try_later(message.id, TROUBLE_PAUSE)
        elif isinstance(error, Foreseen):
            self._try_later(message.id, FORESEEN_PAUSE)
        elif isinstance(error, discord.HTTPException) and error.code in GONE:
            await self._poster.note_missing(message)
        else:
            logger.warning("Message {} in channel {} cannot be edited: {}", message.message_id, message.channel_id, error)
            self._try_later(message.id, REFUSED_PAUSE)

    def _try_later(self, row: int, seconds: float) -> None:
        self._troubles[row] = clock.now() + timedelta(seconds=seconds)


def _posting(message: PanelMessage) -> QuerySet[PanelMessage]:
    """All standing messages of the posting that this one belongs to."""
    return PanelMessage.filter(panel_id=message.panel_id, channel_id=message.channel_id, state=MessageState.LIVE)
