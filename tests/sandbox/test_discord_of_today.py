"""Rules of Discord that came, or were found out, since autumn 2025."""

import json
from typing import Any

import aiohttp
import pytest

from sandbox import validate
from sandbox.errors import ApiError
from sandbox.permissions import Permission as P
from sandbox.seed import seed
from sandbox.server import Sandbox
from sandbox.validate.forms import takes_file
from sandbox.world import Application, Channel, Event, Guild, Member, Overwrite
from tests.sandbox.conftest import Rest
from tests.sandbox.raw_gateway import connect

BUTTON = {"type": 2, "style": 1, "custom_id": "x", "label": "X"}


def grant(rest: Rest, bits: P) -> None:
    rest.sandbox.role("Role Bot").permissions |= bits


def withdraw(rest: Rest, guild: Guild, bits: P) -> None:
    for role in guild.roles.values():
        role.permissions &= ~bits


def general(rest: Rest) -> Channel:
    return rest.sandbox.channel("general")


async def said(rest: Rest, text: str = "x") -> str:
    return (await rest.call("POST", f"/channels/{general(rest).id}/messages", {"content": text})).body["id"]


# --- pins and bulk deletes


async def test_pinning_takes_its_own_permission(rest: Rest, guild: Guild) -> None:
    path = f"/channels/{general(rest).id}/pins/{await said(rest)}"
    withdraw(rest, guild, P.PIN_MESSAGES | P.ADMINISTRATOR)
    grant(rest, P.MANAGE_MESSAGES | P.READ_MESSAGE_HISTORY)
    assert (await rest.call("PUT", path)).code == 50013
    withdraw(rest, guild, P.MANAGE_MESSAGES)
    grant(rest, P.PIN_MESSAGES)
    assert (await rest.call("PUT", path)).status == 204
    assert (await rest.call("DELETE", path)).status == 204


@pytest.mark.parametrize("path", ["pins", "messages/pins"])
async def test_who_may_not_read_the_history_sees_no_pins(rest: Rest, guild: Guild, path: str) -> None:
    grant(rest, P.PIN_MESSAGES | P.READ_MESSAGE_HISTORY)
    assert (await rest.call("PUT", f"/channels/{general(rest).id}/pins/{await said(rest)}")).status == 204
    withdraw(rest, guild, P.READ_MESSAGE_HISTORY | P.ADMINISTRATOR)
    found = (await rest.call("GET", f"/channels/{general(rest).id}/{path}")).body
    assert (found["items"] if isinstance(found, dict) else found) == []


async def test_a_bulk_delete_names_no_message_twice(rest: Rest) -> None:
    grant(rest, P.MANAGE_MESSAGES)
    one, two = await said(rest), await said(rest)
    path = f"/channels/{general(rest).id}/messages/bulk-delete"
    assert (await rest.call("POST", path, {"messages": [one, two, one]})).problems() == {"messages.2": "SET_TYPE_ALREADY_CONTAINS_VALUE"}
    assert (await rest.call("POST", path, {"messages": [one, two]})).status == 204


# --- members


@pytest.mark.parametrize("change", [{"mute": True}, {"deaf": False}, {"channel_id": None}])
async def test_who_is_not_in_a_voice_channel_is_moved_and_muted_by_nobody(rest: Rest, guild: Guild, alice: Member, change: Any) -> None:
    assert (await rest.call("PATCH", f"/guilds/{guild.id}/members/{alice.user_id}", change)).code == 40032


@pytest.mark.parametrize(("body", "gone"), [({}, 0), ({"delete_message_seconds": 60}, 1), ({"delete_message_days": 1}, 2)])
async def test_a_ban_takes_messages_along(rest: Rest, guild: Guild, alice: Member, body: Any, gone: int) -> None:
    grant(rest, P.BAN_MEMBERS)
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    actor, channel = rest.sandbox.actor("alice"), general(rest)
    older, newer = await actor.say("older"), await actor.say("newer")
    older.record.timestamp -= 3600
    assert (await rest.call("PUT", f"/guilds/{guild.id}/bans/{alice.user_id}", body)).status == 204
    left = [view for view in (older, newer) if view.record.id in rest.sandbox.world.messages[channel.id]]
    assert len(left) == 2 - gone
    assert [len(e.data["ids"]) for e in events if e.name == "MESSAGE_DELETE_BULK"] == ([gone] if gone else [])


async def test_a_ban_deletes_at_most_a_week(rest: Rest, guild: Guild, alice: Member) -> None:
    grant(rest, P.BAN_MEMBERS)
    reply = await rest.call("PUT", f"/guilds/{guild.id}/bans/{alice.user_id}", {"delete_message_seconds": 7 * 86_400 + 1})
    assert reply.problems() == {"delete_message_seconds": "NUMBER_TYPE_MAX"}
    assert alice.user_id in guild.members


# --- channels and roles


async def test_an_overwrite_gives_what_the_bot_holds_in_the_guild(rest: Rest, guild: Guild) -> None:
    """And not what other overwrites of the channel give it; with Manage Roles among these, everything."""
    withdraw(rest, guild, P.ADMINISTRATOR | P.MANAGE_EVENTS)
    grant(rest, P.MANAGE_ROLES)
    channel, bot = general(rest), rest.sandbox.role("Role Bot")
    path, body = f"/channels/{channel.id}/permissions/{guild.id}", {"type": 0, "allow": str(int(P.MANAGE_EVENTS))}
    channel.overwrites[bot.id] = Overwrite(bot.id, 0, allow=int(P.MANAGE_EVENTS))
    assert (await rest.call("PUT", path, body)).code == 50013
    channel.overwrites[bot.id] = Overwrite(bot.id, 0, allow=int(P.MANAGE_ROLES))
    assert (await rest.call("PUT", path, body)).status == 204
    assert channel.overwrites[guild.id].allow & P.MANAGE_EVENTS


async def test_a_spoiler_channel(rest: Rest) -> None:
    grant(rest, P.MANAGE_CHANNELS)
    path = f"/channels/{general(rest).id}"
    assert (await rest.call("PATCH", path, {"flags": 1 << 21})).body["flags"] == 1 << 21
    assert (await rest.call("PATCH", path, {"flags": 1 << 21, "nsfw": True})).problems() == {"flags": "CHANNEL_SPOILER_AND_NSFW"}


@pytest.mark.parametrize(
    ("body", "features", "shown"),
    [
        ({"colors": {"primary_color": 1, "secondary_color": 2}}, ["ENHANCED_ROLE_COLORS"], {"color": 1}),
        ({"unicode_emoji": "🎨"}, ["ROLE_ICONS"], {"unicode_emoji": "🎨", "icon": None}),
    ],
)
async def test_gradients_and_icons_come_with_the_guilds_features(rest: Rest, guild: Guild, body: Any, features: Any, shown: Any) -> None:
    path = f"/guilds/{guild.id}/roles"
    assert (await rest.call("POST", path, body)).code == 50101
    guild.features += features
    made = (await rest.call("POST", path, body)).body
    assert {key: made[key] for key in shown} == shown
    assert made["colors"].get("secondary_color") == body.get("colors", {}).get("secondary_color")


# --- components


@pytest.mark.parametrize(
    ("button", "field"),
    [
        ({**BUTTON, "sku_id": "1"}, "sku_id"),
        ({"type": 2, "style": 5, "url": "https://example.org", "label": "X", "sku_id": "1"}, "sku_id"),
        ({"type": 2, "style": 6, "sku_id": "1", "label": "X"}, "label"),
        ({"type": 2, "style": 6, "sku_id": "1", "emoji": {"name": "🎨"}}, "emoji"),
        ({"type": 2, "style": 6, "sku_id": "1", "custom_id": "x"}, "custom_id"),
        ({"type": 2, "style": 6, "sku_id": "1", "url": "https://example.org"}, "url"),
    ],
)
def test_fields_that_a_button_cannot_have(button: dict[str, Any], field: str) -> None:
    with pytest.raises(ApiError) as refused:
        validate.message_create({"components": [{"type": 1, "components": [button]}]}, lambda _: True)
    assert (refused.value.errors or {})["components"]["0"]["components"]["0"].keys() == {field}


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_preselected_entities_keep_to_the_menus_bounds(count: int) -> None:
    """None at all is taken whatever the bounds are."""
    defaults = [{"id": str(i), "type": "role"} for i in range(1, count + 1)]
    menu = {"type": 6, "custom_id": "x", "min_values": 2, "max_values": 3, "default_values": defaults}

    def send() -> None:
        validate.message_create({"components": [{"type": 1, "components": [menu]}]}, lambda _: True)

    if count in (0, 2, 3):
        send()
    else:
        with pytest.raises(ApiError):
            send()


@pytest.mark.parametrize("kind", [{"type": 3, "options": [{"label": "a", "value": "a"}]}, {"type": 6}, {"type": 8}, {"type": 19}])
@pytest.mark.parametrize(("required", "taken"), [(None, False), (True, False), (False, True)])
def test_what_is_required_in_a_form_cannot_be_left_empty(kind: dict[str, Any], required: bool | None, taken: bool) -> None:
    part = {"custom_id": "x", "min_values": 0, **kind, **({} if required is None else {"required": required})}
    form = {"custom_id": "f", "title": "F", "components": [{"type": 18, "label": "L", "component": part}]}
    if taken:
        validate.modal(form, lambda _: True)
        return
    with pytest.raises(ApiError) as refused:
        validate.modal(form, lambda _: True)
    [error] = (refused.value.errors or {})["components"]["0"]["component"]["required"]["_errors"]
    assert error["code"] == "COMPONENT_REQUIRED_ZERO_MIN_VALUES"


@pytest.mark.parametrize(
    ("name", "file_types", "taken"),
    [
        ("a.TOML", [".toml"], True),
        ("a.toml", [".TOML"], True),
        ("a.toml.exe", [".toml"], False),
        ("toml", [".toml"], False),
        ("a.webp", ["image"], True),
        ("a.mp4", ["image", ".pdf"], False),
        ("a.mp4", [], True),
        ("a.mp4", None, True),
    ],
)
def test_the_extension_decides_what_a_file_field_takes(name: str, file_types: list[str] | None, taken: bool) -> None:
    if file_types:
        part = {"type": 19, "custom_id": "x", "file_types": file_types}
        form = {"custom_id": "f", "title": "F", "components": [{"type": 18, "label": "L", "component": part}]}
        file_types = validate.modal(form, lambda _: True)["components"][0]["component"]["file_types"]
    assert takes_file(name, file_types) is taken


@pytest.mark.parametrize("wrong", [["toml"], [".a.b"], ["documents"], [".x"] * 11])
def test_file_types_that_are_none(wrong: list[str]) -> None:
    option = {"type": 11, "name": "file", "description": "f", "file_types": wrong}
    with pytest.raises(ApiError):
        validate.command({"name": "a", "description": "a", "options": [option]})


# --- what goes along with messages


async def test_a_kept_file_is_described_anew(rest: Rest) -> None:
    channel = general(rest)
    grant(rest, P.ATTACH_FILES)
    form = {"content": "x", "attachments": [{"id": 0, "description": "old"}]}
    message = await _upload(rest, channel, form)
    [file] = message["attachments"]
    path = f"/channels/{channel.id}/messages/{message['id']}"
    [changed] = (await rest.call("PATCH", path, {"attachments": [{"id": file["id"], "description": "new", "is_spoiler": True}]})).body[
        "attachments"
    ]
    assert (changed["id"], changed["description"], changed["flags"]) == (file["id"], "new", 1 << 3)
    [kept] = (await rest.call("PATCH", path, {"attachments": [{"id": file["id"]}]})).body["attachments"]
    assert (kept["description"], kept["flags"]) == ("new", 1 << 3)
    [bare] = (await rest.call("PATCH", path, {"attachments": [{"id": file["id"], "description": "", "is_spoiler": False}]})).body[
        "attachments"
    ]
    assert "description" not in bare and not bare.get("flags")


async def _upload(rest: Rest, channel: Channel, form: dict[str, Any]) -> dict[str, Any]:
    data = aiohttp.FormData()
    data.add_field("payload_json", json.dumps(form), content_type="application/json")
    data.add_field("files[0]", b"1", filename="a.txt")
    return (await rest.call("POST", f"/channels/{channel.id}/messages", data=data)).body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/channels/{channel}/threads"),
        ("POST", "/channels/{channel}/messages/{message}/threads"),
        ("POST", "/channels/{channel}/webhooks"),
        ("POST", "/channels/{channel}/followers"),
        ("POST", "/channels/{channel}/messages/{message}/crosspost"),
        ("GET", "/channels/{channel}/threads/archived/public"),
    ],
)
async def test_what_is_not_modelled_is_refused_in_words(rest: Rest, method: str, path: str) -> None:
    reply = await rest.call(method, path.format(channel=general(rest).id, message=await said(rest)), {})
    assert reply.status == 400
    assert reply.body["message"].startswith("Discord knows ") and reply.body["message"].endswith("the sandbox does not.")


async def test_forwarding_is_refused_in_words(rest: Rest) -> None:
    reference = {"type": 1, "message_id": await said(rest), "channel_id": str(general(rest).id)}
    reply = await rest.call("POST", f"/channels/{general(rest).id}/messages", {"message_reference": reference})
    assert reply.problems() == {"message_reference.type": "NOT_MODELLED_BY_THE_SANDBOX"}


# --- invites


async def test_the_life_of_an_invite(rest: Rest, guild: Guild, application: Application) -> None:
    grant(rest, P.CREATE_INSTANT_INVITE | P.MANAGE_GUILD | P.MANAGE_CHANNELS)
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    path = f"/channels/{general(rest).id}/invites"
    made = (await rest.call("POST", path, {"max_age": 60, "max_uses": 3})).body
    assert (made["max_age"], made["max_uses"], made["uses"], made["inviter"]["id"]) == (60, 3, 0, str(application.bot_id))
    assert (await rest.call("POST", path, {"max_age": 60, "max_uses": 3})).body["code"] == made["code"]
    other = (await rest.call("POST", path, {"max_age": 0, "unique": True, "role_ids": [str(rest.sandbox.role("Red").id)]})).body
    assert (other["expires_at"], [role["name"] for role in other["roles"]]) == (None, ["Red"])
    for listing in (path, f"/guilds/{guild.id}/invites"):
        assert {one["code"] for one in (await rest.call("GET", listing)).body} == {made["code"], other["code"]}
    rest.sandbox.clock.advance(61)
    assert (await rest.call("GET", f"/invites/{made['code']}")).code == 10006
    assert (await rest.call("DELETE", f"/invites/{other['code']}")).body["code"] == other["code"]
    assert (await rest.call("DELETE", f"/invites/{other['code']}")).code == 10006
    assert [e.name for e in events if e.name.startswith("INVITE")] == ["INVITE_CREATE", "INVITE_CREATE", "INVITE_DELETE"]


async def test_an_invite_gives_no_role_that_its_maker_could_not_give(rest: Rest) -> None:
    grant(rest, P.CREATE_INSTANT_INVITE)
    path = f"/channels/{general(rest).id}/invites"
    assert (await rest.call("POST", path, {"role_ids": [str(rest.sandbox.role("Admin").id)]})).code == 50013


# --- commands and interactions


async def test_a_guilds_command_is_not_for_direct_messages(rest: Rest, guild: Guild, application: Application) -> None:
    body, path = {"name": "a", "description": "a", "contexts": [0, 1]}, f"/applications/{application.id}"
    for method, where, sent in (("POST", "commands", body), ("PUT", "commands", [body])):
        reply = await rest.call(method, f"{path}/guilds/{guild.id}/{where}", sent)
        assert list(reply.problems().values()) == ["APPLICATION_COMMAND_CONTEXT_INVALID"]
        assert (await rest.call(method, f"{path}/{where}", sent)).status in (200, 201)


# --- the gateway


async def test_all_members_of_a_guild_are_told_once_in_thirty_seconds() -> None:
    async with Sandbox(seed()) as sandbox, connect(sandbox) as raw:
        next(iter(sandbox.world.applications.values())).privileged_intents = 1 << 1
        await raw.identify(intents=1 << 0 | 1 << 1)
        ask = {"guild_id": str(sandbox.guild.id), "query": "", "limit": 0, "nonce": "n"}
        await raw.send(8, ask)
        await raw.event("GUILD_MEMBERS_CHUNK")
        await raw.send(8, ask)
        refused = await raw.event("RATE_LIMITED")
        assert (refused["opcode"], refused["meta"]) == (8, {"guild_id": ask["guild_id"], "nonce": "n"})
        assert 0 < refused["retry_after"] <= 30
        sandbox.clock.advance(30)
        await raw.send(8, ask)
        assert len((await raw.event("GUILD_MEMBERS_CHUNK"))["members"]) == len(sandbox.guild.members)
