"""The audit table: the record of every change and every click, and the outbox to the guild's audit channel."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.statements import rows_of


class AuditState(StrEnum):
    """Where a recorded change stands.

    queued: claimed, nothing sent to Discord · sent: Discord was asked, the answer is not recorded yet ·
    done: confirmed · refused: nothing was changed · unknown: asked, and the answer was lost; the payload tells what was observed.
    """

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


REPETITION = timedelta(minutes=10)  # for so long what is refused to the same member is one entry
REFUSALS_MAX = 25  # that one entry names
# Whatever they click: the entry counts, and names each refusal once. Of several panels it names none.
_COUNT_REPETITION = f"""
UPDATE audit_entry AS entry SET
    panel_id = CASE WHEN $4::int IS NULL OR panel_id = $4 THEN panel_id END,
    payload = payload
        || CASE WHEN $4::int IS NULL OR panel_id = $4 THEN '{{}}'::jsonb ELSE
            '{{"panel_name": null, "panel_title": null, "channel_id": null, "message_id": null}}'::jsonb END
        || jsonb_build_object('count', coalesce((payload->>'count')::int, 1) + 1, 'refused', (
            SELECT coalesce(jsonb_agg(refusal ORDER BY place), '[]') FROM (
                SELECT refusal, min(place) AS place FROM (
                    SELECT * FROM jsonb_array_elements(entry.payload->'refused') WITH ORDINALITY AS known(refusal, place)
                    UNION ALL
                    SELECT refusal, place + {REFUSALS_MAX} FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS more(refusal, place)
                ) AS every_one GROUP BY refusal ORDER BY 2 LIMIT {REFUSALS_MAX}
            ) AS each_once))
WHERE id = (
    SELECT id FROM audit_entry AS known
    WHERE guild_id = $1 AND created_at > $6 AND kind = $2 AND target_id = $3 AND state = 'refused' AND posted_at IS NULL
        AND payload->'planned_add' = '[]' AND payload->'planned_remove' = '[]'
        AND (payload->'refused' @> $5::jsonb OR NOT EXISTS (
            SELECT FROM audit_entry AS newer
            WHERE newer.guild_id = $1 AND newer.created_at >= known.created_at AND newer.id > known.id
                AND newer.kind = $2 AND newer.target_id = $3))
    ORDER BY payload->'refused' @> $5::jsonb DESC, created_at DESC, id DESC LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id
"""

SETTLED = (AuditState.DONE, AuditState.REFUSED, AuditState.UNKNOWN)


class AuditEntry(Model):
    """One recorded event. `kind` is a dotted name such as `roles.click` or `panel.create`; `payload` holds its facts.

    `resume` holds what another process needs to finish a claimed click (inputs and interaction token); it is emptied when settled.
    Panels are named by value, not by key, because the record outlives them.
    """

    id = fields.BigIntField(primary_key=True)
    guild_id = fields.BigIntField()
    kind = fields.CharField(max_length=32)
    actor_id = fields.BigIntField(null=True)
    target_id = fields.BigIntField(null=True)
    panel_id = fields.IntField(null=True)
    interaction_id = fields.BigIntField(null=True, unique=True)
    payload: dict[str, Any] = fields.JSONField[dict[str, Any]](default=dict)
    resume: dict[str, Any] | None = fields.JSONField[dict[str, Any] | None](null=True)
    state = fields.CharEnumField(AuditState, max_length=8)
    created_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    posted_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "audit_entry"
        indexes = (("guild_id", "target_id", "created_at"),)  # those of a part of the rows stand in the migrations

    @classmethod
    def unsettled(cls) -> QuerySet[Self]:
        """What is not recorded to its end, oldest first. Among millions of rows there are few of these."""
        return cls.filter(settled_at__isnull=True).order_by("id")

    @classmethod
    async def count_up_to(cls, guild_id: int, most: int) -> int:
        """How many entries a guild has; of more than `most` no more are counted."""
        counting = "SELECT count(*) FROM (SELECT FROM audit_entry WHERE guild_id = $1 LIMIT $2) AS counted"
        (row,) = await rows_of(counting, [guild_id, most])
        return row["count"]

    @classmethod
    async def record(
        cls,
        guild_id: int,
        kind: str,
        at: datetime,
        *,
        actor_id: int | None = None,
        target_id: int | None = None,
        panel_id: int | None = None,
        payload: dict[str, Any] | None = None,
        state: AuditState = AuditState.DONE,
        interaction_id: int | None = None,
        using_db: BaseDBAsyncClient | None = None,
    ) -> "AuditEntry":
        """Write a settled entry, inside the transaction `using_db` of the change that it records."""
        return await cls.create(
            guild_id=guild_id,
            kind=kind,
            actor_id=actor_id,
            target_id=target_id,
            panel_id=panel_id,
            interaction_id=interaction_id,
            payload=payload or {},
            state=state,
            created_at=at,
            settled_at=at,
            using_db=using_db,
        )

    @classmethod
    async def record_refusal(
        cls, guild_id: int, kind: str, at: datetime, *, member_id: int, panel_id: int | None, payload: dict[str, Any], interaction_id: int
    ) -> None:
        """Write a settled entry for a click that changed nothing; once for each interaction, whichever process gets it.

        An entry that waits to be posted tells of this one too, and counts it, if it names the same refusal or is the member's last.
        """
        repeated = await rows_of(_COUNT_REPETITION, [guild_id, kind, member_id, panel_id, json.dumps(payload["refused"]), at - REPETITION])
        if repeated:
            return
        entry = cls(
            guild_id=guild_id,
            kind=kind,
            actor_id=member_id,
            target_id=member_id,
            panel_id=panel_id,
            interaction_id=interaction_id,
            payload=payload,
            state=AuditState.REFUSED,
            created_at=at,
            settled_at=at,
        )
        await cls.bulk_create([entry], ignore_conflicts=True)

    @classmethod
    async def waiting_since(cls, guild_id: int, since: datetime) -> datetime | None:
        """When the oldest entry was settled that is due in the guild's audit channel and not posted yet; None when none is."""
        due = cls.filter(guild_id=guild_id, posted_at__isnull=True, settled_at__gte=since)
        return await due.order_by("settled_at").first().values_list("settled_at", flat=True)  # pyright: ignore[reportReturnType]

    @classmethod
    async def advance(cls, entry_id: int, state: AuditState, *, expected: AuditState, **changes: Any) -> bool:
        """Move an entry from `expected` to `state` and set `changes`; whether it still stood at `expected`."""
        return bool(await cls.filter(id=entry_id, state=expected).update(state=state, **changes))
