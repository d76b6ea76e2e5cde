"""Panels, the roles on them, and the messages they are posted as."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.models import Model
from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from domain import panels as rules
from models.audit import AuditEntry
from models.statements import rows_of, run

PORTION = 500  # roles that are read at once
_ROLES = "SELECT * FROM panel_role WHERE panel_id = ANY($1::int[]) ORDER BY panel_id, position, id"
_NAMING_OTHERS = r"""
SELECT id FROM panel WHERE guild_id = $1 AND (
    NOT required_role_ids <@ $3::jsonb OR NOT blocked_role_ids <@ $3::jsonb OR EXISTS (
        SELECT FROM panel_role AS role, substring(role.emoji FROM '^<a?:\w+:(\d+)>$') AS custom
        WHERE role.panel_id = panel.id AND (
            role.role_id <> ALL($2::bigint[]) OR custom IS NOT NULL AND custom <> ALL($4::text[])
            OR NOT role.bundle_role_ids <@ $3::jsonb
            OR NOT role.required_role_ids <@ $3::jsonb OR NOT role.blocked_role_ids <@ $3::jsonb)))
ORDER BY id
"""
_SETTLE_LABELS = """
UPDATE panel_role AS role SET label_set = role.label <> named.label
FROM panel, unnest($2::bigint[], $3::text[]) AS named(role_id, label)
WHERE panel.guild_id = $1 AND role.panel_id = panel.id AND role.label_set IS NULL AND named.role_id = role.role_id
RETURNING role.id
"""
# The same of what each panel is now in its history, so that an undo brings back no name as a label that somebody set.
_SETTLE_REVISIONS = """
UPDATE panel_revision AS revision SET snapshot = jsonb_set(revision.snapshot, '{role}', (
    SELECT jsonb_agg(
        CASE item->>'label' WHEN named.label THEN (item - 'label') || jsonb_build_object('role', named.label) ELSE item END ORDER BY place
    )
    FROM jsonb_array_elements(revision.snapshot->'role') WITH ORDINALITY AS items(item, place)
    LEFT JOIN unnest($2::bigint[], $3::text[]) AS named(role_id, label) ON named.role_id = (item->>'id')::bigint))
FROM panel
WHERE panel.guild_id = $1 AND revision.panel_id = panel.id AND revision.version = panel.version AND revision.snapshot ? 'role'
"""
_DRAW_NAMES_ANEW = """
UPDATE panel_message SET rendered_version = 0 WHERE rendered_version > 0 AND panel_id IN (
    SELECT panel.id FROM panel JOIN panel_role AS role ON role.panel_id = panel.id
    LEFT JOIN unnest($2::bigint[], $3::text[]) AS named(role_id, label) ON named.role_id = role.role_id
    WHERE panel.guild_id = $1 AND (named.role_id IS NULL OR NOT role.label_set AND role.label <> named.label))
"""
_FOLLOW_NAMES = """
UPDATE panel_role AS role SET label = named.label
FROM panel, unnest($2::bigint[], $3::text[]) AS named(role_id, label)
WHERE panel.guild_id = $1 AND role.panel_id = panel.id AND named.role_id = role.role_id
    AND NOT role.label_set AND role.label <> named.label
RETURNING panel.id, panel.version
"""


class Panel(Model):
    """A role panel of a guild. Whoever changes it, or its roles, raises `version` in the same transaction."""

    id = fields.IntField(primary_key=True)
    guild_id: int = fields.BigIntField(db_index=True)
    name = fields.CharField(max_length=rules.NAME_MAX)
    title = fields.CharField(max_length=rules.TITLE_MAX)
    description = fields.TextField(null=True)
    accent_colour = fields.IntField(null=True)
    style = fields.CharEnumField(rules.Style, max_length=16, default=rules.Style.BUTTONS)
    mode = fields.CharEnumField(rules.Mode, max_length=16, default=rules.Mode.TOGGLE)
    image_url = fields.CharField(max_length=rules.URL_MAX, null=True)
    thumbnail_url = fields.CharField(max_length=rules.URL_MAX, null=True)
    footer = fields.CharField(max_length=2048, null=True)
    buttons_per_row = fields.IntField(default=5)
    min_roles = fields.IntField(null=True)
    max_roles = fields.IntField(null=True)
    required_role_ids: list[int] = fields.JSONField[list[int]](default=list)
    required_all = fields.BooleanField(default=False)
    blocked_role_ids: list[int] = fields.JSONField[list[int]](default=list)
    link_group = fields.CharField(max_length=rules.NAME_MAX, null=True)
    sticky = fields.BooleanField(default=False)
    wait_for_screening = fields.BooleanField(default=False)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    roles: fields.ReverseRelation["PanelRole"]
    messages: fields.ReverseRelation["PanelMessage"]

    class Meta(Model.Meta):
        table = "panel"
        unique_together = (("guild_id", "name"),)

    @classmethod
    async def spec(cls, panel_id: int) -> rules.PanelSpec | None:
        """The panel with its roles as plain values, or None when it was deleted."""
        return next(iter(await cls.specs(Q(id=panel_id))), None)

    @classmethod
    async def specs(cls, which: Q, db: BaseDBAsyncClient | None = None) -> tuple[rules.PanelSpec, ...]:
        """Panels with their roles as plain values, in the order of their ids."""
        return tuple([spec async for spec in cls.each_spec(Panel.filter(which).using_db(db).order_by("id"), db)])

    @classmethod
    async def each_spec(cls, wanted: QuerySet["Panel"], db: BaseDBAsyncClient | None = None) -> AsyncIterator[rules.PanelSpec]:
        """The same, one by one in the order that is asked for. Their roles are read in portions, between which the loop goes on."""
        panels = await wanted
        ids = [panel.id for panel in panels]
        counts = dict.fromkeys(ids, 0)
        if len(ids) > 1:
            counted = PanelRole.filter(panel_id__in=ids).using_db(db).annotate(n=Count("id")).group_by("panel_id")
            counts |= dict(await counted.values_list("panel_id", "n"))
        read: Mapping[int, Sequence[rules.RoleSpec]] = {}
        for place, panel in enumerate(panels):
            if panel.id not in read:
                read = await PanelRole.specs(_portion(ids[place:], counts), db)
            yield panel._with(read[panel.id])  # noqa: SLF001 - its own class

    @classmethod
    async def linked_with(cls, panel: rules.PanelSpec) -> tuple[rules.PanelSpec, ...]:
        """The other panels of its link group."""
        if panel.link_group is None:
            return ()
        return await cls.specs(Q(guild_id=panel.guild_id, link_group=panel.link_group) & ~Q(id=panel.panel_id))

    @classmethod
    async def versions_linked_with(cls, guild_id: int, panel_id: int) -> dict[int, int]:
        """The version of a guild's panel and of each that it is linked with, by id; empty when there is no such panel."""
        rows = await rows_of(
            """
            SELECT id, version FROM panel
            WHERE guild_id = $1 AND (id = $2 OR link_group = (SELECT link_group FROM panel WHERE id = $2 AND guild_id = $1))
            ORDER BY id
            """,
            [guild_id, panel_id],
        )
        return {row["id"]: row["version"] for row in rows}

    @classmethod
    async def matching(cls, guild_id: int, text: str, limit: int = 25) -> Sequence["Panel"]:
        """The guild's panels whose name contains `text`, in any case; `%` and `_` mean themselves. Ordered by name."""
        return await cls.filter(guild_id=guild_id, name__icontains=text).order_by("name").limit(limit)

    @classmethod
    async def naming_others(cls, guild_id: int, role_ids: Iterable[int], emoji_ids: Iterable[int]) -> list[int]:
        """The ids of a guild's panels that name, on them or in a rule, another role than these, or another custom emoji."""
        roles = list(role_ids)
        rows = await rows_of(_NAMING_OTHERS, [guild_id, roles, json.dumps(roles), [str(emoji_id) for emoji_id in emoji_ids]])
        return [row["id"] for row in rows]

    async def to_spec(self, db: BaseDBAsyncClient | None = None) -> rules.PanelSpec:
        """The plain value, with the roles that are on it now."""
        return self._with((await PanelRole.specs([self.id], db))[self.id])

    def _with(self, roles: Iterable[rules.RoleSpec]) -> rules.PanelSpec:
        return rules.PanelSpec(
            panel_id=self.id,
            guild_id=self.guild_id,
            name=self.name,
            title=self.title,
            version=self.version,
            description=self.description,
            appearance=rules.Appearance(self.accent_colour, self.image_url, self.thumbnail_url, self.footer, self.buttons_per_row),
            style=self.style,
            mode=self.mode,
            min_roles=self.min_roles,
            max_roles=self.max_roles,
            requirement=rules.Requirement(tuple(self.required_role_ids), self.required_all, tuple(self.blocked_role_ids)),
            link_group=self.link_group,
            sticky=self.sticky,
            wait_for_screening=self.wait_for_screening,
            roles=tuple(roles),
        )


def _portion(panel_ids: Sequence[int], counts: Mapping[int, int]) -> list[int]:
    """The first panels that have no more roles together than are read at once; one at least."""
    portion = [panel_ids[0]]
    total = counts[panel_ids[0]]
    for panel_id in panel_ids[1:]:
        total += counts[panel_id]
        if total > PORTION:
            break
        portion.append(panel_id)
    return portion


class PanelRole(Model):
    """One role on a panel. Its id stands in custom_ids, so it is never used again for another role."""

    id = fields.IntField(primary_key=True)
    panel: fields.ForeignKeyRelation[Panel] = fields.ForeignKeyField("models.Panel", related_name="roles", on_delete=fields.CASCADE)
    panel_id: int
    role_id = fields.BigIntField()
    label = fields.CharField(max_length=rules.LABEL_MAX)
    # NULL: older than labels that follow the role's name, and not looked at since.
    label_set: bool | None = fields.BooleanField(null=True, default=True)  # pyright: ignore[reportAssignmentType]
    emoji = fields.CharField(max_length=100, null=True)
    description = fields.CharField(max_length=rules.OPTION_DESCRIPTION_MAX, null=True)
    position = fields.IntField(default=0)
    colour = fields.CharEnumField(rules.ButtonColour, max_length=16, default=rules.ButtonColour.GREY)
    confirmed_permissions = fields.BigIntField(default=0)
    confirmed_by = fields.BigIntField(null=True)
    duration_seconds = fields.IntField(null=True)
    capacity = fields.IntField(null=True)
    capacity_counts_all = fields.BooleanField(default=False)
    bundle_role_ids: list[int] = fields.JSONField[list[int]](default=list)
    required_role_ids: list[int] = fields.JSONField[list[int]](default=list)
    required_all = fields.BooleanField(default=False)
    blocked_role_ids: list[int] = fields.JSONField[list[int]](default=list)
    # By role id. NULL: older than the guard's look at channels, and not looked at since.
    grandfathered: dict[str, int] | None = fields.JSONField[dict[str, int] | None](null=True, default=dict)

    class Meta(Model.Meta):
        table = "panel_role"
        unique_together = (("panel", "role_id"),)

    @classmethod
    async def older_than_the_guard(cls) -> list[tuple[int, int]]:
        """The guild and the id of each panel with roles that were not looked at since the guard sees channels."""
        rows = await rows_of(
            """
            SELECT DISTINCT panel.guild_id, panel.id
            FROM panel_role AS role JOIN panel ON panel.id = role.panel_id
            WHERE role.grandfathered IS NULL
            """
        )
        return [(row["guild_id"], row["id"]) for row in rows]

    @classmethod
    async def follow_names(cls, guild_id: int, names: Mapping[int, str]) -> list[tuple[int, int]]:
        """Bring the labels that nobody set up to date with the names of the guild's roles; the panels, with their versions, that changed.

        Messages of these panels, and of those that show a role which is gone, count as out of date. Labels from before there was a
        difference count as set where they are not the role's name.
        """
        labels = [guild_id, list(names), [rules.label_of(name) for name in names.values()]]
        if await rows_of(_SETTLE_LABELS, labels):
            await run(_SETTLE_REVISIONS, labels)
        async with in_transaction() as db:
            # Messages first, as everybody locks them who locks messages and roles.
            await run(_DRAW_NAMES_ANEW, labels, db)
            rows = await rows_of(_FOLLOW_NAMES, labels, db)
        return list({row["id"]: (row["id"], row["version"]) for row in rows}.values())

    @classmethod
    async def first_titles(cls, guild_id: int, role_ids: Sequence[int]) -> dict[int, str]:
        """For each of these roles that is on panels of a guild, the title of the first of them by name."""
        rows = await rows_of(
            """
            SELECT DISTINCT ON (role_id) role_id, panel.title FROM panel_role JOIN panel ON panel.id = panel_role.panel_id
            WHERE panel.guild_id = $1 AND role_id = ANY($2::bigint[])
            ORDER BY role_id, panel.name
            """,
            [guild_id, list(role_ids)],
        )
        return {row["role_id"]: row["title"] for row in rows}

    @classmethod
    async def specs(cls, panel_ids: Sequence[int], db: BaseDBAsyncClient | None = None) -> dict[int, list[rules.RoleSpec]]:
        """The roles of each of these panels as plain values, in their order.

        Past Tortoise's objects, which cost three times as much: a server may have tens of thousands of roles on its panels.
        """
        found: dict[int, list[rules.RoleSpec]] = {panel_id: [] for panel_id in panel_ids}
        for row in await rows_of(_ROLES, [list(panel_ids)], db):
            found[row["panel_id"]].append(_role(row))
        return found


def _role(row: Mapping[str, Any]) -> rules.RoleSpec:
    return rules.RoleSpec(
        item_id=row["id"],
        role_id=row["role_id"],
        label=row["label"],
        emoji=row["emoji"],
        description=row["description"],
        colour=rules.ButtonColour(row["colour"]),
        confirmed_permissions=row["confirmed_permissions"],
        duration=row["duration_seconds"],
        capacity=row["capacity"],
        capacity_counts_all=row["capacity_counts_all"],
        bundle=_ids(row["bundle_role_ids"]),
        requirement=rules.Requirement(_ids(row["required_role_ids"]), row["required_all"], _ids(row["blocked_role_ids"])),
        grandfathered=_bits(row["grandfathered"]),
        label_set=row["label_set"] is not False,
    )


def _bits(text: str | None) -> tuple[tuple[int, int], ...] | None:
    if text is None or text == "{}":
        return None if text is None else ()
    return tuple((int(role_id), bits) for role_id, bits in json.loads(text).items())


def _ids(text: str) -> tuple[int, ...]:
    return () if text == "[]" else tuple(json.loads(text))


class MessageState(StrEnum):
    """What is being done with a posted message: its row is written before Discord is asked, and stays until Discord's answer is recorded.

    posting: it is being sent, so its id is not known yet · live: it stands · deleting: it is being taken away.
    """

    POSTING = "posting"
    LIVE = "live"
    DELETING = "deleting"


class PanelMessage(Model):
    """A message that a panel is posted as. It is out of date while `rendered_version` is behind the panel's version.

    `missing`: somebody deleted it at Discord; kept until the panel is posted again, so that its editor can tell. `nonce` is what it was
    sent with while its id is unknown. `entry` is the record that is settled when all messages that belong to it are. A message that is
    still to be deleted outlives its panel. `refused_emojis` are the items that it shows without their emoji.
    `fingerprint` tells what was sent, and `edition` what it depended on besides the panel; "" is older than that.
    """

    id = fields.IntField(primary_key=True)
    panel: fields.ForeignKeyNullableRelation[Panel] = fields.ForeignKeyField(
        "models.Panel", related_name="messages", on_delete=fields.CASCADE, null=True, db_index=True
    )
    panel_id: int | None
    channel_id = fields.BigIntField(db_index=True)
    message_id = fields.BigIntField(unique=True, null=True)
    rendered_version = fields.IntField()
    missing = fields.BooleanField(default=False)
    state = fields.CharEnumField(MessageState, max_length=8, default=MessageState.LIVE)
    refused_emojis: list[int] = fields.JSONField[list[int]](default=list)
    fingerprint = fields.CharField(max_length=16, null=True)
    edition = fields.CharField(max_length=64, null=True)
    nonce = fields.CharField(max_length=25, null=True)
    entry: fields.ForeignKeyNullableRelation[AuditEntry] = fields.ForeignKeyField(
        "models.AuditEntry", related_name="messages", on_delete=fields.CASCADE, null=True, db_index=True
    )
    entry_id: int | None

    class Meta(Model.Meta):
        table = "panel_message"

    @classmethod
    async def behind(cls, guild_ids: Iterable[int]) -> list[tuple[int, int, int]]:
        """The standing messages of these guilds that are out of date: row id, guild id, and the version shown.

        Edits come first, the oldest before the others; what is only to be drawn anew shows the version 0.
        """
        rows = await rows_of(
            """
            SELECT message.id, panel.guild_id, message.rendered_version
            FROM panel_message AS message JOIN panel ON panel.id = message.panel_id
            WHERE panel.guild_id = ANY($1::bigint[]) AND message.rendered_version < panel.version AND NOT message.missing
                AND message.state = 'live'
            ORDER BY message.rendered_version = 0, panel.updated_at, message.id
            """,
            [list(guild_ids)],
        )
        return [(row["id"], row["guild_id"], row["rendered_version"]) for row in rows]

    @classmethod
    async def draw_anew(cls, editions: Mapping[int, str]) -> None:
        """Count the messages of these guilds as out of date that were drawn in another edition than their guild's."""
        await run(
            """
            UPDATE panel_message AS message SET rendered_version = 0
            FROM unnest($1::bigint[], $2::text[]) AS wanted(guild_id, edition)
            JOIN panel ON panel.guild_id = wanted.guild_id
            WHERE message.panel_id = panel.id AND message.edition <> wanted.edition AND message.rendered_version > 0
            """,
            [list(editions), list(editions.values())],
        )
