"""What an identified client may ask for: members, presence, soundboard sounds."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox import payload
from sandbox.gateway.protocol import Close, Closing, Intent, Op
from sandbox.gateway.session import Session
from sandbox.world import Guild, Member

if TYPE_CHECKING:
    from sandbox.gateway import Gateway

CHUNK = 1000
MAX_ASKED = 100
ALL_EVERY = 30.0  # seconds between two requests of one bot for all members of one guild
STATUSES = ("online", "dnd", "idle", "invisible", "offline")


def presence_update(gateway: "Gateway", session: Session, data: dict[str, Any]) -> None:
    """Op 3: checked, and without effect, for nobody looks at a bot's presence here."""
    if data.get("status") not in STATUSES or not isinstance(data.get("activities", []), list):
        raise Closing(Close.DECODE_ERROR)


def voice_state_update(gateway: "Gateway", session: Session, data: dict[str, Any]) -> None:
    """Op 4: the sandbox has no voice; Discord too leaves a request unanswered that it cannot serve."""


def request_guild_members(gateway: "Gateway", session: Session, data: dict[str, Any]) -> None:
    """Op 8: members by name or by id, in chunks of 1000 (https://docs.discord.com/developers/events/gateway-events#request-guild-members)."""
    guild = _guild(gateway, session, data.get("guild_id"))
    if guild is None:
        return
    if "user_ids" in data and data["user_ids"] is not None:
        found, missing = _by_ids(guild, data["user_ids"])
    else:
        query, limit = data.get("query"), data.get("limit", 0)
        if not isinstance(query, str) or not isinstance(limit, int) or limit < 0:
            raise Closing(Close.DECODE_ERROR)
        if not query and not limit:
            if not session.intents & Intent.GUILD_MEMBERS:
                return  # the whole list needs the intent
            if wait := _wait_for_all(gateway, session, guild):
                meta = {"guild_id": str(guild.id), "nonce": data.get("nonce")}
                session.dispatch("RATE_LIMITED", {"opcode": int(Op.REQUEST_GUILD_MEMBERS), "retry_after": wait, "meta": meta})
                return
        found, missing = _by_name(gateway, guild, query, min(limit or len(guild.members), MAX_ASKED if query else len(guild.members))), []
    _send_chunks(gateway, session, guild, found, missing, data)


def request_soundboard_sounds(gateway: "Gateway", session: Session, data: dict[str, Any]) -> None:
    """Op 31: no guild here has sounds."""
    if not isinstance(data.get("guild_ids"), list):
        raise Closing(Close.DECODE_ERROR)
    for raw in data["guild_ids"]:
        if guild := _guild(gateway, session, raw):
            session.dispatch("SOUNDBOARD_SOUNDS", {"guild_id": str(guild.id), "soundboard_sounds": []})


def _guild(gateway: "Gateway", session: Session, raw: Any) -> Guild | None:
    try:
        guild_id = int(raw)
    except (TypeError, ValueError):
        raise Closing(Close.DECODE_ERROR) from None
    return gateway.world.guilds.get(guild_id) if guild_id in session.guild_ids else None


def _wait_for_all(gateway: "Gateway", session: Session, guild: Guild) -> float:
    """Seconds until the bot may ask for all members of this guild again; 0 counts this request
    (https://docs.discord.com/developers/events/gateway-events#rate-limited)."""
    now, key = gateway.world.clock.now(), (session.application.id, guild.id)
    wait = gateway.asked_for_all.get(key, -ALL_EVERY) + ALL_EVERY - now
    if wait > 0:
        return wait
    gateway.asked_for_all[key] = now
    return 0.0


def _by_ids(guild: Guild, raw: Any) -> tuple[list[Member], list[str]]:
    asked = raw if isinstance(raw, list) else [raw]
    if len(asked) > MAX_ASKED or not all(str(one).isdecimal() for one in asked):
        raise Closing(Close.DECODE_ERROR)
    found = [guild.members[int(one)] for one in asked if int(one) in guild.members]
    return found, [str(one) for one in asked if int(one) not in guild.members]


def _by_name(gateway: "Gateway", guild: Guild, query: str, limit: int) -> list[Member]:
    def matches(member: Member) -> bool:
        user = gateway.world.user(member.user_id)
        return any(name.lower().startswith(query.lower()) for name in (user.username, user.global_name, member.nick) if name)

    return [member for member in guild.members.values() if matches(member)][:limit]


def _send_chunks(
    gateway: "Gateway", session: Session, guild: Guild, found: list[Member], missing: list[str], asked: dict[str, Any]
) -> None:
    chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
    for index, chunk in enumerate(chunks):
        data: dict[str, Any] = {
            "guild_id": str(guild.id),
            "members": [payload.member(gateway.world, member) for member in chunk],
            "chunk_index": index,
            "chunk_count": len(chunks),
        }
        if missing:
            data["not_found"] = missing
        if asked.get("presences") and session.intents & Intent.GUILD_PRESENCES:
            data["presences"] = []
        if isinstance(asked.get("nonce"), str) and len(asked["nonce"].encode()) <= 32:
            data["nonce"] = asked["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", data)


HANDLERS: dict[int, Callable[["Gateway", Session, dict[str, Any]], None]] = {
    Op.PRESENCE_UPDATE: presence_update,
    Op.VOICE_STATE_UPDATE: voice_state_update,
    Op.REQUEST_GUILD_MEMBERS: request_guild_members,
    Op.REQUEST_SOUNDBOARD_SOUNDS: request_soundboard_sounds,
}
