"""What a user does with an application's commands."""

from typing import TYPE_CHECKING, Any

from sandbox.driver import Actor, options
from sandbox.webclient.operations import values
from sandbox.webclient.operations.acting import begun, looking, message_of
from sandbox.webclient.request import Invalid, Request
from sandbox.webclient.sections.commands import choices
from sandbox.world import Command

if TYPE_CHECKING:
    from sandbox.webclient.window import Window


async def command(window: "Window", request: Request) -> dict[str, str]:
    """Use a slash command."""
    actor, record = looking(window, request), _command(window, request)
    path, leaf = _leaf(record, request)
    return begun(window, actor.use(record, path, _filled(actor, leaf, request)))


async def autocomplete(window: "Window", request: Request) -> dict[str, Any]:
    """What an option offers for what is typed."""
    actor, record = looking(window, request), _command(window, request)
    path, leaf = _leaf(record, request)
    focused = Request({**request.table("focused"), "id": 0, "op": request.op})
    name = focused.text("name")
    given = {other: value for other, value in _filled(actor, leaf, request).items() if other != name}
    offered = await actor.complete(record, path, {**given, name: focused.text("value")})
    return {"choices": choices(offered, window.user.locale)}


async def message_command(window: "Window", request: Request) -> dict[str, str]:
    """Use a command of a message's menu."""
    message = message_of(window, request)
    return begun(window, await message.actor.message_command(_command(window, request), message))


async def user_command(window: "Window", request: Request) -> dict[str, str]:
    """Use a command of a user's menu."""
    actor = looking(window, request)
    return begun(window, await actor.user_command(_command(window, request), request.user(window.sandbox.world)))


OPERATIONS = {one.__name__: one for one in (command, autocomplete, message_command, user_command)}


def _command(window: "Window", request: Request) -> Command:
    command_id = request.id("command_id")
    for application in window.sandbox.world.applications.values():
        if command_id in application.commands:
            return application.commands[command_id]
    raise Invalid("there is no such command any more")


def _leaf(record: Command, request: Request) -> tuple[str, dict[str, Any]]:
    """The command's path in words, and the (sub)command at its end."""
    node, words = record.data, [record.data["name"]]
    for word in request.list("path"):
        below = [child for child in node.get("options") or [] if child["type"] in (options.SUB_COMMAND, options.GROUP)]
        found = next((child for child in below if child["name"] == word), None)
        if found is None:
            raise Invalid(f"{' '.join(words)!r} has no subcommand {word!r}")
        node = found
        words.append(word)
    return " ".join(words), node


def _filled(actor: Actor, leaf: dict[str, Any], request: Request) -> dict[str, Any]:
    specs = {spec["name"]: spec for spec in leaf.get("options") or []}
    given = {name: value for name, value in request.table("options").items() if value is not None}
    unknown = given.keys() - specs.keys()
    if unknown:
        raise Invalid(f"{leaf['name']!r} has no option {min(unknown)!r}")
    return {name: values.option(actor, specs[name], value) for name, value in given.items()}
