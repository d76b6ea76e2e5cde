"""Who may come in to the page, what a window is shown, and that windows hear of each other."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.interactions import Reply
from sandbox.interactions.record import TOKEN_LIFETIME
from sandbox.messages import Origin, create
from sandbox.server import Sandbox
from tests.sandbox.browser import Refused, window
from tests.sandbox.conftest import Rest as Plain
from tests.sandbox.rest_client import rest_for


class TestEntrance:
    @pytest.fixture
    async def http(self) -> AsyncIterator[aiohttp.ClientSession]:
        async with aiohttp.ClientSession() as session:
            yield session

    async def test_page_runs_its_own_scripts_alone(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{sandbox.url}/") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
            assert "<style" not in (text := await answer.text())
            assert "<script>" not in text
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["img-src"] == "'self' data:"

    async def test_modules_are_served_as_scripts(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{sandbox.url}/static/js/main.js") as answer:
            assert (answer.status, answer.content_type) == (200, "text/javascript")

    @pytest.mark.parametrize("path", ["%2e%2e/server.py", "js/%2e%2e/%2e%2e/seed.py", "nothing.js", "js", "%2fetc%2fpasswd"])
    async def test_nothing_else_is_served(self, sandbox: Sandbox, http: aiohttp.ClientSession, path: str) -> None:
        async with http.get(f"{sandbox.url}/static/{path}") as answer:
            assert answer.status == 404

    @pytest.mark.parametrize("path", ["/", "/static/js/main.js", "/client", "/attachments/1/1/x", "/api/v10/gateway", "/gateway"])
    async def test_another_host_is_refused(self, sandbox: Sandbox, http: aiohttp.ClientSession, path: str) -> None:
        async with http.get(f"{sandbox.url}{path}", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421

    async def test_another_loopback_name_is_sent_here(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        port = sandbox.url.rsplit(":", 1)[1]
        async with http.get(f"{sandbox.url}/?user=bob", headers={"Host": f"localhost:{port}"}, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, f"{sandbox.url}/?user=bob")

    @pytest.mark.parametrize(("host", "status"), [("localhost:1", 200), ("192.0.2.1", 200), ("[::1]:8090", 200), ("sandbox:8090", 421)])
    async def test_bots_come_by_any_address(self, sandbox: Sandbox, http: aiohttp.ClientSession, host: str, status: int) -> None:
        async with http.get(f"{sandbox.api_url}/v10/gateway", headers={"Host": host}) as answer:
            assert answer.status == status

    async def test_a_file_with_an_endless_number_is_not_there(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{sandbox.url}/attachments/1/{'9' * 5000}/x") as answer:
            assert answer.status == 404

    @pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
    async def test_another_page_gets_no_window(self, sandbox: Sandbox, http: aiohttp.ClientSession, headers: dict[str, str]) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{sandbox.url}/client", headers=headers)
        assert refused.value.status == 403


class TestWhatIsShown:
    async def test_the_snapshot_holds_every_section(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice:
            assert alice.sections["me"]["user"]["username"] == "alice"
            assert alice.sections["about"]["api_url"] == sandbox.api_url
            for name in ("people", "guilds", "dms", "commands", "buckets", "limits", "faults", "gateway"):
                assert name in alice.sections, name

    async def test_without_a_known_user_the_owner_acts(self, sandbox: Sandbox) -> None:
        async with window(sandbox, "nobody") as owner:
            assert owner.sections["me"]["user"]["username"] == "olivia"

    async def test_kinds_of_people(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice:
            kinds = {one["username"]: one["kind"] for one in alice.sections["people"]}
        expected = {"olivia": "owner", "adam": "admin", "mona": "moderator", "alice": "member", "newton": "newcomer"}
        assert {name: kinds[name] for name in expected} == expected

    async def test_channels_that_the_user_does_not_see_are_not_told(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice, window(sandbox, "mona") as mona:
            assert [c["name"] for c in alice.guild["channels"]] == ["Lobby", "welcome", "roles", "general"]
            assert [c["name"] for c in mona.guild["channels"]][4:] == ["Staff", "audit-log", "mods-only"]
            await mona.ask("post", channel_id=mona.channel("mods-only"), content="secret")
            await mona.ask("post", channel_id=mona.channel("general"), content="hello")
            await alice.until(lambda: alice.says("hello"))
            assert not alice.says("secret")
            with pytest.raises(Refused) as refused:
                await alice.ask("post", channel_id=mona.channel("mods-only"), content="let me in")
            assert refused.value.kind == "refused"

    async def test_roles_say_what_the_bot_can_do_with_them(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice:
            assert [alice.role(name)["above_bot"] for name in ("Admin", "Role Bot", "Moderator", "Red")] == [True, True, False, False]
            assert "MANAGE_ROLES" in alice.role("Moderator")["dangerous"]
            assert alice.role("Red")["dangerous"] == []
            assert alice.guild["roles"][-1]["name"] == "@everyone"

    async def test_members_carry_what_the_list_draws(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice:
            mona = alice.member("mona")
            assert mona["hoist_role_id"] == alice.role("Moderator")["id"]
            assert mona["color"] == alice.role("Moderator")["color"]
            assert alice.member("carol")["name"] == "Carol the Great"
            assert alice.member("olivia")["owner"]
            assert not alice.member("Role Bot")["online"]

    async def test_a_window_is_told_only_what_is_different(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice, window(sandbox, "bob") as bob:
            alice.sections.clear()
            await bob.ask("post", channel_id=bob.channel("general"), content="hi")
            await alice.until(lambda: alice.says("hi"))
            assert alice.sections == {}

    async def test_a_long_channel_shows_its_end(self, sandbox: Sandbox) -> None:
        for number in range(103):
            create(sandbox, sandbox.channel("general"), {"content": str(number)}, [], Origin(sandbox.guild.owner_id))
        async with window(sandbox) as alice:
            assert [message["content"] for message in alice.messages.values()] == [str(number) for number in range(3, 103)]


class TestTwoWindows:
    async def test_both_see_what_one_posts_and_deletes(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice, window(sandbox, "bob") as bob:
            general = alice.channel("general")
            sent = await alice.ask("post", channel_id=general, content="<b>hi</b>")
            shown = await bob.until(lambda: bob.says("<b>hi</b>"))
            assert shown["author"]["username"] == "alice"
            with pytest.raises(Refused):
                await bob.ask("delete_message", channel_id=general, message_id=sent["message_id"])
            await alice.ask("delete_message", channel_id=general, message_id=sent["message_id"])
            await bob.until(lambda: not bob.messages)

    async def test_files_arrive(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as alice, window(sandbox, "bob") as bob:
            await alice.ask("post", channel_id=alice.channel("general"), content="", files=[{"name": "a b.txt", "content": "aGVsbG8="}])
            message = await bob.until(lambda: next(iter(bob.messages.values()), None))
            async with aiohttp.ClientSession() as session, session.get(message["attachments"][0]["url"]) as answer:
                assert await answer.text() == "hello"
            assert message["attachments"][0]["filename"] == "a_b.txt"

    async def test_an_ephemeral_message_is_for_one_and_goes_when_dismissed(self, sandbox: Sandbox) -> None:
        async with rest_for(sandbox) as rest, window(sandbox) as alice, window(sandbox) as again, window(sandbox, "bob") as bob:
            await rest.register({"type": 1, "name": "do", "description": "d"})
            await alice.until(lambda: alice.sections["commands"])
            command = alice.sections["commands"][0]
            begun = await alice.ask("command", channel_id=alice.channel("general"), command_id=command["id"])
            interaction = sandbox.ledger.entries[0].interaction
            assert begun == {"interaction_id": str(interaction.id)}
            await rest.answer(interaction, Reply.MESSAGE, {"content": "psst", "flags": 64})
            message = await alice.until(lambda: alice.says("psst"))
            await again.until(lambda: again.says("psst"))
            await bob.ask("post", channel_id=bob.channel("general"), content="after")
            await bob.until(lambda: bob.says("after"))
            assert not bob.says("psst")
            with pytest.raises(Refused, match="does not see"):
                await bob.ask("dismiss", channel_id=message["channel_id"], message_id=message["id"])
            await again.ask("dismiss", channel_id=message["channel_id"], message_id=message["id"])
            await alice.until(lambda: not alice.says("psst"))

    async def test_another_user_sits_down(self, sandbox: Sandbox) -> None:
        async with window(sandbox) as screen:
            await screen.ask("act_as", user_id=screen.member("yuki")["user"]["id"])
            await screen.until(lambda: screen.snapshots == 2)
            assert screen.sections["me"] == {"user": screen.member("yuki")["user"], "locale": "ja"}
            with pytest.raises(Refused, match="as a bot"):
                await screen.ask("act_as", user_id=screen.member("Role Bot")["user"]["id"])

    async def test_a_thinking_that_never_ends_is_told(self, sandbox: Sandbox) -> None:
        async with rest_for(sandbox) as rest, window(sandbox) as alice:
            await rest.register({"type": 1, "name": "do", "description": "d"})
            await alice.until(lambda: alice.sections["commands"])
            begun = await alice.ask("command", channel_id=alice.channel("general"), command_id=alice.sections["commands"][0]["id"])
            await rest.answer(sandbox.ledger.entries[0].interaction, Reply.DEFERRED_MESSAGE, {"flags": 64})
            await alice.until(lambda: alice.state(begun) == "deferred")
            sandbox.clock.advance(TOKEN_LIFETIME)
            await alice.until(lambda: any(message["failed"] and message["flags"] & 128 for message in alice.messages.values()))
            await alice.until(lambda: alice.state(begun) == "failed")


class TestRequests:
    @pytest.mark.parametrize(
        ("op", "fields", "said"),
        [
            ("fly", {}, "no operation"),
            ("post", {}, "'channel_id' has to be an id"),
            ("post", {"channel_id": 5}, "'channel_id' has to be an id"),
            ("post", {"channel_id": "5"}, "Unknown Channel"),
            ("fault_add", {"kind": "flood"}, "'kind' has to be one of"),
            ("fault_add", {"kind": "latency", "seconds": float("nan")}, "'seconds' takes 0 to 600"),
            ("fault_add", {"kind": "status", "status": 429.5}, "whole number"),
            ("exchange", {"n": 99}, "too long ago"),
            ("act_as", {"user_id": "1" * 30}, "'user_id' has to be an id"),
            ("add_role", {"name": "x", "permissions": ["FLY"]}, "no permission"),
            ("add_role", {"name": "x", "permissions": [{}]}, "no permission"),
            ("search", {"channel_id": "CHANNEL", "kind": "user", "query": 5}, "'query' has to be a text"),
        ],
    )
    async def test_what_is_malformed_is_refused_and_named(self, sandbox: Sandbox, op: str, fields: dict[str, object], said: str) -> None:
        async with window(sandbox) as alice:
            if fields.get("channel_id") == "CHANNEL":
                fields = {**fields, "channel_id": alice.channel("general")}
            with pytest.raises(Refused, match=said) as refused:
                await alice.ask(op, **fields)
            assert refused.value.kind == "invalid"

    @pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"id": "1", "op": "reset"}', '{"id": 1}'])
    async def test_a_frame_that_is_no_request_is_answered(self, sandbox: Sandbox, text: str) -> None:
        async with window(sandbox) as alice:
            await alice.ws.send_str(text)
            frame = await alice.ws.receive_json(timeout=30)
            assert (frame["id"], frame["ok"], frame["error"]["kind"]) == (None, False, "invalid")

    async def test_windows_are_sent_away_when_the_server_ends(self, sandbox: Sandbox, rest: Plain) -> None:
        async with window(sandbox) as alice:
            await sandbox.stop()
            closing = await alice.ws.receive(timeout=30)
            assert closing.data == aiohttp.WSCloseCode.GOING_AWAY
