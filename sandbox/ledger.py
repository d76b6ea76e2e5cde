"""The judge's book: what happened to each interaction, which requests were refused, which roles were changed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Ledger:
    """Listens to the sandbox and tells what a bot did wrong."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
