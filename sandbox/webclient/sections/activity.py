"""What happens: interactions, REST exchanges, gateway frames, rate limits, faults."""

import json
from typing import TYPE_CHECKING, Any

from sandbox import payload
from sandbox.faults import Fault
from sandbox.gateway import Frame
from sandbox.gateway.protocol import Intent
from sandbox.interactions import Interaction
from sandbox.ratelimit import INVALID_LIMIT
from sandbox.traffic import Exchange
from sandbox.world import Message, World

if TYPE_CHECKING:
    from sandbox.server import Sandbox

OWN_ADDRESS = "127.0.0.1"
BUCKETS_SHOWN = 50


def message(world: World, record: Message, viewer_id: int, *, failed: bool) -> dict[str, Any]:
    """A message; `failed`: its "thinking…" never ended; `command`: the command it answers, which Discord keeps to itself."""
    return {**payload.message(world, record, viewer_id), "failed": failed, "command": record.command}


def interaction(record: Interaction) -> dict[str, Any]:
    """How an interaction stands."""
    return {
        "id": str(record.id),
        "kind": record.kind.name.lower(),
        "state": record.state,
        "what": record.what,
        "custom_id": record.data.get("custom_id"),
        "message_id": str(record.message.id) if record.message else None,
        "channel_id": str(record.channel_id),
        "reply": record.reply.name.lower() if record.reply is not None else None,
        "modal": record.modal,
    }


def exchange(number: int, record: Exchange) -> dict[str, Any]:
    """A REST request in one line."""
    return {
        "n": number,
        "at": record.started,
        "method": record.method,
        "path": record.path,
        "route": record.route,
        "status": record.status,
        "code": record.code,
        "ms": None if record.ended is None else round((record.ended - record.started) * 1000, 1),
        "fault": record.fault,
        "application_id": _id(record.application_id),
    }


def whole_exchange(number: int, record: Exchange) -> dict[str, Any]:
    """A REST request with all that was said."""
    names = ("query", "request_headers", "body", "response", "response_headers")
    return {**exchange(number, record), **{name: getattr(record, name) for name in names}}


def frame(number: int, record: Frame) -> dict[str, Any]:
    """A gateway frame in one line; `size` is in characters of JSON."""
    return {
        "n": number,
        "at": record.at,
        "direction": record.direction,
        "op": record.payload.get("op"),
        "name": record.payload.get("t"),
        "s": record.payload.get("s"),
        "application_id": _id(record.application_id),
        "size": len(json.dumps(record.payload)),
    }


def whole_frame(number: int, record: Frame) -> dict[str, Any]:
    """A gateway frame with what it carries."""
    return {**frame(number, record), "payload": record.payload}


def buckets(sandbox: "Sandbox") -> list[dict[str, Any]]:
    """The rate-limit windows that are open, the one that ends first first."""
    found = [
        {"who": who, "bucket": bucket, "major": major, "limit": window.limit, "used": window.used, "resets_at": window.ends}
        for (who, bucket, major), window in sandbox.ratelimits.windows().items()
    ]
    return sorted(found, key=lambda one: one["resets_at"])[:BUCKETS_SHOWN]


def limits(sandbox: "Sandbox") -> dict[str, Any]:
    """How near the ban for invalid requests is."""
    limiter = sandbox.ratelimits
    return {
        "enabled": limiter.enabled,
        "invalid_requests": limiter.invalid_count(OWN_ADDRESS),
        "invalid_limit": INVALID_LIMIT,
        "banned_for": limiter.banned_for(OWN_ADDRESS),
    }


def faults(rules: dict[int, Fault]) -> list[dict[str, Any]]:
    """The rules in force."""
    names = ("kind", "method", "route", "path", "status", "code", "retry_after", "scope", "seconds", "count", "probability", "hits")
    return [{"id": str(fault_id), **{name: getattr(fault, name) for name in names}} for fault_id, fault in rules.items()]


def gateway(sandbox: "Sandbox") -> dict[str, Any]:
    """Connections and sessions."""
    live = sandbox.gateway
    return {
        "connections": len(live.connections),
        "sessions": [
            {
                "id": session.id,
                "application_id": str(session.application.id),
                "shard": list(session.shard),
                "connected": session.connection is not None,
                "silent": session.withheld is not None,
                "intents": [intent.name for intent in Intent if session.intents & intent],
            }
            for session in live.sessions.values()
        ],
        "refuses": live.refuses,
        "refuses_resumes": live.refuses_resumes,
        "acknowledges": live.acknowledges,
        "silences_new": live.withheld_from_new is not None,
    }


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
