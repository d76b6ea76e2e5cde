"""What is kept in memory because it is needed again: up to a number of bytes, however many servers there are."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

MEBIBYTE = 1024 * 1024


class Shelf(Generic[KeyT, ValueT]):
    """Values that are kept up to `limit` bytes: what was not used for longest goes first. `weigh` tells about how many one takes."""

    def __init__(self, limit: int, weigh: Callable[[ValueT], int]) -> None:
        self.bytes = 0
        self._limit, self._weigh = limit, weigh
        # The one that was used last stands last. Not a dict: finding its first entry passes all those that were taken out before it.
        self._kept: OrderedDict[KeyT, tuple[ValueT, int]] = OrderedDict()

    def get(self, key: KeyT) -> ValueT | None:
        """The value, if it is kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return kept[0]

    def put(self, key: KeyT, value: ValueT) -> None:
        """Keep a value, in the place of what was there."""
        self.drop(key)
        weight = self._weigh(value)
        self._kept[key] = value, weight
        self.bytes += weight
        while self.bytes > self._limit:
            self.drop(next(iter(self._kept)))

    def drop(self, key: KeyT) -> None:
        """Keep it no longer."""
        if kept := self._kept.pop(key, None):
            self.bytes -= kept[1]
