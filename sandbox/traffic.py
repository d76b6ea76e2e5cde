"""What went over REST: every exchange in order, for tests, the ledger and the page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

KEPT = 20_000


@dataclass
class Exchange:
    """One REST request with its answer. `status` is 0 while unanswered and stays 0 when the connection was cut instead.

    `route` is the template ("/guilds/{guild_id}/roles"), or the path itself when no route matched. Times are Unix seconds of the clock.
    """

    method: str
    path: str
    route: str
    query: dict[str, str]
    request_headers: dict[str, str]
    body: Any
    started: float
    application_id: int | None = None
    status: int = 0
    response: Any = None
    response_headers: dict[str, str] = field(default_factory=dict)
    ended: float | None = None
    fault: str | None = None

    @property
    def code(self) -> int | None:
        """Discord's JSON error code of a refusal."""
        return self.response.get("code") if self.status >= 400 and isinstance(self.response, dict) else None

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status or 'cut'}" + (f" ({self.code})" if self.code else "")


class Traffic(Sequence[Exchange]):
    """The recorder: a sequence of finished exchanges and listeners that hear of each. The oldest are dropped past `KEPT`."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self.listeners: list[Callable[[Exchange], None]] = []

    def record(self, exchange: Exchange) -> None:
        """Keep a finished exchange and tell the listeners."""
        self._exchanges.append(exchange)
        if len(self._exchanges) > KEPT:
            del self._exchanges[: KEPT // 10]
        for listener in list(self.listeners):
            listener(exchange)

    def find(self, method: str | None = None, route: str | None = None, status: int | None = None) -> list[Exchange]:
        """The exchanges with this method, route template and status, in order."""
        return [
            x
            for x in self._exchanges
            if (method is None or x.method == method) and (route is None or x.route == route) and (status is None or x.status == status)
        ]

    def clear(self) -> None:
        """Forget what was recorded; listeners stay."""
        self._exchanges.clear()

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | Sequence[Exchange]:
        return self._exchanges[index]

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))
