"""The outbox's loop: whose turn it is, how long a guild that cannot be reached is left alone, and when to look again."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.audit.service import AuditService, ChannelUnusable, Destination
from core.errors import is_database_away
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
        self._woken = asyncio.Event()
        self._next_look = 0.0

    def wake(self, guild_id: int) -> None:
        """Something may wait in this guild."""
        self._turns[guild_id] = None
        self._woken.set()

    def look_around(self) -> None:
        """Something may wait in any guild."""
        self._next_look = 0.0
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            try:
                await self._work()
            except Exception as error:
                if not is_database_away(error):
                    raise
                logger.info("Audit entries wait for the database")
                self._next_look = loop.time() + WAITING_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._next_look):
                    await self._woken.wait()

    async def _work(self) -> None:
        """Deliver what is due; guilds take turns, a message each."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next_look:
            self._next_look = loop.time() + LOOK_SECONDS
            self._turns |= dict.fromkeys(await self._service.guilds_waiting())
        while self._turns:
            guild_id = next(iter(self._turns))
            del self._turns[guild_id]
            if self._bot.serves(guild_id) and await self._deliver(guild_id):
                self._turns[guild_id] = None

    async def _deliver(self, guild_id: int) -> bool:
        """Post one message; whether the guild should have another turn."""
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
            posted = await self._service.post_next(to, loop.time() + PATIENCE_SECONDS)
        except ChannelUnusable as error:
            if pause is None or not pause.unusable:
                logger.warning("The audit channel {} of guild {} cannot be used: {}. Its entries wait.", to.channel_id, guild_id, error)
            self._pause(to, PAUSE_SECONDS if error.known_before else longer, unusable=True)
            return False
        except (RateLimited, Uncertain, discord.HTTPException) as error:
            logger.info("Audit entries of guild {} wait: {}", guild_id, error)
        except Exception as error:
            if is_database_away(error):
                raise
            # Our bug, in one entry perhaps: the other guilds must not wait for its mend.
            logger.opt(exception=error).error("The audit entries of guild {} could not be posted", guild_id)
        else:
            self._pauses.pop(guild_id, None)
            return posted > 0
        self._pause(to, longer, unusable=False)
        return False

    def _pause(self, to: Destination, seconds: float, *, unusable: bool) -> None:
        seconds = min(seconds, PAUSE_MAX_SECONDS)
        self._pauses[to.guild_id] = Pause(to.channel_id, seconds, asyncio.get_running_loop().time() + seconds, unusable)
        self._look_again_soon()

    def _look_again_soon(self) -> None:
        self._next_look = min(self._next_look, asyncio.get_running_loop().time() + WAITING_SECONDS)
