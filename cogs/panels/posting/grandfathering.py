"""What stood on panels before the guard looked at channels keeps working: it is looked at once, noted, and told to the admins."""

import discord
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from core.bot import RolePanelBot
from core.facts import guild_facts
from core.i18n import N_
from core.loops import Loop
from domain import clock
from domain.events import AuditWritten, PanelChanged
from domain.role_safety import GuildFacts
from models import AuditEntry, Panel, PanelRole

GRANDFATHERED = "panel.grandfathered"


class Grandfathering:
    """Notes which power the roles of older panels had unnoticed, so that what is added later is asked about."""

    def __init__(self, bot: RolePanelBot) -> None:
        self._bot = bot
        self.loop = Loop(N_("Looking at the roles of older panels"), self._look)

    async def _look(self) -> None:
        """Look at what was not looked at, whenever a guild arrives."""
        waiting: dict[int, list[int]] = {}
        for guild_id, panel_id in await PanelRole.older_than_the_guard():
            waiting.setdefault(guild_id, []).append(panel_id)
        for guild_id, panel_ids in waiting.items():
            guild = self._bot.get_guild(guild_id)
            if guild and not guild.unavailable and self._bot.serves(guild_id) and not self.loop.is_aside(guild_id):
                with self.loop.item(guild_id, guild_id):
                    await self._note(guild, panel_ids)

    async def _note(self, guild: discord.Guild, panel_ids: list[int]) -> None:
        """Write down what the guard sees now in each role that comes with an old item, in one entry for the whole guild."""
        await self._bot.known_guilds.remember(guild)
        facts = guild_facts(guild)
        noticed: dict[int, int] = {}
        async with in_transaction() as db:
            versions = dict(await Panel.filter(id__in=panel_ids).using_db(db).values_list("id", "version"))
            for panel_id in versions:
                # An item that cannot be read keeps its NULL, and with it what the guard let pass before.
                with self.loop.item(guild.id, (guild.id, panel_id)):
                    noticed |= await _note_panel(panel_id, facts, db)
            if noticed:
                payload = {"grandfathered": {str(role_id): bits for role_id, bits in noticed.items()}}
                await AuditEntry.record(guild.id, GRANDFATHERED, clock.now(), payload=payload, using_db=db)
        for panel_id, version in versions.items():  # nothing that is shown changes, but what others remember of it is older
            self._bot.dispatch(PanelChanged.NAME, PanelChanged(guild.id, panel_id, version))
        if noticed:
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(guild.id))


async def _note_panel(panel_id: int, facts: GuildFacts, db: BaseDBAsyncClient) -> dict[int, int]:
    """Write down what is seen in the old items of one panel; the power that is."""
    roles = await PanelRole.filter(panel_id=panel_id).using_db(db)
    confirmed = {role.role_id: role.confirmed_permissions for role in roles}
    found = {role.id: _unnoticed(role, confirmed, facts) for role in roles if role.grandfathered is None}
    for item_id, power in found.items():
        await PanelRole.filter(id=item_id).using_db(db).update(grandfathered=power)
    return {role_id: bits for power in found.values() for role_id, bits in power.items()}


def _unnoticed(role: PanelRole, confirmed: dict[int, int], facts: GuildFacts) -> dict[int, int]:
    """The power of the roles that come with an item which nobody confirmed and the guard did not see before."""
    found = {
        role_id: facts.roles[role_id].overlooked_power & ~confirmed.get(role_id, 0)
        for role_id in (role.role_id, *role.bundle_role_ids)
        if role_id in facts.roles
    }
    return {role_id: bits for role_id, bits in found.items() if bits}
