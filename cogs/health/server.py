"""The two probes and their answers."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from core.errors import is_database_away

if TYPE_CHECKING:
    from core.bot import RolePanelBot

# Orchestrators give a probe about a second.
DATABASE_SECONDS = 0.8


@dataclass(frozen=True)
class Check:
    """One thing that must work, and how it stands."""

    ok: bool
    detail: str


def make_app(bot: "RolePanelBot") -> web.Application:
    """`/health/live`: the event loop turns. `/health/ready`: this process serves Discord now, else 503 with the reason."""

    async def live(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(request: web.Request) -> web.Response:
        checks = {"gateway": _gateway(bot), "database": await _database(bot), "standby": _standby(bot)}
        works = all(check.ok for check in checks.values())
        body = {"status": "ready" if works else "not ready", "checks": {name: asdict(check) for name, check in checks.items()}}
        return web.json_response(body, status=200 if works else 503)

    app = web.Application()
    app.add_routes([web.get("/health/live", live), web.get("/health/ready", ready)])
    return app


def _gateway(bot: "RolePanelBot") -> Check:
    if bot.refusal:
        return Check(False, bot.refusal)
    failures = bot.gateway_watch.failures
    return Check(not failures, "; ".join(failures) or "connected")


async def _database(bot: "RolePanelBot") -> Check:
    try:
        await bot.database.ping(DATABASE_SECONDS)
    except TimeoutError:
        return Check(False, f"no answer within {DATABASE_SECONDS} s")
    except Exception as error:
        if not (is_database_away(error) or isinstance(error, OSError)):
            raise
        # The driver's text may name hosts and users, which a probe need not tell.
        return Check(False, f"cannot be reached ({type(error).__name__})")
    return Check(True, "answers")


def _standby(bot: "RolePanelBot") -> Check:
    if bot.slots.held:
        return Check(True, f"serving {_shards(bot.slots.held)}")
    if (shard_id := bot.slots.waits_for) is not None:
        return Check(False, f"standby: another process serves shard {shard_id}")
    return Check(False, "the shards are not held yet")


def _shards(shard_ids: frozenset[int]) -> str:
    return ("shard " if len(shard_ids) == 1 else "shards ") + ", ".join(map(str, sorted(shard_ids)))
