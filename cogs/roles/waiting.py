"""Roles that wait for their member: kept for one who left and may come back, or picked by one who has not passed screening yet.

Both are grants with `left_at` set: confirmed ones were held before, the others were never given. Needs the members intent.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord.http import Route
from loguru import logger
from tortoise.transactions import in_transaction

from cogs.roles.errands import ADMIT, RETURN, Errands, NoRoom
from core.facts import guild_facts
from core.rate_limits import RateLimited
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten
from domain.panels import Mode, PanelSpec, RoleSpec
from domain.role_safety import Problem, item_problem
from models import AuditEntry, AuditState, Panel, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class Waiting:
    """Sets roles aside and gives them when their member is there."""

    def __init__(self, bot: "RolePanelBot", errands: Errands) -> None:
        self._bot, self._errands = bot, errands

    async def arrived(self, guild: discord.Guild, user_id: int) -> None:
        """A member is in the guild and has passed its screening: give what waits for them."""
        waiting = RoleGrant.filter(guild_id=guild.id, user_id=user_id, left_at__isnull=False)
        for grant in await waiting.order_by("id"):
            try:
                await self._give(guild, grant)
            except (Uncertain, RateLimited, discord.HTTPException) as error:
                logger.info("Role {} of a member of guild {} waits on: {!r}", grant.role_id, guild.id, error)

    async def look(self) -> None:
        """Find those who came back, or passed screening, while nobody listened: one look-up at a time, at the pace of all look-ups."""
        for guild_id, user_id in await RoleGrant.filter(left_at__isnull=False).distinct().values_list("guild_id", "user_id"):
            guild = self._bot.get_guild(guild_id)
            if guild is None or guild.unavailable or not self._bot.serves(guild_id):
                continue
            await self._bot.pace.turn()
            if await self._is_in(guild_id, user_id):
                await self.arrived(guild, user_id)

    async def _is_in(self, guild_id: int, user_id: int) -> bool:
        route = Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=user_id)
        try:
            return not (await self._bot.rest.request(route)).get("pending")
        except (Uncertain, RateLimited, discord.HTTPException):
            return False  # not there, or not to be seen: the next look will tell

    async def _give(self, guild: discord.Guild, grant: RoleGrant) -> None:
        panel = await Panel.spec(grant.panel_id) if grant.panel_id else None
        kind = RETURN if grant.confirmed else ADMIT
        item = _item(panel, grant.role_id)
        if panel is None or item is None or not (panel.sticky if grant.confirmed else panel.wait_for_screening):
            await RoleGrant.filter(id=grant.id).delete()
            return
        own = next((role for role in panel.roles if role.role_id == grant.role_id), None)
        problem = item_problem(guild_facts(guild), item, own, grant.role_id)
        if problem is None and own and own.capacity_counts_all and await self._all_places_taken(grant, own):
            problem = Problem.FULL
        if problem:
            await self._refuse(kind, grant, panel, problem)
            return
        if kind == ADMIT:
            grant.granted_at = now = clock.now()
            grant.expires_at = now + timedelta(seconds=item.duration) if item.duration else None
            grant.item_id = own.item_id if own else None
        try:
            await self._errands.give(kind, grant, own.capacity if own else None)
        except NoRoom:
            await self._refuse(kind, grant, panel, Problem.FULL)

    async def _all_places_taken(self, grant: RoleGrant, own: RoleSpec) -> bool:
        """Where every holder counts, Discord's number of them decides."""
        if own.capacity is None:
            return False
        counts = await self._bot.rest.request(Route("GET", "/guilds/{guild_id}/roles/member-counts", guild_id=grant.guild_id))
        return counts.get(str(grant.role_id), 0) >= own.capacity

    async def _refuse(self, kind: str, grant: RoleGrant, panel: PanelSpec, problem: Problem) -> None:
        """Let go of a role that cannot be given, and say so in the log."""
        payload = {
            "panel_name": panel.name,
            "panel_title": panel.title,
            "refused": [{"role_id": grant.role_id, "problem": problem.value}],
        }
        async with in_transaction() as db:
            if not await RoleGrant.filter(id=grant.id, left_at__isnull=False).using_db(db).delete():
                return
            await AuditEntry.record(
                grant.guild_id,
                kind,
                clock.now(),
                target_id=grant.user_id,
                panel_id=panel.panel_id,
                payload=payload,
                state=AuditState.REFUSED,
                using_db=db,
            )
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(grant.guild_id))


async def postpone(panel: PanelSpec, user_id: int, role_ids: tuple[int, ...]) -> None:
    """Set aside what somebody picked who has not passed screening; where only one may be held, in place of an earlier pick."""
    now = clock.now()
    fields = {"guild_id": panel.guild_id, "user_id": user_id, "panel_id": panel.panel_id}
    async with in_transaction() as db:
        if panel.mode is Mode.UNIQUE:
            await RoleGrant.filter(**fields, confirmed=False, left_at__isnull=False).using_db(db).delete()
        made = [RoleGrant(**fields, role_id=role_id, granted_at=now, left_at=now) for role_id in role_ids]
        await RoleGrant.bulk_create(made, ignore_conflicts=True, using_db=db)


def _item(panel: PanelSpec | None, role_id: int) -> RoleSpec | None:
    """What on the panel gives this role: the role itself, else something it is bundled with."""
    items = panel.roles if panel else ()
    own = next((item for item in items if item.role_id == role_id), None)
    return own or next((item for item in items if role_id in item.bundle), None)
