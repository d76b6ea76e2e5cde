"""The page over HTTP, and who may come in: only this address, only this page's own scripts."""

from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.webclient.hub import Hub
from sandbox.webclient.view import first_person
from sandbox.webclient.window import Window
from sandbox.world import User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

PAGE = Path(__file__).parents[1] / "page"
TYPES = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
}  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
# Bots do not follow redirects; they come by any address of this machine, but never by a name that somebody else may point at it.
FOR_BOTS = ("/api", "/gateway")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Ten files of 10 MiB each are the most that a modal takes; base64 makes 4 bytes of 3.
LARGEST_REQUEST = 10 * 10 * 1024 * 1024 * 4 // 3 + 64 * 1024


def register(app: web.Application, sandbox: "Sandbox") -> None:
    """Serve the page at /, its files below /static and its windows at /client."""
    hub = Hub(sandbox)

    async def index(_: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def static(request: web.Request) -> web.StreamResponse:
        return _file(request.match_info["path"])

    async def client(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Origin") != sandbox.url:
            raise web.HTTPForbidden(text="Only the sandbox's own page may connect here.")
        return await _serve_window(hub, request)

    async def close_windows(_: web.Application) -> None:
        await hub.close()

    app.middlewares.append(_only_this_address(sandbox))
    app.router.add_get("/", index)
    app.router.add_get("/static/{path:.+}", static)
    app.router.add_get("/client", client)
    app.on_shutdown.append(close_windows)


def _only_this_address(sandbox: "Sandbox") -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if f"http://{request.host}" == sandbox.url or (request.path.startswith(FOR_BOTS) and _is_address(request.url.host)):
            return await handler(request)
        if request.method == "GET" and request.url.host in LOOPBACK:
            raise web.HTTPFound(f"{sandbox.url}{request.rel_url}")
        raise web.HTTPMisdirectedRequest(text=f"The sandbox is at {sandbox.url}/ and nowhere else.")

    return check


def _is_address(host: str | None) -> bool:
    try:
        return host in LOOPBACK or bool(ip_address(host or ""))
    except ValueError:
        return False


def _file(name: str) -> web.StreamResponse:
    path = (PAGE / name).resolve()
    if not path.is_relative_to(PAGE) or path.suffix not in TYPES or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8"})


async def _serve_window(hub: Hub, request: web.Request) -> web.StreamResponse:
    ws = web.WebSocketResponse(max_msg_size=LARGEST_REQUEST, heartbeat=30.0)
    await ws.prepare(request)
    window = Window(hub, ws, _who(hub, request.query.get("user")))
    hub.windows.add(window)
    try:
        await window.run()
    finally:
        hub.windows.discard(window)
    return ws


def _who(hub: Hub, username: str | None) -> User:
    users = hub.sandbox.world.users.values()
    return next((user for user in users if user.username == username and not user.bot), None) or first_person(hub.sandbox)
