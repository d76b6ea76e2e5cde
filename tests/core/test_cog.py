"""A background loop outlasts whatever fails in one of its rounds, and nothing else."""

import asyncio

import pytest
from loguru import logger
from tortoise.exceptions import DBConnectionError

from core.cog import outlasted


@pytest.mark.parametrize(
    ("error", "said"),
    [(ValueError("odd"), "Failed, and will be tried again: work"), (DBConnectionError("gone"), "Waiting for the database: work")],
    ids=["our bug", "no database"],
)
def test_a_failure_is_logged_and_outlasted(error: Exception, said: str) -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{message}")
    try:
        with outlasted("work"):
            raise error
    finally:
        logger.remove(sink)
    assert said in lines[0]


def test_a_cancellation_ends_the_loop() -> None:
    with pytest.raises(asyncio.CancelledError), outlasted("work"):
        raise asyncio.CancelledError
