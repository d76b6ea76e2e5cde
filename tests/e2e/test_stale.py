"""Commands that the client offers still, although the bot has others by now: they are outdated, and no error of the bot's."""

from typing import Any

import pytest
from loguru import logger

from core.errors import OUTDATED_COMMAND, SWITCHED_OFF
from sandbox.interactions.record import Kind
from tests.e2e.crowd import told
from tests.e2e.house import House

OPTION = {"type": 3, "name": "panel", "value": "Col", "focused": True}


def named(*path: str, option: dict[str, Any] | None = None) -> dict[str, Any]:
    """A command with its subcommands, as a client sends it that knows another version."""
    inner = [option] if option else []
    for depth in range(len(path) - 1, 0, -1):
        inner = [{"type": 1 if depth == len(path) - 1 else 2, "name": path[depth], "options": inner}]
    return {"id": "1", "name": path[0], "type": 1, "options": inner}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (named("panel", "rename"), OUTDATED_COMMAND),
        (named("panel"), OUTDATED_COMMAND),
        (named("panel", "list", "all"), OUTDATED_COMMAND),
        (named("panel", "edit", option={"type": 3, "name": "which", "value": "Col"}), OUTDATED_COMMAND),
        (named("boards", "edit"), SWITCHED_OFF),
    ],
)
async def test_a_stale_command_is_outdated_and_completes_nothing(house: House, data: dict[str, Any], said: str) -> None:
    errors: list[str] = []
    sink = logger.add(lambda message: errors.append(str(message)), level="ERROR")
    application, olivia = next(iter(house.sandbox.world.applications.values())), house.actor("olivia").in_("general")
    try:
        used = olivia.begin(application, Kind.COMMAND, data)
        await house.sandbox.until(lambda: used.state != "pending", 20, "for the answer")
        typing = olivia.begin(application, Kind.AUTOCOMPLETE, typed(data))
        await house.sandbox.until(lambda: typing.state != "pending", 20, "for the choices")
    finally:
        logger.remove(sink)
    assert (used.state, told(used), typing.interaction.choices) == ("answered", said, [])
    assert not errors


def typed(data: dict[str, Any]) -> dict[str, Any]:
    """The same command while an option of it is being typed."""
    if not data["options"] or data["options"][0]["type"] not in (1, 2):
        return {**data, "options": [OPTION]}
    return {**data, "options": [typed(data["options"][0])]}
