"""Cogs are exchanged while the bot works: nothing is left behind, and no click is lost."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from domain.panels import Mode
from tests.e2e.house import House, posted_panel

COGS = ("audit", "config", "health", "panels", "roles")


def belongings(house: House) -> dict[str, Any]:
    """All that a cog can leave in the bot: listeners, commands, handlers, views, tasks."""
    bot = house.bot
    state = bot._connection  # pyright: ignore[reportPrivateUsage]
    return {
        "listeners": Counter(
            f"{event}: {listener.__module__}.{listener.__qualname__}"
            for event, listeners in bot._event_handlers.items()  # pyright: ignore[reportPrivateUsage]
            for listener in listeners
        ),
        "commands": Counter(command.qualified_name for command in bot.pending_application_commands),
        "verbs": bot.gate.verbs(),
        "views": len(state._view_store._views) + len(state._modal_store._modals),  # pyright: ignore[reportPrivateUsage]
        "tasks": Counter(task.get_name() for task in asyncio.all_tasks() if not task.get_name().startswith("Task-")),
    }


@pytest.mark.parametrize("name", COGS)
async def test_nothing_is_left_behind(name: str, house: House) -> None:
    before = belongings(house)
    await house.bot.cog_manager.unload(name)
    unloaded = belongings(house)
    assert name not in unloaded["verbs"].values()
    assert not [listener for listener in unloaded["listeners"] if f"cogs.{name}." in listener]
    await house.bot.cog_manager.load(name)
    assert belongings(house) == before
    await house.bot.cog_manager.reload(name)
    assert belongings(house) == before


async def test_clicks_during_reloads_are_all_answered(house: House) -> None:
    await posted_panel(house, "Red", "Green", mode=Mode.UNIQUE)
    names = ("alice", "bob", "carol", "dave", "yuki", "haruto", "lena", "nils")
    messages = [house.actor(name).in_("roles").sees()[-1] for name in names]
    results = []
    for name, message in zip((*COGS, *COGS), (*messages, *messages), strict=False):
        results.append(await message.click("Red" if len(results) < len(names) else "Green"))
        await house.bot.cog_manager.reload(name)
    results += [await message.click("Green") for message in messages]
    answers = [await result.message() for result in results]
    assert len(answers) == 18
    assert all("Added" in answer.text or "Removed" in answer.text or "：" in answer.text for answer in answers)
