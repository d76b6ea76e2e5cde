"""How long py-cord waits between two attempts to come back to the gateway."""

import discord.client
import discord.shard
from discord.backoff import ExponentialBackoff

DOUBLINGS = 4  # so that it never waits longer than 16 s; py-cord would wait up to 17 minutes after an outage is over


class Backoff(ExponentialBackoff[bool]):
    """py-cord's, with an end to the doubling."""

    def __init__(self) -> None:
        super().__init__()
        self._max = DOUBLINGS


def come_back_soon() -> None:
    """Make py-cord's clients and shards use this one."""
    for module in (discord.client, discord.shard):
        module.ExponentialBackoff = Backoff  # pyright: ignore[reportAttributeAccessIssue]
