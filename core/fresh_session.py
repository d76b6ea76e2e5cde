"""Goes over from a shard's session to a fresh one without a moment between them: the old one is left once the fresh one is there.

Discord allows several sessions of one shard at the same time and sends events to each
(https://docs.discord.com/developers/events/gateway#sharding), and the gate handles what comes twice once. So when no fresh session can be
had, the old one goes on and nothing is lost.
"""

import asyncio
from contextlib import suppress
from typing import Protocol

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

CONNECT_SECONDS = 30.0  # until the fresh connection has said hello
READY_SECONDS = 30.0  # until its session has begun
OVER_SECONDS = 5.0  # until py-cord reads from it
READ_OUT_SECONDS = 2.0  # for what the old one still brings
AGAIN_SECONDS = 0.1
# What can end or keep away a connection, whoever is to blame.
BROKEN = (
    *(OSError, TimeoutError, RuntimeError, aiohttp.ClientError),
    *(discord.HTTPException, discord.GatewayNotFound, discord.ConnectionClosed, ReconnectWebSocket),
)


class Holder(Protocol):
    """What py-cord reads a shard's events through: the client itself, or one shard of several. It reads whatever `ws` is at the moment."""

    ws: DiscordWebSocket


async def identified(bot: discord.Client, shard_id: int | None) -> DiscordWebSocket:
    """A second connection of a shard on which IDENTIFY was just sent, without a pause. Raises one of BROKEN."""
    async with asyncio.timeout(CONNECT_SECONDS):
        return await DiscordWebSocket.from_client(bot, initial=True, shard_id=shard_id)


async def go_over(holder: Holder, fresh: DiscordWebSocket) -> None:
    """Wait for READY of the fresh session, have py-cord read that one from then on, and leave the old one.

    Raises one of BROKEN when it does not begin; then nothing has changed.
    """
    try:
        async with asyncio.timeout(READY_SECONDS):
            while fresh.session_id is None:
                await fresh.poll_event()
    except BaseException:
        await _leave(fresh, 1000)
        raise
    # From READY on, py-cord knows only the servers of the fresh session: there is no way back.
    read = _Reading(fresh)
    old: dict[DiscordWebSocket, float | None] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(OVER_SECONDS):
            while not read.begun.is_set():
                if holder.ws is not fresh:  # also one that py-cord has reconnected meanwhile
                    old[holder.ws] = _acknowledged(holder.ws)
                    holder.ws, one = fresh, holder.ws
                    await _beat(one)  # py-cord waits for a frame of the old one before it looks for the next
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_SECONDS):
                        await read.begun.wait()
    if not read.begun.is_set():
        # It has left the old connection in another way, or is stuck with it: then it resumes the fresh session, and misses nothing.
        await asyncio.gather(*(_leave(one, 4000) for one in (fresh, *old)))
        return
    for one, acknowledged in old.items():
        await _read_out(one, acknowledged)
    await asyncio.gather(*(_leave(one, 1000) for one in old))


class _Reading:
    """Tells when py-cord begins to read from a connection, and is out of the way from then on."""

    def __init__(self, socket: DiscordWebSocket) -> None:
        self.begun = asyncio.Event()
        self._socket, self._read = socket, socket.poll_event
        socket.poll_event = self._first

    async def _first(self) -> None:
        del self._socket.poll_event
        self.begun.set()
        await self._read()


def _acknowledged(socket: DiscordWebSocket) -> float | None:
    heart = socket._keep_alive
    return heart._last_ack if heart else None


async def _beat(socket: DiscordWebSocket) -> None:
    """Ask for a frame, which comes behind everything that was sent before."""
    heart = socket._keep_alive
    if heart:
        with suppress(*BROKEN):
            await socket.send_heartbeat(heart.get_payload())


async def _read_out(socket: DiscordWebSocket, acknowledged: float | None) -> None:
    """Read what was sent before the heartbeat that asked for it."""
    with suppress(*BROKEN):
        async with asyncio.timeout(READ_OUT_SECONDS):
            while _acknowledged(socket) == acknowledged is not None:
                await socket.poll_event()


async def _leave(socket: DiscordWebSocket, code: int) -> None:
    with suppress(*BROKEN):
        async with asyncio.timeout(READ_OUT_SECONDS):
            await socket.close(code=code)
