"""Which temporary roles are to be taken back now: of each guild a few, however many there are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import RoleGrant

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("database")


async def grant(guild_id: int, ends: datetime | None = NOW, **fields: Any) -> int:
    number = await RoleGrant.all().count()
    made = {"confirmed": True, "granted_at": NOW - MINUTE, "expires_at": ends, **fields}
    return (await RoleGrant.create(guild_id=guild_id, user_id=number, role_id=7, **made)).id


async def test_of_each_guild_a_few_the_first_that_ended_first() -> None:
    many = [await grant(1, NOW - 2 * MINUTE + timedelta(seconds=second)) for second in range(5)]
    one = await grant(2, NOW - MINUTE)
    assert await RoleGrant.ended([1, 2, 3], NOW, [], 3) == [*((row, 1, 7) for row in many[:3]), (one, 2, 7)]
    assert await RoleGrant.ended([1, 2, 3], NOW, [many[0], many[1], one], 2) == [(many[2], 1, 7), (many[3], 1, 7)]


async def test_what_may_not_be_tried_now_is_left() -> None:
    await grant(1, NOW + MINUTE)
    await grant(1, None)
    await grant(1, confirmed=False)
    await grant(1, retry_at=NOW + MINUTE)
    await grant(2)
    again = await grant(1, retry_at=NOW)
    assert await RoleGrant.ended([1], NOW, [], 9) == [(again, 1, 7)]
