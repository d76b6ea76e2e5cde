"""What came of an interaction, as the user who began it sees it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sandbox.driver.errors import InteractionFailed
from sandbox.driver.modals import ModalView
from sandbox.driver.views import MessageView
from sandbox.interactions.record import Interaction, Reply, State
from sandbox.world import Message

if TYPE_CHECKING:
    from sandbox.driver.actor import Actor

T = TypeVar("T")

# In real seconds: only what never comes is given up, however busy the machine is. It is longer than an interaction waits for its answer.
PATIENCE = 60.0


class Result:
    """A handle on one interaction."""

    def __init__(self, actor: "Actor", interaction: Interaction) -> None:
        self.actor, self.interaction = actor, interaction

    @property
    def state(self) -> State:
        """pending, deferred ("thinking…"), answered or failed."""
        return self.interaction.state

    @property
    def first_answer_ms(self) -> float | None:
        """How long the first answer took, in milliseconds of the sandbox's clock."""
        return self.interaction.first_answer_ms

    async def answered(self) -> "Result":
        """Wait for the first answer. Raises InteractionFailed when none came in time."""
        await self._until(lambda: self.state != "pending", "for an answer")
        return self

    async def message(self, timeout: float = PATIENCE) -> MessageView:
        """Wait for a message that says something: not "thinking…", and after a silent acknowledgement the next one that is shown.

        Raises InteractionFailed when the interaction fails, is answered with a modal or needs longer than `timeout` real seconds.
        """
        await self.answered()
        found = await self._until(self._shown, "for a message", timeout)
        return MessageView(self.actor, found)

    async def modal(self) -> ModalView:
        """Wait for the modal that the application opens. Raises InteractionFailed when it answers otherwise."""
        await self.answered()
        if self.interaction.modal is None:
            raise InteractionFailed(f"{self.interaction.what} was answered with {self.interaction.reply!r}, not with a modal")
        return ModalView(self.actor, self.interaction)

    @property
    def followups(self) -> list[MessageView]:
        """The messages that came after the first answer, as far as they are still there."""
        return [MessageView(self.actor, message) for message in self.interaction.followups if not message.deleted]

    def _shown(self) -> Message | None:
        interaction = self.interaction
        if interaction.reply in (Reply.MODAL, Reply.CHOICES):
            raise InteractionFailed(f"{interaction.what} was answered with {interaction.reply!r}, not with a message")
        if interaction.state != "answered":
            return None
        if interaction.reply == Reply.DEFERRED_UPDATE:
            return interaction.latest
        return interaction.original or interaction.latest

    async def _until(self, predicate: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
        def settled() -> T | None:
            if self.state == "failed":
                raise InteractionFailed(f"{self.actor.user.username}: {self.interaction.what} failed")
            return predicate()

        try:
            return await self.actor.sandbox.driver.until(settled, timeout, what)
        except TimeoutError as error:
            raise InteractionFailed(f"{self.actor.user.username}: {self.interaction.what}: {error}") from None
