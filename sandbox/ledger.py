"""The judge's book: what happened to each interaction, which requests were refused, which roles were changed.

A test-suite reads `problems()` after every test; what a test means to provoke it declares with `expect` or `allow`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.errors import ApiError
from sandbox.interactions.record import Interaction
from sandbox.ratelimit import is_invalid
from sandbox.traffic import Exchange
from sandbox.world import RoleChange

if TYPE_CHECKING:
    from sandbox.server import Sandbox

INVALID_MAX = 50  # for one test: a bot that is refused more often does not look before it asks


@dataclass
class Entry:
    """An interaction with the answers that were refused."""

    interaction: Interaction
    refusals: list[ApiError] = field(default_factory=list)

    def problem(self) -> str | None:
        """What is wrong with it now, if anything."""
        it = self.interaction
        if it.state == "pending":
            return f"{it.what} is not answered"
        if it.state == "deferred":
            return f"{it.what} is still thinking"
        if it.state == "failed":
            return f"{it.what} was never answered in time" if it.reply is None else f"{it.what} never stopped thinking"
        return None


@dataclass
class Declared:
    """Refusals that a test provokes on purpose; a field that is None fits anything. `hits` counts those that came."""

    method: str | None = None
    route: str | None = None
    status: int | None = None
    code: int | None = None
    hits: int = 0

    def fits(self, exchange: Exchange) -> bool:
        """Whether this covers the exchange."""
        pairs = ((self.method, exchange.method), (self.route, exchange.route), (self.status, exchange.status), (self.code, exchange.code))
        return all(wanted in (None, given) for wanted, given in pairs)


class Ledger:
    """Listens to the sandbox and tells what a bot did wrong.

    `role_changes` holds every change of a member's roles that a bot made, in order; a role already held or not held is no change.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox
        self.entries: list[Entry] = []
        self.refused: list[Exchange] = []
        self.role_changes: list[RoleChange] = []
        self.invalid = 0  # answers of 401, 403 and 429, ten thousand of which in ten minutes would get the address banned
        self._declared: list[Declared] = []
        sandbox.interactions.listeners.append(self._on_interaction)
        sandbox.traffic.listeners.append(self._on_exchange)
        sandbox.world.role_listeners.append(self._on_role_change)

    @contextmanager
    def expect(
        self, *, status: int | None = None, code: int | None = None, route: str | None = None, method: str | None = None
    ) -> Iterator[Declared]:
        """Declare refusals that come while the block runs. Raises AssertionError when none came."""
        declared = Declared(method, route, status, code)
        self._declared.append(declared)
        try:
            yield declared
        finally:
            self._declared.remove(declared)
        if not declared.hits:
            raise AssertionError(f"expected a refusal that did not come: {declared}")

    def allow(self, *, status: int | None = None, code: int | None = None, route: str | None = None, method: str | None = None) -> Declared:
        """Declare refusals that may come from now on."""
        declared = Declared(method, route, status, code)
        self._declared.append(declared)
        return declared

    def problems(self, allow: Iterable[str] = (), *, ended: bool = False) -> list[str]:
        """What is wrong by now, one sentence each, without those that hold a text of `allow`.

        `ended`: the bot is gone, so no connection may be open any more.
        """
        found = [problem for entry in self.entries if (problem := entry.problem())]
        found += [f"undeclared refusal: {exchange}" for exchange in self.refused]
        if self.invalid > INVALID_MAX:
            found.append(f"{self.invalid} answers of 401, 403 or 429")
        if ended:
            found += ["a gateway connection is still open" for _ in self.sandbox.gateway.connections]
        accepted = list(allow)
        return [problem for problem in found if not any(text in problem for text in accepted)]

    def clear(self) -> None:
        """Begin a new page: what was written and declared is forgotten."""
        self.entries.clear()
        self.refused.clear()
        self.role_changes.clear()
        self.invalid = 0
        self._declared.clear()

    def _on_interaction(self, interaction: Interaction, change: str, error: ApiError | None) -> None:
        if change == "created":
            self.entries.append(Entry(interaction))
        elif error is not None:
            for entry in self.entries:
                if entry.interaction is interaction:
                    entry.refusals.append(error)

    def _on_exchange(self, exchange: Exchange) -> None:
        shared = exchange.response_headers.get("X-RateLimit-Scope") == "shared"
        self.invalid += is_invalid(exchange.status, shared=shared)
        if not 400 <= exchange.status < 500 or exchange.fault == "status":
            return
        covering = [declared for declared in self._declared if declared.fits(exchange)]
        for declared in covering:
            declared.hits += 1
        if not covering:
            self.refused.append(exchange)

    def _on_role_change(self, change: RoleChange) -> None:
        if any(application.bot_id == change.actor_id for application in self.sandbox.world.applications.values()):
            self.role_changes.append(change)
