"""Who there is: the acting user, everyone who can be acted as, the applications, direct messages."""

from typing import TYPE_CHECKING, Any

from sandbox import payload, permissions
from sandbox.permissions import Permission
from sandbox.world import Guild, Member, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MODERATES = int(
    Permission.KICK_MEMBERS | Permission.BAN_MEMBERS | Permission.MANAGE_MESSAGES | Permission.MANAGE_ROLES | Permission.MODERATE_MEMBERS
)


def about(sandbox: "Sandbox") -> dict[str, Any]:
    """Where bots connect, and as which applications."""
    applications = [
        {"id": str(app.id), "bot_id": str(app.bot_id), "name": app.name, "token": app.token} for app in sandbox.world.applications.values()
    ]
    return {"api_url": sandbox.api_url, "gateway_url": sandbox.gateway_url, "applications": applications}


def me(user: User) -> dict[str, Any]:
    """Who acts."""
    return {"user": payload.user(user), "locale": user.locale}


def people(sandbox: "Sandbox") -> list[dict[str, Any]]:
    """Everyone who can be acted as."""
    return [
        {
            "id": str(user.id),
            "username": user.username,
            "name": _known_as(sandbox, user),
            "locale": user.locale,
            "kind": _kind(sandbox, user),
        }
        for user in sandbox.world.users.values()
        if not user.bot
    ]


def dms(sandbox: "Sandbox", user: User) -> list[dict[str, Any]]:
    """The user's direct messages with every bot; `id` is null until they are opened."""
    world = sandbox.world
    found = []
    for app in world.applications.values():
        channel = next((c for c in world.channels.values() if c.type == 1 and {user.id, app.bot_id} == set(c.recipient_ids)), None)
        found.append({"id": str(channel.id) if channel else None, "user": payload.user(world.user(app.bot_id))})
    return found


def shown_name(user: User, member: Member | None = None) -> str:
    """What others call the user."""
    return (member.nick if member else None) or user.global_name or user.username


def _known_as(sandbox: "Sandbox", user: User) -> str:
    guild = next(iter(sandbox.world.guilds.values()), None)
    return shown_name(user, guild.members.get(user.id) if guild else None)


def _kind(sandbox: "Sandbox", user: User) -> str:
    guild = next((guild for guild in sandbox.world.guilds.values() if user.id in guild.members), None)
    return "outsider" if guild is None else _rank_in(guild, guild.members[user.id], sandbox.clock.now())


def _rank_in(guild: Guild, member: Member, now: float) -> str:
    if guild.owner_id == member.user_id:
        return "owner"
    if member.pending:
        return "newcomer"
    held = permissions.base(guild, member, now)
    if held & Permission.ADMINISTRATOR:
        return "admin"
    return "moderator" if held & MODERATES else "member"
