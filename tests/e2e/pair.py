"""Two real processes with the same shards, and members and managers who do all that can be done meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count

from models import SETTLED, AuditEntry, Panel
from sandbox.driver.modals import ModalView
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from sandbox.world import Message
from tests.e2e.crowd import add_members, told
from tests.e2e.house import House
from tests.e2e.process import Bot

PATIENCE = 30.0  # seconds
TAKES_OVER = 15.0  # seconds
UNTOUCHED = "nothing was changed"  # in an answer that says so


class Pair:
    """The process that serves, its standby, and people who click, pick, fill in forms, complete and command."""

    def __init__(self, house: House, message: Message, menu: MessageView, editor: MessageView, forms: list[ModalView]) -> None:
        self.house, self.sandbox = house, house.sandbox
        self.first: Bot
        self.second: Bot
        self.former = set(self.sandbox.gateway.connections)
        self.clicks: list[Result] = []
        self._panels: dict[str, Result] = {}
        self._others: list[Result] = []
        self._message, self._menu, self._editor, self._forms = message, menu, editor, forms
        self._numbers = count()

    @property
    def results(self) -> list[Result]:
        """All that was begun."""
        return [*self.clicks, *self._panels.values(), *self._others]

    async def click(self) -> Result:
        """Somebody new clicks a button."""
        (actor,) = add_members(self.sandbox, self.sandbox.guild, 1)
        self.clicks.append(await MessageView(actor, self._message).click("Red"))
        return self.clicks[-1]

    async def pick(self) -> Result:
        """Somebody new picks in a menu."""
        (actor,) = add_members(self.sandbox, self.sandbox.guild, 1)
        self.clicks.append(await MessageView(actor, self._menu.record).select(None, ["Blue"]))
        return self.clicks[-1]

    async def fill_in(self) -> Result:
        """A manager submits a form that makes a panel."""
        title = f"Form {next(self._numbers)}"
        self._panels[title] = await self._forms.pop().submit({"Title": title, "Roles": [self.sandbox.role("Green")]})
        return self._panels[title]

    async def command(self) -> Result:
        """A manager makes a panel by a command."""
        title = f"Copy {next(self._numbers)}"
        self._panels[title] = await self.house.actor("olivia").slash("panel clone", panel="Colours", title=title)
        return self._panels[title]

    async def complete(self) -> Result:
        """A manager types into a field that completes what is typed."""
        self._others.append(self.house.actor("olivia").type("panel edit", panel="Col"))
        return self._others[-1]

    async def redraw(self) -> Result:
        """A manager clicks in an editor, which redraws it."""
        self._others.append(await self._editor.click("Refresh"))
        return self._others[-1]

    async def one_of_each(self) -> list[Result]:
        """Every kind once, each begun right after the one before."""
        return [await act() for act in (self.click, self.fill_in, self.complete, self.pick, self.command, self.redraw)]

    async def act_until(self, ended: Callable[[], bool], per_second: int = 12) -> None:
        """Every kind again and again, so many in each second, until it is so."""
        acts = (self.click, self.complete, self.pick, self.command, self.redraw, self.fill_in)
        for number in count():
            if ended():
                return
            act = acts[number % len(acts)]
            await (self.click() if act == self.fill_in and not self._forms else act())
            await self.sandbox.clock.sleep(1 / per_second)

    def left(self) -> bool:
        """Whether the first process has left the gateway."""
        return not self.former & set(self.sandbox.gateway.connections)

    def follows(self) -> bool:
        """Whether the second process is connected."""
        return any(c.session for c in self.sandbox.gateway.connections if c not in self.former)

    async def taken_over(self) -> None:
        """Wait until the second process is connected."""
        await self.sandbox.until(self.follows, TAKES_OVER, "for the standby")

    async def ended(self, results: Sequence[Result] | None = None) -> None:
        """Wait until everybody was answered or saw that it failed, and every record is settled."""
        waited = self.results if results is None else results
        await self.sandbox.until(lambda: all(result.state in ("answered", "failed") for result in waited), 2 * PATIENCE, "for the answers")
        async with asyncio.timeout(PATIENCE):
            while True:
                for bot in (self.first, self.second):
                    bot.tap.moved.clear()
                if not await AuditEntry.exclude(state__in=SETTLED).exists():
                    return
                moved = {asyncio.create_task(bot.tap.moved.wait()) for bot in (self.first, self.second)}
                await asyncio.wait(moved, return_when=asyncio.FIRST_COMPLETED)
                for task in moved:
                    task.cancel()

    async def judge(self) -> None:
        """Everybody got what they were told, and nothing was done for those who saw it fail; what was done is recorded, once."""
        await self.ended()
        for result in self.clicks:
            held = bool(result.actor.role_names())
            assert held == (result.state == "answered" and "Added" in told(result)), (result.state, told(result), held)
        made = [panel.title for panel in await Panel.exclude(name__in=("Colours", "Menu"))]
        assert sorted(made) == sorted(title for title, result in self._panels.items() if was_done(result)), self._told(made)
        assert await AuditEntry.filter(kind="panel.create").count() == len(made)

    def _told(self, made: list[str]) -> str:
        lines = [f"{title}: {result.state}, {told(result)!r}, made {made.count(title)}x" for title, result in self._panels.items()]
        return "\n".join(lines)


def was_done(result: Result) -> bool:
    """Whether somebody was told that what they asked for is done."""
    return result.state == "answered" and UNTOUCHED not in told(result)
