"""What is deleted at Discord goes from the panels too: roles, emojis, channels and messages, however long ago it happened.

A guild's roles, emojis and channels come whole with the gateway, so each deletion and each start leads to the same comparison.
Messages have to be looked at one by one.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

import discord
from discord.ext import commands
from discord.http import Route
from loguru import logger

from cogs.panels.posting.poster import GONE, Poster, message_route
from cogs.panels.service.door import BotWouldOpen
from cogs.panels.service.edits import Edit, PanelEdits
from core.calls import RateLimited
from core.channels import permissions_in
from core.cog import Cog
from core.errors import UserError
from core.facts import guild_facts
from core.i18n import N_
from core.loops import Loop
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten
from domain.leftovers import Leftovers, guarded, leftovers, mended
from domain.panels import PanelSpec
from domain.permissions import Permission, allows
from models import AuditEntry, MessageState, Panel, PanelMessage, PanelRole

if TYPE_CHECKING:
    from core.bot import RolePanelBot

CLEAN_UP = "panel.clean_up"
AT_ONCE = 25  # panels that are brought in line by one write
GATHER = 0.3  # seconds in which deletions that come together become one edit
PORTION = 100  # messages that are read at once
ROUND_SECONDS = 3600.0  # in which each message is looked at once, at most


class CleanUp(PanelEdits):
    """Takes what a guild has deleted off its panels; an edit like any other, with its revision and its record."""

    async def compare(self, guild: discord.Guild, panel_ids: Collection[int]) -> list[int]:
        """Bring panels in line with their guild, all of them or none; those where something had to change."""
        present = frozenset(role.id for role in guild.roles)
        emoji_ids = frozenset(emoji.id for emoji in guild.emojis)
        async with self._edits(None, guild_facts(guild), panel_ids) as edits:
            dropped: list[int] = []
            for edit in edits:
                dropped += await self._note(edit, present, emoji_ids)
            if dropped:
                await PanelRole.filter(id__in=dropped).using_db(edits[0].db).delete()
        return [edit.panel.id for edit in edits if edit.payload]

    async def _note(self, edit: Edit, present: frozenset[int], emoji_ids: frozenset[int]) -> list[int]:
        """Note what a panel names in vain, and take it out of its rules; the items that go."""
        edit.kind = CLEAN_UP
        role_ids, found = await asyncio.to_thread(_compared, edit.spec, present, emoji_ids)
        await _mend(edit, found, role_ids)
        rule = mended(edit.spec.requirement, role_ids)
        changes = {"required_role_ids": list(rule.required), "blocked_role_ids": list(rule.blocked)}
        edit.changes = {name: value for name, value in changes.items() if getattr(edit.panel, name) != value}
        edit.payload = await self._facts(edit.spec, found, role_ids)
        return [role.item_id for role in found.roles]

    async def _facts(self, panel: PanelSpec, found: Leftovers, role_ids: frozenset[int]) -> dict[str, object]:
        """What is recorded: nothing when nothing changes and the rest was told before."""
        facts = {
            "deleted_roles": {str(role.role_id): role.label for role in found.roles},
            "deleted_emojis": {role.label: role.emoji for role in found.emojis},
            "never_met": await self._not_told(panel, found.never_met),
            "rules": _rules_change(panel, role_ids),
        }
        return {name: value for name, value in facts.items() if value}

    async def _not_told(self, panel: PanelSpec, never_met: tuple[int, ...]) -> list[int]:
        if not never_met:
            return []
        told = await AuditEntry.filter(guild_id=panel.guild_id, panel_id=panel.panel_id, kind=CLEAN_UP)
        known = {role_id for entry in told for role_id in entry.payload.get("never_met", [])}
        return [role_id for role_id in never_met if role_id not in known]


class CleaningHandlers(Cog, name="cleaning"):
    """The listeners and loops, as a mixin of the cog."""

    poster: Poster

    def clean(self, bot: "RolePanelBot") -> None:
        """Begin: with every guild that is known already, and those that come."""
        self._clean_up = CleanUp(bot.dispatch)
        self._to_compare: set[int] = {guild.id for guild in bot.guilds}
        self._comparing = Loop(N_("Taking deleted things off panels"), self._compare_guilds, gather=GATHER)
        self._watching = Loop(N_("Looking whether posted panels still stand"), self._look_round, every=ROUND_SECONDS)
        self.keep(self._comparing)
        self.keep(self._watching)

    @commands.Cog.listener("on_guild_role_delete")
    async def _role_deleted(self, role: discord.Role) -> None:
        """It goes from the panels and their rules."""
        self._compare_soon(role.guild)

    @commands.Cog.listener("on_guild_emojis_update")
    async def _emojis_changed(
        self, guild: discord.Guild, _before: tuple[discord.GuildEmoji, ...], _after: tuple[discord.GuildEmoji, ...]
    ) -> None:
        """A deleted emoji goes from the panels."""
        self._compare_soon(guild)

    @commands.Cog.listener("on_guild_available")
    async def _guild_came(self, guild: discord.Guild) -> None:
        """What was deleted while nobody listened."""
        self._compare_soon(guild)

    @commands.Cog.listener("on_guild_join")
    async def _guild_joined(self, guild: discord.Guild) -> None:
        """The same for a guild that the bot was added to again."""
        self._compare_soon(guild)

    @commands.Cog.listener("on_guild_channel_delete")
    async def _channel_deleted(self, channel: discord.abc.GuildChannel) -> None:
        """Its messages are gone, if Discord confirms that: the bot may only have lost the sight of it."""
        await self._forget_channel(channel.guild.id, channel.id)

    @commands.Cog.listener("on_raw_thread_delete")
    async def _thread_deleted(self, event: discord.RawThreadDeleteEvent) -> None:
        """The same for a thread."""
        await self._forget_channel(event.guild_id, event.thread_id)

    async def _forget_channel(self, guild_id: int, channel_id: int) -> None:
        standing = await PanelMessage.filter(channel_id=channel_id, panel__guild_id=guild_id, missing=False, state=MessageState.LIVE)
        if not standing or not await self._is_gone(Route("GET", "/channels/{channel_id}", channel_id=channel_id)):
            return
        for message in standing:
            await self.poster.note_missing(message)
        self.bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))

    def _compare_soon(self, guild: discord.Guild) -> None:
        self._to_compare.add(guild.id)
        self._comparing.wake()

    async def _compare_guilds(self) -> None:
        """Compare the panels of all guilds where something may have been deleted."""
        waiting, self._to_compare = sorted(self._to_compare), set()
        try:
            for guild_id in waiting:
                guild = self.bot.get_guild(guild_id)
                if guild and not guild.unavailable and self.bot.serves(guild_id):  # its arrival leads here again
                    ids = await _candidates(guild)
                    for first in range(0, len(ids), AT_ONCE):
                        await self._compare_some(ids[first : first + AT_ONCE], guild_id)
        except BaseException:
            self._to_compare.update(waiting)
            raise

    async def _compare_some(self, panel_ids: list[int], guild_id: int) -> None:
        if any(self._comparing.is_aside(panel_id) for panel_id in panel_ids):
            self._to_compare.add(guild_id)
        trying = [panel_id for panel_id in panel_ids if not self._comparing.is_aside(panel_id)]
        if len(trying) > 1:
            with suppress(Exception):  # one that fails stops the others: then each is taken alone, and what happens there is told
                await self._compare(trying, guild_id)
                return
        for panel_id in trying:
            with self._comparing.item(guild_id, panel_id), suppress(UserError):  # it is being edited, and compared at the next deletion
                try:
                    await self._compare([panel_id], guild_id)
                except BotWouldOpen as error:
                    logger.warning("Panel {} names what was deleted, and a person has to take it off: {}", panel_id, error)
            if self._comparing.is_aside(panel_id):
                self._to_compare.add(guild_id)

    async def _compare(self, panel_ids: list[int], guild_id: int) -> None:
        guild = self.bot.get_guild(guild_id)
        if guild and not guild.unavailable and self.bot.serves(guild_id):  # its arrival leads here again
            for panel_id in await self._clean_up.compare(guild, panel_ids):
                logger.info("Panel {} of guild {} named what was deleted", panel_id, guild_id)

    async def _look_round(self) -> float:
        """Look whether each posted message still exists, at the pace of all look-ups; the seconds until the next round.

        However long a round takes, each message is looked at once an hour.
        """
        await self.bot.wait_until_ready()
        began = clock.now()
        rows = PanelMessage.filter(missing=False, state=MessageState.LIVE).order_by("id").limit(PORTION)
        last = 0
        while found := await rows.filter(id__gt=last).values_list("id", "panel__guild_id"):
            for row, guild_id in found:
                guild = self.bot.get_guild(guild_id)
                if guild is not None and not guild.unavailable and self.bot.serves(guild_id):
                    with self._watching.item(guild_id, row):
                        await self._look_at(guild, row)
            last = found[-1][0]
        return max(0.0, ROUND_SECONDS - (clock.now() - began).total_seconds())

    async def _look_at(self, guild: discord.Guild, row: int) -> None:
        message = await PanelMessage.get_or_none(id=row)
        if message is None or not _can_look(guild, message.channel_id):
            return
        await self.bot.pace.turn()
        if await self._is_gone(message_route("GET", message.channel_id, message.message_id or 0)):
            await self.poster.note_missing(message)
            self.bot.dispatch(AuditWritten.NAME, AuditWritten(guild.id))

    async def _is_gone(self, route: Route) -> bool:
        try:
            await self.bot.rest.request(route, tries=1)
        except discord.NotFound as error:
            return error.code in GONE
        except (discord.HTTPException, Uncertain, RateLimited) as error:
            logger.info("A posted panel could not be looked at: {!r}", error)
        return False


async def _candidates(guild: discord.Guild) -> list[int]:
    """The panels that name something which the guild does not have. The others need not be read."""
    return await Panel.naming_others(guild.id, [role.id for role in guild.roles], [emoji.id for emoji in guild.emojis])


def _compared(panel: PanelSpec, present: frozenset[int], emoji_ids: frozenset[int]) -> tuple[frozenset[int], Leftovers]:
    """The roles that count as there, and what is left over."""
    role_ids = present | guarded(panel, present)
    return role_ids, leftovers(panel, role_ids, emoji_ids)


async def _mend(edit: Edit, found: Leftovers, role_ids: frozenset[int]) -> None:
    """Take deleted emojis off the panel's roles, and deleted roles out of their rules and bundles."""
    items = PanelRole.filter(panel_id=edit.spec.panel_id).using_db(edit.db)
    if found.emojis:
        await items.filter(id__in=[role.item_id for role in found.emojis]).update(emoji=None)
    for role in edit.spec.roles:
        rule, bundle = mended(role.requirement, role_ids), [role_id for role_id in role.bundle if role_id in role_ids]
        if rule != role.requirement or len(bundle) != len(role.bundle):
            required, blocked = list(rule.required), list(rule.blocked)
            await items.filter(id=role.item_id).update(required_role_ids=required, blocked_role_ids=blocked, bundle_role_ids=bundle)


def _rules_change(panel: PanelSpec, role_ids: frozenset[int]) -> bool:
    """Whether a rule or a bundle names a deleted role that it can do without."""
    rules = (panel.requirement, *(role.requirement for role in panel.roles))
    bundled = any(role_id not in role_ids for role in panel.roles for role_id in role.bundle)
    return bundled or any(mended(rule, role_ids) != rule for rule in rules)


def _can_look(guild: discord.Guild, channel_id: int) -> bool:
    """Whether a look can tell anything; a channel that the cache has not may be an archived thread, or deleted."""
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return True
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    return place is None or allows(permissions_in(place), Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
