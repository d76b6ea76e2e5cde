"""The whole of the API: each module of this package registers the routes of one subject."""

from typing import TYPE_CHECKING

from sandbox.rest import (
    channels,
    commands,
    emojis,
    guilds,
    info,
    interactions,
    invites,
    members,
    messages,
    reactions,
    roles,
    unmodelled,
    users,
)
from sandbox.rest.router import Router

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MODULES = (info, users, guilds, emojis, members, roles, channels, messages, reactions, invites, commands, interactions, unmodelled)


def build_router(sandbox: "Sandbox") -> Router:
    """Every route of the API."""
    router = Router()
    for module in MODULES:
        module.register(router, sandbox)
    return router
