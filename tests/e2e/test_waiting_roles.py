"""Roles that wait for their member: back in the guild, or through its screening. With the members intent, and without it."""

from datetime import timedelta

import pytest

from cogs.roles.click.waiting import ADMIT, RETURN
from domain import clock
from domain.panels import Mode
from models import AuditState, Panel, PanelRole, RoleGrant
from sandbox import members
from tests.changes import until_none
from tests.e2e.house import House, at_rest, posted_panel
from tests.e2e.test_clicks import click
from tests.e2e.test_temporary_roles import grant, settled

MEMBERS = 1 << 1


@pytest.fixture
async def hearing(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot with the members intent."""
    monkeypatch.setenv("MEMBERS_INTENT", "true")
    next(iter(empty_house.sandbox.world.applications.values())).privileged_intents = MEMBERS
    await empty_house.start()
    await at_rest(empty_house, "Giving roles to members who return or pass screening")  # its first look around is over
    return empty_house


async def sticky_panel(house: House, *roles: str) -> Panel:
    panel = await posted_panel(house, *roles)
    await Panel.filter(id=panel.id).update(sticky=True)
    return panel


async def screening_panel(house: House, *roles: str, mode: Mode = Mode.TOGGLE) -> Panel:
    panel = await posted_panel(house, *roles, mode=mode)
    await Panel.filter(id=panel.id).update(wait_for_screening=True)
    return panel


async def leave(house: House, who: str) -> None:
    """Leave the guild, and wait until the bot has dealt with it."""
    user = house.actor(who).user
    members.leave(house.sandbox.world, house.sandbox.guild, user.id)
    await until_none(RoleGrant.filter(user_id=user.id, left_at__isnull=True))


def join(house: House, who: str, *, pending: bool = False) -> None:
    members.join(house.sandbox.world, house.sandbox.guild, house.actor(who).user.id, pending=pending)


def pass_screening(house: House, who: str) -> None:
    member = house.actor(who).member
    member.pending = False
    members.changed(house.sandbox.world, house.sandbox.guild, member)


async def test_a_sticky_role_is_given_back(hearing: House) -> None:
    panel = await sticky_panel(hearing, "Red")
    await grant(hearing, "alice", "Red", panel, ends=None)
    await leave(hearing, "alice")
    join(hearing, "alice")
    (row,) = await settled(hearing, kind=RETURN)
    assert (row.state, row.payload["added"]) == (AuditState.DONE, [hearing.sandbox.role("Red").id])
    assert hearing.actor("alice").role_names() == ["Red"]
    (kept,) = await RoleGrant.all()
    assert (kept.confirmed, kept.left_at) == (True, None)


async def test_who_left_and_came_back_while_the_bot_was_away_gets_it_back(hearing: House) -> None:
    panel, plain = await sticky_panel(hearing, "Red"), await posted_panel(hearing, "Blue", name="Others")
    for who in ("alice", "bob", "carol"):
        await grant(hearing, who, "Red", panel, ends=None)
    await grant(hearing, "alice", "Blue", plain, ends=None)
    await hearing.stop()
    clock.shift(timedelta(hours=1))
    hearing.sandbox.clock.advance(3600)
    for who in ("alice", "carol"):
        members.leave(hearing.sandbox.world, hearing.sandbox.guild, hearing.actor(who).user.id)
    join(hearing, "alice")
    hearing.actor("bob").member.role_ids.clear()  # an admin took it: that is no return
    await hearing.start()
    await at_rest(hearing, "Noticing members who left and came back while the bot was away")
    (row,) = await settled(hearing, kind=RETURN)
    assert (row.target_id, row.payload["added"]) == (hearing.actor("alice").user.id, [hearing.sandbox.role("Red").id])
    assert hearing.actor("alice").role_names() == ["Red"]
    assert not hearing.actor("bob").role_names()
    kept = {grant.user_id: grant.left_at for grant in await RoleGrant.filter(role_id=hearing.sandbox.role("Red").id)}
    assert kept[hearing.actor("alice").user.id] is None
    assert next(left for user_id, left in kept.items() if hearing.sandbox.world.user(user_id).username == "carol")


async def test_a_role_of_another_panel_is_not(hearing: House) -> None:
    await grant(hearing, "alice", "Red", await posted_panel(hearing, "Red"), ends=None)
    await leave(hearing, "alice")
    assert not await RoleGrant.exists()


async def test_who_returns_has_to_pass_screening_first(hearing: House) -> None:
    panel = await sticky_panel(hearing, "Red")
    await grant(hearing, "alice", "Red", panel, ends=None)
    await leave(hearing, "alice")
    join(hearing, "alice", pending=True)
    assert hearing.actor("alice").role_names() == []
    pass_screening(hearing, "alice")
    await settled(hearing, kind=RETURN)
    assert hearing.actor("alice").role_names() == ["Red"]


async def test_a_return_that_was_missed_is_found_at_the_start(hearing: House) -> None:
    panel = await sticky_panel(hearing, "Red")
    await grant(hearing, "alice", "Red", panel, ends=None)
    await leave(hearing, "alice")
    await hearing.stop()
    join(hearing, "alice")
    await hearing.start()
    await settled(hearing, kind=RETURN)
    assert hearing.actor("alice").role_names() == ["Red"]


async def test_a_role_whose_time_is_over_is_not_kept(hearing: House) -> None:
    panel = await sticky_panel(hearing, "Red")
    await grant(hearing, "alice", "Red", panel, ends=timedelta(hours=1))
    await leave(hearing, "alice")
    clock.shift(timedelta(hours=2))
    await hearing.bot.cogs["roles"].expiry.end_due()  # pyright: ignore[reportAttributeAccessIssue]
    assert not await RoleGrant.exists()


async def test_a_role_without_a_place_left_is_refused_and_told(hearing: House) -> None:
    panel = await sticky_panel(hearing, "Red")
    item = await PanelRole.get(panel=panel)
    await PanelRole.filter(id=item.id).update(capacity=1)
    for who in ("alice", "dave"):
        await grant(hearing, who, "Red", panel, ends=None)
        await RoleGrant.all().update(item_id=item.id)
        if who == "alice":
            await leave(hearing, who)
    join(hearing, "alice")
    (row,) = await settled(hearing, kind=RETURN)
    assert (row.state, row.payload["refused"][0]["problem"]) == (AuditState.REFUSED, "full")
    assert hearing.actor("alice").role_names() == []


async def test_a_pick_before_screening_is_given_after_it(hearing: House) -> None:
    await screening_panel(hearing, "Red")
    await PanelRole.all().update(duration_seconds=3600)
    red = hearing.sandbox.role("Red").id
    assert f"<@&{red}> is kept for you" in await click(hearing, "newton", "Red")
    assert hearing.actor("newton").role_names() == []
    pass_screening(hearing, "newton")
    (row,) = await settled(hearing, kind=ADMIT)
    assert row.payload["added"] == [red]
    (given,) = await RoleGrant.all()
    assert given.confirmed
    assert given.expires_at is not None
    assert given.expires_at - given.granted_at == timedelta(hours=1)


async def test_of_a_unique_panel_the_last_pick_counts(hearing: House) -> None:
    await screening_panel(hearing, "Red", "Green", mode=Mode.UNIQUE)
    await click(hearing, "newton", "Red")
    await click(hearing, "newton", "Green")
    pass_screening(hearing, "newton")
    await settled(hearing, kind=ADMIT)
    assert hearing.actor("newton").role_names() == ["Green"]


async def test_without_the_intent_a_pick_before_screening_is_refused(house: House) -> None:
    await screening_panel(house, "Red")
    assert "you have not accepted this server's rules yet" in await click(house, "newton", "Red")
    assert not await RoleGrant.exists()


async def test_a_role_that_an_admin_took_is_no_longer_a_grant(hearing: House) -> None:
    panel = await posted_panel(hearing, "Red")
    await grant(hearing, "alice", "Red", panel, ends=None)
    clock.shift(timedelta(minutes=5))
    sandbox = hearing.sandbox
    members.set_roles(sandbox.world, sandbox.guild, hearing.actor("alice").member, [], sandbox.guild.owner_id)
    await until_none(RoleGrant.all())
