"""The history of panels: what they were after each change, who made it, and when."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.panel import Panel


class PanelRevision(Model):
    """A panel as it was at one version. `snapshot` holds all that can be restored, in the form of an export, `size` its length in bytes."""

    id = fields.BigIntField(primary_key=True)
    panel: fields.ForeignKeyRelation[Panel] = fields.ForeignKeyField("models.Panel", related_name="revisions", on_delete=fields.CASCADE)
    version = fields.IntField()
    author_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()
    snapshot: dict[str, Any] = fields.JSONField[dict[str, Any]]()
    size = fields.IntField(default=0)

    panel_id: int

    class Meta(Model.Meta):
        table = "panel_revision"
        unique_together = (("panel", "version"),)
