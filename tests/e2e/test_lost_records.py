"""Discord has acted and PostgreSQL is gone before it is recorded: the answer claims nothing, and the record is made when it is back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from core.database import migrate
from core.embedded import EmbeddedPostgres
from domain.custom_id import encode
from models import SETTLED, AuditEntry, AuditState, MessageState, Panel, PanelMessage, RoleGrant
from sandbox.driver.results import Result
from sandbox.faults import Fault
from sandbox.interactions.record import Kind
from tests.conftest import own_server
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click
from tests.e2e.test_panels import create, post
from tests.e2e.test_temporary_roles import grant

PATIENCE = 60.0
MESSAGES = "/channels/*/messages"


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that only this test uses, so that it may be stopped."""
    with own_server() as started:
        yield started


@pytest.fixture
async def database_url(server: EmbeddedPostgres) -> str:
    """In place of the shared server's: the bot's database is on the one that will be stopped."""
    url = server.start()
    await migrate(url)
    return url


async def lost(house: House, server: EmbeddedPostgres, fault: Fault, act: Callable[[], Awaitable[Result]]) -> str:
    """What is said when PostgreSQL goes away while Discord acts; it is back when this returns."""
    house.sandbox.faults.add(fault)
    result = await act()
    await asyncio.wait_for(fault.struck.wait(), PATIENCE)
    await asyncio.to_thread(server.stop)
    house.sandbox.faults.remove(fault)
    said = (await result.message(PATIENCE)).text
    await asyncio.to_thread(server.start)
    return said


async def posting(house: House) -> Result:
    return await house.actor("olivia").slash("panel post", panel="Colours", channel=house.sandbox.channel("roles"))


async def recorded(house: House) -> list[AuditEntry]:
    """The records of panels once nothing is left unsettled."""
    async with asyncio.timeout(PATIENCE):
        while True:
            written = asyncio.ensure_future(house.bot.wait_for("audit_written"))
            await asyncio.sleep(0)  # lets it begin to listen
            unsettled = await AuditEntry.exclude(state__in=SETTLED).exists()
            if not unsettled and not await PanelMessage.exclude(state=MessageState.LIVE).exists():
                written.cancel()
                return await AuditEntry.filter(kind__startswith="panel.").order_by("id")
            await written


async def test_a_post_is_adopted(server: EmbeddedPostgres, house: House) -> None:
    await create(house)
    channel = house.sandbox.channel("roles")
    said = await lost(house, server, Fault("freeze", "POST", MESSAGES), lambda: posting(house))
    assert said == f"Part of it may have been done: posting the panel in <#{channel.id}>. I'll put it right by myself."
    rows = await recorded(house)
    assert [(row.kind, row.state) for row in rows] == [("panel.create", AuditState.DONE), ("panel.post", AuditState.DONE)]
    assert len([message for message in house.actor("alice").in_("roles").sees() if message.buttons]) == 1
    assert "Added" in await click(house, "alice", "Red")


async def test_posting_again_comes_to_one_message(server: EmbeddedPostgres, house: House) -> None:
    old = await post(house, await create(house))
    await lost(house, server, Fault("freeze", "POST", MESSAGES), lambda: posting(house))
    await recorded(house)
    assert old.deleted
    assert "Added" in await click(house, "alice", "Red")


async def test_a_deletion_is_ended(server: EmbeddedPostgres, house: House) -> None:
    posted = await post(house, await create(house))
    olivia, application = house.actor("olivia"), next(iter(house.sandbox.world.applications.values()))
    question = await (await olivia.slash("panel delete", panel="Colours")).message()
    panel = await Panel.get()

    async def press() -> Result:
        data = {"custom_id": encode("panels.delete_now", panel.id), "component_type": 2}
        return olivia.begin(application, Kind.COMPONENT, data, message=question.record)

    house.sandbox.ledger.allow(code=10008)  # the follower deletes once more what is gone
    said = await lost(house, server, Fault("freeze", "DELETE", f"{MESSAGES}/*"), press)
    assert "Part of it may have been done: deleting the panel Colours." in said
    rows = await recorded(house)
    assert (rows[-1].kind, rows[-1].state, rows[-1].payload["messages_left"]) == ("panel.delete", AuditState.DONE, [])
    assert posted.deleted
    assert not await Panel.exists()


async def test_the_end_of_a_temporary_role_is_ended(server: EmbeddedPostgres, house: House) -> None:
    dave = house.actor("dave")
    await grant(house, "dave", "Red", await posted_panel(house, "Red"))
    shown = await (await house.actor("olivia").slash("temporary")).message()

    async def end() -> Result:
        return await shown.select(shown.selects[0], [shown.selects[0].options[0]["label"]])

    said = await lost(house, server, Fault("freeze", "DELETE", "/guilds/*/members/*/roles/*"), end)
    assert "Part of it may have been done: ending the temporary roles you picked." in said
    await recorded(house)
    assert "Red" not in dave.role_names()
    assert not await RoleGrant.exists()
    (row,) = await AuditEntry.filter(kind="roles.end")
    assert row.payload["removed"] == [house.sandbox.role("Red").id]


async def test_nothing_was_changed_when_it_was_gone_before(server: EmbeddedPostgres, house: House) -> None:
    await create(house)
    server.stop()
    assert "nothing was changed" in (await (await posting(house)).message(PATIENCE)).text
    server.start()
    assert not [message for message in house.actor("alice").in_("roles").sees() if message.buttons]
