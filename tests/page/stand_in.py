"""An application without a process: it answers interactions as a test tells it to."""

import asyncio
from typing import Any

from sandbox import messages
from sandbox.errors import ApiError
from sandbox.interactions import Interaction
from sandbox.server import Sandbox
from sandbox.world import Message


class StandIn:
    """The first application of the world. `answers` maps a custom_id or command ("give role") to the body of the first answer."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.application = next(iter(sandbox.world.applications.values()))
        self.answers: dict[str, dict[str, Any]] = {}
        self.asked: list[Interaction] = []
        sandbox.interactions.listeners.append(self._on_interaction)

    def post(self, data: dict[str, Any], channel: str = "general") -> Message:
        """Send a message."""
        origin = messages.Origin(self.application.bot_id, application_id=self.application.id)
        return messages.create(self.sandbox, self.sandbox.channel(channel), data, [], origin)

    def register(self, *commands: dict[str, Any]) -> None:
        """Have these commands, everywhere."""
        self.sandbox.commands.replace(self.application, None, list(commands))

    def _on_interaction(self, interaction: Interaction, change: str, _: ApiError | None) -> None:
        if change != "created":
            return
        self.asked.append(interaction)
        if interaction.name in self.answers:
            asyncio.get_running_loop().call_soon(self._answer, interaction)

    def _answer(self, interaction: Interaction) -> None:
        self.sandbox.interactions.answer(interaction.id, interaction.token, self.answers[interaction.name], [])
