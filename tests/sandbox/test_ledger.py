"""What the ledger holds against a bot, and what it lets pass."""

from collections.abc import AsyncIterator, Iterator

import pytest

from sandbox import members
from sandbox.seed import by_username
from sandbox.server import Sandbox
from tests.sandbox.frames import checked_frames
from tests.sandbox.raw_gateway import connect
from tests.sandbox.rest_client import Rest, rest_for


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    with checked_frames(sandbox):
        yield sandbox


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    async with rest_for(sandbox) as client:
        await client.register({"type": 1, "name": "ping", "description": "p"})
        yield client


async def test_a_good_answer_is_no_problem(rest: Rest, sandbox: Sandbox) -> None:
    ping = await sandbox.actor("alice").slash("ping")
    assert sandbox.ledger.problems() == ["command 'ping' is not answered"]
    await rest.answer(ping.interaction, 5)
    assert sandbox.ledger.problems() == ["command 'ping' is still thinking"]
    await rest.webhook("PATCH", ping.interaction, "@original", {"content": "done"})
    assert sandbox.ledger.problems() == []


async def test_refusals_must_be_declared(rest: Rest, sandbox: Sandbox) -> None:
    path, route = f"/guilds/{sandbox.guild.id}/members/1", "/guilds/{guild_id}/members/{user_id}"
    with sandbox.ledger.expect(status=404, route=route):
        await rest("GET", path)
    assert sandbox.ledger.problems() == []
    declared = sandbox.ledger.allow(method="GET", status=404)
    await rest("GET", path)
    assert (declared.hits, sandbox.ledger.problems()) == (1, [])
    await rest("DELETE", path)
    [problem] = sandbox.ledger.problems()
    assert problem.startswith("undeclared refusal: DELETE")
    assert sandbox.ledger.problems(allow=["DELETE"]) == []
    sandbox.ledger.clear()
    assert sandbox.ledger.problems() == []


async def test_a_declared_refusal_must_come(sandbox: Sandbox) -> None:
    with pytest.raises(AssertionError, match="did not come"), sandbox.ledger.expect(status=403):
        pass


async def test_role_changes_of_the_bot_alone(rest: Rest, sandbox: Sandbox) -> None:
    guild, alice, red = sandbox.guild, by_username(sandbox.world, "alice"), sandbox.role("Red")
    path = f"/guilds/{guild.id}/members/{alice.id}/roles/{red.id}"
    for method in ("PUT", "PUT", "DELETE"):
        assert (await rest(method, path)).status == 204
    members.set_roles(sandbox.world, guild, guild.members[alice.id], [red.id], guild.owner_id)
    changes = sandbox.ledger.role_changes
    assert [(change.user_id, change.role_id) for change in changes] == [(alice.id, red.id)] * 2
    assert [change.kind for change in changes] == ["add", "remove"]


async def test_connections_left_open(sandbox: Sandbox) -> None:
    async with connect(sandbox) as raw:
        await raw.identify()
        assert sandbox.ledger.problems() == []
        assert sandbox.ledger.problems(ended=True) == ["a gateway connection is still open"]
    await sandbox.until(lambda: not sandbox.ledger.problems(ended=True))
