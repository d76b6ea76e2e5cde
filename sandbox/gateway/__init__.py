"""The gateway: WebSocket sessions through which bots hear of what happens (v10, JSON, optionally zlib-stream)."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Gateway:
    """Every session of every application, and the switches with which a test troubles them."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox


def register(app: web.Application, sandbox: "Sandbox") -> None:
    """Serve the WebSocket at `/gateway`."""
