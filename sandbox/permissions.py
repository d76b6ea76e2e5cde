"""Permission bits and the rules that make a member's permissions (https://docs.discord.com/developers/topics/permissions)."""

from enum import IntFlag

from sandbox.errors import MISSING_PERMISSIONS
from sandbox.world import Channel, Guild, Member, Role


class Permission(IntFlag):
    """Discord's permission bits."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


P = Permission
ALL = int(sum(Permission))
NONE = 0

# Of a bot whose owner has no two-factor authentication these are worth nothing in a guild that asks for it.
NEEDS_2FA = int(
    P.KICK_MEMBERS | P.BAN_MEMBERS | P.ADMINISTRATOR | P.MANAGE_CHANNELS | P.MANAGE_GUILD | P.MANAGE_MESSAGES | P.MANAGE_ROLES
    | P.MANAGE_WEBHOOKS | P.MANAGE_GUILD_EXPRESSIONS | P.MANAGE_THREADS | P.VIEW_CREATOR_MONETIZATION_ANALYTICS
)  # fmt: skip
LEFT_IN_TIMEOUT = int(P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY)
# What needs SEND_MESSAGES in a text channel
_SENDING = int(P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS)
_VOICE = (2, 13)


def base(guild: Guild, member: Member, now: float) -> int:
    """The member's permissions in the guild, before any channel. `now` (Unix seconds) decides whether a timeout still runs."""
    if member.user_id == guild.owner_id:
        return ALL
    bits = guild.everyone.permissions
    for role_id in member.role_ids:
        if role_id in guild.roles:
            bits |= guild.roles[role_id].permissions
    if bits & P.ADMINISTRATOR:
        return ALL
    return bits & LEFT_IN_TIMEOUT if timed_out(member, now) else bits


def in_channel(guild: Guild, member: Member, channel: Channel, now: float) -> int:
    """The member's permissions in a channel with its overwrites: @everyone's, then all roles', then the member's own."""
    bits = base(guild, member, now)
    if bits & P.ADMINISTRATOR:
        return ALL
    everyone = channel.overwrites.get(guild.id)
    if everyone:
        bits = bits & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in member.role_ids:
        overwrite = channel.overwrites.get(role_id)
        if overwrite:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = bits & ~deny | allow
    own = channel.overwrites.get(member.user_id)
    if own:
        bits = bits & ~own.deny | own.allow
    return bits & LEFT_IN_TIMEOUT if timed_out(member, now) else bits


def overwritten(channel: Channel, member: Member) -> int:
    """What the channel's overwrites allow the member, whatever the guild says: @everyone's, those of its roles, its own."""
    ids = (channel.guild_id, *member.role_ids, member.user_id)
    allowed = 0
    for overwrite in (channel.overwrites[i] for i in ids if i in channel.overwrites):
        allowed |= overwrite.allow
    return allowed


def effective(guild: Guild, member: Member, channel: Channel, now: float) -> int:
    """`in_channel` with what is denied implicitly: nothing without VIEW_CHANNEL, no attachments or embeds without SEND_MESSAGES.

    Who may not connect to a voice or stage channel sees that it is there, and that is all.
    """
    bits = in_channel(guild, member, channel, now)
    if not bits & P.VIEW_CHANNEL:
        return NONE
    if channel.type in _VOICE and not bits & P.CONNECT:
        return int(P.VIEW_CHANNEL)
    return bits if bits & P.SEND_MESSAGES else bits & ~_SENDING


def visible_channels(guild: Guild, member: Member, now: float) -> set[int]:
    """The ids of the channels that a member may view; a category counts as visible when one of its children is."""
    found = {channel.id for channel in guild.channels.values() if effective(guild, member, channel, now) & P.VIEW_CHANNEL}
    return found | {channel.parent_id for channel in guild.channels.values() if channel.id in found and channel.parent_id is not None}


def has_access(channel: Channel, held: int) -> bool:
    """Whether who holds these (effective) permissions reads along; in the chat of a voice or stage channel that takes CONNECT as well."""
    needed = P.VIEW_CHANNEL | P.CONNECT if channel.type in _VOICE else P.VIEW_CHANNEL
    return held & needed == needed


def timed_out(member: Member, now: float) -> bool:
    """Whether a timeout runs."""
    return member.timeout_until is not None and member.timeout_until > now


def rank(role: Role) -> tuple[int, int]:
    """Sorts roles by hierarchy: of two at one position the older (lower id) stands higher."""
    return (role.position, -role.id)


def top_role(guild: Guild, member: Member) -> Role:
    """The member's highest role, @everyone when there is no other."""
    return max((guild.roles[i] for i in member.role_ids if i in guild.roles), key=rank, default=guild.everyone)


def above_role(guild: Guild, member: Member, role: Role) -> bool:
    """Whether the member may handle the role as far as the hierarchy goes. The owner stands above everything."""
    return member.user_id == guild.owner_id or rank(top_role(guild, member)) > rank(role)


def above_member(guild: Guild, member: Member, target: Member) -> bool:
    """Whether the member may moderate the target as far as the hierarchy goes. Nobody may moderate the owner."""
    if target.user_id == guild.owner_id:
        return False
    return member.user_id == guild.owner_id or rank(top_role(guild, member)) > rank(top_role(guild, target))


def require(held: int, needed: int) -> None:
    """50013 unless every needed bit is held."""
    if held & needed != needed:
        raise MISSING_PERMISSIONS


def names(bits: int) -> list[str]:
    """The names of the bits, lowest first."""
    return [p.name or "" for p in Permission if bits & p]


def bits(*permission_names: str) -> int:
    """The bit field of the names ("MANAGE_ROLES"). Raises KeyError for a name that is none."""
    return int(sum(Permission[name.upper()] for name in set(permission_names)))
