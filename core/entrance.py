"""The way in: who the bot is at Discord, and what an operator is told when Discord does not let it in."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
from discord.http import Route
from loguru import logger

from core.calls import RateLimited
from core.proxy import proxy_for
from core.rest import Rest, Uncertain
from core.settings import Settings
from core.stops import ExpectedStop, LastingStop

LOGIN_TRIES, LOGIN_PAUSE = 3, 1.0
LASTING_SECONDS = 900.0  # between a refusal that no restart mends and the end of the process
SPARE_SESSIONS = 10  # that a start leaves for the reconnects of those that run; Discord takes a token away that begins too many

WRONG_TOKEN = "Discord does not accept DISCORD_TOKEN. Copy it again from the Bot page of https://discord.com/developers/applications."
WRONG_SHARDS = "Discord refuses these shards ({code}). Check SHARD_COUNT and SHARD_IDS, or unset both for what Discord recommends."
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes: those after which nothing helps
CLOSED = {
    4004: WRONG_TOKEN,
    4010: WRONG_SHARDS,
    4011: WRONG_SHARDS,
    4012: "Discord no longer serves this version of its gateway ({code}). Update the bot.",
    4013: "Discord does not know the intents that the bot asks for ({code}). Update the bot.",
    4014: (
        "Discord refuses the members intent. "
        "Switch it on at the Bot page of https://discord.com/developers/applications, or unset MEMBERS_INTENT."
    ),
}


def closed_for_good(code: int | None) -> ExpectedStop:
    """What to end with when the gateway was closed with this code, after which no reconnecting helps."""
    if code in CLOSED:
        return LastingStop(CLOSED[code].format(code=code))
    return ExpectedStop(f"Discord closed the gateway for good ({code}).")


def announce(end: LastingStop) -> None:
    """Say why the process stays, so that nobody takes it for one that works."""
    logger.error("{} The bot ends in {:.0f} minutes, because starting again does not help", end, LASTING_SECONDS / 60)


@contextmanager
def explained(api_url: str) -> Iterator[None]:
    """Turn whatever keeps the bot from logging in into an ExpectedStop that says what to mend."""
    try:
        yield
    except discord.LoginFailure:
        raise LastingStop(WRONG_TOKEN) from None
    except discord.HTTPException as error:
        if error.status == 401:
            raise LastingStop(WRONG_TOKEN) from None
        advice = "Check DISCORD_API_URL." if error.status in (404, 405) else "Try again later."
        raise ExpectedStop(f"Discord answered {error.status} at {api_url}. {advice}") from None
    except RateLimited as error:
        raise ExpectedStop(f"Discord limits the bot's requests at {api_url}. Try again in {error.retry_after:.0f} seconds.") from None
    except (Uncertain, aiohttp.ClientError, OSError):
        proxy = ", the proxy that the environment names," if proxy_for(api_url) else ""
        raise ExpectedStop(f"Discord cannot be reached at {api_url}. Check the network{proxy} and DISCORD_API_URL.") from None
    except (TypeError, LookupError, ValueError):
        raise ExpectedStop(f"What answers at {api_url} is not Discord. Check DISCORD_API_URL.") from None


async def who_and_how_many(settings: Settings) -> tuple[int, int]:
    """Ask Discord for the application's id and the number of shards it wants."""
    rest = Rest(settings.discord_token.get_secret_value())
    try:
        me = await rest.request(Route("GET", "/users/@me"))
        recommended = await _sessions(rest, len(settings.shard_ids or ()) or settings.shard_count)
        return int(me["id"]), settings.shard_count or recommended
    finally:
        await rest.close()


async def log_in(bot: discord.Client, token: str) -> None:
    """py-cord's login, which by itself gives up on a dropped connection and on a 429."""
    for attempt in range(LOGIN_TRIES):
        try:
            await bot.login(token)
            return
        except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
            refused = isinstance(error, discord.HTTPException) and error.status != 429
            if refused or attempt + 1 == LOGIN_TRIES:
                raise
        finally:
            if bot.user is None:
                await bot.http.close()
        await asyncio.sleep(LOGIN_PAUSE * 2**attempt)


async def _sessions(rest: Rest, wanted: int | None) -> int:
    """The number of shards that Discord recommends, as soon as so many sessions (`wanted`, or as many) may be begun.

    https://docs.discord.com/developers/events/gateway#session-start-limit-object
    """
    while True:
        try:
            answer = await rest.request(Route("GET", "/gateway/bot"))
        except discord.NotFound:
            return 1  # a server that only mimics Discord may not have it
        recommended = int(answer["shards"])
        limit = answer.get("session_start_limit") or {}
        seconds = limit.get("reset_after", 0) / 1000
        if not seconds or limit.get("remaining", math.inf) >= (wanted or recommended) + SPARE_SESSIONS:
            return recommended
        logger.warning("The bot was started so often that Discord allows hardly any more; waiting {:.0f} minutes", seconds / 60)
        await asyncio.sleep(seconds + 1)
