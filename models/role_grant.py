"""What members have from panels: reservations of limited places, roles with an end, and roles to give back to who returns."""

from collections.abc import Collection
from datetime import datetime

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.transactions import in_transaction

from models.panel import Panel
from models.statements import rows_of

# While Discord's answer to the change is awaited, the grant stands in the record of the change alone.
_OVERDUE = """
SELECT DISTINCT role_id FROM (
    SELECT role_id FROM role_grant WHERE guild_id = $1 AND confirmed AND left_at IS NULL AND expires_at < $2
    UNION ALL
    SELECT CASE WHEN resume->'errand'->>'role_id' ~ '^[0-9]{1,18}$' THEN (resume->'errand'->>'role_id')::bigint END FROM audit_entry
    WHERE settled_at IS NULL AND guild_id = $1 AND kind IN ('roles.expire', 'roles.end') AND created_at < $2
) AS late WHERE role_id IS NOT NULL ORDER BY role_id
"""
# Of each guild only so many, however many ended while the bot was away. Each is an entry of the index of its guild's ends.
_ENDED = """
SELECT ended.id, ended.guild_id, ended.role_id FROM unnest($1::bigint[]) AS guild(id), LATERAL (
    SELECT id, guild_id, role_id, expires_at FROM role_grant
    WHERE guild_id = guild.id AND expires_at <= $2 AND confirmed AND (retry_at IS NULL OR retry_at <= $2) AND id <> ALL($3::bigint[])
    ORDER BY expires_at, id LIMIT $4
) AS ended ORDER BY ended.expires_at, ended.id
"""


class RoleGrant(Model):
    """A role that a member has, or is just getting, from a panel. `confirmed` tells whether Discord said so; `expires_at` when it ends.

    `claimed_at` is when a click last reserved it; unlike `granted_at` it stays when Discord confirms, so that its index is left alone then.
    It takes one of the places of its role on its panel; `item_id` is the PanelRole that it was taken from, which an undo may replace.
    `left_at` is set while the member is away from the guild. Once it has ended and could not be taken back, `failures` counts the tries,
    and `retry_at` is when the next one may come.
    """

    id = fields.BigIntField(primary_key=True)
    guild_id = fields.BigIntField()
    user_id = fields.BigIntField()
    role_id = fields.BigIntField()
    panel_id = fields.IntField(null=True)
    item_id = fields.IntField(null=True)
    confirmed = fields.BooleanField(default=False)
    granted_at = fields.DatetimeField()
    claimed_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    left_at = fields.DatetimeField(null=True)
    failures = fields.IntField(default=0)
    retry_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "role_grant"
        unique_together = (("guild_id", "user_id", "role_id"),)

    @classmethod
    async def overdue(cls, guild_id: int, since: datetime) -> tuple[int, ...]:
        """The guild's roles that ended before this moment and are not taken back yet, from some member at least."""
        rows = await rows_of(_OVERDUE, [guild_id, since])
        return tuple(row["role_id"] for row in rows)

    @classmethod
    async def ended(cls, guild_ids: Collection[int], at: datetime, aside: Collection[int], each: int) -> list[tuple[int, int, int]]:
        """What ended in these guilds and may be tried now, without those `aside`, at most `each` of a guild: its id, guild and role."""
        rows = await rows_of(_ENDED, [list(guild_ids), at, list(aside), each])
        return [(row["id"], row["guild_id"], row["role_id"]) for row in rows]

    @classmethod
    async def sticky_holders(cls, guild_id: int, after: int, limit: int) -> list[int]:
        """Members who have a role that is given back to who returns, from the first one with a greater id than `after` on."""
        rows = await rows_of(
            """
            SELECT DISTINCT given.user_id FROM role_grant AS given JOIN panel ON panel.id = given.panel_id AND panel.sticky
            WHERE given.guild_id = $1 AND given.user_id > $2 AND given.confirmed AND given.left_at IS NULL
            ORDER BY given.user_id LIMIT $3
            """,
            [guild_id, after, limit],
        )
        return [row["user_id"] for row in rows]

    @classmethod
    async def came_back(cls, guild_id: int, user_id: int, joined_at: datetime, held: Collection[int], at: datetime) -> bool:
        """Keep for a member what they had before they joined, as of who left; whether there was any such role that they do not hold now."""
        before = cls.filter(guild_id=guild_id, user_id=user_id, confirmed=True, left_at__isnull=True, granted_at__lt=joined_at)
        sticky = await Panel.filter(guild_id=guild_id, sticky=True).values_list("id", flat=True)
        return bool(await before.filter(panel_id__in=sticky).exclude(role_id__in=list(held)).update(left_at=at))

    @classmethod
    async def member_left(cls, guild_id: int, user_id: int, at: datetime) -> None:
        """Free the places of a member who is not in the guild any more; what sticky panels gave is kept for their return."""
        there = cls.filter(guild_id=guild_id, user_id=user_id, left_at__isnull=True)
        from_panels = await there.filter(confirmed=True).values_list("panel_id", flat=True)
        sticky = await Panel.filter(id__in=[panel_id for panel_id in from_panels if panel_id], sticky=True).values_list("id", flat=True)
        async with in_transaction() as db:
            await there.filter(confirmed=True, panel_id__in=sticky).using_db(db).update(left_at=at)
            await cls.filter(Q(confirmed=False) | Q(left_at__isnull=True), guild_id=guild_id, user_id=user_id).using_db(db).delete()
