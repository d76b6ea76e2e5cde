"""One log for everything: loguru on stderr, the standard library's records sent through it, secrets taken out of every line."""

import json
import logging
import math
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from loguru import logger

from core.settings import Settings, as_written

if TYPE_CHECKING:
    from loguru import Message

TEXT = "{time:YYYY-MM-DD HH:mm:ss.SSSZ} {level:<8} {name} | {message}"
REDACTED = "[redacted]"
ACCEPT_FAILS = "socket.accept() out of system resource"
# Whoever holds an interaction's token can answer in the bot's name for 15 minutes, and the bot's own token looks like the second form.
TOKENS = re.compile(
    r"""(?P<before>/(?:webhooks|interactions)/\d+/|\\?["']token\\?["']: ?\\?["'])[\w.~%=:+-]+"""
    r"|aW50ZXJhY3Rpb24[\w=-]{16,}|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
)
# What stands as a password before the host of a URL, or in its query. `@me` and `@original` belong to Discord's own paths.
USERINFO = re.compile(r"""(?P<before>\b[a-z][a-z0-9+.-]*://[^\s/'"@:]*:)[^\s'"]*(?=@(?!me\b|original\b))""", re.IGNORECASE)
PASSWORDS = re.compile(r"""(?P<before>\b(?:[a-z]*password|[a-z]*pwd|secret)=)[^\s&'"]+""", re.IGNORECASE)
SHORT = 6  # characters: fewer stand in many a word by chance, so such a secret is cut only where it stands as a password
# Below these levels the libraries log statement values, payloads of the gateway or each probe.
QUIET = {
    "tortoise": logging.INFO,
    "aerich": logging.INFO,
    "asyncio": logging.INFO,
    "aiohttp.access": logging.WARNING,
    "discord.utils": logging.ERROR,  # it warns that voice is not installed, which this bot has no use for
}


def setup(settings: Settings) -> None:
    """Send everything that is logged, warned or raised unhandled in this process to stderr, in the form that the settings ask for."""
    _send(settings.log_format, settings.log_level, settings.secrets())


def setup_without_settings() -> None:
    """The same for what has to be said before there are settings, or why there are none; in JSON where that is asked for."""
    _send(as_written("log_format").lower(), "INFO", ())


def _send(form: str, level: str, secrets: Iterable[str]) -> None:
    redact = redactor(secrets)
    logger.remove()
    sink = _json_sink if form == "json" else _text_sink
    logger.add(sink(redact), level=level, format=TEXT, backtrace=False, diagnose=False)
    to_loguru = _ToLoguru()
    to_loguru.addFilter(_OnceAMinute())
    logging.basicConfig(handlers=[to_loguru], level=logger.level(level).no, force=True)
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(max(floor, logging.getLogger().level))
    logging.captureWarnings(True)
    sys.excepthook = _log_unhandled


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that takes these secrets, in any spelling a log line may hold them in, and all Discord tokens out of a text."""
    spellings = {spelling for secret in secrets for spelling in (secret, quote(secret, safe=""), unquote(secret), json.dumps(secret)[1:-1])}
    ordered = [re.escape(text) for text in sorted(spellings, key=len, reverse=True) if len(text) >= SHORT]
    literal = re.compile("|".join(ordered) or r"(?!)")
    patterns = (USERINFO, PASSWORDS, TOKENS)

    def redact(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(lambda match: (match["before"] or "") + REDACTED, text)
        return literal.sub(REDACTED, text)

    return redact


def _text_sink(redact: Callable[[str], str]) -> "Callable[[Message], None]":
    def write(message: "Message") -> None:
        _write(redact(message))

    return write


def _json_sink(redact: Callable[[str], str]) -> "Callable[[Message], None]":
    def write(message: "Message") -> None:
        record = message.record
        entry = {
            "time": record["time"].isoformat(),
            "level": record["level"].name,
            "logger": record["name"],
            "message": redact(record["message"]),
            **{name: value if isinstance(value, int | float | None) else redact(str(value)) for name, value in record["extra"].items()},
        }
        if (raised := record["exception"]) and raised.value:
            entry["exception"] = redact("".join(traceback.format_exception(raised.value)))
        # Values only: what reads the log relies on the keys.
        _write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")

    return write


def _write(text: str) -> None:
    """To stderr; where that is closed there is nobody to tell."""
    with suppress(OSError, ValueError):
        if sys.stderr:
            sys.stderr.write(text)


def _outage(told_by: str, error: BaseException | None) -> str | None:
    """What a library logs with a traceback before it tries again, in a few words (aiohttp's own show headers); None for a bug.

    The log is there before the libraries, which take long to import.
    """
    import aiohttp
    import discord

    from core.outages import is_outage

    of_discord = (OSError, TimeoutError, aiohttp.ClientError, discord.GatewayNotFound, discord.HTTPException, discord.ConnectionClosed)
    if not (is_outage(error) if told_by.startswith("asyncpg") else told_by.startswith("discord.") and isinstance(error, of_discord)):
        return None
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{type(error).__name__}: {error.status} {error.message}"
    return repr(error)


class _OnceAMinute(logging.Filter):
    """Lets through once a minute what asyncio says every second while no connection can be accepted."""

    _next = -math.inf

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(ACCEPT_FAILS):
            return True
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + 60.0
        return True


class _ToLoguru(logging.Handler):
    """Hands a record of the standard library to loguru, with the level and the place it was logged at."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        frame: FrameType | None = logging.currentframe()
        depth = 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        text, raised = record.getMessage(), record.exc_info
        if raised and (outage := _outage(record.name, raised[1])):
            level, text, raised = "WARNING", f"{text} ({outage})", None
        logger.opt(depth=depth, exception=raised).log(level, "{}", text)


def _log_unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logger.opt(exception=(kind, error, trace)).critical("The bot stopped because of an unexpected error")
