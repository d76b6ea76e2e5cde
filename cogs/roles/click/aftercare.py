"""What happens to roles after the click: they end, wait for who left, and go with what is deleted."""

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from cogs.roles.click.waiting import Waiting
from cogs.roles.grants.errands import Errands
from cogs.roles.grants.expiry import Expiry
from cogs.roles.grants.places import Places
from cogs.roles.queue.tools import Tools
from core.cog import Cog
from domain import clock
from domain.events import GrantsDue, RolesChanged
from models import RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class Aftercare(Cog, name="aftercare"):
    """The loops and listeners, as a mixin of the cog."""

    errands: Errands
    expiry: Expiry
    waiting: Waiting
    _places: Places

    def care(self, bot: "RolePanelBot", tools: Tools) -> None:
        """Begin, with the tools of clicks."""
        self.errands = Errands(bot, tools.locks, tools.overlay)
        self.expiry = Expiry(bot, self.errands)
        self.waiting = Waiting(bot, tools)
        self.keep(self.waiting.finishing)
        self.keep(self.expiry.loop)
        if bot.settings.members_intent:
            self.keep(self.waiting.looking)
            self.keep(self.waiting.comparing)

    @commands.Cog.listener("on_roles_changed")
    async def _end_in_time(self, event: RolesChanged) -> None:
        """What was given just now may end before the next look."""
        if event.ends_at is not None:
            self.expiry.note_end(event.ends_at)

    @commands.Cog.listener("on_grants_due")
    async def _end_now(self, _event: GrantsDue) -> None:
        """Somebody wants them ended before their time."""
        self.expiry.loop.wake()

    @commands.Cog.listener("on_guild_available")
    async def _catch_up_with(self, guild: discord.Guild) -> None:
        """A guild came (back): what ended meanwhile can be taken now, and who returned meanwhile has roles to get."""
        self.expiry.loop.wake()
        self.waiting.guild_came(guild.id)

    @commands.Cog.listener("on_guild_join")
    async def _catch_up_with_new(self, guild: discord.Guild) -> None:
        """The same for a guild that the bot was added to again."""
        await self._catch_up_with(guild)

    @commands.Cog.listener("on_guild_role_delete")
    async def _forget_role(self, role: discord.Role) -> None:
        """Nobody holds a deleted role."""
        await RoleGrant.filter(guild_id=role.guild.id, role_id=role.id).delete()

    @commands.Cog.listener("on_raw_member_remove")
    async def _keep_for_return(self, event: discord.RawMemberRemoveEvent) -> None:
        """A member left."""
        if self.bot.serves(event.guild_id):
            await RoleGrant.member_left(event.guild_id, event.user.id, clock.now())

    @commands.Cog.listener("on_member_join")
    async def _give_back(self, member: discord.Member) -> None:
        """A member came; who has yet to pass screening would skip it with a role, so that is waited for."""
        if not member.pending and self.bot.serves(member.guild.id):
            await self.waiting.arrived(member.guild, member.id)

    @commands.Cog.listener("on_raw_member_update")
    async def _admit(self, event: discord.RawMemberUpdateEvent) -> None:
        """A member changed: lost a role, or passed screening. The bot itself is told of with or without the intent."""
        if event.user_id == (self.bot.user and self.bot.user.id) or not self.bot.serves(event.guild_id):
            return
        await self._places.told(event.guild_id, event.user_id, event.member._roles)
        if not event.member.pending:
            await self.waiting.arrived(event.member.guild, event.user_id)
