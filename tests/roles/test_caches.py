"""Everything that is kept in memory because it may be needed again, as full as it gets: 32 MiB together."""

import gc
import tracemalloc
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import count
from typing import TypeVar

import pytest

from cogs.roles.decision import panel_cache
from cogs.roles.decision.cooldown import CLICKS, MEMBERS_MAX, Cooldown
from cogs.roles.decision.panel_cache import PanelCache
from cogs.roles.grants import places
from core import interactions
from core.known_guilds import FACTS_MAX, facts_weight
from core.shelf import MEBIBYTE, Shelf
from domain import clock
from domain.panels import PanelSpec, Requirement, RoleSpec
from domain.role_safety import GuildFacts, RoleFacts
from models.claim import HolderCount

IDS = count(10**18)
T = TypeVar("T")


def ids(number: int) -> Iterator[int]:
    return (next(IDS) for _ in range(number))


def panel(roles: int, named: int) -> PanelSpec:
    """A panel whose roles have long texts, and rules that name so many others."""
    specs = (
        RoleSpec(
            next(IDS),
            next(IDS),
            f"{n} ".ljust(80, "長"),
            description=f"{n} ".ljust(100, "長"),
            bundle=tuple(ids(named)),
            requirement=Requirement(tuple(ids(named)), False, tuple(ids(named))),
        )
        for n in range(roles)
    )
    return PanelSpec(next(IDS), next(IDS), "name", "title", 1, roles=tuple(specs))


def fill(shelf: Shelf[int, T], make: Callable[[], T]) -> None:
    """Put things there until one has to go for another."""
    before = -1
    while shelf.bytes > before:
        before = shelf.bytes
        shelf.put(next(IDS), make())


def facts() -> GuildFacts:
    roles = {role_id: RoleFacts(role_id, f"role {role_id}", n, role_id) for n, role_id in enumerate(ids(50))}
    return GuildFacts(next(IDS), next(IDS), roles, next(iter(roles.values())), bot_may_manage_roles=True)


def everything(roles: int, named: int) -> list[object]:
    """All caches, full."""
    panels = PanelCache()
    fill(panels.clicked, lambda: panel(roles, named))
    fill(panels.linked, lambda: panel_cache._without_texts(panel(roles, named)))
    for _ in range(panel_cache.GROUPS_MAX):
        panels._groups[next(IDS), f"group {next(IDS)}"] = tuple(ids(25))
    panels._messages.update(zip(ids(panel_cache.MESSAGES_MAX), ids(panel_cache.MESSAGES_MAX), strict=True))
    guilds: Shelf[int, GuildFacts] = Shelf(FACTS_MAX, facts_weight)
    fill(guilds, facts)
    counts: places.Counts = Shelf(places.COUNTS_MAX, places.counts_weight)
    fill(counts, lambda: (clock.now(), {role_id: HolderCount(next(IDS), clock.now()) for role_id in ids(50)}))
    cooldown = Cooldown()
    for member_id in ids(2 * MEMBERS_MAX):
        for _ in range(CLICKS):
            cooldown.until(1, member_id)
    seen = OrderedDict.fromkeys(ids(interactions.SEEN_MAX)), {row: clock.now() for row in ids(places.SEEN_MAX)}
    return [panels, guilds, counts, cooldown, seen]


@pytest.mark.parametrize(("roles", "named"), [(1, 0), (100, 0), (500, 25)])
def test_all_caches_together_stay_below_32_mebibytes(roles: int, named: int) -> None:
    gc.collect()
    tracemalloc.start()
    try:
        kept = everything(roles, named)
        gc.collect()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept
    assert used <= 32 * MEBIBYTE, f"{used / MEBIBYTE:.1f} MiB"
