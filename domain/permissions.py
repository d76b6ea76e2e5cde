"""Discord's permission bits that the bot reasons about, and which of them make a role dangerous to hand out."""

from collections.abc import Iterator
from enum import IntFlag


class Permission(IntFlag):
    """The bits by Discord's names (https://docs.discord.com/developers/topics/permissions)."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    MENTION_EVERYONE = 1 << 17
    CONNECT = 1 << 20
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41


DANGEROUS = (
    Permission.ADMINISTRATOR
    | Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_GUILD
    | Permission.VIEW_AUDIT_LOG
    | Permission.MANAGE_MESSAGES
    | Permission.MENTION_EVERYONE
    | Permission.MUTE_MEMBERS
    | Permission.DEAFEN_MEMBERS
    | Permission.MOVE_MEMBERS
    | Permission.MANAGE_NICKNAMES
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_WEBHOOKS
    | Permission.MANAGE_GUILD_EXPRESSIONS
    | Permission.MANAGE_EVENTS
    | Permission.MANAGE_THREADS
    | Permission.MODERATE_MEMBERS
    | Permission.VIEW_CREATOR_MONETIZATION_ANALYTICS
)


def dangerous_bits(permissions: int) -> int:
    """The bits of a role's permissions that nobody should get by a click, unless an administrator confirmed them."""
    return permissions & DANGEROUS.value


def allows(permissions: int, needed: Permission) -> bool:
    """Whether a permission bit field grants all of `needed`; Administrator grants everything."""
    return bool(permissions & Permission.ADMINISTRATOR) or permissions & needed == needed


def names_of(bits: int) -> Iterator[str]:
    """The names of the set bits, lower case, for example `manage_roles`."""
    return (flag.name.lower() for flag in Permission if flag.name and flag & bits)
