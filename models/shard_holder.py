"""Which process holds the locks of a shard, from when it takes them until it has ended in good order."""

from tortoise import fields
from tortoise.models import Model

# Of all shards of a process at once, run in the session that holds their locks.
# Notes the holder ($2) of these locks ($1); whether another one was noted, which did not end in good order.
TAKE = """
WITH noted AS (
    INSERT INTO shard_holder (lock, holder) SELECT lock, $2 FROM unnest($1::bigint[]) AS lock
    ON CONFLICT (lock) DO UPDATE SET holder = excluded.holder
)
SELECT EXISTS(SELECT FROM shard_holder WHERE lock = ANY($1::bigint[]) AND holder <> $2)
"""
LEAVE = "DELETE FROM shard_holder WHERE lock = ANY($1::bigint[]) AND holder = $2"


class ShardHolder(Model):
    """A process took the advisory lock `lock` of a shard, and did not say yet that it is through with everything.

    The lock ends with its session, also where the process does not hear of that; so a row of another process tells whoever takes the lock
    that that one may still be at work for a moment.
    """

    lock = fields.BigIntField(primary_key=True, generated=False)
    holder = fields.CharField(max_length=32)

    class Meta(Model.Meta):
        table = "shard_holder"
