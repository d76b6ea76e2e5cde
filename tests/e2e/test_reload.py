"""Cogs are exchanged while the bot works: nothing is left behind, and no click is lost."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from itertools import cycle
from types import ModuleType
from typing import Any

import discord
import pytest

from core import interactions
from core.errors import UserError
from core.settings import ROOT
from domain.panels import Mode, Style
from models import AuditState, PanelMessage
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.interactions.record import Kind
from sandbox.world import Message
from tests.e2e.crowd import add_members, panel_in, told
from tests.e2e.house import House, posted_panel

PER_SECOND = 60
ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
COMMANDS = ("panel list", "roles mine", "config show", "cog list")
COMPLETED = (("panel edit", {"panel": "Col"}), ("cog reload", {"name": "o"}))
COGS = sorted(path.parent.name for path in (ROOT / "cogs").glob("*/__init__.py"))


def belongings(house: House) -> dict[str, Any]:
    """All that a cog can leave in the bot: listeners, commands, handlers, views, tasks."""
    bot = house.bot
    state = bot._connection
    return {
        "listeners": Counter(
            f"{event}: {listener.__module__}.{listener.__qualname__}"
            for event, listeners in bot._event_handlers.items()
            for listener in listeners
        ),
        "commands": Counter(command.qualified_name for command in bot.pending_application_commands),
        "verbs": bot.gate.verbs(),
        "views": len(state._view_store._views) + len(state._modal_store._modals),
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


@pytest.mark.parametrize("name", COGS)
async def test_every_module_of_a_cog_is_read_anew(name: str, house: House) -> None:
    def modules() -> dict[str, ModuleType]:
        return {known: module for known, module in sys.modules.items() if f"{known}.".startswith(f"cogs.{name}.")}

    before = modules()
    await house.bot.cog_manager.reload(name)
    after = modules()
    assert after.keys() == before.keys()
    assert [known for known in before if after[known] is before[known]] == []


async def test_clicks_during_reloads_are_all_answered(house: House) -> None:
    house.sandbox.ratelimits.enabled = False  # nobody is to stand in line here
    await posted_panel(house, "Red", "Green", mode=Mode.UNIQUE)
    names = ("alice", "bob", "carol", "dave", "yuki", "haruto", "lena", "nils")
    messages = [house.actor(name).in_("roles").sees()[-1] for name in names]
    results = []
    for name, message in zip((*COGS, *COGS), (*messages, *messages), strict=False):
        results.append(await message.click("Red" if len(results) < len(names) else "Green"))
        await house.bot.cog_manager.reload(name)
    results += [await message.click("Green") for message in messages]
    answers = [await result.message() for result in results]
    assert len(answers) == 2 * len(COGS) + len(names)
    assert all("Added" in answer.text or "Removed" in answer.text or "：" in answer.text for answer in answers)


async def test_a_click_that_outlasts_the_exchange_is_told_and_recorded_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "QUIESCE", 0.05)
    await posted_panel(house, "Red")
    frozen = house.sandbox.faults.add(Fault("freeze", "PUT", count=1))
    result = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    await frozen.struck.wait()
    await house.bot.cog_manager.reload("roles")
    looked = house.sandbox.faults.add(Fault("latency", "GET", "/guilds/*/members/*"))
    await house.bot.cogs["roles"]._recovery.run()  # pyright: ignore[reportAttributeAccessIssue]
    frozen.release()
    assert "Added" in (await result.message()).text
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload.get("observed"), looked.hits) == (AuditState.DONE, None, 0)


async def test_a_click_after_the_exchange_waits_for_one_that_outlasts_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions, "QUIESCE", 0.05)
    await posted_panel(house, "Red", "Green")
    frozen = house.sandbox.faults.add(Fault("freeze", "PUT", count=1))
    alice = house.actor("alice").in_("roles")
    old = await alice.sees()[-1].click("Red")
    await frozen.struck.wait()
    await house.bot.cog_manager.reload("roles")
    new = await alice.sees()[-1].click("Green")
    await house.sandbox.until(lambda: new.state == "deferred", what="for the second click to wait")
    assert house.sandbox.traffic.find("PUT", ROLE) == [], "the first is under way still, and the second not sent"
    frozen.release()
    assert "Added" in (await old.message()).text
    assert "Added" in (await new.message()).text


async def test_a_refusal_on_its_way_when_the_bot_stops_is_told(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await PanelMessage.filter(panel=panel).delete()
    slow = house.sandbox.faults.add(Fault("latency", "POST", "/interactions/*/callback", seconds=0.8, count=1))
    result = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    await slow.struck.wait()
    gate = house.bot.gate
    await house.stop()
    assert not gate._answers, "the process would have ended before it was told"
    assert "older version" in (await result.message()).text


class Everybody:
    """People who click, pick, open and fill in forms, command and complete what they type, in every cog that answers."""

    def __init__(self, house: House, message: Message, menu: MessageView, editor: MessageView) -> None:
        self.results: list[Result] = []
        self.opened: list[Result] = []
        self.completed: list[Result] = []
        self._sandbox, self._message, self._menu, self._editor = house.sandbox, message, menu, editor
        self._crowd = cycle(add_members(house.sandbox, house.sandbox.guild, PER_SECOND))
        self._olivia = house.actor("olivia").in_("roles")
        self._forms = 0

    async def act(self) -> None:
        """One after the other, so many in each second, until it is cancelled."""
        for act in cycle((self._press, self._complete, self._fill_in, self._command, self._pick, self._open, self._redraw, self._command)):
            self.results.append(await act())
            await self._sandbox.clock.sleep(1 / PER_SECOND)

    async def _press(self) -> Result:
        return await MessageView(next(self._crowd), self._message).click("Red")

    async def _pick(self) -> Result:
        return await MessageView(next(self._crowd), self._menu.record).select(None, ["Blue"])

    async def _redraw(self) -> Result:
        return await self._editor.click("Refresh")

    async def _open(self) -> Result:
        self.opened.append(await self._editor.click("Edit text"))
        return self.opened[-1]

    async def _fill_in(self) -> Result:
        """The next form that is open; until one is, one more is opened."""
        if self._forms == len(self.opened) or not self.opened[self._forms].interaction.modal:
            return await self._open()
        form = await self.opened[self._forms].modal()
        self._forms += 1
        return await form.submit({"Title": f"Colours {self._forms}"})

    async def _command(self) -> Result:
        return await self._olivia.slash(COMMANDS[len(self.results) % len(COMMANDS)])

    async def _complete(self) -> Result:
        path, typed = COMPLETED[len(self.completed) % len(COMPLETED)]
        self.completed.append(self._olivia.type(path, **typed))
        return self.completed[-1]


@pytest.mark.timeout(300)
async def test_everything_is_answered_while_every_cog_is_exchanged_and_one_is_broken(
    empty_house: House, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """Buttons, menus, commands, forms and autocompletes, 60 in a second; in each round one cog cannot be loaded."""
    house, sandbox = empty_house, empty_house.sandbox
    sandbox.ratelimits.enabled = False
    monkeypatch.setenv("OWNER_IDS", str(house.actor("olivia").user.id))
    monkeypatch.setenv("OWNER_GUILD_ID", str(sandbox.guild.id))
    await house.start()
    _, message = await panel_in(house, sandbox.guild, "Red")
    await posted_panel(house, "Blue", style=Style.DROPDOWN, name="Menu")
    olivia = house.actor("olivia").in_("roles")
    everybody = Everybody(house, message, olivia.sees()[-1], await (await olivia.slash("panel edit", panel="Colours")).message())
    load = house.bot._load_from_module_spec
    acting = asyncio.create_task(everybody.act())
    for number in range(20 if whole else 4):
        broken = COGS[number % len(COGS)]
        for name in COGS:
            await house.bot.cog_manager.reload(name)
        monkeypatch.setattr(house.bot, "_load_from_module_spec", lambda spec, key, broken=broken: fail_for(broken, load, spec, key))
        with pytest.raises(UserError):
            await house.bot.cog_manager.reload(broken)
        monkeypatch.setattr(house.bot, "_load_from_module_spec", load)
    assert not acting.done(), acting.exception()
    acting.cancel()
    results = everybody.results
    await sandbox.until(lambda: all(result.state not in ("pending", "deferred") for result in results), 30, "for all")
    assert Counter(result.state for result in results) == {"answered": len(results)}
    wrong = ("Something went wrong", "switched off", "older version")
    assert not [text for text in map(told, results) if any(words in text for words in wrong)]
    if not house.busy:  # what has to be there within 2 s of real time
        assert all(result.interaction.modal for result in everybody.opened)
        assert all(result.interaction.choices for result in everybody.completed)
    assert {result.interaction.kind for result in results} == {Kind.COMPONENT, Kind.MODAL, Kind.COMMAND, Kind.AUTOCOMPLETE}


def fail_for(broken: str, load: Callable[[ModuleSpec, str], None], spec: ModuleSpec, key: str) -> None:
    """Load a cog, but not this one."""
    if key == f"cogs.{broken}":
        raise discord.ExtensionFailed(key, SyntaxError("broken on purpose"))
    load(spec, key)


async def test_what_is_quick_never_waits_longer_than_an_answer_may(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While something slow is under way in a cog, its exchange is over before a modal or an autocomplete would be too late."""
    assert interactions.QUIESCE < interactions.WATCHDOG
    monkeypatch.setattr(interactions, "QUIESCE", 0.05)
    await posted_panel(house, "Red")
    frozen = house.sandbox.faults.add(Fault("freeze", "PUT", count=1))
    slow = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    await frozen.struck.wait()
    reloading = asyncio.create_task(house.bot.cog_manager.reload("roles"))
    mine = await house.actor("bob").slash("roles mine")
    await reloading
    assert (await mine.message()).text
    frozen.release()
    assert "Added" in (await slow.message()).text
