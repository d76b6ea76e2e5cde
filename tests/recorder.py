"""A stand-in for the bot in tests of services: it notes what they dispatch."""

from typing import Any


class Recorder:
    """Notes events instead of dispatching them."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def dispatch(self, name: str, event: Any) -> None:
        """Note the event; its name must be its own."""
        assert name == event.NAME
        self.events.append(event)
