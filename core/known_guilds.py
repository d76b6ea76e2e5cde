"""What the rules need to know of each guild, worked out once and kept until something of it changes, so that a click pays nothing for it.

A channel that the bot cannot view comes without its overwrites (https://docs.discord.com/developers/resources/channel: the flag
CHANNEL_OBFUSCATED tells), or is told to be deleted: Discord does not say which of the two. What it allowed when it was last seen is stored,
and goes on to count until Discord says that there is no such channel.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord.http import Route

from core.channels import is_hidden
from core.i18n import N_
from core.loops import Loop
from core.shelf import MEBIBYTE, Shelf
from domain.channel_power import ChannelPower, power_by_channels
from domain.permissions import DANGEROUS, Permission, allows
from domain.role_safety import GuildFacts, RoleFacts
from models import SeenChannelPower

if TYPE_CHECKING:
    from core.bot import RolePanelBot

ROLE = 0  # the type of an overwrite
POWER = DANGEROUS.value
NOTHING = ChannelPower()
UNKNOWN_CHANNEL = 10003
FACTS_MAX = 3 * MEBIBYTE
# The events after which the facts are others, and where each names its guild.
_CHANGING = {
    "GUILD_CREATE": "id",
    "GUILD_UPDATE": "id",
    "GUILD_DELETE": "id",
    "GUILD_ROLE_CREATE": "guild_id",
    "GUILD_ROLE_UPDATE": "guild_id",
    "GUILD_ROLE_DELETE": "guild_id",
    "GUILD_MEMBER_UPDATE": "guild_id",
    "CHANNEL_CREATE": "guild_id",
    "CHANNEL_UPDATE": "guild_id",
    "CHANNEL_DELETE": "guild_id",
}


def facts_weight(facts: GuildFacts) -> int:
    """About how many bytes of memory the facts of a guild take."""
    return 500 + 350 * len(facts.roles)


class KnownGuilds:
    """The facts of the guilds in py-cord's cache, and the memory of what hidden channels allowed."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot
        self._facts: Shelf[int, GuildFacts] = Shelf(FACTS_MAX, facts_weight)
        self._told: dict[int, dict[int, int]] = {}
        self._hidden: dict[int, dict[int, ChannelPower]] = {}  # of the guilds whose memory was read
        self._unread: set[int] = set()
        self._unsaved: dict[int, set[int]] = {}
        self._lost: dict[int, set[int]] = {}  # channels that allowed something and are not there any more: Discord is to be asked why
        self.outages: set[int] = set()  # guilds that were there and that Discord cannot serve now
        self.arrived = asyncio.Event()  # set when the next guild comes, then replaced
        self.loop = Loop(N_("Remembering what channels allow"), self._read_and_save)
        self._one_at_a_time = asyncio.Lock()
        # No public name: py-cord's own events come later than what they tell of.
        parsers = bot._connection.parsers
        for name in _CHANGING:
            parsers[name] = partial(self._parse, name, parsers[name])

    def facts(self, guild: discord.Guild) -> GuildFacts:
        """The guild as plain values."""
        known = self._facts.get(guild.id)
        if known is None:
            known = self._worked_out(guild)
            self._facts.put(guild.id, known)
        return known

    def tell(self, guild_id: int, permissions: dict[int, int]) -> None:
        """Take over the bot's permissions in channels as an interaction tells them: exactly, also where the bot views nothing."""
        self._told.setdefault(guild_id, {}).update(permissions)

    def told(self, guild_id: int, channel_id: int) -> int | None:
        """What an interaction told of a channel, if nothing of the guild has changed since."""
        return self._told.get(guild_id, {}).get(channel_id)

    async def remember(self, guild: discord.Guild) -> None:
        """Make sure that what the guild's hidden channels allowed is known; nothing to do, but once in the life of a connection."""
        if guild.id not in self._hidden:
            async with self._one_at_a_time:
                if guild.id not in self._hidden:
                    await self._read(guild)

    async def _read_and_save(self) -> None:
        """Read the memory of the guilds that arrived and write down what changed in their channels, and which of them are gone."""
        for guild_id in self._unread | self._unsaved.keys() | self._lost.keys():
            if not self.loop.is_aside(guild_id):
                with self.loop.item(guild_id, guild_id):
                    await self._catch_up(guild_id)

    async def _catch_up(self, guild_id: int) -> None:
        guild = self._bot.get_guild(guild_id)
        if guild is None or guild.unavailable:
            self._unsaved.pop(guild_id, None)
            self._lost.pop(guild_id, None)  # its arrival tells
        else:
            await self.remember(guild)
            async with self._one_at_a_time:
                await self._save(guild)
            await self._find_out(guild_id)
        self._unread.discard(guild_id)

    def _worked_out(self, guild: discord.Guild) -> GuildFacts:
        hidden = self._hidden.get(guild.id, {})
        seen = [*hidden.values(), *(_power_of(channel) for channel in guild.channels if not is_hidden(channel))]
        by_channels = power_by_channels(seen, guild.default_role.permissions.value)
        roles = {
            role.id: RoleFacts(
                role.id, role.name, role.position, role.permissions.value, _is_managed(role), in_channels=by_channels.get(role.id, 0)
            )
            for role in guild.roles
        }
        return GuildFacts(
            guild_id=guild.id,
            owner_id=guild.owner_id or 0,
            roles=roles,
            bot_top_role=roles.get(guild.me.top_role.id, roles[guild.id]),
            # Manage Roles that one channel gives or denies only means the permissions of that channel.
            bot_may_manage_roles=allows(guild.me.guild_permissions.value, Permission.MANAGE_ROLES),
            hidden_channels=len({channel.id for channel in guild.channels if is_hidden(channel)} | hidden.keys()),
        )

    def _parse(self, name: str, parse: Callable[[Any], object], data: Any) -> None:
        guild_id = int(data.get(_CHANGING[name]) or 0)
        channel_id = int(data["id"]) if name.startswith("CHANNEL_") else 0
        if name == "GUILD_MEMBER_UPDATE" and int(data["user"]["id"]) != self._bot._connection.self_id:
            parse(data)
            return
        guild = self._bot.get_guild(guild_id)
        if name == "CHANNEL_UPDATE" and guild and guild.get_channel(channel_id) is None:
            # The bot sees it (again); py-cord drops updates of what it does not know.
            self._bot._connection.parsers["CHANNEL_CREATE"](data)
            return
        before = self._look(guild_id, channel_id)
        try:
            parse(data)
        finally:
            self._facts.drop(guild_id)
            self._told.pop(guild_id, None)
            if channel_id:
                self._changed(guild_id, channel_id, before)
            elif name in ("GUILD_CREATE", "GUILD_DELETE"):
                self._came_or_went(guild_id, came=name == "GUILD_CREATE", unavailable=bool(data.get("unavailable")))
                self._hidden.pop(guild_id, None)
                self._unread.add(guild_id)
                self.loop.wake()

    def _came_or_went(self, guild_id: int, *, came: bool, unavailable: bool) -> None:
        """Keep what py-cord's events tell too late: during its start it holds them back."""
        if came and not unavailable:
            self.outages.discard(guild_id)
            self.arrived.set()
            self.arrived = asyncio.Event()
        elif unavailable:
            self.outages.add(guild_id)
        else:
            self.outages.discard(guild_id)

    def _look(self, guild_id: int, channel_id: int) -> ChannelPower | None:
        """What a channel allows now; None when it is hidden or not there."""
        guild = self._bot.get_guild(guild_id) if channel_id else None
        channel = guild.get_channel(channel_id) if guild else None
        return None if channel is None or is_hidden(channel) else _power_of(channel)

    def _changed(self, guild_id: int, channel_id: int, before: ChannelPower | None) -> None:
        guild = self._bot.get_guild(guild_id)
        channel = guild.get_channel(channel_id) if guild else None
        hidden = self._hidden.get(guild_id, {})
        if channel is None or is_hidden(channel):
            if before:
                hidden[channel_id] = before
            if channel is None and channel_id in hidden:
                self._lost.setdefault(guild_id, set()).add(channel_id)
                self.loop.wake()
            return
        self._lost.get(guild_id, set()).discard(channel_id)
        after = _power_of(channel)
        remembered = hidden.pop(channel_id, None)
        if (after or None) != (before or None) or remembered:
            self._unsaved.setdefault(guild_id, set()).add(channel_id)
            self.loop.wake()

    async def _read(self, guild: discord.Guild) -> None:
        """Read what is stored of a guild; what it says of channels that can be seen, or are gone, is brought up to date."""
        rows = await SeenChannelPower.filter(guild_id=guild.id)
        stored: dict[int, ChannelPower] = {}
        for row in rows:
            with self.loop.item(guild.id, ("channel", row.channel_id)):
                stored[row.channel_id] = ChannelPower.from_json(row.power)
        channels = {channel.id: channel for channel in guild.channels}
        seen = {channel.id: power for channel in channels.values() if not is_hidden(channel) and (power := _power_of(channel))}
        lost = stored.keys() - channels.keys()
        hidden = {channel_id: power for channel_id, power in stored.items() if channel_id in lost or is_hidden(channels[channel_id])}
        known = {channel_id: power for channel_id, power in stored.items() if channel_id not in hidden}
        changed = {channel_id for channel_id in seen.keys() | known.keys() if seen.get(channel_id) != known.get(channel_id)}
        self._hidden[guild.id] = hidden
        self._facts.drop(guild.id)
        if lost:
            self._lost.setdefault(guild.id, set()).update(lost)
            self.loop.wake()
        if changed:
            self._unsaved.setdefault(guild.id, set()).update(changed)
            self.loop.wake()

    async def _find_out(self, guild_id: int) -> None:
        """Ask Discord which channels that are not there any more are deleted, and forget those."""
        lost = self._lost.get(guild_id, set())
        for channel_id in list(lost):
            gone = await self._is_gone(channel_id)
            if gone and channel_id in lost:  # not seen again meanwhile
                self._hidden.get(guild_id, {}).pop(channel_id, None)
                self._unsaved.setdefault(guild_id, set()).add(channel_id)
                self._facts.drop(guild_id)
                self.loop.wake()
            lost.discard(channel_id)
        if not lost:  # none went meanwhile
            self._lost.pop(guild_id, None)

    async def _is_gone(self, channel_id: int) -> bool:
        try:
            await self._bot.rest.request(Route("GET", "/channels/{channel_id}", channel_id=channel_id))
        except discord.NotFound as error:
            return error.code == UNKNOWN_CHANNEL
        except discord.Forbidden:
            pass
        return False

    async def _save(self, guild: discord.Guild) -> None:
        waiting = self._unsaved.get(guild.id, set())
        for channel_id in list(waiting):
            channel = guild.get_channel(channel_id)
            power = _power_of(channel) if channel and not is_hidden(channel) else self._hidden.get(guild.id, {}).get(channel_id)
            waiting.discard(channel_id)
            try:
                if power:
                    values = {"guild_id": guild.id, "power": power.to_json()}
                    await SeenChannelPower.update_or_create(channel_id=channel_id, defaults=values)
                else:
                    await SeenChannelPower.filter(channel_id=channel_id).delete()
            except BaseException:
                waiting.add(channel_id)
                raise
        if not waiting:
            self._unsaved.pop(guild.id, None)


def _is_managed(role: discord.Role) -> bool:
    """Whether Discord alone gives the role: to a bot, a booster, a subscriber, a buyer, or whoever linked an account.

    Such a role has a tag, and the tag's presence is what counts: most have no value.
    https://docs.discord.com/developers/topics/permissions#role-object-role-tags-structure
    """
    tags = role.tags._data if role.tags else {}
    return role.managed or any(value is not False for value in tags.values())


def _power_of(channel: discord.abc.GuildChannel) -> ChannelPower:
    # A guild may have some 100,000 overwrites; the one of @everyone is the first, if there is one.
    overwrites = channel._overwrites
    everyone = overwrites[0] if overwrites and overwrites[0].id == channel.guild.id else None
    roles = tuple([(o.id, o.allow & POWER) for o in overwrites if o.allow & POWER and o.type == ROLE and o is not everyone])
    if not roles:
        return NOTHING
    return ChannelPower(roles, everyone.allow & POWER if everyone else 0, everyone.deny & POWER if everyone else 0)
