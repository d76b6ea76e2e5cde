"""OwnerService: what the owner's commands do and report, whichever way they came."""

from typing import TYPE_CHECKING, Any

import discord
from loguru import logger

from core.errors import UserError, is_database_away
from core.i18n import N_, Translator
from core.markup import Markup, clipped, code
from domain import clock
from domain.events import AuditWritten
from models import AuditEntry

if TYPE_CHECKING:
    from core.bot import RolePanelBot

OWN_NAME = "owner"
MESSAGE_MAX = 2000
NOT_ITSELF = N_("The cog `owner` cannot be unloaded: nothing could load it again. It can be reloaded.")
SYNC_FAILED = N_("Discord did not take the commands: {reason}")


class OwnerService:
    """Each method does one thing and returns the report. Raises UserError with the reason when it could not be done."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot

    def overview(self, t: Translator) -> Markup:
        """All cogs, which of them are loaded, and what needs a restart."""
        loaded = self._bot.cog_manager.loaded()
        lines = [
            t("🟢 {name} is loaded", name=code(name)) if name in loaded else t("⚪ {name} is not loaded", name=code(name))
            for name in self._bot.cog_manager.names()
        ]
        return _fit(lines + self._restart_note(t))

    async def load(self, name: str, actor_id: int, t: Translator) -> Markup:
        """Load a cog that is not loaded."""
        before = self._commands()
        await self._bot.cog_manager.load(name)
        await self._record("owner.load", name, actor_id)
        return _fit([t("Loaded {name}.", name=code(name)), *self._notes(before, t)])

    async def unload(self, name: str, actor_id: int, t: Translator) -> Markup:
        """Unload a cog; this one refuses."""
        if name == OWN_NAME:
            raise UserError(NOT_ITSELF)
        await self._bot.cog_manager.unload(name)
        await self._record("owner.unload", name, actor_id)
        return t("Unloaded {name}. Until it is loaded again, its buttons and commands answer that they are switched off.", name=code(name))

    async def reload(self, name: str, actor_id: int, t: Translator) -> Markup:
        """Exchange a cog for what its files hold now."""
        before = self._commands()
        await self._bot.cog_manager.reload(name)
        await self._record("owner.reload", name, actor_id)
        return _fit([t("Reloaded {name}.", name=code(name)), *self._notes(before, t)])

    async def sync(self, actor_id: int, t: Translator) -> Markup:
        """Register the commands of the loaded cogs at Discord."""
        try:
            count = await self._bot.sync()
        except (discord.HTTPException, OSError, TimeoutError) as error:
            raise UserError(SYNC_FAILED, reason=str(error) or type(error).__name__) from error
        await self._record("owner.sync", None, actor_id)
        return t.plural("{n} command is registered at Discord now.", "{n} commands are registered at Discord now.", count)

    def _commands(self) -> dict[str, Any]:
        """The commands as Discord would be told of them."""
        known = [*self._bot.pending_application_commands, *self._bot.application_commands]
        return {command.name: command.to_dict() for command in known}

    def _notes(self, before: dict[str, Any], t: Translator) -> list[Markup]:
        changed = [t("Its commands are different from before: use `sync` to tell Discord.")] if self._commands() != before else []
        return changed + self._restart_note(t)

    def _restart_note(self, t: Translator) -> list[Markup]:
        files = self._bot.cog_manager.changed_outside()
        if not files:
            return []
        return [t("These files changed since the start and need a restart: {files}", files=Markup(", ").join(map(code, files)))]

    async def _record(self, kind: str, cog: str | None, actor_id: int) -> None:
        """Log it, and write it into the record of the owner's own guild if there is one."""
        logger.info("{} {} by {}", kind, cog or "", actor_id)
        guild_id = self._bot.settings.owner_guild_id
        if guild_id is None:
            return
        try:
            await AuditEntry.record(guild_id, kind, clock.now(), actor_id=actor_id, payload={"cog": cog} if cog else {})
        except Exception as error:
            # These commands are for the day when something is broken, the database perhaps.
            if not is_database_away(error):
                raise
            logger.warning("{} is not in the audit table: the database is away", kind)
        else:
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))


def _fit(lines: list[Markup]) -> Markup:
    return clipped(Markup("\n").join(lines), MESSAGE_MAX)
