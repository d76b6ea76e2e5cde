"""Logging in although the network or Discord's limits stand in the way for a moment."""

import json
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from core import entrance
from core.entrance import log_in

ME = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None}


async def knock(*answers: tuple[int, Any] | None, monkeypatch: pytest.MonkeyPatch) -> discord.ClientUser | None:
    """Who the bot is after logging in where these answers are given."""
    due = list(answers)

    async def me(request: web.Request) -> web.Response:
        answer = due.pop(0)
        if answer is None:  # the connection is cut
            assert request.transport
            request.transport.abort()
            return web.Response()
        status, body = answer
        return web.Response(status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    app = web.Application()
    app.router.add_get("/users/@me", me)
    monkeypatch.setattr(entrance, "LOGIN_PAUSE", 0.0)
    async with TestServer(app) as server, discord.Client(intents=discord.Intents(guilds=True)) as bot:
        monkeypatch.setattr(Route, "API_BASE_URL", str(server.make_url("")).rstrip("/"))
        await log_in(bot, "token")
        return bot.user


@pytest.mark.parametrize("trouble", [None, (429, {"retry_after": 0.1})], ids=["cut", "429"])
async def test_a_moment_of_trouble_is_outlasted(trouble: tuple[int, Any] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await knock(trouble, trouble, (200, ME), monkeypatch=monkeypatch)
    assert user and user.name == "bot"


async def test_a_wrong_token_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(discord.LoginFailure):
        await knock((401, {"message": "401: Unauthorized"}), monkeypatch=monkeypatch)
