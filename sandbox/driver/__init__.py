"""The driver: acts as a user would in Discord's client, and sees what that user sees."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Driver:
    """Hands out actors; `Sandbox` offers its methods as its own (`sandbox.actor("alice")`)."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
