"""IDENTIFY and RESUME: who may open a session, with which intents and on which shard."""

import secrets
from typing import TYPE_CHECKING, Any

from sandbox import payload
from sandbox.gateway import addressing
from sandbox.gateway.protocol import ALL_INTENTS, PRIVILEGED_INTENTS, UNDESCRIBED_INTENTS, Close, Closing
from sandbox.gateway.session import Session
from sandbox.world import Application

if TYPE_CHECKING:
    from sandbox.gateway import Gateway
    from sandbox.gateway.connection import Connection

SESSION_START_TOTAL, DAY = 1000, 86_400.0


def session_start_limit(gateway: "Gateway", application: Application) -> dict[str, int]:
    """What `GET /gateway/bot` tells of the identifies left today; `reset_after` is in milliseconds."""
    now = gateway.clock.now()
    starts = [at for at in gateway.session_starts.get(application.id, []) if at > now - DAY]
    reset = int((starts[0] + DAY - now) * 1000) if starts else 0
    return {
        "total": SESSION_START_TOTAL, "remaining": max(0, SESSION_START_TOTAL - len(starts)), "reset_after": reset,
        "max_concurrency": application.max_concurrency,
    }  # fmt: skip


def identify(gateway: "Gateway", connection: "Connection", data: Any) -> None:
    """Open a session: READY, then each guild of the shard."""
    if connection.session:
        raise Closing(Close.ALREADY_AUTHENTICATED)
    if not isinstance(data, dict) or not isinstance(data.get("properties"), dict):
        raise Closing(Close.DECODE_ERROR)
    application = _authenticate(gateway, data.get("token"))
    shard = _shard(data.get("shard"))
    intents = _intents(data.get("intents"), application)
    mine = [guild for guild in gateway.world.guilds.values() if application.bot_id in guild.members]
    if len(mine) / shard[1] > gateway.guilds_per_shard:
        raise Closing(Close.SHARDING_REQUIRED)
    if not _may_start(gateway, application, shard[0]):
        gateway.invalidate(connection, resumable=False)
        return
    threshold = data.get("large_threshold", 50)
    if not isinstance(threshold, int) or not 50 <= threshold <= 250:
        raise Closing(Close.DECODE_ERROR)
    session = Session(secrets.token_hex(16), application, intents, shard, threshold, lambda s, f: gateway.record(s, "out", f))
    session.withheld = gateway.withheld_from_new
    gateway.sessions[session.id] = session
    session.connection, connection.session = connection, session
    session.guild_ids = {guild.id for guild in mine if session.holds(guild.id)}
    _ready(gateway, session, shard if "shard" in data else None)
    for guild_id in sorted(session.guild_ids):
        addressing.introduce(gateway.world, session, guild_id)
    gateway.changed()


def resume(gateway: "Gateway", connection: "Connection", data: Any) -> None:
    """Take up a session again: the missed events in order, then RESUMED."""
    if connection.session:
        raise Closing(Close.ALREADY_AUTHENTICATED)
    if not isinstance(data, dict) or not isinstance(data.get("seq"), int) or not isinstance(data.get("session_id"), str):
        raise Closing(Close.DECODE_ERROR)
    application = _authenticate(gateway, data.get("token"))
    session = gateway.sessions.get(data["session_id"])
    if not session or session.application is not application or not session.replayable_from(data["seq"]):
        gateway.invalidate(connection, resumable=False)
        return
    if data["seq"] > session.sequence:
        raise Closing(Close.INVALID_SEQUENCE)
    if session.connection:
        session.connection.session = None
        session.connection.close(int(Close.UNKNOWN_ERROR))
    if session.forget_expiry:
        session.forget_expiry()
    session.connection, connection.session = connection, session
    session.replay(data["seq"])
    session.dispatch("RESUMED", {"_trace": ["sandbox"]})
    gateway.changed()


def _authenticate(gateway: "Gateway", token: Any) -> Application:
    application = gateway.world.application_of(token.removeprefix("Bot ")) if isinstance(token, str) else None
    if not application:
        raise Closing(Close.AUTHENTICATION_FAILED)
    return application


def _shard(shard: Any) -> tuple[int, int]:
    if shard is None:
        return (0, 1)
    if not isinstance(shard, list) or len(shard) != 2 or not all(isinstance(part, int) for part in shard):
        raise Closing(Close.INVALID_SHARD)
    number, count = shard
    if not 0 <= number < count:
        raise Closing(Close.INVALID_SHARD)
    return (number, count)


def _intents(intents: Any, application: Application) -> int:
    known = ALL_INTENTS | UNDESCRIBED_INTENTS
    if not isinstance(intents, int) or isinstance(intents, bool) or intents < 0 or intents & ~known:
        raise Closing(Close.INVALID_INTENTS)
    if intents & PRIVILEGED_INTENTS & ~application.privileged_intents:
        raise Closing(Close.DISALLOWED_INTENTS)
    return intents


def _may_start(gateway: "Gateway", application: Application, shard_id: int) -> bool:
    """One IDENTIFY in 5 s for each concurrency bucket (https://docs.discord.com/developers/topics/gateway#sharding-max-concurrency)."""
    now, bucket = gateway.clock.now(), (application.id, shard_id % application.max_concurrency)
    if now - gateway.identified_at.get(bucket, float("-inf")) < gateway.identify_interval:
        return False
    if session_start_limit(gateway, application)["remaining"] == 0:
        return False
    gateway.identified_at[bucket] = now
    gateway.session_starts.setdefault(application.id, []).append(now)
    return True


def _ready(gateway: "Gateway", session: Session, shard: tuple[int, int] | None) -> None:
    application = session.application
    about = payload.partial_application(application)
    data: dict[str, Any] = {
        "v": 10,
        "user_settings": {},
        "user": payload.own_user(gateway.world, application),
        "session_type": "normal",
        "session_id": session.id,
        "resume_gateway_url": gateway.sandbox.resume_gateway_url,
        "relationships": [],
        "private_channels": [],
        "presences": [],
        "guilds": [{"unavailable": True, "id": str(guild_id)} for guild_id in sorted(session.guild_ids)],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "auth": {},
        "application": {**about, "flags_new": str(about["flags"])},
        "_trace": ["sandbox"],
    }
    if shard:
        data["shard"] = list(shard)
    session.dispatch("READY", data)
