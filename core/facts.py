"""What the rules need to know of a guild, taken from py-cord's cache and the interaction."""

import discord

from domain.permissions import Permission, allows
from domain.role_safety import GuildFacts, RoleFacts


def role_facts(role: discord.Role) -> RoleFacts:
    """A cached role as a plain value."""
    return RoleFacts(role.id, role.name, role.position, role.permissions.value, role.managed)


def guild_facts(guild: discord.Guild, app_permissions: int | None = None) -> GuildFacts:
    """A cached guild as plain values. `app_permissions` are the bot's in the channel of an interaction (0 when it brought none)."""
    roles = {role.id: role_facts(role) for role in guild.roles}
    # Whether Manage Roles is denied in one channel does not matter: there it only means the channel's own permissions.
    permissions = guild.me.guild_permissions.value | (app_permissions or 0)
    return GuildFacts(
        guild_id=guild.id,
        owner_id=guild.owner_id or 0,
        roles=roles,
        bot_top_role=roles.get(guild.me.top_role.id, roles[guild.id]),
        bot_may_manage_roles=allows(permissions, Permission.MANAGE_ROLES),
    )
