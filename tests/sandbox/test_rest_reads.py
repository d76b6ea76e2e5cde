"""Everything that can be read answers as Discord describes it (the fixture checks each answer against the schemas)."""

import pytest

from sandbox.permissions import Permission as P
from sandbox.world import Application, Guild, Member
from tests.sandbox.conftest import Rest

READS = [
    "/gateway", "/gateway/bot", "/users/@me", "/users/@me/guilds", "/users/@me/guilds?with_counts=true", "/users/{user}",
    "/applications/@me", "/oauth2/applications/@me", "/applications/{app}/emojis", "/soundboard-default-sounds",
    "/sticker-packs", "/voice/regions",
    "/guilds/{guild}", "/guilds/{guild}?with_counts=true", "/guilds/{guild}/preview", "/guilds/{guild}/emojis", "/guilds/{guild}/stickers",
    "/guilds/{guild}/scheduled-events", "/guilds/{guild}/soundboard-sounds", "/guilds/{guild}/roles", "/guilds/{guild}/roles/{role}",
    "/guilds/{guild}/roles/member-counts", "/guilds/{guild}/channels", "/guilds/{guild}/threads/active", "/guilds/{guild}/members/{user}",
    "/guilds/{guild}/members/search?query=al&limit=5", "/channels/{channel}", "/channels/{channel}/messages", "/channels/{channel}/pins",
    "/channels/{channel}/messages/pins", "/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands",
]  # fmt: skip


@pytest.mark.parametrize("path", READS)
async def test_reads(path: str, rest: Rest, guild: Guild, alice: Member, application: Application) -> None:
    role = next(iter(guild.roles.values()))
    channel = rest.sandbox.channel("general")
    reply = await rest.call("GET", path.format(guild=guild.id, user=alice.user_id, app=application.id, role=role.id, channel=channel.id))
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/guilds/{guild}/invites", "/channels/{channel}/invites", "/channels/{channel}/webhooks"])
async def test_what_the_sandbox_keeps_none_of(path: str, rest: Rest, guild: Guild) -> None:
    rest.sandbox.role("Role Bot").permissions |= P.MANAGE_GUILD | P.MANAGE_CHANNELS | P.MANAGE_WEBHOOKS
    assert (await rest.call("GET", path.format(guild=guild.id, channel=rest.sandbox.channel("general").id))).body == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, 0),
        ("DELETE", "/gateway", 405, 0),
        ("GET", "/guilds/abc", 400, 50035),
        ("GET", "/guilds/1", 404, 10004),
        ("GET", "/channels/1", 404, 10003),
        ("GET", "/users/1", 404, 10013),
        ("GET", "/guilds/{guild}/members/1", 404, 10013),
        ("GET", "/guilds/{guild}/members/{stranger}", 404, 10007),
        ("GET", "/guilds/{guild}/roles/1", 404, 10011),
        ("GET", "/guilds/{guild}/emojis/1", 404, 10014),
        ("GET", "/guilds/{guild}/members", 403, 50001),
        ("GET", "/guilds/{guild}/audit-logs", 403, 50013),
        ("GET", "/guilds/{guild}/invites", 403, 50013),
        ("GET", "/channels/{channel}/invites", 403, 50013),
        ("GET", "/channels/{channel}/webhooks", 403, 50013),
        ("GET", "/channels/{channel}/messages/1", 404, 10008),
        ("GET", "/channels/{channel}/messages?limit=101", 400, 50035),
    ],
)
async def test_refused_reads(method: str, path: str, status: int, code: int, rest: Rest, guild: Guild, alice: Member) -> None:
    del guild.members[alice.user_id]
    channel = rest.sandbox.channel("general")
    reply = await rest.call(method, path.format(guild=guild.id, stranger=alice.user_id, channel=channel.id))
    assert (reply.status, reply.code) == (status, code)


async def test_a_guild_without_the_bot_is_out_of_reach(rest: Rest, guild: Guild, application: Application) -> None:
    del guild.members[application.bot_id]
    assert (await rest.call("GET", f"/guilds/{guild.id}")).code == 50001
    assert (await rest.call("GET", f"/channels/{rest.sandbox.channel('general').id}")).code == 50001


@pytest.mark.parametrize("authorization", ["", "Bot wrong", "Bearer x"])
async def test_without_a_right_token(rest: Rest, authorization: str) -> None:
    reply = await rest.call("GET", "/users/@me", headers={"Authorization": authorization})
    assert (reply.status, reply.body) == (401, {"message": "401: Unauthorized", "code": 0})


@pytest.mark.parametrize("prefix", ["/v5", "/v8", "/v11"])
async def test_other_versions_of_the_api_are_refused(rest: Rest, prefix: str) -> None:
    async with rest.session.get(f"{rest.sandbox.api_url}{prefix}/users/@me", headers=rest.headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50041)


@pytest.mark.parametrize("prefix", ["", "/v9", "/v10"])
async def test_versions(rest: Rest, prefix: str) -> None:
    async with rest.session.get(f"{rest.sandbox.api_url}{prefix}/users/@me", headers=rest.headers) as response:
        assert response.status == 200


async def test_an_application_has_the_empty_summary_of_v10(rest: Rest) -> None:
    assert (await rest.call("GET", "/oauth2/applications/@me")).body["summary"] == ""


async def test_the_traffic_holds_the_exchange_and_not_the_token(rest: Rest, application: Application) -> None:
    await rest.call("GET", "/users/@me?x=1")
    [exchange] = rest.sandbox.traffic
    assert (exchange.method, exchange.path, exchange.route, exchange.status) == ("GET", "/users/@me", "/users/@me", 200)
    assert exchange.query == {"x": "1"}
    assert exchange.application_id == application.id
    assert application.token not in str(exchange.request_headers)
    assert exchange.response["id"] == str(application.bot_id)
