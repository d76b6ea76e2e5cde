"""The two probes and their answers."""

import asyncio
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from core.errors import is_database_away
from core.outages import cannot_write

if TYPE_CHECKING:
    from core.bot import RolePanelBot

# Orchestrators give a probe about a second.
DATABASE_SECONDS = 0.8
LOOK_SECONDS = 1.0
CONNECTIONS_MAX = 64
CONNECTION_SECONDS = 10.0  # that a connection may take for its one question, also one that says nothing


@dataclass(frozen=True)
class Check:
    """One thing that must work, and how it stands."""

    ok: bool
    detail: str


class Bounded(asyncio.Protocol):
    """A protocol with few connections at once, each for a short time: nobody can use up the process's file descriptors.

    `open_ones` are the transports of all that share the bound.
    """

    def __init__(self, inner: asyncio.Protocol, open_ones: set[asyncio.Transport]) -> None:
        self._inner, self._open_ones = inner, open_ones
        self._transport: asyncio.Transport | None = None
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in while there is room."""
        assert isinstance(transport, asyncio.Transport)
        self._inner.connection_made(transport)
        if len(self._open_ones) >= CONNECTIONS_MAX:
            transport.abort()
            return
        self._transport = transport
        self._open_ones.add(transport)
        self._end = asyncio.get_running_loop().call_later(CONNECTION_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        if self._transport and self._end:
            self._open_ones.discard(self._transport)
            self._end.cancel()
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As the protocol does."""
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """As the protocol does."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """As the protocol does."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """As the protocol does."""
        self._inner.resume_writing()


def make_app(bot: "RolePanelBot") -> web.Application:
    """`/health/live`: the event loop turns. `/health/ready`: this process serves Discord now, else 503 with the reason."""

    async def live(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    look = _Look(bot)

    async def ready(_request: web.Request) -> web.Response:
        checks = await look.checks()
        works = all(check.ok for check in checks.values())
        body = {"status": "ready" if works else "not ready", "checks": {name: asdict(check) for name, check in checks.items()}}
        return web.json_response(body, status=200 if works else 503)

    app = web.Application()
    app.add_routes([web.get("/health/live", live), web.get("/health/ready", ready)])
    return app


class _Look:
    """What was seen at most a second ago: however many ask, the database is asked once a second."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self._one_at_a_time = asyncio.Lock()
        self._seen: dict[str, Check] = {}
        self._seen_at = -math.inf

    async def checks(self) -> dict[str, Check]:
        async with self._one_at_a_time:
            began = asyncio.get_running_loop().time()
            if began - self._seen_at >= LOOK_SECONDS:
                self._seen = {"gateway": _gateway(self._bot), "database": await _database(self._bot), "standby": _standby(self._bot)}
                self._seen_at = began
            return self._seen


def _gateway(bot: "RolePanelBot") -> Check:
    if bot.refusal:
        return Check(False, bot.refusal)
    failures = bot.gateway_watch.failures + bot.silence.suspicions
    return Check(not failures, "; ".join(failures) or "connected")


async def _database(bot: "RolePanelBot") -> Check:
    try:
        await bot.database.ping(DATABASE_SECONDS)
    except TimeoutError:
        return Check(False, f"no answer within {DATABASE_SECONDS} s")
    except Exception as error:
        if not (is_database_away(error) or isinstance(error, OSError)):
            raise
        if cause := cannot_write(error):
            return Check(False, f"takes no changes ({type(cause).__name__})")
        # The driver's text may name hosts and users, which a probe need not tell.
        return Check(False, f"cannot be reached ({type(error).__name__})")
    return Check(True, "answers")


def _standby(bot: "RolePanelBot") -> Check:
    if bot.slots.held:
        return Check(True, f"serving {_shards(bot.slots.held)}")
    if (shard_id := bot.slots.waits_for) is not None:
        return Check(False, f"standby: another process serves shard {shard_id}")
    return Check(False, "the shards are not held yet")


def _shards(shard_ids: frozenset[int]) -> str:
    return ("shard " if len(shard_ids) == 1 else "shards ") + ", ".join(map(str, sorted(shard_ids)))
