"""The outbox's loop: whose turn it is, how long a guild that cannot be reached is left alone, and when to look again."""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.audit.service import EMBEDS_MAX, AuditService, ChannelUnusable, Destination
from core.calls import RateLimited
from core.i18n import N_
from core.loops import Loop
from core.rest import Uncertain

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LOOK_SECONDS = 60.0  # between looks at the whole table, for what no event told
WAITING_SECONDS = 5.0  # the same while something could not be delivered
PATIENCE_SECONDS = 2.0  # for one guild's rate limit, while the others wait
PAUSE_SECONDS, PAUSE_MAX_SECONDS = 5.0, 600.0
GATHER_SECONDS = 10.0  # between two messages of a guild, unless the second is full: Discord takes as many role changes in that time
GATHER_LONGER = 5  # times this where all of Discord's calls are used


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel that is left alone until the loop's time `until`; a guild that sets another channel is not held up by it."""

    channel_id: int
    seconds: float
    until: float
    unusable: bool


class Outbox:
    """Delivers one message at a time, guild after guild, so that it takes at most one connection of the pool.

    A guild's first entry is posted at once. What follows is gathered for some seconds, longer the more of Discord's calls are used.
    """

    def __init__(self, bot: "RolePanelBot", service: AuditService) -> None:
        self._bot, self._service = bot, service
        self._due: dict[int, float] = {}  # when each guild has its turn, the loop's time
        self._gathers: dict[int, float] = {}  # until when
        self._told: Counter[int] = Counter()  # entries since the last message
        self._next_pass = 0.0
        self._pauses: dict[int, Pause] = {}
        self._next_look = 0.0
        self.loop = Loop(N_("Posting to the audit channel"), self._work)

    def wake(self, guild_id: int) -> None:
        """One more entry waits in this guild."""
        self._told[guild_id] += 1
        if self._turn(guild_id) < self._next_pass:
            self.loop.wake()

    def look_around(self) -> None:
        """Something may wait in any guild."""
        self._next_look = 0.0
        self.loop.wake()

    def _turn(self, guild_id: int) -> float:
        """When the guild has its turn from now on: at once, or when it has gathered for long enough, or as much as a message holds."""
        now = asyncio.get_running_loop().time()
        at = now if self._told[guild_id] >= EMBEDS_MAX else max(now, self._gathers.get(guild_id, 0.0))
        self._due[guild_id] = min(at, self._due.get(guild_id, at))
        return self._due[guild_id]

    async def _work(self) -> float:
        """Deliver what is due; guilds take turns, a message each. The seconds until the next look."""
        loop = asyncio.get_running_loop()
        self._next_pass = -math.inf  # what comes meanwhile is seen without being woken
        seen_waiting: set[int] = set()
        if loop.time() >= self._next_look:
            self._next_look = loop.time() + LOOK_SECONDS
            self._gathers = {guild_id: until for guild_id, until in self._gathers.items() if until > loop.time()}
            seen_waiting.update(await self._service.guilds_waiting())
            for guild_id in seen_waiting:
                self._turn(guild_id)
        aside: set[int] = set()
        while self._due and (guild_id := min(self._due, key=self._due.__getitem__)) and self._due[guild_id] <= loop.time():
            del self._due[guild_id]
            if self._bot.serves(guild_id) and not self.loop.is_aside(guild_id):
                with self.loop.item(guild_id, guild_id):
                    if await self._deliver(guild_id, guild_id in seen_waiting):
                        seen_waiting.discard(guild_id)
            if self.loop.set_aside(guild_id):
                aside.add(guild_id)
        self._next_pass = min(self._next_look, *self._due.values()) if self._due else self._next_look
        self._due |= dict.fromkeys(aside, loop.time())  # until then
        return max(0.0, self._next_pass - loop.time())

    async def _deliver(self, guild_id: int, seen_waiting: bool) -> bool:
        """Post one message; whether there was any. `seen_waiting`: something waited in it a moment ago."""
        loop = asyncio.get_running_loop()
        self._told.pop(guild_id, None)
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
        gathered = self._gathers.get(guild_id, 0.0)
        early = loop.time() < gathered
        self._gathers[guild_id] = loop.time() + GATHER_SECONDS * (1 + GATHER_LONGER * self._bot.rest.fullness**2)
        try:
            posted, left = await self._service.post_next(to, loop.time() + PATIENCE_SECONDS, self.loop, full=early)
        except ChannelUnusable as error:
            if pause is None or not pause.unusable:
                logger.warning("The audit channel {} of guild {} cannot be used: {}. Its entries wait.", to.channel_id, guild_id, error)
            self._pause(to, PAUSE_SECONDS if error.known_before else longer, unusable=True)
            return False
        except (RateLimited, Uncertain, discord.HTTPException) as error:
            logger.info("Audit entries of guild {} wait: {}", guild_id, error)
        else:
            self._pauses.pop(guild_id, None)
            if not posted:
                self._gathers[guild_id] = gathered
            if seen_waiting and not posted and not self.loop.set_aside(guild_id):
                self._look_again_soon()  # the cog's former instance, or another process, still holds the entries
            if (posted or early) and left:
                self._told[guild_id] += left
                self._turn(guild_id)
            return posted > 0
        self._pause(to, longer, unusable=False)
        return False

    def _pause(self, to: Destination, seconds: float, *, unusable: bool) -> None:
        self._gathers.pop(to.guild_id, None)
        seconds = min(seconds, PAUSE_MAX_SECONDS)
        self._pauses[to.guild_id] = Pause(to.channel_id, seconds, asyncio.get_running_loop().time() + seconds, unusable)
        self._look_again_soon()

    def _look_again_soon(self) -> None:
        self._next_look = min(self._next_look, asyncio.get_running_loop().time() + WAITING_SECONDS)
