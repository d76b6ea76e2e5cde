"""The outbox's loop: whose turn it is, how long a guild that cannot be reached is left alone, and when to look again."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.audit.service import AuditService, ChannelUnusable, Destination
from core.i18n import N_
from core.loops import Loop
from core.rate_limits import RateLimited
from core.rest import Uncertain

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LOOK_SECONDS = 60.0  # between looks at the whole table, for what no event told
WAITING_SECONDS = 5.0  # the same while something could not be delivered
PATIENCE_SECONDS = 2.0  # for one guild's rate limit, while the others wait
PAUSE_SECONDS, PAUSE_MAX_SECONDS = 5.0, 600.0


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel that is left alone until the loop's time `until`; a guild that sets another channel is not held up by it."""

    channel_id: int
    seconds: float
    until: float
    unusable: bool


class Outbox:
    """Delivers one message at a time, guild after guild, so that it takes at most one connection of the pool."""

    def __init__(self, bot: "RolePanelBot", service: AuditService) -> None:
        self._bot, self._service = bot, service
        self._turns: dict[int, None] = {}
        self._pauses: dict[int, Pause] = {}
        self._next_look = 0.0
        self.loop = Loop(N_("Posting to the audit channel"), self._work)

    def wake(self, guild_id: int) -> None:
        """Something may wait in this guild."""
        self._turns[guild_id] = None
        self.loop.wake()

    def look_around(self) -> None:
        """Something may wait in any guild."""
        self._next_look = 0.0
        self.loop.wake()

    async def _work(self) -> float:
        """Deliver what is due; guilds take turns, a message each. The seconds until the next look."""
        loop = asyncio.get_running_loop()
        seen_waiting: set[int] = set()
        if loop.time() >= self._next_look:
            self._next_look = loop.time() + LOOK_SECONDS
            seen_waiting.update(await self._service.guilds_waiting())
            self._turns |= dict.fromkeys(seen_waiting)
        aside: dict[int, None] = {}
        while self._turns:
            guild_id = next(iter(self._turns))
            del self._turns[guild_id]
            if self._bot.serves(guild_id) and not self.loop.is_aside(guild_id):
                with self.loop.item(guild_id, guild_id):
                    if await self._deliver(guild_id, guild_id in seen_waiting):
                        self._turns[guild_id] = None
                        seen_waiting.discard(guild_id)
            if self.loop.set_aside(guild_id):
                aside[guild_id] = None
        self._turns = aside
        return max(0.0, self._next_look - loop.time())

    async def _deliver(self, guild_id: int, seen_waiting: bool) -> bool:
        """Post one message; whether the guild should have another turn. `seen_waiting`: something waited in it a moment ago."""
        loop = asyncio.get_running_loop()
        to = await self._service.destination(guild_id)
        if to is None:
            return False
        pause = self._pauses.get(guild_id)
        if pause and pause.channel_id != to.channel_id:
            pause = None
        if pause and loop.time() < pause.until:
            self._look_again_soon()
            return False
        longer = PAUSE_SECONDS if pause is None else pause.seconds * 2
        try:
            posted = await self._service.post_next(to, loop.time() + PATIENCE_SECONDS, self.loop)
        except ChannelUnusable as error:
            if pause is None or not pause.unusable:
                logger.warning("The audit channel {} of guild {} cannot be used: {}. Its entries wait.", to.channel_id, guild_id, error)
            self._pause(to, PAUSE_SECONDS if error.known_before else longer, unusable=True)
            return False
        except (RateLimited, Uncertain, discord.HTTPException) as error:
            logger.info("Audit entries of guild {} wait: {}", guild_id, error)
        else:
            self._pauses.pop(guild_id, None)
            if seen_waiting and not posted and not self.loop.set_aside(guild_id):
                self._look_again_soon()  # the cog's former instance, or another process, still holds the entries
            return posted > 0
        self._pause(to, longer, unusable=False)
        return False

    def _pause(self, to: Destination, seconds: float, *, unusable: bool) -> None:
        seconds = min(seconds, PAUSE_MAX_SECONDS)
        self._pauses[to.guild_id] = Pause(to.channel_id, seconds, asyncio.get_running_loop().time() + seconds, unusable)
        self._look_again_soon()

    def _look_again_soon(self) -> None:
        self._next_look = min(self._next_look, asyncio.get_running_loop().time() + WAITING_SECONDS)
