"""Discord's permissions by the names that its settings show."""

from core.i18n import N_, Translator
from core.markup import Markup
from domain.permissions import Permission

NAMES = {
    Permission.KICK_MEMBERS: N_("Kick Members"),
    Permission.BAN_MEMBERS: N_("Ban Members"),
    Permission.ADMINISTRATOR: N_("Administrator"),
    Permission.MANAGE_CHANNELS: N_("Manage Channels"),
    Permission.MANAGE_GUILD: N_("Manage Server"),
    Permission.VIEW_AUDIT_LOG: N_("View Audit Log"),
    Permission.VIEW_CHANNEL: N_("View Channel"),
    Permission.SEND_MESSAGES: N_("Send Messages"),
    Permission.MANAGE_MESSAGES: N_("Manage Messages"),
    Permission.READ_MESSAGE_HISTORY: N_("Read Message History"),
    Permission.EMBED_LINKS: N_("Embed Links"),
    Permission.MENTION_EVERYONE: N_("Mention Everyone"),
    Permission.CONNECT: N_("Connect"),
    Permission.MUTE_MEMBERS: N_("Mute Members"),
    Permission.DEAFEN_MEMBERS: N_("Deafen Members"),
    Permission.MOVE_MEMBERS: N_("Move Members"),
    Permission.MANAGE_NICKNAMES: N_("Manage Nicknames"),
    Permission.MANAGE_ROLES: N_("Manage Roles"),
    Permission.MANAGE_WEBHOOKS: N_("Manage Webhooks"),
    Permission.MANAGE_GUILD_EXPRESSIONS: N_("Manage Expressions"),
    Permission.MANAGE_EVENTS: N_("Manage Events"),
    Permission.MANAGE_THREADS: N_("Manage Threads"),
    Permission.SEND_MESSAGES_IN_THREADS: N_("Send Messages in Threads"),
    Permission.MODERATE_MEMBERS: N_("Timeout Members"),
    Permission.VIEW_CREATOR_MONETIZATION_ANALYTICS: N_("View Server Subscription Insights"),
    Permission.VIEW_GUILD_INSIGHTS: N_("View Server Insights"),
    Permission.PIN_MESSAGES: N_("Pin Messages"),
    Permission.BYPASS_SLOWMODE: N_("Bypass Slowmode"),
}


def permission_names(bits: int, t: Translator) -> Markup:
    """The set permission bits, as a list in the language of `t`."""
    return t.listed(t(name) for flag, name in NAMES.items() if flag & bits)
