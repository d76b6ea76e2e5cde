"""Forgetting guilds: at an admin's word at once, and some time after the bot was removed."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from loguru import logger
from tortoise.transactions import in_transaction

from cogs.config.receipts import tell_pending
from core.facts import guild_facts
from core.i18n import N_
from core.loops import Loop
from domain import clock
from domain.events import AuditWritten, ErasureBegun, GrantsDue, PanelChanged
from domain.role_safety import change_problem
from models import AuditEntry, Draft, ErasureReceipt, GuildConfig, Panel, RoleGrant, SeenChannelPower

if TYPE_CHECKING:
    from core.bot import RolePanelBot

KEPT = timedelta(days=30)  # after the bot was removed, so that adding it again brings everything back
LOOK_SECONDS = 3600.0
LAST_WORD_AGAIN = 30.0  # seconds until what could not be posted is tried again
ENDING_SECONDS = 600.0  # that ending temporary roles may take: the answer's token lives for fifteen minutes
STALLED_SECONDS = 15.0  # without an end of one, after which the others are taken not to end; Discord takes ten changes in ten seconds
# Every table that names a guild, but for the receipts; what belongs to a panel goes with it.
TABLES = (AuditEntry, Draft, RoleGrant, Panel, GuildConfig, SeenChannelPower)


class Erasure:
    """Knows which guilds the bot left, and erases what is stored for them."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self.loop = Loop(N_("Forgetting servers that the bot has left"), self.look)

    async def come_to_an_end(self, guild: discord.Guild) -> None:
        """End the temporary roles of a guild and let what waits in its line be refused.

        Returns when nothing is left that can be ended, or when nothing moves any more.
        """
        running = RoleGrant.filter(guild_id=guild.id, expires_at__isnull=False)
        loop = asyncio.get_running_loop()
        deadline, left = loop.time() + ENDING_SECONDS, -1
        while loop.time() < deadline:
            settled = asyncio.ensure_future(self._bot.wait_for(AuditWritten.NAME, check=lambda event: event.guild_id == guild.id))
            await asyncio.sleep(0)  # lets it begin to listen
            try:
                await running.filter(confirmed=True, expires_at__gt=clock.now()).update(expires_at=clock.now())
                facts = guild_facts(guild)
                count = sum([change_problem(facts, grant.role_id) is None for grant in await running.only("id", "role_id")])
                count += await AuditEntry.unsettled().filter(guild_id=guild.id, kind__startswith="roles.").count()
                if not count:
                    return
                self._bot.dispatch(GrantsDue.NAME, GrantsDue(guild.id))
                self._bot.dispatch(ErasureBegun.NAME, ErasureBegun(guild.id))
                moved, left = count != left, count
                done, _ = await asyncio.wait({settled}, timeout=STALLED_SECONDS)
                if not done and not moved:
                    return
            finally:
                settled.cancel()

    async def erase(self, guild_id: int, actor_id: int | None = None) -> list[RoleGrant]:
        """Erase everything that is stored for a guild, but for a receipt; the answer is the temporary roles that stay with their members.

        `actor_id` is who asked for it. Where nobody did, the bot is not in the guild any more, and earlier receipts go, too.
        """
        async with in_transaction() as db:
            # Of each row only what is needed: what is erased need not be readable.
            config = await GuildConfig.filter(guild_id=guild_id).using_db(db).only("guild_id", "audit_channel_id", "locale").first()
            panels = [panel.id for panel in await Panel.filter(guild_id=guild_id).using_db(db).only("id")]
            running = RoleGrant.filter(guild_id=guild_id, confirmed=True, expires_at__isnull=False, left_at__isnull=True)
            stay = await running.using_db(db).only("id", "user_id", "role_id")
            earlier = await ErasureReceipt.filter(guild_id=guild_id).using_db(db).values_list("panels_up_to", flat=True)
            receipt = ErasureReceipt(
                guild_id=guild_id,
                actor_id=actor_id,
                erased_at=clock.now(),
                panels=len(panels),
                entries=0,
                temporary_roles=len(stay),
                panels_up_to=max([*panels, *earlier], default=0),
                audit_channel_id=config.audit_channel_id if config and actor_id else None,
                locale=config.locale if config and actor_id else None,
            )
            if actor_id is None:
                await ErasureReceipt.filter(guild_id=guild_id).using_db(db).delete()
            for table in TABLES:
                deleted = await table.filter(guild_id=guild_id).using_db(db).delete()
                if table is AuditEntry:
                    receipt.entries = deleted
            if actor_id or receipt.panels_up_to:
                await receipt.save(using_db=db)
        logger.info(
            "Everything stored for guild {} was erased by {}: {} panels, {} entries of the log",
            guild_id,
            f"user {actor_id}" if actor_id else "the bot, which left it",
            receipt.panels,
            receipt.entries,
        )
        for panel_id in panels:
            self._bot.dispatch(PanelChanged.NAME, PanelChanged(guild_id, panel_id, None))
        self.loop.wake()
        return stay

    async def look(self) -> float:
        """Notice departures, also those while offline, and forget those of long ago; the seconds until the next look."""
        await self._bot.wait_until_ready()
        departures = GuildConfig.filter(left_at__isnull=False)
        left = set(await departures.values_list("guild_id", flat=True))
        long_ago = set(await departures.filter(left_at__lte=clock.now() - KEPT).values_list("guild_id", flat=True))
        for guild_id in filter(self._bot.serves, await GuildConfig.stored_guilds()):
            if not self.loop.is_aside(guild_id):
                with self.loop.item(guild_id, guild_id):
                    await self._look_at(guild_id, guild_id in left, guild_id in long_ago)
        return LAST_WORD_AGAIN if await tell_pending(self._bot, self.loop) else LOOK_SECONDS

    async def _look_at(self, guild_id: int, left: bool, long_ago: bool) -> None:
        if self._bot.get_guild(guild_id):
            if left:
                await GuildConfig.filter(guild_id=guild_id).update(left_at=None)
        elif not left:
            await self._note_departure(guild_id)
        elif long_ago:
            await self.erase(guild_id)

    async def _note_departure(self, guild_id: int) -> None:
        await GuildConfig.bulk_create([GuildConfig(guild_id=guild_id)], ignore_conflicts=True)
        await GuildConfig.filter(guild_id=guild_id, left_at__isnull=True).update(left_at=clock.now())
        logger.info("The bot is no longer in guild {}; what is stored for it is erased in {} days", guild_id, KEPT.days)
