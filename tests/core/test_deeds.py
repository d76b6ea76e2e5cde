"""What is said when the database goes away: "nothing was changed" only while nothing can have been."""

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from core import deeds
from core.database import Database
from core.deeds import Deeds
from core.errors import database_away
from core.i18n import N_, translator
from core.markup import channel_mention
from domain import clock
from models import Draft

T = translator("en", "en")


def test_the_two_sentences() -> None:
    assert "nothing was changed" in database_away(Deeds()).text(T)
    told = database_away(Deeds(1)).text(T)
    assert told == "Part of it may have been done: the change you just made. I'll put it right by myself."
    described = database_away(Deeds(1, N_("posting in {channel}"), {"channel": channel_mention(5)})).text(T)
    assert described == "Part of it may have been done: posting in <#5>. I'll put it right by myself."


async def write() -> None:
    await Draft.create(guild_id=1, user_id=1, custom_id="x", values={}, created_at=clock.now())


async def test_writes_and_commits_are_deeds_and_reading_is_none(database: Database) -> None:
    with deeds.counted() as done:
        await Draft.all()
        await get_connection("default").execute_query_dict("SELECT 1")
        assert done.count == 0
        await write()
        assert done.count == 1
        async with in_transaction():
            await write()
            assert done.count == 1
        assert done.count == 2


async def test_what_was_rolled_back_or_refused_is_none(database: Database) -> None:
    with deeds.counted() as done:
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await write()
                raise ZeroDivisionError
        with pytest.raises(OperationalError):
            await get_connection("default").execute_query("UPDATE no_such_table SET x = 1")
        assert done.count == 0


async def test_outside_of_an_interaction_nothing_is_counted(database: Database) -> None:
    await write()
    deeds.begin()
    with deeds.counted() as done:
        assert done.count == 0
