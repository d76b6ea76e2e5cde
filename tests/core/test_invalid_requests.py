"""How many refusals a guild and the whole bot may cost, in ten minutes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.invalid_requests import FOR_ALL, FOR_ONE, RefusalBudget
from domain import clock


@pytest.fixture(autouse=True)
def _real_time() -> Iterator[None]:
    yield
    clock.reset()


def test_a_guild_that_used_up_its_share_is_held_back_and_no_other() -> None:
    budget = RefusalBudget()
    for _ in range(FOR_ONE - 1):
        budget.note(1)
    assert budget.held_back(1) is None
    budget.note(1)
    wait = budget.held_back(1)
    assert wait and timedelta(minutes=9) < wait <= timedelta(minutes=10)
    assert budget.held_back(2) is None
    clock.shift(timedelta(minutes=10))
    assert budget.held_back(1) is None


def test_all_are_held_back_when_all_together_used_up_a_tenth_of_what_bans() -> None:
    budget = RefusalBudget()
    for number in range(FOR_ALL):
        budget.note(number)
    assert budget.held_back(5) and budget.held_back(FOR_ALL + 1) and budget.held_back(None)
    clock.shift(timedelta(minutes=10))
    assert budget.held_back(5) is None
