"""Members, bans, channels and the audit log over REST."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from sandbox import guilds, members
from sandbox.permissions import Permission as P
from sandbox.seed import by_username
from sandbox.world import Application, Event, Guild, Member
from tests import schemas
from tests.sandbox.conftest import Rest


def grant(rest: Rest, bits: P) -> None:
    rest.sandbox.role("Role Bot").permissions |= bits


async def test_nickname_and_timeout(rest: Rest, guild: Guild, alice: Member) -> None:
    path = f"/guilds/{guild.id}/members/{alice.user_id}"
    until = datetime.fromtimestamp(rest.sandbox.clock.now() + 60, UTC).isoformat()
    assert (await rest.call("PATCH", path, {"nick": "A"})).code == 50013
    assert (await rest.call("PATCH", path, {"communication_disabled_until": until})).code == 50013
    grant(rest, P.MANAGE_NICKNAMES | P.MODERATE_MEMBERS)
    reply = await rest.call("PATCH", path, {"nick": "A", "communication_disabled_until": until})
    assert reply.body["nick"] == "A"
    assert alice.timeout_until == pytest.approx(rest.sandbox.clock.now() + 60, abs=5)
    adam = guild.members[by_username(rest.sandbox.world, "adam").id]
    assert (await rest.call("PATCH", f"/guilds/{guild.id}/members/{adam.user_id}", {"nick": "x"})).code == 50013
    assert (await rest.call("PATCH", path, {"nick": "x" * 33})).problems() == {"nick": "BASE_TYPE_MAX_LENGTH"}


async def test_a_list_of_roles_names_none_twice(rest: Rest, guild: Guild, alice: Member) -> None:
    red, blue = (str(rest.sandbox.role(name).id) for name in ("Red", "Blue"))
    path = f"/guilds/{guild.id}/members/{alice.user_id}"
    assert (await rest.call("PATCH", path, {"roles": [red, blue, red]})).problems() == {"roles.2": "SET_TYPE_ALREADY_CONTAINS_VALUE"}
    assert alice.role_ids == []


async def test_a_reason_longer_than_512_characters_is_refused(rest: Rest, guild: Guild, alice: Member) -> None:
    path = f"/guilds/{guild.id}/members/{alice.user_id}/roles/{rest.sandbox.role('Red').id}"
    assert (await rest.call("PUT", path, headers={"X-Audit-Log-Reason": quote("é" * 513)})).problems() == {"reason": "BASE_TYPE_MAX_LENGTH"}
    assert alice.role_ids == []
    assert (await rest.call("PUT", path, headers={"X-Audit-Log-Reason": quote("é" * 512)})).status == 204
    assert guild.audit_log[-1]["reason"] == "é" * 512


async def test_kick_and_ban(rest: Rest, guild: Guild, alice: Member) -> None:
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    path = f"/guilds/{guild.id}/members/{alice.user_id}"
    assert (await rest.call("DELETE", path)).code == 50013
    grant(rest, P.KICK_MEMBERS | P.BAN_MEMBERS)
    assert (await rest.call("DELETE", f"/guilds/{guild.id}/members/{guild.owner_id}")).code == 50013
    assert (await rest.call("DELETE", path)).status == 204
    assert (await rest.call("GET", path)).code == 10007
    ban = f"/guilds/{guild.id}/bans/{alice.user_id}"
    assert (await rest.call("PUT", ban, {}, headers={"X-Audit-Log-Reason": "spam"})).status == 204
    assert (await rest.call("GET", ban)).body["reason"] == "spam"
    assert (await rest.call("DELETE", ban)).status == 204
    assert (await rest.call("GET", ban)).code == 10026
    assert [e.name for e in events if e.application_id is None] == ["GUILD_MEMBER_REMOVE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE"]


async def test_the_member_list_needs_the_portals_switch(rest: Rest, guild: Guild, application: Application) -> None:
    application.privileged_intents = 1 << 1
    found = (await rest.call("GET", f"/guilds/{guild.id}/members?limit=1000")).body
    assert [int(m["user"]["id"]) for m in found] == sorted(guild.members)
    page = (await rest.call("GET", f"/guilds/{guild.id}/members?limit=2&after={found[1]['user']['id']}")).body
    assert page == found[2:4]


async def test_the_bot_is_removed(rest: Rest, guild: Guild, application: Application) -> None:
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    members.leave(rest.sandbox.world, guild, application.bot_id)
    [gone] = [e for e in events if e.name == "GUILD_DELETE"]
    assert (gone.data, gone.application_id) == ({"id": str(guild.id)}, application.id)
    assert (await rest.call("GET", f"/guilds/{guild.id}")).code == 50001
    assert not [role for role in guild.roles.values() if role.managed]
    guilds.delete(rest.sandbox.world, guild)
    assert (await rest.call("GET", f"/guilds/{guild.id}")).code == 10004


async def test_channel_life(rest: Rest, guild: Guild) -> None:
    base = f"/guilds/{guild.id}/channels"
    assert (await rest.call("POST", base, {"name": "x"})).code == 50013
    grant(rest, P.MANAGE_CHANNELS)
    lobby = rest.sandbox.channel("Lobby")
    made = await rest.call("POST", base, {"name": "New Place", "parent_id": str(lobby.id), "topic": "t"})
    assert (made.body["name"], made.body["parent_id"]) == ("new-place", str(lobby.id))
    path = f"/channels/{made.body['id']}"
    assert (await rest.call("PATCH", path, {"topic": None})).body["topic"] is None
    overwrite = f"{path}/permissions/{guild.id}"
    denied = {"type": 0, "allow": "0", "deny": str(int(P.SEND_MESSAGES))}
    assert (await rest.call("PUT", overwrite, denied)).status == 204
    assert (await rest.call("GET", path)).body["permission_overwrites"] == [{"id": str(guild.id), **denied}]
    assert (await rest.call("PUT", overwrite, {"type": 0, "allow": str(int(P.BAN_MEMBERS))})).code == 50013
    assert (await rest.call("DELETE", overwrite)).status == 204
    assert (await rest.call("DELETE", overwrite)).code == 10009
    assert (await rest.call("DELETE", path)).body["id"] == made.body["id"]
    assert (await rest.call("GET", path)).code == 10003


@pytest.mark.parametrize("kind", [0, 2, 4, 5, 13, 15])
async def test_channels_of_every_type_are_as_discord_describes_them(rest: Rest, guild: Guild, kind: int) -> None:
    grant(rest, P.MANAGE_CHANNELS)
    frames: list[Event] = []
    rest.sandbox.world.listeners.append(frames.append)
    made = await rest.call("POST", f"/guilds/{guild.id}/channels", {"name": "new", "type": kind, "rate_limit_per_user": 5})
    assert made.body.get("rate_limit_per_user") == (None if kind == 4 else 5)
    assert (await rest.call("PATCH", f"/channels/{made.body['id']}", {"rate_limit_per_user": 0})).status == 200
    assert (await rest.call("DELETE", f"/channels/{made.body['id']}")).status == 200
    assert [f.name for f in frames] == ["CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"]
    if schemas.directory():
        assert [problem for f in frames for problem in schemas.frame_errors({"op": 0, "s": 1, "t": f.name, "d": f.data})] == []


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"name": "BASE_TYPE_REQUIRED"}),
        ({"name": "x" * 101}, {"name": "BASE_TYPE_BAD_LENGTH"}),
        ({"name": "x", "type": 99}, {"type": "BASE_TYPE_CHOICES"}),
        ({"name": "x", "parent_id": "1"}, {"parent_id": "CHANNEL_PARENT_INVALID"}),
    ],
)
async def test_refused_channels(rest: Rest, guild: Guild, body: dict[str, Any], problems: dict[str, str]) -> None:
    grant(rest, P.MANAGE_CHANNELS)
    assert (await rest.call("POST", f"/guilds/{guild.id}/channels", body)).problems() == problems


async def test_the_audit_log(rest: Rest, guild: Guild, alice: Member, application: Application) -> None:
    grant(rest, P.VIEW_AUDIT_LOG)
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    for name in ("Red", "Blue"):
        path = f"/guilds/{guild.id}/members/{alice.user_id}/roles/{rest.sandbox.role(name).id}"
        await rest.call("PUT", path, headers={"X-Audit-Log-Reason": f"took%20{name}"})
    log = (await rest.call("GET", f"/guilds/{guild.id}/audit-logs?action_type=25")).body
    assert [entry["reason"] for entry in log["audit_log_entries"]] == ["took Blue", "took Red"]
    assert {entry["user_id"] for entry in log["audit_log_entries"]} == {str(application.bot_id)}
    assert str(alice.user_id) in {user["id"] for user in log["users"]}
    assert sum(e.name == "GUILD_AUDIT_LOG_ENTRY_CREATE" for e in events) == 2
