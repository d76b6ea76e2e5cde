"""Limited places: how many get one, and every way in which one becomes free."""

import asyncio
from datetime import timedelta

import pytest

from cogs.roles.decision.decision import Click
from cogs.roles.grants.places import Places
from domain import clock
from domain.grants import Grant
from domain.panels import Mode
from models import AuditState, Panel, PanelRole, RoleGrant
from models.claim import Claim, claim
from sandbox import members
from sandbox.faults import Fault
from sandbox.world import User
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click

ROLE = "/guilds/*/members/*/roles/*"
FULL = "was not added, because all 1 places are taken"
LOOK = "GET /guilds/{guild_id}/members/{user_id}"


async def limited_panel(house: House, *roles: str, capacity: int = 1, mode: Mode = Mode.TOGGLE, **changes: object) -> Panel:
    """A posted panel whose roles have so many places each."""
    panel = await posted_panel(house, *roles, mode=mode)
    await PanelRole.filter(panel=panel).update(capacity=capacity, **changes)
    return panel


def places(house: House) -> Places:
    return house.bot.cogs["roles"]._places  # pyright: ignore[reportAttributeAccessIssue]


def lose(house: House, who: str, *lost: str) -> None:
    """A moderator takes roles away."""
    actor = house.actor(who)
    kept = [role_id for role_id in actor.member.role_ids if actor.guild.roles[role_id].name not in lost]
    members.set_roles(house.sandbox.world, house.sandbox.guild, actor.member, kept, house.sandbox.guild.owner_id)


def leave(house: House, who: str) -> None:
    members.leave(house.sandbox.world, house.sandbox.guild, house.actor(who).user.id)
    house.sandbox.ledger.allow(code=10007)


def looks(house: House) -> int:
    """How many members were looked at, at Discord."""
    return sum(f"{exchange.method} {exchange.route}" == LOOK for exchange in house.sandbox.traffic)


async def test_the_last_place(house: House) -> None:
    await limited_panel(house, "Red")
    assert "Added" in await click(house, "alice", "Red")
    assert FULL in await click(house, "bob", "Red")
    assert looks(house) == 0, "who came just now need not be looked at"
    refused = (await house.audit("roles.click"))[1]
    assert (refused.state, refused.payload["refused"][0]["problem"]) == (AuditState.REFUSED, "full")
    assert "Removed" in await click(house, "alice", "Red")
    await house.audit()
    assert "Added" in await click(house, "bob", "Red")


async def test_what_is_full_does_not_hold_up_the_rest(house: House) -> None:
    panel = await limited_panel(house, "Red", mode=Mode.UNIQUE)
    await PanelRole.create(panel=panel, role_id=house.sandbox.role("Blue").id, label="Blue")
    await click(house, "alice", "Red")
    assert FULL in await click(house, "bob", "Red")
    assert house.actor("bob").role_names() == ["Blue"], "a swap that is refused takes nothing away"


async def test_a_swap_frees_a_place(house: House) -> None:
    await limited_panel(house, "Red", "Green", mode=Mode.UNIQUE)
    await click(house, "alice", "Red")
    await click(house, "alice", "Green")
    await house.audit()
    assert "Added" in await click(house, "bob", "Red")
    assert FULL in await click(house, "bob", "Green")


async def test_a_failed_grant_frees_its_place(house: House) -> None:
    await limited_panel(house, "Red")
    house.sandbox.faults.add(Fault("status", "PUT", ROLE, status=403, code=50013, count=1))
    assert "Discord refuses this role" in await click(house, "alice", "Red")
    await house.audit()
    assert not await RoleGrant.exists()
    assert "Added" in await click(house, "bob", "Red")


async def test_a_place_is_taken_while_its_grant_is_under_way(house: House) -> None:
    await limited_panel(house, "Red")
    frozen = house.sandbox.faults.add(Fault("freeze", "PUT", ROLE))
    waiting = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    await house.sandbox.driver.until(lambda: frozen.hits)
    assert FULL in await click(house, "bob", "Red")
    frozen.release()
    assert "Added" in (await waiting.message()).text


@pytest.mark.parametrize("how", ["left", "lost the role"])
async def test_before_full_is_said_holders_are_looked_at(house: House, how: str) -> None:
    await limited_panel(house, "Red")
    await click(house, "alice", "Red")
    await house.audit()
    leave(house, "alice") if how == "left" else lose(house, "alice", "Red")
    clock.shift(timedelta(minutes=2))
    assert "Added" in await click(house, "bob", "Red")
    assert looks(house) == 1
    assert [grant.user_id for grant in await RoleGrant.all()] == [house.actor("bob").user.id]


async def test_holders_are_not_looked_at_again_and_again(house: House) -> None:
    await limited_panel(house, "Red")
    await click(house, "alice", "Red")
    await house.audit()
    clock.shift(timedelta(minutes=2))
    answers = await asyncio.gather(*(click(house, who, "Red") for who in ("bob", "carol", "dave")))
    assert [FULL in answer for answer in answers] == [True] * 3
    assert looks(house) == 1


async def test_holders_are_looked_at_in_the_background(house: House) -> None:
    await limited_panel(house, "Red", capacity=3)
    for who in ("alice", "bob", "carol"):
        await click(house, who, "Red")
    await house.audit()
    leave(house, "alice")
    lose(house, "bob", "Red")
    clock.shift(timedelta(minutes=2))
    assert await places(house).look_round() == 2
    assert [grant.user_id for grant in await RoleGrant.all()] == [house.actor("carol").user.id]
    assert await places(house).look_round() == 0
    assert looks(house) == 3


async def test_a_member_who_left_keeps_what_is_sticky_and_no_place(house: House) -> None:
    panel = await limited_panel(house, "Red")
    await Panel.filter(id=panel.id).update(sticky=True)
    await click(house, "alice", "Red")
    await house.audit()
    leave(house, "alice")
    clock.shift(timedelta(minutes=2))
    assert "Added" in await click(house, "bob", "Red")
    assert await RoleGrant.filter(role_id=house.sandbox.role("Red").id).count() == 2


async def test_an_event_frees_a_place(house: House) -> None:
    """With the members intent Discord tells of the change."""
    await limited_panel(house, "Red")
    await click(house, "alice", "Red")
    await house.audit()
    alice = house.actor("alice")
    await places(house).told(alice.guild.id, alice.user.id, [])
    assert await RoleGrant.exists(), "news that may be older than the grant is no reason"
    clock.shift(timedelta(minutes=2))
    await places(house).told(alice.guild.id, alice.user.id, [house.sandbox.role("Red").id])
    assert await RoleGrant.exists()
    await places(house).told(alice.guild.id, alice.user.id, [])
    assert not await RoleGrant.exists()


async def test_the_end_of_a_role_frees_its_place(house: House) -> None:
    await limited_panel(house, "Red", duration_seconds=3600)
    await click(house, "alice", "Red")
    await house.audit()
    ended = asyncio.ensure_future(house.bot.wait_for("roles_changed"))
    await asyncio.sleep(0)  # lets it begin to listen
    clock.shift(timedelta(hours=2))
    house.bot.cogs["roles"].expiry.loop.wake()  # pyright: ignore[reportAttributeAccessIssue]
    await ended
    assert "Added" in await click(house, "bob", "Red")
    assert looks(house) <= 2


@pytest.mark.parametrize("took_effect", [True, False])
async def test_an_uncertain_grant_keeps_its_place_until_somebody_looks(house: House, took_effect: bool) -> None:
    """Discord never said whether carol, who has Chess, and alice, who has not, got the role."""
    panel = await limited_panel(house, "Chess")
    who, role = house.actor("carol" if took_effect else "alice"), await PanelRole.get(panel=panel)
    await RoleGrant.create(
        guild_id=panel.guild_id, user_id=who.user.id, role_id=role.role_id, panel_id=panel.id, item_id=role.id, granted_at=clock.now()
    )
    assert FULL in await click(house, "bob", "Chess")
    clock.shift(timedelta(minutes=20))
    assert (FULL if took_effect else "Added") in await click(house, "bob", "Chess")
    await house.audit()
    (grant,) = await RoleGrant.all()
    assert (grant.user_id, grant.confirmed) == ((who if took_effect else house.actor("bob")).user.id, True)


async def test_every_holder_counts_where_an_admin_wants_it(house: House) -> None:
    await limited_panel(house, "Blue", capacity_counts_all=True)
    assert FULL in await click(house, "alice", "Blue"), "bob has it from elsewhere"
    lose(house, "bob", "Blue")
    assert "Added" in await click(house, "alice", "Blue"), "asked anew before it is said"
    assert FULL in await click(house, "carol", "Blue")


async def test_when_discord_does_not_count_nothing_is_given(house: House) -> None:
    await limited_panel(house, "Red", capacity_counts_all=True)
    house.sandbox.faults.add(Fault("status", "GET", "/guilds/*/roles/member-counts", status=403, code=50001, count=1))
    assert "did not say how many members" in await click(house, "alice", "Red")
    assert "Added" in await click(house, "alice", "Red")


async def test_a_click_that_died_with_its_process_frees_its_place(house: House) -> None:
    """It was claimed, nothing was sent, and nobody can be answered any more."""
    panel = await limited_panel(house, "Red")
    spec = await Panel.spec(panel.id)
    assert spec
    (role,) = spec.roles
    alice = house.actor("alice")
    dead = Click(1, 1, "gone", None, alice.guild.id, 1, 1, alice.user.id, panel.id, (role.item_id,), True)
    wish = Claim(dead.guild_id, dead.member_id, dead.interaction_id, spec, grants=[Grant(role.role_id, role.item_id, role.capacity)])
    planned = {"planned_add": [role.role_id], "planned_remove": []}
    assert (await claim(house.database, wish, planned, dead.to_json(), clock.now())).entry_id is not None
    assert FULL in await click(house, "bob", "Red")
    clock.shift(timedelta(minutes=20))
    await house.restart()
    settled = await house.audit("roles.click")
    assert [row.state for row in settled] == [AuditState.REFUSED, AuditState.REFUSED]
    assert "Added" in await click(house, "bob", "Red")


async def test_two_hundred_at_once_in_a_unique_panel_with_fifty_places(house: House) -> None:
    """Every one of them is told the truth, and the fiftieth place is the last."""
    await limited_panel(house, "Red", "Green", capacity=50, mode=Mode.UNIQUE)
    house.sandbox.ratelimits.enabled = False  # Discord's limit of 10 in 10 s would make it take minutes and change nothing
    world, guild = house.sandbox.world, house.sandbox.guild
    names = [f"member{number}" for number in range(200)]
    for name in names:
        user = User(world.new_id(), name, name)
        world.users[user.id] = user
        members.join(world, guild, user.id)
    posted = [next(message for message in house.actor(name).in_("roles").sees() if not message.ephemeral) for name in names]
    results = [await message.click("Red") for message in posted]
    answers = [await result.message() for result in results]
    # Those who have to stand in line are told so first.
    await house.sandbox.driver.until(lambda: all("You now hold" in answer.text for answer in answers), timeout=30)
    texts = [answer.text for answer in answers]
    told = {name for name, text in zip(names, texts, strict=True) if text.startswith("Added")}
    full = {name for name, text in zip(names, texts, strict=True) if "all 50 places are taken" in text}
    have = {name for name in names if "Red" in house.actor(name).role_names()}
    assert (len(have), told, full) == (50, have, set(names) - have)
    rows = await house.audit("roles.click")
    assert [row.state for row in rows].count(AuditState.DONE) == 50
    assert await RoleGrant.filter(confirmed=True).count() == await RoleGrant.all().count() == 50
