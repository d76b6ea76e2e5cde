"""A gateway session: what outlives a connection, so that a client can come back and miss nothing."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sandbox.gateway.protocol import Op
from sandbox.world import Application

if TYPE_CHECKING:
    from sandbox.gateway.connection import Connection

REPLAY_LIMIT = 4096

# What a session in trouble does not get to hear, although its heartbeats are acknowledged.
Withheld = Literal["interactions", "everything"]
OPENING = frozenset({"READY", "RESUMED"})  # which come even then


@dataclass(eq=False)
class Session:
    """One identified shard of an application: its intents, its sequence and the events it may ask for again."""

    id: str
    application: Application
    intents: int
    shard: tuple[int, int]
    large_threshold: int
    record: Callable[["Session", dict[str, Any]], None]
    connection: "Connection | None" = None
    sequence: int = 0
    guild_ids: set[int] = field(default_factory=set)
    outages: set[int] = field(default_factory=set)
    shown_channel_ids: dict[int, set[int]] = field(default_factory=dict)  # by guild: the channels that were told in full
    forget_expiry: Callable[[], None] | None = None
    withheld: Withheld | None = None
    _sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REPLAY_LIMIT))

    def holds(self, guild_id: int | None) -> bool:
        """Whether this shard hears of the guild (https://docs.discord.com/developers/topics/gateway#sharding); None: DMs."""
        number, count = self.shard
        return number == (0 if guild_id is None else (guild_id >> 22) % count)

    def dispatch(self, name: str, data: dict[str, Any]) -> None:
        """Send an event, or keep it until the client resumes. What is withheld is lost for good."""
        if self._withholds(name):
            return
        self.sequence += 1
        frame = {"t": name, "s": self.sequence, "op": int(Op.DISPATCH), "d": data}
        text = json.dumps(frame)
        self._sent.append((self.sequence, text))
        self.record(self, json.loads(text))
        if self.connection:
            self.connection.send_text(text)

    def _withholds(self, name: str) -> bool:
        if self.withheld == "everything":
            return name not in OPENING
        return self.withheld == "interactions" and name == "INTERACTION_CREATE"

    def replayable_from(self, sequence: int) -> bool:
        """Whether every event after `sequence` is still at hand."""
        return sequence >= (self._sent[0][0] - 1 if self._sent else self.sequence)

    def replay(self, sequence: int) -> None:
        """Send again, in order, every event after `sequence`."""
        assert self.connection
        for number, text in self._sent:
            if number > sequence:
                self.connection.send_text(text)
