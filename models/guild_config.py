"""What a guild has set."""

from tortoise import fields
from tortoise.models import Model


class GuildConfig(Model):
    """The settings of one guild; a guild without a row has the defaults.

    `audit_since` is when the audit channel was set: what settled before is not posted there. `left_at` is when the bot was seen to be
    no longer in the guild; after some time everything stored for it is erased.
    """

    guild_id = fields.BigIntField(primary_key=True, generated=False)
    audit_channel_id = fields.BigIntField(null=True)
    audit_since = fields.DatetimeField(null=True)
    manager_role_ids: list[int] = fields.JSONField(default=list)  # pyright: ignore[reportAssignmentType]
    locale = fields.CharField(max_length=8, null=True)
    left_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "guild_config"
