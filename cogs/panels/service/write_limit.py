"""How fast the panels of one server may be changed: faster than any person works, slower than a script."""

import asyncio
from collections import deque

from core.errors import UserError
from core.i18n import N_

WRITES = 5  # of one server
SECONDS = 1.0  # in which that many are made
PATIENCE = 2.0  # seconds that a change waits for its turn
GUILDS_MAX = 10_000

TOO_FAST = N_("The panels of this server are being changed very quickly right now, so nothing was saved. Please try again in a moment.")


class WritePace:
    """Who is a little too fast waits without noticing; who is much too fast is refused."""

    def __init__(self) -> None:
        self._turns: dict[int, deque[float]] = {}

    async def turn(self, guild_id: int) -> None:
        """Return when a panel of this server may be changed. Raises UserError when that would take too long."""
        now = asyncio.get_running_loop().time()
        if len(self._turns) >= GUILDS_MAX:
            self._turns = {guild: turns for guild, turns in self._turns.items() if turns[-1] > now - SECONDS}
        turns = self._turns.setdefault(guild_id, deque(maxlen=WRITES))
        mine = max(now, turns[0] + SECONDS) if len(turns) == WRITES else now
        if mine > now + PATIENCE:
            raise UserError(TOO_FAST)
        turns.append(mine)
        await asyncio.sleep(mine - now)
