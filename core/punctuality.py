"""How old an interaction is, measured so that a host clock that is wrong costs an early acknowledgement and nothing else."""

from datetime import UTC, datetime

from core.answer import FIRST_ANSWER_WINDOW
from domain import clock

DISCORD_EPOCH_MS = 1420070400000  # https://docs.discord.com/developers/reference#snowflakes


class Punctuality:
    """Compares Discord's snowflakes with our clock. The smallest difference that was seen is taken for that of the clocks.

    Until Discord has taken an answer the clocks are believed to agree: an interaction that only looks old is then acknowledged early,
    and that it could be proves that it was not.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._confirmed = False

    def late_by(self, interaction_id: int) -> float:
        """How many seconds our clock is past the moment in which Discord made this interaction: its age, and the clocks' difference."""
        made = datetime.fromtimestamp(((interaction_id >> 22) + DISCORD_EPOCH_MS) / 1000, UTC)
        late_by = (clock.now() - made).total_seconds()
        self._offset = min(self._offset, late_by)
        return late_by

    def age(self, late_by: float) -> float:
        """The seconds since Discord made an interaction, as far as is known."""
        return late_by - self._offset

    def answered(self, late_by: float) -> None:
        """Discord took the first answer to such an interaction, which it does only within 3 s."""
        if self.age(late_by) > FIRST_ANSWER_WINDOW or not self._confirmed:
            self._offset = late_by
            self._confirmed = True
