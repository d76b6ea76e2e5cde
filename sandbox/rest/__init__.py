"""Discord's REST API v10: each module registers the routes of one subject."""

from typing import TYPE_CHECKING

from sandbox.rest import commands, info, interactions
from sandbox.rest.router import Router

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MODULES = (info, commands, interactions)


def build_router(sandbox: "Sandbox") -> Router:
    """Every route of the API."""
    router = Router()
    for module in MODULES:
        module.register(router, sandbox)
    return router
