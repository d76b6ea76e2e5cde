"""Trouble on order: rules that make chosen REST requests fail, wait, hang or lose their connection."""

import asyncio
import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal["status", "latency", "drop_before", "drop_after", "freeze"]


@dataclass(eq=False)
class Fault:
    """One rule. `route` and `path` are shell patterns; `hits` counts how often the rule struck, `struck` is set at the first time.

    status: answer with `status` and `code` instead of acting (429: with `retry_after` seconds and `scope`). latency: wait `seconds` first.
    drop_before: cut the connection without any effect. drop_after: act, then cut it. freeze: hang until `release()`, then go on.
    """

    kind: FaultKind
    method: str = "*"
    route: str = "*"
    path: str = "*"
    status: int = 500
    code: int = 0
    message: str | None = None
    retry_after: float = 1.0
    scope: Literal["user", "shared", "global"] = "user"
    seconds: float = 0.0
    count: int | None = None
    probability: float = 1.0
    hits: int = 0
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, method: str, route: str, path: str) -> bool:
        """Whether this rule means such a request and has not struck `count` times yet."""
        if self.count is not None and self.hits >= self.count:
            return False
        # the templates' braces and a path's brackets are no pattern characters of fnmatch as long as no "[" is used
        return self.method in ("*", method) and fnmatchcase(route, self.route) and fnmatchcase(path, self.path)

    def release(self) -> None:
        """Let frozen requests go on, now and later."""
        self.released.set()


class Faults:
    """The rules in force. Several may strike one request: first waits, then a cut or a status."""

    def __init__(self, dice: random.Random | None = None) -> None:
        self.rules: list[Fault] = []
        self._dice = dice or random.Random(0)

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force; answers the rule so that its hits can be read."""
        self.rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take a rule back and let go what it froze."""
        self.rules.remove(fault)
        fault.release()

    def clear(self) -> None:
        """Take every rule back."""
        for fault in list(self.rules):
            self.remove(fault)

    def take(self, method: str, route: str, path: str) -> list[Fault]:
        """The rules that strike this request; each counts a hit."""
        struck = [f for f in self.rules if f.matches(method, route, path) and (f.probability >= 1 or self._dice.random() < f.probability)]
        for fault in struck:
            fault.hits += 1
            fault.struck.set()
        return struck
