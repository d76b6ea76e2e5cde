"""The last word to a guild whose data were erased: one entry in the channel that its log was posted to."""

from typing import TYPE_CHECKING

import discord
from discord.http import Route
from loguru import logger

from core.calls import RateLimited
from core.components import Payload, public
from core.i18n import Translator, translator
from core.loops import Loop
from core.markup import Markup, code, member_mention
from core.rest import Uncertain
from models import ErasureReceipt

if TYPE_CHECKING:
    from core.bot import RolePanelBot

RED = 0xED4245
TIMEOUT = 10.0  # seconds


async def tell_pending(bot: "RolePanelBot", loop: Loop) -> bool:
    """Post what was not posted yet, in the guilds of this process; whether anything is left for another try."""
    left = False
    waiting = ErasureReceipt.filter(audit_channel_id__isnull=False).order_by("id")
    for row, guild_id in await waiting.values_list("id", "guild_id"):
        guild, key = bot.get_guild(guild_id), ("receipt", row)
        if guild and not guild.unavailable and bot.serves(guild.id) and not loop.is_aside(key):
            with loop.item(guild.id, key):
                receipt = await ErasureReceipt.get_or_none(id=row)
                left |= receipt is not None and not await _tell(bot, guild, receipt)
    return left


async def _tell(bot: "RolePanelBot", guild: discord.Guild, receipt: ErasureReceipt) -> bool:
    t = translator(receipt.locale or guild.preferred_locale, bot.settings.default_locale)
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=receipt.audit_channel_id)
    body = public({"embeds": [last_entry(receipt, t)], "nonce": f"erasure-{receipt.id}", "enforce_nonce": True})
    try:
        if guild.get_channel(receipt.audit_channel_id or 0):  # what the bot does not see cannot be posted in
            await bot.rest.request(route, body=body, repeatable=True, timeout=TIMEOUT, tries=2)
    except (RateLimited, Uncertain, discord.DiscordServerError) as error:
        logger.info("The last entry for guild {} has to wait: {!r}", guild.id, error)
        return False
    except discord.HTTPException as error:
        logger.warning("The last entry for guild {} could not be posted: {}", guild.id, error)
    await ErasureReceipt.filter(id=receipt.id).update(audit_channel_id=None, locale=None)
    return True


def last_entry(receipt: ErasureReceipt, t: Translator) -> Payload:
    """The entry as an embed. Pure."""
    counts = [
        t.plural("{n} panel", "{n} panels", receipt.panels),
        t.plural("{n} entry of the log", "{n} entries of the log", receipt.entries),
    ]
    if receipt.temporary_roles:
        roles = t.plural("{n} temporary role, which stays", "{n} temporary roles, which stay", receipt.temporary_roles)
        counts.append(roles)
    embed: Payload = {
        "title": t("Everything stored for this server was erased"),
        "color": RED,
        "fields": [{"name": t("Erased"), "value": Markup("\n").join(counts), "inline": False}],
        "timestamp": receipt.erased_at.isoformat(),
    }
    if receipt.actor_id:
        embed["fields"].insert(
            0,
            {
                "name": t("By"),
                "value": Markup("{} ({})").format(member_mention(receipt.actor_id), code(str(receipt.actor_id))),
                "inline": True,
            },
        )
    return embed
