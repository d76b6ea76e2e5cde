"""Roles that wait for their member: kept for one who left and may come back, or picked by one who has not passed screening yet.

Both are grants with `left_at` set: confirmed ones were held before, the others were never given. Needs the members intent. When the
member is there, everything of one panel is judged together by the planner, as if it were picked then, and becomes one change. Like a
click it is recorded before it is sent; what cannot be done now is tried again, judged anew each time, for a day.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger
from tortoise.transactions import in_transaction

from cogs.roles.change.applier import Applied, Seen, Target, compare, look
from cogs.roles.change.breaker import attempt
from cogs.roles.decision.decision import Board, planned
from cogs.roles.grants.errands import PASSING, PATIENCE, put_off, when_due
from cogs.roles.queue.tools import Tools
from cogs.roles.queue.turns import STALE_MAX
from core.calls import RateLimited
from core.facts import guild_facts
from core.i18n import N_
from core.loops import Loop
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten, RolesChanged
from domain.grants import Grant, grants
from domain.late import GIVEN_UP, plan_kept
from domain.panels import PanelSpec
from domain.plan import Refusal, RolePlan, Surroundings
from domain.role_safety import GuildFacts, Problem
from models import AuditEntry, AuditState, RoleGrant
from models.claim import Claim, Claimed, claim, claim_again, settle
from models.claim import Waiting as WaitingRow

if TYPE_CHECKING:
    from core.bot import RolePanelBot

FINISH_PAUSE, REST_PAUSE = 2.0, 30.0  # seconds between looks for gifts that were put off, while there are any and else
LEFTOVER_AGE = timedelta(minutes=1)  # of a gift that is not settled; by then whoever was at it has ended
ASKED_AT_ONCE = 100  # members, https://docs.discord.com/developers/events/gateway-events#request-guild-members
LOOK_PAUSE = 6 * 3600.0  # seconds between looks for members whose return no event told
RETURN, ADMIT = "roles.return", "roles.admit"
REASONS = {RETURN: "given back", ADMIT: "screening passed"}


@dataclass(frozen=True, slots=True)
class Gift:
    """What one panel keeps for a member: the roles, each with the end that it had, as text."""

    kind: str
    guild_id: int
    user_id: int
    panel_id: int
    kept: Mapping[int, str | None]

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Gift":
        """A gift from the record of its change; an older bot wrote one for each role."""
        if "errand" in stored:
            errand, grant = stored["errand"], stored["grant"]
            return cls(errand["kind"], errand["guild_id"], errand["user_id"], errand["panel_id"], {errand["role_id"]: grant["expires_at"]})
        gift = stored["gift"]
        return cls(**{**gift, "kept": {int(role_id): end for role_id, end in gift["kept"].items()}})

    def grants(self, panel: PanelSpec, plan: RolePlan) -> tuple[Grant, ...]:
        """What is written down of the roles that are given: who returns has them as long as before."""
        made = grants(panel, plan)
        if self.kind == ADMIT:
            return made
        return tuple(
            replace(grant, duration=None, until=_moment(self.kept[grant.role_id])) if grant.role_id in self.kept else grant
            for grant in made
        )


class Waiting:
    """Gives what waits when its member is there."""

    def __init__(self, bot: "RolePanelBot", tools: Tools) -> None:
        self._bot = bot
        self._panels, self._places = tools.panels, tools.places
        self._locks, self._overlay, self._breaker = tools.locks, tools.overlay, tools.breaker
        self.finishing = Loop(N_("Giving roles that could not be given at once"), self._finish_all, every=FINISH_PAUSE)
        self.looking = Loop(N_("Giving roles to members who return or pass screening"), self.look, every=LOOK_PAUSE)
        self.comparing = Loop(N_("Noticing members who left and came back while the bot was away"), self._compare_guilds)
        self._to_compare = {guild.id for guild in bot.guilds}
        self._alone_since: float | None = None

    def guild_came(self, guild_id: int) -> None:
        """Nobody told who left a guild, and who came, before it arrived."""
        self._to_compare.add(guild_id)
        self.comparing.wake()

    async def _compare_guilds(self) -> None:
        waiting, self._to_compare = sorted(self._to_compare), set()
        for guild_id in waiting:
            guild = self._bot.get_guild(guild_id)
            if guild is None or guild.unavailable or not self._bot.serves(guild_id):
                continue  # its arrival leads here again
            if not self.comparing.is_aside(guild_id):
                with self.comparing.item(guild_id, guild_id):
                    await self._compare(guild)
            if self.comparing.is_aside(guild_id):
                self._to_compare.add(guild_id)

    async def _compare(self, guild: discord.Guild) -> None:
        """Ask for those who have roles to give back, by their ids: who is not there has left, and who joined since has been away."""
        last = 0
        while user_ids := await RoleGrant.sticky_holders(guild.id, last, ASKED_AT_ONCE):
            last = user_ids[-1]
            await self._bot.pace.turn()
            found = await guild.query_members(user_ids=user_ids, limit=ASKED_AT_ONCE, cache=False)
            members = {member.id: member for member in found}
            for user_id in user_ids:
                member, now = members.get(user_id), clock.now()
                if member is None:
                    await RoleGrant.member_left(guild.id, user_id, now)
                elif member.joined_at and await RoleGrant.came_back(guild.id, user_id, member.joined_at, _held(member), now):
                    await self.arrived(guild, user_id)

    async def arrived(self, guild: discord.Guild, user_id: int) -> None:
        """A member is in the guild and has passed its screening: give what waits for them."""
        waiting = RoleGrant.filter(guild_id=guild.id, user_id=user_id, left_at__isnull=False).order_by("id")
        for panel_id, was_held in dict.fromkeys(await waiting.values_list("panel_id", "confirmed")):
            with self.looking.item(guild.id, (guild.id, user_id, panel_id, was_held)):
                try:
                    await self._arrived(guild, user_id, panel_id, RETURN if was_held else ADMIT)
                except (Uncertain, RateLimited, discord.HTTPException) as error:
                    logger.info("The roles of a member of guild {} wait on: {!r}", guild.id, error)
                finally:
                    self.finishing.wake()  # something may have been put off

    async def look(self) -> None:
        """Find those who came back, or passed screening, while nobody listened: one look-up at a time, at the pace of all look-ups."""
        await self._bot.wait_until_ready()
        for guild_id in [guild.id for guild in self._bot.guilds if self._bot.serves(guild.id)]:
            waiting = RoleGrant.filter(guild_id=guild_id, left_at__isnull=False).distinct()
            for (user_id,) in await waiting.values_list("user_id"):
                guild, key = self._bot.get_guild(guild_id), (guild_id, user_id)
                if guild is None or guild.unavailable or not self._bot.serves(guild_id) or self.looking.is_aside(key):
                    continue
                with self.looking.item(guild_id, key):
                    await self._bot.pace.turn()
                    if await self._is_in(guild_id, user_id):
                        await self.arrived(guild, user_id)

    async def _finish_all(self) -> float:
        """What others left when this process began to serve, then what has to be tried again; the seconds until the next look."""
        since = await self._bot.slots.until_alone()
        found = await self.finish(clock.now() - LEFTOVER_AGE if since == self._alone_since else clock.now())
        self._alone_since = since
        return FINISH_PAUSE if found else REST_PAUSE

    async def finish(self, before: datetime) -> int:
        """Take up what was recorded before this moment, or put off until now, and is not settled; how much was not."""
        busy: set[int] = set()
        unsettled = await AuditEntry.unsettled().filter(kind__in=REASONS).values_list("id", "guild_id")
        for entry_id, guild_id in unsettled:
            guild = self._bot.get_guild(guild_id)
            if guild is None or not self._bot.serves(guild_id) or guild_id in busy or self.finishing.is_aside(entry_id):
                continue
            with self.finishing.item(guild_id, entry_id):
                row = await AuditEntry.get_or_none(id=entry_id)
                if row and when_due(row, before) and not await self._take_up(guild, row):
                    busy.add(guild_id)
                    await put_off(row)
        return len(unsettled)

    async def _take_up(self, guild: discord.Guild, row: AuditEntry) -> bool:
        """Whether it is settled now, or somebody else's affair."""
        try:
            async with self._locks.of(row.guild_id, row.target_id or 0):
                return await self._finish(guild, row)
        except (Uncertain, RateLimited, discord.HTTPException) as error:
            logger.info("The roles of {} have to wait: {!r}", row.id, error)
            return False

    async def _is_in(self, guild_id: int, user_id: int) -> bool:
        try:
            return not (await look(self._bot.rest, guild_id, user_id)).pending
        except (Uncertain, RateLimited, discord.HTTPException):
            return False  # not there, or not to be seen: the next look will tell

    async def _arrived(self, guild: discord.Guild, user_id: int, panel_id: int | None, kind: str) -> None:
        async with self._locks.of(guild.id, user_id):
            kept = RoleGrant.filter(guild_id=guild.id, user_id=user_id, panel_id=panel_id, left_at__isnull=False)
            waiting = {grant.role_id: grant.expires_at for grant in await kept.filter(confirmed=kind == RETURN).order_by("id")}
            seen = await self._present(guild.id, user_id) if waiting else None
            if seen is None or seen.pending:
                return
            ends = {role_id: end and end.isoformat() for role_id, end in waiting.items()}
            await self._give(guild, Gift(kind, guild.id, user_id, panel_id or 0, ends), seen, None)

    async def _finish(self, guild: discord.Guild, row: AuditEntry) -> bool:
        """Whether it is settled now, or somebody else's affair."""
        if not await AuditEntry.exists(id=row.id, state=AuditState.SENT):
            return True  # this process was still at it
        gift = Gift.from_json(row.resume or {})
        given_up = row.created_at < clock.now() - GIVEN_UP
        plan = planned(row.payload)
        seen = await self._present(row.guild_id, gift.user_id)
        if seen is None:
            return await self._settle(row, gift, plan, _failed(plan, Problem.MEMBER_LEFT))
        found = compare(plan, seen.role_ids, Problem.EXPIRED)
        if given_up or not found.failed:
            row.payload["observed"] = True
            return await self._settle(row, gift, plan, found)
        return not seen.pending and await self._give(guild, gift, seen, row)

    async def _give(self, guild: discord.Guild, gift: Gift, seen: Seen, row: AuditEntry | None) -> bool:
        """Judge what is kept and give what may be given now; whether no more is to be done. The member's lock is held.

        `row` is the record of an earlier try.
        """
        facts, full, stale = guild_facts(guild), frozenset[int](), 0
        while stale < STALE_MAX:
            board = await self._panels.reload_board(gift.guild_id, gift.panel_id)
            plan = _judge(gift, board, seen, facts, full)
            if board is None or plan.empty:
                return await self._let_go(gift, board, plan, seen, row)
            if self._breaker.hopeless(gift.guild_id, (*plan.add, *plan.remove)):
                return False
            claimed, payload = await self._claim(gift, board, plan, row)
            if claimed.entry_id is not None:
                entry = row or await AuditEntry.get(id=claimed.entry_id)
                entry.payload = payload
                await self._clear(gift, plan, seen)
                return await self._carry_out(entry, gift, plan, seen)
            full |= claimed.full
            stale += not claimed.full
        return False

    async def _claim(self, gift: Gift, board: Board, plan: RolePlan, row: AuditEntry | None) -> tuple[Claimed, dict[str, Any]]:
        made = gift.grants(board.panel, plan)
        holders = await self._places.holders(gift.guild_id, made)
        wish = Claim(gift.guild_id, gift.user_id, None, board.panel, board.linked, made, holders)
        payload = _payload(board.panel, plan)
        resume = {**((row.resume or {}) if row else {}), "gift": {**asdict(gift), "kept": dict(gift.kept)}}
        resume.pop("errand", None)
        now = clock.now()
        if row is None:
            return await claim(self._bot.database, wish, payload, resume, now, kind=gift.kind, state=AuditState.SENT), payload
        claimed, mine = await claim_again([WaitingRow(row.id, AuditState.SENT, wish, payload, resume)], now)
        return (Claimed(row.id) if row.id in mine else claimed), payload

    async def _carry_out(self, row: AuditEntry, gift: Gift, plan: RolePlan, seen: Seen) -> bool:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        reason = f"Role panel: {row.payload['panel_name']} ({REASONS[gift.kind]})"
        if self._breaker.hopeless(gift.guild_id, (*plan.add, *plan.remove)):
            await put_off(row)  # since it was claimed
            return True
        applied = await attempt(self._bot, self._breaker, Target(gift.guild_id, gift.user_id, reason, deadline), plan, seen)
        if any(failure.problem in PASSING for failure in applied.failed):
            await put_off(row)
            return True
        return await self._settle(row, gift, plan, applied)

    async def _let_go(self, gift: Gift, board: Board | None, plan: RolePlan, seen: Seen, row: AuditEntry | None) -> bool:
        """Nothing is to be given: what is refused is told, and is kept no longer."""
        await self._clear(gift, plan, seen)
        payload = _payload(board.panel if board else None, plan)
        if row is not None:
            row.payload = payload
            return await self._settle(row, gift, planned(row.payload), Applied())
        if plan.refusals:
            await AuditEntry.record(
                gift.guild_id,
                gift.kind,
                clock.now(),
                target_id=gift.user_id,
                panel_id=gift.panel_id,
                payload=payload,
                state=AuditState.REFUSED,
            )
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(gift.guild_id))
        return True

    async def _clear(self, gift: Gift, plan: RolePlan, seen: Seen) -> None:
        """What the member has again is a grant as any other; what is not given is not kept."""
        kept = RoleGrant.filter(guild_id=gift.guild_id, user_id=gift.user_id, panel_id=gift.panel_id, role_id__in=list(gift.kept))
        async with in_transaction() as db:
            held = kept.filter(role_id__in=list(seen.role_ids)).using_db(db)
            await held.update(left_at=None, confirmed=True)
            await kept.exclude(role_id__in=[*seen.role_ids, *plan.add]).using_db(db).delete()

    async def _settle(self, row: AuditEntry, gift: Gift, plan: RolePlan, applied: Applied) -> bool:
        now = clock.now()
        done = bool(applied.added or applied.removed)
        outcome = {
            "added": list(applied.added),
            "removed": list(applied.removed),
            "failed": [{"role_id": failure.role_id, "problem": failure.problem.value} for failure in applied.failed],
        }
        settled = await settle(
            self._bot.database,
            row.id,
            AuditState.DONE if done else AuditState.REFUSED,
            row.payload | outcome,
            now,
            expected=AuditState.SENT,
            added=applied.added,
            removed=applied.removed,
            released=applied.not_added(RolePlan(add=(*plan.add, *gift.kept))),
        )
        if not settled:
            return True
        self._overlay.note(gift.guild_id, gift.user_id, applied.added, applied.removed)
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(gift.guild_id))
        if done:
            changed = RolesChanged(gift.guild_id, gift.user_id, gift.panel_id, applied.added, applied.removed, settled.ends_at)
            self._bot.dispatch(RolesChanged.NAME, changed)
        return True

    async def _present(self, guild_id: int, user_id: int) -> Seen | None:
        """The member at Discord now; None when they are not in the guild."""
        try:
            return await look(self._bot.rest, guild_id, user_id)
        except discord.NotFound:
            return None


async def waiting_roles(guild_id: int, user_id: int) -> frozenset[int]:
    """What a member who has not passed screening picked so far."""
    waiting = RoleGrant.filter(guild_id=guild_id, user_id=user_id, confirmed=False, left_at__isnull=False)
    return frozenset(role_id for (role_id,) in await waiting.values_list("role_id"))


async def postpone(panel: PanelSpec, user_id: int, role_ids: tuple[int, ...], dropped: tuple[int, ...]) -> None:
    """Set aside what somebody picked who has not passed screening, and let go of what they do not want any more."""
    now = clock.now()
    fields = {"guild_id": panel.guild_id, "user_id": user_id}
    async with in_transaction() as db:
        waiting = RoleGrant.filter(**fields, role_id__in=dropped, confirmed=False, left_at__isnull=False)
        await waiting.using_db(db).delete()
        made = [RoleGrant(**fields, panel_id=panel.panel_id, role_id=role_id, granted_at=now, left_at=now) for role_id in role_ids]
        await RoleGrant.bulk_create(made, ignore_conflicts=True, using_db=db)


def _held(member: discord.Member) -> list[int]:
    return list(member._roles)  # also of roles that the cache does not know yet


def _judge(gift: Gift, board: Board | None, seen: Seen, facts: GuildFacts, full: frozenset[int]) -> RolePlan:
    """What is given of what was kept. Where the panel keeps nothing for who returns any more, nothing needs to be said."""
    if board and (board.panel.sticky if gift.kind == RETURN else board.panel.wait_for_screening):
        return plan_kept(board.panel, tuple(gift.kept), seen.role_ids, facts, Surroundings(board.linked, full))
    if gift.kind == RETURN:
        return RolePlan()
    problem = Problem.PENDING if board else Problem.PANEL_DELETED
    return RolePlan(refusals=tuple(Refusal(role_id, problem) for role_id in gift.kept))


def _payload(panel: PanelSpec | None, plan: RolePlan) -> dict[str, Any]:
    return {
        "panel_name": panel.name if panel else None,
        "panel_title": panel.title if panel else None,
        "planned_add": list(plan.add),
        "planned_remove": list(plan.remove),
        "planned_items": list(plan.given),
        "refused": [{"role_id": refusal.role_id, "problem": refusal.problem.value} for refusal in plan.refusals],
    }


def _failed(plan: RolePlan, problem: Problem) -> Applied:
    return Applied(failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove)))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
