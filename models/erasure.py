"""What is kept of an erasure: that it happened."""

from tortoise import fields
from tortoise.models import Model


class ErasureReceipt(Model):
    """Everything stored for a guild was erased: who asked for it, when, and how much it was. It names no member.

    `panels_up_to` is the newest panel id of then: a message of such a panel may still stand somewhere, and stays dead.
    `audit_channel_id` and `locale` are where, and in which language, the guild is still to be told of it; emptied when that is done.
    """

    id = fields.IntField(primary_key=True)
    guild_id = fields.BigIntField(db_index=True)
    actor_id = fields.BigIntField(null=True)
    erased_at = fields.DatetimeField()
    panels = fields.IntField()
    entries = fields.BigIntField()
    temporary_roles = fields.IntField()
    panels_up_to = fields.IntField(default=0)
    audit_channel_id = fields.BigIntField(null=True)
    locale = fields.CharField(max_length=8, null=True)

    class Meta(Model.Meta):
        table = "erasure_receipt"

    @classmethod
    async def covers(cls, guild_id: int, panel_id: int) -> bool:
        """Whether a panel of a guild, which is gone, was erased with everything else."""
        return await cls.filter(guild_id=guild_id, panels_up_to__gte=panel_id).exists()
