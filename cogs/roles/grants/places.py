"""Whether limited roles have room: Discord's own count where every holder counts, and places whose holders are gone.

Without the members intent nobody tells when a member leaves or loses a role. So holders are looked at one by one in the background,
and some of them before anybody is told that a role is full.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import discord
from discord.http import Route
from loguru import logger
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from cogs.roles.change.applier import look
from core.calls import RateLimited
from core.errors import UserError, held_back
from core.i18n import N_
from core.invalid_requests import HeldBack
from core.loops import Loop
from core.rest import Uncertain
from core.shelf import MEBIBYTE, Shelf
from domain import clock
from domain.grants import Grant
from domain.panels import PanelSpec, RoleSpec
from models import PanelRole, RoleGrant
from models.claim import HolderCount

if TYPE_CHECKING:
    from core.bot import RolePanelBot

COUNT_LIFE = timedelta(seconds=10)  # how long Discord's count is used, together with what was given since
SEEN_LIFE = timedelta(minutes=1)  # for how long a holder that was seen need not be looked at again
UNCONFIRMED_LIFE = timedelta(minutes=15)  # after that nobody works on the click any more
SEEN_MAX = 10_000
PORTION = 100  # holders that are read at once
COUNTS_MAX = MEBIBYTE
ROUND_PAUSE = 600.0  # seconds between two rounds
LOOKED_AT = ("id", "guild_id", "user_id", "role_id", "confirmed", "granted_at")
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)  # before which nothing can have been given
LOOKS = 10  # holders that are looked at before a member is told "full" …
LOOK_SECONDS = 3.0  # … for so long at most
NOT_COUNTED = N_("Discord did not say how many members have this role, so nothing was changed. Please try again in a moment.")


Counts = Shelf[int, tuple[datetime, dict[int, HolderCount]]]  # by guild


def counts_weight(found: tuple[datetime, dict[int, HolderCount]]) -> int:
    """About how many bytes of memory the counts of a guild take."""
    return 500 + 250 * len(found[1])


class Places:
    """Counts holders and releases the places of those who are gone."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self.loop = Loop(N_("Looking at who holds limited roles"), self._watch, every=ROUND_PAUSE)
        self._counts: Counts = Shelf(COUNTS_MAX, counts_weight)
        self._seen: dict[int, datetime] = {}
        self._looked_up_to: dict[int, int] = {}  # the last grant that was looked at, by item
        self._locks: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    async def holders(self, guild_id: int, grants: Iterable[Grant]) -> dict[int, HolderCount]:
        """Discord's count for those of the roles where all holders count. Raises UserError when Discord does not say."""
        counted = [grant.role_id for grant in grants if grant.capacity is not None and grant.capacity_counts_all]
        counts = await self._count(guild_id, clock.now() - COUNT_LIFE) if counted else {}
        return {role_id: counts[role_id] for role_id in counted if role_id in counts}

    async def make_room(self, panel: PanelSpec, full: Iterable[RoleSpec]) -> bool:
        """Look again before somebody is told that these roles of the panel are full; whether a place may have become free."""
        asked = clock.now()
        changed = False
        for spec in full:
            if spec.capacity_counts_all:
                await self._count(panel.guild_id, asked)
                changed = True
            else:
                changed |= await self._look_at_holders(panel, spec)
        return changed

    async def _watch(self) -> None:
        await self.look_round()

    async def look_round(self) -> int:
        """Look at each holder of a limited place in the guilds of this process once, at the pace of all look-ups; how many became free."""
        limited = PanelRole.filter(capacity__isnull=False, capacity_counts_all=False).order_by("id")
        released = 0
        # Whole table: of the panels, because the roles with limited places are those of many, and only each ten minutes.
        for guild_id, panel_id, role_id in await limited.values_list("panel__guild_id", "panel_id", "role_id"):
            if self._bot.serves(guild_id):
                released += await self._look_at_all(guild_id, panel_id, role_id)
        return released

    async def _look_at_all(self, guild_id: int, panel_id: int, role_id: int) -> int:
        released, last = 0, 0
        while found := await _holders(guild_id, panel_id, role_id).filter(id__gt=last).limit(PORTION).values_list("id"):
            for (row,) in found:
                if not self.loop.is_aside(row):
                    with self.loop.item(guild_id, row):
                        released += await self._look_in_turn(row)
            (last,) = found[-1]
        return released

    async def _look_in_turn(self, row: int) -> bool:
        grant = await RoleGrant.get_or_none(id=row)
        if grant is None or self._seen_lately(grant):
            return False
        await self._bot.pace.turn()
        return await self._look(grant)

    async def told(self, guild_id: int, member_id: int, role_ids: Iterable[int]) -> None:
        """Discord told of a member's present roles: the places of others are free.

        What was given just now is left alone, because this news may be older.
        """
        grants = RoleGrant.filter(guild_id=guild_id, user_id=member_id, confirmed=True, left_at__isnull=True)
        await grants.filter(granted_at__lt=clock.now() - SEEN_LIFE).exclude(role_id__in=list(role_ids)).delete()

    async def _count(self, guild_id: int, since: datetime) -> dict[int, HolderCount]:
        """How many hold each role, asked after `since`. Those who ask at once share one request."""
        async with self._locks.setdefault(("guild", guild_id), asyncio.Lock()):
            counted_at, counts = self._counts.get(guild_id) or (None, {})
            if counted_at is not None and counted_at >= since:
                return counts
            now = clock.now()
            try:
                answer = await self._bot.rest.request(Route("GET", "/guilds/{guild_id}/roles/member-counts", guild_id=guild_id), tries=2)
            except HeldBack as error:
                raise held_back(error) from error
            except (discord.HTTPException, Uncertain, RateLimited) as error:
                raise UserError(NOT_COUNTED) from error
            counts = {int(role_id): HolderCount(count, now) for role_id, count in answer.items()}
            self._counts.put(guild_id, (now, counts))
            return counts

    async def _look_at_holders(self, panel: PanelSpec, spec: RoleSpec) -> bool:
        """Look at the holders whose turn it is; whether a place became free, here or while waiting for somebody's look."""
        lock = self._locks.setdefault(("item", spec.item_id), asyncio.Lock())
        if lock.locked():
            async with lock:
                return True
        async with lock:
            looks = [asyncio.create_task(self._look(grant)) for grant in await self._whose_turn(panel, spec)]
            if looks:
                done, late = await asyncio.wait(looks, timeout=LOOK_SECONDS)
                for look in late:
                    look.cancel()
                for look in done:
                    look.result()
            # Counted, because a place may also have become free by a look of the loop's, or in the meantime.
            taken = RoleGrant.filter(guild_id=panel.guild_id, panel_id=panel.panel_id, role_id=spec.role_id, left_at__isnull=True)
            return spec.capacity is None or await taken.count() < spec.capacity

    async def _whose_turn(self, panel: PanelSpec, spec: RoleSpec) -> list[RoleGrant]:
        """Some holders who were not seen lately; the holders of a role take turns."""
        # Only what can be read of every row, so that one which cannot be never stops the clicks on its role.
        holders = _holders(panel.guild_id, panel.panel_id, spec.role_id).filter(granted_at__range=(EPOCH, clock.now())).only(*LOOKED_AT)
        last = self._looked_up_to.get(spec.item_id, 0)
        found = await holders.filter(id__gt=last).limit(PORTION)
        if len(found) < PORTION:
            found += await holders.filter(id__lte=last).limit(PORTION - len(found))
        chosen = [grant for grant in found if not self._seen_lately(grant)][:LOOKS]
        if chosen:
            if len(self._looked_up_to) >= SEEN_MAX:
                self._looked_up_to.clear()
            self._looked_up_to[spec.item_id] = chosen[-1].id
        return chosen

    async def _look(self, grant: RoleGrant) -> bool:
        """Look at one holder; whether their place is free now."""
        try:
            held = (await look(self._bot.rest, grant.guild_id, grant.user_id)).role_ids
        except discord.NotFound:
            await RoleGrant.member_left(grant.guild_id, grant.user_id, clock.now())
            return True
        except (discord.HTTPException, Uncertain, RateLimited) as error:
            logger.info("A holder of role {} in guild {} could not be looked at: {!r}", grant.role_id, grant.guild_id, error)
            return False
        # A newer click of the member has changed the grant, and is right.
        same = RoleGrant.filter(id=grant.id, granted_at=grant.granted_at, confirmed=grant.confirmed, left_at__isnull=True)
        if grant.role_id not in held:
            return bool(await same.delete())
        await same.update(confirmed=True)
        if len(self._seen) >= SEEN_MAX:
            self._seen.clear()
        self._seen[grant.id] = clock.now()
        return False

    def _seen_lately(self, grant: RoleGrant) -> bool:
        return max(self._seen.get(grant.id, grant.granted_at), grant.granted_at) > clock.now() - SEEN_LIFE


def _holders(guild_id: int, panel_id: int, role_id: int) -> QuerySet[RoleGrant]:
    """Those that a look can tell something of: held in the guild as far as is known, and not part of a click under way."""
    grants = RoleGrant.filter(guild_id=guild_id, panel_id=panel_id, role_id=role_id, left_at__isnull=True).order_by("id")
    return grants.filter(Q(confirmed=True) | Q(granted_at__lt=clock.now() - UNCONFIRMED_LIFE))
