"""One row that cannot be read, whatever a loop works on: it is set aside, logged once and told, and everything else goes on."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from loguru import logger
from tortoise.connection import get_connection
from tortoise.models import Model

from cogs.panels.posting.cleanup import CLEAN_UP
from cogs.panels.transfer.role_maker import LEFT_OVER
from cogs.roles.click.waiting import RETURN
from cogs.roles.decision.decision import Click
from cogs.roles.decision.refusals import KIND
from cogs.roles.grants.errands import EXPIRE
from domain import clock
from models import (
    AuditEntry,
    AuditState,
    ErasureReceipt,
    GuildConfig,
    MessageState,
    Panel,
    PanelMessage,
    PanelRole,
    RoleGrant,
    SeenChannelPower,
)
from sandbox import channels, messages
from sandbox.permissions import bits
from sandbox.world import Overwrite
from tests.e2e.house import House, at_rest, posted_panel
from tests.e2e.test_check import check
from tests.e2e.test_cleanup import delete_role
from tests.e2e.test_places import lose
from tests.e2e.test_temporary_roles import grant

MEMBERS = 1 << 1
FAR = "'20000-01-01'"  # a moment that PostgreSQL knows and Python does not
LONG_AGO = timedelta(hours=2)
Served = Callable[[], Awaitable[bool]]


@pytest.fixture
async def hearing(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot that runs every loop there is."""
    monkeypatch.setenv("MEMBERS_INTENT", "true")
    next(iter(empty_house.sandbox.world.applications.values())).privileged_intents = MEMBERS
    await empty_house.start()
    return empty_house


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {message}")
    yield lines
    logger.remove(sink)


async def spoil(row: Model, column: str, value: str) -> None:
    """Write what no version of the bot would."""
    await get_connection("default").execute_script(
        f"UPDATE {row._meta.db_table} SET {column} = {value} WHERE {row._meta.db_pk_column} = {row.pk}"
    )


def gone(row: Model) -> Served:
    async def served() -> bool:
        return not await type(row).exists(pk=row.pk)

    return served


def settled(row: AuditEntry) -> Served:
    async def served() -> bool:
        return await AuditEntry.exists(id=row.id, settled_at__isnull=False)

    return served


async def left_behind(house: House, kind: str, resume: dict[str, Any] | None = None, payload: dict[str, Any] | None = None) -> AuditEntry:
    """A change that an earlier process began."""
    return await AuditEntry.create(
        guild_id=house.sandbox.guild.id,
        kind=kind,
        target_id=1,
        payload={"planned_add": [], "planned_remove": [1], "refused": [], "panel_name": None, **(payload or {})},
        resume=resume,
        state=AuditState.SENT,
        created_at=clock.now() - LONG_AGO,
    )


async def an_end(house: House) -> tuple[Model, Served]:
    panel = await posted_panel(house, "Red", "Blue")
    bad, good = await grant(house, "alice", "Red", panel), await grant(house, "dave", "Blue", panel)
    await spoil(bad, "granted_at", FAR)
    clock.shift(timedelta(hours=1, minutes=1))
    return bad, gone(good)


async def an_errand(house: House) -> tuple[Model, Served]:
    bad = await left_behind(house, EXPIRE, {"errand": {"role_id": "odd"}})
    good = await grant(house, "dave", "Blue", await posted_panel(house, "Blue"))
    clock.shift(timedelta(hours=1, minutes=1))
    return bad, gone(good)


async def a_click(house: House) -> tuple[Model, Served]:
    click = Click(1, 1, "gone", None, house.sandbox.guild.id, 1, 1, house.actor("dave").user.id, 1, (1,), True)
    bad, good = await left_behind(house, KIND), await left_behind(house, KIND, click.to_json(), {"planned_remove": []})
    await spoil(bad, "resume", "'[]'")
    return bad, settled(good)


async def a_gift(house: House) -> tuple[Model, Served]:
    nobody = {"kind": RETURN, "guild_id": house.sandbox.guild.id, "user_id": 1, "panel_id": 1, "kept": {}}
    bad, good = await left_behind(house, RETURN), await left_behind(house, RETURN, {"gift": nobody})
    await spoil(bad, "resume", "'[]'")
    house.sandbox.ledger.allow(code=10013)
    return bad, settled(good)


async def one_who_returned(house: House) -> tuple[Model, Served]:
    panel = await posted_panel(house, "Red", "Blue")
    await Panel.filter(id=panel.id).update(sticky=True)
    bad = await grant(house, "alice", "Red", panel, ends=None)
    good = await grant(house, "dave", "Blue", panel, ends=None)
    lose(house, "dave", "Blue")
    await RoleGrant.all().update(left_at=clock.now())
    await spoil(bad, "expires_at", FAR)

    async def served() -> bool:
        return await RoleGrant.exists(id=good.id, left_at__isnull=True) and "Blue" in house.actor("dave").role_names()

    return bad, served


async def a_holder(house: House) -> tuple[Model, Served]:
    panel = await posted_panel(house, "Red")
    await PanelRole.filter(panel=panel).update(capacity=5)
    bad, good = [await grant(house, who, "Red", panel, ends=None) for who in ("alice", "dave")]
    await RoleGrant.all().update(granted_at=clock.now() - LONG_AGO)
    lose(house, "dave", "Red")
    await spoil(bad, "retry_at", FAR)
    return bad, gone(good)


async def a_panel_to_show(house: House) -> tuple[Model, Served]:
    bad = await posted_panel(house, "Red")
    good = await posted_panel(house, "Blue", name="Others")
    await Panel.all().update(version=2)
    await spoil(bad, "mode", "'odd'")

    async def served() -> bool:
        return await PanelMessage.exists(panel_id=good.id, rendered_version=2)

    return bad, served


async def a_message_to_delete(house: House) -> tuple[Model, Served]:
    bad = await PanelMessage.get(panel=await posted_panel(house, "Red"))
    good = await PanelMessage.get(panel=await posted_panel(house, "Blue", name="Others"))
    await PanelMessage.all().update(state=MessageState.DELETING)
    await spoil(bad, "state", "'odd'")
    return bad, gone(good)


async def roles_of_an_import(house: House) -> tuple[Model, Served]:
    bad, good = [await left_behind(house, LEFT_OVER, payload={"role_names": {}}) for _ in range(2)]
    await spoil(bad, "payload", "'[]'")
    return bad, gone(good)


async def an_entry(house: House) -> tuple[Model, Served]:
    guild_id, now = house.sandbox.guild.id, clock.now()
    await GuildConfig.create(guild_id=guild_id, audit_channel_id=house.sandbox.channel("audit-log").id, audit_since=now)
    bad, good = [await AuditEntry.record(guild_id, "panel.create", now) for _ in range(2)]
    await spoil(bad, "created_at", FAR)

    async def served() -> bool:
        return await AuditEntry.exists(id=good.id, posted_at__isnull=False)

    return bad, served


async def an_entry_that_cannot_be_told(house: House) -> tuple[Model, Served]:
    bad, served = await an_entry(house)
    await spoil(bad, "created_at", "now()")
    await spoil(bad, "payload", "'[1]'")
    return bad, served


async def a_receipt(house: House) -> tuple[Model, Served]:
    numbers = {"guild_id": house.sandbox.guild.id, "erased_at": clock.now(), "panels": 1, "entries": 1, "temporary_roles": 0}
    where = house.sandbox.channel("audit-log").id
    bad, good = [await ErasureReceipt.create(**numbers, audit_channel_id=where) for _ in range(2)]
    await spoil(bad, "erased_at", FAR)

    async def served() -> bool:
        return await ErasureReceipt.exists(id=good.id, audit_channel_id__isnull=True)

    return bad, served


async def an_older_panel(house: House) -> tuple[Model, Served]:
    await posted_panel(house, "Red")
    await posted_panel(house, "Blue", name="Others")
    bad, good = await PanelRole.all().order_by("id")
    await PanelRole.all().update(grandfathered=None)
    await spoil(bad, "colour", "'odd'")

    async def served() -> bool:
        return await PanelRole.exists(id=good.id, grandfathered__isnull=False)

    return bad, served


async def a_panel_with_a_deleted_role(house: House) -> tuple[Model, Served]:
    bad = await posted_panel(house, "Red", "Blue")
    await posted_panel(house, "Red", "Blue", name="Others")
    await spoil(bad, "mode", "'odd'")
    delete_role(house, "Red")

    async def served() -> bool:
        return await AuditEntry.exists(kind=CLEAN_UP)

    return bad, served


async def a_message_that_is_gone(house: House) -> tuple[Model, Served]:
    bad = await posted_panel(house, "Red")
    good = await posted_panel(house, "Blue", name="Others")
    await spoil(bad, "mode", "'odd'")
    for view in house.actor("alice").in_("roles").sees():
        messages.delete(house.sandbox, view.record)
    house.sandbox.ledger.allow(status=404, code=10008)

    async def served() -> bool:
        return await PanelMessage.exists(panel_id=good.id, missing=True)

    return bad, served


@dataclass(frozen=True, slots=True)
class Case:
    loop: str
    arrange: Callable[[House], Awaitable[tuple[Model, Served]]]


CASES = [
    Case("Taking back temporary roles", an_end),
    Case("Taking back temporary roles", an_errand),
    Case("Finishing clicks that were interrupted", a_click),
    Case("Giving roles that could not be given at once", a_gift),
    Case("Giving roles to members who return or pass screening", one_who_returned),
    Case("Looking at who holds limited roles", a_holder),
    Case("Bringing posted panels up to date", a_panel_to_show),
    Case("Bringing posted panels up to date", a_message_to_delete),
    Case("Bringing posted panels up to date", roles_of_an_import),
    Case("Posting to the audit channel", an_entry),
    Case("Posting to the audit channel", an_entry_that_cannot_be_told),
    Case("Forgetting servers that the bot has left", a_receipt),
    Case("Looking at the roles of older panels", an_older_panel),
    Case("Taking deleted things off panels", a_panel_with_a_deleted_role),
    Case("Looking whether posted panels still stand", a_message_that_is_gone),
]
# These read no rows one by one that could be bad: one only deletes, the other has a test of its own.
REMEMBERING = "Remembering what channels allow"
# They read no rows whole.
OTHERS = {
    "Forgetting old drafts",
    REMEMBERING,
    "Noticing members who left and came back while the bot was away",
    "Watching whether interactions come",
}


async def pass_of(house: House, name: str) -> None:
    (loop,) = (loop for loop in house.bot.loops if loop.name == name)
    if name == "Posting to the audit channel":
        house.bot.cogs["audit"]._outbox.look_around()  # pyright: ignore[reportAttributeAccessIssue]
    loop.wake()
    await at_rest(house, name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.arrange.__name__)
async def test_it_is_set_aside_and_the_others_are_served(hearing: House, case: Case, log: list[str]) -> None:
    await at_rest(hearing, case.loop)  # what its start has to do is done
    bad, served = await case.arrange(hearing)
    await pass_of(hearing, case.loop)
    assert await served()
    (loop,) = (loop for loop in hearing.bot.loops if loop.name == case.loop)
    guild_id = hearing.sandbox.guild.id
    aside = loop.set_aside(guild_id)
    assert aside, "it is set aside"
    assert all(one.guild_id == guild_id for one in aside), "and not the whole pass"
    await pass_of(hearing, case.loop)
    said = [line for line in log if line.startswith("ERROR") and case.loop in line.splitlines()[0]]
    assert len(said) == 1, said
    assert aside[0].error_id in (await check(hearing)).text
    await bad.delete()


@pytest.mark.parametrize("power", ["[]", "null", '{"roles": {"1": "odd"}, "everyone_allow": 0, "everyone_deny": 0}'])
async def test_what_a_channel_allowed_is_no_obstacle_for_the_others(hearing: House, power: str) -> None:
    sandbox = hearing.sandbox
    put = Overwrite(sandbox.role("Red").id, 0, allow=bits("MANAGE_MESSAGES"))
    for name in ("general", "roles"):
        channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel(name), put, sandbox.guild.owner_id)
    await at_rest(hearing, REMEMBERING)
    await hearing.stop()
    bad = await SeenChannelPower.create(channel_id=1, guild_id=sandbox.guild.id, power={})
    await spoil(bad, "power", f"'{power}'")
    await SeenChannelPower.filter(channel_id=sandbox.channel("roles").id).delete()
    await hearing.start()
    await at_rest(hearing, REMEMBERING)
    assert await SeenChannelPower.exists(channel_id=sandbox.channel("roles").id)
    assert "Remembering what channels allow" in (await check(hearing)).text


async def test_every_loop_is_among_them(hearing: House) -> None:
    assert {loop.name for loop in hearing.bot.loops} == {case.loop for case in CASES} | OTHERS
