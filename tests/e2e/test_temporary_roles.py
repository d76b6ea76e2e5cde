"""Roles that end by themselves: on time, once, whatever happened in between; and the commands that show and end them."""

import asyncio
import sys
from datetime import timedelta
from typing import Any

import pytest

from cogs.roles.change.members import MemberLocks, Overlay
from cogs.roles.grants.errands import END, EXPIRE, Errands
from cogs.roles.grants.expiry import Expiry
from domain import clock
from models import AuditEntry, AuditState, Panel, RoleGrant
from sandbox import members, roles
from sandbox.driver import ClientRefusal
from sandbox.faults import Fault
from sandbox.world import Role
from tests.e2e.house import House, posted_panel

ROLE_ROUTE = "*/members/{user_id}/roles/{role_id}"


async def grant(house: House, who: str, role: str, panel: Panel, *, ends: timedelta | None = timedelta(hours=1)) -> RoleGrant:
    """A member holds a role from the panel."""
    sandbox, member = house.sandbox, house.actor(who).member
    members.set_roles(sandbox.world, sandbox.guild, member, [*member.role_ids, sandbox.role(role).id], sandbox.guild.owner_id)
    return await RoleGrant.create(
        guild_id=sandbox.guild.id,
        user_id=member.user_id,
        role_id=sandbox.role(role).id,
        panel_id=panel.id,
        confirmed=True,
        granted_at=clock.now(),
        expires_at=ends and clock.now() + ends,
    )


def pass_time(house: House, by: timedelta) -> None:
    """Let so much time go by, and the bot notice."""
    clock.shift(by)
    expiry(house).loop.wake()


def expiry(house: House) -> Expiry:
    return house.bot.cogs["roles"].expiry  # pyright: ignore[reportAttributeAccessIssue]


async def settled(house: House, count: int = 1, kind: str = EXPIRE) -> list[AuditEntry]:
    """The audit rows of this kind, once there are so many and all are settled."""
    while True:
        written = asyncio.ensure_future(house.bot.wait_for("audit_written", timeout=30))
        await asyncio.sleep(0)  # lets it begin to listen
        if await AuditEntry.filter(kind=kind, settled_at__isnull=False).count() >= count:
            written.cancel()
            return await house.audit(kind)
        await written


async def text_of(house: House, who: str, command: str, **options: Any) -> str:
    return (await (await house.actor(who).slash(command, **options)).message()).text


async def test_a_role_ends_on_time(house: House) -> None:
    panel = await posted_panel(house, "Red", "Blue")
    await grant(house, "alice", "Red", panel)
    await grant(house, "alice", "Blue", panel, ends=None)
    await expiry(house).end_due()
    assert sorted(house.actor("alice").role_names()) == ["Blue", "Red"]
    pass_time(house, timedelta(minutes=61))
    (row,) = await settled(house)
    assert house.actor("alice").role_names() == ["Blue"]
    assert (row.state, row.target_id, row.payload["removed"]) == (
        AuditState.DONE,
        house.actor("alice").user.id,
        [house.sandbox.role("Red").id],
    )
    assert [left.role_id for left in await RoleGrant.all()] == [house.sandbox.role("Blue").id]
    assert "time is over" in (house.sandbox.ledger.role_changes[0].reason or "")


async def test_a_role_that_ended_during_an_hour_offline_is_taken_at_the_start(house: House) -> None:
    await grant(house, "alice", "Red", await posted_panel(house, "Red"), ends=timedelta(minutes=1))
    await house.stop()
    clock.shift(timedelta(hours=1))
    await house.start()
    await settled(house)
    assert house.actor("alice").role_names() == []


async def test_the_end_of_a_role_that_was_deleted_meanwhile_is_over(house: House) -> None:
    await grant(house, "alice", "Red", await posted_panel(house, "Red"))
    await RoleGrant.all().update(role_id=1)
    clock.shift(timedelta(hours=2))
    await expiry(house).end_due()
    assert not await RoleGrant.exists()
    assert await house.audit(EXPIRE) == []


async def test_of_several_processes_one_ends_it(house: House) -> None:
    panel = await posted_panel(house, "Red")
    for who in ("alice", "dave", "nils"):
        await grant(house, who, "Red", panel)
    await house.bot.cog_manager.unload("roles")
    clock.shift(timedelta(hours=2))
    processes = [Expiry(house.bot, Errands(house.bot, MemberLocks({}), Overlay())) for _ in range(3)]
    await asyncio.gather(*(process.end_due() for process in processes))
    assert len(await house.audit(EXPIRE)) == 3
    assert len(house.sandbox.ledger.role_changes) == 3


async def test_killed_between_the_change_and_its_record(house: House) -> None:
    """Everything up to Discord's answer happened, and nothing after it: the next process records it, and takes nothing twice."""
    await grant(house, "alice", "Red", await posted_panel(house, "Red"))
    fault = house.sandbox.faults.add(Fault("freeze", "DELETE", ROLE_ROUTE))
    pass_time(house, timedelta(hours=2))
    await fault.struck.wait()
    (row,) = await AuditEntry.filter(kind=EXPIRE)
    assert row.state is AuditState.SENT
    await house.bot.cog_manager.unload("roles")
    house.sandbox.faults.remove(fault)
    await house.sandbox.driver.until(lambda: house.actor("alice").role_names() == [])
    assert await AuditEntry.exists(kind=EXPIRE, state=AuditState.SENT)
    await house.restart()
    (row,) = await settled(house)
    assert (row.state, row.payload["removed"], row.payload["observed"]) == (AuditState.DONE, [house.sandbox.role("Red").id], True)
    assert not await RoleGrant.exists()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", "DELETE", ROLE_ROUTE, status=429, retry_after=0.1, count=1),
        Fault("status", "DELETE", ROLE_ROUTE, status=503, count=5),
        Fault("drop_before", "DELETE", ROLE_ROUTE, count=2),
        Fault("drop_after", "DELETE", ROLE_ROUTE, count=1),
        Fault("status", "GET", "*/members/{user_id}", status=500, count=5),
    ],
    ids=lambda fault: f"{fault.method} {fault.kind} {fault.status}",
)
async def test_discords_trouble_delays_the_end_and_repeats_nothing(house: House, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = sys.modules["cogs.roles.grants.expiry"]  # as the bot has loaded it; what a test imports may be from before a reload
    monkeypatch.setattr(loaded, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(loaded, "LEFTOVER_AGE", timedelta())
    await grant(house, "alice", "Red", await posted_panel(house, "Red"))
    house.sandbox.faults.add(fault)
    pass_time(house, timedelta(hours=2))
    rows = await settled(house)
    assert [row.payload["removed"] for row in rows] == [[house.sandbox.role("Red").id]]
    assert house.actor("alice").role_names() == []
    assert fault.hits == fault.count


async def test_a_role_that_discord_keeps_is_tried_again_and_told_once(house: House) -> None:
    await grant(house, "alice", "Red", await posted_panel(house, "Red"))
    fault = house.sandbox.faults.add(Fault("status", "DELETE", ROLE_ROUTE, status=403, code=50013, count=2))
    pass_time(house, timedelta(hours=2))
    (row,) = await settled(house)
    assert (row.state, row.payload["failed"][0]["problem"]) == (AuditState.REFUSED, "forbidden")
    before = fault.hits
    await expiry(house).end_due()
    assert fault.hits == before  # no storm: the role is left alone for an hour
    clock.shift(timedelta(minutes=61))
    await expiry(house).end_due()
    assert fault.hits == 2
    assert len(await house.audit(EXPIRE)) == 1
    clock.shift(timedelta(minutes=61))
    await expiry(house).end_due()
    assert [row.state for row in await house.audit(EXPIRE)] == [AuditState.REFUSED, AuditState.DONE]


async def test_a_role_above_the_bot_costs_no_request_and_is_told_once(house: House) -> None:
    await grant(house, "alice", "Red", await posted_panel(house, "Red"))
    sandbox = house.sandbox
    red, top = sandbox.role("Red"), sandbox.role("Admin").position
    await move(house, red, top)
    sent = len(sandbox.traffic)
    pass_time(house, timedelta(hours=2))
    await settled(house)
    await expiry(house).end_due()
    assert [exchange for exchange in sandbox.traffic[sent:] if "members" in (exchange.route or "")] == []
    (row,) = await house.audit(EXPIRE)
    assert row.payload["refused"] == [{"role_id": red.id, "problem": "above_bot"}]
    await move(house, red, 1)
    await expiry(house).end_due()
    assert house.actor("alice").role_names() == []


async def move(house: House, role: Role, position: int) -> None:
    """Move a role in the guild's list, and wait until the bot knows."""
    seen = asyncio.ensure_future(house.bot.wait_for("guild_role_update", check=lambda _, after: after.id == role.id))
    await asyncio.sleep(0)  # lets it begin to listen
    roles.move(house.sandbox.world, house.sandbox.guild, {role.id: position})
    await seen


async def test_who_left_or_gave_it_back_is_not_in_the_log(house: House) -> None:
    panel = await posted_panel(house, "Red")
    sandbox = house.sandbox
    for who in ("alice", "dave"):
        await grant(house, who, "Red", panel)
    members.leave(sandbox.world, sandbox.guild, house.actor("alice").user.id)
    members.set_roles(sandbox.world, sandbox.guild, house.actor("dave").member, [], sandbox.guild.owner_id)
    sandbox.ledger.allow(code=10007)
    clock.shift(timedelta(hours=2))
    await expiry(house).end_due()
    assert not await RoleGrant.exists()
    assert await house.audit(EXPIRE) == []


async def test_members_see_what_they_have_and_until_when(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green")
    given = await grant(house, "mona", "Red", panel)
    assert given.expires_at is not None
    red, green = house.sandbox.role("Red").id, house.sandbox.role("Green").id
    moment = int(given.expires_at.timestamp())
    text = await text_of(house, "mona", "roles mine")
    head, panel_line, *lines = text.splitlines()
    assert (head, panel_line) == ("Your roles from this server's panels", "**Colours**")
    assert sorted(lines) == sorted([f"<@&{red}>, until <t:{moment}:f> (<t:{moment}:R>)", f"<@&{green}>"])
    assert await text_of(house, "nils", "roles mine") == "You have no role from this server's panels."
    assert await text_of(house, "haruto", "roles mine") == "このサーバーのパネルから取得したロールはありません。"


async def test_admins_list_and_end_temporary_roles(house: House) -> None:
    panel = await posted_panel(house, "Red", "Blue")
    await grant(house, "alice", "Red", panel, ends=timedelta(days=2))
    await grant(house, "dave", "Blue", panel, ends=timedelta(days=1))
    result = await house.actor("mona").slash("temporary")
    listed = await result.message()
    assert [option["label"] for option in listed.selects[0].options] == ["1. Blue", "2. Red"]
    ended = await listed.select("End roles now", ["2. Red"])
    await ended.answered()
    await house.sandbox.driver.until(lambda: ended.followups)
    assert ended.followups[0].text.startswith("Ended: ")
    assert house.actor("alice").role_names() == []
    (row,) = await house.audit(END)
    assert (row.actor_id, row.target_id, row.state) == (house.actor("mona").user.id, house.actor("alice").user.id, AuditState.DONE)
    only = await text_of(house, "mona", "temporary", member=house.actor("alice").user)
    assert only == "There are no temporary roles at the moment."


async def test_the_end_of_a_role_that_was_deleted_while_the_list_was_read(house: House) -> None:
    given = await grant(house, "alice", "Red", await posted_panel(house, "Red"), ends=timedelta(days=2))
    listed = await (await house.actor("mona").slash("temporary")).message()
    await RoleGrant.filter(id=given.id).update(role_id=1)
    ended = await listed.select("End roles now", ["1. Red"])
    await ended.answered()
    await house.sandbox.driver.until(lambda: ended.followups)
    assert ended.followups[0].text.endswith("was over already.")
    assert not await RoleGrant.exists()
    assert await house.audit(END) == []


async def test_two_roles_of_the_same_name_are_told_apart_where_they_are_ended(house: House) -> None:
    guild, red, blue = house.sandbox.guild, house.sandbox.role("Red"), house.sandbox.role("Blue")
    panel = await posted_panel(house, "Red", "Blue")
    await grant(house, "alice", "Red", panel, ends=timedelta(days=2))
    await grant(house, "alice", "Blue", panel, ends=timedelta(days=1))
    heard = house.bot.wait_for("guild_role_update")
    roles.edit(house.sandbox.world, guild, blue, {"name": "Red"}, guild.owner_id)
    await heard
    listed = await (await house.actor("mona").slash("temporary")).message()
    told = [(option["label"], option["description"].split(" · ")[-1]) for option in listed.selects[0].options]
    assert told == [("1. Red", str(blue.id)), ("2. Red", str(red.id))]


async def test_who_may_not_manage_roles_sees_and_ends_none(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await grant(house, "alice", "Red", panel)
    with pytest.raises(ClientRefusal):  # it is not offered; what the bot says where admins opened it is seen with all other commands
        await text_of(house, "alice", "temporary")


async def test_pages_of_temporary_roles(house: House) -> None:
    now = clock.now()
    panel = await posted_panel(house, "Red")
    rows = [
        RoleGrant(
            guild_id=house.sandbox.guild.id,
            user_id=10**17 + number,
            role_id=house.sandbox.role("Red").id,
            panel_id=panel.id,
            confirmed=True,
            granted_at=now,
            expires_at=now + timedelta(hours=number),
        )
        for number in range(1, 31)
    ]
    await RoleGrant.bulk_create(rows)
    first = await (await house.actor("mona").slash("temporary")).message()
    assert "Page 1 of 2" in first.text
    with pytest.raises(ClientRefusal):
        await first.click("◀")
    second = await (await first.click("▶")).message()
    assert [option["label"] for option in second.selects[0].options] == [f"{number}. Red" for number in range(26, 31)]
