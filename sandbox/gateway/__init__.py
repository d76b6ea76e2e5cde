"""The gateway: WebSocket sessions through which bots hear of what happens (v10, JSON, optionally in a zlib or zstd stream)."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, web

from sandbox.gateway import addressing, identify, requests
from sandbox.gateway.connection import Connection
from sandbox.gateway.protocol import SESSION_ENDS, Close, Closing, Op
from sandbox.gateway.session import Session, Withheld
from sandbox.world import Event

if TYPE_CHECKING:
    from sandbox.server import Sandbox

PATH, RESUME_PATH = "/gateway", "/gateway/resume"
FRAMES_KEPT = 10_000
RECONNECT_GRACE = 10.0


@dataclass(frozen=True)
class Frame:
    """A frame that passed. `direction` is "in" (from the client) or "out"; a token is never in `payload`."""

    direction: str
    at: float
    application_id: int | None
    session_id: str | None
    payload: dict[str, Any]


class Gateway:
    """Every session of every application, and the switches with which a test troubles them.

    `heartbeat_interval` is in real seconds. `identify_interval` is the pause between two IDENTIFYs of one concurrency bucket and
    `session_lifetime` how long a session waits for its client to come back, both in seconds of the sandbox's clock.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self.world, self.clock = sandbox.world, sandbox.clock
        self.heartbeat_interval = 41.25
        self.identify_interval = 5.0
        self.session_lifetime = 300.0
        self.guilds_per_shard = 2500
        self.acknowledges = True
        self.refuses = False
        self.refuses_resumes = False
        self.withheld_from_new: Withheld | None = None
        self.connections: list[Connection] = []
        self.sessions: dict[str, Session] = {}
        self.identified_at: dict[tuple[int, int], float] = {}
        self.asked_for_all: dict[tuple[int, int], float] = {}
        self.session_starts: dict[int, list[float]] = {}
        self.frames: deque[Frame] = deque(maxlen=FRAMES_KEPT)
        self.frame_listeners: list[Callable[[Frame], None]] = []
        self.change_listeners: list[Callable[[], None]] = []
        self.world.listeners.append(self._on_event)

    def drop_connections(self, code: int | None = None) -> None:
        """Close every connection with `code`, or cut it off when None."""
        for connection in list(self.connections):
            connection.close(code)

    def request_reconnect(self) -> None:
        """Ask every client to reconnect and resume (op 7); who does not is cut off after ten seconds."""
        for connection in list(self.connections):
            connection.send(Op.RECONNECT)
            self.clock.call_later(RECONNECT_GRACE, partial(self._cut_off, connection))

    def invalidate_sessions(self, resumable: bool) -> None:
        """Tell every client that its session is invalid (op 9); `resumable` lets it try a RESUME."""
        for connection in list(self.connections):
            if connection.session:
                self.invalidate(connection, resumable)

    def refuse_connections(self, refuse: bool) -> None:
        """Answer new connections with 503 until told otherwise."""
        self.refuses = refuse

    def stop_acks(self, stop: bool = True) -> None:
        """Leave heartbeats without their ACK, as a gateway does that only seems alive."""
        self.acknowledges = not stop

    def refuse_resumes(self, refuse: bool) -> None:
        """Answer with 503 at the address that READY names for resuming; the one of GET /gateway works on."""
        self.refuses_resumes = refuse

    def silence_sessions(self, withheld: Withheld | None = "interactions") -> None:
        """Withhold events from every session that there is now, for as long as it lasts: connections and heartbeats stay as they are.

        A RESUME takes up the silence too; only a session that is begun anew hears again. None ends it.
        """
        for session in self.sessions.values():
            session.withheld = withheld
        self.changed()

    def silence_new_sessions(self, withheld: Withheld | None = "interactions") -> None:
        """Have every session that begins from now on be silent from its start, until told otherwise (None)."""
        self.withheld_from_new = withheld

    def online(self, application_id: int) -> bool:
        """Whether the application has an identified connection now."""
        return any(c.session and c.session.application.id == application_id for c in self.connections)

    async def on_shutdown(self, _: web.Application) -> None:
        """Send every client away (1001) as a server does that goes down."""
        self.drop_connections(WSCloseCode.GOING_AWAY)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one WebSocket from its handshake to its end."""
        if self.refuses or (self.refuses_resumes and request.path.rstrip("/") == RESUME_PATH):
            return web.Response(status=503, text="no healthy upstream")
        connection = Connection(self, request)
        self.connections.append(connection)
        self.changed()
        try:
            return await connection.run()
        finally:
            self.connections.remove(connection)
            self._disconnected(connection)
            self.changed()

    def changed(self) -> None:
        """Tell the listeners that a connection or session came or went."""
        for listener in list(self.change_listeners):
            listener()

    def check_version(self, connection: Connection) -> None:
        """Close with 4012 what is not v9 or v10, with 4002 another encoding than JSON."""
        if connection.request.query.get("v", "10") not in ("9", "10"):
            raise Closing(Close.INVALID_API_VERSION)
        if connection.request.query.get("encoding", "json") != "json":
            raise Closing(Close.DECODE_ERROR)

    def handle(self, connection: Connection, op: int, data: Any) -> None:
        """Act on a frame from a client; raises Closing as the documented close codes say."""
        if op == Op.IDENTIFY:
            identify.identify(self, connection, data)
        elif op == Op.RESUME:
            identify.resume(self, connection, data)
        elif op not in requests.HANDLERS:
            raise Closing(Close.UNKNOWN_OPCODE)
        elif not connection.session:
            raise Closing(Close.NOT_AUTHENTICATED)
        elif not isinstance(data, dict):
            raise Closing(Close.DECODE_ERROR)
        else:
            requests.HANDLERS[op](self, connection.session, data)

    def invalidate(self, connection: Connection, resumable: bool) -> None:
        """Send op 9; the client may identify again, and when `resumable`, resume."""
        session, connection.session = connection.session, None
        connection.send(Op.INVALID_SESSION, resumable)
        if session:
            session.connection = None
            self._await_return(session) if resumable else self.end(session)

    def end(self, session: Session) -> None:
        """Forget a session: nothing more is kept for it."""
        self.sessions.pop(session.id, None)
        if session.forget_expiry:
            session.forget_expiry()
        self.changed()

    def record(self, source: Connection | Session, direction: str, frame: dict[str, Any]) -> None:
        """Keep a frame for whoever judges the traffic, without its token."""
        if direction == "in" and isinstance(frame.get("d"), dict) and "token" in frame["d"]:
            frame = {**frame, "d": {**frame["d"], "token": "***"}}
        session = source.session if isinstance(source, Connection) else source
        kept = Frame(direction, self.clock.now(), session.application.id if session else None, session.id if session else None, frame)
        self.frames.append(kept)
        for listener in list(self.frame_listeners):
            listener(kept)

    def _cut_off(self, connection: Connection) -> None:
        if connection in self.connections:
            connection.close(Close.UNKNOWN_ERROR)

    def _disconnected(self, connection: Connection) -> None:
        session, connection.session = connection.session, None
        if not session or session.connection is not connection:
            return
        session.connection = None
        if connection.close_code in SESSION_ENDS:
            self.end(session)
        else:
            self._await_return(session)

    def _await_return(self, session: Session) -> None:
        session.forget_expiry = self.clock.call_later(self.session_lifetime, lambda: self.end(session))

    def _on_event(self, event: Event) -> None:
        for session in list(self.sessions.values()):
            addressing.deliver(self.world, session, event)


def register(app: web.Application, sandbox: "Sandbox") -> None:
    """Serve the WebSocket at both its addresses; some libraries put a slash before the query."""
    for path in (PATH, RESUME_PATH):
        app.router.add_get(path, sandbox.gateway.serve)
        app.router.add_get(f"{path}/", sandbox.gateway.serve)
    app.on_shutdown.append(sandbox.gateway.on_shutdown)
