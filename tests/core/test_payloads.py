"""What py-cord insists on and a server may leave out, or words differently."""

import json

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from core.payloads import decode, read_leniently

ROLE = {"id": "1", "name": "Red", "permissions": "0"}
USER = {"id": "2", "username": "alice"}

CLICK = {"id": "3", "token": "t", "application_id": "4"}
NOBODY = {"id": "0", "username": "", "discriminator": "0", "avatar": None}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"op": 0, "t": "READY", "d": {"session_id": "a"}}, {"op": 0, "t": "READY", "d": {"session_id": "a", "resume_gateway_url": None}}),
        ({"op": 0, "t": "RESUMED", "d": None}, {"op": 0, "t": "RESUMED", "d": {}}),
        ({"op": 0, "t": "RESUMED"}, {"op": 0, "t": "RESUMED", "d": {}}),
        (USER, USER | {"discriminator": "0", "avatar": None}),
        (ROLE, ROLE | {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}),
        (CLICK | {"member": {}}, CLICK | {"member": {}, "version": 1, "user": NOBODY}),
        (CLICK | {"guild_id": "5"}, CLICK | {"version": 1, "user": NOBODY}),
        ({"op": 11, "d": None}, {"op": 11, "d": None}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_missing_is_filled_in(sent: object, read: object) -> None:
    assert decode(json.dumps(sent)) == read


def test_what_is_there_stays() -> None:
    sent = {"author": USER | {"discriminator": "1234", "avatar": "x"}, "channel_id": "5", "content": "hello", "type": 19, "pinned": True}
    read = decode(json.dumps(sent))
    assert {name: read[name] for name in sent} == sent
    assert (read["embeds"], read["edited_timestamp"]) == ((), None)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
async def test_a_login_reads_json_whatever_its_content_type_adds(content_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def me(request: web.Request) -> web.Response:
        return web.Response(body=json.dumps(USER).encode(), headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/users/@me", me)
    async with TestServer(app) as server:
        monkeypatch.setattr(Route, "API_BASE_URL", str(server.make_url("")).rstrip("/"))
        read_leniently()
        async with discord.Client(intents=discord.Intents(guilds=True)) as bot:
            await bot.login("token")
            assert bot.user and bot.user.name == "alice"
