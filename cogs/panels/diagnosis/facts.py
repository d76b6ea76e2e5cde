"""The doctor's eyes: everything that a diagnosis needs to know of a server, from the cache, the database and Discord."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import timedelta

import discord
from discord.http import Route
from tortoise.expressions import Q

from cogs.panels.posting.follower import Follower
from cogs.panels.posting.poster import Poster
from cogs.panels.posting.postings import Condition, Posting, postings_of
from core.bot import RolePanelBot
from core.calls import RateLimited
from core.channels import missing_to_look, missing_to_post
from core.command_access import closed_to
from core.facts import guild_facts
from core.rest import Uncertain
from domain import clock
from domain.diagnosis import FailingWork, Mend, PanelFacts, PostingFacts, ServerFacts, diagnose
from domain.leftovers import leftovers
from domain.panels import PanelSpec
from domain.permissions import Permission
from models import GuildConfig, MessageState, Panel, PanelMessage, RoleGrant

LOOKS_MAX = 20  # messages that one check of the whole server looks at
OVERDUE = timedelta(minutes=10)  # a temporary role that is still there so long after its end is stuck
WEIGHT_MAX = 250_000  # of the panels that one check examines: ten for each role on them and one for each that a rule names
PATIENCE = 6.0  # seconds for each question to Discord


class Doctor:
    """Gathers facts and changes nothing, but that a message seen to be deleted is remembered as missing."""

    def __init__(self, bot: RolePanelBot, poster: Poster, follower: Follower) -> None:
        self._bot, self._poster, self._follower = bot, poster, follower

    async def panels(self, guild_id: int, first: int = 0) -> tuple[list[PanelSpec], int]:
        """The panels of a guild by name, `first` before all others, as far as one check may; and how many were left out."""
        wanted = Panel.filter(guild_id=guild_id).order_by("name")
        with self._follower.loop.item(guild_id, ("panels", guild_id)):
            alone = list(await Panel.specs(Q(id=first, guild_id=guild_id))) if first else []
            found = await _as_many_as_one_check_may(Panel.each_spec(wanted.exclude(id=first)), alone)
            return found, await wanted.count() - len(found)
        # There is one that cannot be read: the others are examined without it.
        ids = sorted([panel_id for (panel_id,) in await wanted.values_list("id")], key=lambda panel_id: panel_id != first)
        return await _as_many_as_one_check_may(self._readable(guild_id, ids), []), 0

    async def _readable(self, guild_id: int, panel_ids: Iterable[int]) -> AsyncIterator[PanelSpec]:
        for panel_id in panel_ids:
            panel = None
            with self._follower.loop.item(guild_id, ("panel", panel_id)):
                panel = await Panel.spec(panel_id)
            if panel:
                yield panel

    async def server(self, guild: discord.Guild, panels: Sequence[PanelSpec]) -> ServerFacts:
        """What surrounds the panels; they are all that the server has."""
        config = await GuildConfig.get_or_none(guild_id=guild.id) or GuildConfig(guild_id=guild.id)
        managers = tuple(config.manager_role_ids)
        closed = await closed_to(self._bot, guild, managers, Permission.MANAGE_ROLES) if managers else None
        return ServerFacts(
            guild=guild_facts(guild),
            lacking=_lacking(guild),
            owner_lacks_two_factor=guild.mfa_level == 1 and not await self._owner_has_two_factor(),
            sees_members=self._bot.intents.members,
            audit_channel_id=config.audit_channel_id,
            manager_role_ids=managers,
            closed_manager_role_ids=closed.role_ids if closed else (),
            overdue_role_ids=await RoleGrant.overdue(guild.id, clock.now() - OVERDUE),
            panels=tuple(panels),
            failing=self._failing(guild.id),
            held_back_until=clock.now() + pause if (pause := self._bot.rest.held_back(guild.id)) else None,
        )

    def _failing(self, guild_id: int) -> tuple[FailingWork, ...]:
        """What the background work of all cogs set aside; of the same work and failure once."""
        aside = [aside for loop in self._bot.loops for aside in loop.set_aside(guild_id)]
        found = {(one.work, one.error_id): FailingWork(one.work, one.error_id, one.until) for one in aside}
        return tuple(sorted(found.values(), key=lambda failing: failing.error_id))

    async def look(self, panels: list[PanelSpec]) -> int:
        """Look at the messages of these panels, as far as one check may; how many were not looked at."""
        unseen, seen = 0, 0
        for panel in panels:
            count = await PanelMessage.filter(panel_id=panel.panel_id, missing=False, state=MessageState.LIVE).count()
            if seen and seen + count > LOOKS_MAX:
                unseen += count
                continue
            seen += count
            await self._poster.look(panel.panel_id)
        return unseen

    async def facts(self, guild: discord.Guild, panels: list[PanelSpec]) -> tuple[PanelFacts, ...]:
        """The panels with where they stand, as it is known now."""
        postings = await postings_of(panels, guild, await self._poster.edition(guild), self._follower.in_trouble)
        groups = [panel.link_group for panel in await Panel.filter(guild_id=guild.id, link_group__isnull=False).only("id", "link_group")]
        role_ids = frozenset(role.id for role in guild.roles)
        emoji_ids = frozenset(emoji.id for emoji in guild.emojis)
        linked = Counter(groups)
        unseen = {panel.panel_id: self._unseen(guild, panel, postings[panel.panel_id]) for panel in panels}
        return await asyncio.to_thread(
            lambda: tuple(
                PanelFacts(
                    spec=panel,
                    postings=tuple(_posting(posting, unseen[panel.panel_id]) for posting in postings[panel.panel_id]),
                    linked=linked[panel.link_group] - 1 if panel.link_group else 0,
                    refused_emojis=frozenset(item for posting in postings[panel.panel_id] for item in posting.refused_emojis),
                    gone_emojis=frozenset(role.item_id for role in leftovers(panel, role_ids, emoji_ids).emojis),
                )
                for panel in panels
            )
        )

    def _unseen(self, guild: discord.Guild, panel: PanelSpec, postings: Iterable[Posting]) -> dict[int, int]:
        """The channels where it cannot be found out what became of a message that was being posted, and what the bot lacks there."""
        unknown = [] if self._poster.is_at_work(panel.panel_id) else [posting.channel_id for posting in postings if posting.unknown]
        return {channel.id: missing_to_look(channel).value for channel in map(guild.get_channel, unknown) if channel}

    async def still(self, guild: discord.Guild, panel: PanelSpec, mend: Mend, subject: int) -> bool:
        """Whether something that was found on a panel still is so, as far as it is known now."""
        server = ServerFacts(guild_facts(guild), _lacking(guild), sees_members=self._bot.intents.members)
        findings = await asyncio.to_thread(diagnose, server, await self.facts(guild, [panel]))
        return any((found.panel_id, found.mend, found.subject) == (panel.panel_id, mend, subject) for found in findings)

    async def _owner_has_two_factor(self) -> bool:
        """Whether the account that owns the bot has two-factor authentication; taken to be so when Discord does not say."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        try:
            me = await self._bot.rest.request(Route("GET", "/users/@me"), tries=1, timeout=PATIENCE, deadline=deadline)
        except (discord.HTTPException, RateLimited, Uncertain):
            return True
        return bool(me.get("mfa_enabled", True))


async def _as_many_as_one_check_may(panels: AsyncIterator[PanelSpec], found: list[PanelSpec]) -> list[PanelSpec]:
    room = WEIGHT_MAX - sum(map(_weight, found))
    async for panel in panels:
        room -= _weight(panel)
        if room < 0 and found:
            break
        found.append(panel)
    return found


def _weight(panel: PanelSpec) -> int:
    """How long it takes to examine a panel: its roles, and those that their rules name."""
    rules = (panel.requirement, *(role.requirement for role in panel.roles))
    named = sum(len(rule.required) + len(rule.blocked) for rule in rules) + sum(len(role.bundle) for role in panel.roles)
    return 10 * len(panel.roles) + named


def _lacking(guild: discord.Guild) -> dict[int, int]:
    return {channel.id: missing_to_post(channel).value for channel in guild.channels}


def _posting(posting: Posting, unseen: Mapping[int, int]) -> PostingFacts:
    return PostingFacts(
        posting.channel_id,
        missing=posting.condition is Condition.MISSING,
        behind=posting.condition is Condition.OUT_OF_DATE,
        unseen=unseen.get(posting.channel_id, 0),
    )
