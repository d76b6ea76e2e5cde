"""Whose turn it is, where many guilds want the same loop to work for them."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


def in_turns(items: Iterable[T], whose: Callable[[T], Hashable], each: int) -> tuple[list[T], bool]:
    """The first `each` items of everybody, in turns: the first of each, then the second of each; and whether anything is left over."""
    queues: dict[Hashable, list[T]] = {}
    for item in items:
        queues.setdefault(whose(item), []).append(item)
    ordered = [queue[place] for place in range(each) for queue in queues.values() if place < len(queue)]
    return ordered, any(len(queue) > each for queue in queues.values())
