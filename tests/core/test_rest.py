"""How a 429 is obeyed, however it says how long."""

import asyncio
from contextlib import nullcontext
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from core import rest_watch
from core.calls import RateLimited
from core.rest import Rest
from tests.log import logged

PAGE = "<html>You are being rate limited</html>"


@pytest.mark.parametrize(
    ("body", "retry_after", "seconds"),
    [
        ('{"retry_after": 12.5, "global": false}', "13", 12.5),
        ('{"retry_after": "12.5"}', None, 12.5),
        ('{"message": "slow down"}', "30", 30.0),
        ('{"retry_after": null}', "30", 30.0),
        (PAGE, "30", 30.0),
        (PAGE, "Wed, 21 Oct 2026 07:28:00 GMT", 5.0),
        ("", None, 5.0),
    ],
)
async def test_the_wait_is_taken_from_body_or_header(
    body: str, retry_after: str | None, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def limited(request: web.Request) -> web.Response:
        return web.Response(status=429, text=body, headers={"Retry-After": retry_after} if retry_after else None)

    app = web.Application()
    app.router.add_get("/users/@me", limited)
    async with TestServer(app) as server:
        monkeypatch.setattr(Route, "API_BASE_URL", str(server.make_url("")).rstrip("/"))
        rest = Rest("token")
        try:
            with pytest.raises(RateLimited) as raised:
                await rest.request(Route("GET", "/users/@me"), deadline=asyncio.get_running_loop().time() + 1)
        finally:
            await rest.close()
    assert raised.value.retry_after == pytest.approx(seconds, abs=0.5)


@pytest.mark.parametrize(("headers", "waits"), [({}, False), ({"X-RateLimit-Remaining": "0"}, True)], ids=["one call", "the bucket"])
async def test_others_wait_only_where_the_bucket_is_used_up(headers: dict[str, str], waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = ["the first call"]

    async def limited(request: web.Request) -> web.Response:
        if not refusals:
            return web.json_response({})
        refusals.pop()
        return web.json_response({"retry_after": 30.0}, status=429, headers=headers)

    app = web.Application()
    app.router.add_get("/users/@me", limited)
    async with TestServer(app) as server:
        monkeypatch.setattr(Route, "API_BASE_URL", str(server.make_url("")).rstrip("/"))
        rest, deadline = Rest("token"), asyncio.get_running_loop().time() + 10
        try:
            with pytest.raises(RateLimited):
                await rest.request(Route("GET", "/users/@me"), deadline=deadline)
            with pytest.raises(RateLimited) if waits else nullcontext():
                assert await rest.request(Route("GET", "/users/@me"), deadline=deadline) == {}
        finally:
            await rest.close()


@pytest.mark.parametrize("cut", [False, True], ids=["503", "cut"])
async def test_that_discord_answers_no_call_is_told_once_and_so_is_the_end(cut: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [200, 503, 503, 200, 503, 503, 404]

    async def answer(request: web.Request) -> web.Response:
        status = answers.pop(0)
        if cut and status == 503:
            assert request.transport
            request.transport.abort()
        return web.json_response({}, status=status)

    app = web.Application()
    app.router.add_get("/users/@me", answer)
    async with TestServer(app) as server:
        monkeypatch.setattr(Route, "API_BASE_URL", str(server.make_url("")).rstrip("/"))
        rest = Rest("token")
        try:
            with logged() as log:
                await rest.request(Route("GET", "/users/@me"))
                await rest.request(Route("GET", "/users/@me"))
                assert not [line for line in log if "no call" in line], "it is not long enough"
                monkeypatch.setattr(rest_watch, "FAILING_SECONDS", 0.0)
                with pytest.raises(discord.NotFound):
                    await rest.request(Route("GET", "/users/@me"))
        finally:
            await rest.close()
    told, over = [line for line in log if line.startswith("Discord ")]
    assert told.startswith("Discord has answered no call for 0 s: GET /users/@me: ") and over == "Discord answers calls again"


async def test_what_is_sent_whatever_happens_is_sent_so_again_without_a_refused_emoji(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise somebody whose click a process acknowledged would think for ever, because of an emoji."""
    bodies: list[Any] = []

    async def refused(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        if len(bodies) > 1:
            return web.json_response({})
        wrong = {"_errors": [{"code": "BUTTON_COMPONENT_INVALID_EMOJI", "message": "Invalid emoji"}]}
        errors = {"components": {"0": {"components": {"0": {"emoji": wrong}}}}}
        return web.json_response({"code": 50035, "message": "Invalid Form Body", "errors": errors}, status=400)

    app = web.Application()
    app.router.add_patch("/webhooks/1/token/messages/@original", refused)
    async with TestServer(app) as server:
        monkeypatch.setattr(Route, "API_BASE_URL", str(server.make_url("")).rstrip("/"))
        rest = Rest("token", may_send=lambda: False)
        route = Route("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", webhook_id=1, webhook_token="token")
        body = {"components": [{"type": 1, "components": [{"type": 2, "custom_id": "x", "label": "X", "emoji": {"name": "?"}}]}]}
        try:
            await rest.request(route, body=body, authorized=False, unheld=True)
        finally:
            await rest.close()
    assert "emoji" not in bodies[1]["components"][0]["components"][0]
