"""Which shards this process serves: one advisory lock for each, so that a second process waits as a standby and takes over."""

import asyncio
import hashlib
from collections.abc import Iterable
from contextlib import suppress
from uuid import uuid4

import asyncpg
from loguru import logger

from core.database import connect

POLL_SECONDS = 1.0
BEAT_SECONDS = 5.0
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
# A machine that vanished without a word must not keep its locks for the two hours that TCP would wait.
KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}

HELD_KEYS = """
    SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND pid = pg_backend_pid()
"""


class ShardSlots:
    """The session advisory locks of an application's shards, on a connection of their own.

    `lost` is set when the connection broke and another process had a lock before it could be taken again.
    """

    def __init__(self, database_url: str, application_id: int | str, shard_ids: Iterable[int]) -> None:
        self._url = database_url
        # In the same order everywhere, so that two processes never wait for each other.
        self._keys = {shard_id: _key(application_id, shard_id) for shard_id in sorted(shard_ids)}
        self._session = f"rolepanel-shards-{uuid4().hex[:12]}"
        self._connection: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._held: frozenset[int] = frozenset()
        self._waits_for: int | None = None
        self.lost = asyncio.Event()

    @property
    def held(self) -> frozenset[int]:
        """The shards that this process serves now: all of its own, or none."""
        return self._held

    @property
    def waits_for(self) -> int | None:
        """The shard that another process holds while this one is a standby."""
        return self._waits_for

    async def acquire(self) -> None:
        """Return when every lock is held; until then this process is a standby. An unreachable database is waited for."""
        self._connection = await self._connect()
        while (taken := await self._taken_elsewhere()) is not None:
            if taken != self._waits_for:
                logger.info("Standby: another process serves shard {}", taken)
            self._waits_for = taken
            await asyncio.sleep(POLL_SECONDS)
        self._held, self._waits_for = frozenset(self._keys), None
        self._keeper = asyncio.create_task(self._keep(), name="shard slots")

    async def release(self) -> None:
        """Give the locks back; another process may take over at once."""
        self._held = frozenset()
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        if self._connection:
            with suppress(*AWAY):
                await self._connection.close(timeout=POLL_SECONDS)
            self._connection = None

    async def _connect(self) -> asyncpg.Connection:
        warned = False
        while True:
            try:
                return await connect(self._url, application_name=self._session, **KEEPALIVE)
            except AWAY as error:
                if not warned:
                    logger.warning("The database is away, so the shards are not held: {}", error)
                warned = True
            await asyncio.sleep(POLL_SECONDS)

    async def _taken_elsewhere(self) -> int | None:
        """Take the locks not yet held by this session, in order; the first that another process has, or None."""
        while True:
            connection = self._connection or await self._connect()
            self._connection = connection
            try:
                # A session of ours that the server still believes in, after the network broke, would stand in the way.
                await connection.execute(
                    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()",
                    self._session,
                    timeout=BEAT_SECONDS,
                )
                return await self._first_refused(connection)
            except AWAY:
                connection.terminate()
                self._connection = None
                await asyncio.sleep(POLL_SECONDS)

    async def _first_refused(self, connection: asyncpg.Connection) -> int | None:
        held = await connection.fetch(HELD_KEYS, timeout=BEAT_SECONDS)
        mine = {row["key"] for row in held}
        for shard_id, key in self._keys.items():
            if key not in mine and not await connection.fetchval("SELECT pg_try_advisory_lock($1)", key, timeout=BEAT_SECONDS):
                return shard_id
        return None

    async def _keep(self) -> None:
        """Hold on to the locks, also over an outage of the database."""
        while self._connection:
            await _broken(self._connection)
            self._held, self._connection = frozenset(), None
            logger.warning("The connection that holds the shards broke; taking them again")
            if await self._taken_elsewhere() is not None:
                logger.error("Another process took over this one's shards")
                self.lost.set()
                return
            self._held = frozenset(self._keys)
            logger.info("The shards are held again")


async def _broken(connection: asyncpg.Connection) -> None:
    """Return when the connection ended, or does not answer any more."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    while not (connection.is_closed() or ended.is_set()):
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await ended.wait()
        except TimeoutError:
            try:
                await connection.execute("SELECT 1", timeout=BEAT_SECONDS)
            except AWAY:
                connection.terminate()
                return


def _key(application_id: int | str, shard_id: int) -> int:
    digest = hashlib.blake2b(f"rolepanel/shard/{application_id}/{shard_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
