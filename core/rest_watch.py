"""Whether Discord answers REST calls, for the log: told once when it has not for a while, and once when it does again."""

import time

from loguru import logger

FAILING_SECONDS = 10.0  # without any answer to what was asked, after which it is worth a warning


class RestWatch:
    """Follows how calls end. An answer that refuses something is an answer, too."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._told = False

    def failed(self, why: str) -> None:
        """A call was not answered, or Discord had a fault of its own."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if not self._told and now - self._since >= FAILING_SECONDS:
            self._told = True
            logger.warning("Discord has answered no call for {:.0f} s: {}", now - self._since, why)

    def answered(self) -> None:
        """A call was answered."""
        if self._told:
            logger.info("Discord answers calls again")
        self._since, self._told = None, False
