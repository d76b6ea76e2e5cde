"""The claim of a click and its end: the audit row and the member's grants, always written together.

A claim reserves the places of what it gives. A settled click leaves grants that Discord confirmed, and none that it refused.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction

from domain.grants import Grant
from domain.panels import PanelSpec
from models.audit import AuditState

# A place is taken by everybody but the member who claims it. Where all holders count, Discord's number of them stands for every grant that
# was confirmed before it was asked.
_CLAIM = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($8::jsonb) AS wanted(
        role_id bigint, item_id int, capacity int, holders int, counted_at timestamptz, expires_at timestamptz)
), full_items AS (
    SELECT item_id FROM wanted WHERE capacity <= coalesce(holders, 0) + (
        SELECT count(*) FROM role_grant AS other
        WHERE other.guild_id = $1 AND other.role_id = wanted.role_id AND other.user_id <> $2 AND other.left_at IS NULL AND CASE
            WHEN wanted.holders IS NULL THEN other.panel_id = $3
            ELSE NOT other.confirmed OR other.granted_at > wanted.counted_at
        END)
), planned_with AS (
    SELECT id FROM panel WHERE id = $3 AND version = $4 AND guild_id = $1 AND $5::jsonb = coalesce((
        SELECT jsonb_agg(jsonb_build_array(linked.id, linked.version) ORDER BY linked.id) FROM panel AS linked
        WHERE linked.guild_id = panel.guild_id AND linked.link_group = panel.link_group AND linked.id <> panel.id), '[]')
), may_be AS (
    SELECT id FROM planned_with WHERE NOT EXISTS (SELECT FROM full_items)
), claimed AS (
    {claiming}
    RETURNING audit_entry.id
), reserved AS (
    INSERT INTO role_grant (guild_id, user_id, role_id, panel_id, item_id, confirmed, granted_at, expires_at)
    SELECT $1, $2, wanted.role_id, $3, wanted.item_id, FALSE, $7, wanted.expires_at FROM wanted, claimed
    ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET panel_id = excluded.panel_id, item_id = excluded.item_id, confirmed = FALSE,
        granted_at = excluded.granted_at, expires_at = excluded.expires_at, left_at = NULL
)
SELECT (SELECT id FROM claimed) AS id, ARRAY(SELECT item_id FROM full_items) AS full_items, EXISTS(SELECT FROM planned_with) AS planned
"""
# A new row, or one that waited: what it may do is decided anew when its turn comes, and then it is sent.
_BEGIN = """INSERT INTO audit_entry (guild_id, kind, actor_id, target_id, panel_id, interaction_id, payload, resume, state, created_at)
    SELECT $1, $11, $12, $2, id, $6, $9::jsonb, $10::jsonb, $13, $7 FROM may_be
    ON CONFLICT (interaction_id) DO NOTHING"""
_SEND = """UPDATE audit_entry SET payload = $9::jsonb, resume = $10::jsonb, state = 'sent' FROM may_be
    WHERE audit_entry.id = $6 AND audit_entry.state = $11"""
_CLAIM_NEW, _CLAIM_AGAIN = _CLAIM.replace("{claiming}", _BEGIN), _CLAIM.replace("{claiming}", _SEND)
# An interaction is claimed once, however often it is tried.
_CLAIM_INTERACTION = f"/* REPEATABLE */{_CLAIM_NEW}"
_MY_CLAIM = "SELECT id FROM audit_entry WHERE interaction_id = $1 AND state = $2 AND resume->>'attempt' = $3"
# Two claims of one role's places must see each other's, so they wait here for one another's end.
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(id) FROM (SELECT unnest($1::bigint[]) AS id ORDER BY 1) AS roles"
_SETTLE = """
WITH settled AS (
    UPDATE audit_entry SET state = $2, payload = $3::jsonb, resume = NULL, settled_at = $4 WHERE id = $1 AND state = $5
    RETURNING id, guild_id, target_id
), begun AS (
    UPDATE role_grant AS made SET confirmed = TRUE, granted_at = $6, expires_at = made.expires_at + ($6 - made.granted_at) FROM settled
    WHERE made.guild_id = settled.guild_id AND made.user_id = settled.target_id AND made.role_id = ANY($7::bigint[])
), ended AS (
    DELETE FROM role_grant AS made USING settled
    WHERE made.guild_id = settled.guild_id AND made.user_id = settled.target_id
        AND (made.role_id = ANY($8::bigint[]) OR made.role_id = ANY($9::bigint[]) AND NOT made.confirmed)
)
SELECT id FROM settled
"""


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
    holders: Mapping[int, HolderCount] = field(default_factory=dict)

    def wanted(self, at: datetime) -> list[dict[str, Any]]:
        """The grants as the claiming statement reads them."""
        return [self._wanted(grant, grant.ends(at)) for grant in self.grants]

    def _wanted(self, grant: Grant, ends: datetime | None) -> dict[str, Any]:
        count = self.holders.get(grant.role_id) if grant.capacity_counts_all else None
        return {
            "role_id": grant.role_id,
            "item_id": grant.item_id,
            "capacity": grant.capacity,
            "holders": count.holders if count else None,
            "counted_at": count.counted_at.isoformat() if count else None,
            "expires_at": ends.isoformat() if ends else None,
        }


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row that a claim got. Without one: `full` are the items that had no place left, else the panels changed (`stale`) or it has
    another owner.
    """

    entry_id: int | None
    full: frozenset[int] = frozenset()
    stale: bool = field(default=False, compare=False)


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
    claims of one role take turns. The claim of an interaction is made once more when its answer is lost; `attempt` tells which is its own.
    """
    actor_id = wish.member_id if wish.interaction_id is not None else None
    attempt = uuid4().hex
    values = [*_values(wish, wish.interaction_id, payload, resume | {"attempt": attempt}, at), kind, actor_id, state.value]
    try:
        claimed = await _claim_new(wish, values)
    except DBConnectionError:
        if wish.interaction_id is None or not _limited([wish]):  # those without limits were repeated already
            raise
        claimed = await _claim_new(wish, values)
    if claimed.entry_id is None and not claimed.full:
        mine = await get_connection("default").execute_query_dict(_MY_CLAIM, [wish.interaction_id, state.value, attempt])
        return Claimed(mine[0]["id"]) if mine else claimed
    return claimed


async def _claim_new(wish: Claim, values: list[Any]) -> Claimed:
    if not _limited([wish]):
        statement = _CLAIM_NEW if wish.interaction_id is None else _CLAIM_INTERACTION
        return await _claim(get_connection("default"), statement, values)
    async with in_transaction() as db:
        await db.execute_query(_TAKE_TURNS, [_limited([wish])])
        return await _claim(db, _CLAIM_NEW, values)


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
                await db.execute_query(_TAKE_TURNS, [limited])
            for row in rows:
                values = [*_values(row.wish, row.entry_id, row.payload, row.resume, at), row.state.value]
                claimed = await _claim(db, _CLAIM_AGAIN, values)
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


async def _claim(db: BaseDBAsyncClient, statement: str, values: list[Any]) -> Claimed:
    (row,) = await db.execute_query_dict(statement, values)
    return Claimed(row["id"], frozenset(row["full_items"]), stale=row["id"] is None and not row["full_items"] and not row["planned"])


async def settle(
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
) -> bool:
    """End a claimed click: its record, and the grants of its member.

    Those of `added` roles begin at `since` (by default: at `at`), those of `removed` ones are gone, and so are the reservations for
    `released` ones. Whether the row still stood at `expected`; if not, nothing is written.
    """
    values = [entry_id, state.value, json.dumps(payload), at, expected.value, since or at, list(added), list(removed), list(released)]
    return bool(await get_connection("default").execute_query_dict(_SETTLE, values))
