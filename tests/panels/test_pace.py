"""How fast the panels of one server may be changed, whatever they are changed with."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cogs.panels.service import write_limit
from cogs.panels.service.copies import CopyService
from cogs.panels.service.panels import PanelService
from cogs.panels.service.rules import RuleService
from cogs.panels.service.write_limit import WritePace
from core.errors import UserError
from domain.panel_file import PanelFile, portable
from domain.panels import PanelSpec
from domain.placement import place
from models import Panel, PanelRevision
from tests.panels.builders import GUILD
from tests.panels.test_service import OWNING, WITH_MODERATOR, draft
from tests.recorder import Recorder


async def turns(writes: WritePace, guild_id: int, asked: int) -> list[float]:
    """When each of so many changes asked for at once has its turn, in seconds from now; those that are refused are left out."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def turn() -> float:
        await writes.turn(guild_id)
        return loop.time() - began

    results = await asyncio.gather(*(turn() for _ in range(asked)), return_exceptions=True)
    assert all(isinstance(result, float | UserError) for result in results)
    return sorted(result for result in results if isinstance(result, float))


async def test_more_than_five_at_once_wait_for_the_next_second_and_many_more_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_limit, "SECONDS", 0.5)
    monkeypatch.setattr(write_limit, "PATIENCE", 1.0)
    moments = await turns(WritePace(), GUILD, 30)
    assert len(moments) == 15
    assert moments[4] < 0.5 <= moments[5] and moments[10] >= 1.0


async def test_servers_do_not_wait_for_each_other() -> None:
    writes = WritePace()
    moments = [*await turns(writes, GUILD, 5), *await turns(writes, GUILD + 1, 5)]
    assert len(moments) == 10 and max(moments) < write_limit.SECONDS


@pytest.mark.usefixtures("database")
async def test_every_way_to_change_a_panel_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = Recorder().dispatch
    spec, _ = await PanelService(dispatch).create(OWNING, WITH_MODERATOR, draft(1, 2))
    monkeypatch.setattr(write_limit, "SECONDS", 60.0)
    writes = WritePace()
    await turns(writes, GUILD, write_limit.WRITES)
    for change in ways(spec, writes):
        with pytest.raises(UserError, match="very quickly"):
            await change()
    assert (await Panel.all().count(), await PanelRevision.all().count()) == (1, 1)


def ways(spec: PanelSpec, writes: WritePace) -> list[Callable[[], Awaitable[object]]]:
    """Changes through each of the services, which share one pace."""
    dispatch = Recorder().dispatch
    service, rules, copies = PanelService(dispatch, writes), RuleService(dispatch, writes), CopyService(dispatch, writes)
    placements = place(PanelFile((portable(spec),), {}), WITH_MODERATOR, OWNING.author)
    return [
        lambda: service.create(OWNING, WITH_MODERATOR, draft(1)),
        lambda: service.set(OWNING, WITH_MODERATOR, spec.panel_id, title="Changed"),
        lambda: rules.drop_emoji(OWNING, WITH_MODERATOR, spec.panel_id, spec.roles[0].item_id),
        lambda: copies.create_all(OWNING, WITH_MODERATOR, placements, {}),
    ]
