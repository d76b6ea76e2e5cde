"""Loading, unloading and exchanging cogs while clicks go on."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import discord
from loguru import logger

from core.errors import UserError
from core.i18n import N_
from core.interactions import QUIESCE

if TYPE_CHECKING:
    from core.bot import RolePanelBot

ROOT = Path(__file__).parent.parent
RESTART_ONLY = ("bot.py", "domain", "core", "models", "migrations", "locales")

NO_SUCH_COG = N_("There is no cog named {name}. The cogs are: {names}.")
ALREADY_LOADED = N_("The cog {name} is loaded already.")
NOT_LOADED = N_("The cog {name} is not loaded.")
FAILED = N_("The cog {name} could not be loaded, so everything stays as it was: {reason}")


class Cogs:
    """The cogs that exist as packages in cogs/, and which of them are loaded. One change at a time."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self._lock = asyncio.Lock()
        self._at_start = _fingerprints()

    def names(self) -> list[str]:
        """The names of the cogs that exist, in order."""
        return sorted(path.parent.name for path in (ROOT / "cogs").glob("*/__init__.py"))

    def loaded(self) -> set[str]:
        """The names of those that are loaded."""
        return {extension.removeprefix("cogs.") for extension in self._bot.extensions}

    def changed_outside(self) -> list[str]:
        """Files changed since the start that a reload does not take up, only a restart."""
        now = _fingerprints()
        return sorted(name for name in self._at_start.keys() | now.keys() if self._at_start.get(name) != now.get(name))

    async def load(self, name: str) -> None:
        """Load a cog. Raises UserError with the reason when it cannot be."""
        async with self._one_change(name):
            if name in self.loaded():
                raise UserError(ALREADY_LOADED, name=name)
            async with self._bot.gate.paused(name):
                self._try(name, self._bot.load_extension)

    async def unload(self, name: str) -> None:
        """Unload a cog. What is quick in it ends before, what is slow behind it."""
        async with self._one_change(name):
            if name not in self.loaded():
                raise UserError(NOT_LOADED, name=name)
            async with self._bot.gate.paused(name):
                self._bot.unload_extension(f"cogs.{name}")
            await self._bot.ended(QUIESCE)

    async def reload(self, name: str) -> None:
        """Exchange a cog for what its files hold now; clicks that arrive meanwhile wait and go to the new one.

        What is slow in the old one ends behind it. Raises UserError with the reason when the new one cannot be loaded; the old one then
        goes on working.
        """
        async with self._one_change(name):
            if name not in self.loaded():
                raise UserError(NOT_LOADED, name=name)
            async with self._bot.gate.paused(name):
                self._try(name, self._bot.reload_extension)
            await self._bot.ended(QUIESCE)

    @asynccontextmanager
    async def _one_change(self, name: str) -> AsyncIterator[None]:
        """One after the other. Raises UserError when there is no such cog."""
        async with self._lock:
            self._check(name)
            yield

    def _check(self, name: str) -> None:
        if name not in self.names():
            raise UserError(NO_SUCH_COG, name=name, names=", ".join(self.names()))

    def _try(self, name: str, change: object) -> None:
        try:
            change(f"cogs.{name}")  # pyright: ignore[reportCallIssue]
        except discord.ExtensionError as error:
            reason = error.original if isinstance(error, discord.ExtensionFailed) else error
            logger.opt(exception=reason).warning("The cog {} could not be loaded", name)
            raise UserError(FAILED, name=name, reason=f"{type(reason).__name__}: {reason}") from error


@contextmanager
def loading_completely(bot: "RolePanelBot", extension: str) -> Iterator[None]:
    """Turn what py-cord does not take for a failed load into one: code that asks the process to exit, and a setup that adds no cog."""
    try:
        yield
    except SystemExit as error:
        sys.modules.pop(extension, None)
        bot._remove_module_references(extension)
        raise discord.ExtensionFailed(extension, RuntimeError(f"it asked the process to exit ({error})")) from error
    if not any(f"{type(cog).__module__}.".startswith(f"{extension}.") for cog in bot.cogs.values()):
        bot.unload_extension(extension)
        raise discord.ExtensionFailed(extension, RuntimeError("its setup added no cog; it must be a function, not a coroutine"))


def _fingerprints() -> dict[str, str]:
    found = (path for name in RESTART_ONLY for path in [ROOT / name, *(ROOT / name).rglob("*.p[yo]")])
    files = [path for path in found if path.is_file()]
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
