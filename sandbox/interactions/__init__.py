"""The life of an interaction: its token, the 3 seconds to the first answer, the 15 minutes after it.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from sandbox import clock, messages
from sandbox.errors import ALREADY_ACKNOWLEDGED, INVALID_WEBHOOK_TOKEN, ApiError, unknown
from sandbox.interactions import answers, describe
from sandbox.interactions.record import FIRST_ANSWER, TOKEN_LIFETIME, Interaction, Kind, Reply
from sandbox.rest.router import Upload
from sandbox.world import Application, Channel, Event, Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox

__all__ = ["Interaction", "Interactions", "Kind", "Reply"]

BUSY = 0.1  # of the three seconds that the sandbox had to wait for a processor: then the machine is too busy to judge
WAITS_MAX = 10

Change = Literal["created", "answered", "updated", "refused", "failed"]


class Interactions:
    """Every interaction whose token still lives. Listeners hear of each change, with the error when an answer was refused."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.listeners: list[Callable[[Interaction, Change, ApiError | None], None]] = []
        self._by_token: dict[str, Interaction] = {}

    def begin(
        self,
        application: Application,
        kind: Kind,
        user_id: int,
        channel: Channel,
        data: dict[str, Any],
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """A user acts: tell the application, and give it three seconds."""
        now = self.world.clock.now()
        token, place = secrets.token_urlsafe(96), (channel.id, channel.guild_id)
        interaction = Interaction(self.world.new_id(), application.id, kind, token, user_id, *place, data, now, message, opened_by)
        self._by_token[interaction.token] = interaction
        self._await_first_answer(interaction, now + FIRST_ANSWER)
        self.world.clock.call_at(now + TOKEN_LIFETIME, lambda: self._expire(interaction))
        self._tell(interaction, "created")
        if application.interactions_endpoint_url:
            return interaction  # the sandbox does not call the endpoint: nobody answers
        create = describe.interaction_create(self.world, application, interaction)
        self.world.emit(Event("INTERACTION_CREATE", create, guild_id=channel.guild_id, application_id=application.id))
        return interaction

    def answer(self, interaction_id: int, token: str, body: dict[str, Any], uploads: list[Upload]) -> Interaction:
        """The first answer. Raises 10062 when there is none to give or it is too late, 40060 when one was given, 50035."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or interaction.state == "failed":
            raise self._refused(interaction, unknown("Interaction"))
        if interaction.reply is not None:
            raise self._refused(interaction, ALREADY_ACKNOWLEDGED)
        reply = answers.checked_type(interaction, body)
        answers.HANDLERS[reply](self.sandbox, interaction, body.get("data"), uploads)
        interaction.reply = reply
        interaction.state = "deferred" if reply == Reply.DEFERRED_MESSAGE else "answered"
        interaction.answered_at = self.world.clock.now()
        self._tell(interaction, "answered")
        return interaction

    def acknowledged(self, application_id: int, token: str) -> Interaction:
        """The interaction behind a webhook's path. Raises 10015 before the first answer, 50027 for a token that is wrong or has expired."""
        if application_id not in self.world.applications:
            raise unknown("Webhook")
        interaction = self._by_token.get(token)
        if interaction is None or interaction.application_id != application_id:
            raise INVALID_WEBHOOK_TOKEN
        if interaction.reply is None:
            raise unknown("Webhook")
        return interaction

    def follow_up(self, interaction: Interaction, body: dict[str, Any], uploads: list[Upload]) -> Message:
        """Another message; the first one after a deferred answer takes the place of "thinking…"."""
        if interaction.state == "deferred":
            return self.edit(interaction, self.message(interaction, "@original"), body, uploads)
        message = answers.create(self.sandbox, interaction, body, uploads, at=())
        interaction.followups.append(message)
        interaction.latest = message
        self._tell(interaction, "updated")
        return message

    def message(self, interaction: Interaction, which: str) -> Message:
        """`@original` or one of the interaction's messages by id. Raises 10008."""
        if which == "@original":
            found = interaction.original
        else:
            mine = [interaction.original, interaction.message, *interaction.followups]
            found = next((message for message in mine if message and str(message.id) == which), None)
        if found is None or found.deleted:
            raise unknown("Message")
        return found

    def edit(self, interaction: Interaction, message: Message, body: dict[str, Any], uploads: list[Upload]) -> Message:
        """Change a message of the interaction; that of a deferred answer stops "thinking…"."""
        answers.edit(self.sandbox, message, body, uploads, at=())
        interaction.latest = message
        if message is interaction.original and interaction.state == "deferred":
            interaction.state = "answered"
        self._tell(interaction, "updated")
        return message

    def delete(self, interaction: Interaction, message: Message) -> None:
        """Delete a message of the interaction."""
        messages.delete(self.sandbox, message)
        if message is interaction.original and interaction.state == "deferred":
            interaction.state = "answered"
        self._tell(interaction, "updated")

    def _refused(self, interaction: Interaction | None, error: ApiError) -> ApiError:
        if interaction:
            self._tell(interaction, "refused", error)
        return error

    def _await_first_answer(self, interaction: Interaction, until: float, waits: int = 1) -> None:
        """Let the interaction fail when it is not answered by then.

        Discord has processors enough. Where this machine has not, so that the sandbox itself had to wait for one, nobody can tell whose
        the delay was: the bot gets another three seconds, a few times.
        """
        queued = clock.seconds_in_line()

        def over() -> None:
            if interaction.reply is not None:
                return
            if waits < WAITS_MAX and clock.seconds_in_line() - queued > FIRST_ANSWER * BUSY:
                self._await_first_answer(interaction, self.world.clock.now() + FIRST_ANSWER, waits + 1)
                return
            interaction.state = "failed"
            self._tell(interaction, "failed")

        self.world.clock.call_at(until, over)

    def _expire(self, interaction: Interaction) -> None:
        self._by_token.pop(interaction.token, None)
        if interaction.state == "deferred":
            interaction.state = "failed"
            self._tell(interaction, "failed")

    def _tell(self, interaction: Interaction, change: Change, error: ApiError | None = None) -> None:
        for listener in list(self.listeners):
            listener(interaction, change, error)
