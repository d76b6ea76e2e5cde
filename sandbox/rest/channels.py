"""Channels: read, create, change, move, delete; their overwrites."""

from typing import TYPE_CHECKING, Any

from sandbox import channels, guard, payload, permissions, validate
from sandbox.errors import CANNOT_EXECUTE_ON_DM, MISSING_PERMISSIONS, ApiError, field_error, invalid_form, unknown
from sandbox.guard import Actor
from sandbox.payload.channels import CATEGORY, IS_SPOILER_CHANNEL, TEXT
from sandbox.permissions import Permission as P
from sandbox.permissions import visible_channels
from sandbox.rest.router import Answer, Call, Router
from sandbox.validate.guilds import ChannelCreateForm, ChannelForm, OverwriteForm, PositionsForm, text_channel_name
from sandbox.world import Channel, Overwrite

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    router.get("/guilds/{guild_id}/channels", listing)
    router.post("/guilds/{guild_id}/channels", create)
    router.patch("/guilds/{guild_id}/channels", move)
    router.get("/guilds/{guild_id}/threads/active", threads)
    router.get("/channels/{channel_id}", get)
    router.patch("/channels/{channel_id}", edit)
    router.delete("/channels/{channel_id}", delete)
    router.put("/channels/{channel_id}/permissions/{overwrite_id}", put_overwrite)
    router.delete("/channels/{channel_id}/permissions/{overwrite_id}", delete_overwrite)


async def listing(call: Call) -> list[dict[str, Any]]:
    """GET a guild's channels; those that the bot may not view are left out."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    visible = visible_channels(actor.guild, actor.member, call.world.clock.now())
    return [payload.channel(call.world, channel) for channel in actor.guild.channels.values() if channel.id in visible]


async def threads(call: Call) -> dict[str, Any]:
    """GET the active threads: the sandbox has none."""
    guard.in_guild(call.world, call.application, call.id("guild_id"))
    return {"threads": [], "members": [], "has_more": False}


async def get(call: Call) -> dict[str, Any]:
    """GET a channel."""
    channel, _ = guard.in_channel(call.world, call.application, call.id("channel_id"))
    return payload.channel(call.world, channel, call.application.bot_id)


async def create(call: Call) -> Answer:
    """POST a channel."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_CHANNELS)
    form = validate.parse(ChannelCreateForm, call.json())
    if len(actor.guild.channels) >= channels.MAX_CHANNELS:
        raise ApiError(400, 30013, f"Maximum number of guild channels reached ({channels.MAX_CHANNELS})")
    kind = form.type if form.type is not None else TEXT
    fields = _fields(actor, form, kind)
    position = fields.pop("position", sum(c.type == kind for c in actor.guild.channels.values()))
    channel = Channel(call.world.new_id(), kind, actor.guild.id, position=position, **fields)
    channels.create(call.world, actor.guild, channel, call.application.bot_id, call.reason)
    return Answer(201, payload.channel(call.world, channel))


async def edit(call: Call) -> dict[str, Any]:
    """PATCH a channel."""
    channel, actor = _manage(call)
    form = validate.parse(ChannelForm, call.json())
    if form.permission_overwrites is not None:
        actor.require(P.MANAGE_ROLES, channel)
    channels.edit(call.world, actor.guild, channel, _fields(actor, form, channel.type, channel), call.application.bot_id, call.reason)
    return payload.channel(call.world, channel)


async def delete(call: Call) -> dict[str, Any]:
    """DELETE a channel; closing a DM deletes nothing."""
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"))
    if actor is not None:
        actor.require(P.MANAGE_CHANNELS, channel)
        channels.delete(call.world, actor.guild, channel, call.application.bot_id, call.reason)
    return payload.channel(call.world, channel, call.application.bot_id)


async def move(call: Call) -> None:
    """PATCH the channels' positions."""
    actor = guard.in_guild(call.world, call.application, call.id("guild_id"))
    actor.require(P.MANAGE_CHANNELS)
    form = validate.parse(PositionsForm, {"items": call.json_list()})
    for item in form.items:
        if item.id not in actor.guild.channels:
            raise unknown("Channel")
    for item in form.items:
        given: dict[str, Any] = {} if item.position is None else {"position": item.position}
        if "parent_id" in item.model_fields_set:
            given["parent_id"] = _parent(actor, item.parent_id)
        if given:
            channels.edit(call.world, actor.guild, actor.guild.channels[item.id], given, call.application.bot_id, call.reason)


async def put_overwrite(call: Call) -> None:
    """PUT an overwrite for a role or a member."""
    channel, actor = _manage(call, P.MANAGE_ROLES)
    form = validate.parse(OverwriteForm, {**call.json(), "id": call.params["overwrite_id"]})
    overwrite = _overwrite(actor, form, channel, channel.parent_id)
    channels.set_overwrite(call.world, actor.guild, channel, overwrite, call.application.bot_id, call.reason)


async def delete_overwrite(call: Call) -> None:
    """DELETE an overwrite."""
    channel, actor = _manage(call, P.MANAGE_ROLES)
    overwrite_id = call.id("overwrite_id")
    if overwrite_id not in channel.overwrites:
        raise unknown("Permission Overwrite")
    channels.remove_overwrite(call.world, actor.guild, channel, overwrite_id, call.application.bot_id, call.reason)


def _manage(call: Call, needed: P = P.MANAGE_CHANNELS) -> tuple[Channel, Actor]:
    channel, actor = guard.in_channel(call.world, call.application, call.id("channel_id"))
    if actor is None:
        raise CANNOT_EXECUTE_ON_DM
    actor.require(needed, channel)
    return channel, actor


def _fields(actor: Actor, form: ChannelForm, kind: int, channel: Channel | None = None) -> dict[str, Any]:
    given = form.model_fields_set
    fields: dict[str, Any] = {}
    if form.name is not None:
        fields["name"] = text_channel_name(form.name) if kind in (0, 5, 15) else form.name
    for name in ("position", "nsfw", "rate_limit_per_user"):
        if getattr(form, name) is not None:
            fields[name] = getattr(form, name)
    if form.flags is not None:
        fields["flags"] = _flags(form, channel)
    if "topic" in given:
        fields["topic"] = form.topic or None
    if "parent_id" in given:
        fields["parent_id"] = _parent(actor, form.parent_id)
    if form.permission_overwrites is not None:
        parent = fields.get("parent_id", channel.parent_id if channel else None)
        overwrites = [_overwrite(actor, o, channel, parent) for o in form.permission_overwrites]
        fields["overwrites"] = {o.id: o for o in overwrites}
    return fields


def _flags(form: ChannelForm, channel: Channel | None) -> int:
    """The flags that may be set; a spoiler channel is never age-restricted as well (since July 2026)."""
    nsfw = form.nsfw if form.nsfw is not None else channel is not None and channel.nsfw
    flags = (form.flags or 0) & IS_SPOILER_CHANNEL
    if flags and nsfw:
        raise invalid_form({"flags": field_error("CHANNEL_SPOILER_AND_NSFW", "An age-restricted channel cannot be a spoiler channel")})
    return flags


def _parent(actor: Actor, parent_id: int | None) -> int | None:
    if parent_id is None:
        return None
    parent = actor.guild.channels.get(parent_id)
    if parent is None:
        raise invalid_form({"parent_id": field_error("CHANNEL_PARENT_INVALID", "Category does not exist")})
    if parent.type != CATEGORY:
        raise invalid_form({"parent_id": field_error("CHANNEL_PARENT_INVALID_TYPE", "Not a category")})
    return parent_id


def _overwrite(actor: Actor, form: OverwriteForm, channel: Channel | None, parent_id: int | None) -> Overwrite:
    """A bot can allow or deny only what it holds in the guild or the category; with a Manage Roles overwrite of the channel, everything.

    https://docs.discord.com/developers/resources/channel#edit-channel-permissions
    """
    if form.id is None:
        raise invalid_form({"id": field_error("BASE_TYPE_REQUIRED", "This field is required")})
    allow, deny = form.allow or 0, form.deny or 0
    held = actor.held if parent_id is None else actor.held | actor.held_in(actor.guild.channels[parent_id])
    if channel is not None and permissions.overwritten(channel, actor.member) & P.MANAGE_ROLES:
        held = permissions.ALL
    before = channel.overwrites.get(form.id) if channel else None
    touched = (allow ^ before.allow | deny ^ before.deny) if before else allow | deny
    if touched & ~held:
        raise MISSING_PERMISSIONS
    if form.type == 0:
        actor.guild.role(form.id)
    else:
        actor.world.user(form.id)
    return Overwrite(form.id, form.type, allow, deny & ~allow)
