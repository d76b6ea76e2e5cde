"""Applications and the bot's own account."""

import hashlib
from typing import Any

from sandbox.payload.people import user
from sandbox.world import Application, User, World

_TEAM_PSEUDO_USER = 1 << 10
_GATEWAY_FLAGS = ((1 << 1, 1 << 12, 1 << 13), (1 << 8, 1 << 14, 1 << 15), (1 << 15, 1 << 18, 1 << 19))


def _flags(app: Application) -> int:
    """The "limited" flags of the intents that are switched on in the portal (presence, members, message content)."""
    return sum(limited for intent, _, limited in _GATEWAY_FLAGS if app.privileged_intents & intent)


def partial_application(app: Application) -> dict[str, Any]:
    """What READY tells of the application."""
    return {"id": str(app.id), "flags": _flags(app)}


def application(world: World, app: Application) -> dict[str, Any]:
    """An application as others see it."""
    return {
        "id": str(app.id),
        "name": app.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(world.user(app.bot_id)),
        "bot_public": app.bot_public,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {"oauth2_install_params": {"scopes": ["applications.commands", "bot"], "permissions": "0"}}},
        "summary": "",  # an empty string until API v11
        "verify_key": hashlib.sha256(str(app.id).encode()).hexdigest(),
        "flags": _flags(app),
        "flags_new": str(_flags(app)),
    }


def application_private(world: World, app: Application) -> dict[str, Any]:
    """An application as its own bot sees it (GET /applications/@me)."""
    return {
        **application(world, app),
        "redirect_uris": [],
        "interactions_endpoint_url": app.interactions_endpoint_url,
        "role_connections_verification_url": None,
        "owner": _team_user(app) if app.team_member_ids else user(world.user(app.owner_id)),
        "approximate_guild_count": len(world.guilds_of(app.bot_id)),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": _team(world, app) if app.team_member_ids else None,
        "eligible_oauth2_scopes": [],
    }


def _team_user(app: Application) -> dict[str, Any]:
    """A team stands as a user of its own where the owner is named."""
    made = user(User(app.id + 1, f"team{app.id + 1}"))
    return {**made, "flags": _TEAM_PSEUDO_USER, "public_flags": _TEAM_PSEUDO_USER}


def _team(world: World, app: Application) -> dict[str, Any]:
    """The team with its members, who all have accepted. https://docs.discord.com/developers/topics/teams#data-models"""
    members = [(app.owner_id, "admin"), *((member_id, "developer") for member_id in app.team_member_ids)]
    team_id = str(app.id + 1)
    return {
        "id": team_id,
        "name": f"The makers of {app.name}",
        "icon": None,
        "owner_user_id": str(app.owner_id),
        "members": [
            {"membership_state": 2, "team_id": team_id, "permissions": ["*"], "role": role, "user": user(world.user(user_id))}
            for user_id, role in members
        ],
    }


def own_user(world: World, app: Application) -> dict[str, Any]:
    """The bot's own user (GET /users/@me and READY)."""
    record = world.user(app.bot_id)
    return {**user(record), "mfa_enabled": app.owner_has_2fa, "locale": record.locale, "verified": True, "email": None}
