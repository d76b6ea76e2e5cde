"""The claim of a click and its end: the audit row and the member's grants, always written together.

A claim reserves the places of what it gives. A settled click leaves grants that Discord confirmed, and none that it refused.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
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
    SELECT id FROM panel WHERE id = $3 AND version = $4 AND guild_id = $1 AND NOT EXISTS (SELECT FROM full_items) AND $5::jsonb = coalesce((
        SELECT jsonb_agg(jsonb_build_array(linked.id, linked.version) ORDER BY linked.id) FROM panel AS linked
        WHERE linked.guild_id = panel.guild_id AND linked.link_group = panel.link_group AND linked.id <> panel.id), '[]')
), claimed AS (
    INSERT INTO audit_entry (guild_id, kind, actor_id, target_id, panel_id, interaction_id, payload, resume, state, created_at)
    SELECT $1, 'roles.click', $2, $2, id, $6, $9::jsonb, $10::jsonb, 'queued', $7 FROM planned_with
    ON CONFLICT (interaction_id) DO NOTHING
    RETURNING id
), reserved AS (
    INSERT INTO role_grant (guild_id, user_id, role_id, panel_id, item_id, confirmed, granted_at, expires_at)
    SELECT $1, $2, wanted.role_id, $3, wanted.item_id, FALSE, $7, wanted.expires_at FROM wanted, claimed
    ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET panel_id = excluded.panel_id, item_id = excluded.item_id, confirmed = FALSE,
        granted_at = excluded.granted_at, expires_at = excluded.expires_at, left_at = NULL
)
SELECT (SELECT id FROM claimed) AS id, ARRAY(SELECT item_id FROM full_items) AS full_items
"""
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
    """What a click claims: the panels with the versions it was planned with, and the grants whose places it needs.

    `holders` are Discord's counts, by role, where all holders count.
    """

    guild_id: int
    member_id: int
    interaction_id: int
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
    """The row that a claim got. Without one: `full` are the items that had no place left, else the panels changed or the click is owned."""

    entry_id: int | None
    full: frozenset[int] = frozenset()


async def claim(wish: Claim, payload: dict[str, Any], resume: dict[str, Any], at: datetime) -> Claimed:
    """Claim a click and reserve its places, all of them or nothing.

    It gets a row if every panel still has the version that was planned with, there is room, and nobody claimed the click before.
    One statement, so that of several processes exactly one gets the row; where places are limited, in a transaction in which the
    claims of one role take turns.
    """
    linked = sorted([panel.panel_id, panel.version] for panel in wish.linked)
    values = [
        wish.guild_id,
        wish.member_id,
        wish.panel.panel_id,
        wish.panel.version,
        json.dumps(linked),
        wish.interaction_id,
        at,
        json.dumps(wish.wanted(at)),
        json.dumps(payload),
        json.dumps(resume),
    ]
    limited = [grant.role_id for grant in wish.grants if grant.capacity is not None]
    if not limited:
        return await _claim(get_connection("default"), values)
    async with in_transaction() as db:
        await db.execute_query(_TAKE_TURNS, [limited])
        return await _claim(db, values)


async def _claim(db: BaseDBAsyncClient, values: list[Any]) -> Claimed:
    (row,) = await db.execute_query_dict(_CLAIM, values)
    return Claimed(row["id"], frozenset(row["full_items"]))


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
