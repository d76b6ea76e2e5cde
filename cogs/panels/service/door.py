"""The one door through which every write of panels, of the roles on them and of their messages passes.

It lets one write at a time into a guild, and at its end compares the panels, with all that they are linked with, as they were and as they
have become: nobody opens a role that they could not put on a panel themselves, and the bot by itself opens none. Whoever writes a row
has a `Passage`, which is made here alone.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from cogs.panels.service.access import Editor
from cogs.panels.service.questions import Asked, NotYoursToOpen
from core.errors import UserError
from core.i18n import N_
from core.markup import code
from domain.openings import Openings, Standing, barred, judged, openings, to_ask
from domain.panel_file import fault_of, mentioned
from domain.panels import GROUP_PANELS_MAX, GROUP_ROLES_MAX, PanelSpec
from domain.role_safety import GuildFacts
from models import MessageState, Panel, PanelMessage

UNKNOWN_ROLE = N_("Nothing was changed, because this names a role that no longer exists on this server.")
OVER_A_LIMIT = N_("Nothing was changed, because the panel would go over a limit at {where}.")
GROUP_FULL = N_("Linked panels can be at most {panels}, with at most {roles} roles on all of them together.")


class BotWouldOpen(Exception):
    """The bot was about to open a role by itself. Nothing was written."""


@dataclass(slots=True)
class Passage:
    """One write under way: `by` whom (None is the bot itself), in a guild as it is, inside one transaction.

    `panel_ids` are the panels that may become other than they were, and `posted_ids` those of which only the messages may; who makes a
    panel adds it. `answered` are powerful roles that an administrator was shown with just this change.
    """

    by: Editor | None
    facts: GuildFacts
    db: BaseDBAsyncClient
    panel_ids: set[int]
    posted_ids: set[int]
    before: tuple[PanelSpec, ...]  # the panels as they were, which nobody else can change meanwhile
    answered: set[int] = field(default_factory=set)


@asynccontextmanager
async def door(
    by: Editor | None,
    facts: GuildFacts,
    panel_ids: Collection[int] = (),
    *,
    posted_ids: Collection[int] = (),
    answered: Collection[int] = (),
    messages: QuerySet[PanelMessage] | None = None,
) -> AsyncIterator[Passage]:
    """Write what the block writes, or nothing. Raises NotYoursToOpen, Asked, or BotWouldOpen.

    `messages` are locked first: who follows a message holds its row while Discord answers, and the guild must not wait for that.
    """
    try:
        async with in_transaction() as db:
            if messages is not None:
                await messages.using_db(db).order_by("id").select_for_update()
            await _hold(facts.guild_id, db)
            before = await _standing(set(panel_ids), {*panel_ids, *posted_ids}, facts.guild_id, db)
            passage = Passage(by, facts, db, set(panel_ids), set(posted_ids), before.panels, set(answered))
            yield passage
            await _judge(passage, before)
    except Asked as question:
        await question.keep(facts.guild_id, by)
        raise


async def _hold(guild_id: int, db: BaseDBAsyncClient) -> None:
    """Let no other write into this guild until this transaction ends."""
    await db.execute_query("SELECT pg_advisory_xact_lock($1)", [guild_id])


async def _judge(passage: Passage, before: Standing) -> None:
    after = await _standing(passage.panel_ids, passage.panel_ids | passage.posted_ids, passage.facts.guild_id, passage.db)
    await asyncio.to_thread(_check, before, after, passage.facts)
    opened, versions = await _opened(passage, before, after)
    if not opened:
        return
    by, facts = passage.by, passage.facts
    bar = await asyncio.to_thread(barred, opened, facts, by.author if by else None)
    if by is None:
        raise BotWouldOpen(f"guild {facts.guild_id}: {bar}")
    if bar:
        raise NotYoursToOpen(bar, facts)
    question = await asyncio.to_thread(to_ask, opened, facts, by.author, passage.answered)
    if question:
        asked = Asked(question, facts, versions)
        if asked.proof != by.agreed:
            raise asked


def _check(before: Standing, after: Standing, facts: GuildFacts) -> None:
    """Raise UserError for what no form lets anybody send: roles that the server has not, and what is over a limit."""
    known = {panel.panel_id: panel for panel in before.panels}
    for panel in after.panels:
        was = known.get(panel.panel_id)
        if was == panel:
            continue
        if mentioned(panel) - (mentioned(was) if was else set()) - facts.roles.keys():
            raise UserError(UNKNOWN_ROLE)
        fault = fault_of(panel)
        if fault and not (was and fault_of(was)):
            raise UserError(OVER_A_LIMIT, where=code(fault.where))


async def _opened(passage: Passage, before: Standing, after: Standing) -> tuple[Openings, list[tuple[int, int]]]:
    """What this write opens, and of which versions of the panels. Most edits can open nothing, and are not looked at closely."""
    db, guild_id = passage.db, passage.facts.guild_id
    was, now = await asyncio.to_thread(_judged, before), await asyncio.to_thread(_judged, after)
    moved = {panel_id for panel_id, channels in after.channels.items() if channels - before.channels.get(panel_id, frozenset())}
    if was == now and not moved:
        return Openings({}, {}), []
    alone = moved - passage.panel_ids  # not written to, so they are what they were
    posted = await _panels(Q(id__in=alone), guild_id, db) if alone else ()
    touched = [*before.panels, *after.panels, *posted]
    groups = {panel.link_group for panel in touched if panel.link_group is not None}
    ids = {panel.panel_id for panel in touched}
    others = await _panels(Q(link_group__in=groups) & ~Q(id__in=ids), guild_id, db) if groups else ()
    before, after = (replace(standing, panels=(*standing.panels, *posted, *others)) for standing in (before, after))
    _check_groups(before.panels, after.panels)
    versions = [(panel.panel_id, panel.version) for panel in before.panels]
    return await asyncio.to_thread(openings, before, after, passage.facts), versions


def _judged(standing: Standing) -> dict[int, object]:
    return {panel.panel_id: judged(panel) for panel in standing.panels}


def _check_groups(before: Iterable[PanelSpec], after: Iterable[PanelSpec]) -> None:
    """Raise UserError for a link group that grew over its quota: a click on one of its panels asks all of them."""
    was, now = _group_sizes(before), _group_sizes(after)
    for group, (panels, roles) in now.items():
        panels_before, roles_before = was.get(group, (0, 0))
        if (panels > GROUP_PANELS_MAX and panels > panels_before) or (roles > GROUP_ROLES_MAX and roles > roles_before):
            raise UserError(GROUP_FULL, panels=GROUP_PANELS_MAX, roles=GROUP_ROLES_MAX)


def _group_sizes(panels: Iterable[PanelSpec]) -> dict[str, tuple[int, int]]:
    sizes: dict[str, tuple[int, int]] = {}
    for panel in panels:
        if panel.link_group is not None:
            count, roles = sizes.get(panel.link_group, (0, 0))
            sizes[panel.link_group] = count + 1, roles + len(panel.roles)
    return sizes


async def _standing(panel_ids: Iterable[int], posted_ids: Iterable[int], guild_id: int, db: BaseDBAsyncClient) -> Standing:
    panels = await _panels(Q(id__in=list(panel_ids)), guild_id, db) if panel_ids else ()
    return Standing(panels, await _channels(posted_ids, db))


async def _panels(which: Q, guild_id: int, db: BaseDBAsyncClient) -> tuple[PanelSpec, ...]:
    return await Panel.specs(which & Q(guild_id=guild_id), db)


async def _channels(panel_ids: Iterable[int], db: BaseDBAsyncClient) -> Mapping[int, frozenset[int]]:
    """The channels where panels stand, or are being posted. What was deleted, or is to be, stands there no longer."""
    rows = PanelMessage.filter(panel_id__in=list(panel_ids), missing=False).exclude(state=MessageState.DELETING).using_db(db)
    found: dict[int, set[int]] = {}
    for panel_id, channel_id in await rows.values_list("panel_id", "channel_id"):
        found.setdefault(panel_id, set()).add(channel_id)
    return {panel_id: frozenset(channels) for panel_id, channels in found.items()}
