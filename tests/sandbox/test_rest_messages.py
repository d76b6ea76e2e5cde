"""Messages over REST: sending, editing, files, nonces, mentions, permissions and everything that is refused."""

import json
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from sandbox.messages import NONCE_SECONDS
from sandbox.permissions import Permission as P
from sandbox.seed import by_username
from sandbox.world import Channel, Guild, Member, Message, Overwrite
from tests.sandbox.conftest import Rest

V2 = 1 << 15


def button(custom_id: str | None = "a", **extra: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id, **extra}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def options(count: int) -> list[dict[str, Any]]:
    return [{"label": f"L{i}", "value": f"v{i}"} for i in range(count)]


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


@pytest.fixture
def path(rest: Rest) -> str:
    return f"/channels/{rest.sandbox.channel('general').id}/messages"


def foreign(rest: Rest, member: Member) -> Message:
    """A message by somebody else."""
    channel = rest.sandbox.channel("general")
    message = Message(rest.sandbox.world.new_id(), channel.id, member.user_id, rest.sandbox.clock.now(), "mine")
    rest.sandbox.world.messages.setdefault(channel.id, {})[message.id] = message
    return message


async def test_a_rich_message_and_its_life(rest: Rest, path: str) -> None:
    events: list[str] = []
    rest.sandbox.world.listeners.append(lambda event: events.append(event.name))
    select = {"type": 3, "custom_id": "pick", "options": options(25), "min_values": 0, "max_values": 25}
    embed = {"title": "T", "fields": [{"name": "n", "value": "v"}], "timestamp": "2026-01-01T00:00:00Z", "footer": {"text": "f"}}
    body = {"content": "hello", "embeds": [embed], "components": [row(button(emoji={"name": "🎨"})), row(select)]}
    made = await rest.call("POST", path, body)
    assert made.status == 200
    assert made.body["embeds"][0]["type"] == "rich"
    assert [c["id"] for c in (made.body["components"][0], *made.body["components"][0]["components"])] == [1, 2]
    message = f"{path}/{made.body['id']}"
    edited = await rest.call("PATCH", message, {"content": "bye", "embeds": []})
    assert (edited.body["content"], edited.body["embeds"], len(edited.body["components"])) == ("bye", [], 2)
    assert edited.body["edited_timestamp"]
    assert (await rest.call("GET", message)).body == edited.body
    assert [m["id"] for m in (await rest.call("GET", path)).body] == [made.body["id"]]
    assert (await rest.call("DELETE", message)).status == 204
    assert (await rest.call("PATCH", message, {"content": "x"})).code == 10008
    assert events == ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"]


async def test_components_v2(rest: Rest, path: str) -> None:
    section = {"type": 9, "components": [text("side")], "accessory": button("s")}
    box = {"type": 17, "accent_color": 255, "components": [text("hi"), {"type": 14}, section, row(button("b"))]}
    made = await rest.call("POST", path, {"flags": V2, "components": [box]})
    assert made.status == 200
    assert made.body["flags"] == V2
    again = await rest.call("PATCH", f"{path}/{made.body['id']}", {"components": [text("less")]})
    assert (again.status, again.body["flags"]) == (200, V2)  # the flag stays
    refused = await rest.call("PATCH", f"{path}/{made.body['id']}", {"content": "x"})
    assert refused.problems() == {"content": "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"}


async def test_a_message_becomes_v2_only_without_its_old_fields(rest: Rest, path: str) -> None:
    made = await rest.call("POST", path, {"content": "old"})
    message, body = f"{path}/{made.body['id']}", {"flags": V2, "components": [text("new")]}
    assert (await rest.call("PATCH", message, body)).code == 50035
    assert (await rest.call("PATCH", message, {**body, "content": None})).body["content"] == ""


async def test_ten_files_are_the_most(rest: Rest, path: str) -> None:
    def form(count: int) -> aiohttp.FormData:
        data = aiohttp.FormData()
        for number in range(count):
            data.add_field(f"files[{number}]", b"bytes", filename=f"{number}.txt")
        return data

    made = await rest.call("POST", path, data=form(10))
    assert len(made.body["attachments"]) == 10
    assert (await rest.call("POST", path, data=form(11))).code == 30015
    assert (await rest.call("PATCH", f"{path}/{made.body['id']}", data=form(1))).code == 30015


async def test_files(rest: Rest, path: str) -> None:
    form = aiohttp.FormData()
    form.add_field(
        "payload_json", '{"embeds":[{"title":"T","image":{"url":"attachment://a.png"}}],"attachments":[{"id":0,"description":"d"}]}'
    )
    form.add_field("files[0]", b"bytes", filename="a.png", content_type="image/png")
    made = await rest.call("POST", path, data=form)
    [attachment] = made.body["attachments"]
    assert (attachment["filename"], attachment["size"], attachment["description"]) == ("a.png", 5, "d")
    assert made.body["embeds"][0]["image"]["url"] == attachment["url"]
    async with rest.session.get(attachment["url"]) as served:
        assert (await served.read(), served.content_type) == (b"bytes", "image/png")
    gone = await rest.call("PATCH", f"{path}/{made.body['id']}", {"attachments": []})
    assert gone.body["attachments"] == []
    lost = await rest.call("POST", path, {"content": "x", "attachments": [{"id": 0}]})
    assert lost.problems() == {"attachments.0": "ATTACHMENT_NOT_FOUND"}


async def test_components_show_files_that_the_message_has(rest: Rest, path: str) -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a+b.png"}}]}
    file = {"type": 13, "file": {"url": "attachment://a+b.png"}}
    body = {"flags": V2, "components": [{"type": 17, "components": [gallery]}, file]}
    missing = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
    places = {"components.0.components.0.items.0.media.url": missing, "components.1.file.url": missing}
    assert (await rest.call("POST", path, body)).problems() == places
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    form.add_field("files[0]", b"bytes", filename="a+b.png", content_type="image/png")
    made = (await rest.call("POST", path, data=form)).body
    assert made["components"][1]["file"]["url"] == made["attachments"][0]["url"]
    message = f"{path}/{made['id']}"
    assert (await rest.call("PATCH", message, {"attachments": [], "components": [file]})).code == 50035
    assert (await rest.call("GET", message)).body == made  # a refused edit changes nothing
    elsewhere = {"type": 13, "file": {"url": "https://example.org/a.png"}}
    refused = await rest.call("PATCH", message, {"components": [elsewhere]})
    assert refused.problems() == {"components.0.file.url": "URL_TYPE_INVALID_SCHEME"}


async def test_an_enforced_nonce_is_remembered_for_some_minutes(rest: Rest, path: str) -> None:
    body = {"content": "once", "nonce": "n-1", "enforce_nonce": True}
    first = await rest.call("POST", path, body)
    assert (await rest.call("POST", path, {**body, "content": "twice"})).body["id"] == first.body["id"]
    assert first.body["nonce"] == "n-1"
    assert (await rest.call("POST", path, {"content": "once", "nonce": "n-1"})).body["id"] != first.body["id"]
    rest.sandbox.clock.advance(NONCE_SECONDS)
    assert (await rest.call("POST", path, body)).body["id"] != first.body["id"]
    assert (await rest.call("POST", path, {"content": "x", "nonce": "n" * 26})).problems() == {"nonce": "NONCE_TYPE_TOO_LONG"}


async def test_mentions(rest: Rest, path: str, guild: Guild, alice: Member) -> None:
    red, blue = rest.sandbox.role("Red"), rest.sandbox.role("Blue")
    red.mentionable = True
    content = f"<@{alice.user_id}> <@&{red.id}> <@&{blue.id}> @everyone"
    loud = (await rest.call("POST", path, {"content": content})).body
    assert [u["id"] for u in loud["mentions"]] == [str(alice.user_id)]
    assert (loud["mention_roles"], loud["mention_everyone"]) == ([str(red.id)], False)  # no right to ping the others
    rest.sandbox.role("Role Bot").permissions |= P.MENTION_EVERYONE
    assert (await rest.call("POST", path, {"content": content})).body["mention_everyone"]
    quiet = (await rest.call("POST", path, {"content": content, "allowed_mentions": {"parse": []}})).body
    assert (quiet["mentions"], quiet["mention_roles"], quiet["mention_everyone"]) == ([], [], False)
    both = {"parse": ["users"], "users": [str(alice.user_id)]}
    refused = await rest.call("POST", path, {"content": content, "allowed_mentions": both})
    assert refused.problems() == {"allowed_mentions": "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"}


async def test_replies(rest: Rest, path: str, alice: Member) -> None:
    original = foreign(rest, alice)
    original.reactions["👍"] = [alice.user_id]  # of which a referenced message does not tell
    reply = (await rest.call("POST", path, {"content": "re", "message_reference": {"message_id": str(original.id)}})).body
    assert (reply["type"], reply["referenced_message"]["content"]) == (19, "mine")
    assert [u["id"] for u in reply["mentions"]] == [str(alice.user_id)]
    missing: dict[str, Any] = {"content": "re", "message_reference": {"message_id": "1"}}
    assert (await rest.call("POST", path, missing)).problems() == {"message_reference": "REPLIES_UNKNOWN_MESSAGE"}
    missing["message_reference"]["fail_if_not_exists"] = False
    assert (await rest.call("POST", path, missing)).body["type"] == 0


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"content": "x" * 2001}, {"content": "BASE_TYPE_MAX_LENGTH"}),
        ({"content": {}}, {"content": "STRING_TYPE_CONVERT"}),
        ({"embeds": [{}]}, {"embeds.0.description": "BASE_TYPE_REQUIRED"}),
        ({"embeds": [{"title": "t"}] * 11}, {"embeds": "BASE_TYPE_MAX_LENGTH"}),
        ({"embeds": [{"description": "x" * 3001}] * 2}, {"embeds": "MAX_EMBED_SIZE_EXCEEDED"}),
        ({"embeds": [{"title": "x" * 257, "color": -1}]}, {"embeds.0.title": "BASE_TYPE_MAX_LENGTH", "embeds.0.color": "NUMBER_TYPE_MIN"}),
        ({"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]}, {"embeds.0.fields.0.value": "BASE_TYPE_MAX_LENGTH"}),
        ({"embeds": [{"title": "t", "url": "nowhere"}]}, {"embeds.0.url": "URL_TYPE_INVALID_URL"}),
        ({"components": [row(button(label="x" * 81))]}, {"components.0.components.0.label": "BASE_TYPE_MAX_LENGTH"}),
        ({"components": [row(button("x" * 101))]}, {"components.0.components.0.custom_id": "BASE_TYPE_BAD_LENGTH"}),
        ({"components": [row(button(style=9))]}, {"components.0.components.0.style": "BASE_TYPE_CHOICES"}),
        ({"components": [row(button(custom_id=None))]}, {"components.0.components.0.custom_id": "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"}),
        ({"components": [row(button(emoji={"name": "nope"}))]}, {"components.0.components.0.emoji.name": "BUTTON_COMPONENT_INVALID_EMOJI"}),
        ({"components": [row(button(emoji={"id": "1"}))]}, {"components.0.components.0.emoji.id": "BUTTON_COMPONENT_INVALID_EMOJI"}),
        ({"components": [row(button("a")), row(button("a"))]}, {"components.1.components.0.custom_id": "COMPONENT_CUSTOM_ID_DUPLICATED"}),
        ({"components": [row(*(button(str(i)) for i in range(6)))]}, {"components.0.components": "BASE_TYPE_BAD_LENGTH"}),
        ({"components": [row()]}, {"components.0.components": "BASE_TYPE_BAD_LENGTH"}),
        ({"components": [row(button(str(i))) for i in range(6)]}, {"components": "BASE_TYPE_MAX_LENGTH"}),
        ({"components": [{"type": 55}]}, {"components.0": "UNION_TYPE_CHOICES"}),
        ({"components": [text("needs the flag")]}, {"components.0": "UNION_TYPE_CHOICES"}),
        (
            {"components": [row({"type": 3, "custom_id": "s", "options": options(26)})]},
            {"components.0.components.0.options": "BASE_TYPE_BAD_LENGTH"},
        ),
        (
            {"components": [row({"type": 3, "custom_id": "s", "options": options(1) * 2})]},
            {"components.0.components.0.options.1.value": "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
        ),
        (
            {"components": [row({"type": 6, "custom_id": "s"}, button("b"))]},
            {"components.0.components.1": "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
        ),
        ({"flags": V2, "components": [text("x" * 2001)] * 2}, {"components": "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"}),
        ({"flags": V2, "components": [text("x")] * 41}, {"components": "COMPONENT_LAYOUT_TOO_MANY_COMPONENTS"}),
        ({"flags": V2, "components": [text("")]}, {"components.0.content": "BASE_TYPE_REQUIRED"}),
        (
            {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "nowhere"}}]}]},
            {"components.0.items.0.media.url": "URL_TYPE_INVALID_URL"},
        ),
    ],
)
async def test_invalid_forms(rest: Rest, path: str, body: dict[str, Any], problems: dict[str, str]) -> None:
    reply = await rest.call("POST", path, body)
    assert (reply.status, reply.code, reply.problems()) == (400, 50035, problems)


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"content": None, "embeds": []}])
async def test_empty_messages(rest: Rest, path: str, body: dict[str, Any]) -> None:
    assert (await rest.call("POST", path, body)).code == 50006
    made = await rest.call("POST", path, {"content": "x"})
    assert (await rest.call("PATCH", f"{path}/{made.body['id']}", {"content": ""})).code == 50006


@pytest.mark.parametrize(
    "body", [b"{", b'{"content": NaN}', b'{"content": "\xff"}', b'{"content": "\\ud83d"}', b"[" * 50_000], ids=lambda body: body[:20]
)
async def test_broken_json(rest: Rest, path: str, body: bytes) -> None:
    reply = await rest.call("POST", path, data=body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.code) == (400, 50109)
    assert (await rest.call("GET", path)).body == []


async def test_an_escaped_surrogate_pair_is_one_character(rest: Rest, path: str) -> None:
    reply = await rest.call("POST", path, data=b'{"content": "\\ud83d\\udc4d"}', headers={"Content-Type": "application/json"})
    assert reply.body["content"] == "👍"


async def test_a_body_that_does_not_say_what_it_is(rest: Rest, path: str) -> None:
    reply = await rest.call("POST", path, data=b'{"content": "x"}', headers={"Content-Type": "text/plain"})
    assert (reply.status, reply.problems()) == (400, {"": "CONTENT_TYPE_INVALID"})


@pytest.mark.parametrize(
    ("denied", "body", "code"),
    [
        (P.VIEW_CHANNEL, {"content": "x"}, 50001),
        (P.SEND_MESSAGES, {"content": "x"}, 50013),
        (P.EMBED_LINKS, {"embeds": [{"title": "x"}]}, 50013),
    ],
)
async def test_channel_permissions(rest: Rest, path: str, guild: Guild, denied: P, body: dict[str, Any], code: int) -> None:
    rest.sandbox.channel("general").overwrites[guild.id] = Overwrite(guild.id, 0, deny=denied)
    reply = await rest.call("POST", path, body)
    assert (reply.status, reply.code) == (403, code)


async def test_messages_of_others(rest: Rest, path: str, alice: Member) -> None:
    message = f"{path}/{foreign(rest, alice).id}"
    assert (await rest.call("PATCH", message, {"content": "x"})).code == 50005
    assert (await rest.call("DELETE", message)).code == 50013
    rest.sandbox.role("Role Bot").permissions |= P.MANAGE_MESSAGES
    assert (await rest.call("DELETE", message)).status == 204


async def test_direct_messages(rest: Rest, alice: Member) -> None:
    opened = await rest.call("POST", "/users/@me/channels", {"recipient_id": str(alice.user_id)})
    assert [u["id"] for u in opened.body["recipients"]] == [str(alice.user_id)]
    again = await rest.call("POST", "/users/@me/channels", {"recipient_id": str(alice.user_id)})
    assert again.body["id"] == opened.body["id"]
    assert (await rest.call("POST", f"/channels/{opened.body['id']}/messages", {"content": "hi"})).status == 200
    del rest.sandbox.guild.members[alice.user_id]
    assert (await rest.call("POST", f"/channels/{opened.body['id']}/messages", {"content": "hi"})).code == 50007
    between = rest.sandbox.world.dm_between(alice.user_id, by_username(rest.sandbox.world, "bob").id)
    assert (await rest.call("GET", f"/channels/{between.id}")).code == 50001


async def test_what_the_sandbox_lacks_is_not_dropped_in_silence(rest: Rest, path: str) -> None:
    poll = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "!"}}]}
    assert (await rest.call("POST", path, {"content": "x", "poll": poll})).problems() == {"poll": "NOT_MODELLED_BY_THE_SANDBOX"}
    assert (await rest.call("POST", path, {"content": "x", "sticker_ids": ["1"]})).code == 50081
    assert (await rest.call("POST", path, {"content": "x", "poll": None, "sticker_ids": []})).status == 200


async def test_a_category_takes_no_text(rest: Rest) -> None:
    assert (await rest.call("POST", f"/channels/{rest.sandbox.channel('Lobby').id}/messages", {"content": "x"})).code == 50008


async def test_a_voice_chat_asks_for_connect(rest: Rest, guild: Guild) -> None:
    voice = Channel(rest.sandbox.world.new_id(), 2, guild.id, "Voice")
    guild.channels[voice.id] = rest.sandbox.world.channels[voice.id] = voice
    path, alice = f"/channels/{voice.id}/messages", rest.sandbox.actor("alice").in_(voice)
    assert (await rest.call("POST", path, {"content": "x"})).status == 200
    voice.overwrites[guild.id] = Overwrite(guild.id, 0, deny=P.CONNECT)
    for method, body in (("GET", None), ("POST", {"content": "x"})):
        assert (await rest.call(method, path, body)).code == 50001
    assert alice.sees() == []


async def test_reactions_and_pins(rest: Rest, path: str) -> None:
    made = await rest.call("POST", path, {"content": "x"})
    message = f"{path}/{made.body['id']}"
    assert (await rest.call("PUT", f"{message}/reactions/%F0%9F%91%8D/@me")).status == 204
    [reaction] = (await rest.call("GET", message)).body["reactions"]
    assert (reaction["emoji"]["name"], reaction["count"], reaction["me"]) == ("👍", 1, True)
    assert len((await rest.call("GET", f"{message}/reactions/%F0%9F%91%8D")).body) == 1
    assert (await rest.call("PUT", f"{message}/reactions/no/@me")).code == 10014
    assert (await rest.call("DELETE", f"{message}/reactions/%F0%9F%91%8D/@me")).status == 204
    assert "reactions" not in (await rest.call("GET", message)).body
    pin = f"{path}/pins/{made.body['id']}"
    assert (await rest.call("PUT", pin)).code == 50013
    rest.sandbox.role("Role Bot").permissions |= P.PIN_MESSAGES
    assert (await rest.call("PUT", pin)).status == 204
    assert [m["id"] for m in (await rest.call("GET", path.replace("messages", "pins"))).body] == [made.body["id"]]


async def test_twenty_reactions_are_the_most(rest: Rest, path: str) -> None:
    made = await rest.call("POST", path, {"content": "x"})
    faces = [quote(chr(0x1F600 + number)) for number in range(21)]
    replies = [await rest.call("PUT", f"{path}/{made.body['id']}/reactions/{face}/@me") for face in faces]
    assert [reply.status for reply in replies] == [204] * 20 + [403]
    assert replies[-1].code == 30010
    assert (await rest.call("PUT", f"{path}/{made.body['id']}/reactions/{faces[0]}/@me")).status == 204


async def test_what_only_one_user_sees_is_not_there_for_rest(rest: Rest, path: str, alice: Member) -> None:
    message = foreign(rest, alice)
    message.visible_to = alice.user_id
    assert (await rest.call("GET", f"{path}/{message.id}")).code == 10008
    assert (await rest.call("GET", path)).body == []
