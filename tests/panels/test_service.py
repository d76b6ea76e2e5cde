"""PanelService on PostgreSQL: what it writes, what it refuses, and what it tells the other cogs."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from cogs.panels.service.access import Editor
from cogs.panels.service.inputs import PanelDraft, RoleText
from cogs.panels.service.panels import PanelService
from core.database import Database
from core.errors import UserError
from domain import clock
from domain.events import AuditWritten, PanelChanged
from domain.panel_file import PANELS_MAX
from domain.panels import ROLES_MAX, ButtonColour, Mode, PanelSpec, Style
from domain.permissions import Permission
from domain.plan import Refusal
from domain.role_safety import Problem, RoleFacts
from models import AuditEntry, Panel, PanelRole
from tests.panels.builders import BOT_POSITION, EDITOR, GUILD, OWNER, facts, role_id
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")

OWNING = Editor(OWNER, frozenset(), Permission.ADMINISTRATOR)
EDITING = Editor(EDITOR, frozenset({role_id(20)}), Permission.MANAGE_ROLES)
MODERATING = RoleFacts(role_id(40), "Moderator", 40, Permission.MANAGE_MESSAGES | Permission.BAN_MEMBERS)
WITH_MODERATOR = facts(30, MODERATING)


@pytest.fixture
def bot() -> Recorder:
    return Recorder()


@pytest.fixture
def service(bot: Recorder) -> PanelService:
    return PanelService(bot.dispatch)


def draft(*numbers: int, title: str = "Colours", **more: Any) -> PanelDraft:
    fields = {"description": None, "style": Style.BUTTONS, "mode": Mode.TOGGLE} | more
    return PanelDraft(title=title, role_ids=tuple(role_id(number) for number in numbers), **fields)


async def made(service: PanelService, *numbers: int, **more: Any) -> PanelSpec:
    spec, _ = await service.create(OWNING, WITH_MODERATOR, draft(*numbers, **more))
    return spec


async def record() -> AuditEntry:
    """The newest audit row."""
    return (await AuditEntry.all().order_by("-id").limit(1))[0]


async def test_create_writes_panel_roles_and_record(service: PanelService, bot: Recorder) -> None:
    spec, refused = await service.create(EDITING, WITH_MODERATOR, draft(2, 1, 25, 40, 99, 100, 0, description="Words", mode=Mode.UNIQUE))
    assert [(role.role_id, role.label) for role in spec.roles] == [(role_id(2), "Role 2"), (role_id(1), "Role 1")]
    assert (spec.title, spec.name, spec.description, spec.mode, spec.version) == ("Colours", "Colours", "Words", Mode.UNIQUE, 1)
    assert refused == (
        Refusal(role_id(25), Problem.ABOVE_EDITOR),
        Refusal(role_id(40), Problem.ABOVE_EDITOR),
        Refusal(role_id(99), Problem.DELETED),
        Refusal(role_id(BOT_POSITION), Problem.MANAGED),
        Refusal(GUILD, Problem.EVERYONE),
    )
    row = await AuditEntry.get()
    assert (row.kind, row.guild_id, row.actor_id, row.panel_id) == ("panel.create", GUILD, EDITOR, spec.panel_id)
    assert row.payload["added"] == [role_id(2), role_id(1)]
    assert row.payload["role_names"] == {str(role_id(2)): "Role 2", str(role_id(1)): "Role 1"}
    assert row.payload["refused"][0] == {"role_id": role_id(25), "problem": "above_editor"}
    assert bot.events == [AuditWritten(GUILD)]


async def test_names_are_unique_in_any_case_and_in_length(service: PanelService) -> None:
    names = [(await made(service, title=title)).name for title in ("Colours", "colours", " Colours ", "x" * 256, "x" * 256)]
    assert names == ["Colours", "colours 2", "Colours 3", "x" * 100, "x" * 98 + " 2"]


async def test_two_panels_made_at_once_get_two_names(service: PanelService) -> None:
    specs = await asyncio.gather(*(made(service) for _ in range(4)))
    assert sorted(spec.name for spec in specs) == ["Colours", "Colours 2", "Colours 3", "Colours 4"]


async def test_the_quota_is_named(service: PanelService) -> None:
    now = clock.now()
    await Panel.bulk_create(
        Panel(guild_id=GUILD, name=str(number), title="x", created_at=now, updated_at=now) for number in range(PANELS_MAX)
    )
    with pytest.raises(UserError) as refusal:
        await made(service)
    assert refusal.value.values == {"limit": PANELS_MAX}
    assert not await AuditEntry.exists()


async def test_a_panel_is_full_at_its_limit(service: PanelService) -> None:
    full = await made(service, 1)
    panel = await Panel.get(id=full.panel_id)
    more = [PanelRole(panel=panel, role_id=role_id(1000 + number), label="x", position=number) for number in range(1, ROLES_MAX)]
    await PanelRole.bulk_create(more)
    with pytest.raises(UserError) as refusal:
        await service.add_roles(OWNING, WITH_MODERATOR, full.panel_id, (role_id(26),))
    assert refusal.value.values == {"limit": ROLES_MAX, "count": ROLES_MAX + 1}
    assert (await service.get(GUILD, full.panel_id)).version == 1


async def test_roles_are_brought_into_another_order(service: PanelService, bot: Recorder) -> None:
    spec = await made(service, 1, 2, 3)
    spec = await service.arrange(OWNING, WITH_MODERATOR, spec.panel_id, lambda roles: [role.item_id for role in reversed(roles)])
    assert [role.role_id for role in spec.roles] == [role_id(3), role_id(2), role_id(1)]
    row = await record()
    assert (row.payload["before"], row.payload["after"]) == ({"order": "Role 1, Role 2, Role 3"}, {"order": "Role 3, Role 2, Role 1"})
    again = await service.arrange(OWNING, WITH_MODERATOR, spec.panel_id, lambda roles: [role.item_id for role in roles])
    assert again.version == spec.version == 2
    added, _ = await service.add_roles(OWNING, WITH_MODERATOR, spec.panel_id, (role_id(4),))
    assert [role.role_id for role in added.roles] == [role_id(3), role_id(2), role_id(1), role_id(4)]


@pytest.mark.parametrize("typed", ["Colours", " Colours ", "colours", "COLOURS"])
async def test_find(service: PanelService, typed: str) -> None:
    await made(service, title="Colours of the sea")
    spec = await made(service, 1)
    assert await service.find(GUILD, typed) == spec


@pytest.mark.parametrize("typed", ["", "Colour", "%", "_______", "Colours 2"])
async def test_find_takes_no_patterns(service: PanelService, typed: str) -> None:
    await made(service)
    with pytest.raises(UserError, match="no panel named"):
        await service.find(GUILD, typed)


async def test_panels_of_other_guilds_do_not_exist(service: PanelService) -> None:
    spec = await made(service, 1)
    with pytest.raises(UserError, match="deleted"):
        await service.get(GUILD + 1, spec.panel_id)
    with pytest.raises(UserError, match="deleted"):
        await service.set(OWNING, replace(WITH_MODERATOR, guild_id=GUILD + 1), spec.panel_id, style=Style.DROPDOWN)
    with pytest.raises(UserError, match="no panel named"):
        await service.find(GUILD + 1, "Colours")
    assert await service.get(GUILD, spec.panel_id) == spec


async def test_adding_and_removing_roles(service: PanelService, bot: Recorder) -> None:
    spec = await made(service, 1)
    bot.events.clear()
    spec, refused = await service.add_roles(OWNING, WITH_MODERATOR, spec.panel_id, (role_id(1), role_id(3), role_id(40)))
    assert [role.role_id for role in spec.roles] == [role_id(1), role_id(3)]
    assert refused == (Refusal(role_id(40), Problem.DANGEROUS),)
    assert (await record()).payload["added"] == [role_id(3)]
    assert bot.events == [PanelChanged(GUILD, spec.panel_id, 2), AuditWritten(GUILD)]
    spec = await service.remove_roles(OWNING, WITH_MODERATOR, spec.panel_id, (spec.roles[0].item_id,))
    assert [role.role_id for role in spec.roles] == [role_id(3)]
    assert (await record()).payload["removed"] == [role_id(1)]
    assert spec.version == 3


async def test_what_changes_nothing_is_neither_recorded_nor_told(service: PanelService, bot: Recorder) -> None:
    spec = await made(service, 1)
    bot.events.clear()
    role = spec.roles[0]
    await service.add_roles(OWNING, WITH_MODERATOR, spec.panel_id, (role_id(1), role_id(40)))
    await service.remove_roles(OWNING, WITH_MODERATOR, spec.panel_id, (999,))
    await service.set(OWNING, WITH_MODERATOR, spec.panel_id, style=Style.BUTTONS)
    await service.edit_text(OWNING, WITH_MODERATOR, spec.panel_id, 1, "Colours", None)
    await service.edit_role(OWNING, WITH_MODERATOR, spec.panel_id, role.item_id, 1, RoleText(role.label, None, None, ButtonColour.GREY))
    assert await service.get(GUILD, spec.panel_id) == spec
    assert bot.events == []
    assert await AuditEntry.all().count() == 1


async def test_an_edit_records_before_and_after(service: PanelService) -> None:
    spec = await made(service, 1)
    spec = await service.set(OWNING, WITH_MODERATOR, spec.panel_id, style=Style.DROPDOWN)
    assert (await record()).payload["before"] == {"style": "buttons"}
    assert (await record()).payload["after"] == {"style": "dropdown"}
    await service.edit_text(OWNING, WITH_MODERATOR, spec.panel_id, spec.version, "Hues", "New")
    row = await record()
    assert row.payload["before"] == {"title": "Colours", "description": None, "name": "Colours"}
    assert row.payload["after"] == {"title": "Hues", "description": "New", "name": "Hues"}
    assert row.kind == "panel.edit"


async def test_how_a_role_looks(service: PanelService) -> None:
    spec = await made(service, 1)
    item = spec.roles[0].item_id
    spec = await service.edit_role(OWNING, WITH_MODERATOR, spec.panel_id, item, 1, RoleText("Rouge", "🎨", "Warm", ButtonColour.RED))
    role = spec.roles[0]
    assert (role.label, role.emoji, role.description, role.colour) == ("Rouge", "🎨", "Warm", ButtonColour.RED)
    payload = (await record()).payload
    assert (payload["role_id"], payload["role_name"]) == (role_id(1), "Role 1")
    assert payload["before"] == {"label": "Role 1", "emoji": None, "description": None, "colour": "secondary"}


async def test_a_form_of_an_old_version_changes_nothing(service: PanelService) -> None:
    spec = await made(service, 1)
    await service.set(OWNING, WITH_MODERATOR, spec.panel_id, mode=Mode.UNIQUE)
    with pytest.raises(UserError, match="changed while you were writing"):
        await service.edit_text(OWNING, WITH_MODERATOR, spec.panel_id, spec.version, "Late", None)
    with pytest.raises(UserError, match="changed while you were writing"):
        wanted = RoleText("Late", None, None, ButtonColour.GREY)
        await service.edit_role(OWNING, WITH_MODERATOR, spec.panel_id, spec.roles[0].item_id, spec.version, wanted)
    assert (await service.get(GUILD, spec.panel_id)).title == "Colours"


async def test_edits_at_once_are_all_kept(service: PanelService) -> None:
    spec = await made(service, 1)
    await asyncio.gather(
        *(service.add_roles(OWNING, WITH_MODERATOR, spec.panel_id, (role_id(number),)) for number in (2, 3, 4)),
        service.set(OWNING, WITH_MODERATOR, spec.panel_id, style=Style.DROPDOWN),
    )
    spec = await service.get(GUILD, spec.panel_id)
    assert {role.role_id for role in spec.roles} == {role_id(number) for number in (1, 2, 3, 4)}
    assert (spec.style, spec.version) == (Style.DROPDOWN, 5)
    assert await AuditEntry.filter(kind="panel.edit").count() == 4


async def test_an_administrator_confirms_what_they_were_shown(service: PanelService) -> None:
    spec = await made(service, 1)
    spec = await service.confirm_role(OWNING, WITH_MODERATOR, spec.panel_id, MODERATING.role_id, MODERATING.permissions)
    assert spec.roles[1].confirmed_permissions == MODERATING.permissions
    assert (await PanelRole.get(role_id=MODERATING.role_id)).confirmed_by == OWNER
    assert (await record()).payload["confirmed_permissions"] == MODERATING.permissions


async def test_confirming_a_role_that_is_on_the_panel_keeps_its_place(service: PanelService) -> None:
    spec = await made(service, 1, 2)
    risen = facts(30, RoleFacts(role_id(1), "Role 1", 1, Permission.KICK_MEMBERS))
    spec = await service.confirm_role(OWNING, risen, spec.panel_id, role_id(1), Permission.KICK_MEMBERS)
    assert [role.confirmed_permissions for role in spec.roles] == [Permission.KICK_MEMBERS, 0]


@pytest.mark.parametrize(
    ("editor", "shown", "sentence"),
    [
        (Editor(EDITOR, frozenset({role_id(50)}), Permission.MANAGE_ROLES), MODERATING.permissions, "Only an administrator"),
        (Editor(EDITOR, frozenset({role_id(20)}), Permission.ADMINISTRATOR), MODERATING.permissions, "not below your own"),
        (OWNING, Permission.BAN_MEMBERS, "have changed since"),
    ],
)
async def test_no_other_confirmation_counts(service: PanelService, editor: Editor, shown: int, sentence: str) -> None:
    spec = await made(service, 1)
    with pytest.raises(UserError, match=sentence):
        await service.confirm_role(editor, WITH_MODERATOR, spec.panel_id, MODERATING.role_id, shown)
    assert len((await service.get(GUILD, spec.panel_id)).roles) == 1


async def test_a_failing_record_undoes_the_edit(
    service: PanelService, bot: Recorder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await made(service, 1)
    bot.events.clear()

    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("away")

    monkeypatch.setattr(AuditEntry, "record", fail)
    with pytest.raises(OSError, match="away"):
        await service.add_roles(OWNING, WITH_MODERATOR, spec.panel_id, (role_id(2),))
    assert await service.get(GUILD, spec.panel_id) == spec
    assert bot.events == []
