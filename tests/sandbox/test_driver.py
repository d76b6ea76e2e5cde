"""The driver refuses what Discord's client refuses, and sends what it sends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from sandbox.driver import Actor, ClientRefusal, InteractionFailed
from sandbox.driver.modals import ModalView
from sandbox.driver.views import MessageView
from sandbox.messages import Origin, create
from sandbox.permissions import Permission
from sandbox.server import Sandbox
from sandbox.world import Event
from tests.sandbox.frames import checked_frames
from tests.sandbox.rest_client import Rest, button, rest_for, row

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 3, 5, 6, 7, 8


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.ratelimits.enabled = False
    with checked_frames(sandbox):
        yield sandbox


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    async with rest_for(sandbox) as client:
        yield client


@pytest.fixture
def alice(sandbox: Sandbox) -> Actor:
    return sandbox.actor("alice")


def option(kind: int, name: str = "value", **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "description": "d", **more}


async def sent(rest: Rest, actor: Actor, options: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    """The data of a command with these options, used with these values."""
    await rest.register({"type": 1, "name": "do", "description": "d", "options": options})
    return (await actor.slash("do", **values)).interaction.data


class TestOptions:
    @pytest.mark.parametrize(
        ("spec", "good", "bad"),
        [
            (option(STRING), "text", 5),
            (option(STRING), "text", "   "),
            (option(STRING, min_length=3, max_length=4), "four", "fives"),
            (option(INTEGER), 5, "5"),
            (option(INTEGER), 5, True),
            (option(INTEGER), 5, 5.5),
            (option(INTEGER, min_value=2, max_value=6), 6, 7),
            (option(NUMBER), 5.5, "5.5"),
            (option(BOOLEAN), True, 1),
        ],
    )
    async def test_plain_values(self, rest: Rest, alice: Actor, spec: dict[str, Any], good: Any, bad: Any) -> None:
        assert (await sent(rest, alice, [spec], value=good))["options"] == [{"type": spec["type"], "name": "value", "value": good}]
        with pytest.raises(ClientRefusal):
            await sent(rest, alice, [spec], value=bad)

    async def test_choices_go_by_name_or_value_and_nothing_else(self, rest: Rest, alice: Actor) -> None:
        spec = option(STRING, choices=[{"name": "Big", "value": "l", "name_localizations": {"ja": "大"}}])
        for given in ("Big", "l"):
            assert (await sent(rest, alice, [spec], value=given))["options"][0]["value"] == "l"
        with pytest.raises(ClientRefusal, match="not offered"):
            await alice.slash("do", value="Huge")
        alice.user.locale = "ja"
        assert (await alice.slash("do", value="大")).interaction.data["options"][0]["value"] == "l"

    async def test_records_come_resolved(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        role, channel, bob = sandbox.role("Red"), sandbox.channel("general"), sandbox.actor("bob")
        options = [option(ROLE, "role"), option(CHANNEL, "channel"), option(USER, "user"), option(MENTIONABLE, "any")]
        data = await sent(rest, alice, options, role=role, channel=channel, user=bob, any=role)
        assert [one["value"] for one in data["options"]] == [str(role.id), str(channel.id), str(bob.user.id), str(role.id)]
        resolved = data["resolved"]
        assert resolved["roles"][str(role.id)]["name"] == "Red"
        assert resolved["channels"][str(channel.id)]["permissions"] == str(alice.permissions(channel))
        assert resolved["users"][str(bob.user.id)]["username"] == "bob"
        assert "user" not in resolved["members"][str(bob.user.id)]

    async def test_records_of_the_wrong_kind(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        with pytest.raises(ClientRefusal):
            await sent(rest, alice, [option(ROLE)], value=sandbox.channel("general"))
        with pytest.raises(ClientRefusal):
            await sent(rest, alice, [option(CHANNEL, channel_types=[2])], value=sandbox.channel("general"))
        with pytest.raises(ClientRefusal):
            await sent(rest, alice, [option(CHANNEL)], value=sandbox.channel("mods-only"))

    async def test_a_file_is_uploaded(self, rest: Rest, alice: Actor) -> None:
        data = await sent(rest, alice, [option(ATTACHMENT)], value=("a.json", b"{}"))
        file = data["resolved"]["attachments"][data["options"][0]["value"]]
        assert (file["filename"], file["size"]) == ("a.json", 2)

    async def test_required_unknown_and_subcommands(self, rest: Rest, alice: Actor) -> None:
        await rest.register(
            {
                "type": 1,
                "name": "panel",
                "description": "d",
                "options": [{"type": 1, "name": "edit", "description": "d", "options": [option(STRING, "the-name", required=True)]}],
            }
        )
        for path, values in (("panel", {}), ("panel make", {}), ("panel edit", {}), ("panel edit", {"the_name": "x", "other": 1})):
            with pytest.raises(ClientRefusal):
                await alice.slash(path, **values)
        data = (await alice.slash("panel edit", the_name="x")).interaction.data
        assert data["options"] == [{"type": 1, "name": "edit", "options": [{"type": STRING, "name": "the-name", "value": "x"}]}]

    async def test_commands_that_are_not_offered(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        await rest.register({"type": 1, "name": "secret", "description": "d", "default_member_permissions": "0"})
        with pytest.raises(ClientRefusal, match="may not"):
            await alice.slash("secret")
        with pytest.raises(ClientRefusal, match="nobody"):
            await alice.slash("nonsense")
        assert (await sandbox.actor("olivia").slash("secret")).state == "pending"

    async def test_localized_names_work_for_who_sees_them(self, rest: Rest, sandbox: Sandbox) -> None:
        await rest.register({"type": 1, "name": "panel", "description": "d", "name_localizations": {"ja": "パネル"}})
        assert (await sandbox.actor("yuki").slash("パネル")).interaction.data["name"] == "panel"
        with pytest.raises(ClientRefusal):
            await sandbox.actor("alice").slash("パネル")

    async def test_autocomplete_only_where_it_is_offered(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        options = [option(STRING), option(STRING, "ac", autocomplete=True)]
        await rest.register({"type": 1, "name": "do", "description": "d", "options": options})
        with pytest.raises(ClientRefusal):
            await alice.autocomplete("do", value="x")
        assert not sandbox.ledger.entries
        begun = asyncio.create_task(alice.autocomplete("do", ac="x"))
        await sandbox.until(lambda: sandbox.ledger.entries)
        sandbox.clock.advance(3)
        with pytest.raises(InteractionFailed):
            await begun


def posted(sandbox: Sandbox, components: list[dict[str, Any]], channel: str = "general", **more: Any) -> None:
    """A message of the bot."""
    application = next(iter(sandbox.world.applications.values()))
    origin = Origin(application.bot_id, application_id=application.id)
    create(sandbox, sandbox.channel(channel), {"content": "panel", "components": components, **more}, [], origin)


def only(actor: Actor, channel: str = "general") -> MessageView:
    [message] = actor.sees(channel)
    return message


class TestComponents:
    async def test_buttons_go_by_label_custom_id_or_emoji(self, alice: Actor, sandbox: Sandbox) -> None:
        posted(sandbox, [row(button("Red", "r"), button("", "b", emoji={"name": "🔵"}), button("Grey", "g", disabled=True))])
        message = only(alice)
        for which, custom_id in (("Red", "r"), ("r", "r"), ("🔵", "b")):
            interaction = (await message.click(which)).interaction
            assert (interaction.data["custom_id"], interaction.data["component_type"]) == (custom_id, 2)
            assert interaction.message is message.record
        for which in ("Grey", "Green"):
            with pytest.raises(ClientRefusal):
                await message.click(which)

    async def test_links_and_doubles(self, alice: Actor, sandbox: Sandbox) -> None:
        posted(sandbox, [row({"type": 2, "style": 5, "label": "Site", "url": "https://example.org"}, button("Go", "a"), button("Go", "b"))])
        for which in ("Site", "Go"):
            with pytest.raises(ClientRefusal):
                await only(alice).click(which)

    async def test_what_is_gone_hidden_or_forbidden_cannot_be_clicked(self, alice: Actor, sandbox: Sandbox) -> None:
        posted(sandbox, [row(button("Go"))])
        message = only(alice)
        alice.member.timeout_until = sandbox.clock.now() + 60
        with pytest.raises(ClientRefusal, match="timed out"):
            await message.click("Go")
        alice.member.timeout_until = None
        sandbox.guild.everyone.permissions &= ~int(Permission.VIEW_CHANNEL)
        assert alice.sees("general") == []
        with pytest.raises(ClientRefusal, match="does not see"):
            await message.click("Go")

    async def test_a_member_who_may_not_write_may_click(self, alice: Actor, sandbox: Sandbox) -> None:
        posted(sandbox, [row(button("Go"))], "roles")
        assert (await only(alice, "roles").click("Go")).interaction.channel_id == sandbox.channel("roles").id
        with pytest.raises(ClientRefusal):
            await alice.say("hello", "roles")

    async def test_string_selects(self, alice: Actor, sandbox: Sandbox) -> None:
        options = [{"label": label, "value": label.lower()} for label in ("Red", "Green", "Blue")]
        menu = {"type": STRING_SELECT, "custom_id": "s", "placeholder": "Pick", "options": options, "min_values": 1, "max_values": 2}
        posted(sandbox, [row(menu)])
        data = (await only(alice).select("Pick", ["Red", "blue"])).interaction.data
        assert (data["values"], data["component_type"]) == (["red", "blue"], STRING_SELECT)
        for values in ([], ["Red", "Green", "Blue"], ["Pink"], ["Red", "red"]):
            with pytest.raises(ClientRefusal):
                await only(alice).select("s", values)
        with pytest.raises(ClientRefusal):
            await only(alice).select("other", ["Red"])

    @pytest.mark.parametrize(
        ("kind", "good", "bad", "where"),
        [
            (USER_SELECT, "user", "role", "users"),
            (ROLE_SELECT, "role", "user", "roles"),
            (MENTIONABLE_SELECT, "user", "channel", "users"),
            (CHANNEL_SELECT, "channel", "role", "channels"),
        ],
    )
    async def test_other_selects(self, alice: Actor, sandbox: Sandbox, kind: int, good: str, bad: str, where: str) -> None:
        records = {"user": sandbox.actor("bob").user, "role": sandbox.role("Red"), "channel": sandbox.channel("general")}
        posted(sandbox, [row({"type": kind, "custom_id": "s"})])
        data = (await only(alice).select(None, [records[good]])).interaction.data
        assert data["values"] == [str(records[good].id)] == list(data["resolved"][where])
        with pytest.raises(ClientRefusal):
            await only(alice).select(None, [records[bad]])


def label(caption: str, component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "label": caption, "component": component}


async def opened(rest: Rest, actor: Actor, *components: dict[str, Any]) -> ModalView:
    """A modal on the actor's screen."""
    await rest.register({"type": 1, "name": "open", "description": "d"})
    result = await actor.slash("open")
    reply = await rest.answer(result.interaction, 9, {"custom_id": "m", "title": "Title", "components": list(components)})
    assert reply.status == 204, reply.body
    return await result.modal()


TWO = [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}]


class TestModals:
    async def test_all_fields_are_sent_as_the_client_sends_them(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        red = sandbox.role("Red")
        modal = await opened(
            rest,
            alice,
            label("Name", {"type": 4, "custom_id": "name", "style": 1}),
            label("Roles", {"type": ROLE_SELECT, "custom_id": "roles", "max_values": 5}),
            label("Style", {"type": 21, "custom_id": "style", "options": TWO}),
            label("Flags", {"type": 22, "custom_id": "flags", "options": TWO, "required": False}),
            label("File", {"type": 19, "custom_id": "file", "required": False}),
        )
        assert list(modal.labels.values()) == ["Name", "Roles", "Style", "Flags", "File"]
        values = {"Name": "x", "roles": [red], "style": "Two", "flags": ["One", "2"], "file": [("f.txt", b"1")]}
        data = (await modal.submit(values)).interaction.data
        parts = [part["component"] for part in data["components"]]
        assert [part.get("value", part.get("values")) for part in parts[:4]] == ["x", [str(red.id)], "2", ["1", "2"]]
        assert data["resolved"]["roles"][str(red.id)]["name"] == "Red"
        assert data["resolved"]["attachments"][parts[4]["values"][0]]["filename"] == "f.txt"

    async def test_what_is_left_alone_keeps_what_it_was_opened_with(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        red = sandbox.role("Red")
        modal = await opened(
            rest,
            alice,
            row({"type": 4, "custom_id": "old", "style": 2, "label": "Old", "value": "before"}),
            label("R", {"type": ROLE_SELECT, "custom_id": "r", "default_values": [{"id": str(red.id), "type": "role"}]}),
            label("S", {"type": STRING_SELECT, "custom_id": "s", "options": [{**TWO[0], "default": True}, TWO[1]]}),
            label("C", {"type": 23, "custom_id": "c", "default": True}),
            {"type": 10, "content": "Read me"},
        )
        data = (await modal.submit()).interaction.data
        assert data["components"][0]["components"][0]["value"] == "before"
        parts = [part["component"] for part in data["components"][1:4]]
        assert [part.get("values", part.get("value")) for part in parts] == [[str(red.id)], ["1"], True]
        assert data["components"][4] == {"type": 10, "id": data["components"][4]["id"]}
        assert str(red.id) in data["resolved"]["roles"]

    @pytest.mark.parametrize(
        ("component", "bad"),
        [
            ({"type": 4, "style": 1}, ""),
            ({"type": 4, "style": 1, "max_length": 3}, "four"),
            ({"type": 4, "style": 1, "min_length": 3}, "ab"),
            ({"type": 4, "style": 1}, 5),
            ({"type": ROLE_SELECT}, []),
            ({"type": STRING_SELECT, "options": TWO}, ["One", "Two"]),
            ({"type": STRING_SELECT, "options": TWO}, "One"),
            ({"type": 21, "options": TWO}, None),
            ({"type": 21, "options": TWO}, "Three"),
            ({"type": 22, "options": TWO}, []),
            ({"type": 19}, []),
            ({"type": 19}, ["name"]),
            ({"type": 23}, "yes"),
        ],
    )
    async def test_values_that_the_client_refuses(self, rest: Rest, alice: Actor, component: dict[str, Any], bad: Any) -> None:
        modal = await opened(rest, alice, label("L", {"custom_id": "c", **component}))
        with pytest.raises(ClientRefusal):
            await modal.submit({"c": bad})
        with pytest.raises(ClientRefusal):
            await modal.submit({"unknown": bad})

    async def test_a_modal_stays_open_when_its_submission_fails(self, rest: Rest, alice: Actor, sandbox: Sandbox) -> None:
        modal = await opened(rest, alice, row({"type": 4, "custom_id": "t", "style": 1, "label": "L"}))
        first = await modal.submit({"t": "x"})
        with pytest.raises(ClientRefusal, match="before"):
            await modal.submit({"t": "x"})
        sandbox.clock.advance(3)
        assert first.state == "failed"
        assert (await modal.submit({"t": "x"})).state == "pending"


class TestReactions:
    async def test_a_member_reacts_and_takes_it_back(self, alice: Actor, sandbox: Sandbox) -> None:
        heard: list[Event] = []
        sandbox.world.listeners.append(heard.append)
        message = await alice.say("hi")
        message.react("👍")
        message.react("sparkles_sq")
        assert list(message.record.reactions.values()) == [[alice.user.id]] * 2
        message.unreact("👍")
        assert [event.name for event in heard if "REACTION" in event.name] == ["MESSAGE_REACTION_ADD"] * 2 + ["MESSAGE_REACTION_REMOVE"]
        with pytest.raises(ClientRefusal):
            message.unreact("👍")

    async def test_what_the_client_refuses(self, alice: Actor, sandbox: Sandbox) -> None:
        message = await alice.say("hi")
        with pytest.raises(ClientRefusal, match="no emoji"):
            message.react("nonsense")
        with pytest.raises(ClientRefusal, match="may not react"):
            MessageView(sandbox.actor("newton"), message.record).react("👍")
        sandbox.guild.everyone.permissions &= ~int(Permission.ADD_REACTIONS)
        with pytest.raises(ClientRefusal, match="may not react"):
            message.react("👍")
        message.record.reactions["👍"] = [sandbox.guild.owner_id]
        message.react("👍")  # joining one that is there needs no permission
        message.record.visible_to, message.record.flags = alice.user.id, 64
        with pytest.raises(ClientRefusal, match="cannot react"):
            message.react("👍")


async def test_slow_mode_holds_members_who_may_not_bypass_it(sandbox: Sandbox, alice: Actor) -> None:
    alice.channel.rate_limit_per_user = 30
    first, owner = await alice.say("one"), sandbox.actor("olivia").in_(alice.channel)
    with pytest.raises(ClientRefusal, match="again in 30 s"):
        await alice.say("two")
    for text in ("three", "four"):
        await owner.say(text)
    first.record.timestamp -= 30
    await alice.say("five")


async def test_until_wakes_at_a_change_and_gives_up(sandbox: Sandbox, alice: Actor) -> None:
    await alice.say("hello")
    assert [message.text for message in await sandbox.until(lambda: alice.sees())] == ["hello"]
    with pytest.raises(TimeoutError, match="for a miracle"):
        await sandbox.until(lambda: False, timeout=0.01, what="for a miracle")


async def test_direct_messages_reach_the_bot_and_back(sandbox: Sandbox, alice: Actor) -> None:
    dm = alice.dm()
    await dm.say("cogs")
    assert [message.text for message in dm.sees()] == ["cogs"]
    assert alice.sees() == []


async def test_text_gathers_content_embeds_and_displays(sandbox: Sandbox, alice: Actor) -> None:
    posted(sandbox, [], embeds=[{"title": "T", "description": "D", "fields": [{"name": "N", "value": "V"}], "footer": {"text": "F"}}])
    assert only(alice).text == "panel\nT\nD\nN: V\nF"
