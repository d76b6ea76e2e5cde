"""A look behind the scenes, and trouble on order."""

from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from sandbox.faults import Fault, FaultKind
from sandbox.ratelimit import Scope
from sandbox.webclient.request import Invalid, Request
from sandbox.webclient.sections import activity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.webclient.window import Window

T = TypeVar("T")

LONGEST_WAIT = 600.0


async def exchange(window: "Window", request: Request) -> dict[str, Any]:
    """All of a REST request."""
    number, record = _numbered(window.hub.exchanges, request)
    return {"exchange": activity.whole_exchange(number, record)}


async def frame(window: "Window", request: Request) -> dict[str, Any]:
    """All of a gateway frame."""
    number, record = _numbered(window.hub.frames, request)
    return {"frame": activity.whole_frame(number, record)}


async def fault_add(window: "Window", request: Request) -> dict[str, str]:
    """Put a fault in force."""
    fault = Fault(
        kind=cast(FaultKind, request.one_of("kind", get_args(FaultKind))),
        method=request.text("method", "*").upper(),
        route=request.text("route", "*"),
        path=request.text("path", "*"),
        status=request.whole("status", 500, low=400, high=599),
        code=request.whole("code", 0),
        message=request.text("message") if request.fields.get("message") is not None else None,
        retry_after=request.number("retry_after", 1.0, high=LONGEST_WAIT),
        scope=cast(Scope, request.one_of("scope", get_args(Scope), "user")),
        seconds=request.number("seconds", 0.0, high=LONGEST_WAIT),
        count=request.whole("count", low=1) if request.fields.get("count") is not None else None,
        probability=request.number("probability", 1.0, high=1.0),
    )
    window.sandbox.faults.add(fault)
    window.hub.trouble_changed()
    return {"fault_id": str(next(number for number, rule in window.hub.faults().items() if rule is fault))}


async def fault_remove(window: "Window", request: Request) -> None:
    """Take a fault back."""
    fault = window.hub.faults().get(request.id("fault_id"))
    if fault is None:
        raise Invalid("that fault is not in force")
    window.sandbox.faults.remove(fault)
    window.hub.trouble_changed()


async def faults_clear(window: "Window", request: Request) -> None:
    """Take every fault back."""
    window.sandbox.faults.clear()
    window.hub.trouble_changed()


async def gateway(window: "Window", request: Request) -> None:
    """Trouble the gateway, or end its trouble."""
    live = window.sandbox.gateway
    actions = {
        "drop": live.drop_connections,
        "reconnect": live.request_reconnect,
        "invalidate": lambda: live.invalidate_sessions(False),
        "invalidate_resumable": lambda: live.invalidate_sessions(True),
        "refuse": lambda: live.refuse_connections(True),
        "accept": lambda: live.refuse_connections(False),
        "stop_acks": lambda: live.stop_acks(True),
        "resume_acks": lambda: live.stop_acks(False),
        "silence": live.silence_sessions,
        "end_silence": lambda: live.silence_sessions(None),
        "silence_new": live.silence_new_sessions,
        "end_silence_new": lambda: live.silence_new_sessions(None),
        "refuse_resumes": lambda: live.refuse_resumes(True),
        "accept_resumes": lambda: live.refuse_resumes(False),
    }
    actions[request.one_of("action", tuple(actions))]()
    window.hub.world_changed()


async def limits(window: "Window", request: Request) -> None:
    """Switch the rate limits on or off, or forget what was counted."""
    limiter = window.sandbox.ratelimits
    limiter.enabled = request.flag("enabled", limiter.enabled)
    if request.flag("reset", False):
        limiter.reset()
    window.hub.trouble_changed()


OPERATIONS = {one.__name__: one for one in (exchange, frame, fault_add, fault_remove, faults_clear, gateway, limits)}


def _numbered(kept: "Iterable[tuple[int, T]]", request: Request) -> tuple[int, T]:
    wanted = request.whole("n")
    found = next((pair for pair in kept if pair[0] == wanted), None)
    if found is None:
        raise Invalid("that is too long ago")
    return found
