"""What a person does with each bot, and what they must see. Every library's bot of a feature is told the same story."""

from collections.abc import Awaitable, Callable

from sandbox.server import Sandbox


async def commands(sandbox: Sandbox) -> None:
    """A slash command with an option that completes what is typed, and a private answer; a command on a message."""
    alice = sandbox.actor("alice")
    assert await alice.autocomplete("echo", text="ban") == [{"name": "banana", "value": "banana"}]
    answer = await (await alice.slash("echo", text="banana")).message()
    assert (answer.text, answer.ephemeral) == ("banana", True)
    said = await alice.say("to be or not to be")
    assert (await (await alice.message_command("Quote", said)).message()).text == "> to be or not to be"


async def buttons(sandbox: Sandbox) -> None:
    """A posted message with a button that gives a role and takes it back, acknowledged first and answered in private."""
    alice = sandbox.actor("alice")
    board = await (await alice.slash("board")).message()
    for held in (True, False):
        answer = await (await board.click("Red")).message()
        assert (answer.text, answer.ephemeral) == ("You hold it now." if held else "You no longer hold it.", True)
        assert alice.role_names() == (["Red"] if held else [])


async def menus(sandbox: Sandbox) -> None:
    """A dropdown of one's own whose message is changed, and one of roles that Discord fills."""
    alice = sandbox.actor("alice")
    board = await (await alice.slash("menu")).message()
    assert (await (await board.select("Fruit", ["Pear", "Plum"])).message()).text == "pear, plum"
    picked = await (await board.select("Roles", [sandbox.role("Red"), sandbox.role("Blue")])).message()
    assert picked.text in ("Red, Blue", "Blue, Red")


async def forms(sandbox: Sandbox) -> None:
    """A form that a command opens, with two fields, one of them optional."""
    alice = sandbox.actor("alice")
    form = await (await alice.slash("form")).modal()
    assert form.title == "About you"
    answer = await (await form.submit({"Name": "Alice"})).message()
    assert (answer.text, answer.ephemeral) == ("Hello Alice", True)


STORIES: dict[str, Callable[[Sandbox], Awaitable[None]]] = {"commands": commands, "buttons": buttons, "menus": menus, "forms": forms}
