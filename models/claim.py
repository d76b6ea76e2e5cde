"""The claim of a click and its end: the audit row and the member's grants, always written together.

A claim reserves the places of what it gives. A settled click leaves grants that Discord confirmed, and none that it refused.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Protocol
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction

from domain.grants import Grant
from domain.panels import PanelSpec
from models.audit import AuditState
from models.statements import rows_of, run

_PROCESS, _ATTEMPTS = uuid4().hex, count()
# A place is taken by everybody but the member who claims it. Nobody is counted beyond what the role takes.
_TAKEN = """
SELECT count(*) AS n FROM (
    SELECT FROM role_grant WHERE guild_id = $1 AND role_id = $2 AND panel_id = $3 AND left_at IS NULL AND user_id <> $4 LIMIT $5
) AS taken
"""
# Where all holders count, Discord's number of them stands for every grant that was confirmed before it was asked. No click is at work for
# half an hour: what was reserved longer ago and never confirmed is as Discord counts it. Between two moments, or the server, which does not
# know them when it plans once for all, would not think that they leave out much, and read all holders.
_TAKEN_SINCE = """
SELECT count(*) AS n FROM role_grant
WHERE guild_id = $1 AND role_id = $2 AND claimed_at BETWEEN $3::timestamptz - INTERVAL '30 minutes' AND 'infinity'
    AND (NOT confirmed OR granted_at > $3) AND left_at IS NULL AND user_id <> $4
"""
_CLAIM = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($8::jsonb) AS wanted(role_id bigint, item_id int, expires_at timestamptz)
), planned_with AS (
    SELECT id FROM panel WHERE id = $3 AND version = $4 AND guild_id = $1 AND $5::jsonb = coalesce((
        SELECT jsonb_agg(jsonb_build_array(linked.id, linked.version) ORDER BY linked.id) FROM panel AS linked
        WHERE linked.guild_id = panel.guild_id AND linked.link_group = panel.link_group AND linked.id <> panel.id), '[]')
), claimed AS (
    {claiming}
    RETURNING audit_entry.id
), reserved AS (
    INSERT INTO role_grant (guild_id, user_id, role_id, panel_id, item_id, confirmed, granted_at, claimed_at, expires_at)
    SELECT $1, $2, wanted.role_id, $3, wanted.item_id, FALSE, $7, $7, wanted.expires_at FROM wanted, claimed
    ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET panel_id = excluded.panel_id, item_id = excluded.item_id, confirmed = FALSE,
        granted_at = excluded.granted_at, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at, left_at = NULL
)
SELECT (SELECT id FROM claimed) AS id, EXISTS(SELECT FROM planned_with) AS planned
"""
# A new row, or one that waited: what it may do is decided anew when its turn comes, and then it is sent.
_BEGIN = """INSERT INTO audit_entry (guild_id, kind, actor_id, target_id, panel_id, interaction_id, payload, resume, state, created_at)
    SELECT $1, $11, $12, $2, id, $6, $9::jsonb, $10::jsonb, $13, $7 FROM planned_with
    ON CONFLICT (interaction_id) DO NOTHING"""
_SEND = """UPDATE audit_entry SET payload = $9::jsonb, resume = $10::jsonb, state = 'sent' FROM planned_with
    WHERE audit_entry.id = $6 AND audit_entry.state = $11"""
_CLAIM_NEW, _CLAIM_AGAIN = _CLAIM.replace("{claiming}", _BEGIN), _CLAIM.replace("{claiming}", _SEND)
# An interaction is claimed once, however often it is tried.
_CLAIM_INTERACTION = f"/* REPEATABLE */{_CLAIM_NEW}"
_MY_CLAIM = "SELECT id FROM audit_entry WHERE interaction_id = $1 AND state = $2 AND resume->>'attempt' = $3"
# Two claims of one role's places must see each other's, so they wait here for one another's end.
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(id) FROM (SELECT unnest($1::bigint[]) AS id ORDER BY 1) AS roles"
# A member's grants in a guild are few, so they are looked through. `= ANY` would be planned anew for each click: with so many roles it is
# worth less, the server thinks, than with those of this one.
_SETTLE = """
WITH settled AS (
    UPDATE audit_entry SET state = $2, payload = $3::jsonb, resume = NULL, settled_at = $4 WHERE id = $1 AND state = $5
    RETURNING id, guild_id, target_id
), begun AS (
    UPDATE role_grant AS made SET confirmed = TRUE, granted_at = $6, expires_at = made.expires_at + ($6 - made.granted_at) FROM settled
    WHERE made.guild_id = settled.guild_id AND made.user_id = settled.target_id AND $7::bigint[] @> ARRAY[made.role_id]
    RETURNING made.expires_at
), ended AS (
    DELETE FROM role_grant AS made USING settled
    WHERE made.guild_id = settled.guild_id AND made.user_id = settled.target_id
        AND ($8::bigint[] @> ARRAY[made.role_id] OR $9::bigint[] @> ARRAY[made.role_id] AND NOT made.confirmed)
)
SELECT (SELECT min(expires_at) FROM begun) AS ends_at FROM settled
"""


class Statements(Protocol):
    """What runs a statement: core.database, for one in a transaction of its own."""

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """The rows that it answers with; they know their columns by name."""
        ...


@dataclass(frozen=True, slots=True)
class HolderCount:
    """How many members Discord saw holding a role when it was asked at `counted_at`."""

    holders: int
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What a change claims: the panels with the versions it was planned with, and the grants whose places it needs.

    `holders` are Discord's counts, by role, where all holders count. Without an interaction nobody asked for it.
    """

    guild_id: int
    member_id: int
    interaction_id: int | None
    panel: PanelSpec
    linked: Sequence[PanelSpec] = ()
    grants: Sequence[Grant] = ()
    holders: Mapping[int, HolderCount] = field(default_factory=dict[int, HolderCount])

    def wanted(self, at: datetime) -> list[dict[str, Any]]:
        """The grants as the claiming statement reads them."""
        return [
            {"role_id": grant.role_id, "item_id": grant.item_id, "expires_at": ends.isoformat() if (ends := grant.ends(at)) else None}
            for grant in self.grants
        ]


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row that a claim got. Without one: `full` are the items that had no place left, else the panels changed (`stale`) or it has
    another owner.
    """

    entry_id: int | None
    full: frozenset[int] = frozenset()
    stale: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Settled:
    """That a click was ended, and when the first of the roles that it gave ends; None when none does."""

    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row whose turn has come, with what it is now to do."""

    entry_id: int
    state: AuditState
    wish: Claim
    payload: dict[str, Any]
    resume: dict[str, Any]


class _NotNow(Exception):
    """Of several rows one cannot be claimed, so none is."""

    def __init__(self, claimed: Claimed) -> None:
        super().__init__()
        self.claimed = claimed


async def claim(
    db: Statements,
    wish: Claim,
    payload: dict[str, Any],
    resume: dict[str, Any],
    at: datetime,
    *,
    kind: str = "roles.click",
    state: AuditState = AuditState.QUEUED,
) -> Claimed:
    """Claim a change and reserve its places, all of them or nothing.

    It gets a row if every panel still has the version that was planned with, there is room, and nobody claimed the click before.
    One statement, so that of several processes exactly one gets the row; where places are limited, in a transaction in which the
    claims of one role take turns. `state` is SENT for who sends it at once. The claim of an interaction is made once more when its answer
    is lost; `attempt` tells which is its own.
    """
    actor_id = wish.member_id if wish.interaction_id is not None else None
    attempt = f"{_PROCESS}-{next(_ATTEMPTS)}"
    values = [*_values(wish, wish.interaction_id, payload, resume | {"attempt": attempt}, at), kind, actor_id, state.value]
    try:
        claimed = await _claim_new(db, wish, values)
    except DBConnectionError:
        if wish.interaction_id is None or not _limited([wish]):  # those without limits were repeated already
            raise
        claimed = await _claim_new(db, wish, values)
    if claimed.entry_id is None and not claimed.full:
        mine = await db.fetch(_MY_CLAIM, wish.interaction_id, state.value, attempt)
        return Claimed(mine[0]["id"]) if mine else claimed
    return claimed


async def _claim_new(db: Statements, wish: Claim, values: list[Any]) -> Claimed:
    if not _limited([wish]):
        return _claimed(await db.fetch(_CLAIM_NEW if wish.interaction_id is None else _CLAIM_INTERACTION, *values))
    async with in_transaction() as transaction:
        await run(_TAKE_TURNS, [_limited([wish])], transaction)
        return await _claim(transaction, wish, _CLAIM_NEW, values)


async def claim_again(rows: Sequence[Waiting], at: datetime) -> tuple[Claimed, frozenset[int]]:
    """Claim what waited, as it was decided just now; the rows go to `sent`.

    All of them or none: why none, and the ids of those that still were in the state where they waited. Their reservations are made anew.
    """
    mine: set[int] = set()
    if not rows:
        return Claimed(None), frozenset()
    try:
        async with in_transaction() as db:
            if limited := _limited([row.wish for row in rows]):
                await run(_TAKE_TURNS, [limited], db)
            for row in rows:
                values = [*_values(row.wish, row.entry_id, row.payload, row.resume, at), row.state.value]
                claimed = await _claim(db, row.wish, _CLAIM_AGAIN, values)
                if claimed.full or claimed.stale:
                    raise _NotNow(claimed)
                if claimed.entry_id is not None:
                    mine.add(claimed.entry_id)
    except _NotNow as reason:
        return reason.claimed, frozenset()
    return Claimed(None), frozenset(mine)


def _limited(wishes: Sequence[Claim]) -> list[int]:
    return [grant.role_id for wish in wishes for grant in wish.grants if grant.capacity is not None]


def _values(wish: Claim, row: int | None, payload: dict[str, Any], resume: dict[str, Any], at: datetime) -> list[Any]:
    linked = sorted([panel.panel_id, panel.version] for panel in wish.linked)
    return [
        wish.guild_id,
        wish.member_id,
        wish.panel.panel_id,
        wish.panel.version,
        json.dumps(linked),
        row,
        at,
        json.dumps(wish.wanted(at)),
        json.dumps(payload),
        json.dumps(resume),
    ]


async def _claim(db: BaseDBAsyncClient, wish: Claim, statement: str, values: list[Any]) -> Claimed:
    """Claim what is not full; in a transaction in which it is this claim's turn."""
    full = {grant.item_id for grant in wish.grants if grant.capacity is not None and await _taken(db, wish, grant) >= grant.capacity}
    if full:
        return Claimed(None, frozenset(item_id for item_id in full if item_id is not None))
    return _claimed(await rows_of(statement, values, db))


async def _taken(db: BaseDBAsyncClient, wish: Claim, grant: Grant) -> int:
    """How many places of a limited role are taken, by others."""
    count = wish.holders.get(grant.role_id) if grant.capacity_counts_all else None
    if count is None:
        values = [wish.guild_id, grant.role_id, wish.panel.panel_id, wish.member_id, grant.capacity]
        (row,) = await rows_of(_TAKEN, values, db)
        return row["n"]
    (row,) = await rows_of(_TAKEN_SINCE, [wish.guild_id, grant.role_id, count.counted_at, wish.member_id], db)
    return count.holders + row["n"]


def _claimed(rows: Sequence[Any]) -> Claimed:
    (row,) = rows
    return Claimed(row["id"], stale=row["id"] is None and not row["planned"])


async def settle(
    db: Statements,
    entry_id: int,
    state: AuditState,
    payload: dict[str, Any],
    at: datetime,
    *,
    expected: AuditState,
    since: datetime | None = None,
    added: Sequence[int] = (),
    removed: Sequence[int] = (),
    released: Sequence[int] = (),
) -> Settled | None:
    """End a claimed click: its record, and the grants of its member.

    Those of `added` roles begin at `since` (by default: at `at`), those of `removed` ones are gone, and so are the reservations for
    `released` ones. None when the row stood at `expected` no longer; then nothing is written.
    """
    values = [entry_id, state.value, json.dumps(payload), at, expected.value, since or at, list(added), list(removed), list(released)]
    rows = await db.fetch(_SETTLE, *values)
    return Settled(rows[0]["ends_at"]) if rows else None
