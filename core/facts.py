"""What the rules need to know of a guild, taken from py-cord's cache and the interaction."""

import discord

from domain.permissions import Permission, allows
from domain.role_safety import GuildFacts, RoleFacts


def role_facts(role: discord.Role) -> RoleFacts:
    """A cached role as a plain value."""
    return RoleFacts(role.id, role.name, role.position, role.permissions.value, role.managed)


def guild_facts(guild: discord.Guild, app_permissions: int | None = None) -> GuildFacts:
    """A cached guild as plain values. `app_permissions`, when an interaction brings them, are the bot's true permissions."""
    roles = {role.id: role_facts(role) for role in guild.roles}
    permissions = guild.me.guild_permissions.value if app_permissions is None else app_permissions
    return GuildFacts(
        guild_id=guild.id,
        owner_id=guild.owner_id or 0,
        roles=roles,
        bot_top_role=roles.get(guild.me.top_role.id, roles[guild.id]),
        bot_may_manage_roles=allows(permissions, Permission.MANAGE_ROLES),
    )
