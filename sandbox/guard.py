"""Who may touch what: the checks at the entrance of every operation on a guild or a channel."""

from dataclasses import dataclass

from sandbox import permissions
from sandbox.errors import MISSING_ACCESS, MISSING_PERMISSIONS, TWO_FACTOR_REQUIRED
from sandbox.permissions import NEEDS_2FA, Permission
from sandbox.world import Application, Channel, Guild, Member, Role, World

NOTHING = Permission(0)


@dataclass
class Actor:
    """A bot in a guild, about to do something there."""

    world: World
    application: Application
    guild: Guild
    member: Member

    @property
    def held(self) -> int:
        """Its permissions in the guild."""
        return permissions.base(self.guild, self.member, self.world.clock.now())

    def held_in(self, channel: Channel) -> int:
        """Its permissions in a channel."""
        return permissions.effective(self.guild, self.member, channel, self.world.clock.now())

    def require(self, needed: Permission, channel: Channel | None = None) -> None:
        """50013 unless the permissions are held (in the channel, if one is given), 60003 when they would need two-factor authentication."""
        permissions.require(self.held if channel is None else self.held_in(channel), needed)
        if needed & NEEDS_2FA and self.guild.mfa_level == 1 and not self.application.owner_has_2fa:
            raise TWO_FACTOR_REQUIRED

    def require_above_role(self, role: Role) -> None:
        """50013 unless the bot's top role is above this one."""
        if not permissions.above_role(self.guild, self.member, role):
            raise MISSING_PERMISSIONS

    def require_above_member(self, target: Member) -> None:
        """50013 unless the bot's top role is above the target's."""
        if not permissions.above_member(self.guild, self.member, target):
            raise MISSING_PERMISSIONS


def in_guild(world: World, application: Application, guild_id: int) -> Actor:
    """The bot in the guild; 10004 when there is no such guild, 50001 when the bot is not in it."""
    guild = world.guild(guild_id)
    member = guild.members.get(application.bot_id)
    if member is None:
        raise MISSING_ACCESS
    return Actor(world, application, guild, member)


def in_channel(world: World, application: Application, channel_id: int, needed: Permission = NOTHING) -> tuple[Channel, Actor | None]:
    """The channel and, in a guild, the bot there. 10003 unknown, 50001 without access to it, 50013 when `needed` is not held."""
    channel = world.channel(channel_id)
    if channel.guild_id is None:
        if application.bot_id not in channel.recipient_ids:
            raise MISSING_ACCESS
        return channel, None
    actor = in_guild(world, application, channel.guild_id)
    if not permissions.has_access(channel, actor.held_in(channel)):
        raise MISSING_ACCESS
    actor.require(needed, channel)
    return channel, actor
