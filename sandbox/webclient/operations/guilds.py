"""The powers of the sandbox over a guild: its roles, its channels, and its return to the start."""

import copy
import functools
import operator
from typing import TYPE_CHECKING

from sandbox import channels, permissions, roles
from sandbox.permissions import Permission
from sandbox.webclient.request import Invalid, Request
from sandbox.world import Channel, Guild, Role

if TYPE_CHECKING:
    from sandbox.webclient.window import Window

TEXT, CATEGORY, ANNOUNCEMENT = 0, 4, 5
WHITE = 0xFFFFFF


async def add_role(window: "Window", request: Request) -> dict[str, str]:
    """A new role, the lowest one as everywhere at Discord."""
    world, guild = window.sandbox.world, request.guild(window.sandbox.world)
    if len(guild.roles) >= roles.MAX_ROLES:
        raise Invalid(f"a guild has {roles.MAX_ROLES} roles at most")
    bits = functools.reduce(operator.or_, map(_permission, request.list("permissions")), 0)
    role = Role(
        world.new_id(), guild.id, request.name("name"), 1, bits, request.whole("color", 0, high=WHITE), request.flag("hoist", False)
    )
    return {"role_id": str(roles.create(world, guild, role, guild.owner_id).id)}


async def delete_role(window: "Window", request: Request) -> None:
    """A role goes."""
    guild, role = request.role(window.sandbox.world)
    if role.managed:
        raise Invalid(f"{role.name} is managed: it goes with its bot")
    roles.delete(window.sandbox.world, guild, role, guild.owner_id)


async def move_role(window: "Window", request: Request) -> None:
    """A role gets another place."""
    guild, role = request.role(window.sandbox.world)
    roles.move(window.sandbox.world, guild, {role.id: request.whole("position", low=1, high=len(guild.roles) - 1)})


async def place_role(window: "Window", request: Request) -> None:
    """A role goes just above or just below the bot's top role."""
    guild, role = request.role(window.sandbox.world)
    top = _bots_top_role(window, guild)
    above = request.flag("above_bot")
    if role is top:
        raise Invalid(f"{role.name} is the bot's own top role")
    if above != (permissions.rank(role) > permissions.rank(top)):
        roles.move(window.sandbox.world, guild, {role.id: top.position})


async def role_permission(window: "Window", request: Request) -> None:
    """A role gets or loses a permission; @everyone too."""
    world, role_id = window.sandbox.world, request.id("role_id")
    guild, role = (world.guilds[role_id], world.guilds[role_id].everyone) if role_id in world.guilds else request.role(world)
    _grant(window, guild, role, request)


async def bot_permission(window: "Window", request: Request) -> None:
    """A bot's own role gets or loses a permission."""
    guild, user_id = request.guild(window.sandbox.world), request.id("user_id")
    own = next((role for role in guild.roles.values() if role.tags and role.tags.get("bot_id") == str(user_id)), None)
    if own is None:
        raise Invalid("that bot has no role of its own in this guild")
    _grant(window, guild, own, request)


async def add_channel(window: "Window", request: Request) -> dict[str, str]:
    """A new channel, the last of its kind."""
    world, guild = window.sandbox.world, request.guild(window.sandbox.world)
    if len(guild.channels) >= channels.MAX_CHANNELS:
        raise Invalid(f"a guild has {channels.MAX_CHANNELS} channels at most")
    kind, parent_id = request.whole("type", TEXT), request.optional_id("parent_id")
    if kind not in (TEXT, CATEGORY, ANNOUNCEMENT):
        raise Invalid("'type' has to be 0, 4 or 5")
    parent = guild.channels.get(parent_id) if parent_id is not None else None
    if parent_id is not None and (parent is None or parent.type != CATEGORY or kind == CATEGORY):
        raise Invalid("'parent_id' has to be a category of this guild, and none for a category")
    name = request.name("name")
    channel = Channel(
        world.new_id(), kind, guild.id, name if kind == CATEGORY else "-".join(name.lower().split()),
        position=max((c.position for c in guild.channels.values() if (c.type == CATEGORY) == (kind == CATEGORY)), default=-1) + 1,
        parent_id=parent_id, topic=request.text("topic", "")[:1024] or None, overwrites=copy.deepcopy(parent.overwrites) if parent else {},
    )  # fmt: skip
    return {"channel_id": str(channels.create(world, guild, channel, guild.owner_id).id)}


async def delete_channel(window: "Window", request: Request) -> None:
    """A channel goes, with its messages."""
    world = window.sandbox.world
    channel = world.channel(request.id("channel_id"))
    if channel.guild_id is None:
        raise Invalid("direct messages cannot be deleted")
    guild = world.guild(channel.guild_id)
    channels.delete(world, guild, channel, guild.owner_id)


async def reset(window: "Window", request: Request) -> None:
    """The world is as it was at the start."""
    window.hub.reset()


OPERATIONS = {
    one.__name__: one
    for one in (add_role, delete_role, move_role, place_role, role_permission, bot_permission, add_channel, delete_channel, reset)
}


def _permission(name: object) -> int:
    if not isinstance(name, str) or name not in Permission.__members__:
        raise Invalid(f"{name!r} is no permission")
    return int(Permission[name])


def _grant(window: "Window", guild: Guild, role: Role, request: Request) -> None:
    bit = _permission(request.text("permission"))
    bits = role.permissions | bit if request.flag("granted") else role.permissions & ~bit
    roles.edit(window.sandbox.world, guild, role, {"permissions": bits}, guild.owner_id)


def _bots_top_role(window: "Window", guild: Guild) -> Role:
    for app in window.sandbox.world.applications.values():
        if app.bot_id in guild.members:
            return permissions.top_role(guild, guild.members[app.bot_id])
    raise Invalid("there is no bot in this guild")
