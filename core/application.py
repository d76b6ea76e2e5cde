"""What the developer portal says of the bot's application: asked once at the start, because some of its switches silence a bot."""

from dataclasses import dataclass
from typing import Any

import discord
from discord.http import Route
from loguru import logger

from core.calls import RateLimited
from core.rest import Rest, Uncertain

ASK_TIMEOUT = 5.0  # seconds; a start need not wait for it
# https://docs.discord.com/developers/resources/application#application-object-application-flags, each with its "limited" twin
_INTENTS = {"presences": 1 << 12 | 1 << 13, "members": 1 << 14 | 1 << 15, "message content": 1 << 18 | 1 << 19}
_ACCEPTED, _READ_ONLY = 2, "read_only"  # of a team's member
PORTAL = "https://discord.com/developers/applications"


@dataclass(frozen=True, slots=True)
class Application:
    """What matters of it. `intents` are the privileged ones that the portal allows; None where it does not say."""

    name: str
    owner_ids: frozenset[int]
    public: bool
    intents: frozenset[str] | None
    endpoint_url: str | None

    @classmethod
    def read(cls, told: Any) -> "Application":
        """What GET /applications/@me told; whatever is missing there is taken as unset."""
        flags = told.get("flags_new") or told.get("flags")
        bits = None if flags is None else int(flags)
        return cls(
            name=str(told.get("name", "")),
            owner_ids=_owners(told),
            public=bool(told.get("bot_public")),
            intents=None if bits is None else frozenset(name for name, either in _INTENTS.items() if bits & either),
            endpoint_url=told.get("interactions_endpoint_url") or None,
        )


async def ask(rest: Rest) -> Application | None:
    """Ask Discord for the bot's own application. None when it does not say, which keeps no bot from starting."""
    try:
        return Application.read(await rest.request(Route("GET", "/applications/@me"), timeout=ASK_TIMEOUT, tries=2))
    except (discord.HTTPException, Uncertain, RateLimited, AttributeError, TypeError, ValueError, LookupError) as error:
        logger.info("Discord does not tell what the developer portal says of the bot: {!r}", error)
        return None


def announce(application: Application, *, members_intent: bool) -> None:
    """Tell the operator what the portal says, and warn of what would keep the bot from working."""
    known = "unknown" if application.intents is None else ", ".join(sorted(application.intents)) or "none"
    who = "anybody may invite it (Public Bot is on)" if application.public else "only its owner may invite it (Public Bot is off)"
    logger.info("The application {}: {}; privileged intents that the portal allows: {}", application.name, who, known)
    if application.endpoint_url:
        logger.warning(
            "An Interactions Endpoint URL is set for this bot ({}): Discord sends every command and every click there, and none here. "
            "Clear the field at {} → General Information, and save",
            application.endpoint_url,
            PORTAL,
        )
    if members_intent and application.intents is not None and "members" not in application.intents:
        logger.warning("MEMBERS_INTENT is set, but the portal does not allow it. Switch on Server Members Intent at {} → Bot", PORTAL)


def _owners(told: Any) -> frozenset[int]:
    """Who owns it: of a team everybody who joined it, but for those who may only read."""
    team = told.get("team")
    if not team:
        owner = told.get("owner")
        return frozenset({int(owner["id"])}) if owner else frozenset()
    members = [member for member in team.get("members", ()) if member.get("membership_state", _ACCEPTED) == _ACCEPTED]
    found = {int(member["user"]["id"]) for member in members if member.get("role") != _READ_ONLY}
    return frozenset(found | {int(team["owner_user_id"])} if team.get("owner_user_id") else found)
