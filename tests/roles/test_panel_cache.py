"""The panels in memory: each once, however many it is linked with, and no more than a number of bytes."""

import pytest
from tortoise.expressions import F

from cogs.roles.decision import panel_cache
from cogs.roles.decision.panel_cache import PanelCache, weight
from core.shelf import Shelf
from domain import clock
from domain.panels import PanelSpec, RoleSpec
from models import Panel, PanelRole

pytestmark = pytest.mark.usefixtures("database")

GUILD = 1


async def linked(count: int, group: str | None = "g", roles: int = 3) -> list[int]:
    now = clock.now()
    ids = []
    for number in range(count):
        panel = await Panel.create(guild_id=GUILD, name=f"{group}{number}", title="x", link_group=group, created_at=now, updated_at=now)
        await PanelRole.bulk_create(PanelRole(panel_id=panel.id, role_id=10 + n, label="x" * 80, position=n) for n in range(roles))
        ids.append(panel.id)
    return ids


async def versions(cache: PanelCache, panel_id: int) -> dict[int, int]:
    board = await cache.board(GUILD, panel_id)
    assert board
    return board.versions


async def test_each_board_has_all_linked_panels_and_each_of_them_is_kept_once() -> None:
    cache, ids = PanelCache(), await linked(5)
    for panel_id in ids:
        board = await cache.board(GUILD, panel_id)
        assert board
        assert board.panel.panel_id == panel_id
        assert [panel.panel_id for panel in board.linked] == [other for other in ids if other != panel_id]
        assert [role.role_id for role in board.linked[0].roles] == [10, 11, 12]
        assert board.panel.roles[0].label == "x" * 80
    boards = [await cache.board(GUILD, panel_id) for panel_id in ids[:2]]
    assert boards[0] and boards[1] and boards[0].linked[-1] is boards[1].linked[-1]


async def test_what_is_linked_costs_its_texts_only_where_it_is_clicked() -> None:
    cache, ids = PanelCache(), await linked(5, roles=100)
    await cache.board(GUILD, ids[0])
    full = cache.clicked.bytes
    assert cache.linked.bytes < 4 * full * 0.8


async def test_a_reload_sees_what_another_process_did() -> None:
    cache, ids = PanelCache(), await linked(3)
    await versions(cache, ids[0])
    await Panel.filter(id=ids[1]).update(version=F("version") + 1, title="new")
    now = clock.now()
    late = (await Panel.create(guild_id=GUILD, name="late", title="x", link_group="g", created_at=now, updated_at=now)).id
    assert await versions(cache, ids[0]) == dict.fromkeys(ids, 1)
    board = await cache.reload_board(GUILD, ids[0])
    assert board
    assert board.versions == {ids[0]: 1, ids[1]: 2, ids[2]: 1, late: 1}
    assert board.linked[0].title == "new"
    assert await versions(cache, ids[0]) == board.versions


async def test_what_was_forgotten_is_read_again() -> None:
    cache, ids = PanelCache(), await linked(3)
    await versions(cache, ids[0])
    await Panel.filter(id=ids[1]).update(version=2)
    cache.forget(ids[1])
    assert (await versions(cache, ids[0]))[ids[1]] == 2
    await Panel.filter(id=ids[2]).delete()
    cache.forget(ids[2])
    assert ids[2] not in await versions(cache, ids[0])
    assert await cache.board(GUILD, ids[2]) is None
    assert await cache.board(GUILD + 1, ids[0]) is None


async def test_a_group_that_is_too_large_to_be_kept_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_cache, "LINKED_MAX", 10)
    cache, ids = PanelCache(), await linked(3)
    assert await versions(cache, ids[0]) == await versions(cache, ids[1]) == dict.fromkeys(ids, 1)
    assert cache.linked.bytes <= 10


def test_a_shelf_keeps_what_was_used_last() -> None:
    panels = [PanelSpec(number, GUILD, "x", "x", 1, roles=(RoleSpec(1, 1, "x" * 80),)) for number in range(4)]
    shelf: Shelf[int, PanelSpec] = Shelf(3 * weight(panels[0]), weight)
    for panel in panels[:3]:
        shelf.put(panel.panel_id, panel)
    assert shelf.get(0) is panels[0]
    shelf.put(3, panels[3])
    assert [number for number in range(4) if shelf.get(number)] == [0, 2, 3]
    shelf.put(3, panels[3])
    assert shelf.bytes == 3 * weight(panels[0])
