"""A lean Discord for measuring: a gateway that sends clicks, the REST calls that answer them, and a judge of every click."""

import asyncio
import json
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bench import world
from bench.limits import MEMBER_CHANGES, MESSAGES, Limits

PATIENCE = 0.5  # seconds after which a bot may take its first answer for lost, and give it again
IN_TIME = 3.0  # seconds that Discord waits for the first answer


@dataclass(slots=True, eq=False)
class Click:
    """One click and when its parts were seen, in seconds of the monotonic clock."""

    guild: world.Guild
    member_id: int
    role_id: int
    gives: bool
    alone: bool  # in its guild, when it was sent
    sent: float
    changed: float | None = None
    acknowledged: float | None = None
    answered: float | None = None

    @property
    def done(self) -> float | None:
        """Seconds until the role was changed and the member told so."""
        return None if self.changed is None or self.answered is None else max(self.changed, self.answered) - self.sent


@dataclass
class Judgement:
    """What is wrong with a run; a run with anything wrong is void."""

    wrong: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)


class Stub:
    """Serves one bot. `click` sends a click; `finished` is called whenever one is done."""

    def __init__(self, size: world.Size, custom_id: Callable[[world.Guild, int], str], *, limits: bool = False) -> None:
        self.guilds = [world.Guild(number, size) for number in range(size.guilds)]
        for guild in self.guilds:
            guild.write(custom_id)
        self.limits, self.judgement = Limits(limits), Judgement()
        self.open: dict[int, Click] = {}  # by member
        self.finished: Callable[[Click], None] = lambda _: None
        self.identified, self.registered = asyncio.Event(), asyncio.Event()
        self._custom_id = custom_id
        self._by_id = {str(guild.id): guild for guild in self.guilds}
        self._by_token: dict[str, Click] = {}
        self._waiting: Counter[int] = Counter()  # clicks of each guild that are open
        self._numbers = 0
        self._socket: _Socket | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        self._runner = web.ServerRunner(web.Server(self._serve))
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def click(self, guild: world.Guild, member_id: int, place: int) -> Click:
        """Send a click on a button. The member must have no other open."""
        role_id = guild.role_id(place)
        held = guild.held.setdefault(member_id, set())
        self._numbers += 1
        interaction_id = world.snowflake(self._numbers)
        token = f"aW50ZXJhY3Rpb24{interaction_id}"
        text = guild.click(interaction_id, token, member_id, self._custom_id(guild, place), held)
        click = Click(guild, member_id, role_id, role_id not in held, not self._waiting[guild.id], time.monotonic())
        self._waiting[guild.id] += 1
        self.open[member_id] = self._by_token[token] = click
        assert self._socket, "nobody is connected"
        await self._socket.event("INTERACTION_CREATE", text)
        return click

    def close(self, *, told: bool = False) -> list[str]:
        """End a run: everything that was wrong in it. `told`: who waits in line, and was told so, is not lost."""
        wrong = self.judgement.wrong + [
            f"lost: {'not changed' if click.changed is None else 'not answered'} after {time.monotonic() - click.sent:.1f} s"
            for click in self.open.values()
            if not (told and click.acknowledged)
        ]
        for store in (self.open, self._by_token, self._waiting):
            store.clear()
        self.judgement = Judgement()
        return wrong

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._gateway(request)
        status, body, headers = self._answer(request.method, request.path.split("/")[3:], await _body(request))
        if status == 204:
            return web.Response(status=204, headers=headers)
        return web.Response(status=status, headers=headers, body=json.dumps(body).encode(), content_type="application/json")

    def _answer(self, method: str, path: list[str], body: Any) -> tuple[int, Any, dict[str, str]]:
        match path:
            case ["interactions", _, token, "callback"]:
                return self._callback(token, body)
            case ["webhooks", _, token, *_]:
                return self._tell(token, body)
            case ["guilds", guild_id, "members", member_id, *rest]:
                return self._member(method, self._by_id[guild_id], int(member_id), rest, body)
            case ["channels", channel_id, "messages"]:
                return self._message(channel_id, body)
            case ["channels", channel_id, "messages", _]:
                return 200, json.loads(next(guild.message for guild in self.guilds if str(guild.channel_id) == channel_id)), {}
            case ["gateway", *bot]:
                session = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return 200, {"url": f"ws://{self.url}", **({"shards": 1, "session_start_limit": session} if bot else {})}, {}
            case ["users", "@me"]:
                return 200, world.bot(), {}
            case ["oauth2", "applications", "@me"] | ["applications", "@me"]:
                return 200, world.application(), {}
            case ["applications", _, *_]:
                if method == "PUT":
                    self.registered.set()
                made = {"application_id": str(world.BOT_ID), "version": "1"}
                return 200, [{"type": 1, "id": str(n + 1), **made, **command} for n, command in enumerate(body or [])], {}
        self.judgement.wrong.append(f"unexpected: {method} {'/'.join(path)}")
        return 404, {"code": 0, "message": "not here"}, {}

    def _refused(self, wait: float, everything: bool, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        self.judgement.calls["429"] += 1
        body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everything}
        return 429, body, {**headers, "Retry-After": str(int(wait) + 1), "Via": "1.1 stub"}

    def _member(self, method: str, guild: world.Guild, member_id: int, rest: list[str], body: Any) -> tuple[int, Any, dict[str, str]]:
        kind = "look" if method == "GET" else "role"
        headers, wait, everything = self.limits.spend(f"{kind}:{guild.id}", MEMBER_CHANGES)
        if wait is not None:
            return self._refused(wait, everything, headers)
        self.judgement.calls[kind] += 1
        if method == "GET":
            return 200, world.member_of(guild, member_id), headers
        click, held = self.open.get(member_id), guild.held.setdefault(member_id, set())
        before = set(held)
        if not rest:
            held.clear()
            held.update(map(int, body["roles"]))
        elif method == "PUT":
            held.add(int(rest[1]))
        else:
            held.discard(int(rest[1]))
        if click is None or click.changed is not None or held != before ^ {click.role_id}:
            self.judgement.wrong.append(f"wrong: {method} of {rest}")
        else:
            click.changed = time.monotonic()
            self._end(click)
        return (204, None, headers) if rest else (200, world.member_of(guild, member_id), headers)

    def _callback(self, token: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        self.judgement.calls["callback"] += 1
        click = self._by_token.get(token)
        if click is None or click.acknowledged is not None:
            if click is None or time.monotonic() - (click.acknowledged or 0.0) < PATIENCE:
                self.judgement.wrong.append("answered twice")
            return 400, {"code": 40060, "message": "Interaction has already been acknowledged."}, {}
        click.acknowledged = time.monotonic()
        if click.acknowledged - click.sent > IN_TIME:
            self.judgement.wrong.append(f"acknowledged after {click.acknowledged - click.sent:.1f} s")
        if body["type"] == 4:
            self._look_at(click, body["data"])
        return 204, None, {}

    def _tell(self, token: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        self.judgement.calls["edit"] += 1
        if click := self._by_token.get(token):
            self._look_at(click, body)
        return 200, {"id": "1", "channel_id": "1", "content": ""}, {}

    def _look_at(self, click: Click, data: Any) -> None:
        """An answer that names the role is the last one, and has to be true."""
        text = str(data.get("content"))
        if f"<@&{click.role_id}>" not in text:
            return
        if click.answered is not None or not text.startswith("Added" if click.gives else "Removed") or not data.get("flags", 64) & 64:
            self.judgement.wrong.append(f"wrong answer: {text[:80]}")
        click.answered = time.monotonic()
        self._end(click)

    def _end(self, click: Click) -> None:
        if click.done is not None and self.open.get(click.member_id) is click:
            del self.open[click.member_id]
            self._waiting[click.guild.id] -= 1
            self.finished(click)

    def _message(self, channel_id: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        headers, wait, everything = self.limits.spend(f"message:{channel_id}", MESSAGES)
        if wait is not None:
            return self._refused(wait, everything, headers)
        self.judgement.calls["message"] += 1
        return 200, {"id": str(world.snowflake(1)), "channel_id": channel_id, "content": "", "embeds": body.get("embeds", [])}, headers

    async def _gateway(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.WebSocketResponse(compress=False, max_msg_size=0)
        await response.prepare(request)
        socket = _Socket(response, packed="zlib-stream" in request.query_string)
        await socket.send('{"op": 10, "d": {"heartbeat_interval": 41250}}')
        async for frame in response:
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            match json.loads(frame.data)["op"]:
                case 1:
                    await socket.send('{"op": 11}')
                case 2:
                    await self._welcome(socket)
                case 6:
                    await socket.send('{"op": 9, "d": false}')
        if self._socket is socket:
            self._socket = None
        return response

    async def _welcome(self, socket: "_Socket") -> None:
        self._socket = socket
        ready = {
            "v": 10, "user": world.bot(), "session_id": "bench", "session_type": "normal", "resume_gateway_url": f"ws://{self.url}",
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self.guilds], "shard": [0, 1], "private_channels": [],
            "relationships": [], "presences": [], "application": {"id": str(world.BOT_ID), "flags": 0},
        }  # fmt: skip
        await socket.event("READY", json.dumps(ready))
        for guild in self.guilds:
            await socket.event("GUILD_CREATE", json.dumps(guild.created()))
        self.identified.set()


class _Socket:
    """A gateway connection, compressed as Discord's when that is asked for."""

    def __init__(self, response: web.WebSocketResponse, packed: bool) -> None:
        self._response = response
        self._zlib = zlib.compressobj() if packed else None
        self._sequence = 0

    async def event(self, name: str, data: str) -> None:
        """Send an event whose data are JSON already."""
        self._sequence += 1
        await self.send(f'{{"t": "{name}", "s": {self._sequence}, "op": 0, "d": {data}}}')

    async def send(self, text: str) -> None:
        """Send a frame."""
        if self._zlib is None:
            await self._response.send_str(text)
        else:
            await self._response.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))


async def _body(request: web.BaseRequest) -> Any:
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return json.loads(str((await request.post())["payload_json"]))
    data = await request.read()
    return json.loads(data) if data else None
