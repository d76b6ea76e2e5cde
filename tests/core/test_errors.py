"""What counts as an unreachable database, of which people are told that nothing was changed."""

import asyncpg
import discord
import pytest
from tortoise.exceptions import DBConnectionError

from core.calls import RateLimited
from core.errors import is_database_away
from core.rest import NotServing, Uncertain


def caused(error: Exception, cause: Exception, *, hidden: bool = False) -> Exception:
    """The error as it is when it was raised while its cause was handled; `hidden`: by `from None`."""
    error.__cause__, error.__context__ = None if hidden else cause, cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        DBConnectionError("gone"),
        asyncpg.InterfaceError("closed"),
        asyncpg.InternalClientError("busy"),
        TimeoutError(),
        caused(ValueError(), ConnectionResetError()),
        NotServing("GET /users/@me"),
    ],
    ids=repr,
)
def test_the_database_is_away(error: Exception) -> None:
    assert is_database_away(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        discord.DiscordException(),
        caused(Uncertain("POST /webhooks"), TimeoutError()),
        caused(RateLimited(3.0), TimeoutError(), hidden=True),
    ],
    ids=repr,
)
def test_the_database_is_not_to_blame(error: Exception) -> None:
    assert not is_database_away(error)
