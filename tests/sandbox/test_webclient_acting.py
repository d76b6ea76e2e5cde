"""What a user does in a window: commands, autocomplete, buttons, dropdowns, modals; sent and refused as by Discord's client."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.interactions import Interaction, Reply
from sandbox.interactions.record import FIRST_ANSWER
from sandbox.messages import Origin, create
from sandbox.server import Sandbox
from sandbox.world import Event
from tests.sandbox.browser import Browser, Refused, window
from tests.sandbox.rest_client import Rest, button, rest_for, row

PANEL = {
    "type": 1, "name": "panel", "description": "Panels", "name_localizations": {"ja": "パネル"},
    "options": [
        {"type": 1, "name": "create", "description": "Make one", "description_localizations": {"ja": "作る"}, "options": [
            {"type": 3, "name": "name", "description": "n", "required": True, "max_length": 5, "name_localizations": {"ja": "名前"}},
            {"type": 8, "name": "role", "description": "r"},
            {"type": 3, "name": "size", "description": "s", "choices": [
                {"name": "b", "value": "a", "name_localizations": {"ja": "大"}}, {"name": "a", "value": "b"}]},
            {"type": 11, "name": "picture", "description": "p"},
        ]},
        {"type": 2, "name": "list", "description": "l", "options": [
            {"type": 1, "name": "all", "description": "a", "options": [
                {"type": 3, "name": "find", "description": "f", "autocomplete": True},
                {"type": 4, "name": "page", "description": "p", "min_value": 1}]}]},
    ],
}  # fmt: skip


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    sandbox.ratelimits.enabled = False
    async with rest_for(sandbox) as client:
        yield client


@pytest.fixture
async def alice(sandbox: Sandbox) -> AsyncIterator[Browser]:
    async with window(sandbox) as browser:
        yield browser


def latest(sandbox: Sandbox) -> Interaction:
    """The interaction that was begun last."""
    return sandbox.ledger.entries[-1].interaction


async def registered(rest: Rest, browser: Browser, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    """The commands as the window shows them once it knows them."""
    await rest.register(*commands)
    return await browser.until(lambda: len(browser.sections["commands"]) == len(commands) and browser.sections["commands"])


async def posted(browser: Browser, sandbox: Sandbox, *components: dict[str, Any]) -> dict[str, str]:
    """A bot's message with these components; what names it in requests."""
    app = next(iter(sandbox.world.applications.values()))
    record = create(
        sandbox, sandbox.channel("general"), {"content": "pick", "components": list(components)}, [], Origin(app.bot_id, app.id)
    )
    await browser.until(lambda: str(record.id) in browser.messages)
    return {"channel_id": str(record.channel_id), "message_id": str(record.id)}


class TestCommands:
    async def test_they_are_shown_in_the_users_language(self, sandbox: Sandbox, rest: Rest) -> None:
        async with window(sandbox, "yuki") as yuki:
            (panel,) = await registered(rest, yuki, PANEL)
            create_, all_ = panel["subcommands"]
            assert (panel["name"], create_["description"]) == ("パネル", "作る")
            assert (create_["path"], all_["path"], all_["name"]) == (["create"], ["list", "all"], "list all")
            assert (create_["options"][0]["name"], create_["options"][0]["label"]) == ("name", "名前")
            assert create_["options"][2]["choices"] == [{"name": "大", "value": "a"}, {"name": "a", "value": "b"}]
            assert set(panel["channel_ids"]) == {yuki.channel("general")}, "there is no box to type in where she may not write"

    async def test_options_arrive_as_discord_sends_them(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        (panel,) = await registered(rest, alice, PANEL)
        red = alice.role("Red")["id"]
        filled = {"name": "cols", "role": red, "size": "a", "picture": {"name": "p.png", "content": "AAAA"}}
        use = {"channel_id": alice.channel("general"), "command_id": panel["id"], "path": ["create"]}
        begun = await alice.ask("command", **use, options=filled)
        data = latest(sandbox).data
        sent = {option["name"]: option["value"] for option in data["options"][0]["options"]}
        assert (sent["name"], sent["role"], sent["size"]) == ("cols", red, "a"), "an entry goes by its value, whatever another is called"
        assert data["resolved"]["roles"].keys() == {red}
        assert data["resolved"]["attachments"][sent["picture"]]["filename"] == "p.png"
        await alice.until(lambda: alice.state(begun) == "pending")

    @pytest.mark.parametrize(
        ("options", "kind", "said"),
        [
            ({}, "refused", "'name' is required"),
            ({"name": "too long"}, "refused", "wrong length"),
            ({"name": 5}, "refused", "does not fit"),
            ({"name": "x", "role": "1"}, "invalid", "Unknown Role"),
            ({"name": "x", "size": "huge"}, "refused", "not offered"),
            ({"name": "x", "colour": "red"}, "invalid", "no option 'colour'"),
        ],
    )
    async def test_refused_as_the_client_refuses(
        self, sandbox: Sandbox, rest: Rest, alice: Browser, options: dict[str, Any], kind: str, said: str
    ) -> None:
        (panel,) = await registered(rest, alice, PANEL)
        with pytest.raises(Refused, match=said) as refused:
            await alice.ask("command", channel_id=alice.channel("general"), command_id=panel["id"], path=["create"], options=options)
        assert refused.value.kind == kind
        assert not sandbox.ledger.entries

    async def test_a_command_for_admins_is_neither_shown_nor_taken(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        async with window(sandbox, "adam") as adam:
            hidden = {"type": 1, "name": "hidden", "description": "d", "default_member_permissions": "8"}
            (command,) = await registered(rest, adam, hidden)
            with pytest.raises(Refused, match="does not offer") as refused:
                await alice.ask("command", channel_id=alice.channel("general"), command_id=command["id"])
            assert refused.value.kind == "refused"
            assert alice.sections["commands"] == []

    async def test_choices_are_asked_of_the_bot(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        (panel,) = await registered(rest, alice, PANEL)

        def complete(event: Event) -> None:
            if event.name == "INTERACTION_CREATE":
                choice = {"name": "Red", "value": "red", "name_localizations": {"ja": "赤"}}
                asked = latest(sandbox)
                sandbox.interactions.answer(asked.id, asked.token, {"type": Reply.CHOICES, "data": {"choices": [choice]}}, [])

        sandbox.world.listeners.append(complete)
        result = await alice.ask(
            "autocomplete", channel_id=alice.channel("general"), command_id=panel["id"], path=["list", "all"],
            options={"page": 2, "find": "r"}, focused={"name": "find", "value": "re"},
        )  # fmt: skip
        assert result == {"choices": [{"name": "Red", "value": "red"}]}
        assert latest(sandbox).data["options"][0]["options"][0]["options"] == [
            {"type": 4, "name": "page", "value": 2}, {"type": 3, "name": "find", "value": "re", "focused": True},
        ]  # fmt: skip

    async def test_choices_that_never_come_have_failed(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        (panel,) = await registered(rest, alice, PANEL)
        sandbox.world.listeners.append(lambda event: sandbox.clock.advance(FIRST_ANSWER) if event.name == "INTERACTION_CREATE" else None)
        use = {"channel_id": alice.channel("general"), "command_id": panel["id"], "path": ["list", "all"]}
        with pytest.raises(Refused) as refused:
            await alice.ask("autocomplete", **use, focused={"name": "find", "value": ""})
        assert refused.value.kind == "failed"

    async def test_menus(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        await registered(rest, alice, {"type": 3, "name": "Edit it"}, {"type": 2, "name": "Greet"})
        by_type = {command["type"]: command["id"] for command in alice.sections["commands"]}
        message = await posted(alice, sandbox)
        await alice.ask("message_command", **message, command_id=by_type[3])
        assert latest(sandbox).data["target_id"] == message["message_id"]
        bob = alice.member("bob")["user"]["id"]
        await alice.ask("user_command", channel_id=message["channel_id"], command_id=by_type[2], user_id=bob)
        assert latest(sandbox).data["target_id"] == bob
        with pytest.raises(Refused, match="another way"):
            await alice.ask("command", channel_id=message["channel_id"], command_id=by_type[2])


class TestComponents:
    async def test_a_click_is_told_through_its_states(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        message = await posted(
            alice, sandbox, row(button("Red"), button("Twin", "one"), button("Twin", "two"), button("Off", disabled=True))
        )
        begun = await alice.ask("click", **message, custom_id="two")
        interaction = latest(sandbox)
        assert (interaction.data["custom_id"], interaction.kind.name) == ("two", "COMPONENT")
        await alice.until(lambda: alice.state(begun) == "pending")
        assert alice.interactions[begun["interaction_id"]]["message_id"] == message["message_id"]
        await rest.answer(interaction, Reply.UPDATE, {"content": "done", "components": []})
        await alice.until(lambda: alice.state(begun) == "answered" and alice.says("done"))
        with pytest.raises(Refused, match="not there any more"):
            await alice.ask("click", **message, custom_id="two")

    async def test_a_click_that_nobody_answers_fails(self, sandbox: Sandbox, alice: Browser) -> None:
        message = await posted(alice, sandbox, row(button("Red")))
        async with window(sandbox) as other:
            begun = await alice.ask("click", **message, custom_id="red")
            sandbox.clock.advance(FIRST_ANSWER)
            await alice.until(lambda: alice.state(begun) == "failed")
            await other.ask("search", channel_id=message["channel_id"], kind="user", query="")
            assert not other.interactions, "only the window that clicked shows it"

    async def test_a_disabled_button_is_refused(self, sandbox: Sandbox, alice: Browser) -> None:
        message = await posted(alice, sandbox, row(button("Off", disabled=True)))
        with pytest.raises(Refused, match="disabled"):
            await alice.ask("click", **message, custom_id="off")

    @pytest.mark.parametrize(
        ("component", "values", "table"),
        [
            ({"type": 3, "options": [{"label": "b", "value": "a"}, {"label": "a", "value": "b"}]}, ["a"], None),
            ({"type": 5}, ["USER"], "users"),
            ({"type": 6}, ["ROLE"], "roles"),
            ({"type": 7}, ["ROLE"], "roles"),
            ({"type": 7}, ["USER"], "users"),
            ({"type": 8}, ["CHANNEL"], "channels"),
        ],
    )
    async def test_every_kind_of_select(
        self, sandbox: Sandbox, alice: Browser, component: dict[str, Any], values: list[str], table: str | None
    ) -> None:
        ids = {"USER": alice.member("bob")["user"]["id"], "ROLE": alice.role("Red")["id"], "CHANNEL": alice.channel("roles")}
        picked = [ids.get(value, value) for value in values]
        message = await posted(alice, sandbox, row({**component, "custom_id": "pick"}))
        await alice.ask("select", **message, custom_id="pick", values=picked)
        data = latest(sandbox).data
        assert data["values"] == picked
        assert ("resolved" in data and data["resolved"][table].keys() == {*picked}) if table else "resolved" not in data
        with pytest.raises(Refused, match="takes 1 to 1"):
            await alice.ask("select", **message, custom_id="pick", values=[])

    @pytest.mark.parametrize(
        ("kind", "query", "first"),
        [
            ("user", "car", "Carol the Great"),
            ("user", "yuki", "ゆき"),
            ("user", "@陽", "陽翔"),
            ("role", "eu", "Europe"),
            ("mentionable", "music", "Music"),
            ("channel", "#gen", "general"),
        ],
    )
    async def test_search(self, alice: Browser, kind: str, query: str, first: str) -> None:
        found = (await alice.ask("search", channel_id=alice.channel("general"), kind=kind, query=query))["entities"]
        assert found[0]["name"] == first

    async def test_search_offers_at_most_25_and_only_what_is_seen(self, alice: Browser) -> None:
        general = alice.channel("general")
        assert len((await alice.ask("search", channel_id=general, kind="role", query=""))["entities"]) == 25
        channels = (await alice.ask("search", channel_id=general, kind="channel", query="", channel_types=[0]))["entities"]
        assert [entity["name"] for entity in channels] == ["welcome", "roles", "general"]


class TestModals:
    FIELDS: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Text", {"type": 4, "custom_id": "text", "style": 1, "value": "old"}),
        ("Roles", {"type": 6, "custom_id": "roles", "max_values": 3}),
        ("Radio", {"type": 21, "custom_id": "radio", "options": [{"label": "1", "value": "2"}, {"label": "2", "value": "1"}]}),
        ("Boxes", {"type": 22, "custom_id": "boxes", "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]}),
        ("Files", {"type": 19, "custom_id": "files", "required": False}),
    )

    async def opened(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> dict[str, Any]:
        message = await posted(alice, sandbox, row(button("Open")))
        begun = await alice.ask("click", **message, custom_id="open")
        components = [{"type": 18, "label": label, "component": field} for label, field in self.FIELDS]
        answer = await rest.answer(latest(sandbox), Reply.MODAL, {"title": "T", "custom_id": "m", "components": components})
        assert answer.status == 204, answer.body
        await alice.until(lambda: alice.state(begun) == "answered")
        shown = alice.interactions[begun["interaction_id"]]
        assert (shown["reply"], shown["modal"]["title"]) == ("modal", "T")
        return begun

    async def test_every_component_arrives(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        begun = await self.opened(sandbox, rest, alice)
        red = alice.role("Red")["id"]
        values = {"text": "new", "roles": [red], "radio": "1", "boxes": ["a", "b"], "files": [{"name": "x.txt", "content": "eA=="}]}
        sent = await alice.ask("submit_modal", **begun, values=values)
        fields = [part["component"] for part in latest(sandbox).data["components"]]
        assert [field.get("values", field.get("value")) for field in fields[:4]] == ["new", [red], "1", ["a", "b"]]
        assert latest(sandbox).data["resolved"]["attachments"][fields[4]["values"][0]]["filename"] == "x.txt"
        await rest.answer(latest(sandbox), Reply.MESSAGE, {"content": "saved", "flags": 64})
        await alice.until(lambda: alice.state(sent) == "answered" and alice.says("saved"))
        with pytest.raises(Refused, match="submitted before"):
            await alice.ask("submit_modal", **begun, values=values)

    async def test_a_submission_that_failed_can_be_sent_again(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        begun = await self.opened(sandbox, rest, alice)
        values = {"roles": [alice.role("Red")["id"]], "radio": "1", "boxes": ["a"]}
        sent = await alice.ask("submit_modal", **begun, values=values)
        sandbox.clock.advance(FIRST_ANSWER)
        await alice.until(lambda: alice.state(sent) == "failed")
        await alice.ask("submit_modal", **begun, values=values)
        assert latest(sandbox).state == "pending"
        assert latest(sandbox).data["components"][0]["component"]["value"] == "old", "what is left out stays as it was opened"

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            ({"text": 5}, "refused"),
            ({"roles": []}, "refused"),
            ({"roles": "1"}, "invalid"),
            ({"radio": "3"}, "refused"),
            ({"boxes": [1]}, "invalid"),
            ({"files": [{"name": "x", "content": "%"}]}, "invalid"),
            ({"other": ""}, "invalid"),
        ],
    )
    async def test_what_the_client_would_not_send(
        self, sandbox: Sandbox, rest: Rest, alice: Browser, values: dict[str, Any], kind: str
    ) -> None:
        begun = await self.opened(sandbox, rest, alice)
        before = latest(sandbox)
        good = {"roles": [alice.role("Red")["id"]], "radio": "1", "boxes": ["a"]}
        with pytest.raises(Refused) as refused:
            await alice.ask("submit_modal", **begun, values={**good, **values})
        assert refused.value.kind == kind
        assert latest(sandbox) is before

    async def test_a_modal_belongs_to_its_window(self, sandbox: Sandbox, rest: Rest, alice: Browser) -> None:
        begun = await self.opened(sandbox, rest, alice)
        async with window(sandbox) as other:
            with pytest.raises(Refused, match="no modal in this window"):
                await other.ask("submit_modal", **begun, values={})
