"""The life of an interaction: its token, the 3 seconds to the first answer, the 15 minutes after it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Interactions:
    """Every interaction that users began, by token."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
