"""CopyService on PostgreSQL: whole panels written at once."""

import asyncio
from dataclasses import replace

import pytest

from cogs.panels.service import revisions
from cogs.panels.service.access import Editor
from cogs.panels.service.copies import CopyService
from cogs.panels.service.inputs import RoleText
from cogs.panels.service.panels import PanelService
from core.errors import UserError
from domain import clock
from domain.events import AuditWritten, PanelChanged
from domain.panel_file import PANELS_MAX, PanelFile, portable
from domain.panels import Appearance, ButtonColour, Mode, PanelSpec, Requirement, RoleSpec, Style
from domain.permissions import Permission
from domain.placement import Author, Placement, place, place_again
from domain.role_safety import RoleFacts
from models import AuditEntry, Panel, PanelRole
from tests.panels.builders import GUILD, OWNER, facts, panel, role_id
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")

OWNING = Editor(OWNER, frozenset(), Permission.ADMINISTRATOR)
AUTHOR = Author(OWNER, frozenset(), True)
BITS = Permission.BAN_MEMBERS.value
HERE = facts(30, RoleFacts(role_id(40), "Moderator", 40, BITS))
FULL = RoleSpec(
    item_id=0,
    role_id=role_id(1),
    label="Rouge",
    emoji="🎨",
    description="Warm",
    colour=ButtonColour.RED,
    duration=3600,
    capacity=5,
    capacity_counts_all=True,
    bundle=(role_id(2),),
    requirement=Requirement((role_id(3),), True, (role_id(4),)),
)
WHOLE = replace(
    portable(panel(0)),
    description="Words",
    appearance=Appearance(0x123456, "https://example.org/a.png", "https://example.org/b.png", "Foot", 3),
    style=Style.DROPDOWN,
    mode=Mode.UNIQUE,
    min_roles=1,
    max_roles=2,
    requirement=Requirement((role_id(5),), False, (role_id(6),)),
    link_group="Group",
    sticky=True,
    wait_for_screening=True,
    roles=(FULL, RoleSpec(0, role_id(40), "Mod")),
)


@pytest.fixture
def bot() -> Recorder:
    return Recorder()


@pytest.fixture
def copies(bot: Recorder) -> CopyService:
    return CopyService(bot.dispatch)


@pytest.fixture
def service(bot: Recorder) -> PanelService:
    return PanelService(bot.dispatch)


def placed(*panels: PanelSpec) -> tuple[Placement, ...]:
    return place(PanelFile(panels, {}), HERE, AUTHOR)


async def test_every_value_of_a_panel_arrives(copies: CopyService, bot: Recorder) -> None:
    (made,) = await copies.create_all(OWNING, HERE, placed(WHOLE), {"cloned_from": "Hues"})
    assert portable(made) == WHOLE
    assert [role.confirmed_permissions for role in made.roles] == [0, BITS]
    assert (await PanelRole.get(role_id=role_id(40))).confirmed_by == OWNER
    row = await AuditEntry.get()
    assert (row.kind, row.panel_id, row.actor_id) == ("panel.create", made.panel_id, OWNER)
    assert (row.payload["added"], row.payload["confirmed_permissions"], row.payload["after"]["cloned_from"]) == (
        [role_id(1), role_id(40)],
        BITS,
        "Hues",
    )
    assert [one.panel for one in await revisions.newest(made.panel_id, 5)] == [WHOLE]
    assert bot.events == [AuditWritten(GUILD)]


async def test_names_stay_unique(copies: CopyService) -> None:
    made = await copies.create_all(OWNING, HERE, placed(WHOLE, WHOLE), {})
    assert [one.name for one in made] == ["Colours", "Colours 2"]


async def test_a_link_group_is_spelled_as_it_already_is(copies: CopyService) -> None:
    await copies.create_all(OWNING, HERE, placed(WHOLE), {})
    again = await copies.create_all(OWNING, HERE, placed(*(replace(WHOLE, link_group=name) for name in ("GROUP", "New", "nEW"))), {})
    assert [panel.link_group for panel in again] == ["Group", "New", "New"]


async def test_all_panels_or_none(copies: CopyService, bot: Recorder) -> None:
    now = clock.now()
    await Panel.bulk_create(
        Panel(guild_id=GUILD, name=f"p{number}", title="x", created_at=now, updated_at=now) for number in range(PANELS_MAX - 1)
    )
    with pytest.raises(UserError, match="at most"):
        await copies.create_all(OWNING, HERE, placed(WHOLE, WHOLE), {})
    assert await Panel.all().count() == PANELS_MAX - 1
    assert not await AuditEntry.exists()
    assert not bot.events


async def restored(copies: CopyService, now: PanelSpec, version: int) -> PanelSpec:
    revision = await revisions.find(now.panel_id, version)
    assert revision
    return await copies.restore(OWNING, HERE, now, place_again(revision.panel, now, HERE, AUTHOR), version)


async def test_a_restored_panel_is_what_it_was_and_its_buttons_stay(copies: CopyService, service: PanelService, bot: Recorder) -> None:
    (first,) = await copies.create_all(OWNING, HERE, placed(WHOLE), {})
    now, _ = await service.add_roles(OWNING, HERE, first.panel_id, (role_id(7),))
    now = await service.edit_text(OWNING, HERE, first.panel_id, now.version, "Hues", None)
    now = await service.edit_role(
        OWNING, HERE, first.panel_id, first.roles[0].item_id, now.version, RoleText("x", None, None, ButtonColour.GREY)
    )
    now = await service.remove_roles(OWNING, HERE, first.panel_id, (first.roles[1].item_id,))
    bot.events.clear()
    again = await restored(copies, now, 1)
    assert portable(again) == WHOLE
    assert again.version == now.version + 1
    assert again.roles[0].item_id == first.roles[0].item_id
    row = (await AuditEntry.all().order_by("-id").limit(1))[0]
    assert (row.kind, row.payload["after"]["restored_version"], row.payload["removed"]) == ("panel.edit", 1, [role_id(7)])
    assert bot.events == [PanelChanged(GUILD, first.panel_id, again.version), AuditWritten(GUILD)]


async def test_restoring_what_already_is_changes_nothing(copies: CopyService, bot: Recorder) -> None:
    (first,) = await copies.create_all(OWNING, HERE, placed(WHOLE), {})
    assert await restored(copies, first, 1) == first


async def test_only_one_of_two_restores_at_once_wins(copies: CopyService, service: PanelService) -> None:
    (first,) = await copies.create_all(OWNING, HERE, placed(WHOLE), {})
    now = await service.set(OWNING, HERE, first.panel_id, mode=Mode.TOGGLE)
    results = await asyncio.gather(*(restored(copies, now, 1) for _ in range(2)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) in (["PanelSpec", "UserError"], ["ChangedMeanwhile", "PanelSpec"])
    assert (await service.get(GUILD, first.panel_id)).version == now.version + 1


async def undo(copies: CopyService, now: PanelSpec) -> PanelSpec | None:
    current = await revisions.find(now.panel_id, now.version)
    assert current
    target = await revisions.before(current, now.panel_id, lambda then: then != portable(now))
    if target is None:
        return None
    placement = place_again(target.panel, now, HERE, AUTHOR)
    return await copies.restore(OWNING, HERE, now, placement, target.version, undo_to=target.stands_for)


async def test_undo_goes_back_step_by_step_and_on_from_there(copies: CopyService, service: PanelService) -> None:
    (first,) = await copies.create_all(OWNING, HERE, placed(WHOLE), {})
    panel_id = first.panel_id
    await service.set(OWNING, HERE, panel_id, mode=Mode.TOGGLE)
    third = await service.set(OWNING, HERE, panel_id, mode=Mode.ADD_ONLY)
    modes = []
    now: PanelSpec | None = third
    while now := await undo(copies, now):
        modes.append(now.mode)
    assert modes == [Mode.TOGGLE, Mode.UNIQUE]
    await service.set(OWNING, HERE, panel_id, style=Style.BUTTONS)
    back = await undo(copies, await service.get(GUILD, panel_id))
    assert back
    assert (back.mode, back.style) == (Mode.UNIQUE, Style.DROPDOWN)
    assert await undo(copies, back) is None


async def test_a_confirmation_alone_is_no_step_of_undo(copies: CopyService, service: PanelService) -> None:
    (first,) = await copies.create_all(OWNING, HERE, placed(WHOLE), {})
    now = await service.set(OWNING, HERE, first.panel_id, mode=Mode.TOGGLE)
    now = await service.confirm_role(OWNING, HERE, first.panel_id, role_id(40), BITS)
    back = await undo(copies, now)
    assert back
    assert back.mode is Mode.UNIQUE
