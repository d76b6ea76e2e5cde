"""The powers of the sandbox over people: who is there, and what they hold. The guild's owner stands for them in Discord's audit log."""

import re
from typing import TYPE_CHECKING

from sandbox import members, roles
from sandbox.seed import BOT
from sandbox.validate.commands import LOCALES
from sandbox.webclient.request import Invalid, Request
from sandbox.world import Guild, Member, Role, User

if TYPE_CHECKING:
    from sandbox.webclient.window import Window

LONGEST_TIMEOUT = 28 * 86_400


async def add_member(window: "Window", request: Request) -> dict[str, str]:
    """A new person joins."""
    world, guild = window.sandbox.world, request.guild(window.sandbox.world)
    name, locale = request.name("name", 32), request.one_of("locale", tuple(LOCALES), "en-US")
    user = User(world.new_id(), _username(window, name), name, locale=locale)
    pending = request.flag("pending", False)
    world.users[user.id] = user
    members.join(world, guild, user.id, pending=pending)
    return {"user_id": str(user.id)}


async def pass_screening(window: "Window", request: Request) -> None:
    """A newcomer agrees to the rules."""
    guild, member = _member(window, request)
    member.pending = False
    members.changed(window.sandbox.world, guild, member)


async def set_locale(window: "Window", request: Request) -> None:
    """A user's client speaks another language."""
    request.user(window.sandbox.world).locale = request.one_of("locale", tuple(LOCALES))
    window.hub.world_changed()


async def time_out(window: "Window", request: Request) -> None:
    """A member may not speak or act for a while."""
    guild, member = _member(window, request)
    seconds = request.number("seconds", high=LONGEST_TIMEOUT)
    if member.user_id == guild.owner_id:
        raise Invalid("nobody can time out the owner")
    member.timeout_until = window.sandbox.clock.now() + seconds if seconds else None
    members.changed(window.sandbox.world, guild, member)
    window.sandbox.clock.call_later(seconds, window.hub.world_changed)


async def kick(window: "Window", request: Request) -> None:
    """A member has to go."""
    guild, member = _member(window, request)
    if member.user_id == guild.owner_id:
        raise Invalid("nobody can kick the owner")
    members.kick(window.sandbox.world, guild, member.user_id, guild.owner_id)


async def rejoin(window: "Window", request: Request) -> None:
    """Who is not there comes back; a bot is invited again and gets a role of its own, the lowest one."""
    world, guild, user = window.sandbox.world, request.guild(window.sandbox.world), request.user(window.sandbox.world)
    if user.id in guild.members:
        raise Invalid(f"{user.username} is there already")
    role_ids = []
    if user.bot:
        role = Role(world.new_id(), guild.id, user.username, 1, BOT, managed=True, tags={"bot_id": str(user.id)})
        role_ids = [roles.create(world, guild, role, guild.owner_id).id]
    members.join(world, guild, user.id, role_ids=role_ids)


async def give_role(window: "Window", request: Request) -> None:
    """A member gets a role."""
    guild, member, role = _member_and_role(window, request)
    members.set_roles(window.sandbox.world, guild, member, list(dict.fromkeys([*member.role_ids, role.id])), guild.owner_id)


async def take_role(window: "Window", request: Request) -> None:
    """A member loses a role."""
    guild, member, role = _member_and_role(window, request)
    members.set_roles(window.sandbox.world, guild, member, [one for one in member.role_ids if one != role.id], guild.owner_id)


OPERATIONS = {
    one.__name__: one for one in (add_member, pass_screening, set_locale, time_out, kick, rejoin, give_role, take_role)
}  # fmt: skip


def _member(window: "Window", request: Request) -> tuple[Guild, Member]:
    guild = request.guild(window.sandbox.world)
    return guild, guild.member(request.id("user_id"))


def _member_and_role(window: "Window", request: Request) -> tuple[Guild, Member, Role]:
    guild, role = request.role(window.sandbox.world)
    if role.managed or role.tags:
        raise Invalid(f"{role.name} is managed: nobody can give or take it")
    return guild, guild.member(request.id("user_id")), role


def _username(window: "Window", name: str) -> str:
    """A free username like the name; Discord's have 2 to 32 characters of a-z, 0-9, _ and . alone."""
    taken = {user.username for user in window.sandbox.world.users.values()}
    plain = re.sub(r"[^a-z0-9_]", "", name.lower())
    plain = plain if len(plain) >= 2 else f"user{plain}"
    return next(one for one in (plain, *(f"{plain[:28]}{n}" for n in range(2, 9999))) if one not in taken)
