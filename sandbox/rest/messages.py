"""Messages of a channel: read, send, edit, delete, pin, typing."""

from typing import TYPE_CHECKING, Any

from sandbox import audit, guard, messages, payload, validate
from sandbox.audit import Action
from sandbox.errors import (
    CANNOT_EXECUTE_ON_DM,
    CANNOT_SEND_TO_USER,
    EDIT_OF_ANOTHER_USER,
    INVALID_STICKER,
    ApiError,
    unknown,
)
from sandbox.messages import Origin
from sandbox.permissions import Permission as P
from sandbox.rest.router import Call, Router
from sandbox.validate.guilds import BulkDeleteForm
from sandbox.world import DISCORD_EPOCH_MS, Channel, Event, Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox

FORTNIGHT = 14 * 86_400
MAX_PINS = 250


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    base = "/channels/{channel_id}/messages"
    router.get(base, listing)
    router.post(base, create)
    router.post(f"{base}/bulk-delete", bulk_delete)
    router.get(f"{base}/{{message_id}}", get)
    router.patch(f"{base}/{{message_id}}", edit)
    router.delete(f"{base}/{{message_id}}", delete)
    router.post("/channels/{channel_id}/typing", typing)
    router.get("/channels/{channel_id}/pins", pins)
    router.put("/channels/{channel_id}/pins/{message_id}", pin)
    router.delete("/channels/{channel_id}/pins/{message_id}", unpin)
    router.get(f"{base}/pins", pins_page)
    router.put(f"{base}/pins/{{message_id}}", pin)
    router.delete(f"{base}/pins/{{message_id}}", unpin)


def find(call: Call, channel: Channel) -> Message:
    """The message of the path; ephemeral ones do not exist for these routes."""
    message = call.world.message(channel.id, call.id("message_id"))
    if message.visible_to is not None:
        raise unknown("Message")
    return message


async def listing(call: Call) -> list[dict[str, Any]]:
    """GET messages, newest first; `before`, `after` or `around`."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"))
    limit = call.number("limit", 50, 1, 100)
    before, after, around = call.query_id("before"), call.query_id("after"), call.query_id("around")
    if actor is not None and not actor.held_in(channel) & P.READ_MESSAGE_HISTORY:
        return []
    found = sorted((m for m in call.world.messages.get(channel.id, {}).values() if m.visible_to is None), key=lambda m: m.id)
    if around is not None:
        older = [m for m in found if m.id <= around][-(limit // 2 + 1) :]
        found = older + [m for m in found if m.id > around][: limit - len(older)]
    elif after is not None:
        found = [m for m in found if m.id > after][:limit]
    else:
        found = [m for m in found if before is None or m.id < before][-limit:]
    return [payload.message(call.world, m, call.application.bot_id) for m in reversed(found)]


async def get(call: Call) -> dict[str, Any]:
    """GET a message."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"), P.READ_MESSAGE_HISTORY)
    return payload.message(call.world, find(call, channel), call.application.bot_id)


async def create(call: Call) -> dict[str, Any]:
    """POST a message."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.SEND_MESSAGES)
    body = call.json()
    if actor is None and not _acquainted(call, channel):
        raise CANNOT_SEND_TO_USER
    if body.get("sticker_ids"):
        raise INVALID_STICKER  # no guild here has any
    if actor is not None:
        if body.get("embeds"):
            actor.require(P.EMBED_LINKS, channel)
        if call.uploads:
            actor.require(P.ATTACH_FILES, channel)
        if body.get("tts"):
            actor.require(P.SEND_TTS_MESSAGES, channel)
        if body.get("message_reference"):
            actor.require(P.READ_MESSAGE_HISTORY, channel)
    message = messages.create(call.sandbox, channel, body, call.uploads, Origin(call.application.bot_id))
    return payload.message(call.world, message, call.application.bot_id)


async def edit(call: Call) -> dict[str, Any]:
    """PATCH a message: one's own, or the flags of another's with MANAGE_MESSAGES."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"))
    message = find(call, channel)
    body = call.json()
    if message.author_id != call.application.bot_id:
        if set(body) != {"flags"} or actor is None:
            raise EDIT_OF_ANOTHER_USER
        actor.require(P.MANAGE_MESSAGES, channel)
    messages.edit(call.sandbox, message, body, call.uploads)
    return payload.message(call.world, message, call.application.bot_id)


async def delete(call: Call) -> None:
    """DELETE a message: one's own, or another's with MANAGE_MESSAGES."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"))
    message = find(call, channel)
    if message.author_id != call.application.bot_id:
        if actor is None:
            raise CANNOT_EXECUTE_ON_DM
        actor.require(P.MANAGE_MESSAGES, channel)
        options = {"channel_id": str(channel.id), "count": "1"}
        audit.record(
            call.world, actor.guild, Action.MESSAGE_DELETE, call.application.bot_id, message.author_id, call.reason, options=options
        )
    messages.delete(call.sandbox, message)


async def bulk_delete(call: Call) -> None:
    """POST bulk-delete: 2 to 100 messages that are younger than two weeks."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.MANAGE_MESSAGES)
    if actor is None:
        raise CANNOT_EXECUTE_ON_DM
    ids = set(validate.parse(BulkDeleteForm, call.json()).messages)
    oldest = int((call.world.clock.now() - FORTNIGHT) * 1000) - DISCORD_EPOCH_MS
    if any(i >> 22 < oldest for i in ids):
        raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
    found = [m for m in call.world.messages.get(channel.id, {}).values() if m.id in ids and m.visible_to is None]
    messages.delete_many(call.sandbox, channel, found)
    options = {"count": str(len(found))}
    audit.record(call.world, actor.guild, Action.MESSAGE_BULK_DELETE, call.application.bot_id, channel.id, call.reason, options=options)


async def typing(call: Call) -> None:
    """POST typing."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.SEND_MESSAGES)
    data: dict[str, Any] = {
        "channel_id": str(channel.id),
        "user_id": str(call.application.bot_id),
        "timestamp": int(call.world.clock.now()),
    }
    if actor is not None:
        data |= {"guild_id": str(actor.guild.id), "member": payload.member(call.world, actor.member)}
    call.world.emit(Event("TYPING_START", data, channel.guild_id, 1 << 14 if channel.guild_id is None else 1 << 11))


async def pins(call: Call) -> list[dict[str, Any]]:
    """GET the pinned messages."""
    return [payload.message(call.world, m, call.application.bot_id) for m in _pinned(call)]


async def pins_page(call: Call) -> dict[str, Any]:
    """GET the pinned messages with the time of pinning (here: of the message)."""
    items = [
        {"pinned_at": payload.iso(m.timestamp), "message": payload.message(call.world, m, call.application.bot_id)} for m in _pinned(call)
    ]
    return {"items": items, "has_more": False}


async def pin(call: Call) -> None:
    """PUT a pin."""
    _set_pinned(call, True)


async def unpin(call: Call) -> None:
    """DELETE a pin."""
    _set_pinned(call, False)


def _acquainted(call: Call, channel: Channel) -> bool:
    """Whether a direct message would arrive: the two share a guild."""
    return any(set(channel.recipient_ids) <= guild.members.keys() for guild in call.world.guilds.values())


def _pinned(call: Call) -> list[Message]:
    """The pinned messages, newest first; none for who may not read the channel's history."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"))
    if actor is not None and not actor.held_in(channel) & P.READ_MESSAGE_HISTORY:
        return []
    found = [m for m in call.world.messages.get(channel.id, {}).values() if m.pinned]
    return sorted(found, key=lambda m: -m.id)


def _set_pinned(call: Call, pinned: bool) -> None:
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"), P.READ_MESSAGE_HISTORY)
    if actor is not None:
        actor.require(P.PIN_MESSAGES, channel)  # Manage Messages no longer suffices since 23 February 2026
    message = find(call, channel)
    if pinned and not message.pinned and len(_pinned(call)) >= MAX_PINS:
        raise ApiError(400, 30003, f"Maximum number of pins reached ({MAX_PINS})")
    if message.pinned == pinned:
        return
    message.pinned = pinned
    data: dict[str, Any] = {"channel_id": str(channel.id), "last_pin_timestamp": payload.iso(call.world.clock.now()) if pinned else None}
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
    intent = messages.DIRECT_MESSAGES if channel.guild_id is None else 1 << 0
    call.world.emit(Event("CHANNEL_PINS_UPDATE", data, channel.guild_id, intent))
    if actor is not None:
        action = Action.MESSAGE_PIN if pinned else Action.MESSAGE_UNPIN
        options = {"channel_id": str(channel.id), "message_id": str(message.id)}
        audit.record(call.world, actor.guild, action, call.application.bot_id, message.author_id, call.reason, options=options)
