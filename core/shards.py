"""Which shards this process serves: one advisory lock for each, so that a second process waits as a standby and takes over.

The locks belong to a session that the server ends by itself when this process falls silent, so that one that is frozen or cut off is
replaced. This process stops sooner than the server does: what it cannot prove any more it does not act upon.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import Iterable
from contextlib import suppress
from uuid import uuid4

import asyncpg
from loguru import logger

from core.database import connect
from core.outages import FAILURES, cannot_write, is_outage, told
from core.stops import ExpectedStop
from models import shard_holder

BEAT_SECONDS = 1.0  # between two proofs that the session lives
HOLD_SECONDS = 5.0  # that the locks count as held after the last proof
DOUBT_SECONDS = 2.0  # after the last proof, then a beat was missed
IDLE_SECONDS = 8.0  # of silence after which the server ends the session; longer than we believe in it
BEAT_TIMEOUT = 3.0  # that a proof may take; then there is still time to take the locks again
RETRY_SECONDS = 0.25
STATEMENT_SECONDS = 5.0
LOCK_SECONDS = 20.0  # that one statement waits for a lock, so that a dead connection is noticed
# A limit of the server's on how long a statement may wait: the turn of another process lasts.
NOT_YET = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)

OTHER_COUNT = (
    "Another process of this bot runs with {theirs} shards, this one with {ours}: both would serve the same servers. "
    "Stop the other one first, or give both the same SHARD_COUNT."
)

# Set and not passed as startup parameters, which poolers refuse.
_SESSION = """
    SELECT set_config('idle_session_timeout', $1, false), set_config('lock_timeout', $2, false), set_config('application_name', $3, false)
"""
_UNLOCK = "SELECT pg_advisory_unlock(key) FROM unnest($1::bigint[]) AS key"
_COUNT = "SELECT pg_advisory_lock_shared($1::int, $2::int)"
_OTHERS = """
    SELECT min(objid::bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = $1::bigint::oid AND objid <> $2::bigint::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_HELD = """
    SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid = pg_backend_pid()
"""


class ShardSlots:
    """The session advisory locks of an application's shards, on a connection of their own.

    Each shard has two: who holds the first serves it; who holds the second finishes what was begun there. A process that ends lets go of
    the first at once and of the second when it is done, so that its successor serves meanwhile and takes nothing up too early.
    """

    def __init__(self, database_url: str, application_id: int | str, shard_ids: Iterable[int], shard_count: int = 1) -> None:
        self._url = database_url
        self._count = shard_count
        # In the same order everywhere, so that two processes never wait for each other.
        ordered = sorted(shard_ids)
        self._serving = {shard_id: _key("shard", application_id, shard_id) for shard_id in ordered}
        self._finishing = {shard_id: _key("finish", application_id, shard_id) for shard_id in ordered}
        self._application = _key("count", application_id, 0) & 0x7FFFFFFF
        self._session = f"rolepanel-shards-{uuid4().hex[:12]}"
        self._connection: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._shards: frozenset[int] = frozenset()
        self._proven: float | None = None
        self._proof = asyncio.Event()
        self._followed_at = -math.inf  # since when another process may not know yet that this one serves
        self._waits_for: int | None = None
        self._alone: asyncio.Event = asyncio.Event()
        self._alone_since = -math.inf
        self._leaving = False
        self._turn = asyncio.Lock()  # a connection does one thing at a time

    @property
    def held(self) -> frozenset[int]:
        """The shards that this process serves now: all of its own, or none."""
        return frozenset() if self.lapsed else self._shards

    @property
    def lapsed(self) -> bool:
        """Whether another process may be at work in this one's place: it once held the locks and cannot prove any more that it does."""
        return self._proven is not None and time.monotonic() - self._proven > HOLD_SECONDS

    @property
    def doubtful(self) -> bool:
        """Whether another process may answer beside this one: that one, or this one, was cut off and cannot know yet that it was replaced.

        The server may have ended a session without its process hearing of it, which then believes in its locks for HOLD_SECONDS.
        """
        return self._proven is not None and (self._unproven or self._leaving or self._follows)

    @property
    def _follows(self) -> bool:
        """Whether a predecessor may believe in its locks still."""
        return time.monotonic() - self._followed_at < HOLD_SECONDS

    async def certain(self) -> bool:
        """Wait until it is proven again that the session lives, or that can be believed no longer; whether it is proven."""
        while self._proven is not None and self._unproven and not self.lapsed:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._proven + HOLD_SECONDS - time.monotonic()) + RETRY_SECONDS):
                    await self._proof.wait()
        return not self.lapsed

    @property
    def _unproven(self) -> bool:
        """Whether a beat was missed, or the connection broke."""
        broken = self._connection is None or self._connection.is_closed()
        return broken or time.monotonic() - (self._proven or 0.0) > DOUBT_SECONDS

    def _prove(self, at: float) -> None:
        """Believe from now on that it was so at this moment (monotonic), and tell those who wait for it."""
        self._proven = at
        self._proof.set()
        self._proof = asyncio.Event()

    @property
    def alone(self) -> bool:
        """Whether what a predecessor left can be taken up: it is not finishing anything itself any more."""
        return self._alone.is_set() and bool(self.held)

    async def until_alone(self) -> float:
        """Wait until that is so; since when it is (monotonic), which is another moment each time that it became so."""
        await self._alone.wait()
        return self._alone_since

    @property
    def waits_for(self) -> int | None:
        """The shard that another process holds while this one is a standby."""
        return self._waits_for

    async def acquire(self) -> None:
        """Return when every lock is held; until then this process is a standby. An unreachable database is waited for.

        Raises ExpectedStop when another process counts the shards differently, or the database refuses for good.
        """
        await self._end_keeper()
        warned = False
        while True:
            try:
                async with self._turn:
                    await self._take(wait=True)
                break
            except FAILURES as error:
                self._forget()
                if not isinstance(error, NOT_YET):
                    if not is_outage(error):
                        raise ExpectedStop(told(error, self._url)) from error
                    if not warned:
                        logger.warning("The database is away, so the shards are not held: {!r}", error)
                        warned = True
            await asyncio.sleep(RETRY_SECONDS)
        self._keeper = asyncio.create_task(self._keep(), name="shard slots")

    async def lost(self) -> None:
        """Return when the locks are held no longer. Raises whatever else ended the task that keeps them."""
        assert self._keeper is not None, "acquired before"
        await asyncio.shield(self._keeper)

    async def hand_over(self) -> None:
        """Let another process serve the shards from now on, while this one finishes what it began."""
        self._leaving = True
        self._shards = frozenset()
        if self._keeper is None:  # a standby has nothing to hand over
            return
        async with self._turn:
            if self._connection:
                with suppress(*FAILURES):
                    await self._connection.execute(_UNLOCK, list(self._serving.values()), timeout=BEAT_TIMEOUT)

    async def release(self) -> None:
        """Give all locks back."""
        await self._end_keeper()
        self._shards = frozenset()
        self._alone.clear()
        if self._connection:
            with suppress(*FAILURES):
                if not self._follows:  # else the predecessor may still be at work when a successor comes
                    await self._connection.execute(shard_holder.LEAVE, list(self._serving.values()), self._session, timeout=BEAT_TIMEOUT)
                await self._connection.close(timeout=BEAT_SECONDS)
        self._forget()

    async def _end_keeper(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper:
            keeper.cancel()
            await asyncio.wait({keeper})

    def _forget(self) -> None:
        """Let go of a connection that broke, and of what was believed because of it."""
        connection, self._connection = self._connection, None
        self._shards = frozenset()
        self._alone.clear()
        if connection:
            connection.terminate()

    def _drop(self) -> None:
        """Let go of a connection that does not answer; the next look takes the locks again."""
        if self._connection:
            self._connection.terminate()

    async def _take(self, *, wait: bool) -> bool:
        """Take the locks of the shards in a session of this process; whether they are held. With `wait` other holders are waited for."""
        connection = self._connection = self._connection or await self._connect()
        await self._check_count(connection)
        at = time.monotonic()
        for shard_id, key in self._serving.items():
            if not await self._first_try(connection, key):
                if not wait:
                    return False
                if shard_id != self._waits_for:
                    logger.info("Standby: another process serves shard {}", shard_id)
                self._waits_for = shard_id
                await connection.execute("SELECT pg_advisory_lock($1)", key, timeout=LOCK_SECONDS + STATEMENT_SECONDS)
            at = time.monotonic()
        if await self._left_behind(connection) or self._waits_for is not None:
            self._followed_at = time.monotonic()
        self._shards, self._waits_for = frozenset(self._serving), None
        self._prove(at)
        await self._join(connection)
        return True

    async def _connect(self) -> asyncpg.Connection:
        connection = await connect(self._url)
        try:
            milliseconds = [str(round(seconds * 1000)) for seconds in (IDLE_SECONDS, LOCK_SECONDS)]
            await connection.execute(_SESSION, *milliseconds, self._session, timeout=STATEMENT_SECONDS)
            # A session of ours that the server still believes in, after the network broke, would stand in the way.
            await connection.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()",
                self._session,
                timeout=STATEMENT_SECONDS,
            )
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _check_count(self, connection: asyncpg.Connection) -> None:
        """Say how many shards this process counts, and hear of those who count otherwise."""
        await connection.execute(
            "SELECT pg_advisory_lock_shared($1::int, $2::int)", self._application, self._count, timeout=STATEMENT_SECONDS
        )
        theirs = await connection.fetchval(_OTHERS, self._application, self._count, timeout=STATEMENT_SECONDS)
        if theirs is not None:
            raise ExpectedStop(OTHER_COUNT.format(theirs=theirs, ours=self._count))

    async def _first_try(self, connection: asyncpg.Connection, key: int) -> bool:
        held = {row["key"] for row in await connection.fetch(_HELD, timeout=STATEMENT_SECONDS)}
        return key in held or bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", key, timeout=STATEMENT_SECONDS))

    async def _left_behind(self, connection: asyncpg.Connection) -> bool:
        """Note who holds the shards now; whether another process did, and did not end in good order."""
        try:
            return bool(
                await connection.fetchval(shard_holder.TAKE, list(self._serving.values()), self._session, timeout=STATEMENT_SECONDS)
            )
        except asyncpg.PostgresError as error:
            if not cannot_write(error):
                raise
            return True  # nobody knows

    async def _join(self, connection: asyncpg.Connection) -> None:
        """Take the second locks as far as a predecessor has let go of them."""
        if not self._alone.is_set() and all([await self._first_try(connection, key) for key in self._finishing.values()]):
            self._alone_since = time.monotonic()
            self._alone.set()

    async def _keep(self) -> None:
        """Prove again and again that the locks are held, also over a short outage; return when they are not."""
        ended = asyncio.Event()
        self._listen(ended)
        while not self.lapsed:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS if self._connection else RETRY_SECONDS):
                    await ended.wait()
            ended.clear()
            try:
                async with self._turn:
                    if self._connection and not self._connection.is_closed():
                        await self._beat(self._connection)
                        continue
                    if self._leaving:
                        break
                    if self._shards:
                        logger.warning("The connection that holds the shards broke; taking them again")
                    self._forget()
                    if not await self._take(wait=False):
                        break
                    self._listen(ended)
                    logger.info("The shards are held again")
            except FAILURES as error:
                logger.debug("The shards cannot be held right now: {!r}", error)
                self._drop()
        self._forget()
        self._prove(-math.inf)
        logger.warning("The shards are not held any more")

    def _listen(self, ended: asyncio.Event) -> None:
        if self._connection:
            self._connection.add_termination_listener(lambda _: ended.set())

    async def _beat(self, connection: asyncpg.Connection) -> None:
        at = time.monotonic()
        await connection.execute("SELECT 1", timeout=BEAT_TIMEOUT)
        self._prove(at)
        if self._shards:
            await self._join(connection)


def _key(what: str, application_id: int | str, shard_id: int) -> int:
    digest = hashlib.blake2b(f"rolepanel/{what}/{application_id}/{shard_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
