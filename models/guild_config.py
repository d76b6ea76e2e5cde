"""What a guild has set."""

from tortoise import fields
from tortoise.models import Model

from models.statements import rows_of

# Large tables are not read: their indexes are walked from guild to guild.
_WALKED = ("audit_entry", "role_grant", "panel", "channel_power")
_WALK = """
    {table}_guilds AS (
        (SELECT guild_id FROM {table} ORDER BY guild_id LIMIT 1)
        UNION ALL
        SELECT (SELECT guild_id FROM {table} WHERE guild_id > before.guild_id ORDER BY guild_id LIMIT 1) FROM {table}_guilds AS before
        WHERE before.guild_id IS NOT NULL
    )"""
_STORED_GUILDS = f"""
WITH RECURSIVE {",".join(_WALK.format(table=table) for table in _WALKED)}
SELECT guild_id FROM guild_config
UNION SELECT guild_id FROM draft
UNION SELECT guild_id FROM erasure_receipt WHERE actor_id IS NOT NULL
{" ".join(f"UNION SELECT guild_id FROM {table}_guilds WHERE guild_id IS NOT NULL" for table in _WALKED)}
"""


class GuildConfig(Model):
    """The settings of one guild; a guild without a row has the defaults.

    `audit_since` is when the audit channel was set: what settled before is not posted there. `left_at` is when the bot was seen to be
    no longer in the guild; after some time everything stored for it is erased.
    """

    guild_id = fields.BigIntField(primary_key=True, generated=False)
    audit_channel_id = fields.BigIntField(null=True)
    audit_since = fields.DatetimeField(null=True)
    manager_role_ids: list[int] = fields.JSONField[list[int]](default=list)
    locale = fields.CharField(max_length=8, null=True)
    left_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "guild_config"

    @classmethod
    async def stored_guilds(cls) -> list[int]:
        """Every guild that something is stored for."""
        return [row["guild_id"] for row in await rows_of(_STORED_GUILDS)]
