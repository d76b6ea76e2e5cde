"""The gateway's protocol: opening, closing, resuming, and what a session does not get to hear."""

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from sandbox import members, messages
from sandbox.gateway.compression import compressor
from sandbox.gateway.protocol import ALL_INTENTS, Intent, Op
from sandbox.gateway.session import Withheld
from sandbox.interactions import Kind
from sandbox.messages import Origin
from sandbox.seed import by_username
from sandbox.server import Sandbox
from sandbox.world import Application, Channel, Guild, Member, Role
from tests.sandbox.frames import checked_frames
from tests.sandbox.raw_gateway import Raw, connect


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.gateway.identify_interval = 0
    with checked_frames(sandbox):
        yield sandbox


def application(sandbox: Sandbox) -> Application:
    return next(iter(sandbox.world.applications.values()))


def raw_blocks(data: bytes) -> list[bytes]:
    """The contents of zstd's uncompressed blocks, none of them the frame's last."""
    blocks: list[bytes] = []
    while data:
        header = int.from_bytes(data[:3], "little")
        assert header & 0b111 == 0
        blocks.append(data[3 : 3 + (header >> 3)])
        data = data[3 + (header >> 3) :]
    return blocks


def say(sandbox: Sandbox, username: str, content: str, channel: str = "general") -> None:
    author = by_username(sandbox.world, username)
    messages.create(sandbox, sandbox.channel(channel), {"content": content}, [], Origin(author.id))


def second_guild(sandbox: Sandbox) -> Guild:
    """A guild that falls to the other one of two shards."""
    guild_id = sandbox.guild.id ^ 1 << 22
    owner, bot_id = sandbox.guild.owner_id, application(sandbox).bot_id
    guild = Guild(guild_id, "Elsewhere", owner, roles={guild_id: Role(guild_id, guild_id, "@everyone", 0, 1 << 10 | 1 << 11)})
    channel = Channel(guild_id + 1, 0, guild_id, "general")
    guild.channels[channel.id] = sandbox.world.channels[channel.id] = channel
    for user_id in (owner, bot_id):
        guild.members[user_id] = Member(user_id, guild_id, 0.0)
    sandbox.world.guilds[guild_id] = guild
    return guild


class TestOpening:
    async def test_ready_then_the_guild_with_the_bot_as_its_only_member(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            ready = await raw.identify()
            assert ready["guilds"] == [{"id": str(sandbox.guild.id), "unavailable": True}]
            assert ready["user"]["id"] == str(application(sandbox).bot_id)
            assert ready["resume_gateway_url"] == sandbox.resume_gateway_url != sandbox.gateway_url
            guild = await raw.event("GUILD_CREATE")
            assert guild["name"] == "Sandbox Square"
            assert guild["member_count"] == len(sandbox.guild.members) > 1
            assert [member["user"]["id"] for member in guild["members"]] == [ready["user"]["id"]]
            assert len(guild["channels"]) == len(sandbox.guild.channels)

    async def test_every_frame_is_in_one_compressed_stream(self, sandbox: Sandbox) -> None:
        async with connect(sandbox, "v=10&encoding=json&compress=zlib-stream") as raw:
            await raw.identify()
            await raw.event("GUILD_CREATE")
            await raw.send(Op.HEARTBEAT, raw.sequence)
            assert (await raw.receive())["op"] == Op.HEARTBEAT_ACK

    async def test_a_zstd_stream_is_one_frame_of_blocks(self, sandbox: Sandbox) -> None:
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{sandbox.gateway_url}?v=10&encoding=json&compress=zstd-stream") as ws:
            hello = await ws.receive_bytes(timeout=30)
            assert hello[:6] == b"\x28\xb5\x2f\xfd\x00\x38"  # RFC 8878: magic number, no checksum, window of 128 KiB
            assert json.loads(b"".join(raw_blocks(hello[6:])))["op"] == Op.HELLO
            await ws.send_json({"op": Op.HEARTBEAT, "d": None})
            assert json.loads(b"".join(raw_blocks(await ws.receive_bytes(timeout=30))))["op"] == Op.HEARTBEAT_ACK

    async def test_a_long_text_takes_several_zstd_blocks(self) -> None:
        feed = compressor("zstd-stream")
        assert feed
        text = "x" * 300_000
        blocks = raw_blocks(feed(text)[6:])
        assert max(map(len, blocks)) == 128 * 1024
        assert b"".join(blocks).decode() == text

    async def test_identifies_left_today(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
        headers = {"Authorization": f"Bot {application(sandbox).token}"}
        async with aiohttp.ClientSession() as http, http.get(f"{sandbox.api_url}/v10/gateway/bot", headers=headers) as answer:
            limit = (await answer.json())["session_start_limit"]
        assert (limit["total"], limit["remaining"]) == (1000, 999)
        assert 0 < limit["reset_after"] <= 86_400_000

    async def test_without_guilds_intent_no_guild_arrives(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            ready = await raw.identify(intents=0)
            assert len(ready["guilds"]) == 1
            assert await raw.settled() == []

    async def test_presences_intent_brings_all_members(self, sandbox: Sandbox) -> None:
        application(sandbox).privileged_intents = int(Intent.GUILD_PRESENCES)
        async with connect(sandbox) as raw:
            await raw.identify(intents=int(Intent.GUILDS | Intent.GUILD_PRESENCES))
            assert len((await raw.event("GUILD_CREATE"))["members"]) == len(sandbox.guild.members)

    async def test_two_identifies_within_five_seconds_are_one_too_many(self, sandbox: Sandbox) -> None:
        sandbox.gateway.identify_interval = 5.0
        async with connect(sandbox) as first, connect(sandbox) as second:
            await first.identify()
            await second.send(Op.IDENTIFY, second.identity())
            assert (await second.receive())["op"] == Op.INVALID_SESSION
            sandbox.clock.advance(5.0)
            assert await second.identify()

    async def test_refused_connections_get_503(self, sandbox: Sandbox) -> None:
        sandbox.gateway.refuse_connections(True)
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(sandbox.gateway_url)
        assert refused.value.status == 503


@pytest.mark.parametrize(
    ("code", "frame"),
    [
        (4001, {"op": 99, "d": {}}),
        (4002, {"op": "2", "d": {}}),
        (4002, {"op": 2, "d": []}),
        (4002, {"op": 2, "d": {"token": "x", "intents": 1}}),
        (4002, {"op": 1, "d": "x" * 5000}),
        (4003, {"op": 3, "d": {"status": "online", "activities": [], "since": None, "afk": False}}),
        (4004, {"op": 2, "d": {"token": "wrong", "intents": 1, "properties": {}}}),
        (4004, {"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}),
    ],
)
async def test_closes_before_a_session(sandbox: Sandbox, code: int, frame: dict[str, Any]) -> None:
    async with connect(sandbox) as raw:
        await raw.ws.send_json(frame)
        assert await raw.closed() == code


@pytest.mark.parametrize(
    ("code", "overrides"),
    [
        (4010, {"shard": [1, 1]}),
        (4010, {"shard": [-1, 2]}),
        (4010, {"shard": "0"}),
        (4013, {"intents": 1 << 30}),
        (4013, {"intents": -1}),
        (4013, {"intents": None}),
        (4014, {"intents": int(Intent.GUILD_MEMBERS)}),
        (4014, {"intents": int(Intent.MESSAGE_CONTENT)}),
        (4002, {"large_threshold": 500}),
    ],
)
async def test_identifies_that_are_refused(sandbox: Sandbox, code: int, overrides: dict[str, Any]) -> None:
    async with connect(sandbox) as raw:
        await raw.send(Op.IDENTIFY, raw.identity(**overrides))
        assert await raw.closed() == code
    await sandbox.until(lambda: not sandbox.gateway.connections)
    assert not sandbox.gateway.sessions


@pytest.mark.parametrize("text", ["{", "[" * 4000, '{"op": 1, "d": NaN}', '{"op": 1, "d": "\\ud83d"}'], ids=lambda text: text[:20])
async def test_what_is_no_json(sandbox: Sandbox, text: str) -> None:
    async with connect(sandbox) as raw:
        await raw.ws.send_str(text)
        assert await raw.closed() == 4002


async def test_members_asked_for_by_what_is_no_id(sandbox: Sandbox) -> None:
    async with connect(sandbox) as raw:
        await raw.identify()
        await raw.send(Op.REQUEST_GUILD_MEMBERS, {"guild_id": str(sandbox.guild.id), "user_ids": ["²"]})
        assert await raw.closed() == 4002


async def test_an_intent_that_discord_takes_without_describing_it(sandbox: Sandbox) -> None:
    async with connect(sandbox) as raw:
        assert (await raw.identify(intents=1 | 1 << 17))["session_id"]


class TestClosing:
    async def test_what_is_no_json(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.ws.send_str("{")
            assert await raw.closed() == 4002

    async def test_an_old_version(self, sandbox: Sandbox) -> None:
        async with connect(sandbox, "v=6&encoding=json") as raw:
            assert await raw.closed() == 4012

    async def test_a_second_identify(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.send(Op.IDENTIFY, raw.identity())
            assert await raw.closed() == 4005

    async def test_more_than_120_frames_in_a_minute(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            for _ in range(60):
                await raw.send(Op.HEARTBEAT, None)
            await raw.settled()
            sandbox.clock.advance(61)
            for _ in range(121):
                await raw.send(Op.HEARTBEAT, None)
            assert await raw.closed() == 4008

    async def test_more_guilds_than_one_shard_may_hold(self, sandbox: Sandbox) -> None:
        sandbox.gateway.guilds_per_shard = 1
        second_guild(sandbox)
        async with connect(sandbox) as raw:
            await raw.send(Op.IDENTIFY, raw.identity())
            assert await raw.closed() == 4011

    async def test_no_heartbeat(self, sandbox: Sandbox) -> None:
        sandbox.gateway.heartbeat_interval = 0.05
        async with connect(sandbox) as raw:
            await raw.identify()
            assert await raw.closed() == 4009
        await sandbox.until(lambda: not sandbox.gateway.connections)
        assert not sandbox.gateway.sessions

    async def test_a_moved_clock_starves_no_heartbeat(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            sandbox.clock.advance(86_400)
            assert await raw.settled() == ["GUILD_CREATE"]

    async def test_acks_can_be_left_out(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            sandbox.gateway.stop_acks()
            await raw.send(Op.HEARTBEAT, None)
            assert await raw.settled() == ["GUILD_CREATE"]

    async def test_all_connections_dropped_with_a_code(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            sandbox.gateway.drop_connections(4000)
            assert await raw.closed() == 4000

    async def test_all_connections_cut(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            sandbox.gateway.drop_connections()
            assert await raw.closed() == 1006


async def leave_and_miss(sandbox: Sandbox, raw: Raw, code: int = 4000) -> None:
    """Open a session, lose the connection, and let three messages pass meanwhile."""
    await raw.identify(intents=int(Intent.GUILDS | Intent.GUILD_MESSAGES))
    await raw.event("GUILD_CREATE")
    await raw.ws.close(code=code)
    await sandbox.until(lambda: not sandbox.gateway.connections)
    for text in ("one", "two", "three"):
        say(sandbox, "alice", text)


class TestResuming:
    async def test_what_was_missed_comes_in_order_and_then_resumed(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await leave_and_miss(sandbox, raw)
        async with connect(sandbox) as again:
            await again.resume(raw.session_id, raw.sequence)
            frames = [await again.receive() for _ in range(4)]
            assert [frame["t"] for frame in frames] == ["MESSAGE_CREATE"] * 3 + ["RESUMED"]
            assert [frame["s"] for frame in frames] == [raw.sequence + number for number in (1, 2, 3, 4)]
            say(sandbox, "alice", "four")
            assert (await again.receive())["s"] == raw.sequence + 5

    async def test_what_was_sent_but_not_read_is_sent_again(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await leave_and_miss(sandbox, raw)
        async with connect(sandbox) as again:
            await again.resume(raw.session_id, 1)
            assert await again.names_until("RESUMED") == ["GUILD_CREATE", *["MESSAGE_CREATE"] * 3, "RESUMED"]

    @pytest.mark.parametrize("code", [1000, 1001])
    async def test_a_session_that_its_client_closed_is_gone(self, sandbox: Sandbox, code: int) -> None:
        async with connect(sandbox) as raw:
            await leave_and_miss(sandbox, raw, code)
        async with connect(sandbox) as again:
            await again.resume(raw.session_id, raw.sequence)
            frame = await again.receive()
            assert (frame["op"], frame["d"]) == (Op.INVALID_SESSION, False)
            assert await again.identify()

    async def test_a_session_waits_only_so_long(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await leave_and_miss(sandbox, raw)
        sandbox.clock.advance(sandbox.gateway.session_lifetime + 1)
        assert not sandbox.gateway.sessions
        async with connect(sandbox) as again:
            await again.resume(raw.session_id, raw.sequence)
            assert (await again.receive())["op"] == Op.INVALID_SESSION

    async def test_a_sequence_from_the_future(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await leave_and_miss(sandbox, raw)
        async with connect(sandbox) as again:
            await again.resume(raw.session_id, raw.sequence + 100)
            assert await again.closed() == 4007

    async def test_asked_to_reconnect_a_client_may_resume_at_once(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.event("GUILD_CREATE")
            sandbox.gateway.request_reconnect()
            assert (await raw.receive())["op"] == Op.RECONNECT
            async with connect(sandbox) as again:
                await again.resume(raw.session_id, raw.sequence)
                assert await again.names_until("RESUMED") == ["RESUMED"]
                assert await raw.closed() == 4000

    async def test_who_stays_after_a_request_to_reconnect_is_cut_off(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            sandbox.gateway.request_reconnect()
            sandbox.clock.advance(11)
            assert await raw.closed() == 4000

    @pytest.mark.parametrize("resumable", [True, False])
    async def test_invalid_sessions(self, sandbox: Sandbox, resumable: bool) -> None:
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.event("GUILD_CREATE")
            sandbox.gateway.invalidate_sessions(resumable)
            frame = await raw.receive()
            assert (frame["op"], frame["d"]) == (Op.INVALID_SESSION, resumable)
            await raw.resume(raw.session_id, raw.sequence)
            frame = await raw.receive()
            assert (frame["t"] == "RESUMED") is resumable
            assert (frame["op"] == Op.INVALID_SESSION) is not resumable


async def heard(sandbox: Sandbox, raw: Raw) -> list[str]:
    """What comes of an interaction, of a message, and of the answer to something asked."""
    alice, command = by_username(sandbox.world, "alice"), {"id": "1", "name": "do", "type": 1}
    begun = sandbox.interactions.begin(application(sandbox), Kind.COMMAND, alice.id, sandbox.channel("general"), command)
    say(sandbox, "alice", "hi")
    await raw.send(Op.REQUEST_SOUNDBOARD_SOUNDS, {"guild_ids": [str(sandbox.guild.id)]})
    await raw.send(Op.HEARTBEAT, raw.sequence)
    names: list[str] = []
    while (frame := await raw.receive())["op"] != Op.HEARTBEAT_ACK:
        names.append(frame["t"])
    assert begun.state == "pending"
    return names


NORMAL = ["INTERACTION_CREATE", "MESSAGE_CREATE", "SOUNDBOARD_SOUNDS"]
INTENTS = int(Intent.GUILDS | Intent.GUILD_MESSAGES)


class TestSilence:
    """Connections that are acknowledged to the end, and withhold what matters (api-docs#8162)."""

    @pytest.mark.parametrize(("withheld", "left"), [("interactions", NORMAL[1:]), ("everything", [])])
    async def test_in_the_middle_of_a_session_until_there_is_a_fresh_one(
        self, sandbox: Sandbox, withheld: Withheld, left: list[str]
    ) -> None:
        async with connect(sandbox) as raw:
            await raw.identify(intents=INTENTS)
            await raw.event("GUILD_CREATE")
            assert await heard(sandbox, raw) == NORMAL
            sandbox.gateway.silence_sessions(withheld)
            assert await heard(sandbox, raw) == left
            async with connect(sandbox) as again:
                await again.resume(raw.session_id, raw.sequence)
                assert await again.names_until("RESUMED") == ["RESUMED"], "what was withheld is lost"
                assert await heard(sandbox, again) == left, "a RESUME takes up the silence too"
            async with connect(sandbox) as fresh:
                await fresh.identify(intents=INTENTS)
                await fresh.event("GUILD_CREATE")
                assert await heard(sandbox, fresh) == NORMAL

    async def test_it_ends(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify(intents=INTENTS)
            await raw.event("GUILD_CREATE")
            sandbox.gateway.silence_sessions()
            sandbox.gateway.silence_sessions(None)
            assert await heard(sandbox, raw) == NORMAL

    @pytest.mark.parametrize(("withheld", "left"), [("interactions", NORMAL[1:]), ("everything", [])])
    async def test_from_the_start(self, sandbox: Sandbox, withheld: Withheld, left: list[str]) -> None:
        sandbox.gateway.silence_new_sessions(withheld)
        async with connect(sandbox) as raw:
            await raw.identify(intents=INTENTS)
            if withheld == "interactions":
                await raw.event("GUILD_CREATE")
            assert await heard(sandbox, raw) == left
        sandbox.gateway.silence_new_sessions(None)
        async with connect(sandbox) as raw:
            await raw.identify(intents=INTENTS)
            await raw.event("GUILD_CREATE")
            assert await heard(sandbox, raw) == NORMAL


async def test_a_dead_resume_address_leaves_the_gateways_own_alive(sandbox: Sandbox) -> None:
    async with connect(sandbox) as raw:
        ready = await raw.identify()
        await raw.event("GUILD_CREATE")
        await raw.ws.close(code=4000)
    sandbox.gateway.refuse_resumes(True)
    for query in ("", "?v=10", "/?v=10"):
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                await http.ws_connect(ready["resume_gateway_url"] + query)
    async with connect(sandbox) as again:
        await again.resume(raw.session_id, raw.sequence)
        assert await again.names_until("RESUMED") == ["RESUMED"]
    sandbox.gateway.refuse_resumes(False)
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{ready['resume_gateway_url']}?v=10&encoding=json") as ws:
        assert (await ws.receive_json())["op"] == Op.HELLO


class TestAddressing:
    async def test_messages_need_their_intent(self, sandbox: Sandbox) -> None:
        async with connect(sandbox) as without, connect(sandbox) as listening:
            await without.identify()
            await listening.identify(intents=int(Intent.GUILDS | Intent.GUILD_MESSAGES))
            say(sandbox, "alice", "hello")
            assert await without.settled() == ["GUILD_CREATE"]
            assert await listening.settled() == ["GUILD_CREATE", "MESSAGE_CREATE"]

    async def test_content_is_left_out_unless_the_bot_is_mentioned_or_wrote_it(self, sandbox: Sandbox) -> None:
        bot_id = application(sandbox).bot_id
        async with connect(sandbox) as raw:
            await raw.identify(intents=int(Intent.GUILDS | Intent.GUILD_MESSAGES))
            say(sandbox, "alice", "a secret")
            assert (await raw.event("MESSAGE_CREATE"))["content"] == ""
            say(sandbox, "alice", f"hey <@{bot_id}>")
            assert (await raw.event("MESSAGE_CREATE"))["content"] == f"hey <@{bot_id}>"
            messages.create(sandbox, sandbox.channel("general"), {"content": "mine"}, [], Origin(bot_id))
            assert (await raw.event("MESSAGE_CREATE"))["content"] == "mine"

    async def test_content_comes_with_the_privileged_intent(self, sandbox: Sandbox) -> None:
        application(sandbox).privileged_intents = int(Intent.MESSAGE_CONTENT)
        async with connect(sandbox) as raw:
            await raw.identify(intents=int(Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT))
            say(sandbox, "alice", "a secret")
            assert (await raw.event("MESSAGE_CREATE"))["content"] == "a secret"

    async def test_a_channel_that_the_bot_cannot_see_is_silent(self, sandbox: Sandbox) -> None:
        channel = sandbox.channel("mods-only")
        for overwrite in channel.overwrites.values():
            overwrite.allow = 0
        async with connect(sandbox) as raw:
            await raw.identify(intents=int(Intent.GUILD_MESSAGES))
            say(sandbox, "olivia", "between us", "mods-only")
            say(sandbox, "olivia", "for all")
            assert await raw.settled() == ["MESSAGE_CREATE"]

    async def test_member_updates_need_their_intent_except_the_bots_own(self, sandbox: Sandbox) -> None:
        guild, red = sandbox.guild, sandbox.role("Red").id
        alice, bot = guild.members[by_username(sandbox.world, "alice").id], guild.members[application(sandbox).bot_id]
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.event("GUILD_CREATE")
            members.set_roles(sandbox.world, guild, alice, [red], guild.owner_id)
            members.set_roles(sandbox.world, guild, bot, [*bot.role_ids, red], guild.owner_id)
            assert (await raw.event("GUILD_MEMBER_UPDATE"))["user"]["id"] == str(bot.user_id)

    async def test_each_shard_hears_of_its_own_guilds_and_the_first_of_direct_messages(self, sandbox: Sandbox) -> None:
        other = second_guild(sandbox)
        mine = [guild for guild in (sandbox.guild, other) if (guild.id >> 22) % 2 == 0]
        dm = sandbox.world.dm_between(by_username(sandbox.world, "alice").id, application(sandbox).bot_id)
        intents = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES)
        async with connect(sandbox) as zero, connect(sandbox) as one:
            for number, raw in enumerate((zero, one)):
                ready = await raw.identify(shard=[number, 2], intents=intents)
                assert ready["shard"] == [number, 2]
                guild = await raw.event("GUILD_CREATE")
                assert [{"id": guild["id"], "unavailable": True}] == ready["guilds"]
                assert (guild["id"] == str(mine[0].id)) is (number == 0)
            for guild in (sandbox.guild, other):
                general = next(c for c in guild.channels.values() if c.name == "general")
                messages.create(sandbox, general, {"content": "hi"}, [], Origin(guild.owner_id))
            messages.create(sandbox, dm, {"content": "psst"}, [], Origin(dm.recipient_ids[0]))
            first = [await zero.event("MESSAGE_CREATE") for _ in range(2)]
            assert [event.get("guild_id") for event in first] == [str(mine[0].id), None]
            assert first[1]["content"] == "psst"
            assert (await one.event("MESSAGE_CREATE"))["guild_id"] != str(mine[0].id)

    async def test_joining_and_leaving_a_guild(self, sandbox: Sandbox) -> None:
        guild, bot_id = second_guild(sandbox), application(sandbox).bot_id
        del guild.members[bot_id]
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.event("GUILD_CREATE")
            members.join(sandbox.world, guild, bot_id)
            assert (await raw.event("GUILD_CREATE"))["id"] == str(guild.id)
            members.leave(sandbox.world, guild, bot_id)
            gone = await raw.event("GUILD_DELETE")
            assert gone["id"] == str(guild.id)
            assert not gone.get("unavailable")

    async def test_members_on_request(self, sandbox: Sandbox) -> None:
        guild, alice = sandbox.guild, by_username(sandbox.world, "alice")
        async with connect(sandbox) as raw:
            await raw.identify()
            await raw.send(Op.REQUEST_GUILD_MEMBERS, {"guild_id": str(guild.id), "query": "ali", "limit": 5, "nonce": "n"})
            chunk = await raw.event("GUILD_MEMBERS_CHUNK")
            assert [member["user"]["id"] for member in chunk["members"]] == [str(alice.id)]
            assert (chunk["chunk_index"], chunk["chunk_count"], chunk["nonce"]) == (0, 1, "n")
            await raw.send(Op.REQUEST_GUILD_MEMBERS, {"guild_id": str(guild.id), "user_ids": [str(alice.id), "1"]})
            chunk = await raw.event("GUILD_MEMBERS_CHUNK")
            assert (len(chunk["members"]), chunk["not_found"]) == (1, ["1"])
            await raw.send(Op.REQUEST_GUILD_MEMBERS, {"guild_id": str(guild.id), "query": "", "limit": 0})
            assert await raw.settled() == [], "the whole list needs the members intent"

    async def test_the_whole_list_comes_with_the_intent(self, sandbox: Sandbox) -> None:
        application(sandbox).privileged_intents = int(Intent.GUILD_MEMBERS)
        async with connect(sandbox) as raw:
            await raw.identify(intents=int(Intent.GUILD_MEMBERS))
            await raw.send(Op.REQUEST_GUILD_MEMBERS, {"guild_id": str(sandbox.guild.id), "query": "", "limit": 0})
            assert len((await raw.event("GUILD_MEMBERS_CHUNK"))["members"]) == len(sandbox.guild.members)


async def test_frames_are_recorded_without_the_token(sandbox: Sandbox) -> None:
    application(sandbox).privileged_intents = ALL_INTENTS
    async with connect(sandbox) as raw:
        await raw.identify(intents=ALL_INTENTS)
        await raw.settled()
    recorded = json.dumps([frame.payload for frame in sandbox.gateway.frames])
    assert application(sandbox).token not in recorded
    assert {frame.direction for frame in sandbox.gateway.frames} == {"in", "out"}
