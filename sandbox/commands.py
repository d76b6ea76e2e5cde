"""Application commands: what is registered, for whom it is visible, and how registering changes it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Commands:
    """The registered commands of every application."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
