"""The cog that runs the outbox while it is loaded."""

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from cogs.audit.outbox import Outbox
from core.cog import Cog
from domain.events import AuditWritten

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class AuditCog(Cog, name="audit"):
    """Wakes the outbox; what it misses, the outbox finds by itself."""

    def __init__(self, bot: "RolePanelBot", outbox: Outbox) -> None:
        super().__init__(bot)
        self._outbox = outbox
        self.keep(outbox.loop)

    @commands.Cog.listener()
    async def on_audit_written(self, event: AuditWritten) -> None:
        """An entry waits in this guild."""
        self._outbox.wake(event.guild_id)

    @commands.Cog.listener()
    async def on_shards_acquired(self) -> None:
        """This process serves guilds from now on: look for what an earlier one left."""
        self._outbox.look_around()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """The guild's language and channels are known now."""
        self._outbox.wake(guild.id)
