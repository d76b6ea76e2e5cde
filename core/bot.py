"""The bot: py-cord with one gate for interactions, one REST client for what members wait for, and an orderly life."""

import asyncio
import platform
import random
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from importlib.machinery import ModuleSpec
from itertools import chain, repeat
from typing import Any, NoReturn

import aiohttp
import discord
from discord.ext import commands
from discord.http import Route
from loguru import logger

from core import VERSION, application
from core.backoff import come_back_soon
from core.clicked import keep_clicked_as_sent
from core.database import Database
from core.entrance import LASTING_SECONDS, announce, closed_for_good, explained, log_in, who_and_how_many
from core.errors import BOT_NOT_HERE, JUST_STARTED, SERVER_AWAY
from core.first_probe import FirstProbe
from core.foresight import Foresight
from core.gateway_events import outlive_unreadable_events
from core.gateway_watch import GatewayWatch
from core.heartbeat import beating, expect_acknowledgements
from core.interactions import Gate
from core.known_guilds import KnownGuilds
from core.lean_guilds import keep_lean
from core.loops import Loop
from core.pace import Pace
from core.payloads import count_answers, read_leniently
from core.proxy import proxy_for
from core.reload import Cogs, loading_completely
from core.rest import Rest
from core.settings import Settings
from core.shards import ShardSlots
from core.silence import SilenceWatch
from core.stops import ExpectedStop, LastingStop, on_signal_to_end

DRAIN = 5.0  # seconds that a shutdown waits for clicks under way
CANCEL_AGAIN = 0.5  # seconds
GOODBYE = 2.0  # seconds that the gateway has to answer a close
SYNC_PAUSES = (2.0, 10.0, 60.0)  # seconds, the last again and again
GATEWAY_RETRY = 5.0  # seconds
IDENTIFY_PAUSE = 5.0  # seconds, https://docs.discord.com/developers/events/gateway#rate-limiting
GUILD_WAIT = 2.0  # seconds that a click waits for its guild at a start
ALL_ARRIVED = 60.0  # seconds after READY by which a guild that Discord can serve has come


class RolePanelBot(commands.Bot):
    """Everything the cogs share: settings, REST, the gate, and who is loaded."""

    def __init__(self, settings: Settings, database: Database, slots: ShardSlots, **options: Any) -> None:
        intents = discord.Intents(guilds=True, dm_messages=True, emojis_and_stickers=True, members=settings.members_intent)
        super().__init__(
            command_prefix="",
            help_command=None,
            intents=intents,
            auto_sync_commands=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            cache_default_sounds=False,
            default_command_contexts={discord.InteractionContextType.guild},
            default_command_integration_types={discord.IntegrationType.guild_install},
            allowed_mentions=discord.AllowedMentions.none(),
            owner_ids=set(settings.owner_ids),
            **options,
        )
        self.settings = settings
        self.database = database
        token = settings.discord_token.get_secret_value()
        self.rest = Rest(token, lambda: not slots.lapsed, Foresight(self), self._share)
        count_answers(self.rest.count_refusal)
        self.gate = Gate(self)
        self.cog_manager = Cogs(self)
        self.gateway_watch = GatewayWatch(self)
        self.silence = SilenceWatch(self)
        keep_lean(self)
        keep_clicked_as_sent(self)
        self.known_guilds = KnownGuilds(self)
        outlive_unreadable_events(self)
        self.slots = slots
        self.pace = Pace(self._share)
        self.loops: set[Loop] = {self.known_guilds.loop, self.silence.loop}  # and those of all cogs
        self._ending: set[asyncio.Task[Any]] = set()
        self._stop = asyncio.Event()
        self._told_ready = False
        self.first_probe = FirstProbe()  # or the one that has been open since the start
        self.refusal: str | None = None  # what Discord refuses the bot for, until somebody mends it

    @property
    def held_shards(self) -> frozenset[int]:
        """The shards that this process serves; empty while it is a standby."""
        return self.slots.held

    def _share(self) -> float:
        """The part of the bot's work that is this process's."""
        return max(1, len(self.held_shards)) / (self.shard_count or 1)

    def serves(self, guild_id: int) -> bool:
        """Whether this process is the one that works for the guild."""
        return (guild_id >> 22) % (self.shard_count or 1) in self.held_shards

    async def on_ready(self) -> None:
        """The servers have come: said once, with what a report of a fault should name."""
        if self._told_ready:
            return
        self._told_ready = True
        shards = ", ".join(map(str, sorted(self.held_shards)))
        logger.info(
            "Ready: version {}, servers: {}, shards: {} of {}, PostgreSQL {}, Python {}",
            *(VERSION, len(self.guilds), shards, self.shard_count or 1, self.database.version, platform.python_version()),
        )

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """py-cord's event for every interaction: on to the gate, which answers for everything."""
        self.silence.heard(interaction.guild_id)
        await self.gate.handle(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Owner commands come as direct messages only."""
        if message.guild is None and not self.slots.lapsed and not self.gate.came_before(message.id):
            await self.process_commands(message)

    async def on_error(self, event_method: str, *_args: Any, **_kwargs: Any) -> None:
        """A listener failed: our bug, logged once."""
        logger.exception("The listener {} failed", event_method)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002 - py-cord's
        """The pause before a new session after an old one ended, as Discord wants it (py-cord waits 5 s, always).

        https://docs.discord.com/developers/events/gateway#resuming
        """
        if initial:
            return
        gathering = self._connection._ready_task
        if gathering and not isinstance(self, commands.AutoShardedBot):
            # It waits for servers of the session that ended. py-cord would cancel it at the next READY, and lose sight of its own next one.
            gathering.cancel()
        await asyncio.sleep(random.uniform(1.0, 5.0))

    async def guild(self, guild_id: int) -> discord.Guild | None:
        """The guild from the cache, with all that is known of it; None when it is not there. Only one that may come yet is waited for."""
        try:
            async with asyncio.timeout(GUILD_WAIT):
                while (guild := self.get_guild(guild_id)) is None or guild.unavailable:
                    if self.absence(guild_id) is not JUST_STARTED:
                        return None
                    await self.known_guilds.arrived.wait()
        except TimeoutError:
            return None
        await self.known_guilds.remember(guild)
        return guild

    def absence(self, guild_id: int) -> str:
        """The sentence that says why a guild is not there: the bot is not in it, Discord cannot serve it, or it has not come yet."""
        since = self.gateway_watch.ready_for((guild_id >> 22) % (self.shard_count or 1))
        if since is None:
            return JUST_STARTED
        if self.get_guild(guild_id) is None:
            return BOT_NOT_HERE
        return SERVER_AWAY if guild_id in self.known_guilds.outages or since > ALL_ARRIVED else JUST_STARTED

    def add_cog(self, cog: discord.Cog, *, override: bool = False) -> None:
        """Add a cog and its component handlers."""
        super().add_cog(cog, override=override)
        try:
            self.gate.add_cog(cog)
        except ValueError:
            self.remove_cog(cog.qualified_name)
            raise

    def remove_cog(self, name: str) -> discord.Cog | None:
        """Remove a cog and its component handlers."""
        self.gate.remove_cog(name)
        return super().remove_cog(name)

    def _load_from_module_spec(self, spec: ModuleSpec, key: str) -> None:
        """py-cord's step that runs a cog's code."""
        with loading_completely(self, key):
            super()._load_from_module_spec(spec, key)

    def await_end_of(self, tasks: Iterable[asyncio.Task[Any]]) -> None:
        """Take over tasks of an unloaded cog that are still ending."""
        for task in tasks:
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def ended(self, timeout: float = DRAIN) -> None:
        """Wait until what unloaded cogs left running has ended, or so many seconds have passed."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=timeout)

    async def run_until_stopped(self) -> None:
        """Live from login to a signal to end. Raises ExpectedStop."""
        on_signal_to_end(self.stop)
        try:
            self._load_cogs()
            await self._serve()
        except discord.PrivilegedIntentsRequired:
            await self._outlast(closed_for_good(4014))
        except discord.ConnectionClosed as closed:
            await self._outlast(closed_for_good(closed.code))
        finally:
            await self._shut_down()

    async def _outlast(self, end: ExpectedStop) -> NoReturn:
        """Raise `end`; where no restart would help, only after a while in which the probes and the log say why, or a signal."""
        if isinstance(end, LastingStop):
            self.refusal = str(end)
            announce(end)
            with suppress(TimeoutError):
                async with asyncio.timeout(LASTING_SECONDS):
                    await self._stop.wait()
        raise end from None

    def stop(self) -> None:
        """End the bot in good order: what a signal does."""
        self._stop.set()

    def _load_cogs(self) -> None:
        for name in self.cog_manager.names():
            if name in self.settings.disabled_cogs:
                continue
            try:
                self.load_extension(f"cogs.{name}")
            except discord.ExtensionFailed as error:
                if isinstance(error.original, ExpectedStop):
                    raise error.original from None
                raise

    async def _serve(self) -> None:
        """Serve whenever the shards are held, until something ends it."""
        wait_stop = asyncio.create_task(self._stop.wait(), name="stop")
        serving = asyncio.create_task(self._serve_while_held(), name="serving")
        try:
            await asyncio.wait({wait_stop, serving}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            wait_stop.cancel()
            # At the same moment, so that a successor misses as little as possible.
            await asyncio.gather(self._close_gateway(), self.slots.hand_over())
            serving.cancel()
            await asyncio.wait({serving, wait_stop})

    async def _serve_while_held(self) -> None:
        """Be connected while the shards are held, a standby otherwise."""
        while True:
            await self.slots.acquire()
            self._closed = False
            self.dispatch("shards_acquired")
            for loop in self.loops:
                loop.wake()
            if not await self._connected_while_held():
                return
            logger.warning("Left the gateway: another process may serve the shards")
            self._forget_connection()

    def _forget_connection(self) -> None:
        """Make py-cord ready for a connection like the first one."""
        self._ready.clear()
        self.gateway_watch.left()

    async def _connected_while_held(self) -> bool:
        """Return when the gateway was left: whether because the shards are lost.

        Raises what py-cord raises when the gateway was closed for good, and ExpectedStop.
        """
        self.silence.begin()
        gateway = asyncio.create_task(self.connect(), name="gateway")
        lost = asyncio.create_task(self.slots.lost(), name="shard slots lost")
        sync = asyncio.create_task(self._sync_until_done(), name="command sync")
        watch = asyncio.create_task(self.known_guilds.loop.run(), name="what channels allow")
        silence = asyncio.create_task(self.silence.loop.run(), name="silence watch")
        try:
            await asyncio.wait({gateway, lost}, return_when=asyncio.FIRST_COMPLETED)
            if gateway.done():
                gateway.result()
            if error := lost.done() and lost.exception():
                logger.opt(exception=error).error("The task that holds the shards failed")
                raise ExpectedStop("The shards could not be held any more because of an error of the bot's own. Stopping.") from error
        finally:
            pending = {gateway, lost, sync, watch, silence}
            while pending:
                # A cancellation that meets the end of py-cord's handshake is swallowed (asyncio.wait_for before Python 3.12).
                for task in pending:
                    task.cancel()
                _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN)
            await self._close_gateway()
            await _in_time([socket.close(code=1000) for socket in beating(self)])
        return lost.done() and not lost.cancelled()

    async def sync(self) -> int:
        """Register the commands of the loaded cogs at Discord and answer how many there are."""
        try:
            await self.sync_commands(force=True)
        except (discord.Forbidden, discord.NotFound):
            if self.settings.owner_guild_id is None:
                raise
            await self.sync_commands(force=True, register_guild_commands=False)
            logger.warning(
                "OWNER_GUILD_ID: /cog could not be registered in the server {}, which is not there or has not invited the bot. "
                "All other commands are registered",
                self.settings.owner_guild_id,
            )
            return sum(command.guild_ids is None for command in self.application_commands)
        return len(self.application_commands)

    async def _sync_until_done(self) -> None:
        if 0 not in self.held_shards:
            return  # the process with the first shard does it for all
        for pause in chain(SYNC_PAUSES, repeat(SYNC_PAUSES[-1])):
            try:
                await self.sync()
            except (discord.HTTPException, OSError, TimeoutError, aiohttp.ClientError) as error:
                logger.warning("The commands could not be registered at Discord ({!r}); trying again in {:.0f} s", error, pause)
                await asyncio.sleep(pause)
            else:
                logger.info("Commands registered at Discord")
                return

    async def _close_gateway(self) -> None:
        """Leave the gateway with 1000, so that Discord ends the session; REST stays open for the answers under way."""
        self._closed = True
        if isinstance(self, commands.AutoShardedBot):
            await _in_time([shard.disconnect() for shard in self.shards.values()])
        elif self.ws and self.ws.open:
            await _in_time([self.ws.close(code=1000)])

    async def _shut_down(self) -> None:
        """Finish what was sent, leave what is queued to the next process, and let go of everything."""
        await self.gate.drain(DRAIN)
        for name in sorted(self.cog_manager.loaded()):
            self.unload_extension(f"cogs.{name}")
        await self.ended()
        if gathering := self._connection._ready_task:  # py-cord waits 2 s for more guilds, and nobody waits for that any more
            gathering.cancel()
        await self.slots.release()
        await self.http.close()
        await self.rest.close()
        self._ready.clear()


async def _in_time(goodbyes: list[Coroutine[Any, Any, Any]]) -> None:
    """Say goodbye to the other side, which may be silent."""
    if goodbyes:
        await asyncio.wait(map(asyncio.ensure_future, goodbyes), timeout=GOODBYE)


class ShardedRolePanelBot(RolePanelBot, commands.AutoShardedBot):  # pyright: ignore[reportIncompatibleMethodOverride]
    """The same bot on several shards in one process."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """While the shards start, the 5 s between two sessions (max_concurrency); afterwards as with one shard."""
        if initial or self._connection.shards_launched.is_set():
            await super().before_identify_hook(shard_id, initial=initial)
        else:
            await asyncio.sleep(IDENTIFY_PAUSE)

    async def launch_shards(self) -> None:
        """py-cord asks for the gateway's address once, and would end the bot when that fails; nothing is launched yet then."""
        while True:
            try:
                return await super().launch_shards()
            except (discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
                logger.warning("Discord's gateway cannot be found ({!r}); trying again", error)
            await asyncio.sleep(GATEWAY_RETRY)

    def _forget_connection(self) -> None:
        super()._forget_connection()
        self._connection.shards_launched.clear()
        events: asyncio.PriorityQueue[Any] = self._AutoShardedClient__queue  # pyright: ignore[reportAttributeAccessIssue]
        while not events.empty():  # what a connection of before still asks for
            events.get_nowait()

    async def on_shard_connect(self, shard_id: int) -> None:
        """After an outage py-cord would come back to the bare resume address, without version and compression; without it, it asks anew."""
        if shard := self.get_shard(shard_id):
            shard._parent.ws.resume_gateway_url = None


async def make_bot(settings: Settings, database: Database) -> RolePanelBot:
    """Ask Discord who we are and how many shards it wants, and build the bot for that. To be called inside the running loop.

    Raises ExpectedStop when the token is wrong or Discord cannot be reached.
    """
    Route.API_BASE_URL = settings.discord_api_url + "/v{API_VERSION}"
    read_leniently()
    expect_acknowledgements()
    come_back_soon()
    with explained(settings.discord_api_url):
        application_id, count = await who_and_how_many(settings)
    shard_ids = sorted(settings.shard_ids if settings.shard_ids is not None else range(count))
    slots = ShardSlots(database.url, application_id, shard_ids, count)
    proxy = proxy_for(settings.discord_api_url)
    if count == 1:
        bot = RolePanelBot(settings, database, slots, proxy=proxy)
    elif len(shard_ids) == 1:
        bot = RolePanelBot(settings, database, slots, proxy=proxy, shard_id=shard_ids[0], shard_count=count)
    else:
        bot = ShardedRolePanelBot(settings, database, slots, proxy=proxy, shard_ids=shard_ids, shard_count=count)
    with explained(settings.discord_api_url):
        await log_in(bot, settings.discord_token.get_secret_value())
    if told := await application.ask(bot.rest):
        application.announce(told, members_intent=settings.members_intent)
        bot.owner_ids = bot.owner_ids or set(told.owner_ids)
    return bot
