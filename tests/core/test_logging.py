"""What the log says of an outage that py-cord goes on from, and of a bug."""

import io
import logging as standard_logging
from collections.abc import Iterator

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from core import logging
from core.settings import Settings


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[standard_logging.Logger]:
    """py-cord's log, sent where the bot sends it."""
    root = standard_logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers)
    before = root.handlers, root.level
    logging.setup(Settings(discord_token="token"))  # pyright: ignore[reportArgumentType]
    yield standard_logging.getLogger("discord.client")
    root.handlers, root.level = before


@pytest.mark.parametrize(
    ("error", "level", "shown"), [(ConnectionRefusedError("no way"), "WARNING", False), (KeyError("x"), "ERROR", True)]
)
def test_an_outage_is_one_line(
    error: Exception, level: str, shown: bool, log: standard_logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        raise error
    except type(error):
        log.exception("Attempting a reconnect in %.2fs", 1.8)
    said = capsys.readouterr().err
    assert level in said and "Attempting a reconnect in 1.80s" in said and str(error) in said
    assert ("Traceback" in said) is shown


def test_a_refused_handshake_is_told_without_its_headers(log: standard_logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    request = aiohttp.RequestInfo(URL("http://x"), "GET", CIMultiDictProxy(CIMultiDict({"X-Long": "headers"})), URL("http://x"))
    try:
        raise aiohttp.WSServerHandshakeError(request, (), status=520, message="odd", headers=CIMultiDict({"X-Long": "headers"}))
    except aiohttp.WSServerHandshakeError:
        log.exception("Attempting a reconnect in %.2fs", 1.8)
    said = capsys.readouterr().err
    assert "520 odd" in said and "X-Long" not in said and said.count("\n") == 1


@pytest.mark.parametrize("closed", [True, False])
def test_a_closed_stderr_is_no_failure(closed: bool, log: standard_logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr("sys.stderr", stream if closed else None)
    log.warning("nobody hears it")


def test_that_nothing_can_be_accepted_is_said_once_a_minute(
    log: standard_logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = iter([0.0, 1.0, 59.0, 61.0])
    monkeypatch.setattr(logging.time, "monotonic", lambda: next(minutes))
    for _ in range(4):
        standard_logging.getLogger("asyncio").error("socket.accept() out of system resource\nsocket: <socket>")
    assert capsys.readouterr().err.count("socket.accept()") == 2
