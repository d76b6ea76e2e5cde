"""The whole product in one process: the sandbox, a database and the real bot over real HTTP and WebSocket."""

import asyncio
import time
from contextlib import suppress
from typing import Any

from discord.http import Route
from tortoise.expressions import F

from core.bot import RolePanelBot, make_bot
from core.database import Database
from core.errors import JUST_STARTED
from core.settings import Settings
from domain import clock
from domain.custom_id import CHOOSE, OPEN_PICKER, PRESS, encode
from domain.panels import Mode, Style
from models import SETTLED, AuditEntry, Panel, PanelMessage, PanelRole
from sandbox.clock import seconds_in_line
from sandbox.interactions import BUSY
from sandbox.server import Sandbox
from tests import schemas
from tests.sandbox.frames import problems_of

PATIENCE = 30.0  # seconds


class House:
    """A sandbox with a bot that can be started, stopped and judged."""

    def __init__(self, sandbox: Sandbox, database: Database) -> None:
        self.sandbox, self.database = sandbox, database
        self.accepted: list[str] = []  # problems that a test brings about on purpose
        self._began = time.monotonic(), seconds_in_line()
        self._bot: RolePanelBot | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def bot(self) -> RolePanelBot:
        """The bot that runs now."""
        assert self._bot is not None, "the bot was not started"
        return self._bot

    async def start(self) -> None:
        """Start a bot as bot.py does, and wait until it is ready and its commands are registered."""
        self._bot = await make_bot(Settings(), self.database)  # pyright: ignore[reportCallIssue]
        self._running = asyncio.create_task(self._bot.run_until_stopped(), name="bot")
        ready = asyncio.create_task(self._guild_came(self._bot))
        try:
            await asyncio.wait({ready, self._running}, return_when=asyncio.FIRST_COMPLETED)
            if self._running.done():
                self._running.result()
            await self.sandbox.driver.until(self._commands_registered, what="for the commands")
        finally:
            ready.cancel()

    async def _guild_came(self, bot: RolePanelBot) -> None:
        while await bot.guild(self.sandbox.guild.id) is None and bot.absence(self.sandbox.guild.id) is JUST_STARTED:
            pass  # it waits itself, and on a busy machine a guild takes its time to come

    async def stop(self) -> None:
        """Stop it as SIGTERM does."""
        if self._bot and self._running:
            self._bot.stop()
            await self._running
            self._bot = self._running = None

    async def restart(self) -> None:
        """Stop it and start a new one on the same database."""
        await self.stop()
        await self.start()

    def actor(self, name: str) -> Any:
        """A member to act as."""
        return self.sandbox.driver.actor(name)

    async def audit(self, kind: str | None = None) -> list[AuditEntry]:
        """The audit rows, oldest first, once every click's row is settled. Raises TimeoutError when one stays unsettled."""
        async with asyncio.timeout(PATIENCE):
            while True:
                written = asyncio.ensure_future(self.bot.wait_for("audit_written"))
                await asyncio.sleep(0)  # lets it begin to listen
                if not await AuditEntry.exclude(state__in=SETTLED).exists():
                    written.cancel()
                    break
                await written
        return await self._rows(kind)

    async def _rows(self, kind: str | None) -> list[AuditEntry]:
        rows = AuditEntry.all().order_by("id")
        return list(await (rows.filter(kind=kind) if kind else rows))

    async def judge(self, *, ended: bool = True) -> list[str]:
        """What went wrong, read from the sandbox's ledger and the audit table. While the bot runs, the traffic is left for the end."""
        return [
            *self.sandbox.ledger.problems([*self.accepted, *self._owed_to_the_machine()], ended=ended),
            *await self._role_changes_without_record(),
            *[f"unsettled: {row.kind} {row.state}" for row in await AuditEntry.exclude(state__in=SETTLED)],
            *(self._traffic_against_the_schemas() if ended else ()),
        ]

    @property
    def busy(self) -> bool:
        """Whether this process had to wait for the machine so much that nothing can be said about how quick the bot is."""
        began, in_line = self._began
        return seconds_in_line() - in_line > BUSY * (time.monotonic() - began)

    def _owed_to_the_machine(self) -> list[str]:
        """A first answer without a reply within a second is sent again, as it should be; on a busy machine that happens by itself."""
        return ["/callback → 400 (40060)"] if self.busy else []

    def _traffic_against_the_schemas(self) -> list[str]:
        """What Discord's own descriptions say of every request, answer and frame; nothing where they are not at hand."""
        if schemas.directory() is None:
            return []
        wrong: list[str] = []
        for exchange in self.sandbox.traffic:
            said = schemas.request_errors(exchange.method, exchange.route, exchange.body) if exchange.status < 400 else []
            if exchange.status and exchange.fault is None:
                said += schemas.answer_errors(exchange.method, exchange.route, exchange.status, exchange.response)
            wrong += [f"{exchange}: {problem}" for problem in said]
        return wrong + [problem for frame in self.sandbox.gateway.frames for problem in problems_of(frame)]

    async def _role_changes_without_record(self) -> list[str]:
        changes = sorted((c.guild_id, c.user_id, c.role_id, c.kind) for c in self.sandbox.ledger.role_changes)
        recorded: list[tuple[int, int, int, str]] = []
        for row in [row for row in await self._rows(None) if row.kind.startswith("roles.")]:
            for kind, name in (("add", "added"), ("remove", "removed")):
                recorded += [(row.guild_id, row.target_id or 0, role_id, kind) for role_id in row.payload.get(name, ())]
        return [] if changes == sorted(recorded) else [f"Discord saw {changes}, the audit table {sorted(recorded)}"]

    def _commands_registered(self) -> bool:
        return all(app.commands for app in self.sandbox.world.applications.values())


async def at_rest(house: House, name: str) -> None:
    """Wait until a background loop has done everything that it was woken for by now."""
    (loop,) = (loop for loop in house.bot.loops if loop.name == name)
    async with asyncio.timeout(PATIENCE):
        await loop.finished()


def _of_the_pool(task: asyncio.Task[Any]) -> bool:
    """Whether it is asyncpg's own, of the pool that outlives the house: after an outage it opens connections for a while."""
    return getattr(task.get_coro(), "__qualname__", "") == "Pool._maintain_min_size"


async def leftover_tasks(before: set[asyncio.Task[Any]]) -> list[str]:
    """The tasks that are still there although everything was stopped."""
    await asyncio.sleep(0)
    current = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() - before if task is not current and not task.done() and not _of_the_pool(task)]
    for task in left:
        with suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), 1.0)
    return [str(task) for task in left if not task.done()]


async def raise_version(panel: Panel, **changes: Any) -> None:
    """Change a panel past the editor, as an edit does."""
    await Panel.filter(id=panel.id).update(version=F("version") + 1, **changes)


async def posted_panel(
    house: House,
    *roles: str,
    style: Style = Style.BUTTONS,
    mode: Mode = Mode.TOGGLE,
    channel: str = "roles",
    name: str = "Colours",
) -> Panel:
    """A panel in the database, posted: for tests that begin at the click."""
    sandbox = house.sandbox
    now = clock.now()
    panel = await Panel.create(guild_id=sandbox.guild.id, name=name, title=name, style=style, mode=mode, created_at=now, updated_at=now)
    items = [
        await PanelRole.create(panel=panel, role_id=sandbox.role(name).id, label=name, position=position)
        for position, name in enumerate(roles)
    ]
    where = sandbox.channel(channel)
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=where.id)
    sent = await house.bot.rest.request(route, body={"content": "Colours", "components": _components(panel, items)})
    await PanelMessage.create(panel=panel, channel_id=where.id, message_id=int(sent["id"]), rendered_version=panel.version)
    return panel


def _components(panel: Panel, items: list[PanelRole]) -> list[dict[str, Any]]:
    if panel.style is Style.BUTTONS:
        buttons = [{"type": 2, "style": 2, "label": i.label, "custom_id": encode(PRESS, panel.id, i.id)} for i in items]
        return [{"type": 1, "components": buttons[start : start + 5]} for start in range(0, len(buttons), 5)]
    options = [{"label": item.label, "value": str(item.id)} for item in items]
    options.append({"label": "Change or clear my roles…", "value": OPEN_PICKER})
    select = {"type": 3, "custom_id": encode(CHOOSE, panel.id, 0), "options": options, "max_values": len(options)}
    return [{"type": 1, "components": [select]}]
