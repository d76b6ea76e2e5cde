"""The history of panels on PostgreSQL: what is kept with each change, and where an undo goes."""

from dataclasses import replace

import pytest
from tortoise.transactions import in_transaction

from cogs.panels.editor.conflicts import Happened
from cogs.panels.service import revisions
from cogs.panels.service.access import Editor
from cogs.panels.service.edits import PanelEdits
from cogs.panels.service.inputs import PanelDraft
from cogs.panels.service.panels import PanelService
from domain import clock
from domain.panel_file import portable
from domain.panels import DESCRIPTION_MAX, LABEL_MAX, OPTION_DESCRIPTION_MAX, Mode, PanelSpec, RoleSpec, Style
from domain.permissions import Permission
from models import Panel, PanelRevision
from tests.panels.builders import EDITOR, GUILD, OWNER, facts, role_id
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")

OWNING = Editor(OWNER, frozenset(), Permission.ADMINISTRATOR)
EDITING = Editor(EDITOR, frozenset({role_id(20)}), Permission.MANAGE_ROLES)


@pytest.fixture
def service() -> PanelService:
    return PanelService(Recorder().dispatch)


async def made(service: PanelService) -> PanelSpec:
    spec, _ = await service.create(OWNING, facts(), PanelDraft("Colours", None, (role_id(1),), Style.BUTTONS, Mode.TOGGLE))
    return spec


async def test_every_change_is_kept_with_author_and_time(service: PanelService) -> None:
    first = await made(service)
    second = await service.set(EDITING, facts(), first.panel_id, mode=Mode.UNIQUE)
    third, _ = await service.add_roles(OWNING, facts(), first.panel_id, (role_id(2),))
    kept = await revisions.newest(first.panel_id, 10)
    assert [(one.version, one.author_id, one.panel) for one in kept] == [
        (3, OWNER, portable(third)),
        (2, EDITOR, portable(second)),
        (1, OWNER, portable(first)),
    ]
    assert kept[0].at == (await Panel.get()).updated_at >= kept[1].at
    assert await revisions.find(first.panel_id, 2) == kept[1]
    assert await revisions.since(first.panel_id, 1) == [kept[1], kept[0]]


async def test_an_edit_that_changes_nothing_is_no_revision(service: PanelService) -> None:
    panel = await made(service)
    await service.set(OWNING, facts(), panel.panel_id, mode=panel.mode)
    assert await revisions.count(panel.panel_id) == 1


async def test_a_panel_from_before_the_history_keeps_what_it_was(service: PanelService) -> None:
    now = clock.now()
    panel = await Panel.create(guild_id=GUILD, name="Old", title="Old", version=5, created_at=now, updated_at=now)
    await service.set(EDITING, facts(), panel.id, style=Style.DROPDOWN)
    newer, older = await revisions.newest(panel.id, 10)
    assert (older.version, older.author_id, older.at, older.panel.style) == (5, None, now, Style.BUTTONS)
    assert (newer.version, newer.author_id, newer.panel.style) == (6, EDITOR, Style.DROPDOWN)


async def test_the_oldest_go(service: PanelService) -> None:
    panel = await made(service)
    now = clock.now()
    await PanelRevision.all().delete()
    await PanelRevision.bulk_create(
        PanelRevision(panel_id=panel.panel_id, version=version, created_at=now, snapshot={"title": "T"})
        for version in range(1, revisions.KEPT + 1)
    )
    await Panel.filter(id=panel.panel_id).update(version=revisions.KEPT)
    await service.set(OWNING, facts(), panel.panel_id, mode=Mode.UNIQUE)
    versions = [one.version for one in await revisions.newest(panel.panel_id, 1000)]
    assert versions == list(range(revisions.KEPT + 1, 1, -1))


async def test_of_long_revisions_the_oldest_go(service: PanelService) -> None:
    panel = await made(service)
    now, long = clock.now(), "長" * DESCRIPTION_MAX
    roles = tuple(RoleSpec(0, role_id(number), long[:LABEL_MAX], description=long[:OPTION_DESCRIPTION_MAX]) for number in range(1, 501))
    for version in range(2, 12):
        async with in_transaction() as db:
            await revisions.write([replace(panel, version=version, description=long, roles=roles)], OWNER, now, db)
    kept = await revisions.newest(panel.panel_id, 100)
    assert [one.version for one in kept] == list(range(11, 11 - len(kept), -1))
    assert 1 < len(kept) < 10
    sizes = [row.size for row in await PanelRevision.filter(panel_id=panel.panel_id)]
    assert revisions.KEPT_BYTES * 0.7 < sum(sizes) <= revisions.KEPT_BYTES


async def test_the_newest_revision_is_kept_however_long_it_is(service: PanelService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "KEPT_BYTES", 10)
    panel = await made(service)
    await service.set(OWNING, facts(), panel.panel_id, mode=Mode.UNIQUE)
    assert [one.version for one in await revisions.newest(panel.panel_id, 100)] == [2]


async def test_of_a_history_from_before_the_quota_only_the_newest_part_is_read(
    service: PanelService, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = await made(service)
    for mode in (Mode.UNIQUE, Mode.TOGGLE, Mode.ADD_ONLY):
        panel = await service.set(EDITING, facts(), panel.panel_id, mode=mode)
    monkeypatch.setattr(revisions, "KEPT_BYTES", 2 * max([row.size for row in await PanelRevision.all()]))
    assert [one.version for one in await revisions.since(panel.panel_id, 1)] == [3, 4]
    # What happened before is not known, so a pick on that screen is not taken for harmless.
    happened = await Happened.to(panel.panel_id, 1, facts())
    assert happened.touched(["title"], None, but_by=OWNER)
    assert not happened.touched(["title"], None, but_by=EDITOR)
    assert not (await Happened.to(panel.panel_id, 3, facts())).touched(["title"], None, but_by=OWNER)


async def test_a_refused_edit_leaves_no_revision(service: PanelService) -> None:
    panel = await made(service)
    edits = PanelEdits(Recorder().dispatch)
    with pytest.raises(ZeroDivisionError):
        async with edits._edit(OWNING, facts(), panel.panel_id) as edit:
            edit.change(title="Never")
            raise ZeroDivisionError
    assert await revisions.count(panel.panel_id) == 1
