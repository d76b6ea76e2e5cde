"""One browser window: who acts in it, what it has been told, and what it is told next."""

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web
from loguru import logger

from sandbox.driver import Actor, ClientRefusal, InteractionFailed
from sandbox.driver.modals import ModalView
from sandbox.errors import ApiError
from sandbox.interactions import Interaction
from sandbox.webclient import operations, view
from sandbox.webclient.request import Invalid, Request
from sandbox.webclient.sections import activity
from sandbox.world import Channel, User

if TYPE_CHECKING:
    from sandbox.webclient.hub import Hub

# A bot may do many things at once; the eye needs no more than this many seconds between two pictures of it.
BREATH = 0.03


class Window:
    """Tells a browser what its user sees: first everything, then what is different from what was told before."""

    def __init__(self, hub: "Hub", ws: web.WebSocketResponse, user: User) -> None:
        self.hub, self.sandbox, self.ws, self.user = hub, hub.sandbox, ws, user
        self._replies: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what was told; a snapshot comes next. Who is no longer in the world gives way to the first person."""
        self.user = self.sandbox.world.users.get(self.user.id) or view.first_person(self.sandbox)
        self._told = view.Told()
        self._mine: dict[int, Interaction] = {}
        self._modals: dict[int, ModalView] = {}
        self._moved: dict[int, Interaction] = {}
        self._dirty: set[tuple[int, int]] = set()
        self._fresh = self._world = self._trouble = True
        self.wake()

    def act_as(self, user: User) -> None:
        """Another user sits down before this window."""
        self.user = user
        self.begin_again()

    def wake(self) -> None:
        """There may be something to tell."""
        self._wake.set()

    def look_again(self) -> None:
        """Anything may have changed but traffic."""
        self._world = self._trouble = True
        self.wake()

    def look_at_trouble(self) -> None:
        """Faults, limits or the gateway may have changed, and there may be new traffic."""
        self._trouble = True
        self.wake()

    def look_at(self, channel_id: int, message_id: int) -> None:
        """A message came, changed or went."""
        self._dirty.add((channel_id, message_id))
        channel = self.sandbox.world.channels.get(channel_id)
        if channel and channel_id not in self._told.channels and self.user.id in channel.recipient_ids:
            self._world = True  # direct messages that were just opened
        self.wake()

    def track(self, interaction: Interaction) -> Interaction:
        """Tell this window of an interaction until it has ended."""
        self._mine[interaction.id] = interaction
        self.on_interaction(interaction)
        return interaction

    def on_interaction(self, interaction: Interaction) -> None:
        """An interaction changed, anybody's."""
        if interaction.id in self._mine:
            self._moved[interaction.id] = interaction
            self.wake()

    def actor(self, channel: Channel) -> Actor:
        """The acting user looking at a channel. Raises ClientRefusal when they do not see it."""
        actor = Actor(self.sandbox, self.user, channel)
        if not actor.permissions():
            raise ClientRefusal(f"{self.user.username} does not see that channel")
        return actor

    def modal(self, interaction_id: int) -> ModalView:
        """The modal that an interaction of this window opened. Raises Invalid."""
        if interaction_id not in self._modals:
            opened_by = self._mine.get(interaction_id)
            if opened_by is None or opened_by.modal is None:
                raise Invalid("that interaction opened no modal in this window")
            self._modals[interaction_id] = ModalView(self.actor(self.sandbox.world.channel(opened_by.channel_id)), opened_by)
        return self._modals[interaction_id]

    async def run(self) -> None:
        """Serve the window until it closes."""
        writer = asyncio.create_task(self._write())
        try:
            async for message in self.ws:
                if message.type is WSMsgType.TEXT:
                    self._receive(message.data)
        finally:
            for task in (writer, *self._tasks):
                task.cancel()
            await asyncio.gather(writer, *self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Send the window away, for the server goes down."""
        await self.ws.close(code=WSCloseCode.GOING_AWAY)

    def _receive(self, raw: str) -> None:
        try:
            request = Request.parse(raw)
        except Invalid as error:
            self._reply(None, error=("invalid", str(error)))
            return
        task = asyncio.create_task(self._serve(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: Request) -> None:
        """Do what a request asks. Nothing but waiting for a bot's choices takes time, so that replies keep their order."""
        try:
            operation = operations.ALL.get(request.op)
            if operation is None:
                raise Invalid(f"there is no operation {request.op!r}")
            self._reply(request.reply_to, await operation(self, request))
        except ClientRefusal as refusal:
            self._reply(request.reply_to, error=("refused", str(refusal)))
        except InteractionFailed as failure:
            self._reply(request.reply_to, error=("failed", str(failure)))
        except (Invalid, ApiError) as error:
            self._reply(request.reply_to, error=("invalid", str(error)))
        except Exception:  # noqa: BLE001 - a defect here must answer the window and be seen in the log
            logger.exception("the sandbox failed at {}", request.op)
            self._reply(request.reply_to, error=("invalid", "The sandbox itself failed; its log says how."))

    def _reply(self, to: float | None, result: dict[str, Any] | None = None, error: tuple[str, str] | None = None) -> None:
        frame: dict[str, Any] = {"type": "reply", "id": to, "ok": error is None}
        frame |= {"result": result or {}} if error is None else {"error": {"kind": error[0], "message": error[1]}}
        self._replies.append(json.dumps(frame, ensure_ascii=False))
        self.wake()

    async def _write(self) -> None:
        with suppress(ConnectionError):  # the browser is gone: the reader sees that too and ends the window
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._replies:
                    await self.ws.send_str(self._replies.popleft())
                if picture := self._picture():
                    await self.ws.send_str(picture)
                await asyncio.sleep(BREATH)

    def _picture(self) -> str | None:
        """The next snapshot or update, None when nothing is different."""
        fresh, world, trouble, dirty = self._fresh, self._world, self._trouble, self._dirty
        self._fresh = self._world = self._trouble = False
        self._dirty = set()
        sections = dict(self._sections(fresh, world, trouble, dirty))
        if not sections:
            return None
        head = {"type": json.dumps("snapshot" if fresh else "update"), "now": json.dumps(self.sandbox.clock.now())}
        return "{" + ",".join(f'"{name}":{text}' for name, text in (head | sections).items()) + "}"

    def _sections(self, fresh: bool, world: bool, trouble: bool, dirty: set[tuple[int, int]]) -> Iterator[tuple[str, str]]:
        told = self._told
        if world:
            told.channels = view.channels(self.sandbox, self.user)
            yield from told.differing(view.world(self.sandbox, self.user, list(told.channels.values())))
        if trouble:
            yield from told.differing(view.trouble(self.sandbox, self.hub.faults()))
        yield from told.messages(self.sandbox, self.user, self.hub.failed, None if world else dirty, always=fresh)
        moved, self._moved = self._moved, {}
        if moved or fresh:
            yield "interactions", json.dumps([activity.interaction(one) for one in moved.values()], ensure_ascii=False)
        for one in moved.values():
            if one.state in ("answered", "failed") and one.modal is None:
                del self._mine[one.id]
        yield from told.traffic("exchanges", self.hub.exchanges, activity.exchange, always=fresh)
        yield from told.traffic("frames", self.hub.frames, activity.frame, always=fresh)
