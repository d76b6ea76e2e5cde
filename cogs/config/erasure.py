"""Forgetting guilds: at an admin's word at once, and some time after the bot was removed."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from loguru import logger
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from core.cog import outlasted
from domain import clock
from domain.events import PanelChanged
from models import AuditEntry, Draft, GuildConfig, Panel, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

KEPT = timedelta(days=30)  # after the bot was removed, so that adding it again brings everything back
LOOK_SECONDS = 3600.0
DATABASE_PAUSE = 5.0  # seconds
# Every table that names a guild; what belongs to a panel goes with it.
TABLES = (AuditEntry, Draft, RoleGrant, Panel, GuildConfig)

# The audit table is large; its index is walked from guild to guild instead of row by row.
_STORED_GUILDS = """
WITH RECURSIVE audited AS (
    (SELECT guild_id FROM audit_entry ORDER BY guild_id LIMIT 1)
    UNION ALL
    SELECT (SELECT guild_id FROM audit_entry WHERE guild_id > audited.guild_id ORDER BY guild_id LIMIT 1) FROM audited
    WHERE audited.guild_id IS NOT NULL
)
SELECT guild_id FROM audited WHERE guild_id IS NOT NULL
UNION SELECT guild_id FROM guild_config
UNION SELECT guild_id FROM panel
UNION SELECT guild_id FROM role_grant
UNION SELECT guild_id FROM draft
"""


class Erasure:
    """Knows which guilds the bot left, and erases what is stored for them."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """The bot left a guild, or came back."""
        self._woken.set()

    async def erase(self, guild_id: int) -> None:
        """Erase everything that is stored for a guild."""
        async with in_transaction() as db:
            panels = await Panel.filter(guild_id=guild_id).using_db(db).only("id")
            for table in TABLES:
                await table.filter(guild_id=guild_id).using_db(db).delete()
        logger.info("Everything stored for guild {} was erased", guild_id)
        for panel in panels:
            self._bot.dispatch(PanelChanged.NAME, PanelChanged(guild_id, panel.id, None))

    async def run(self) -> None:
        """Notice departures, also those while offline, and forget those of long ago, until cancelled."""
        await self._bot.wait_until_ready()
        while True:
            self._woken.clear()
            pause = DATABASE_PAUSE
            with outlasted("the look for guilds to be forgotten"):
                await self.look()
                pause = LOOK_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def look(self) -> None:
        """Compare the guilds that something is stored for with those that the bot is in."""
        rows = await get_connection("default").execute_query_dict(_STORED_GUILDS)
        left = dict(await GuildConfig.filter(left_at__isnull=False).values_list("guild_id", "left_at"))
        for guild_id in (row["guild_id"] for row in rows if self._bot.serves(row["guild_id"])):
            if self._bot.get_guild(guild_id):
                if guild_id in left:
                    await GuildConfig.filter(guild_id=guild_id).update(left_at=None)
            elif guild_id not in left:
                await self._note_departure(guild_id)
            elif left[guild_id] <= clock.now() - KEPT:
                await self.erase(guild_id)

    async def _note_departure(self, guild_id: int) -> None:
        await GuildConfig.bulk_create([GuildConfig(guild_id=guild_id)], ignore_conflicts=True)
        await GuildConfig.filter(guild_id=guild_id, left_at__isnull=True).update(left_at=clock.now())
        logger.info("The bot is no longer in guild {}; what is stored for it is erased in {} days", guild_id, KEPT.days)
