"""What all windows share: they hear of every change, and the traffic that is kept for them."""

import itertools
from collections import deque
from typing import TYPE_CHECKING, Any

from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.gateway import Frame
from sandbox.interactions import Interaction
from sandbox.restore import Start
from sandbox.traffic import Exchange
from sandbox.world import Event

if TYPE_CHECKING:
    from sandbox.server import Sandbox
    from sandbox.webclient.window import Window

TRAFFIC_KEPT = 300
_COMMAND_ROUTES = "/commands"


class Hub:
    """Listens to the sandbox from the start, whether a window is open or not, so that a new window knows the traffic so far."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self.windows: set[Window] = set()
        self.exchanges: deque[tuple[int, Exchange]] = deque(maxlen=TRAFFIC_KEPT)
        self.frames: deque[tuple[int, Frame]] = deque(maxlen=TRAFFIC_KEPT)
        self.failed: set[int] = set()
        self._start = Start(sandbox.world)
        self._numbers = itertools.count(1)
        self._fault_numbers: dict[Fault, int] = {}
        sandbox.world.listeners.append(self._on_event)
        sandbox.traffic.listeners.append(self._on_exchange)
        sandbox.interactions.listeners.append(self._on_interaction)
        sandbox.gateway.frame_listeners.append(self._on_frame)
        sandbox.gateway.change_listeners.append(self.world_changed)

    def faults(self) -> dict[int, Fault]:
        """The faults in force, whoever ordered them, by numbers that stay."""
        rules = self.sandbox.faults.rules
        self._fault_numbers = {fault: self._fault_numbers.get(fault) or next(self._numbers) for fault in rules}
        return {number: fault for fault, number in self._fault_numbers.items()}

    def world_changed(self) -> None:
        """Have every window look at everything again."""
        for window in self.windows:
            window.look_again()

    def trouble_changed(self) -> None:
        """Have every window look at faults, limits and the gateway again."""
        for window in self.windows:
            window.look_at_trouble()

    def reset(self) -> None:
        """The world as at the start, without any trouble; the windows begin anew."""
        self.sandbox.faults.clear()
        self.sandbox.gateway.refuse_connections(False)
        self.sandbox.gateway.stop_acks(False)
        self.sandbox.gateway.refuse_resumes(False)
        self.sandbox.gateway.silence_sessions(None)
        self.sandbox.gateway.silence_new_sessions(None)
        self.sandbox.ratelimits.reset()
        self.sandbox.ratelimits.enabled = True
        self.failed.clear()
        self._start.restore(self.sandbox.world)
        for window in self.windows:
            window.begin_again()

    async def close(self) -> None:
        """End every window, for the server goes down."""
        for window in list(self.windows):
            await window.close()

    def _on_event(self, event: Event) -> None:
        if not event.name.startswith("MESSAGE_"):
            if event.name != "INTERACTION_CREATE":
                self.world_changed()
            return
        channel_id = int(event.data["channel_id"])
        for message_id in _message_ids(event.data):
            self._look_at(channel_id, message_id)

    def _on_exchange(self, exchange: Exchange) -> None:
        self.exchanges.append((next(self._numbers), exchange))
        if _COMMAND_ROUTES in exchange.route and exchange.method != "GET":
            self.world_changed()
        self.trouble_changed()

    def _on_frame(self, frame: Frame) -> None:
        self.frames.append((next(self._numbers), frame))
        for window in self.windows:
            window.wake()

    def _on_interaction(self, interaction: Interaction, change: str, _: ApiError | None) -> None:
        if change == "failed" and interaction.reply is not None and interaction.original is not None:
            self.failed.add(interaction.original.id)
            self._look_at(interaction.channel_id, interaction.original.id)
        for window in self.windows:
            window.on_interaction(interaction)

    def _look_at(self, channel_id: int, message_id: int) -> None:
        for window in self.windows:
            window.look_at(channel_id, message_id)


def _message_ids(data: dict[str, Any]) -> list[int]:
    """The messages that an event is about, whether it is of one message, several, or a reaction."""
    return [int(one) for one in data.get("ids") or [data.get("message_id") or data["id"]]]
