"""Which failures of the database are outages, to be waited for, and what an operator is told of all others."""

import re
import socket
import ssl
from typing import TypeGuard

import asyncpg
from loguru import logger

from core.database_url import EMBEDDED, where

# What asyncpg and the operating system raise when a connection cannot be had, is lost, or breaks in the middle of an operation.
_LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
# Everything that speaking to a database may raise.
FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# SQLSTATE 25006 and class 53.
_NO_ROOM = (asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientResourcesError)
# Certificates and settings do not mend themselves.
_FOR_GOOD = (ssl.SSLCertVerificationError, PermissionError, asyncpg.ClientConfigurationError, asyncpg.UnsupportedClientFeatureError)
# A pooler has one code for all that it says: for what it refuses for good and for a server that it cannot reach just now.
_POOLER_REFUSES = re.compile(r"unsupported|not supported|not allowed|no such|invalid|required|authentication", re.IGNORECASE)

POOLER = (
    "The bot needs connections that stay its own: connect to PostgreSQL itself, or to the pooler in session mode "
    "(providers often have another port or host name for it)."
)
_CHECK = "Check DATABASE_URL."
_PASSWORD = "Check DATABASE_PASSWORD or the password in DATABASE_URL (with docker compose POSTGRES_PASSWORD, which its first start fixed)."
_ADVICE = {
    "08P01": f"Connect to PostgreSQL itself, or remove from DATABASE_URL what the pooler does not know. {_CHECK}",
    "25006": "The bot needs a server that it can write to, not a copy or one that is set to read only.",
    "26000": POOLER,
    "28000": _CHECK,
    "28P01": f"{_PASSWORD} A % in the URL's is read as the beginning of a code, such as %40 for @.",
    "3D000": _CHECK,
    "42501": (
        "Make the bot's role the owner of the database (ALTER DATABASE … OWNER TO …), "
        "or let it create tables (GRANT USAGE, CREATE ON SCHEMA public TO …)."
    ),
    "42704": "Remove it from DATABASE_URL.",
    "42883": "The bot needs PostgreSQL 14 or newer, with all of its functions.",
    "42P05": POOLER,
    "42P07": "Give the bot an empty database, or restore a whole backup into one.",
    "53100": "Make room on its disk.",
    "53300": (
        "Let the bot's role and its database have more connections: "
        "as many as DATABASE_MAX_CONNECTIONS says, and two more while the bot starts."
    ),
}


def is_outage(error: BaseException | None) -> TypeGuard[BaseException]:
    """Whether this failure says that the database cannot be reached just now. Whoever waits for the end of anything else waits for ever."""
    if isinstance(error, asyncpg.ProtocolViolationError):
        return not _POOLER_REFUSES.search(_sentence(error))
    return isinstance(error, _LOST) and not isinstance(error, _FOR_GOOD)


def cannot_write(error: BaseException | None) -> BaseException | None:
    """The failure below this one that says that the server is there and takes no changes: it is read-only, or has no room."""
    seen = 0
    while error is not None and seen < 8:
        if isinstance(error, _NO_ROOM) and not isinstance(error, asyncpg.TooManyConnectionsError):
            return error
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None


class Trouble:
    """What is wrong with the database, told once when it begins and once when it is over."""

    def __init__(self) -> None:
        self._told: str | None = None

    @property
    def lasts(self) -> bool:
        """Whether its end is still to be told."""
        return self._told is not None

    def met(self, error: BaseException) -> None:
        """Something failed."""
        if cause := cannot_write(error):
            self._tell("takes no changes", cause)
        elif is_outage(source := _source(error)):
            self._tell("cannot be reached", source)

    def worked(self, *, wrote: bool) -> None:
        """Something succeeded."""
        if self._told and (wrote or self._told == "cannot be reached"):
            logger.info("The database works again")
            self._told = None

    def _tell(self, what: str, cause: BaseException) -> None:
        if self._told != what:
            self._told = what
            logger.warning("The database {}: {}", what, _sentence(cause) or type(cause).__name__)


def told(error: BaseException, url: str) -> str:
    """What ended the work with the database, in the words of whoever refused it, and what to do about it."""
    said = _told(error, url)
    # Nobody set it where the database is the embedded one.
    return said.replace(_CHECK, "See server.log beside its data.") if url.startswith(EMBEDDED) else said


def _told(error: BaseException, url: str) -> str:
    error = _source(error)
    sentence = _sentence(error)
    code = getattr(error, "sqlstate", None)
    if code and not (is_outage(error) and code.startswith(("08", "57"))):
        return " ".join(filter(None, (f"The database at {where(url)} refuses the bot: {sentence}.", _ADVICE.get(code))))
    asleep = isinstance(error, ConnectionRefusedError | FileNotFoundError | TimeoutError) or not sentence or code
    advice = f"Is it running? {_CHECK}" if asleep and not isinstance(error, socket.gaierror) else _CHECK
    return f"The database at {where(url)} cannot be reached: {sentence or 'no answer'}. {advice}"


def _source(error: BaseException) -> BaseException:
    """The driver's failure below the one that Tortoise makes of it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, FAILURES):
            return seen
        seen = seen.__cause__ or seen.__context__
    return error


def _sentence(error: BaseException) -> str:
    """The failure's own sentence, without the hints below it, which speak to programmers."""
    if isinstance(error, asyncpg.PostgresError) and error.args:
        return str(error.args[0]).rstrip(".")
    return (str(error).splitlines() or [""])[0].rstrip(".")
