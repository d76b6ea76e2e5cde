"""Role changes that nobody clicks for: a role whose time is over, or ended by an admin. (What is given is in waiting.py.)

As with a click, the record comes first: it is written as `sent` together with what it does to the grant, then Discord is asked, then
it is settled. After a crash the next process finds the record and finishes it, so that every change is made and recorded once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from cogs.roles.change.applier import Applied, Target, apply, compare, look
from cogs.roles.change.members import MemberLocks, Overlay
from core.calls import RateLimited
from core.loops import Loop
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten, RolesChanged
from domain.late import FAILURES_TO_HOURLY, next_try
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem
from models import AuditEntry, AuditState, Panel, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

EXPIRE, END = "roles.expire", "roles.end"
REASONS = {EXPIRE: "time is over", END: "ended by a moderator"}
PATIENCE = 2.0  # seconds that one guild's rate limit may hold up the others
SOON = timedelta(seconds=30)
TOLD_AGAIN = timedelta(days=1)  # a role that still cannot be taken back is named in the log once a day
# What will do later; the record stays `sent` and is taken up again.
PASSING = frozenset({Problem.BUSY, Problem.HELD_BACK, Problem.DISCORD_ERROR, Problem.UNCERTAIN})

Claim = Callable[[BaseDBAsyncClient], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Errand:
    """One role to take, for the sake of a grant. `actor_id` is who asked, if it was a person."""

    kind: str
    guild_id: int
    user_id: int
    role_id: int
    panel_id: int | None
    actor_id: int | None = None

    @classmethod
    def of(cls, kind: str, grant: RoleGrant, *, actor_id: int | None = None) -> "Errand":
        """What is to be done about this grant."""
        return cls(kind, grant.guild_id, grant.user_id, grant.role_id, grant.panel_id, actor_id)

    @property
    def plan(self) -> RolePlan:
        """The change as the applier takes it."""
        return RolePlan(remove=(self.role_id,))


class Errands:
    """Runs them. Shares the locks and the overlay of clicks, so that a click and an errand never undo each other."""

    def __init__(self, bot: "RolePanelBot", locks: MemberLocks, overlay: Overlay) -> None:
        self._bot, self._locks, self._overlay = bot, locks, overlay

    async def take(self, kind: str, grant: RoleGrant, actor_id: int | None = None) -> Applied | None:
        """Take a granted role back and forget the grant. None when another process, or a newer click, was quicker.

        Raises Uncertain, RateLimited or discord.HTTPException when the member could not be looked at; nothing has happened then.
        """

        async def claim(db: BaseDBAsyncClient) -> bool:
            return bool(await RoleGrant.filter(id=grant.id, expires_at=grant.expires_at).using_db(db).delete())

        return await self._run(Errand.of(kind, grant, actor_id=actor_id), claim, _stored(grant))

    async def finish(self, before: datetime, loop: Loop) -> bool:
        """Take up what was recorded before this moment, or put off until now, and is not settled; whether some of it may be soon.

        One that fails on our side is set aside in `loop`.
        """
        busy: set[int] = set()
        soon = False
        unsettled = AuditEntry.unsettled().filter(kind__in=REASONS)
        for entry_id, guild_id in await unsettled.values_list("id", "guild_id"):
            key = ("errand", entry_id)
            if not self._bot.serves(guild_id) or guild_id in busy or loop.is_aside(key):
                continue
            with loop.item(guild_id, key):
                row = await AuditEntry.get_or_none(id=entry_id)
                soon = soon or bool(row and when_due(row, before + SOON, clock.now() + SOON))
                if row and when_due(row, before) and not await self._take_up(row):
                    busy.add(guild_id)  # the others of the guild come before it the next time
        return soon or bool(busy)

    async def _take_up(self, row: AuditEntry) -> bool:
        """Whether it is settled now."""
        try:
            await self._finish(row)
        except (Uncertain, RateLimited, discord.HTTPException) as error:
            logger.info("The role change {} has to wait: {!r}", row.id, error)
            await put_off(row)
        return not await AuditEntry.exists(id=row.id, state=AuditState.SENT)

    async def _run(self, errand: Errand, claim: Claim, stored: dict[str, Any]) -> Applied | None:
        async with self._locks.of(errand.guild_id, errand.user_id):
            held = await self._held(errand)
            async with in_transaction() as db:
                if not await claim(db):
                    return None
                if held is None or errand.role_id not in held:
                    return Applied()
                row = await self._record(errand, stored, db)
            return await self._carry_out(row, errand)

    async def _finish(self, row: AuditEntry) -> None:
        stored = (row.resume or {})["errand"]
        errand = Errand(**{name: stored[name] for name in Errand.__slots__})
        async with self._locks.of(errand.guild_id, errand.user_id):
            if not await AuditEntry.exists(id=row.id, state=AuditState.SENT):
                return  # this process was still at it
            held = await self._held(errand)
            if held is None:
                await self._settle(row, errand, Applied(failed=(Refusal(errand.role_id, Problem.MEMBER_LEFT),)))
            elif errand.role_id not in held:
                row.payload["observed"] = True
                await self._settle(row, errand, compare(errand.plan, held, Problem.DISCORD_ERROR))
            else:
                await self._carry_out(row, errand)

    async def _carry_out(self, row: AuditEntry, errand: Errand) -> Applied:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        reason = f"Role panel: {row.payload['panel_name'] or '?'} ({REASONS[errand.kind]})"
        applied = await apply(self._bot.rest, Target(errand.guild_id, errand.user_id, reason, deadline), errand.plan, None)
        if any(failure.problem in PASSING for failure in applied.failed):
            await put_off(row)
        else:
            await self._settle(row, errand, applied)
        return applied

    async def _record(self, errand: Errand, stored: dict[str, Any], db: BaseDBAsyncClient) -> AuditEntry:
        panel = await Panel.get_or_none(id=errand.panel_id, using_db=db) if errand.panel_id else None
        fields = {name: getattr(errand, name) for name in Errand.__slots__}
        return await AuditEntry.create(
            guild_id=errand.guild_id,
            kind=errand.kind,
            actor_id=errand.actor_id,
            target_id=errand.user_id,
            panel_id=errand.panel_id,
            payload={
                "panel_name": panel.name if panel else None,
                "panel_title": panel.title if panel else None,
                "planned_add": list(errand.plan.add),
                "planned_remove": list(errand.plan.remove),
            },
            resume={"errand": fields, "grant": stored},
            state=AuditState.SENT,
            created_at=clock.now(),
            using_db=db,
        )

    async def _settle(self, row: AuditEntry, errand: Errand, applied: Applied) -> None:
        """Write down what Discord confirmed, and what that means for the grant."""
        done = bool(applied.added or applied.removed)
        outcome = {
            "added": list(applied.added),
            "removed": list(applied.removed),
            "failed": [{"role_id": failure.role_id, "problem": failure.problem.value} for failure in applied.failed],
        }
        async with in_transaction() as db:
            unsettled = AuditEntry.filter(id=row.id, state=AuditState.SENT).using_db(db)
            if not done and await told(errand, row.created_at):
                closed = await unsettled.delete()
            else:
                changes = {"payload": row.payload | outcome, "resume": None, "settled_at": clock.now()}
                closed = await unsettled.update(state=AuditState.DONE if done else AuditState.REFUSED, **changes)
            if not closed:
                return
            await self._follow_up(row, errand, applied, db)
        self._overlay.note(errand.guild_id, errand.user_id, applied.added, applied.removed)
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(errand.guild_id))
        if done:
            changed = RolesChanged(errand.guild_id, errand.user_id, errand.panel_id or 0, applied.added, applied.removed)
            self._bot.dispatch(RolesChanged.NAME, changed)

    async def _follow_up(self, row: AuditEntry, errand: Errand, applied: Applied, db: BaseDBAsyncClient) -> None:
        """A role that could not be taken is still a grant; what Discord answered of one member's tells of the same role of others."""
        late = RoleGrant.filter(guild_id=errand.guild_id, role_id=errand.role_id, expires_at__lte=clock.now()).using_db(db)
        if applied.removed:
            await late.filter(retry_at__isnull=False).update(retry_at=None)
        elif all(failure.problem is not Problem.MEMBER_LEFT for failure in applied.failed):
            grant = _restored((row.resume or {})["grant"])
            grant.failures = max(grant.failures, FAILURES_TO_HOURLY) + 1
            await RoleGrant.bulk_create([grant], ignore_conflicts=True, using_db=db)
            await late.update(retry_at=clock.now() + next_try(grant.failures))

    async def _held(self, errand: Errand) -> frozenset[int] | None:
        """The member's roles at Discord now; None when they are not in the guild."""
        try:
            return (await look(self._bot.rest, errand.guild_id, errand.user_id)).role_ids
        except discord.NotFound:
            return None


def when_due(row: AuditEntry, before: datetime, at: datetime | None = None) -> bool:
    """Whether a change that is not settled may be taken up at `at` (now): it was put off until then, or is older than `before`.

    What was recorded in the future is another process's, whose clock was wrong.
    """
    put_off_until = (row.resume or {}).get("next_at")
    if put_off_until:
        return datetime.fromisoformat(put_off_until) <= (at or clock.now())
    return row.created_at < before or row.created_at > clock.now()


async def put_off(row: AuditEntry) -> None:
    """Try a change again later, more and more rarely."""
    failures = (row.resume or {}).get("failures", 0) + 1
    row.resume = {**(row.resume or {}), "failures": failures, "next_at": (clock.now() + next_try(failures)).isoformat()}
    await AuditEntry.filter(id=row.id, state=AuditState.SENT).update(resume=row.resume)


async def told(errand: Errand, before: datetime) -> bool:
    """Whether the log says already that this could not be done, in the day before this moment."""
    about = {"guild_id": errand.guild_id, "target_id": errand.user_id, "created_at__gt": before - TOLD_AGAIN, "created_at__lt": before}
    named = Q(*(Q(payload__contains={name: [{"role_id": errand.role_id}]}) for name in ("refused", "failed")), join_type="OR")
    return await AuditEntry.filter(named, kind=errand.kind, state=AuditState.REFUSED, **about).exists()


def _stored(grant: RoleGrant) -> dict[str, Any]:
    times = {name: getattr(grant, name) for name in ("granted_at", "expires_at")}
    names = ("guild_id", "user_id", "role_id", "panel_id", "item_id", "failures")
    return {name: getattr(grant, name) for name in names} | {name: time and time.isoformat() for name, time in times.items()}


def _restored(stored: dict[str, Any]) -> RoleGrant:
    times = {name: stored[name] and datetime.fromisoformat(stored[name]) for name in ("granted_at", "expires_at")}
    return RoleGrant(**{**stored, **times}, confirmed=True)
