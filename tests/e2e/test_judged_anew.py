"""What waits is judged by the whole planner when its turn comes, a gift is given up after a day, and no end holds up another."""

from datetime import timedelta

from cogs.roles.click.waiting import ADMIT, RETURN
from cogs.roles.grants.errands import EXPIRE
from domain import clock
from domain.panels import Mode
from models import AuditEntry, AuditState, Panel, PanelRole, RoleGrant
from sandbox import permissions, roles
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from tests.e2e.crowd import add_members, panel_in, told, until_told
from tests.e2e.house import House, posted_panel, raise_version
from tests.e2e.test_clicks import click
from tests.e2e.test_load import limit_changes
from tests.e2e.test_temporary_roles import expiry, grant, pass_time, settled
from tests.e2e.test_waiting_roles import hearing, join, leave, pass_screening, screening_panel, sticky_panel  # noqa: F401 - a fixture

TRIES = 5  # of one call
GIVING = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"


async def returned_in_vain(house: House) -> tuple[Panel, Fault]:
    """Alice returned, and Discord has an error whenever her role is given back."""
    panel = await sticky_panel(house, "Red")
    await grant(house, "alice", "Red", panel, ends=None)
    await leave(house, "alice")
    fault = house.sandbox.faults.add(Fault("status", "PUT", "*/roles/*", status=500))
    join(house, "alice")
    await house.sandbox.driver.until(lambda: fault.hits == TRIES, what="for the end of the first try")
    return panel, fault


async def refused(house: House, kind: str) -> dict[int, str]:
    (row,) = await settled(house, kind=kind)
    assert row.state is AuditState.REFUSED
    return {reason["role_id"]: reason["problem"] for name in ("refused", "failed") for reason in row.payload.get(name, ())}


async def test_a_role_that_became_powerful_while_it_waited_is_not_given_back(hearing: House) -> None:  # noqa: F811
    _, fault = await returned_in_vain(hearing)
    sandbox, red = hearing.sandbox, hearing.sandbox.role("Red")
    roles.edit(sandbox.world, sandbox.guild, red, {"permissions": permissions.bits("BAN_MEMBERS")}, sandbox.guild.owner_id)
    sandbox.faults.remove(fault)
    assert await refused(hearing, RETURN) == {red.id: "dangerous"}
    assert hearing.actor("alice").role_names() == []
    assert not await RoleGrant.exists()


async def test_a_role_that_was_taken_off_the_panel_while_it_waited_is_not_given_back(hearing: House) -> None:  # noqa: F811
    panel, fault = await returned_in_vain(hearing)
    await PanelRole.filter(panel=panel).delete()
    await raise_version(panel)
    hearing.sandbox.faults.remove(fault)
    assert await refused(hearing, RETURN) == {hearing.sandbox.role("Red").id: "not_on_panel"}
    assert hearing.actor("alice").role_names() == []


async def test_a_gift_is_given_up_after_a_day(hearing: House) -> None:  # noqa: F811
    await returned_in_vain(hearing)
    clock.shift(timedelta(hours=25))
    assert await refused(hearing, RETURN) == {hearing.sandbox.role("Red").id: "expired"}
    assert not await RoleGrant.exists()


async def test_picks_before_screening_keep_every_limit(hearing: House) -> None:  # noqa: F811
    panel = await screening_panel(hearing, "Red", "Green", mode=Mode.PERMANENT)
    assert "is kept for you" in await click(hearing, "newton", "Red")
    assert "a choice made here is final" in await click(hearing, "newton", "Green")
    pass_screening(hearing, "newton")
    await settled(hearing, kind=ADMIT)
    assert hearing.actor("newton").role_names() == ["Red"]
    assert [given.role_id for given in await RoleGrant.filter(panel_id=panel.id)] == [hearing.sandbox.role("Red").id]


async def test_a_pick_before_screening_can_be_taken_back(hearing: House) -> None:  # noqa: F811
    await screening_panel(hearing, "Red")
    await click(hearing, "newton", "Red")
    assert "is no longer kept for you" in await click(hearing, "newton", "Red")
    assert not await RoleGrant.exists()


async def test_a_rule_made_while_a_click_stood_in_line_binds_it(house: House) -> None:
    limit_changes(house.sandbox, 1, 1.5)
    sandbox = house.sandbox
    first, second = add_members(sandbox, sandbox.guild, 2)
    panel, message = await panel_in(house, sandbox.guild, "Red")
    await (await MessageView(first, message).click("Red")).message()
    result = await MessageView(second, message).click("Red")
    await sandbox.until(lambda: "in line" in told(result))
    await raise_version(panel, required_role_ids=[sandbox.role("Music").id])
    await until_told(house, [result], "only for members who hold", 30)
    assert second.role_names() == []
    await house.audit("roles.click")
    assert not await RoleGrant.filter(user_id=second.user.id).exists(), "its place is free again"


async def test_a_place_and_an_end_are_those_of_the_panel_when_the_turn_comes(house: House) -> None:
    limit_changes(house.sandbox, 1, 1.5)
    sandbox = house.sandbox
    first, second = add_members(sandbox, sandbox.guild, 2)
    panel, message = await panel_in(house, sandbox.guild, "Red")
    await (await MessageView(first, message).click("Red")).message()
    result = await MessageView(second, message).click("Red")
    await sandbox.until(lambda: "in line" in told(result))
    await PanelRole.filter(panel=panel).update(duration_seconds=3600)
    await raise_version(panel)
    await until_told(house, [result], "ends <t:", 30)
    (given,) = await RoleGrant.filter(user_id=second.user.id)
    assert given.expires_at is not None and given.expires_at - given.granted_at == timedelta(hours=1)


async def test_an_end_that_fails_holds_up_no_other(house: House) -> None:
    panel = await posted_panel(house, "Red", "Blue")
    red = house.sandbox.role("Red").id
    await grant(house, "alice", "Red", panel, ends=timedelta(minutes=1))
    await grant(house, "alice", "Blue", panel, ends=timedelta(minutes=2))
    await grant(house, "dave", "Blue", panel, ends=timedelta(minutes=3))
    fault = house.sandbox.faults.add(Fault("status", "DELETE", GIVING, f"*/roles/{red}", status=403, code=50013))
    pass_time(house, timedelta(hours=1))
    rows = await settled(house, 3)
    assert {row.state for row in rows if red in row.payload["planned_remove"]} == {AuditState.REFUSED}
    assert house.actor("alice").role_names() == ["Red"]
    assert "Blue" not in house.actor("dave").role_names()
    hits = fault.hits
    for _ in range(5):
        clock.shift(timedelta(minutes=10))
        await expiry(house).end_due()
    assert fault.hits == hits
    found = await (await house.actor("olivia").in_("general").slash("panel check")).message()
    assert f"<@&{red}> is over for some members" in found.text
    house.sandbox.faults.remove(fault)
    clock.shift(timedelta(minutes=20))
    await expiry(house).end_due()
    assert house.actor("alice").role_names() == []
    assert not await RoleGrant.exists()
    assert await AuditEntry.filter(kind=EXPIRE, state=AuditState.DONE).count() == 3
