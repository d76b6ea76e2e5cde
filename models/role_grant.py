"""What members have from panels: reservations of limited places, roles with an end, and roles to give back to who returns."""

from tortoise import fields
from tortoise.models import Model


class RoleGrant(Model):
    """A role that a member has, or is just getting, from a panel. `confirmed` tells whether Discord said so; `expires_at` when it ends.

    `item_id` is the PanelRole whose capacity it counts against. `left_at` is set while the member is away from the guild.
    """

    id = fields.BigIntField(primary_key=True)
    guild_id = fields.BigIntField()
    user_id = fields.BigIntField()
    role_id = fields.BigIntField()
    panel_id = fields.IntField(null=True)
    item_id = fields.IntField(null=True, db_index=True)
    confirmed = fields.BooleanField(default=False)
    granted_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True, db_index=True)
    left_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "role_grant"
        unique_together = (("guild_id", "user_id", "role_id"),)
