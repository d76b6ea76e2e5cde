"""Member roles and roles over REST: the rules of permission, hierarchy, managed roles, @everyone and two-factor authentication."""

from typing import Any

import pytest

from sandbox.permissions import Permission as P
from sandbox.world import Application, Event, Guild, Member, RoleChange
from tests.sandbox.conftest import Rest


def path(guild: Guild, member: Member, role_id: int) -> str:
    return f"/guilds/{guild.id}/members/{member.user_id}/roles/{role_id}"


def listen(rest: Rest) -> list[Event]:
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    return events


async def test_a_role_comes_and_goes(rest: Rest, guild: Guild, alice: Member) -> None:
    red = rest.sandbox.role("Red")
    changes: list[RoleChange] = []
    rest.sandbox.world.role_listeners.append(changes.append)
    events = listen(rest)
    for _ in range(2):  # idempotent: the second time nothing changes and nobody is told
        reply = await rest.call("PUT", path(guild, alice, red.id), headers={"X-Audit-Log-Reason": "caf%C3%A9"})
        assert (reply.status, reply.body) == (204, None)
    assert alice.role_ids == [red.id]
    assert [e.name for e in events if e.guild_id == guild.id] == ["GUILD_MEMBER_UPDATE"]
    entry = guild.audit_log[-1]
    assert (entry["action_type"], entry["reason"], entry["changes"][0]["key"]) == (25, "café", "$add")
    assert (await rest.call("DELETE", path(guild, alice, red.id))).status == 204
    assert alice.role_ids == []
    assert [(c.role_id, c.kind, c.reason) for c in changes] == [(red.id, "add", "café"), (red.id, "remove", None)]


@pytest.mark.parametrize(
    ("role", "status", "code"), [("Admin", 403, 50013), ("Role Bot", 403, 50013), ("@everyone", 400, 50028), (None, 404, 10011)]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_roles_out_of_reach(rest: Rest, guild: Guild, alice: Member, role: str | None, status: int, code: int, method: str) -> None:
    role_id = 1 if role is None else rest.sandbox.role(role).id
    reply = await rest.call(method, path(guild, alice, role_id))
    assert (reply.status, reply.code) == (status, code)


async def test_without_manage_roles(rest: Rest, guild: Guild, alice: Member) -> None:
    rest.sandbox.role("Role Bot").permissions &= ~P.MANAGE_ROLES
    assert (await rest.call("PUT", path(guild, alice, rest.sandbox.role("Red").id))).code == 50013


async def test_a_role_beside_the_bots_own_is_decided_by_age(rest: Rest, guild: Guild, alice: Member) -> None:
    red, own = rest.sandbox.role("Red"), rest.sandbox.role("Role Bot")
    red.position = own.position
    assert red.id < own.id  # the older of two at one position stands higher
    assert (await rest.call("PUT", path(guild, alice, red.id))).code == 50013


async def test_who_is_not_there(rest: Rest, guild: Guild, alice: Member) -> None:
    red = rest.sandbox.role("Red")
    assert (await rest.call("PUT", f"/guilds/{guild.id}/members/1/roles/{red.id}")).code == 10013
    del guild.members[alice.user_id]
    assert (await rest.call("PUT", path(guild, alice, red.id))).code == 10007


async def test_two_factor(rest: Rest, guild: Guild, alice: Member, application: Application) -> None:
    guild.mfa_level, application.owner_has_2fa = 1, False
    red = rest.sandbox.role("Red")
    assert (await rest.call("PUT", path(guild, alice, red.id))).code == 60003
    assert (await rest.call("POST", f"/guilds/{guild.id}/roles", {"name": "x"})).code == 60003
    application.owner_has_2fa = True
    assert (await rest.call("PUT", path(guild, alice, red.id))).status == 204


async def test_the_whole_list(rest: Rest, guild: Guild, alice: Member) -> None:
    red, blue, admin = (rest.sandbox.role(name) for name in ("Red", "Blue", "Admin"))
    member = f"/guilds/{guild.id}/members/{alice.user_id}"
    reply = await rest.call("PATCH", member, {"roles": [str(red.id), str(blue.id)]})
    assert reply.status == 200
    assert reply.body["roles"] == [str(red.id), str(blue.id)]
    assert (await rest.call("PATCH", member, {"roles": [str(red.id), str(admin.id)]})).code == 50013
    assert (await rest.call("PATCH", member, {"roles": ["1"]})).code == 10011
    assert alice.role_ids == [red.id, blue.id]
    assert (await rest.call("PATCH", member, {"roles": []})).body["roles"] == []


async def test_a_managed_role_cannot_be_dropped_from_the_list(rest: Rest, guild: Guild, application: Application) -> None:
    own = f"/guilds/{guild.id}/members/{application.bot_id}"
    assert (await rest.call("PATCH", own, {"roles": []})).code == 50013
    kept = [str(i) for i in guild.members[application.bot_id].role_ids]
    assert (await rest.call("PATCH", own, {"roles": [*kept, str(rest.sandbox.role("Red").id)]})).status == 200


async def test_role_life(rest: Rest, guild: Guild, alice: Member) -> None:
    base = f"/guilds/{guild.id}/roles"
    made = await rest.call("POST", base, {"name": "Fresh", "color": 255, "hoist": True, "permissions": "0"})
    assert (made.status, made.body["name"], made.body["position"]) == (200, "Fresh", 1)
    role_id = int(made.body["id"])
    alice.role_ids.append(role_id)
    changed = await rest.call("PATCH", f"{base}/{role_id}", {"name": "Old", "colors": {"primary_color": 1}})
    assert (changed.body["name"], changed.body["color"]) == ("Old", 1)
    moved = await rest.call("PATCH", base, [{"id": str(role_id), "position": 5}])
    assert next(r["position"] for r in moved.body if r["id"] == str(role_id)) == 5
    assert sorted(r["position"] for r in moved.body) == list(range(len(guild.roles)))
    assert (await rest.call("DELETE", f"{base}/{role_id}")).status == 204
    assert alice.role_ids == []
    assert sorted(r.position for r in guild.roles.values()) == list(range(len(guild.roles)))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"permissions": str(int(P.ADMINISTRATOR))}, 50013),
        ({"permissions": str(int(P.KICK_MEMBERS))}, 50013),
        ({"permissions": "x"}, 50035),
        ({"name": "n" * 101}, 50035),
        ({"color": 0x1000000}, 50035),
        ({"unicode_emoji": "🎨"}, 50101),
        ({"icon": "data:image/png;base64,aQ=="}, 50101),
        ({"colors": {"primary_color": 1, "secondary_color": 2}}, 50101),
    ],
)
async def test_refused_roles(rest: Rest, guild: Guild, body: dict[str, Any], code: int) -> None:
    before = len(guild.roles)
    assert (await rest.call("POST", f"/guilds/{guild.id}/roles", body)).code == code
    assert len(guild.roles) == before


async def test_everyone_keeps_its_name(rest: Rest, guild: Guild) -> None:
    path = f"/guilds/{guild.id}/roles/{guild.id}"
    assert (await rest.call("PATCH", path, {"name": "us", "permissions": "0"})).code == 50028
    assert (await rest.call("PATCH", path, {"permissions": "0"})).body["permissions"] == "0"
    assert guild.everyone.name == "@everyone"


async def test_roles_above_the_bot_stay(rest: Rest, guild: Guild) -> None:
    admin, own, red = (rest.sandbox.role(name) for name in ("Admin", "Role Bot", "Red"))
    for role, code in ((admin, 50013), (own, 50013)):
        assert (await rest.call("PATCH", f"/guilds/{guild.id}/roles/{role.id}", {"name": "x"})).code == code
        assert (await rest.call("DELETE", f"/guilds/{guild.id}/roles/{role.id}")).code == code
    assert (await rest.call("DELETE", f"/guilds/{guild.id}/roles/{guild.id}")).code == 50028
    assert (await rest.call("PATCH", f"/guilds/{guild.id}/roles", [{"id": str(red.id), "position": admin.position}])).code == 50013


@pytest.mark.parametrize("tags", [{"guild_connections": None}, {"available_for_purchase": None}])
async def test_a_linked_or_bought_role_is_nobodys_to_give(rest: Rest, guild: Guild, alice: Member, tags: dict[str, Any]) -> None:
    red = rest.sandbox.role("Red")
    red.tags = tags
    assert (await rest.call("PUT", path(guild, alice, red.id))).code == 50013
