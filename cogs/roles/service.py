"""RoleService: one click from its claims to its settled record. See docs/architecture.md, "One click"."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cogs.roles.applier import FRESH, Applied, Target, apply
from cogs.roles.members import MemberLocks, Overlay
from cogs.roles.panel_cache import PanelCache
from core.answer import AnsweredElsewhere
from core.errors import OUTDATED, UserError
from core.facts import guild_facts
from core.i18n import N_
from domain import clock
from domain.events import AuditWritten, RolesChanged
from domain.panels import PanelSpec
from domain.plan import Pick, Refusal, RolePlan, plan
from domain.role_safety import GuildFacts, Problem
from models import AuditEntry, AuditState

if TYPE_CHECKING:
    from core.bot import RolePanelBot

TOKEN_LIFE = timedelta(minutes=15)  # https://docs.discord.com/developers/interactions/receiving-and-responding
LAST_WAIT = 13 * 60.0  # seconds that a role change may wait for rate limits, so that its answer still arrives
GUILD_MISSING = N_("The bot has just started and does not know this server yet. Please try again in a moment.")
KIND = "roles.click"


@dataclass(frozen=True, slots=True)
class Click:
    """One member's click as it arrived. `posted`: on a panel's message, not on a private picker. Panel, message and items are claims.

    `role_ids` are the member's roles in the payload, None when they must be asked for.
    """

    interaction_id: int
    application_id: int
    token: str
    locale: str | None
    guild_id: int
    channel_id: int
    message_id: int
    member_id: int
    panel_id: int
    item_ids: tuple[int, ...]
    toggles: bool
    posted: bool = True
    offered_ids: tuple[int, ...] = ()
    role_ids: tuple[int, ...] | None = None
    pending: bool = False
    app_permissions: int | None = None

    def to_json(self) -> dict[str, Any]:
        """What another process needs to do this click again, with its snowflakes and its token."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Click":
        """A click from the database. The roles of its payload are old by now, so they will be asked for."""
        sequences = {name: tuple(stored[name]) for name in ("item_ids", "offered_ids")}
        return cls(**{**stored, **sequences, "role_ids": None, "app_permissions": None})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a click: the panel it was for, the plan, what Discord confirmed, and what the member now holds of the panel."""

    panel: PanelSpec | None
    plan: RolePlan
    applied: Applied
    holds: frozenset[int]
    guild_role_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """A plan with what it was made from."""

    panel: PanelSpec
    plan: RolePlan
    held: frozenset[int]
    facts: GuildFacts


Tell = Callable[[Outcome], Awaitable[None]]


class RoleService:
    """Plans, claims, applies and records clicks. The caller shows the outcome; it is asked to before the record is settled."""

    def __init__(self, bot: "RolePanelBot", panels: PanelCache) -> None:
        self._bot = bot
        self._panels = panels
        self._locks = MemberLocks()
        self._overlay = Overlay()
        self.active: set[int] = set()

    def held(self, click: Click) -> frozenset[int]:
        """The member's roles as this process knows them."""
        return self._overlay.over(click.guild_id, click.member_id, frozenset(click.role_ids or ()))

    async def click(self, click: Click, tell: Tell) -> None:
        """Do one click. Raises UserError when nothing could even be planned; does nothing when another process owns the click."""
        arrived = asyncio.get_running_loop().time()
        self.active.add(click.interaction_id)
        try:
            lock = self._locks.of(click.guild_id, click.member_id)
            waited = lock.locked()
            async with lock:
                await self._click(click, tell, arrived, waited)
        finally:
            self.active.discard(click.interaction_id)

    async def _click(self, click: Click, tell: Tell, arrived: float, waited: bool) -> None:
        facts = await self._facts(click)
        held = self.held(click)
        panel = await self._panels.get(click.panel_id)
        if panel and click.posted and not await self._panels.is_message_of(panel.panel_id, click.message_id):
            raise UserError(OUTDATED)
        for _ in range(3):
            decided = decide(panel, click, held, facts)
            if panel is None or decided.empty:
                fresh = await self._panels.reload(click.panel_id)
                if (fresh and fresh.version) == (panel and panel.version):
                    await self._nothing_to_do(click, panel, decided, held, facts, tell)
                    return
                panel = fresh
                continue
            entry_id = await self._claim(click, panel, decided)
            if entry_id is not None:
                known = held if not waited and asyncio.get_running_loop().time() - arrived < FRESH else None
                await self._carry_out(entry_id, click, Decision(panel, decided, held, facts), known, tell)
                return
            if await AuditEntry.exists(interaction_id=click.interaction_id):
                raise AnsweredElsewhere
            panel = await self._panels.reload(click.panel_id)
        raise UserError(N_("This panel is being edited right now. Please try again in a moment."))

    async def resume(self, entry: AuditEntry, click: Click, held: frozenset[int], tell: Tell) -> None:
        """Do a click that an earlier process claimed and did not send: plan it again with the member's roles of now."""
        async with self._locks.of(click.guild_id, click.member_id):
            facts = await self._facts(click)
            panel = await self._panels.reload(click.panel_id)
            decided = decide(panel, click, held, facts)
            if panel and not decided.empty:
                await self._carry_out(entry.id, click, Decision(panel, decided, held, facts), held, tell)
                return
            refused = {"payload": facts_of(click, panel, decided, Applied()), "resume": None, "settled_at": clock.now()}
            if await AuditEntry.advance(entry.id, AuditState.REFUSED, expected=AuditState.QUEUED, **refused):
                self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
                await tell(Outcome(panel, decided, Applied(), held, frozenset(facts.roles)))

    async def _carry_out(self, entry_id: int, click: Click, decision: "Decision", known: frozenset[int] | None, tell: Tell) -> None:
        """Apply a claimed plan, show what came of it, and settle its row."""
        panel, decided = decision.panel, decision.plan
        payload = facts_of(click, panel, decided, Applied())
        if not await AuditEntry.advance(entry_id, AuditState.SENT, expected=AuditState.QUEUED, payload=payload):
            raise AnsweredElsewhere
        deadline = asyncio.get_running_loop().time() + LAST_WAIT
        target = Target(click.guild_id, click.member_id, f"Role panel: {panel.name}", deadline)
        applied = await apply(self._bot.rest, target, decided, known)
        self._overlay.note(click.guild_id, click.member_id, applied.added, applied.removed)
        holds = (decision.held | set(applied.added)) - set(applied.removed)
        try:
            await tell(Outcome(panel, decided, applied, holds, frozenset(decision.facts.roles)))
        finally:
            await self._settle(entry_id, click, panel, decided, applied)

    async def _settle(self, entry_id: int, click: Click, panel: PanelSpec, decided: RolePlan, applied: Applied) -> None:
        changed = applied.added or applied.removed
        state = AuditState.UNKNOWN if applied.uncertain else AuditState.DONE if changed else AuditState.REFUSED
        await AuditEntry.advance(
            entry_id,
            state,
            expected=AuditState.SENT,
            payload=facts_of(click, panel, decided, applied),
            resume=None,
            settled_at=clock.now(),
        )
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
        if changed:
            changes = RolesChanged(click.guild_id, click.member_id, panel.panel_id, applied.added, applied.removed)
            self._bot.dispatch(RolesChanged.NAME, changes)

    async def _facts(self, click: Click) -> GuildFacts:
        guild = await self._bot.guild(click.guild_id)
        if guild is None:
            raise UserError(GUILD_MISSING)
        return guild_facts(guild, click.app_permissions)

    async def _nothing_to_do(
        self, click: Click, panel: PanelSpec | None, decided: RolePlan, held: frozenset[int], facts: GuildFacts, tell: Tell
    ) -> None:
        if decided.refusals:
            await AuditEntry.record_refusal(
                click.guild_id,
                KIND,
                clock.now(),
                member_id=click.member_id,
                panel_id=click.panel_id,
                payload=facts_of(click, panel, decided, Applied()),
                interaction_id=click.interaction_id,
            )
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(click.guild_id))
        await tell(Outcome(panel, decided, Applied(), held, frozenset(facts.roles)))

    async def _claim(self, click: Click, panel: PanelSpec, decided: RolePlan) -> int | None:
        return await AuditEntry.claim(
            guild_id=click.guild_id,
            member_id=click.member_id,
            panel_id=panel.panel_id,
            panel_version=panel.version,
            interaction_id=click.interaction_id,
            payload=facts_of(click, panel, decided, Applied()),
            resume=click.to_json(),
            at=clock.now(),
        )


def decide(panel: PanelSpec | None, click: Click, held: frozenset[int], facts: GuildFacts) -> RolePlan:
    """The plan for a click, with what the panel itself cannot know refused: a panel or item that is gone, a member not yet admitted."""
    if panel is None or panel.guild_id != click.guild_id:
        return RolePlan(refusals=(Refusal(0, Problem.PANEL_DELETED),))
    items = [panel.item(item_id) for item_id in click.item_ids]
    picked = tuple(item.role_id for item in items if item)
    if click.pending:
        return RolePlan(refusals=tuple(Refusal(role_id, Problem.PENDING) for role_id in picked))
    offered = {role.role_id for role in panel.roles if role.item_id in click.offered_ids}
    decided = plan(panel, held, Pick(picked, click.toggles, tuple(sorted(offered - set(picked)))), facts)
    gone = tuple(Refusal(0, Problem.NOT_ON_PANEL) for item in items if item is None)
    return RolePlan(decided.add, decided.remove, decided.unchanged, decided.refusals + gone)


def facts_of(click: Click, panel: PanelSpec | None, decided: RolePlan, applied: Applied) -> dict[str, Any]:
    """The record of a click: what was planned, what came of it, and the names that outlive the panel."""
    return {
        "panel_name": panel.name if panel else None,
        "panel_title": panel.title if panel else None,
        "channel_id": click.channel_id,
        "message_id": click.message_id,
        "planned_add": list(decided.add),
        "planned_remove": list(decided.remove),
        "added": list(applied.added),
        "removed": list(applied.removed),
        "refused": [{"role_id": refusal.role_id, "problem": refusal.problem.value} for refusal in decided.refusals],
        "failed": [{"role_id": failure.role_id, "problem": failure.problem.value} for failure in applied.failed],
    }
