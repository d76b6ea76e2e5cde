"""Input that was refused, kept for a day so that nobody has to type it again."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Draft(Model):
    """What a person sent in a modal that was refused. `custom_id` is the modal's, `values` its fields by their custom_ids."""

    id = fields.IntField(primary_key=True)
    guild_id = fields.BigIntField()
    user_id = fields.BigIntField()
    custom_id = fields.CharField(max_length=100)
    values: dict[str, Any] = fields.JSONField[dict[str, Any]]()
    created_at = fields.DatetimeField(db_index=True)

    class Meta(Model.Meta):
        table = "draft"
