"""Registering application commands, and who is offered them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from sandbox.permissions import Permission
from sandbox.seed import by_username
from sandbox.server import Sandbox
from tests.sandbox.frames import checked_frames
from tests.sandbox.rest_client import Rest, rest_for

ROLE, USER, CHANNEL = 1, 2, 3


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.ratelimits.enabled = False
    with checked_frames(sandbox):
        yield sandbox


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    async with rest_for(sandbox) as client:
        yield client


def slash(name: str = "ping", **more: Any) -> dict[str, Any]:
    return {"type": 1, "name": name, "description": "does it", **more}


class TestRegistering:
    async def test_created_then_replaced_under_the_same_name(self, rest: Rest) -> None:
        first = await rest("POST", rest.commands, slash())
        again = await rest("POST", rest.commands, slash(description="does more"))
        assert (first.status, again.status) == (201, 200)
        assert first.body["id"] == again.body["id"]
        assert int(again.body["version"]) > int(first.body["version"])
        assert [c["description"] for c in (await rest("GET", rest.commands)).body] == ["does more"]

    async def test_the_version_stays_while_nothing_changes(self, rest: Rest) -> None:
        first = await rest("POST", rest.commands, slash())
        assert (await rest("POST", rest.commands, slash())).body["version"] == first.body["version"]
        [kept] = await rest.register(slash())
        assert (kept["id"], kept["version"]) == (first.body["id"], first.body["version"])

    async def test_overwriting_keeps_known_ids_and_drops_the_rest(self, rest: Rest) -> None:
        a, b = await rest.register(slash("a"), slash("b"))
        kept, new = await rest.register(slash("b", description="changed"), slash("c"))
        assert kept["id"] == b["id"]
        assert (await rest("GET", f"{rest.commands}/{a['id']}")).code == 10063
        assert new["id"] not in (a["id"], b["id"])

    async def test_an_id_in_an_overwrite_renames(self, rest: Rest) -> None:
        [old] = await rest.register(slash("old"))
        [new] = await rest.register(slash("new", id=old["id"]))
        assert (new["id"], new["name"]) == (old["id"], "new")

    async def test_patch_changes_what_it_names(self, rest: Rest) -> None:
        [made] = await rest.register(slash(default_member_permissions="32"))
        changed = await rest("PATCH", f"{rest.commands}/{made['id']}", {"description": "new"})
        assert (changed.body["description"], changed.body["default_member_permissions"]) == ("new", "32")
        cleared = await rest("PATCH", f"{rest.commands}/{made['id']}", {"default_member_permissions": None})
        assert cleared.body["default_member_permissions"] is None

    async def test_deleted_is_gone(self, rest: Rest) -> None:
        [made] = await rest.register(slash())
        assert (await rest("DELETE", f"{rest.commands}/{made['id']}")).status == 204
        assert (await rest("DELETE", f"{rest.commands}/{made['id']}")).code == 10063

    async def test_guild_commands_are_a_scope_of_their_own(self, rest: Rest, sandbox: Sandbox) -> None:
        made = await rest("POST", rest.guild_commands, slash())
        assert made.body["guild_id"] == str(sandbox.guild.id)
        assert (await rest("GET", rest.commands)).body == []
        assert (await rest("GET", f"{rest.commands}/{made.body['id']}")).code == 10063

    async def test_localizations_only_when_asked_for(self, rest: Rest) -> None:
        await rest.register(slash(name_localizations={"ja": "ピング"}, options=[{"type": 3, "name": "x", "description": "y"}]))
        [plain] = (await rest("GET", rest.commands)).body
        [full] = (await rest("GET", f"{rest.commands}?with_localizations=true")).body
        assert "name_localizations" not in plain
        assert full["name_localizations"] == {"ja": "ピング"}

    async def test_another_application_is_none_of_its_business(self, rest: Rest) -> None:
        assert (await rest("GET", "/applications/1/commands")).code == 20012
        assert (await rest("GET", f"/applications/{rest.application.id}/guilds/1/commands")).code == 50001

    @pytest.mark.parametrize(
        ("body", "where", "code"),
        [
            (slash("Upper"), ["name"], "APPLICATION_COMMAND_INVALID_NAME"),
            (slash(description=""), ["description"], "BASE_TYPE_REQUIRED"),
            (slash(options=[{"type": 3, "name": "a", "description": "b"}] * 2), ["options", "1", "name"], None),
            (slash(options=[{"type": 99, "name": "a", "description": "b"}]), ["options", "0", "type"], "BASE_TYPE_CHOICES"),
            (slash(description="x" * 101), ["description"], None),
        ],
    )
    async def test_bad_commands(self, rest: Rest, body: dict[str, Any], where: list[str], code: str | None) -> None:
        for path, errors in (("POST", []), ("PUT", ["0"])):
            reply = await rest(path, rest.commands, body if path == "POST" else [body])
            assert reply.code == 50035
            node = reply.body["errors"]
            for part in [*errors, *where]:
                node = node[part]
            assert code in (None, node["_errors"][0]["code"])

    async def test_too_many(self, rest: Rest) -> None:
        assert (await rest("PUT", rest.commands, [slash(f"c{n}") for n in range(101)])).code == 30032
        assert len(await rest.register(*[slash(f"c{n}") for n in range(100)])) == 100
        assert (await rest("POST", rest.commands, slash("one-more"))).code == 30032

    async def test_too_many_creates_in_a_day(self, rest: Rest, sandbox: Sandbox) -> None:
        for batch in range(2):
            await rest.register(*[slash(f"b{batch}-{n}") for n in range(100)])
        await rest.register()
        assert (await rest("POST", rest.commands, slash("straw"))).code == 30034
        sandbox.clock.advance(86_401)
        assert (await rest("POST", rest.commands, slash("straw"))).status == 201

    async def test_twice_in_one_overwrite(self, rest: Rest) -> None:
        reply = await rest("PUT", rest.commands, [slash(), slash()])
        assert reply.code == 50035
        assert reply.body["errors"]["1"]["name"]["_errors"][0]["code"] == "APPLICATION_COMMANDS_DUPLICATE_NAME"

    async def test_larger_than_8000_characters(self, rest: Rest) -> None:
        choices = [{"name": f"{n:02}" + "n" * 98, "value": f"{n:02}" + "v" * 98} for n in range(25)]
        options = [{"type": 3, "name": f"o{n}", "description": "d", "choices": choices} for n in range(2)]
        reply = await rest("POST", rest.commands, slash(options=options))
        assert reply.body["errors"]["_errors"][0]["code"] == "APPLICATION_COMMAND_TOO_LARGE"


class TestPermissions:
    async def test_a_bot_may_read_but_not_write(self, rest: Rest, sandbox: Sandbox) -> None:
        [made] = await rest.register(slash())
        path = f"{rest.guild_commands}/{made['id']}/permissions"
        assert (await rest("GET", path)).code == 10066
        assert (await rest("PUT", path, {"permissions": []})).status == 403
        entries = [{"id": str(sandbox.role("Red").id), "type": ROLE, "permission": True}]
        sandbox.commands.set_permissions(rest.application, sandbox.guild.id, int(made["id"]), entries)
        assert (await rest("GET", path)).body["permissions"] == entries
        assert [one["id"] for one in (await rest("GET", f"{rest.guild_commands}/permissions")).body] == [made["id"]]


def offered(sandbox: Sandbox, username: str, channel: str = "general") -> bool:
    return bool(sandbox.actor(username).in_(channel).commands())


class TestVisibility:
    @pytest.mark.parametrize(
        ("needed", "member", "moderator", "admin", "owner"),
        [
            (None, True, True, True, True),
            (str(int(Permission.MANAGE_MESSAGES)), False, True, True, True),
            (str(int(Permission.MANAGE_GUILD)), False, False, True, True),
            ("0", False, False, True, True),
        ],
    )
    async def test_default_member_permissions(
        self, rest: Rest, sandbox: Sandbox, needed: str | None, member: bool, moderator: bool, admin: bool, owner: bool
    ) -> None:
        await rest.register(slash(default_member_permissions=needed))
        assert [offered(sandbox, name) for name in ("alice", "mona", "adam", "olivia")] == [member, moderator, admin, owner]

    async def test_who_has_not_passed_the_screening_or_cannot_write_is_offered_nothing(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest.register(slash())
        assert not offered(sandbox, "newton")
        assert not offered(sandbox, "alice", "roles")
        sandbox.guild.everyone.permissions &= ~int(Permission.USE_APPLICATION_COMMANDS)
        assert not offered(sandbox, "alice")

    @pytest.mark.parametrize(
        ("contexts", "in_guild", "in_dm"), [(None, True, True), ([0], True, False), ([1], False, True), ([0, 1], True, True)]
    )
    async def test_contexts(self, rest: Rest, sandbox: Sandbox, contexts: list[int] | None, in_guild: bool, in_dm: bool) -> None:
        await rest.register(slash(contexts=contexts))
        assert offered(sandbox, "alice") is in_guild
        assert bool(sandbox.actor("alice").dm().commands()) is in_dm

    async def test_guild_commands_stay_in_their_guild(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest("POST", rest.guild_commands, slash())
        assert offered(sandbox, "alice")
        assert not sandbox.actor("alice").dm().commands()

    async def test_nsfw_needs_an_nsfw_channel(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest.register(slash(nsfw=True))
        assert not offered(sandbox, "alice")
        sandbox.channel("general").nsfw = True
        assert offered(sandbox, "alice")

    async def test_a_guilds_own_rules_go_before_the_default(self, rest: Rest, sandbox: Sandbox) -> None:
        [made] = await rest.register(slash(default_member_permissions="0"))
        red, guild = sandbox.role("Blue"), sandbox.guild

        def rule(identity: int, kind: int, allowed: bool) -> dict[str, Any]:
            return {"id": str(identity), "type": kind, "permission": allowed}

        def allow(*entries: dict[str, Any], of: int = int(made["id"])) -> None:
            sandbox.commands.set_permissions(rest.application, guild.id, of, list(entries))

        allow(rule(red.id, ROLE, True))
        assert offered(sandbox, "bob")
        assert not offered(sandbox, "alice")
        allow(rule(red.id, ROLE, True), rule(by_username(sandbox.world, "bob").id, USER, False))
        assert not offered(sandbox, "bob")
        allow(rule(guild.id, ROLE, True), rule(guild.id - 1, CHANNEL, False))
        assert not offered(sandbox, "alice")
        allow(rule(guild.id, ROLE, True), rule(guild.id - 1, CHANNEL, False), rule(sandbox.channel("general").id, CHANNEL, True))
        assert offered(sandbox, "alice")
        allow(of=int(made["id"]))
        allow(rule(guild.id, ROLE, False), of=rest.application.id)
        assert not offered(sandbox, "alice")
        assert offered(sandbox, "adam"), "administrators are never shut out"
