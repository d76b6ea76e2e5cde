"""A plain page: where the sandbox is, how a bot gets in, and what the world holds."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox import permissions
from sandbox.world import Guild, World

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{border:1px solid #8886;padding:.2rem .6rem;text-align:left}"
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def register(app: web.Application, sandbox: "Sandbox") -> None:
    """Serve the page at /."""

    async def serve(_: web.Request) -> web.Response:
        return web.Response(text=render(sandbox), content_type="text/html", headers=_HEADERS)

    app.router.add_get("/", serve)


def render(sandbox: "Sandbox") -> str:
    """The page as HTML; every text of the world is escaped."""
    world = sandbox.world
    applications = [(a.name, a.id, a.token[: len(a.token) // 4] + "…") for a in world.applications.values()]
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox</title>',
        f"<style>{_STYLE}</style><h1>Sandbox</h1>",
        "<p>A local Discord. Tell a bot this address in place of https://discord.com/api:</p>",
        f"<pre>{escape(sandbox.api_url)}</pre>",
        "<h2>Applications</h2>",
        _table(("name", "id", "token begins with"), applications),
    ]
    for guild in world.guilds.values():
        parts += _guild(world, guild)
    return "\n".join(parts) + "</html>"


def _guild(world: World, guild: Guild) -> list[str]:
    roles = sorted(guild.roles.values(), key=permissions.rank, reverse=True)
    members = ((world.user(m.user_id), m) for m in guild.members.values())
    channels = sorted(guild.channels.values(), key=lambda c: (c.parent_id or c.id, c.parent_id is not None, c.position))
    return [
        f"<h2>{escape(guild.name)}</h2>",
        "<h3>Channels</h3>",
        _table(
            ("name", "type", "id", "messages"),
            ((c.name, c.type, c.id, sum(m.visible_to is None for m in world.messages.get(c.id, {}).values())) for c in channels),
        ),
        "<h3>Members</h3>",
        _table(
            ("user name", "name", "id", "locale", "roles"),
            (
                (u.username, u.global_name or "", u.id, u.locale, ", ".join(guild.roles[i].name for i in m.role_ids if i in guild.roles))
                for u, m in members
            ),
        ),
        "<h3>Roles, highest first</h3>",
        _table(
            ("position", "name", "id", "permissions"),
            ((r.position, r.name, r.id, ", ".join(permissions.names(r.permissions)).lower()) for r in roles),
        ),
    ]


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
