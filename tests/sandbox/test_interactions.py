"""The life of an interaction over REST: first answers, deadlines, followups, webhooks."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from loguru import logger

from sandbox.driver import Actor, InteractionFailed
from sandbox.driver.results import Result
from sandbox.interactions import Interaction, Kind
from sandbox.interactions.describe import interaction_create
from sandbox.server import Sandbox
from tests.sandbox.frames import checked_frames
from tests.sandbox.raw_gateway import connect
from tests.sandbox.rest_client import Rest, button, rest_for, row

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = range(4, 10)
EPHEMERAL, LOADING, V2 = 1 << 6, 1 << 7, 1 << 15
SAME_ID = ["data", "components", "0", "components", "1", "custom_id"]
MODAL_DATA = {"custom_id": "m", "title": "T", "components": [row({"type": 4, "custom_id": "t", "style": 1, "label": "L"})]}


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.ratelimits.enabled = False
    with checked_frames(sandbox):
        yield sandbox


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    async with rest_for(sandbox) as client:
        typed = {"type": 3, "name": "word", "description": "w", "autocomplete": True}
        number = {"type": 4, "name": "number", "description": "n", "autocomplete": True}
        await client.register(
            {"type": 1, "name": "ping", "description": "p"},
            {"type": 1, "name": "find", "description": "f", "options": [typed, number]},
            {"type": 3, "name": "Look"},
        )
        yield client


@pytest.fixture
def alice(sandbox: Sandbox) -> Actor:
    return sandbox.actor("alice")


async def clicked(rest: Rest, alice: Actor) -> Result:
    """A click that waits for its answer, on a message that a command left."""
    ping = await alice.slash("ping")
    assert (await rest.answer(ping.interaction, MESSAGE, {"content": "hi", "components": [row(button("Go"))]})).status == 204
    return await (await ping.message()).click("Go")


async def submitted(rest: Rest, opened_by: Result) -> Result:
    """A submitted modal that waits for its answer."""
    assert (await rest.answer(opened_by.interaction, MODAL, MODAL_DATA)).status == 204
    return await (await opened_by.modal()).submit({"t": "x"})


async def test_a_form_that_a_command_opened_is_closed_without_a_message(rest: Rest, alice: Actor) -> None:
    """discord.js (PR 8455) and disnake (PR 758) answer so, and Discord takes it."""
    result = await submitted(rest, await alice.slash("ping"))
    assert (await rest.answer(result.interaction, DEFER_UPDATE)).status == 204
    assert (await rest.webhook("GET", result.interaction, "@original")).code == 10008
    assert (await rest.webhook("POST", result.interaction, body={"content": "later"})).status == 200


async def test_an_answer_tells_whom_its_user_command_was_used_on(rest: Rest, alice: Actor) -> None:
    await rest.register({"type": 2, "name": "Who"})
    interaction = (await alice.user_command("Who", alice.sandbox.actor("bob"))).interaction
    reply = await rest.answer(interaction, MESSAGE, {"content": "it is Bob"}, "?with_response=true")
    metadata = reply.body["resource"]["message"]["interaction_metadata"]
    assert (metadata["target_user"]["username"], "target_message_id" in metadata) == ("bob", False)


async def test_a_followup_names_the_first_answer(rest: Rest, alice: Actor) -> None:
    interaction = (await alice.slash("ping")).interaction
    first = (await rest.answer(interaction, MESSAGE, {"content": "hi"}, "?with_response=true")).body["resource"]["message"]
    second = (await rest.webhook("POST", interaction, None, {"content": "again"})).body
    assert "original_response_message_id" not in first["interaction_metadata"]
    assert second["interaction_metadata"]["original_response_message_id"] == first["id"]


async def test_followups_and_answers_to_components_are_replies(rest: Rest, alice: Actor) -> None:
    click = await clicked(rest, alice)
    panel = click.interaction.message
    assert panel
    answer = (await rest.answer(click.interaction, MESSAGE, {"content": "yes"}, "?with_response=true")).body["resource"]["message"]
    place = {"type": 0, "channel_id": str(panel.channel_id), "guild_id": str(alice.guild.id)}
    assert (answer["type"], answer["message_reference"]) == (19, {**place, "message_id": str(panel.id)})
    assert (answer["referenced_message"]["id"], answer["mentions"]) == (str(panel.id), [])
    followup = (await rest.webhook("POST", click.interaction, None, {"content": "again"})).body
    assert (followup["type"], followup["message_reference"]["message_id"]) == (19, answer["id"])


async def test_a_followup_of_a_command_replies_to_its_first_answer(rest: Rest, alice: Actor) -> None:
    interaction = (await alice.slash("ping")).interaction
    first = (await rest.answer(interaction, MESSAGE, {"content": "hi"}, "?with_response=true")).body["resource"]["message"]
    followup = (await rest.webhook("POST", interaction, None, {"content": "again"})).body
    assert (first["type"], followup["type"], followup["message_reference"]["message_id"]) == (20, 19, first["id"])


class TestFirstAnswer:
    async def test_a_message(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        reply = await rest.answer(ping.interaction, MESSAGE, {"content": "pong"}, "?with_response=true")
        assert reply.status == 200
        message = reply.body["resource"]["message"]
        assert reply.body["interaction"]["response_message_id"] == message["id"]
        assert (message["content"], message["type"], message["webhook_id"]) == ("pong", 20, str(rest.application.id))
        assert message["interaction_metadata"]["user"]["username"] == "alice"
        assert (await ping.message()).text == "pong"
        assert ping.state == "answered"

    async def test_an_ephemeral_message_is_seen_by_one_user(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, MESSAGE, {"content": "psst", "flags": EPHEMERAL})
        assert [message.text for message in alice.sees()] == ["psst"]
        assert sandbox.actor("bob").sees() == []
        alice.dismiss(await ping.message())
        assert alice.sees() == []

    async def test_deferred_is_thinking_until_it_is_edited(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        reply = await rest.answer(ping.interaction, DEFER, {"flags": EPHEMERAL}, "?with_response=true")
        assert reply.body["interaction"]["response_message_loading"] is True
        assert reply.body["interaction"]["response_message_ephemeral"] is True
        assert ping.state == "deferred"
        assert [message.thinking for message in alice.sees()] == [True]
        edited = await rest.webhook("PATCH", ping.interaction, "@original", {"content": "done"})
        assert (edited.body["content"], edited.body["flags"]) == ("done", EPHEMERAL)
        assert edited.body["edited_timestamp"] is None
        assert (await ping.message()).text == "done"

    async def test_the_first_followup_ends_the_thinking_and_stays_as_ephemeral_as_it_was(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, DEFER, {"flags": EPHEMERAL})
        reply = await rest.webhook("POST", ping.interaction, None, {"content": "done"})
        assert reply.body["flags"] == EPHEMERAL
        assert reply.body["id"] == (await rest.webhook("GET", ping.interaction, "@original")).body["id"]
        assert [(m.text, m.ephemeral, m.thinking) for m in alice.sees()] == [("done", True, False)]

    async def test_an_update_changes_the_clicked_message(self, rest: Rest, alice: Actor) -> None:
        click = await clicked(rest, alice)
        await rest.answer(click.interaction, UPDATE, {"content": "changed", "components": []})
        message = await click.message()
        assert (message.text, message.buttons) == ("changed", [])
        assert len(alice.sees()) == 1
        assert (await rest.webhook("GET", click.interaction, "@original")).body["id"] == str(message.id)

    async def test_a_silent_acknowledgement_and_then_an_edit(self, rest: Rest, alice: Actor) -> None:
        click = await clicked(rest, alice)
        assert (await rest.answer(click.interaction, DEFER_UPDATE)).status == 204
        assert click.state == "answered"
        await rest.webhook("PATCH", click.interaction, "@original", {"content": "later"})
        assert (await click.message()).text == "later"

    async def test_choices(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        async def complete() -> None:
            created = await sandbox.until(lambda: sandbox.ledger.entries)
            interaction = created[-1].interaction
            assert interaction.data["options"] == [{"type": 3, "name": "word", "value": "ba", "focused": True}]
            await rest.answer(interaction, CHOICES, {"choices": [{"name": "Banana", "value": "b"}]})

        answering = asyncio.create_task(complete())
        assert await alice.autocomplete("find", word="ba") == [{"name": "Banana", "value": "b"}]
        await answering

    async def test_files_come_along(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        data = {"content": "see", "attachments": [{"id": 0, "filename": "a.txt"}]}
        assert (await rest.answer(ping.interaction, MESSAGE, data, files={"a.txt": b"hello"})).status == 204
        assert [file["filename"] for file in (await ping.message()).attachments] == ["a.txt"]
        reply = await rest.webhook("POST", ping.interaction, None, {"content": "more"}, files={"b.txt": b"x"})
        assert [file["filename"] for file in reply.body["attachments"]] == ["b.txt"]

    async def test_components_v2(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        data = {"flags": V2 | EPHEMERAL, "components": [{"type": 17, "components": [{"type": 10, "content": "# Hi"}, row(button("Go"))]}]}
        assert (await rest.answer(ping.interaction, MESSAGE, data)).status == 204
        message = await ping.message()
        assert (message.text, [b.label for b in message.buttons]) == ("# Hi", ["Go"])


class TestRefusals:
    @pytest.mark.parametrize("second", [MESSAGE, DEFER, MODAL])
    async def test_a_second_answer(self, rest: Rest, alice: Actor, sandbox: Sandbox, second: int) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, MESSAGE, {"content": "one"})
        with sandbox.ledger.expect(status=400, code=40060) as refusal:
            assert (await rest.answer(ping.interaction, second, {"content": "two"})).code == 40060
        assert refusal.hits == 1
        assert sandbox.ledger.problems() == []
        assert [error.code for error in sandbox.ledger.entries[0].refusals] == [40060]

    async def test_an_answer_after_three_seconds(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        ping = await alice.slash("ping")
        sandbox.clock.advance(3.0)
        assert ping.state == "failed"
        assert (await rest.answer(ping.interaction, MESSAGE, {"content": "late"})).code == 10062
        assert (await rest.webhook("POST", ping.interaction, None, {"content": "late"})).code == 10015
        with pytest.raises(InteractionFailed):
            await ping.message()
        assert alice.sees() == []
        assert any("never answered" in problem for problem in sandbox.ledger.problems())

    async def test_three_seconds_in_which_the_sandbox_itself_could_not_run_do_not_count(
        self, rest: Rest, alice: Actor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_line = iter((0.0, 1.0, 1.0, 2.0, 2.0, 2.1))  # before and after each three seconds
        monkeypatch.setattr("sandbox.clock.seconds_in_line", lambda: next(in_line))
        ping = await alice.slash("ping")
        for _ in range(2):
            sandbox.clock.advance(3.0)
            assert ping.state == "pending"
        sandbox.clock.advance(3.0)
        assert ping.state == "failed"

    async def test_ids_and_tokens_that_do_not_belong_together(self, rest: Rest, alice: Actor) -> None:
        one, two = await alice.slash("ping"), await alice.slash("ping")
        path = f"/interactions/{one.interaction.id}/{two.interaction.token}/callback"
        assert (await rest("POST", path, {"type": MESSAGE, "data": {"content": "x"}}, auth=False)).code == 10062

    @pytest.mark.parametrize(
        ("kind", "illegal"),
        [
            (Kind.COMMAND, [None, 1, DEFER_UPDATE, UPDATE, CHOICES, 99, "4"]),
            (Kind.COMPONENT, [1, CHOICES, 99]),
            (Kind.MODAL, [1, UPDATE, CHOICES, MODAL]),
            (Kind.AUTOCOMPLETE, [1, MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL]),
        ],
    )
    async def test_types_that_do_not_fit(self, rest: Rest, alice: Actor, kind: Kind, illegal: list[Any]) -> None:
        if kind == Kind.COMPONENT:
            result = await clicked(rest, alice)
        elif kind == Kind.MODAL:
            result = await submitted(rest, await alice.slash("ping"))
        else:
            data = {"type": 1, "name": "find", "id": "1", "options": [{"type": 3, "name": "word", "value": "", "focused": True}]}
            result = alice.begin(rest.application, kind, data)
        for number in illegal:
            body = {"type": number, "data": {"content": "x"}}
            path = f"/interactions/{result.interaction.id}/{result.interaction.token}/callback"
            reply = await rest("POST", path, body, auth=False)
            assert reply.code == 50035, number
            assert "_errors" in reply.body["errors"]["type"]
        assert result.state == "pending"

    async def test_a_modal_from_a_component_may_update_its_message(self, rest: Rest, alice: Actor) -> None:
        modal = await submitted(rest, await clicked(rest, alice))
        assert (await rest.answer(modal.interaction, UPDATE, {"content": "from the modal"})).status == 204
        assert (await modal.message()).text == "from the modal"

    async def test_a_modal_from_a_command_may_be_closed_without_a_word(self, rest: Rest, alice: Actor) -> None:
        modal = await submitted(rest, await alice.slash("ping"))
        assert (await rest.answer(modal.interaction, DEFER_UPDATE)).status == 204
        assert (await rest.webhook("POST", modal.interaction, None, {"content": "later"})).status == 200

    @pytest.mark.parametrize(("flags", "warns"), [(EPHEMERAL, False), (EPHEMERAL | 1 << 2, True)])
    async def test_of_the_flags_of_a_deferred_answer_one_counts(self, rest: Rest, alice: Actor, flags: int, warns: bool) -> None:
        ping = await alice.slash("ping")
        told: list[str] = []
        sink = logger.add(lambda message: told.append(str(message)), level="WARNING")
        try:
            assert (await rest.answer(ping.interaction, DEFER, {"flags": flags})).status == 204
        finally:
            logger.remove(sink)
        assert any("flags" in line for line in told) is warns
        assert (await rest.webhook("GET", ping.interaction, "@original")).body["flags"] & EPHEMERAL

    @pytest.mark.parametrize(
        ("kind", "data", "where"),
        [
            (MESSAGE, None, ["data"]),
            (MESSAGE, {"content": "x" * 2001}, ["data", "content"]),
            (MESSAGE, {"embeds": [{"title": "t" * 257}]}, ["data", "embeds", "0", "title"]),
            (MESSAGE, {"components": [row(button("A", "x"), button("B", "x"))]}, SAME_ID),
            (MODAL, {**MODAL_DATA, "title": "t" * 46}, ["data", "title"]),
            (MODAL, {"custom_id": "m", "title": "t", "components": []}, ["data", "components"]),
        ],
    )
    async def test_bad_data_leaves_the_interaction_open(self, rest: Rest, alice: Actor, kind: int, data: Any, where: list[str]) -> None:
        ping = await alice.slash("ping")
        reply = await rest.answer(ping.interaction, kind, data)
        assert reply.code == 50035
        node = reply.body["errors"]
        for part in where:
            node = node[part]
        assert node["_errors"]
        assert (await rest.answer(ping.interaction, MESSAGE, {"content": "better"})).status == 204

    async def test_choices_of_the_wrong_type(self, rest: Rest, alice: Actor) -> None:
        data = {"type": 1, "name": "find", "id": "1", "options": [{"type": 4, "name": "number", "value": "", "focused": True}]}
        result = alice.begin(rest.application, Kind.AUTOCOMPLETE, data)
        reply = await rest.answer(result.interaction, CHOICES, {"choices": [{"name": "one", "value": "one"}]})
        assert reply.body["errors"]["data"]["choices"]["0"]["value"]["_errors"][0]["code"] == "NUMBER_TYPE_COERCE"
        too_many = [{"name": str(n), "value": n} for n in range(26)]
        assert (await rest.answer(result.interaction, CHOICES, {"choices": too_many})).code == 50035
        assert (await rest.answer(result.interaction, CHOICES, {"choices": too_many[:25]})).status == 204


class TestWebhook:
    async def test_before_the_first_answer_there_is_none(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        assert (await rest.webhook("POST", ping.interaction, None, {"content": "x"})).code == 10015
        assert (await rest.webhook("GET", ping.interaction, "@original")).code == 10015

    async def test_unknown_tokens_and_applications(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, MESSAGE, {"content": "x"})
        wrong = await rest("POST", f"/webhooks/{rest.application.id}/nonsense", {"content": "x"}, auth=False)
        assert (wrong.status, wrong.code) == (401, 50027)
        assert (await rest("POST", f"/webhooks/1/{ping.interaction.token}", {"content": "x"}, auth=False)).code == 10015

    async def test_the_token_dies_after_fifteen_minutes(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, DEFER)
        sandbox.clock.advance(15 * 60 - 1)
        assert ping.state == "deferred"
        sandbox.clock.advance(1)
        assert ping.state == "failed"
        reply = await rest.webhook("PATCH", ping.interaction, "@original", {"content": "x"})
        assert (reply.status, reply.code) == (401, 50027)
        assert any("never stopped thinking" in problem for problem in sandbox.ledger.problems())

    async def test_followups_are_read_edited_and_deleted(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, MESSAGE, {"content": "first"})
        made = await rest.webhook("POST", ping.interaction, None, {"content": "second", "flags": EPHEMERAL})
        assert made.body["flags"] == EPHEMERAL
        assert (await rest.webhook("GET", ping.interaction, made.body["id"])).body["content"] == "second"
        assert (await rest.webhook("PATCH", ping.interaction, made.body["id"], {"content": "changed"})).body["edited_timestamp"]
        assert [message.text for message in ping.followups] == ["changed"]
        assert (await rest.webhook("DELETE", ping.interaction, made.body["id"])).status == 204
        assert (await rest.webhook("PATCH", ping.interaction, made.body["id"], {"content": "x"})).code == 10008
        assert [message.text for message in alice.sees()] == ["first"]

    async def test_original_can_be_deleted(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, DEFER)
        assert (await rest.webhook("DELETE", ping.interaction, "@original")).status == 204
        assert alice.sees() == []
        assert (await rest.webhook("GET", ping.interaction, "@original")).code == 10008

    async def test_a_modal_has_no_original_message(self, rest: Rest, alice: Actor) -> None:
        ping = await alice.slash("ping")
        await rest.answer(ping.interaction, MODAL, MODAL_DATA)
        assert (await rest.webhook("GET", ping.interaction, "@original")).code == 10008

    async def test_messages_of_other_interactions_are_out_of_reach(self, rest: Rest, alice: Actor) -> None:
        one, two = await alice.slash("ping"), await alice.slash("ping")
        for result in (one, two):
            await rest.answer(result.interaction, MESSAGE, {"content": "x"})
        other = (await two.message()).id
        assert (await rest.webhook("DELETE", one.interaction, other)).code == 10008

    async def test_an_update_of_a_message_that_is_gone(self, rest: Rest, alice: Actor) -> None:
        click = await clicked(rest, alice)
        assert click.interaction.message
        await rest("DELETE", f"/channels/{alice.channel.id}/messages/{click.interaction.message.id}")
        assert (await rest.answer(click.interaction, UPDATE, {"content": "x"})).code == 10008


def created(sandbox: Sandbox, interaction: Interaction) -> dict[str, Any]:
    """The event's data as it was emitted."""
    return interaction_create(sandbox.world, sandbox.world.applications[interaction.application_id], interaction)


class TestPayload:
    async def test_in_a_guild(self, rest: Rest, sandbox: Sandbox) -> None:
        yuki = sandbox.actor("yuki")
        data = created(sandbox, (await yuki.slash("ping")).interaction)
        assert (data["locale"], data["guild_locale"], data["context"]) == ("ja", "en-US", 0)
        assert data["authorizing_integration_owners"] == {"0": str(sandbox.guild.id)}
        assert data["member"]["user"]["username"] == "yuki"
        assert data["member"]["permissions"] == data["channel"]["permissions"] == str(yuki.permissions())
        assert int(data["app_permissions"]) & 1 << 28
        assert "user" not in data

    async def test_in_direct_messages(self, rest: Rest, sandbox: Sandbox) -> None:
        data = created(sandbox, (await sandbox.actor("alice").dm().slash("ping")).interaction)
        assert data["user"]["username"] == "alice"
        assert (data["context"], data["channel"]["type"]) == (1, 1)
        assert not {"member", "guild_id", "guild_locale"} & data.keys()

    async def test_a_message_command_carries_the_message(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        said = await alice.say("look at me")
        data = created(sandbox, (await alice.message_command("Look", said)).interaction)["data"]
        assert (data["type"], data["target_id"]) == (3, str(said.id))
        assert data["resolved"]["messages"][str(said.id)]["content"] == "look at me"

    async def test_an_interaction_reaches_the_application_whatever_its_intents(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        async with connect(sandbox) as raw:
            await raw.identify(intents=0)
            ping = await alice.slash("ping")
            assert (await raw.event("INTERACTION_CREATE"))["id"] == str(ping.interaction.id)
