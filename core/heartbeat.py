"""Leaves a gateway connection whose heartbeats are not acknowledged, as Discord asks (py-cord waits a minute for any frame at all)."""

import threading
from typing import Any

import discord
import discord.gateway
from discord.gateway import DiscordWebSocket, KeepAliveHandler

UNACKNOWLEDGED = 1.5  # heartbeats; py-cord looks when one is due, so the second without an acknowledgement is not sent


class Heart(KeepAliveHandler):
    """py-cord's thread, which closes a connection that has been silent for its time-out; here only acknowledgements break the silence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.interval:
            self.heartbeat_timeout = min(self.heartbeat_timeout, UNACKNOWLEDGED * self.interval)

    def tick(self) -> None:
        """A frame came; it may be one of a connection that only seems alive."""

    def ack(self) -> None:
        """A heartbeat was acknowledged."""
        super().ack()
        self._last_recv = self._last_ack


def expect_acknowledgements() -> None:
    """Make py-cord's gateway connections use this heart."""
    discord.gateway.KeepAliveHandler = Heart


def beating(bot: discord.Client) -> list[DiscordWebSocket]:
    """The bot's gateway connections that still beat. One that has not identified yet is known nowhere else."""
    hearts = [thread for thread in threading.enumerate() if isinstance(thread, Heart)]
    return [heart.ws for heart in hearts if heart.ws._connection is bot._connection]
