"""Clicks that an earlier process, or a failure of this one, left unsettled: what was not sent stands in line, what was is looked at."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from loguru import logger

from cogs.roles.change.applier import Applied, compare, look
from cogs.roles.click.service import TOKEN_LIFE, RoleService
from cogs.roles.decision.decision import Click, Outcome, facts_of, planned
from cogs.roles.decision.refusals import KIND
from cogs.roles.queue.turns import Tell
from core.answer import Answer, TooLate
from core.calls import RateLimited
from core.components import text_message
from core.i18n import N_
from core.loops import Loop
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten
from domain.plan import Refusal
from domain.role_safety import Problem
from models import AuditEntry, AuditState, Panel
from models.claim import settle

if TYPE_CHECKING:
    from core.bot import RolePanelBot

GOES_ON = N_("Your click isn't forgotten: the bot was interrupted, and this message will say what came of it.")
UNSETTLED = (AuditState.QUEUED, AuditState.SENT)
PAUSE = 30.0  # seconds
STRAGGLERS = timedelta(minutes=2)  # after a predecessor was at work: so long the network may still deliver what it sent
STRAGGLERS_PAUSE = 5.0  # seconds
# After a predecessor was at work: by then what it sent has taken effect, or never will. It may send for shards.HOLD_SECONDS more where it
# does not know that it was replaced, and a call may be slow.
SURELY = timedelta(seconds=15)


class Recovery:
    """Settles leftover rows of the guilds that this process serves."""

    def __init__(
        self,
        bot: "RolePanelBot",
        service: RoleService,
        answer_later: Callable[[Click, timedelta], Answer],
        teller: Callable[[Answer], Tell],
    ) -> None:
        self._bot, self._service = bot, service
        self._answer_later, self._teller = answer_later, teller
        self.loop = Loop(N_("Finishing clicks that were interrupted"), self._look, every=PAUSE)
        self._alone_since: float | None = None
        self._followed_at = clock.now()

    async def _look(self) -> float:
        """What others left when this process began to serve, again and again, as the network may deliver it late; and what failed here."""
        since = await self._bot.slots.until_alone()
        now = clock.now()
        if since != self._alone_since:
            self._alone_since, self._followed_at = since, now
        settled = await self.run()
        if settled:
            logger.info("Settled {} clicks that were left behind", settled)
        return STRAGGLERS_PAUSE if now - self._followed_at < STRAGGLERS else PAUSE

    async def run(self) -> int:
        """Settle every unsettled click that this process does not work on itself; how many there were.

        When it was claimed tells nothing: the clock of the process that claimed it may have been wrong.
        """
        rows = AuditEntry.unsettled().filter(kind=KIND)
        settled = 0
        for entry_id, guild_id, interaction_id in await rows.values_list("id", "guild_id", "interaction_id"):
            if not self._bot.serves(guild_id) or interaction_id in self._service.active or self.loop.is_aside(entry_id):
                continue
            with self.loop.item(guild_id, entry_id):
                try:
                    row = await AuditEntry.get_or_none(id=entry_id, state__in=UNSETTLED)
                    if row and not await self._settle(row):
                        continue
                except TooLate:
                    logger.info("Interaction {} was settled, but can no longer be answered", interaction_id)
                except (discord.HTTPException, Uncertain, RateLimited) as error:
                    logger.warning("The unsettled click {} has to wait: {!r}", entry_id, error)
                settled += 1
        return settled

    async def refuse_all(self, guild_id: int) -> None:
        """Refuse every click of a guild that was not sent yet, whether it stands in line or was left behind, and tell who made it."""
        tells = self._service.withdraw(guild_id)
        try:
            rows = AuditEntry.filter(kind=KIND, state=AuditState.QUEUED, guild_id=guild_id).order_by("id")
            for entry_id, interaction_id in await rows.values_list("id", "interaction_id"):
                if interaction_id in tells or interaction_id not in self._service.active:
                    with self.loop.item(guild_id, entry_id):
                        await self._refuse(entry_id, tells.get(interaction_id))
        finally:
            self._service.active.difference_update(tells)

    async def _refuse(self, entry_id: int, tell: Tell | None) -> None:
        row = await AuditEntry.get_or_none(id=entry_id, state=AuditState.QUEUED)
        if row is None:
            return
        click, age, plan = Click.from_json(row.resume or {}), clock.now() - row.created_at, planned(row.payload)
        if tell is None and age < TOKEN_LIFE:
            tell = self._teller(self._answer_later(click, age))
        guild = self._bot.get_guild(click.guild_id)
        roles = frozenset(role.id for role in guild.roles) if guild else frozenset[int]()
        refused = Applied(failed=tuple(Refusal(role_id, Problem.FORGOTTEN) for role_id in (*plan.add, *plan.remove)))
        try:
            await (tell or _tell_nobody)(Outcome(None, plan, refused, None, roles))
        except (TooLate, discord.HTTPException, Uncertain, RateLimited) as error:
            logger.info("Interaction {} could not be told that it is refused: {!r}", click.interaction_id, error)
        await self._give_up(row, Problem.FORGOTTEN)

    async def _settle(self, row: AuditEntry) -> bool:
        """Whether it came to an end, or stands in line now; what was sent a moment ago may still take effect."""
        click = Click.from_json(row.resume or {})
        age = clock.now() - row.created_at
        answer = self._answer_later(click, age) if age < TOKEN_LIFE else None
        tell = self._teller(answer) if answer else _tell_nobody
        if row.state is AuditState.SENT:
            return await self._observe(row, click, tell)
        if answer and await self._reached(answer):
            self._service.take_up(row, click, tell)
        else:
            await self._give_up(row)
        return True

    async def _reached(self, answer: Answer) -> bool:
        """Whether the member can still be told. Who was never acknowledged saw the click fail, and may have clicked again since."""
        try:
            await answer.progress(text_message(answer.t(GOES_ON)))
        except TooLate:
            return False
        return True

    async def _observe(self, row: AuditEntry, click: Click, tell: Tell) -> bool:
        """What was sent may or may not have taken effect: record what is seen, unless that may change yet."""
        now = await self._present_roles(click)
        plan = planned(row.payload)
        left = tuple(Refusal(role_id, Problem.MEMBER_LEFT) for role_id in (*plan.add, *plan.remove))
        seen = Applied(failed=left) if now is None else compare(plan, now, Problem.INTERRUPTED)
        if now is not None and seen.failed and clock.now() - self._followed_at < SURELY:
            return False
        panel = await Panel.spec(click.panel_id)
        payload = {**row.payload, **facts_of(click, panel, plan, seen), "refused": row.payload["refused"], "observed": True}
        if await self._close(row, AuditState.UNKNOWN, AuditState.SENT, payload, seen):
            guild = self._bot.get_guild(click.guild_id)
            roles = frozenset(role.id for role in guild.roles) if guild else frozenset()
            await tell(Outcome(panel, plan, seen, now, roles))
        return True

    async def _give_up(self, row: AuditEntry, problem: Problem = Problem.EXPIRED) -> None:
        plan = planned(row.payload)
        failed = [{"role_id": role_id, "problem": problem.value} for role_id in (*plan.add, *plan.remove)]
        await self._close(row, AuditState.REFUSED, AuditState.QUEUED, {**row.payload, "failed": failed}, Applied())

    async def _close(self, row: AuditEntry, state: AuditState, expected: AuditState, payload: dict[str, object], seen: Applied) -> bool:
        released = seen.not_added(planned(row.payload))
        settled = await settle(
            self._bot.database,
            row.id,
            state,
            payload,
            clock.now(),
            expected=expected,
            added=seen.added,
            removed=seen.removed,
            released=released,
        )
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(row.guild_id))
        return settled is not None

    async def _present_roles(self, click: Click) -> frozenset[int] | None:
        try:
            return (await look(self._bot.rest, click.guild_id, click.member_id)).role_ids
        except (discord.NotFound, discord.Forbidden):
            return None


async def _tell_nobody(outcome: Outcome) -> None:
    """The token has ended: there is nobody left to answer."""
