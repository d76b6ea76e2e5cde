"""The powers of the page: people, roles and channels come and go, everything goes back to the start, and trouble on order."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox import permissions
from sandbox.gateway.protocol import Intent
from sandbox.server import Sandbox
from tests.sandbox.browser import Browser, Refused, window
from tests.sandbox.frames import checked_frames
from tests.sandbox.raw_gateway import connect
from tests.sandbox.rest_client import Rest, rest_for


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    async with rest_for(sandbox) as client:
        yield client


@pytest.fixture
async def owner(sandbox: Sandbox) -> AsyncIterator[Browser]:
    with checked_frames(sandbox):
        async with window(sandbox, "olivia") as browser:
            yield browser


def user_id(browser: Browser, username: str) -> str:
    return browser.member(username)["user"]["id"]


def bot_id(sandbox: Sandbox) -> int:
    return next(iter(sandbox.world.applications.values())).bot_id


class TestPeople:
    async def test_a_newcomer_joins_and_passes_screening(self, sandbox: Sandbox, owner: Browser) -> None:
        joined = await owner.ask("add_member", name="Zoë Q", locale="fr", pending=True)
        await owner.until(lambda: any(m["user"]["id"] == joined["user_id"] for m in owner.guild["members"]))
        person = next(one for one in owner.sections["people"] if one["id"] == joined["user_id"])
        assert (person["username"], person["kind"], person["locale"]) == ("zoq", "newcomer", "fr")
        assert (await owner.ask("add_member", name="zoq")) != joined
        async with window(sandbox, "zoq") as zoe:
            assert zoe.guild["own"]["pending"]
            await owner.ask("pass_screening", **joined)
            await zoe.until(lambda: not zoe.guild["own"]["pending"])
        assert [one["username"] for one in owner.sections["people"] if one["username"].startswith("zoq")] == ["zoq", "zoq2"]

    async def test_roles_are_given_and_taken(self, sandbox: Sandbox, owner: Browser) -> None:
        next(iter(sandbox.world.applications.values())).privileged_intents |= Intent.GUILD_MEMBERS
        async with connect(sandbox) as raw:
            await raw.identify(intents=int(Intent.GUILDS | Intent.GUILD_MEMBERS))
            chosen = {"user_id": user_id(owner, "alice"), "role_id": owner.role("Red")["id"]}
            await owner.ask("give_role", **chosen)
            await owner.until(lambda: owner.member("alice")["color"] == owner.role("Red")["color"])
            assert owner.role("Red")["member_count"] == 1
            assert chosen["role_id"] in (await raw.event("GUILD_MEMBER_UPDATE"))["roles"]
            await owner.ask("take_role", **chosen)
            await owner.until(lambda: not owner.member("alice")["roles"])
        with pytest.raises(Refused, match="managed"):
            await owner.ask("give_role", user_id=user_id(owner, "alice"), role_id=owner.role("Role Bot")["id"])

    async def test_a_timeout_begins_and_ends_by_itself(self, sandbox: Sandbox, owner: Browser) -> None:
        async with window(sandbox) as alice:
            await owner.ask("time_out", user_id=user_id(owner, "alice"), seconds=60)
            await alice.until(lambda: alice.guild["own"]["timeout_until"])
            assert not any(channel["can_send"] for channel in alice.guild["channels"])
            sandbox.clock.advance(61)
            await alice.until(lambda: alice.guild["own"]["timeout_until"] is None)
            assert any(channel["can_send"] for channel in alice.guild["channels"])
        with pytest.raises(Refused):
            await owner.ask("time_out", user_id=user_id(owner, "olivia"), seconds=60)

    async def test_who_is_kicked_is_outside_and_may_come_back(self, sandbox: Sandbox, owner: Browser) -> None:
        async with window(sandbox) as alice:
            kicked = {"user_id": user_id(owner, "alice")}
            await owner.ask("kick", **kicked)
            await alice.until(lambda: alice.sections["guilds"] == [])
            assert next(one["kind"] for one in alice.sections["people"] if one["id"] == kicked["user_id"]) == "outsider"
            await owner.ask("rejoin", **kicked)
            await alice.until(lambda: alice.sections["guilds"])
            with pytest.raises(Refused, match="there already"):
                await owner.ask("rejoin", **kicked)

    async def test_a_bot_hears_that_it_was_removed_and_invited_again(self, sandbox: Sandbox, owner: Browser) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            assert (await raw.event("GUILD_CREATE"))["unavailable"] is False
            await owner.until(lambda: owner.member("Role Bot")["online"])
            await owner.ask("kick", user_id=str(bot_id(sandbox)))
            assert await raw.event("GUILD_DELETE") == {"id": str(sandbox.guild.id)}
            await owner.ask("rejoin", user_id=str(bot_id(sandbox)))
            guild = await raw.event("GUILD_CREATE")
        assert "unavailable" not in guild, "that is how libraries tell a join from the end of an outage"
        own = next(role for role in guild["roles"] if role.get("tags"))
        assert (own["position"], guild["members"][0]["roles"]) == (1, [own["id"]])
        await owner.until(lambda: owner.role("Red")["above_bot"])

    async def test_another_language(self, sandbox: Sandbox, owner: Browser) -> None:
        await owner.ask("set_locale", user_id=user_id(owner, "olivia"), locale="ja")
        await owner.until(lambda: owner.sections["me"]["locale"] == "ja")
        with pytest.raises(Refused):
            await owner.ask("set_locale", user_id=user_id(owner, "olivia"), locale="tlh")


class TestGuild:
    async def test_a_role_comes_moves_and_goes(self, sandbox: Sandbox, owner: Browser) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            made = await owner.ask("add_role", name="Night", color=0x112233, hoist=True, permissions=["KICK_MEMBERS", "KICK_MEMBERS"])
            role = (await raw.event("GUILD_ROLE_CREATE"))["role"]
            assert (role["id"], role["position"], role["permissions"], role["hoist"]) == (made["role_id"], 1, "2", True)
            await owner.ask("place_role", **made, above_bot=True)
            await owner.until(lambda: owner.role("Night")["above_bot"])
            assert owner.role("Night")["position"] == owner.role("Role Bot")["position"] + 1
            await owner.ask("place_role", **made, above_bot=False)
            await owner.until(lambda: not owner.role("Night")["above_bot"])
            assert owner.role("Night")["position"] == owner.role("Role Bot")["position"] - 1
            await owner.ask("move_role", **made, position=3)
            await owner.until(lambda: owner.role("Night")["position"] == 3)
            await owner.ask("delete_role", **made)
            assert (await raw.event("GUILD_ROLE_DELETE"))["role_id"] == made["role_id"]
        positions = sorted(role["position"] for role in owner.guild["roles"])
        assert positions == list(range(len(positions)))

    @pytest.mark.parametrize("op", ["delete_role", "move_role", "place_role"])
    async def test_everyone_stays_where_it_is(self, owner: Browser, op: str) -> None:
        with pytest.raises(Refused, match="@everyone"):
            await owner.ask(op, role_id=owner.guild["id"], position=2, above_bot=True)

    async def test_permissions_are_taken_and_given(self, sandbox: Sandbox, owner: Browser) -> None:
        bot = {"user_id": str(bot_id(sandbox)), "permission": "MANAGE_ROLES"}
        member = sandbox.guild.members[bot_id(sandbox)]

        def held() -> bool:
            return bool(permissions.base(sandbox.guild, member, sandbox.clock.now()) & permissions.Permission.MANAGE_ROLES)

        await owner.ask("bot_permission", **bot, granted=False)
        assert not held()
        await owner.until(lambda: owner.role("Red")["above_bot"])
        await owner.ask("bot_permission", **bot, granted=True)
        assert held()
        async with window(sandbox) as alice:
            await owner.ask("role_permission", role_id=owner.guild["id"], permission="SEND_MESSAGES", granted=False)
            await alice.until(lambda: not any(channel["can_send"] for channel in alice.guild["channels"]))

    async def test_a_channel_comes_and_goes(self, sandbox: Sandbox, owner: Browser) -> None:
        staff = owner.channel("Staff")
        made = await owner.ask("add_channel", name="Late  Night", parent_id=staff, topic="zzz")
        await owner.until(lambda: "late-night" in [channel["name"] for channel in owner.guild["channels"]])
        async with window(sandbox) as alice:
            assert "late-night" not in [channel["name"] for channel in alice.guild["channels"]], "as closed as its category"
        await owner.ask("post", **made, content="hi")
        await owner.until(lambda: owner.says("hi"))
        await owner.ask("delete_channel", **made)
        await owner.until(lambda: "late-night" not in [channel["name"] for channel in owner.guild["channels"]])
        with pytest.raises(Refused, match="Unknown Channel"):
            await owner.ask("post", **made, content="hi")

    @pytest.mark.parametrize("fields", [{"type": 2}, {"parent_id": "GENERAL"}, {"parent_id": "STAFF", "type": 4}, {"parent_id": "5"}])
    async def test_a_channel_that_cannot_be(self, owner: Browser, fields: dict[str, Any]) -> None:
        ids = {"GENERAL": owner.channel("general"), "STAFF": owner.channel("Staff")}
        with pytest.raises(Refused):
            await owner.ask("add_channel", name="x", **{key: ids.get(value, value) for key, value in fields.items()})

    async def test_direct_messages_with_a_bot(self, sandbox: Sandbox, owner: Browser) -> None:
        (direct,) = owner.sections["dms"]
        assert direct["id"] is None
        opened = await owner.ask("open_dm", user_id=direct["user"]["id"])
        await owner.until(lambda: owner.sections["dms"][0]["id"] == opened["channel_id"])
        await owner.ask("post", **opened, content="!cog list")
        await owner.until(lambda: owner.says("!cog list"))
        async with window(sandbox) as alice:
            with pytest.raises(Refused):
                await alice.ask("post", **opened, content="me too")


class TestReset:
    async def test_everything_is_as_at_the_start(self, sandbox: Sandbox, owner: Browser, rest: Rest) -> None:
        await rest.register({"type": 1, "name": "do", "description": "d"})
        before = owner.guild
        await owner.ask("add_member", name="Zoe")
        await owner.ask("add_role", name="Night")
        await owner.ask("give_role", user_id=user_id(owner, "alice"), role_id=owner.role("Red")["id"])
        await owner.ask("post", channel_id=owner.channel("general"), content="hi")
        await owner.ask("delete_channel", channel_id=owner.channel("welcome"))
        await owner.ask("fault_add", kind="status", status=500)
        await owner.ask("gateway", action="refuse")
        async with window(sandbox, "zoe") as zoe:
            for _ in range(2):  # the way back has to be there a second time
                snapshots = owner.snapshots
                await owner.ask("reset")
                await owner.until(lambda seen=snapshots: owner.snapshots > seen)
                assert owner.guild == before
                assert (owner.messages, owner.sections["faults"], owner.sections["gateway"]["refuses"]) == ({}, [], False)
                await owner.ask("kick", user_id=user_id(owner, "bob"))
            await zoe.until(lambda: zoe.sections["me"]["user"]["username"] == "olivia")
        assert [command["name"] for command in owner.sections["commands"]] == ["do"], "an application's commands are its developer's"

    async def test_to_a_bot_it_is_an_outage_that_ends(self, sandbox: Sandbox, owner: Browser) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.event("GUILD_CREATE")
            await owner.ask("add_role", name="Night")
            await owner.ask("reset")
            assert await raw.event("GUILD_DELETE") == {"id": str(sandbox.guild.id), "unavailable": True}
            guild = await raw.event("GUILD_CREATE")
        assert (guild["id"], guild["unavailable"]) == (str(sandbox.guild.id), False)
        assert "Night" not in [role["name"] for role in guild["roles"]]

    async def test_a_message_of_before_is_gone_for_its_bot(self, sandbox: Sandbox, owner: Browser, rest: Rest) -> None:
        path = f"/channels/{owner.channel('general')}/messages"
        sent = (await rest("POST", path, {"content": "panel"})).body
        await owner.ask("reset")
        with sandbox.ledger.expect(status=404, code=10008):
            assert (await rest("GET", f"{path}/{sent['id']}")).code == 10008


class TestBehindTheScenes:
    async def test_rest_traffic_is_told_as_it_happens(self, sandbox: Sandbox, owner: Browser, rest: Rest) -> None:
        reply = await rest("POST", f"/channels/{owner.channel('general')}/messages", {"content": "hi"})
        (line,) = await owner.until(lambda: owner.exchanges)
        assert (line["method"], line["route"], line["status"]) == ("POST", "/channels/{channel_id}/messages", 200)
        assert line["ms"] >= 0
        (bucket,) = [one for one in owner.sections["buckets"] if one["bucket"] == "message-create"]
        assert (bucket["limit"], bucket["used"]) == (5, 1)
        whole = (await owner.ask("exchange", n=line["n"]))["exchange"]
        assert (whole["body"], whole["response"]["id"]) == ({"content": "hi"}, reply.body["id"])
        assert whole["request_headers"]["Authorization"] == "[redacted]"

    async def test_a_new_window_knows_the_traffic_so_far(self, sandbox: Sandbox, owner: Browser, rest: Rest) -> None:
        with sandbox.ledger.expect(status=404):
            await rest("GET", f"/channels/{sandbox.guild.id}")
        async with window(sandbox) as alice:
            assert [(line["status"], line["code"]) for line in alice.exchanges] == [(404, 10003)]

    async def test_gateway_frames(self, sandbox: Sandbox, owner: Browser) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            await owner.until(lambda: any(frame["name"] == "READY" for frame in owner.frames))
            identify = next(frame for frame in owner.frames if frame["op"] == 2)
            payload = (await owner.ask("frame", n=identify["n"]))["frame"]["payload"]
            assert payload["d"]["token"] == "***"
            await owner.until(lambda: owner.sections["gateway"]["sessions"])
            (session,) = owner.sections["gateway"]["sessions"]
            assert (session["shard"], session["connected"], session["intents"]) == ([0, 1], True, ["GUILDS"])
            await owner.ask("gateway", action="drop")
            await owner.until(lambda: owner.sections["gateway"]["connections"] == 0)
            assert not owner.member("Role Bot")["online"]

    async def test_the_gateway_falls_silent_and_speaks_again(self, sandbox: Sandbox, owner: Browser) -> None:
        def shown(name: str) -> Any:
            return owner.sections["gateway"][name]

        sandbox.gateway.identify_interval = 0
        async with connect(sandbox) as raw:
            await raw.identify()
            await owner.until(lambda: [one["silent"] for one in shown("sessions")] == [False])
            await owner.ask("gateway", action="silence")
            await owner.until(lambda: [one["silent"] for one in shown("sessions")] == [True])
            await owner.ask("gateway", action="end_silence")
            await owner.until(lambda: [one["silent"] for one in shown("sessions")] == [False])
            await owner.ask("gateway", action="silence_new")
            await owner.until(lambda: shown("silences_new"))
            async with connect(sandbox) as late:
                await late.identify()
                await owner.until(lambda: [one["silent"] for one in shown("sessions")] == [False, True])
        await owner.ask("gateway", action="refuse_resumes")
        await owner.until(lambda: shown("refuses_resumes"))
        for action in ("end_silence", "end_silence_new", "accept_resumes"):
            await owner.ask("gateway", action=action)
        await owner.until(
            lambda: not (shown("silences_new") or shown("refuses_resumes") or any(one["silent"] for one in shown("sessions")))
        )

    async def test_a_reset_ends_the_gateways_trouble(self, sandbox: Sandbox, owner: Browser) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            for action in ("silence", "silence_new", "refuse_resumes", "stop_acks"):
                await owner.ask("gateway", action=action)
            await owner.ask("reset")
            gateway = sandbox.gateway
            assert [session.withheld for session in gateway.sessions.values()] == [None]
            assert (gateway.withheld_from_new, gateway.refuses_resumes, gateway.acknowledges) == (None, False, True)

    async def test_a_fault_strikes_counts_and_ends(self, sandbox: Sandbox, owner: Browser, rest: Rest) -> None:
        added = await owner.ask("fault_add", kind="status", status=429, route="*/messages", retry_after=2, scope="shared", count=2)
        path = f"/channels/{owner.channel('general')}/messages"
        reply = await rest("POST", path, {"content": "hi"})
        assert (reply.status, reply.body["retry_after"]) == (429, 2)
        await owner.until(lambda: owner.sections["faults"] and owner.sections["faults"][0]["hits"] == 1)
        assert owner.sections["faults"][0]["id"] == added["fault_id"]
        await owner.until(lambda: owner.exchanges[-1]["fault"] == "status")
        await owner.ask("fault_remove", **added)
        assert (await rest("POST", path, {"content": "hi"})).status == 200
        with pytest.raises(Refused, match="not in force"):
            await owner.ask("fault_remove", **added)

    async def test_faults_end_all_at_once(self, sandbox: Sandbox, owner: Browser, rest: Rest) -> None:
        await owner.ask("fault_add", kind="latency", seconds=0.5, path="/nowhere")
        await owner.ask("fault_add", kind="freeze", path="/nowhere")
        await owner.until(lambda: [fault["kind"] for fault in owner.sections["faults"]] == ["latency", "freeze"])
        await owner.ask("faults_clear")
        await owner.until(lambda: owner.sections["faults"] == [])

    async def test_limits_are_switched(self, sandbox: Sandbox, owner: Browser) -> None:
        await owner.ask("limits", enabled=False)
        await owner.until(lambda: not owner.sections["limits"]["enabled"])
        await owner.ask("limits", enabled=True, reset=True)
        assert sandbox.ratelimits.enabled
        assert sandbox.ratelimits.windows() == {}
