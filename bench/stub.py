"""A lean Discord for measuring: a gateway that sends clicks, the REST calls that answer them, and a judge of every click."""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf
from typing import Any

from aiohttp import WSMsgType, web

from bench.world import APPLICATION, WORLD, Place, Size
from sandbox import payload
from sandbox.gateway.compression import compressor

AGAIN = 0.5  # seconds after which a bot may take its first answer for lost, and give it again
IN_TIME = 3.0  # seconds that Discord waits for the first answer
GLOBAL = 50  # calls in any second; answers to interactions do not count
MEMBER_CHANGES = (10, 10.0)  # of one guild, https://github.com/discord/discord-api-docs/issues/7680
LOOKS = (5, 1.0)  # at the members of one guild
MESSAGES = (5, 5.0)  # of one channel
FREE = (1_000_000, 10.0)
Answer = tuple[int, Any, dict[str, str]]  # status, body, headers


@dataclass(slots=True, eq=False)
class Click:
    """One click and when its parts were seen, in seconds of the monotonic clock."""

    place: Place
    member_id: int
    role_id: int
    gives: bool
    alone: bool  # in its guild, when it was sent
    sent: float
    changed: float = inf
    acknowledged: float = inf
    answered: float = inf
    said: str = ""  # to the member, last

    @property
    def ended(self) -> float:
        """When the role was changed and the member told so, if that was seen."""
        return max(self.changed, self.answered)


class Stub:
    """Serves one bot. `click` sends a click; `finished` is called whenever one is done.

    `limits`: Discord's are on. `lines`: a member who is told their place in line, or a refusal, has been served, too. `slow`: the seconds
    that a role call takes. `failures`: the answers to the next role calls.
    """

    def __init__(self, size: Size, custom_id: Callable[[Place, int], str], *, limits: bool, lines: bool) -> None:
        self.places = [Place(number, size, custom_id) for number in range(size.guilds)]
        self.slow, self.failures = 0.0, list[Answer]()
        self.open: dict[int, Click] = {}  # by member
        self.calls: Counter[str] = Counter()
        self.finished: Callable[[], None] = lambda: None
        self.identified, self.registered = asyncio.Event(), asyncio.Event()
        self.url = ""
        self._limits, self._lines = Limits(limits), lines
        self._by_id = {str(place.id): place for place in self.places}
        self._by_token: dict[str, Click] = {}
        self._waiting: Counter[Place] = Counter()  # clicks that are open
        self._wrong: list[str] = []
        self._number = 0
        self._send: Callable[[str], Any]  # to the gateway connection

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen on a free port of this machine."""
        runner = web.ServerRunner(web.Server(self._serve))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    async def click(self, place: Place, member_id: int, number: int) -> Click:
        """Send a click on a button. The member must have no other open."""
        role_id, interaction_id = place.role_id(number), WORLD.new_id()
        token = f"aW50ZXJhY3Rpb24{interaction_id}"
        text = place.click(interaction_id, token, member_id, number)
        gives = role_id not in place.held.setdefault(member_id, set())
        click = Click(place, member_id, role_id, gives, not self._waiting[place], time.monotonic())
        self._waiting[place] += 1
        self.open[member_id] = self._by_token[token] = click
        await self._event("INTERACTION_CREATE", text)
        return click

    def unserved(self) -> list[Click]:
        """Those who wait for something."""
        return [click for click in self.open.values() if not (self._lines and click.said)]

    def close(self) -> list[str]:
        """End a phase: everything that was wrong in it."""
        wrong = self._wrong + [f"lost: {click.changed=}, {click.answered=}, {click.said=}" for click in self.unserved()]
        for store in (self.open, self._by_token, self._waiting, self.calls):
            store.clear()
        self._wrong = []
        return wrong

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._gateway(request)
        path = request.path.split("/")[3:]
        if self.slow and "roles" in path:
            await asyncio.sleep(self.slow)
        is_form = "form" in request.content_type
        text = (await request.post())["payload_json"] if is_form else await request.text()
        status, answer, headers = self._answer(request.method, path, json.loads(str(text) or "null"))
        if status == 204:
            return web.Response(status=204, headers=headers)
        return web.Response(status=status, headers=headers, body=json.dumps(answer).encode(), content_type="application/json")

    def _answer(self, method: str, path: list[str], body: Any) -> Answer:
        match path:
            case ["interactions", _, token, "callback"]:
                return self._callback(token, body)
            case ["webhooks", _, token, *_]:
                self.calls["edit"] += 1
                if click := self._by_token.get(token):
                    self._look_at(click, body)
                return 200, {"id": "1", "channel_id": "1", "content": ""}, {}
            case ["guilds", guild_id, "members", member_id, *rest]:
                return self._member(method, self._by_id[guild_id], int(member_id), rest, body)
            case ["channels", channel_id, "messages", *_]:
                headers, refusal = self._spend("message" if method == "POST" else "message look", channel_id, MESSAGES)
                return refusal or (200, {"id": str(WORLD.new_id()), "channel_id": channel_id, **(body or {})}, headers)
            case ["gateway", *_]:
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return 200, {"url": f"ws://{self.url}", "shards": 1, "session_start_limit": limit}, {}
            case ["users", "@me"]:
                return 200, payload.own_user(WORLD, APPLICATION), {}
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, payload.application_private(WORLD, APPLICATION), {}
            case ["applications", own_id, *_]:
                if method == "PUT":
                    self.registered.set()
                made = {"application_id": own_id, "version": "1", "type": 1}
                return 200, [{**made, "id": str(number), **command} for number, command in enumerate(body or [], 1)], {}
        self._wrong.append(f"unexpected: {method} {'/'.join(path)}")
        return 404, {"code": 0, "message": "404: Not Found"}, {}

    def _spend(self, kind: str, major: object, limit: tuple[int, float]) -> tuple[dict[str, str], Answer | None]:
        headers, refusal = self._limits.spend(kind, major, limit)
        self.calls["refused" if refusal else kind] += 1
        return headers, refusal

    def _member(self, method: str, place: Place, member_id: int, rest: list[str], body: Any) -> Answer:
        if method == "GET":
            headers, refusal = self._spend("look", place.id, LOOKS)
            return refusal or (200, place.member(member_id), headers)
        headers, refusal = self._spend("role" if rest else "list", place.id, MEMBER_CHANGES)
        if refusal or self.failures:
            return refusal or self.failures.pop()
        click, before = self.open.get(member_id), place.held.get(member_id, set())
        after = set(map(int, body["roles"])) if not rest else before | {int(rest[1])} if method == "PUT" else before - {int(rest[1])}
        place.held[member_id] = after
        if click is None or click.changed < inf or after != before ^ {click.role_id}:
            self._wrong.append(f"wrong: {method} of {rest or body}")
        else:
            click.changed = time.monotonic()
            self._end(click)
        return (204, None, headers) if rest else (200, place.member(member_id), headers)

    def _callback(self, token: str, body: Any) -> Answer:
        self.calls["callback"] += 1
        click, now = self._by_token.get(token), time.monotonic()
        if click is None or click.acknowledged < inf:
            if click is None or now - click.acknowledged < AGAIN:
                self._wrong.append("answered twice")
            return 400, {"code": 40060, "message": "Interaction has already been acknowledged."}, {}
        click.acknowledged = now
        if now - click.sent > IN_TIME:
            self._wrong.append(f"acknowledged after {now - click.sent:.1f} s")
        if body["type"] == 4:
            self._look_at(click, body["data"])
        return 204, None, {}

    def _look_at(self, click: Click, data: Any) -> None:
        """An answer that names the role is the last one, and has to be true."""
        click.said = str(data.get("content"))
        if f"<@&{click.role_id}>" not in click.said or (self._lines and "was not changed" in click.said):
            return
        right = click.said.startswith("Added" if click.gives else "Removed") and data.get("flags", 64) & 64
        if not right or click.answered < inf:
            self._wrong.append(f"wrong answer: {click.said[:80]}")
        click.answered = time.monotonic()
        self._end(click)

    def _end(self, click: Click) -> None:
        if click.ended < inf and self.open.get(click.member_id) is click:
            del self.open[click.member_id]
            self._waiting[click.place] -= 1
            self.finished()

    async def _gateway(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        pack = compressor(request.query.get("compress"))
        send = (lambda text: socket.send_bytes(pack(text))) if pack else socket.send_str
        await send('{"op": 10, "d": {"heartbeat_interval": 41250}}')
        async for frame in socket:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            match json.loads(frame.data)["op"]:
                case 1:
                    await send('{"op": 11}')
                case 2:
                    self._send, self._number = send, 0
                    await self._welcome()
        return socket

    async def _welcome(self) -> None:
        ready = {
            "v": 10, "user": payload.own_user(WORLD, APPLICATION), "session_id": "bench", "session_type": "normal",
            "resume_gateway_url": f"ws://{self.url}", "guilds": [payload.unavailable_guild(place.id) for place in self.places],
            "shard": [0, 1], "private_channels": [], "relationships": [], "presences": [],
            "application": payload.partial_application(APPLICATION),
        }  # fmt: skip
        await self._event("READY", json.dumps(ready))
        for place in self.places:
            await self._event("GUILD_CREATE", place.created())
        self.identified.set()

    async def _event(self, name: str, data: str) -> None:
        self._number += 1
        await self._send(f'{{"t": "{name}", "s": {self._number}, "op": 0, "d": {data}}}')


class Limits:
    """Discord's rate limits: says which call is one too many. When they are off, the answers still tell of limits, which nobody reaches."""

    def __init__(self, on: bool) -> None:
        self._on = on
        self._windows: dict[tuple[str, object], tuple[float, int]] = {}  # when it ends, and what was used
        self._last: deque[float] = deque(maxlen=GLOBAL)

    def spend(self, bucket: str, major: object, kind: tuple[int, float]) -> tuple[dict[str, str], Answer | None]:
        """The headers of a call's answer; and a 429, if it is one too many."""
        now = time.monotonic()
        if self._on and len(self._last) == GLOBAL and now - self._last[0] < 1.0:
            return {}, limited(self._last[0] + 1.0 - now, everything=True)
        self._last.append(now)
        most, seconds = kind if self._on else FREE
        ends, used = self._windows.get((bucket, major), (now, 0))
        if ends <= now:
            ends, used = now + seconds, 0
        self._windows[bucket, major] = ends, min(used + 1, most)
        headers = {
            "X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": str(max(most - used - 1, 0)), "X-RateLimit-Bucket": bucket,
            "X-RateLimit-Reset": f"{time.time() + ends - now:.3f}", "X-RateLimit-Reset-After": f"{ends - now:.3f}",
        }  # fmt: skip
        return headers, limited(ends - now, headers) if used == most else None


def limited(seconds: float, headers: dict[str, str] | None = None, *, everything: bool = False) -> Answer:
    """Discord's 429, with the headers of the bucket or for all calls."""
    told = {"X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"} if everything else {"X-RateLimit-Scope": "user", **(headers or {})}
    body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": everything}
    return 429, body, {**told, "Retry-After": str(int(seconds) + 1), "Via": "1.1 stub"}
