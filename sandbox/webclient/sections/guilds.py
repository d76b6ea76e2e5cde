"""Guilds as one user sees them: roles, members, channels, emojis."""

from typing import TYPE_CHECKING, Any

from sandbox import payload, permissions
from sandbox.permissions import Permission as P
from sandbox.webclient.sections.people import shown_name
from sandbox.world import Channel, Guild, Member, Role, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

CATEGORY = 4
MEMBERS_SHOWN = 500
# What a role that anyone may take had better not hold.
DANGEROUS = int(
    P.ADMINISTRATOR | P.KICK_MEMBERS | P.BAN_MEMBERS | P.MANAGE_CHANNELS | P.MANAGE_GUILD | P.MANAGE_MESSAGES | P.MENTION_EVERYONE
    | P.MANAGE_NICKNAMES | P.MANAGE_ROLES | P.MANAGE_WEBHOOKS | P.MANAGE_GUILD_EXPRESSIONS | P.MANAGE_EVENTS | P.MANAGE_THREADS
    | P.MODERATE_MEMBERS | P.VIEW_AUDIT_LOG | P.MOVE_MEMBERS | P.MUTE_MEMBERS | P.DEAFEN_MEMBERS
)  # fmt: skip


def guilds(sandbox: "Sandbox", user: User) -> list[dict[str, Any]]:
    """The guilds that the user is in."""
    return [_guild(sandbox, guild, guild.members[user.id]) for guild in sandbox.world.guilds_of(user.id)]


def sees(sandbox: "Sandbox", guild: Guild, member: Member) -> list[Channel]:
    """The channels that the member sees, as they are listed: those without a category, then each category with what is in it."""
    now = sandbox.clock.now()
    seen = [c for c in guild.channels.values() if permissions.effective(guild, member, c, now) & P.VIEW_CHANNEL]
    parents = {channel.parent_id for channel in seen}
    # a category that is empty for this member is shown to those alone who could fill it
    manages = permissions.base(guild, member, now) & P.MANAGE_CHANNELS
    shown = [c for c in seen if c.type != CATEGORY or c.id in parents or manages]

    def order(channel: Channel) -> tuple[int, ...]:
        category = channel if channel.type == CATEGORY else guild.channels.get(channel.parent_id or 0)
        place = (1, category.position, category.id) if category else (0, 0, 0)
        return (*place, channel.type != CATEGORY, channel.position, channel.id)

    return sorted(shown, key=order)


def _guild(sandbox: "Sandbox", guild: Guild, member: Member) -> dict[str, Any]:
    now = sandbox.clock.now()
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "locale": guild.preferred_locale,
        "member_count": len(guild.members),
        "roles": _roles(sandbox, guild),
        "members": _members(sandbox, guild),
        "channels": [_channel(sandbox, guild, member, channel) for channel in sees(sandbox, guild, member)],
        "emojis": [{**payload.emoji(emoji), "image": None} for emoji in guild.emojis.values()],
        "own": {
            "permissions": permissions.names(permissions.base(guild, member, now)),
            "pending": member.pending,
            "timeout_until": member.timeout_until if permissions.timed_out(member, now) else None,
        },
    }


def _roles(sandbox: "Sandbox", guild: Guild) -> list[dict[str, Any]]:
    counts: dict[int, int] = {guild.id: len(guild.members)}
    for member in guild.members.values():
        for role_id in member.role_ids:
            counts[role_id] = counts.get(role_id, 0) + 1
    bots = _role_givers(sandbox, guild)
    return [
        {
            **payload.role(role),
            "above_bot": not any(permissions.above_role(guild, bot, role) for bot in bots),
            "member_count": counts.get(role.id, 0),
            "dangerous": permissions.names(role.permissions & DANGEROUS),
        }
        for role in sorted(guild.roles.values(), key=permissions.rank, reverse=True)
    ]


def _role_givers(sandbox: "Sandbox", guild: Guild) -> list[Member]:
    bots = [guild.members[app.bot_id] for app in sandbox.world.applications.values() if app.bot_id in guild.members]
    return [bot for bot in bots if permissions.base(guild, bot, sandbox.clock.now()) & P.MANAGE_ROLES]


def _members(sandbox: "Sandbox", guild: Guild) -> list[dict[str, Any]]:
    shown = [(shown_name(sandbox.world.user(m.user_id), m), m) for m in guild.members.values()]
    shown.sort(key=lambda pair: (pair[0].casefold(), pair[1].user_id))
    return [
        {
            **payload.member(sandbox.world, member),
            "name": name,
            "color": _color(guild, member),
            "hoist_role_id": _hoisted_by(guild, member),
            "online": _online(sandbox, member.user_id),
            "owner": member.user_id == guild.owner_id,
        }
        for name, member in shown[:MEMBERS_SHOWN]
    ]


def _color(guild: Guild, member: Member) -> int:
    """The colour of the member's name: that of the highest role which has one; 0 for none."""
    return max((role for role in _held(guild, member) if role.color), key=permissions.rank, default=guild.everyone).color


def _hoisted_by(guild: Guild, member: Member) -> str | None:
    role = max((role for role in _held(guild, member) if role.hoist), key=permissions.rank, default=None)
    return str(role.id) if role else None


def _held(guild: Guild, member: Member) -> list[Role]:
    return [guild.roles[role_id] for role_id in member.role_ids if role_id in guild.roles]


def _online(sandbox: "Sandbox", user_id: int) -> bool:
    """People are always there; a bot is while its gateway connection is."""
    app = next((app for app in sandbox.world.applications.values() if app.bot_id == user_id), None)
    return app is None or sandbox.gateway.online(app.id)


def _channel(sandbox: "Sandbox", guild: Guild, member: Member, channel: Channel) -> dict[str, Any]:
    held = permissions.effective(guild, member, channel, sandbox.clock.now())
    return {
        **payload.channel(sandbox.world, channel),
        "can_send": bool(held & P.SEND_MESSAGES),
        "can_attach": bool(held & P.ATTACH_FILES),
        "can_manage": bool(held & P.MANAGE_MESSAGES),
    }
