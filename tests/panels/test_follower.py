"""How the follower gathers edits before it goes to Discord; what it does there is shown end to end."""

import asyncio
from typing import Any

import pytest

from cogs.panels import follower
from cogs.panels.follower import Follower


class Counting(Follower):
    """A follower that only counts how often it would go to Discord."""

    rounds = 0

    async def _catch_up(self) -> float | None:
        self.rounds += 1
        return None


async def test_who_never_stops_editing_is_followed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "GATHER", 0.1)
    monkeypatch.setattr(follower, "GATHER_MAX", 0.3)
    nobody: Any = None
    counting = Counting(nobody, nobody)
    running = asyncio.create_task(counting.run())
    edits = 0
    async with asyncio.timeout(5):
        while counting.rounds < 2:
            counting.wake()
            edits += 1
            await asyncio.sleep(0.02)  # not to wait for anything: it is the pace of the edits
    running.cancel()
    assert edits > 10
