"""What Discord has and the sandbox does not play: refused in words, so that nobody looks for a mistake in their own bot."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from loguru import logger

from sandbox.errors import ApiError
from sandbox.rest.router import Call, Router

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_WEBHOOK = "/webhooks/{webhook_id}"
ROUTES: dict[str, tuple[tuple[str, str], ...]] = {
    "threads and forum posts": (
        ("POST", "/channels/{channel_id}/threads"),
        ("POST", f"{_MESSAGE}/threads"),
        ("GET", "/channels/{channel_id}/threads/archived/public"),
        ("GET", "/channels/{channel_id}/threads/archived/private"),
        ("GET", "/channels/{channel_id}/users/@me/threads/archived/private"),
        ("GET", "/channels/{channel_id}/thread-members"),
        ("PUT", "/channels/{channel_id}/thread-members/{member_id}"),
        ("DELETE", "/channels/{channel_id}/thread-members/{member_id}"),
    ),
    "webhooks of a channel": (
        ("POST", "/channels/{channel_id}/webhooks"),
        ("GET", _WEBHOOK),
        ("PATCH", _WEBHOOK),
        ("DELETE", _WEBHOOK),
    ),
    "followed announcement channels": (("POST", "/channels/{channel_id}/followers"),),
    "crossposted messages": (("POST", f"{_MESSAGE}/crosspost"),),
}


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    for what, routes in ROUTES.items():
        for method, path in routes:
            router.add(method, path, _refusal(what))


def _refusal(what: str) -> Callable[[Call], Awaitable[Any]]:
    async def refuse(call: Call) -> Any:
        """Discord serves this; the sandbox says that it does not."""
        logger.warning("{} was refused: Discord knows them, the sandbox does not", what)
        raise ApiError(400, 0, f"Discord knows {what}, the sandbox does not.")

    return refuse
