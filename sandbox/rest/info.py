"""Where the gateway is, and what clients ask once at their start."""

from typing import TYPE_CHECKING, Any

from sandbox.gateway.identify import session_start_limit
from sandbox.rest.router import Call, Router

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    router.get("/gateway", gateway, auth=False)
    router.get("/gateway/bot", gateway_bot)
    router.get("/soundboard-default-sounds", default_sounds)
    router.get("/sticker-packs", sticker_packs)
    router.get("/voice/regions", voice_regions)


async def gateway(call: Call) -> dict[str, Any]:
    """GET /gateway."""
    return {"url": call.sandbox.gateway_url}


async def gateway_bot(call: Call) -> dict[str, Any]:
    """GET /gateway/bot: the address, the recommended shards and how many sessions may still be started."""
    app = call.application
    return {
        "url": call.sandbox.gateway_url,
        "shards": app.recommended_shards,
        "session_start_limit": session_start_limit(call.sandbox.gateway, app),
    }


async def default_sounds(call: Call) -> list[dict[str, Any]]:
    """GET /soundboard-default-sounds: the sandbox plays one."""
    return [{"name": "quack", "sound_id": "1", "volume": 1.0, "emoji_id": None, "emoji_name": "🦆", "available": True}]


async def sticker_packs(call: Call) -> dict[str, Any]:
    """GET /sticker-packs: none."""
    return {"sticker_packs": []}


async def voice_regions(call: Call) -> list[dict[str, Any]]:
    """GET /voice/regions: none, the sandbox has no voice."""
    return []
