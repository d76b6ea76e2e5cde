"""Custom emojis over REST: who may make, rename and delete them, and what bots hear of it."""

import base64
import io
import json
from typing import Any

import pytest

from sandbox.permissions import Permission as P
from sandbox.world import Event, Guild
from tests.sandbox.conftest import Rest

PICTURE = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()


@pytest.fixture
def path(guild: Guild) -> str:
    return f"/guilds/{guild.id}/emojis"


def grant(rest: Rest, bits: P) -> None:
    rest.sandbox.role("Role Bot").permissions |= bits


async def test_an_emoji_is_made_renamed_and_deleted(rest: Rest, guild: Guild, path: str) -> None:
    events: list[Event] = []
    rest.sandbox.world.listeners.append(events.append)
    assert (await rest.call("POST", path, {"name": "dot", "image": PICTURE})).code == 50013
    grant(rest, P.CREATE_GUILD_EXPRESSIONS)
    made = await rest.call("POST", path, {"name": "dot", "image": PICTURE}, headers={"X-Audit-Log-Reason": "why"})
    assert (made.status, made.body["name"], made.body["animated"]) == (201, "dot", False)
    own = f"{path}/{made.body['id']}"
    assert (await rest.call("PATCH", own, {"name": "dotty"})).body["name"] == "dotty"
    assert (await rest.call("DELETE", own)).status == 204
    assert (await rest.call("GET", own)).code == 10014
    assert [e.name for e in events if e.name == "GUILD_EMOJIS_UPDATE"] == ["GUILD_EMOJIS_UPDATE"] * 3
    assert [(entry["action_type"], entry.get("reason")) for entry in guild.audit_log] == [(60, "why"), (61, None), (62, None)]


async def test_the_emojis_of_others_need_the_greater_permission(rest: Rest, guild: Guild, path: str) -> None:
    grant(rest, P.CREATE_GUILD_EXPRESSIONS)
    theirs = f"{path}/{next(iter(guild.emojis))}"
    assert (await rest.call("DELETE", theirs)).code == 50013
    grant(rest, P.MANAGE_GUILD_EXPRESSIONS)
    assert (await rest.call("DELETE", theirs)).status == 204


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"name": "x", "image": PICTURE}, {"name": "BASE_TYPE_BAD_LENGTH"}),
        ({"name": "no-hyphens", "image": PICTURE}, {"name": "STRING_TYPE_REGEX"}),
        ({"name": "dot"}, {"image": "BASE_TYPE_REQUIRED"}),
    ],
)
async def test_refused_emojis(rest: Rest, path: str, body: dict[str, Any], problems: dict[str, str]) -> None:
    grant(rest, P.CREATE_GUILD_EXPRESSIONS)
    assert (await rest.call("POST", path, body)).problems() == problems


async def test_a_picture_that_is_too_large(rest: Rest, path: str) -> None:
    grant(rest, P.CREATE_GUILD_EXPRESSIONS)
    body = json.dumps({"name": "dot", "image": "data:image/png;base64," + "A" * 2_800_000}).encode()
    reply = await rest.call("POST", path, data=io.BytesIO(body), headers={"Content-Type": "application/json"})
    assert reply.problems() == {"image": "BINARY_TYPE_MAX_SIZE"}


@pytest.mark.parametrize("image", ["x", "data:text/plain;base64,AAAA", "data:image/png;base64,?"])
async def test_what_is_no_picture(rest: Rest, path: str, image: str) -> None:
    grant(rest, P.CREATE_GUILD_EXPRESSIONS)
    assert (await rest.call("POST", path, {"name": "dot", "image": image})).code == 50046


async def test_fifty_emojis_are_the_most(rest: Rest, guild: Guild, path: str) -> None:
    grant(rest, P.CREATE_GUILD_EXPRESSIONS)
    free = 50 - sum(not emoji.animated for emoji in guild.emojis.values())
    for number in range(free):
        assert (await rest.call("POST", path, {"name": f"dot{number}", "image": PICTURE})).status == 201
    assert (await rest.call("POST", path, {"name": "more", "image": PICTURE})).code == 30008
    assert (await rest.call("POST", path, {"name": "more", "image": PICTURE.replace("png", "gif")})).status == 201
