"""Whether the bot is connected to the gateway right now, which py-cord's own flags do not tell."""

import asyncio
import math
import time

import discord
from discord.gateway import DiscordWebSocket
from loguru import logger

from core.fresh_session import Holder

AWAY_SECONDS = 10.0  # without a connection, after which it is worth a warning


class GatewayWatch:
    """Follows the gateway's events from the bot's start on, so that it knows what a probe that begins later cannot.

    py-cord's is_ready() and ws.open stay true while the gateway is down, and neither tells a resumed session from a lost one.
    """

    def __init__(self, bot: discord.Client) -> None:
        self._bot = bot
        self._sharded = isinstance(bot, discord.AutoShardedClient)
        self._live: set[int] = set()
        self._ready_at: dict[int, float] = {}
        self._warnings: dict[int, asyncio.TimerHandle] = {}
        prefix = "on_shard_" if self._sharded else "on_"
        bot.add_listener(self._came, f"{prefix}connect")  # dispatched on READY
        bot.add_listener(self._ready, f"{prefix}connect")
        bot.add_listener(self._came, f"{prefix}resumed")
        bot.add_listener(self._went, f"{prefix}disconnect")

    @property
    def failures(self) -> list[str]:
        """Why the gateway does not work now, a sentence for each shard; empty while every shard is connected."""
        return [f"shard {shard_id}: {reason}" for shard_id in self.shard_ids if (reason := self._failure(shard_id))]

    @property
    def shard_ids(self) -> list[int]:
        """The shards that are to be connected."""
        if isinstance(self._bot, discord.AutoShardedClient):
            return list(self._bot.shard_ids or range(self._bot.shard_count or 1))
        return [self.own(None)]

    def own(self, shard_id: int | None) -> int:
        """The shard that an event of py-cord's names: with a single one it names none."""
        return shard_id if shard_id is not None else self._bot.shard_id or 0

    def is_connected(self, shard_id: int) -> bool:
        """Whether the shard has a session and the connection for it."""
        return shard_id in self._live

    def holder(self, shard_id: int) -> Holder | None:
        """What py-cord reads the shard's events through; None before its first connection."""
        if isinstance(self._bot, discord.AutoShardedClient):
            shard = self._bot.get_shard(shard_id)
            return shard._parent if shard else None
        return self._bot

    def socket(self, shard_id: int) -> DiscordWebSocket | None:
        """The shard's connection, or the last one that it had."""
        holder = self.holder(shard_id)
        return holder.ws if holder else None

    def ready_for(self, shard_id: int) -> float | None:
        """The seconds since READY named the shard's guilds; None before that."""
        at = self._ready_at.get(shard_id)
        return None if at is None else time.monotonic() - at

    def left(self) -> None:
        """The bot itself went away from the gateway."""
        self._live.clear()
        self._ready_at.clear()
        while self._warnings:
            self._warnings.popitem()[1].cancel()

    async def _ready(self, shard_id: int | None = None) -> None:
        self._ready_at[self.own(shard_id)] = time.monotonic()

    async def _came(self, shard_id: int | None = None) -> None:
        own = self.own(shard_id)
        self._live.add(own)
        if warning := self._warnings.pop(own, None):
            warning.cancel()

    async def _went(self, shard_id: int | None = None) -> None:
        own = self.own(shard_id)
        self._live.discard(own)
        if own not in self._warnings:
            self._warnings[own] = asyncio.get_running_loop().call_later(AWAY_SECONDS, self._warn, own)

    def _warn(self, shard_id: int) -> None:
        if self._bot.is_closed():  # left on purpose
            return
        logger.warning("Shard {} has had no connection to Discord for {:.0f} s", shard_id, AWAY_SECONDS)

    def _failure(self, shard_id: int) -> str | None:
        socket = self.socket(shard_id)
        if socket is None or shard_id not in self._live:
            return "not connected"
        # No public name tells when the last heartbeat was acknowledged.
        heart = socket._keep_alive
        if heart is None or not math.isfinite(socket.latency):
            return "no heartbeat"
        silence = time.perf_counter() - heart._last_ack
        if heart.interval and silence > 2 * heart.interval:
            return f"no heartbeat acknowledged for {silence:.0f} s"
        return None if self._some_guild_came(shard_id) else "no server has arrived yet"

    def _some_guild_came(self, shard_id: int) -> bool:
        """Whether any of the guilds that READY named did; nobody waits where it named none."""
        named = [guild for guild in self._bot.guilds if guild.shard_id == shard_id]
        return not named or any(not guild.unavailable for guild in named)
