"""What every cog of this bot is made of: its commands and listeners, and background work that ends with it."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from discord.ext import commands
from loguru import logger

from core import deeds
from core.loops import Loop

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class Cog(commands.Cog):
    """A cog that owns its background tasks: they stop on unload, and the bot waits for their end.

    `exchanges_cogs`: its handlers load and unload cogs, itself too, so that no exchange may wait for them.
    """

    exchanges_cogs = False

    def __init_subclass__(cls, *, name: str = "") -> None:
        """`name` is the package's; py-cord's metaclass has taken it already, this only declares it."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self.bot = bot
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` beside the cog until it ends or the cog is unloaded. A failure is logged once."""
        task = asyncio.create_task(work, name=name, context=deeds.apart())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, loop: Loop) -> None:
        """Run a loop as long as the cog is loaded, while this process holds shards."""
        self.bot.loops.add(loop)
        task = self.spawn(loop.run(lambda: bool(self.bot.held_shards)), loop.name)
        task.add_done_callback(lambda _: self.bot.loops.discard(loop))

    def cog_unload(self) -> None:
        """Stop what runs; py-cord calls this, and does not wait, so the bot is handed what is still ending."""
        for task in self._tasks:
            task.cancel()
        self.bot.await_end_of(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.opt(exception=error).error("The background task {} ended", task.get_name())
