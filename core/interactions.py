"""The one gate that every interaction passes: routing, acknowledgement in time, reloads in progress, and the error boundary.

What a cog handles it declares with the decorators of `core/handlers.py`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import discord
from loguru import logger

from core import claims, deeds, errors
from core.answer import Acknowledgement, Answer, TooLate
from core.clicked import clicked, flags
from core.components import IS_COMPONENTS_V2, text_message
from core.handlers import Press, Registered, declared
from core.i18n import translator
from core.invalid_requests import HeldBack
from core.punctuality import Punctuality
from core.rest import NotServing
from core.watchdog import DEFERRABLE, WATCHDOG, Watchdog
from domain.custom_id import CustomId, ForeignCustomId, decode

if TYPE_CHECKING:
    from core.bot import RolePanelBot

SEEN_MAX = 10_000  # interactions and messages that are remembered
QUIESCE = 1.0  # seconds that an exchange waits for what is under way in the cog; what takes longer ends behind it


class Gate:
    """Routes interactions to the cogs and sees to it that each is answered once, in time."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self._handlers: dict[str, Registered] = {}
        self._running: dict[str, set[asyncio.Task[Any]]] = {}
        self._reloading: dict[str, asyncio.Event] = {}
        self._answers: dict[int, Answer] = {}
        self._handling: set[asyncio.Task[Any]] = set()
        self._stopped = False
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._punctuality = Punctuality()
        # Interactions that a cog works on, also behind their answer: known here, so that the cog's successor leaves them alone.
        self.under_way: set[int] = set()
        # One for each (guild, member) whose roles a cog is changing, known here for the same reason.
        self.member_locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def add_cog(self, cog: discord.Cog) -> None:
        """Take up the handlers that a cog declares. Raises ValueError when a verb is taken."""
        for name in dir(type(cog)):
            declared = getattr(getattr(type(cog), name, None), "__component__", None)
            if declared is None:
                continue
            verb, acknowledgement, wide = declared
            if verb in self._handlers:
                raise ValueError(f"the verb {verb!r} is handled by the cog {self._handlers[verb].cog!r} already")
            self._handlers[verb] = Registered(cog.qualified_name, getattr(cog, name), acknowledgement, wide)

    def remove_cog(self, name: str) -> None:
        """Forget the handlers of a cog."""
        self._handlers = {verb: entry for verb, entry in self._handlers.items() if entry.cog != name}

    def verbs(self) -> dict[str, str]:
        """The verbs that are handled now, each with its cog."""
        return {verb: entry.cog for verb, entry in self._handlers.items()}

    @asynccontextmanager
    async def paused(self, cog: str) -> AsyncIterator[None]:
        """Hold what arrives for a cog while it is exchanged; what is under way in it is waited for a moment."""
        over = self._reloading.setdefault(cog, asyncio.Event())
        try:
            running = self._running.get(cog)
            # Those who ask for exchanges wait for each other already.
            if running and not getattr(self._bot.get_cog(cog), "exchanges_cogs", False):
                await asyncio.wait(running, timeout=QUIESCE)
            yield
        finally:
            self._reloading.pop(cog, None)
            over.set()

    async def drain(self, timeout: float) -> None:
        """Take no new interaction, and wait up to `timeout` seconds for those under way."""
        self._stopped = True
        if self._handling:
            await asyncio.wait(self._handling, timeout=timeout)

    def answer_of(self, interaction: discord.Interaction) -> Answer:
        """The answer of an interaction that is being handled."""
        return self._answers[interaction.id]

    async def handle(self, interaction: discord.Interaction) -> None:
        """Handle one interaction from arrival to answer. Never raises."""
        if self._stopped or self._bot.slots.lapsed or self.came_before(interaction.id):
            return
        late_by = self._punctuality.late_by(interaction.id)
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        self._handling.add(task)
        decoded = _decoded(interaction)
        answer = self._answers[interaction.id] = Answer(
            self._bot.rest,
            interaction.id,
            interaction.application_id,
            interaction.token,
            self._acknowledgement(interaction, decoded),
            translator(interaction.locale, self._bot.settings.default_locale),
            age=self._punctuality.age(late_by),
            on_taken=lambda: self._punctuality.answered(late_by),
            on_components=bool(flags(clicked(interaction)) & IS_COMPONENTS_V2),
        )
        watchdog = Watchdog(answer)
        try:
            await self._guarded(interaction, answer, decoded)
        finally:
            watchdog.stop()
            self._answers.pop(interaction.id, None)
            self._handling.discard(task)

    def came_before(self, snowflake: int) -> bool:
        """Whether this interaction or message did. A gateway may deliver twice, after a RESUME for example; nothing may be done twice."""
        if snowflake in self._seen:
            logger.info("{} was delivered again", snowflake)
            return True
        self._seen[snowflake] = None
        if len(self._seen) > SEEN_MAX:
            self._seen.popitem(last=False)
        return False

    async def _guarded(self, interaction: discord.Interaction, answer: Answer, decoded: CustomId | None) -> None:
        """The error boundary."""

        def check() -> None:
            answer.check()
            if self._bot.slots.lapsed:
                raise NotServing(f"interaction {interaction.id}")

        with deeds.counted(check) as done:
            await self._guard(interaction, answer, decoded, done)

    async def _guard(self, interaction: discord.Interaction, answer: Answer, decoded: CustomId | None, done: deeds.Deeds) -> None:
        for first in (True, False):
            try:
                if (answer.age >= WATCHDOG or self._bot.slots.doubtful) and answer.acknowledgement in DEFERRABLE:
                    # Before anything is done: perhaps Discord takes no answer any more, or another process owns it.
                    await answer.defer()
                    if not await self._bot.slots.certain():
                        raise NotServing(f"interaction {interaction.id}")
                await self._expect_guild(interaction, answer)
                await self._route(interaction, answer, decoded)
                if not answer.settled:
                    raise RuntimeError("the handler ended without an answer")
            except Exception as raised:  # noqa: BLE001 - the one error boundary
                error = raised.original if isinstance(raised, discord.ApplicationCommandInvokeError) else raised
                if first and isinstance(error, TooLate) and answer.fresh and not done.count:
                    continue  # the process stood still before anything was begun: ask Discord, and begin anew if it is not too late
                await self._tell(interaction, answer, error, done)
            return

    async def _expect_guild(self, interaction: discord.Interaction, answer: Answer) -> None:
        """Raise UserError that says why the guild is not there: then nothing can be judged, and nothing is done."""
        guild_id = interaction.guild_id
        if guild_id is not None and (permissions := claims.permissions_in_channels(interaction.data)):
            self._bot.known_guilds.tell(guild_id, permissions)
        if guild_id is None or answer.acknowledgement is Acknowledgement.AUTOCOMPLETE:
            return
        guild = self._bot.get_guild(guild_id)
        if (guild is None or guild.unavailable) and await self._bot.guild(guild_id) is None:
            raise errors.UserError(self._bot.absence(guild_id))

    async def _tell(self, interaction: discord.Interaction, answer: Answer, error: Exception, done: deeds.Deeds) -> None:
        if not done.count:
            answer.inheritable = False  # nothing of it was stored
        if isinstance(error, TooLate) and await answer.waits_for_word():
            # It was acknowledged after all, while the process stood still: whoever waits behind "thinking…" hears something.
            error = errors.UserError(errors.TOO_SLOW)
        if isinstance(error, TooLate) or (isinstance(error, NotServing) and answer.fresh and not done.count):
            logger.info("Interaction {} could no longer be answered", interaction.id)
            return
        away = errors.is_database_away(error)
        if isinstance(error, errors.UserError):
            told = error.payload(answer.t)
        elif isinstance(error, HeldBack):
            told = errors.held_back(error).payload(answer.t)
        elif isinstance(error, discord.CheckFailure):
            told = text_message(answer.t(errors.NOT_ALLOWED))
        elif away:
            logger.info("Interaction {} failed for the database's sake: {}", interaction.id, type(error).__name__)  # which is told once
            told = errors.database_away(done, error).payload(answer.t)
        else:
            error_id = errors.new_error_id()
            logger.opt(exception=error).error("Error {} while handling interaction {}", error_id, interaction.id)
            told = text_message(answer.t(errors.UNEXPECTED, error_id=error_id))
        try:
            if answer.dead:
                logger.info("Interaction {} could no longer be answered", interaction.id)
            elif answer.acknowledgement is Acknowledgement.AUTOCOMPLETE:
                await answer.choices([])
            elif answer.answered:
                await answer.notice(told)
            elif away and answer.inheritable and not answer.fresh:
                await answer.leave_word(told)
            else:
                await answer.send(told)
        except Exception as second:  # noqa: BLE001 - nobody is above the boundary to tell
            logger.warning("Interaction {} could not be told of its failure: {!r}", interaction.id, second)

    async def _route(self, interaction: discord.Interaction, answer: Answer, decoded: CustomId | None) -> None:
        if interaction.type in (discord.InteractionType.application_command, discord.InteractionType.auto_complete):
            await self._route_command(interaction, answer)
        elif decoded is None:
            raise errors.UserError(errors.OUTDATED)
        else:
            await self._route_component(interaction, answer, decoded)

    async def _route_component(self, interaction: discord.Interaction, answer: Answer, decoded: CustomId) -> None:
        entry = await self._settled(lambda: self._handlers.get(decoded.verb), lambda found: found.cog)
        if entry is None:
            raise errors.UserError(errors.SWITCHED_OFF)
        if interaction.type is discord.InteractionType.modal_submit and entry.acknowledgement is Acknowledgement.MODAL:
            raise errors.Vanished(errors.OUTDATED)  # no form opens another one
        answer.acknowledgement = entry.acknowledgement
        args, shown = claims.arguments(decoded.args, entry.wide), decoded.shown
        claims.arguments(() if shown is None else (shown,), ())
        await self._run(entry.cog, entry.handler(Press(interaction, answer, args, shown)))

    async def _route_command(self, interaction: discord.Interaction, answer: Answer) -> None:
        command = await self._settled(lambda: self._command(interaction), lambda found: found.cog.qualified_name)
        if command is None:
            raise errors.UserError(errors.SWITCHED_OFF)
        leaf, options = claims.leaf(command, interaction.data)
        if interaction.type is discord.InteractionType.auto_complete:
            await self._run(command.cog.qualified_name, self._complete(interaction, answer, leaf, options))
        else:
            claims.check_command(leaf, options, interaction.data)
            answer.acknowledgement = declared(leaf)
            await self._run(command.cog.qualified_name, self._invoke(interaction, command))

    async def _invoke(self, interaction: discord.Interaction, command: Any) -> None:
        context: Any = await self._bot.get_application_context(interaction)
        interaction.command = command
        if not await self._bot.can_run(context, call_once=True):
            raise discord.CheckFailure
        await command.invoke(context)

    async def _complete(self, interaction: discord.Interaction, answer: Answer, command: Any, options: list[Any]) -> None:
        """Call the autocomplete function of the focused option. (py-cord's own way cancels one person's request by another's.)"""
        focused = next((given for given in options if given.get("focused")), None)
        known: list[Any] = command.options if isinstance(command, discord.SlashCommand) else []
        option = next((one for one in known if focused and one.name == focused.get("name")), None)
        if focused is None or option is None or option.autocomplete is None or not isinstance(focused.get("value"), str):
            await answer.choices([])
            return
        context: Any = await self._bot.get_autocomplete_context(interaction)
        context.command, context.focused, context.value = command, option, claims.cleaned(focused["value"])
        context.options = {given.get("name"): given.get("value") for given in options}
        choices: Any = await option.autocomplete(command.cog, context)
        await answer.choices([choice.to_dict() for choice in choices])

    async def _settled(self, find: Callable[[], Any], cog_of: Callable[[Any], str]) -> Any:
        """What handles an interaction, once no exchange that concerns it is going on."""
        while True:
            found = find()
            waiting = [self._reloading[cog_of(found)]] if found and cog_of(found) in self._reloading else []
            if not found:
                waiting = list(self._reloading.values())
            if not waiting:
                return found
            await asyncio.gather(*(event.wait() for event in waiting))

    async def _run(self, cog: str, work: Awaitable[None]) -> None:
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        running = self._running.setdefault(cog, set())
        running.add(task)
        try:
            await work
        finally:
            running.discard(task)

    def _command(self, interaction: discord.Interaction) -> Any:
        data: Any = interaction.data or {}
        kinds = {1: discord.SlashCommand | discord.SlashCommandGroup, 2: discord.UserCommand, 3: discord.MessageCommand}
        kind = kinds.get(data.get("type", 1))
        named = (c for c in self._bot.pending_application_commands + self._bot.application_commands if c.name == data.get("name"))
        return next((c for c in named if kind and isinstance(c, kind) and c.cog), None)

    def _acknowledgement(self, interaction: discord.Interaction, decoded: CustomId | None) -> Acknowledgement:
        if interaction.type is discord.InteractionType.auto_complete:
            return Acknowledgement.AUTOCOMPLETE
        if interaction.type is discord.InteractionType.application_command:
            return declared(claims.leaf(self._command(interaction), interaction.data)[0])
        entry = self._handlers.get(decoded.verb) if decoded else None
        return entry.acknowledgement if entry else Acknowledgement.REPLY


def _decoded(interaction: discord.Interaction) -> CustomId | None:
    """What a component or form of ours means; None for everything else."""
    try:
        return decode(str(interaction.custom_id))
    except ForeignCustomId:
        return None
