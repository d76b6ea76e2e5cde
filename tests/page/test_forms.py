"""What people fill in: modals with every component, slash commands with typed options, context menus, files."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from sandbox.interactions.record import FIRST_ANSWER, Interaction
from sandbox.server import Sandbox
from tests.page.client import Client
from tests.page.conftest import OpenWindow
from tests.page.stand_in import StandIn

SAY, THINK, CHOICES, MODAL = 4, 5, 8, 9
SUB_COMMAND, STRING, INTEGER, ROLE, ATTACHMENT = 1, 3, 4, 8, 11
EPHEMERAL = 64


def label(text: str, component: dict[str, Any], description: str | None = None) -> dict[str, Any]:
    """A field of a modal with its caption."""
    return {"type": 18, "label": text, "component": component} | ({"description": description} if description else {})


def entries(*labels: str) -> list[dict[str, Any]]:
    """Options whose values are their labels in lower case."""
    return [{"label": one, "value": one.lower()} for one in labels]


def told(text: str) -> dict[str, Any]:
    """An ephemeral answer."""
    return {"type": SAY, "data": {"content": text, "flags": EPHEMERAL}}


ORDER = {
    "title": "Order a pizza",
    "custom_id": "order",
    "components": [
        label("Name", {"type": 4, "style": 1, "custom_id": "name", "min_length": 2}),
        label("Size", {"type": 21, "custom_id": "size", "options": entries("Small", "Large")}),
        label(
            "Toppings", {"type": 22, "custom_id": "toppings", "options": entries("Olives", "Basil", "Ham"), "max_values": 2}, "Two at most"
        ),
        label("With oil", {"type": 23, "custom_id": "oil"}),
        label("Papers", {"type": 19, "custom_id": "papers", "required": False}),
    ],
}
GUESTS = {
    "title": "Guests",
    "custom_id": "guests",
    "components": [
        {"type": 10, "content": "Who **comes**?"},
        label("Table", {"type": 3, "custom_id": "table", "options": entries("Window", "Garden")}),
        label("People", {"type": 5, "custom_id": "people", "max_values": 3}),
        label("Team", {"type": 6, "custom_id": "team"}),
        label("Where", {"type": 8, "custom_id": "where", "required": False}),
    ],
}


def sent(interaction: Interaction) -> dict[str, Any]:
    """What a submitted modal carries, by custom_id."""
    fields = [part["component"] for part in interaction.data["components"] if "component" in part]
    return {field["custom_id"]: field.get("value", field.get("values")) for field in fields}


@pytest.fixture
async def opener(bot: StandIn, alice: Client) -> Locator:
    """A button in Alice's window; what it opens is `bot.answers["open"]`."""
    bot.post(
        {"content": "Hungry?", "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Open", "custom_id": "open"}]}]}
    )
    return alice.last.get_by_role("button", name="Open")


async def test_a_modal_of_texts_and_choices(bot: StandIn, alice: Client, opener: Locator) -> None:
    bot.answers = {"open": {"type": MODAL, "data": ORDER}, "order": told("Ordered.")}
    await opener.click()
    modal = alice.modal
    await modal.get_by_role("button", name="Submit").click()
    await expect(modal.get_by_role("alert")).to_have_text("Name: This field is required")
    await expect(modal.get_by_label("Name")).to_be_focused()
    await modal.get_by_label("Name").fill("Alice")
    await modal.get_by_text("Large").click()
    await modal.get_by_text("Olives").click()
    await modal.get_by_text("Ham").click()
    await modal.get_by_text("With oil").click()
    await modal.locator("input[type=file]").set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"extra hot"})
    await expect(modal).to_contain_text("note.txt")
    await alice.shot("modal-choices")
    await modal.get_by_role("button", name="Submit").click()
    await expect(modal).not_to_be_visible()
    await expect(alice.last).to_contain_text("Ordered.")
    values = sent(bot.asked[-1])
    assert values | {"papers": len(values["papers"])} == {
        "name": "Alice",
        "size": "large",
        "toppings": ["olives", "ham"],
        "oil": True,
        "papers": 1,
    }
    assert [file["filename"] for file in bot.asked[-1].data["resolved"]["attachments"].values()] == ["note.txt"]


async def test_a_modal_of_selects(sandbox: Sandbox, bot: StandIn, alice: Client, opener: Locator) -> None:
    bot.answers = {"open": {"type": MODAL, "data": GUESTS}, "guests": told("Noted.")}
    await opener.click()
    await expect(alice.modal.locator("strong")).to_have_text("comes")
    await alice.pick(alice.modal.get_by_role("button", name="Table"), "Garden")
    await alice.pick(alice.modal.get_by_role("button", name="People"), "Bob", "Carol")
    await alice.pick(alice.modal.get_by_role("button", name="Team"), "Teal")
    await alice.shot("modal-selects")
    await alice.modal.get_by_role("button", name="Submit").click()
    await expect(alice.last).to_contain_text("Noted.")
    guests = [str(sandbox.actor(name).user.id) for name in ("bob", "carol")]
    assert sent(bot.asked[-1]) == {"table": ["garden"], "people": guests, "team": [str(sandbox.role("Teal").id)], "where": []}


async def test_a_modal_nobody_answers_can_be_sent_again(sandbox: Sandbox, bot: StandIn, alice: Client, opener: Locator) -> None:
    bot.answers = {"open": {"type": MODAL, "data": {**ORDER, "components": ORDER["components"][:1]}}}
    await opener.click()
    await alice.modal.get_by_label("Name").fill("Alice")
    await alice.modal.get_by_role("button", name="Submit").click()
    await sandbox.until(lambda: len(bot.asked) == 2)
    sandbox.clock.advance(FIRST_ANSWER + 0.1)
    await expect(alice.modal.get_by_role("alert")).to_have_text("Something went wrong. Try again.")
    bot.answers["order"] = told("Ordered.")
    await alice.modal.get_by_role("button", name="Submit").click()
    await expect(alice.modal).not_to_be_visible()


async def test_typed_options_and_autocomplete(sandbox: Sandbox, bot: StandIn, alice: Client) -> None:
    options = [
        {"type": STRING, "name": "panel", "description": "Which one", "required": True, "autocomplete": True},
        {"type": ROLE, "name": "role", "description": "What to give", "required": True},
        {"type": INTEGER, "name": "days", "description": "How long", "min_value": 1, "max_value": 30},
    ]
    bot.register(
        {
            "type": 1,
            "name": "give",
            "description": "Give things",
            "options": [{"type": SUB_COMMAND, "name": "role", "description": "A role", "options": options}],
        }
    )
    bot.answers = {"give role": told("Given.")}
    await alice.page.reload()
    await alice.composer.fill("/gi")
    await expect(alice.page.locator(".suggestions .option")).to_have_count(1)
    await alice.page.keyboard.press("Tab")
    line = alice.page.get_by_role("group", name="/give role")
    bot.answers["give role"] = {"type": CHOICES, "data": {"choices": [{"name": "Colours of joy", "value": "7"}]}}
    await alice.page.keyboard.type("col")
    await expect(alice.page.locator(".suggestions .option.active")).to_contain_text("Colours of joy")
    await alice.shot("command")
    await alice.page.keyboard.press("Enter")
    await alice.page.keyboard.type("teal")
    await expect(alice.page.locator(".suggestions .option.active")).to_contain_text("Teal")
    await alice.page.keyboard.press("Enter")
    await line.get_by_role("button", name="days").click()
    bot.answers["give role"] = told("Given.")
    await alice.page.keyboard.type("99")
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.get_by_role("alert")).to_have_text("days: ≤ 30")
    await line.locator("[data-option=days]").fill("3")
    await alice.page.keyboard.press("Enter")
    await expect(alice.last).to_contain_text("Alice used /give role")
    given = {option["name"]: option["value"] for option in bot.asked[-1].data["options"][0]["options"]}
    assert given == {"panel": "7", "role": str(sandbox.role("Teal").id), "days": 3}


async def test_a_command_nobody_answers(sandbox: Sandbox, bot: StandIn, alice: Client) -> None:
    bot.register({"type": 1, "name": "ping", "description": "Is it there?"})
    await alice.page.reload()
    await alice.slash("ping")
    await expect(alice.last).to_contain_text("Sending command…")
    sandbox.clock.advance(FIRST_ANSWER + 0.1)
    await expect(alice.last).to_contain_text("The application did not respond")
    await alice.last.get_by_role("button", name="Dismiss").click()
    await expect(alice.messages).to_have_count(0)


async def test_thinking_and_dismissing(bot: StandIn, alice: Client) -> None:
    bot.register({"type": 1, "name": "ping", "description": "Is it there?"})
    await alice.page.reload()
    bot.answers = {"ping": {"type": THINK, "data": {"flags": EPHEMERAL}}}
    await alice.slash("ping")
    await expect(alice.last).to_contain_text("Role Bot is thinking…")
    interaction = bot.asked[-1]
    assert interaction.original
    bot.sandbox.interactions.edit(interaction, interaction.original, {"content": "Pong"}, [])
    await expect(alice.last).to_contain_text("Pong")
    await alice.last.get_by_role("button", name="Dismiss").click()
    await expect(alice.messages).to_have_count(0)


async def test_commands_of_the_context_menu(bot: StandIn, alice: Client) -> None:
    bot.register({"type": 3, "name": "Edit role panel"}, {"type": 2, "name": "Roles of this member"})
    bot.answers = {"Edit role panel": told("Here it is."), "Roles of this member": told("None.")}
    bot.post({"content": "A panel"})
    await alice.page.reload()
    await alice.last.click(button="right", position={"x": 300, "y": 10})
    await alice.shot("context-menu")
    await alice.page.get_by_role("menuitem", name="Edit role panel").click()
    await expect(alice.last).to_contain_text("Here it is.")
    await alice.page.locator(".member", has_text="Bob").click(button="right")
    await alice.page.get_by_role("menuitem", name="Roles of this member").click()
    await expect(alice.last).to_contain_text("None.")


async def test_a_file_in_a_message(alice: Client) -> None:
    await alice.page.locator(".composer input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"one\n"}
    )
    await alice.composer.fill("see here")
    await alice.page.keyboard.press("Enter")
    await expect(alice.last.get_by_role("link", name="notes.txt")).to_be_visible()


async def test_who_has_not_passed_the_screening(sandbox: Sandbox, open_window: OpenWindow) -> None:
    newton = await open_window(sandbox, "newton")
    await newton.look_at("general")
    await newton.shot("newcomer")
    await newton.page.get_by_role("button", name="Pass the screening").click()
    await expect(newton.composer).to_be_visible()
