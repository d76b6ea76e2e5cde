"""AuditService: which entries of a guild are due in its audit channel, and posting them exactly once."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import discord
from discord.http import Route
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from cogs.audit.render import embed, placeholder, size
from core.channels import missing_to_post
from core.components import Payload, public
from core.errors import is_database_away
from core.i18n import Translator, translator
from core.loops import Loop
from core.rate_limits import Slot
from domain import clock
from domain.permissions import names_of
from models import AuditEntry, GuildConfig

if TYPE_CHECKING:
    from core.bot import RolePanelBot

# https://docs.discord.com/developers/resources/message#create-message and #embed-object-embed-limits
EMBEDS_MAX, EMBEDS_LENGTH_MAX = 10, 6000
TIMEOUT, TRIES = 5.0, 2  # a connection of the pool is held meanwhile; the outbox comes again anyway


class ChannelUnusable(Exception):
    """The audit channel was deleted, or the bot may not post there; the message says which.

    `known_before`: the cache told, so that trying again costs Discord nothing.
    """

    def __init__(self, reason: str, *, known_before: bool) -> None:
        super().__init__(reason)
        self.known_before = known_before


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a guild's entries go, in which language, and from which moment on (the condition is `settled_at >= since`)."""

    guild_id: int
    channel_id: int
    since: datetime
    t: Translator


class Posted(NamedTuple):
    """How many entries a message shows, and how many more are due already, as far as one more message would show them."""

    shown: int
    left: int = 0


class AuditService:
    """Reads due entries and posts them."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot

    async def guilds_waiting(self) -> list[int]:
        """Every guild with an audit channel and an entry that is due there."""
        rows = await get_connection("default").execute_query_dict(
            """
            SELECT guild_id FROM guild_config AS config
            WHERE audit_channel_id IS NOT NULL AND EXISTS (
                SELECT FROM audit_entry
                WHERE guild_id = config.guild_id AND posted_at IS NULL AND settled_at >= config.audit_since
            )
            """
        )
        return [row["guild_id"] for row in rows]

    async def destination(self, guild_id: int, using_db: BaseDBAsyncClient | None = None) -> Destination | None:
        """Where the guild's entries go; None when it wants none, or is not known (yet)."""
        guild, config = self._bot.get_guild(guild_id), await GuildConfig.get_or_none(guild_id=guild_id, using_db=using_db)
        if guild is None or guild.unavailable or config is None:
            return None
        if config.audit_channel_id is None or config.audit_since is None:
            return None
        t = translator(config.locale or guild.preferred_locale, self._bot.settings.default_locale)
        return Destination(guild_id, config.audit_channel_id, config.audit_since, t)

    async def post_next(self, to: Destination, deadline: float, loop: Loop, *, full: bool) -> Posted:
        """Post the oldest due entries in one message and mark them; where it is to be `full`, only if they fill it.

        An entry that cannot be read is set aside in `loop`, and the others are posted.

        Raises ChannelUnusable, RateLimited when that would wait past `deadline` (the loop's time), Uncertain or discord.HTTPException.
        """
        self._check(to)
        # The turn among all calls comes first, so that nobody waits for it with a connection of the pool.
        async with await self._bot.rest.admit(_route(to), deadline) as slot, in_transaction() as connection:
            due = AuditEntry.filter(guild_id=to.guild_id, posted_at__isnull=True, settled_at__gte=to.since).using_db(connection)
            # In the order of settling, so that an entry that settles late never changes what a repeated message begins with.
            due = due.exclude(id__in=[key[1] for key in loop.aside() if isinstance(key, tuple)])
            rows = await due.order_by("settled_at", "id").limit(2 * EMBEDS_MAX).select_for_update(skip_locked=True).only("id")
            # Asked after the entries were read: the entry of a change of language is shown in the new one.
            now = await self.destination(to.guild_id, connection)
            if now is None or now.channel_id != to.channel_id:
                return Posted(0)
            if full and len(rows) < EMBEDS_MAX:
                return Posted(0, len(rows))
            made: list[tuple[AuditEntry, Payload]] = []
            entries = await _read([row.id for row in rows[:EMBEDS_MAX]], connection, to.guild_id, loop)
            # An entry can tell of hundreds of roles.
            for entry, drawn in zip(entries, await asyncio.to_thread(_drawn, entries, now.t), strict=True):
                with loop.item(to.guild_id, ("entry", entry.id)):
                    if isinstance(drawn, Exception):
                        raise drawn
                    made.append((entry, drawn))
            shown = await self._post(now, made, deadline, slot) if made else 0
            ids = [entry.id for entry, _ in made[:shown]]
            await AuditEntry.filter(id__in=ids).using_db(connection).update(posted_at=clock.now())
        return Posted(shown, len(rows) - shown)

    def _check(self, to: Destination) -> None:
        """Refuse what the cache already knows to be hopeless, without a call."""
        guild = self._bot.get_guild(to.guild_id)
        channel = guild.get_channel(to.channel_id) if guild else None
        if channel is None:
            raise ChannelUnusable("it was deleted, or the bot does not see it", known_before=True)
        if missing := missing_to_post(channel):
            raise ChannelUnusable(f"the bot lacks {', '.join(names_of(missing))} there", known_before=True)

    async def _post(self, to: Destination, made: list[tuple[AuditEntry, Payload]], deadline: float, slot: Slot) -> int:
        """How many of the entries stand in the channel now: as many as fit in one message, one at least."""
        first, embeds = made[0][0], _fitting([shown for _, shown in made])
        try:
            return await self._send(to, first, embeds, deadline, slot)
        except discord.HTTPException as error:
            if error.status != 400:
                raise
            # Discord refuses the content of some entry: alone, the first one is either fine or replaced.
            try:
                return await self._send(to, first, embeds[:1], deadline, slot)
            except discord.HTTPException as again:
                if again.status != 400:
                    raise
                return await self._send(to, first, [placeholder(first, to.t)], deadline, slot)

    async def _send(self, to: Destination, first: AuditEntry, embeds: list[Payload], deadline: float, slot: Slot) -> int:
        """Post, and count the embeds of the message that Discord has.

        The nonce makes a repetition safe: for some minutes Discord answers with the message of the first time,
        which may hold fewer embeds than are due by now.
        """
        body = public({"embeds": embeds, "nonce": f"audit-{first.id}", "enforce_nonce": True})
        try:
            bounds = {"timeout": TIMEOUT, "tries": TRIES, "deadline": deadline}
            message = await self._bot.rest.request(_route(to), body=body, repeatable=True, slot=slot, **bounds)
        except (discord.Forbidden, discord.NotFound) as error:
            raise ChannelUnusable(f"Discord answered {error.code}: {error.text}", known_before=False) from error
        return min(len(message["embeds"]), len(embeds)) or len(embeds)


def _route(to: Destination) -> Route:
    return Route("POST", "/channels/{channel_id}/messages", channel_id=to.channel_id)


async def _read(ids: list[int], connection: BaseDBAsyncClient, guild_id: int, loop: Loop) -> list[AuditEntry]:
    """The entries in this order; where one cannot be read, the others."""
    try:
        found = {entry.id: entry for entry in await AuditEntry.filter(id__in=ids).using_db(connection)}
    except Exception as error:
        if is_database_away(error):
            raise
        found = {}
        for entry_id in ids:
            with loop.item(guild_id, ("entry", entry_id)):
                found[entry_id] = await AuditEntry.get(id=entry_id, using_db=connection)
    return [found[entry_id] for entry_id in ids if entry_id in found]


def _drawn(entries: list[AuditEntry], t: Translator) -> list[Payload | Exception]:
    """Each entry as an embed, or why it cannot be shown."""
    found: list[Payload | Exception] = []
    for entry in entries:
        try:
            found.append(embed(entry, t))
        except Exception as error:  # noqa: BLE001 - told by whom it concerns
            found.append(error)
    return found


def _fitting(embeds: list[Payload]) -> list[Payload]:
    """As many as Discord takes in one message, one at least."""
    total, kept = 0, 0
    for made in embeds:
        total += size(made)
        if kept and total > EMBEDS_LENGTH_MAX:
            break
        kept += 1
    return embeds[:kept]
