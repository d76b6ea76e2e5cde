"""Real libraries over the sandbox's REST: hikari, the strictest reader, and py-cord, the one that the product uses."""

import asyncio
from collections.abc import AsyncIterator

import discord
import hikari
import pytest
from discord.http import HTTPClient, Route

from sandbox.faults import Fault
from sandbox.seed import TOKEN
from sandbox.server import Sandbox
from sandbox.world import Guild, Member


@pytest.fixture
async def as_hikari(sandbox: Sandbox) -> AsyncIterator[hikari.impl.RESTClientImpl]:
    app = hikari.RESTApp(url=f"{sandbox.api_url}/v10")
    await app.start()
    async with app.acquire(TOKEN, hikari.TokenType.BOT) as client:
        yield client
    await app.close()


@pytest.fixture
async def as_pycord(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HTTPClient]:
    monkeypatch.setattr(Route, "API_BASE_URL", f"{sandbox.api_url}/v10")
    client = HTTPClient(loop=asyncio.get_running_loop())
    await client.static_login(TOKEN)
    yield client
    await client.close()


async def test_hikari_reads_the_world(sandbox: Sandbox, as_hikari: hikari.impl.RESTClientImpl, guild: Guild, alice: Member) -> None:
    fetched = await as_hikari.fetch_guild(guild.id)
    assert set(fetched.roles) == set(guild.roles)
    assert {c.id for c in await as_hikari.fetch_guild_channels(guild.id)} == set(guild.channels)
    assert (await as_hikari.fetch_member(guild.id, alice.user_id)).username == "alice"
    assert (await as_hikari.fetch_application()).name == "Role Bot"
    assert [g.id async for g in as_hikari.fetch_my_guilds()] == [guild.id]
    assert len(await as_hikari.fetch_guild_emojis(guild.id)) == 2


async def test_hikari_posts(sandbox: Sandbox, as_hikari: hikari.impl.RESTClientImpl) -> None:
    channel = sandbox.channel("general").id
    row = as_hikari.build_message_action_row().add_interactive_button(hikari.ButtonStyle.PRIMARY, "x", label="hi")
    embed = hikari.Embed(title="T", description="d")
    message = await as_hikari.create_message(channel, "hello", components=[row], embed=embed, attachment=hikari.Bytes(b"abc", "a.txt"))
    assert (message.content, message.embeds[0].title, message.attachments[0].filename) == ("hello", "T", "a.txt")
    assert (await as_hikari.edit_message(channel, message.id, "bye")).content == "bye"
    await as_hikari.delete_message(channel, message.id)
    with pytest.raises(hikari.NotFoundError) as caught:
        await as_hikari.fetch_message(channel, message.id)
    assert caught.value.code == 10008


async def test_hikari_handles_roles(sandbox: Sandbox, as_hikari: hikari.impl.RESTClientImpl, guild: Guild, alice: Member) -> None:
    red = sandbox.role("Red")
    await as_hikari.add_role_to_member(guild.id, alice.user_id, red.id, reason="wanted, café")
    assert (alice.role_ids, guild.audit_log[-1]["reason"]) == ([red.id], "wanted, café")
    with pytest.raises(hikari.ForbiddenError) as caught:
        await as_hikari.add_role_to_member(guild.id, alice.user_id, sandbox.role("Admin").id)
    assert caught.value.code == 50013


async def test_pycord_handles_roles_and_messages(sandbox: Sandbox, as_pycord: HTTPClient, guild: Guild, alice: Member) -> None:
    red = sandbox.role("Red")
    await as_pycord.add_role(guild.id, alice.user_id, red.id, reason="wanted")
    assert (alice.role_ids, guild.audit_log[-1]["reason"]) == ([red.id], "wanted")
    with pytest.raises(discord.Forbidden) as caught:
        await as_pycord.add_role(guild.id, alice.user_id, sandbox.role("Admin").id)
    assert caught.value.code == 50013
    message = await as_pycord.send_message(sandbox.channel("general").id, "hello")
    assert isinstance(message, dict)  # text instead of JSON is what a wrong content type would give
    with pytest.raises(discord.HTTPException) as refused:
        await as_pycord.send_message(sandbox.channel("general").id, "x" * 2001)
    assert "BASE_TYPE" not in str(refused.value)
    assert refused.value.code == 50035
    assert "Must be 2000 or fewer in length." in str(refused.value)


async def test_pycord_waits_out_a_429(sandbox: Sandbox, as_pycord: HTTPClient, guild: Guild, alice: Member) -> None:
    fault = sandbox.faults.add(Fault("status", "PUT", status=429, retry_after=0.01, count=2))
    await as_pycord.add_role(guild.id, alice.user_id, sandbox.role("Red").id)
    assert fault.hits == 2
    assert [x.status for x in sandbox.traffic if x.method == "PUT"] == [429, 429, 204]


async def test_pycord_is_refused_with_a_wrong_token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "API_BASE_URL", f"{sandbox.api_url}/v10")
    client = HTTPClient(loop=asyncio.get_running_loop())
    with pytest.raises(discord.LoginFailure):
        await client.static_login("wrong")
    await client.close()
