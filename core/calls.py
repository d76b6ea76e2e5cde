"""Discord's limit for all calls of a bot (https://docs.discord.com/developers/topics/rate-limits#global-rate-limit), waited for by one.

Whose turn it is decides `domain/budget.py`; here is the waiting.
"""

import asyncio
from collections.abc import Callable, Hashable

from domain.budget import CALLS, Budget, Kind, Ticket


class RateLimited(Exception):
    """Discord's rate limits would make this call wait `retry_after` seconds, longer than the caller can."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"rate limited for {retry_after:.1f} s")
        self.retry_after = retry_after


class Call:
    """One of the calls of a second. It is given back unless it is sent."""

    def __init__(self, calls: "Calls", ticket: Ticket) -> None:
        self._calls, self._ticket = calls, ticket

    @property
    def lapsed(self) -> bool:
        """Whether it was held for too long, and must be taken anew."""
        return self._ticket.until <= _time()

    def sent(self) -> None:
        """It leaves now; not when it has lapsed."""
        self._calls.budget.sent(self._ticket, _time())

    def answered(self, route: Hashable) -> None:
        """Its answer is there; calls of one route take about the same time."""
        self._calls.budget.answered(self._ticket, route, _time())
        self._calls.pump()

    def give_back(self) -> None:
        """It will not be sent; without effect when it was."""
        self._calls.budget.withdraw(self._ticket)
        self._calls.pump()


class Calls:
    """Discord's limit for all calls of a bot but its answers to interactions, as `domain.budget` hands it out.

    `share` is the part of it that this process may use.
    """

    def __init__(self, share: Callable[[], float] = lambda: 1.0) -> None:
        self.budget = Budget()
        self._share = share
        self._waiting: dict[Ticket, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def fullness(self) -> float:
        """The part of the last second's calls that was used."""
        return self.budget.used(_time()) / self.budget.calls

    async def take(self, guild: Hashable, kind: Kind, deadline: float | None = None) -> Call:
        """Wait until one call for this guild may be sent. Raises RateLimited at `deadline`."""
        self.budget.calls = max(1, int(CALLS * self._share()))
        ticket = self.budget.ask(guild, kind, _time())
        self.pump()
        if not ticket.granted:
            await self._granted(ticket, deadline)
        return Call(self, ticket)

    async def _granted(self, ticket: Ticket, deadline: float | None) -> None:
        turn = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout_at(deadline):
                await turn
        except BaseException as error:
            self.budget.withdraw(ticket)
            self.pump()
            if isinstance(error, TimeoutError):
                raise RateLimited(1.0) from None
            raise
        finally:
            del self._waiting[ticket]

    def pump(self) -> None:
        """Give those their turn who have it now, and see to it that the next one comes."""
        for ticket in self.budget.grant(_time()):
            turn = self._waiting.get(ticket)
            if turn and not turn.done():
                turn.set_result(None)
        if self._timer:
            self._timer.cancel()
        moment = self.budget.look_again_at()
        self._timer = asyncio.get_running_loop().call_at(moment, self.pump) if moment is not None else None


def _time() -> float:
    return asyncio.get_running_loop().time()
