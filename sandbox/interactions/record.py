"""One interaction as a record."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from sandbox.world import Message

FIRST_ANSWER = 3.0
TOKEN_LIFETIME = 15 * 60.0

State = Literal["pending", "answered", "deferred", "failed"]


class Kind(IntEnum):
    """What the user did."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Reply(IntEnum):
    """What an application may answer first (https://docs.discord.com/developers/interactions/receiving-and-responding)."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9
    LAUNCH = 12


@dataclass(eq=False)
class Interaction:
    """What one user asked of one application, and how it was answered.

    `state` is "deferred" while the user sees "thinking…", and "failed" when no first answer came in 3 s or the thinking did not end
    in 15 min. `message` is the one whose component was used; for a modal, the one whose component opened it. `opened_by` is the
    interaction that was answered with the modal submitted here. `original` is what `@original` names, `latest` the message last sent
    or edited after the first answer. Times are Unix seconds of the sandbox's clock.
    """

    id: int
    application_id: int
    kind: Kind
    token: str
    user_id: int
    channel_id: int
    guild_id: int | None
    data: dict[str, Any]
    created: float
    message: Message | None = None
    opened_by: "Interaction | None" = None
    state: State = "pending"
    reply: Reply | None = None
    answered_at: float | None = None
    ephemeral: bool = False
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    latest: Message | None = None
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None

    @property
    def first_answer_ms(self) -> float | None:
        """How long the first answer took, in milliseconds."""
        return None if self.answered_at is None else (self.answered_at - self.created) * 1000

    @property
    def what(self) -> str:
        """The command, custom_id or modal in a few words, for reports."""
        return f"{self.kind.name.lower()} {self.name!r}"

    @property
    def name(self) -> str:
        """The custom_id, or the command with its group and subcommand."""
        name = self.data.get("custom_id") or self.data.get("name") or ""
        options = self.data.get("options") or []
        while self.kind in (Kind.COMMAND, Kind.AUTOCOMPLETE) and options and options[0]["type"] in (1, 2):
            name, options = f"{name} {options[0]['name']}", options[0].get("options") or []
        return name
