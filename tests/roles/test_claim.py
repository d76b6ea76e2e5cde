"""The claim of a click, and what is left of it when it is settled: rows and grants in PostgreSQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.database import Database
from domain.grants import Grant
from domain.panels import PanelSpec
from models import AuditEntry, AuditState, Panel, PanelRole, RoleGrant
from models.claim import Claim, Claimed, HolderCount, claim, settle

GUILD, RED, GREEN, BLUE = 1, 10, 11, 12
AT = datetime(2030, 1, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
PAYLOAD: dict[str, Any] = {"planned_add": [RED]}


async def make_panel(link_group: str | None = None, capacity: int | None = None) -> tuple[PanelSpec, PanelRole]:
    """A panel with the role Red."""
    number = await Panel.all().count()
    panel = await Panel.create(guild_id=GUILD, name=f"Panel {number}", title="Panel", link_group=link_group, created_at=AT, updated_at=AT)
    role = await PanelRole.create(panel=panel, role_id=RED, label="Red", capacity=capacity)
    spec = await Panel.spec(panel.id)
    assert spec
    return spec, role


async def try_claim(
    database: Database, spec: PanelSpec, member_id: int, *grants: Grant, linked: Sequence[PanelSpec] = (), **wish: Any
) -> Claimed:
    """A click of this member, with their id as its id."""
    made = Claim(GUILD, member_id, wish.pop("interaction_id", member_id), spec, linked, grants, **wish)
    return await claim(database, made, PAYLOAD, {}, AT)


async def entry_of(claimed: Claimed) -> int:
    assert claimed.entry_id is not None
    return claimed.entry_id


async def holders() -> dict[tuple[int, int], bool]:
    """Member and role of each grant, and whether it is confirmed."""
    return {(grant.user_id, grant.role_id): grant.confirmed for grant in await RoleGrant.all()}


async def test_a_claim_writes_its_row_and_its_grants(database: Database) -> None:
    spec, role = await make_panel()
    claimed = await try_claim(database, spec, 5, Grant(RED, role.id, duration=60), Grant(BLUE))
    row = await AuditEntry.get(id=await entry_of(claimed))
    assert (row.state, row.kind, row.target_id, row.panel_id) == (AuditState.QUEUED, "roles.click", 5, spec.panel_id)
    red, blue = await RoleGrant.all().order_by("role_id")
    assert (red.item_id, red.panel_id, red.confirmed, red.granted_at, red.expires_at) == (
        role.id,
        spec.panel_id,
        False,
        AT,
        AT + timedelta(minutes=1),
    )
    assert (blue.item_id, blue.expires_at) == (None, None)


async def test_a_click_is_claimed_once(database: Database) -> None:
    spec, role = await make_panel()
    answers = await asyncio.gather(*(try_claim(database, spec, 5, Grant(RED, role.id)) for _ in range(5)))
    assert sorted(answer.entry_id is None for answer in answers) == [False, True, True, True, True]
    assert {answer.full for answer in answers} == {frozenset()}


async def test_an_older_version_claims_nothing(database: Database) -> None:
    spec, role = await make_panel()
    assert await try_claim(database, replace(spec, version=7), 5, Grant(RED, role.id)) == Claimed(None)
    assert await claim(database, Claim(2, 5, 5, spec, grants=(Grant(RED, role.id),)), PAYLOAD, {}, AT) == Claimed(None)
    assert await holders() == {}


async def test_linked_panels_have_to_be_those_planned_with(database: Database) -> None:
    spec, role = await make_panel("colours")
    other, _ = await make_panel("colours")
    stranger, _ = await make_panel("pets")
    red = Grant(RED, role.id)
    assert await try_claim(database, spec, 5, red) == Claimed(None)
    assert await try_claim(database, spec, 5, red, linked=[replace(other, version=9)]) == Claimed(None)
    assert await try_claim(database, spec, 5, red, linked=[other, stranger]) == Claimed(None)
    assert (await try_claim(database, spec, 5, red, linked=[other])).entry_id is not None


async def test_of_many_at_once_as_many_get_a_place_as_there_are(database: Database) -> None:
    spec, role = await make_panel(capacity=7)
    answers = await asyncio.gather(*(try_claim(database, spec, member, Grant(RED, role.id, 7)) for member in range(100, 140)))
    assert sum(answer.entry_id is not None for answer in answers) == 7
    assert {answer.full for answer in answers if answer.entry_id is None} == {frozenset({role.id})}
    assert await RoleGrant.filter(item_id=role.id).count() == await AuditEntry.all().count() == 7


async def test_where_one_role_is_full_nothing_is_reserved(database: Database) -> None:
    spec, role = await make_panel(capacity=1)
    green = await PanelRole.create(panel_id=spec.panel_id, role_id=GREEN, label="Green", capacity=1)
    await try_claim(database, spec, 5, Grant(RED, role.id, 1))
    answer = await try_claim(database, spec, 6, Grant(RED, role.id, 1), Grant(GREEN, green.id, 1), Grant(BLUE))
    assert answer == Claimed(None, frozenset({role.id}))
    assert await holders() == {(5, RED): False}


async def test_two_roles_that_are_claimed_crosswise_do_not_lock_each_other_out(database: Database) -> None:
    spec, role = await make_panel(capacity=9)
    green = await PanelRole.create(panel_id=spec.panel_id, role_id=GREEN, label="Green", capacity=9)
    both = [Grant(RED, role.id, 9), Grant(GREEN, green.id, 9)]
    answers = await asyncio.gather(*(try_claim(database, spec, member, *both[:: 1 if member % 2 else -1]) for member in range(100, 130)))
    assert sum(answer.entry_id is not None for answer in answers) == 9


async def test_who_is_away_and_oneself_take_no_place(database: Database) -> None:
    spec, role = await make_panel(capacity=1)
    common: dict[str, Any] = {"guild_id": GUILD, "role_id": RED, "panel_id": spec.panel_id, "granted_at": AT, "confirmed": True}
    await RoleGrant.create(user_id=4, left_at=AT, **common)
    await RoleGrant.create(user_id=5, **common)
    assert (await try_claim(database, spec, 6, Grant(RED, role.id, 1))).full == {role.id}
    assert (await try_claim(database, spec, 5, Grant(RED, role.id, 1))).entry_id is not None


@pytest.mark.parametrize(
    ("counted", "confirmed_before", "confirmed_since", "under_way", "room"),
    [(2, 2, 0, 0, True), (3, 2, 0, 0, False), (2, 2, 1, 0, False), (2, 2, 0, 1, False), (0, 0, 1, 1, True), (5, 0, 0, 0, False)],
)
async def test_where_all_holders_count(
    database: Database, counted: int, confirmed_before: int, confirmed_since: int, under_way: int, room: bool
) -> None:
    """Discord counted at AT; what was given since, or is under way, comes on top."""
    spec, role = await make_panel()
    other_panel = spec.panel_id + 1  # a place taken on another panel is one of the same role
    common: dict[str, Any] = {"guild_id": GUILD, "role_id": RED, "panel_id": other_panel}
    minute = timedelta(minutes=1)
    user_id = 100
    for number, confirmed, when in (
        (confirmed_before, True, AT - minute),
        (confirmed_since, True, AT + minute),
        (under_way, False, AT - minute),
    ):
        for _ in range(number):
            user_id += 1
            await RoleGrant.create(user_id=user_id, confirmed=confirmed, granted_at=when, claimed_at=when, **common)
    grant = Grant(RED, role.id, capacity=3, capacity_counts_all=True)
    answer = await try_claim(database, spec, 5, grant, holders={RED: HolderCount(counted, AT)})
    assert (answer.entry_id is not None) is room


async def test_places_stay_taken_when_an_undo_makes_the_item_anew(database: Database) -> None:
    spec, role = await make_panel(capacity=1)
    await try_claim(database, spec, 5, Grant(RED, role.id, 1))
    await role.delete()
    anew = await PanelRole.create(panel_id=spec.panel_id, role_id=RED, label="Red", capacity=1)
    assert await try_claim(database, spec, 6, Grant(RED, anew.id, 1)) == Claimed(None, frozenset({anew.id}))


async def test_an_older_grant_of_the_same_role_gives_its_place_up(database: Database) -> None:
    """The member does not hold the role any more, so what is written of it is out of date."""
    spec, role = await make_panel(capacity=1)
    await RoleGrant.create(guild_id=GUILD, user_id=5, role_id=RED, item_id=77, confirmed=True, granted_at=AT, expires_at=AT, left_at=AT)
    assert (await try_claim(database, spec, 5, Grant(RED, role.id, 1))).entry_id is not None
    (grant,) = await RoleGrant.all()
    assert (grant.item_id, grant.confirmed, grant.expires_at, grant.left_at) == (role.id, False, None, None)


async def test_what_was_confirmed_begins_then(database: Database) -> None:
    spec, role = await make_panel()
    claimed = await try_claim(database, spec, 5, Grant(RED, role.id, duration=3600))
    entry_id = await entry_of(claimed)
    assert await settle(database, entry_id, AuditState.DONE, {"added": [RED]}, LATER, expected=AuditState.QUEUED, since=LATER, added=(RED,))
    (grant,) = await RoleGrant.all()
    assert (grant.confirmed, grant.granted_at, grant.expires_at) == (True, LATER, LATER + timedelta(hours=1))
    row = await AuditEntry.get(id=entry_id)
    assert (row.state, row.payload, row.resume, row.settled_at) == (AuditState.DONE, {"added": [RED]}, None, LATER)


async def test_what_was_refused_or_taken_off_leaves_nothing(database: Database) -> None:
    spec, role = await make_panel()
    claimed = await try_claim(database, spec, 5, Grant(RED, role.id))
    for user_id, role_id in ((5, GREEN), (5, BLUE), (6, GREEN)):
        await RoleGrant.create(guild_id=GUILD, user_id=user_id, role_id=role_id, confirmed=True, granted_at=AT)
    end = {"expected": AuditState.QUEUED, "removed": (GREEN,), "released": (RED, BLUE)}
    assert await settle(database, await entry_of(claimed), AuditState.REFUSED, {}, LATER, **end)
    assert await holders() == {(5, BLUE): True, (6, GREEN): True}, "a reservation is released, what is held is not"


async def test_a_row_is_settled_once(database: Database) -> None:
    spec, role = await make_panel()
    entry_id = await entry_of(await try_claim(database, spec, 5, Grant(RED, role.id)))
    assert await settle(database, entry_id, AuditState.DONE, {}, AT, expected=AuditState.QUEUED, added=(RED,))
    assert not await settle(database, entry_id, AuditState.REFUSED, {}, AT, expected=AuditState.QUEUED, removed=(RED,))
    assert await holders() == {(5, RED): True}


async def test_the_places_of_a_member_who_left(database: Database) -> None:
    sticky, _ = await make_panel()
    await Panel.filter(id=sticky.panel_id).update(sticky=True)
    plain, _ = await make_panel()
    for role_id, panel_id, confirmed in ((RED, sticky.panel_id, True), (GREEN, plain.panel_id, True), (BLUE, sticky.panel_id, False)):
        await RoleGrant.create(guild_id=GUILD, user_id=5, role_id=role_id, panel_id=panel_id, confirmed=confirmed, granted_at=AT)
    await RoleGrant.create(guild_id=GUILD, user_id=6, role_id=RED, panel_id=plain.panel_id, confirmed=True, granted_at=AT)
    await RoleGrant.member_left(GUILD, 5, LATER)
    assert await holders() == {(5, RED): True, (6, RED): True}
    assert (await RoleGrant.get(user_id=5)).left_at == LATER
