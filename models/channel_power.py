"""What channels allow roles, as the bot last saw it."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class SeenChannelPower(Model):
    """The dangerous overwrites of one channel. Where the bot cannot see the channel any more, what it last saw goes on to count."""

    channel_id = fields.BigIntField(primary_key=True, generated=False)
    guild_id = fields.BigIntField(db_index=True)
    power: dict[str, Any] = fields.JSONField[dict[str, Any]]()

    class Meta(Model.Meta):
        table = "channel_power"
