"""Background requests keep the bot's one pace."""

import asyncio

import pytest

from core import pace


@pytest.mark.parametrize(("share", "apart"), [(1.0, 0.02), (0.5, 0.04)])
async def test_turns_come_one_after_another_however_many_ask(share: float, apart: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SECONDS", 0.02)
    loop, turns = asyncio.get_running_loop(), pace.Pace(lambda: share)

    async def check() -> float:
        await turns.turn()
        return loop.time()

    began = loop.time()
    times = sorted(await asyncio.gather(*(check() for _ in range(4))))
    clock_step = 0.002  # timers may fire early by the loop's resolution
    # Whoever is busy may notice a turn late, but none comes before its moment.
    assert all(at >= began + number * (apart - clock_step) for number, at in enumerate(times))


async def test_the_first_turn_comes_at_once() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await pace.Pace(lambda: 1.0).turn()
    assert loop.time() - began < pace.SECONDS
