"""Watches whether interactions come: a gateway session can be connected, acknowledge heartbeats and bring none.

Two things prove trouble, and nothing proves that there is none: a silence that is too long for the shard's own habit
(domain/silence.py), and a question over the gateway that is not answered. Then the shard goes over to a fresh session, which is known to
cure it (https://github.com/discord/discord-api-docs/issues/8162).
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route
from loguru import logger

from core.entrance import SPARE_SESSIONS
from core.fresh_session import BROKEN, go_over, identified
from core.i18n import N_
from core.loops import Loop
from domain import clock
from domain.silence import FACTOR, Habit, Renewals, pause_after
from models import AuditEntry

if TYPE_CHECKING:
    from core.bot import RolePanelBot

LOOK_SECONDS = 10.0  # between two looks, also between two fresh sessions: Discord wants 5 s there
ASK_SECONDS = 300.0  # between two questions
ANSWER_SECONDS = 10.0  # that Discord has for an answer
REMEMBERED = 2_000  # records of before the start, whose clicks make the first habit
AGAIN_SECONDS = 10.0  # after a fresh session that could not be had, then twice as long each time
AGAIN_MAX = 1800.0


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """A shard that seems to be silent. `why` ends the sentence "shard 0: …"."""

    why: str
    unanswered: bool


@dataclass(slots=True)
class _Tries:
    """What was done about one silence of a shard, and when there may be more."""

    next_at: float = 0.0
    renewals: int = 0
    failures: int = 0


class SilenceWatch:
    """The habits of the shards that this process serves, and what is done about a silence."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self._habits: dict[int, Habit] = {}
        self._asked_at: dict[int, float] = {}
        self._suspicions: dict[int, _Suspicion] = {}
        self._tries: dict[int, _Tries] = {}  # until an interaction comes
        self._renewals = Renewals()
        self._remembers = False
        self.loop = Loop(N_("Watching whether interactions come"), self._look, every=LOOK_SECONDS)
        prefix = "on_shard_" if isinstance(bot, discord.AutoShardedClient) else "on_"
        for name in ("connect", "resumed"):
            bot.add_listener(self._came, prefix + name)
        bot.add_listener(self._went, f"{prefix}disconnect")

    @property
    def suspicions(self) -> list[str]:
        """A sentence for each shard that seems to be silent now."""
        return [f"shard {shard_id}: {suspicion.why}" for shard_id, suspicion in self._suspicions.items()]

    def begin(self) -> None:
        """The shards are served from now on; another process may have served them meanwhile."""
        self._habits.clear()
        self._asked_at.clear()
        self._suspicions.clear()
        self._tries.clear()
        self._remembers = False

    def heard(self, guild_id: int | None) -> None:
        """An interaction came from a guild, or from a direct message."""
        shard_id, now = self._shard_of(guild_id), _now()
        habit = self._habit(shard_id)
        if shard_id in self._suspicions:
            self._over(shard_id, f"interactions come again, after {habit.silence(now):.0f} s")
        self._tries.pop(shard_id, None)
        habit.heard(now)

    def _shard_of(self, guild_id: int | None) -> int:
        return ((guild_id or 0) >> 22) % (self._bot.shard_count or 1)

    def _habit(self, shard_id: int) -> Habit:
        habit = self._habits.get(shard_id)
        if habit is None:
            habit = self._habits[shard_id] = Habit()
        return habit

    async def _came(self, shard_id: int | None = None) -> None:
        own, now = self._bot.gateway_watch.own(shard_id), _now()
        self._habit(own).back(now)
        self._asked_at.setdefault(own, now)

    async def _went(self, shard_id: int | None = None) -> None:
        self._habit(self._bot.gateway_watch.own(shard_id)).away(_now())

    async def _look(self) -> float | None:
        if not self._remembers:
            await self._remember()
            self._remembers = True
        if isinstance(self._bot, discord.AutoShardedClient) and not self._bot._connection.shards_launched.is_set():
            return None
        for shard_id in self._bot.gateway_watch.shard_ids:
            if self._bot.gateway_watch.is_connected(shard_id) and await self._look_at(shard_id):
                break  # one fresh session at a time
        return None

    async def _remember(self) -> None:
        """Take the habits of before the start from what is recorded of clicks; what came since is not among it yet."""
        rows = await AuditEntry.all().order_by("-id").limit(REMEMBERED).values_list("guild_id", "created_at", "interaction_id")
        times: dict[int, list[float]] = {}
        for guild_id, created_at, _ in (row for row in rows if row[2]):
            times.setdefault(self._shard_of(guild_id), []).append(created_at.timestamp())
        for shard_id, of_the_shard in times.items():
            if self._habit(shard_id).is_empty:
                self._habits[shard_id] = Habit.remembered(sorted(of_the_shard))
                if self._bot.gateway_watch.is_connected(shard_id):
                    self._habits[shard_id].back(_now())

    async def _look_at(self, shard_id: int) -> bool:
        """Suspect a shard, or suspect it no longer; whether a fresh session of it was asked for."""
        socket, now = self._bot.gateway_watch.socket(shard_id), _now()
        habit, suspicion = self._habit(shard_id), self._suspicions.get(shard_id)
        asks = now - self._asked_at.setdefault(shard_id, now) >= ASK_SECONDS
        if suspicion:
            asks |= suspicion.unanswered or now >= self._tries[shard_id].next_at or not habit.too_long(now)
        if socket is None or not (asks or (suspicion is None and habit.too_long(now))):
            return False
        # What came in the meantime, while this process stood still for example, is read before the answer.
        self._asked_at[shard_id] = now
        answered = await self._answers(shard_id, socket)
        if self._bot.gateway_watch.socket(shard_id) is not socket or not self._bot.gateway_watch.is_connected(shard_id):
            return False
        now = _now()
        why = self._why(habit, now, answered=answered)
        if why is None:
            if suspicion := self._suspicions.get(shard_id):
                self._over(shard_id, "it answers again" if suspicion.unanswered else "so long without interactions that it may be chance")
            return False
        if shard_id not in self._suspicions:
            logger.warning("Shard {} seems to be silent: {}", shard_id, why)
        self._suspicions[shard_id] = _Suspicion(why, unanswered=not answered)
        return await self._mend(shard_id, socket)

    def _why(self, habit: Habit, now: float, *, answered: bool) -> str | None:
        if not answered:
            return "connected, but Discord answers nothing"
        limit = habit.limit(now)
        if limit is None or not habit.too_long(now):
            return None
        return f"connected, but no interaction has come for {habit.silence(now):.0f} s, of late never more than {limit / FACTOR:.0f} s"

    async def _answers(self, shard_id: int, socket: DiscordWebSocket) -> bool:
        """Whether Discord answers a question for the bot's own member in a guild; also when there is no guild to ask about."""
        guilds = [guild for guild in self._bot.guilds if guild.shard_id == shard_id]
        there = [guild for guild in guilds if not guild.unavailable]
        for guild in (there[0], there[-1]) if there else ():
            nonce = uuid4().hex
            answer = socket.wait_for("GUILD_MEMBERS_CHUNK", lambda data, nonce=nonce: data.get("nonce") == nonce)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await socket.request_chunks(guild.id, limit=1, user_ids=[guild.me.id], nonce=nonce)
                    await answer
            except TimeoutError:
                continue
            except BROKEN:
                return True  # py-cord hears of that itself
            return True
        # A session that brings not even the servers that it named is silent, too; an outage of theirs is none of the session's.
        return not there and all(guild.id in self._bot.known_guilds.outages for guild in guilds)

    async def _mend(self, shard_id: int, socket: DiscordWebSocket) -> bool:
        """Go over to a fresh session, if that may be tried now; whether it was."""
        tries = self._tries.setdefault(shard_id, _Tries())
        if _now() < tries.next_at or not self._renewals.allowed(_now()):
            return False
        try:
            await self._renew(shard_id, socket, tries)
        except BROKEN as error:
            tries.failures += 1
            tries.next_at = max(tries.next_at, _now() + min(AGAIN_MAX, AGAIN_SECONDS * 2 ** (tries.failures - 1)))
            logger.info("Shard {} has no fresh session yet, and goes on with the one that it has: {!r}", shard_id, error)
        return True

    async def _renew(self, shard_id: int, socket: DiscordWebSocket, tries: _Tries) -> None:
        answer = await self._bot.http.request(Route("GET", "/gateway/bot"))
        left = (answer.get("session_start_limit") or {}).get("remaining", SPARE_SESSIONS + 1)
        if left <= SPARE_SESSIONS:
            raise ConnectionRefusedError(f"Discord allows only {left} more sessions today")
        holder = self._bot.gateway_watch.holder(shard_id)
        assert holder is not None, "it had a connection before"
        fresh = await identified(self._bot, socket.shard_id)
        before = tries.next_at
        self._renewals.made(_now())
        tries.renewals += 1
        tries.next_at = _now() + pause_after(tries.renewals)
        try:
            await go_over(holder, fresh)
        except ReconnectWebSocket:  # Discord has refused to begin one so soon after another
            tries.renewals, tries.next_at = tries.renewals - 1, before
            raise
        if shard_id in self._suspicions:  # otherwise something came meanwhile
            self._habit(shard_id).renewed(_now())
        self._asked_at[shard_id] = _now()
        logger.info("Shard {} has a fresh session", shard_id)

    def _over(self, shard_id: int, how: str) -> None:
        del self._suspicions[shard_id]
        logger.warning("Shard {} is no longer taken for silent: {}", shard_id, how)


def _now() -> float:
    return clock.now().timestamp()
