"""No secret of the settings is seen in anything that the bot says, however oddly it is written down."""

import json
from collections.abc import Callable

import pytest
from loguru import logger

import bot
from core import logging
from core.settings import Settings, load_settings

SECRET = "S3cretPart"
# Each as an operator may write it; what is not a database URL is refused, and that sentence must not repeat it either.
DATABASE_URLS = [
    f"postgresql://bot:{SECRET}@127.0.0.1:1/db",
    f"postgresql://bot:12/{SECRET}@127.0.0.1:1/db",
    f"postgresql://bot:{SECRET}/12@127.0.0.1:1/db",
    f"postgresql://bot:{SECRET}?x@127.0.0.1:1/db",
    f"postgresql://bot:{SECRET}#x@127.0.0.1:1/db",
    f"postgresql://bot:{SECRET}@x@127.0.0.1:1/db",
    f"postgresql://bot:{SECRET}:x@127.0.0.1:1/db",
    f"postgresql://bot:%53{SECRET}@127.0.0.1:1/db",
    f"postgresql://127.0.0.1:1/db?user=x&password={SECRET}",
    f"postgresql://bot@127.0.0.1:1/db?PASSWORD={SECRET}",
    f"postgresql:/bot:{SECRET}@127.0.0.1:1/db",
    f"mysql://bot:{SECRET}@127.0.0.1:1/db",
    f"bot:{SECRET}@127.0.0.1:1/db",
    f"host=127.0.0.1 password={SECRET}",
]
API_URLS = [f"http://me:{SECRET}@127.0.0.1:1/api", f"ftp://me:{SECRET}@127.0.0.1/api", f"http://me:12/{SECRET}@127.0.0.1:1/api"]


@pytest.fixture
def said(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Everything that bot.py says when it is started with these variables."""

    def said(**variables: str) -> str:
        defaults = {
            "DISCORD_TOKEN": "a.token",
            "DATABASE_URL": database_url,
            "DISCORD_API_URL": "http://127.0.0.1:1/api",
            "LOG_LEVEL": "trace",
        }
        for name, value in (defaults | variables).items():
            monkeypatch.setenv(name, value)
        sentence = bot.main()
        captured = capsys.readouterr()
        return f"{captured.out}{captured.err}{sentence}"

    monkeypatch.setattr("core.database.PATIENCE_SECONDS", 0.0)
    return said


@pytest.mark.parametrize("url", DATABASE_URLS)
def test_a_database_url_is_never_shown(url: str, said: Callable[..., str]) -> None:
    shown = said(DATABASE_URL=url)
    assert SECRET not in shown, shown
    assert "DATABASE_URL" in shown or "cannot be reached" in shown, shown


@pytest.mark.parametrize("url", API_URLS)
def test_nor_is_who_logs_in_at_another_api(url: str, said: Callable[..., str]) -> None:
    shown = said(DISCORD_API_URL=url)
    assert SECRET not in shown, shown
    assert "DISCORD_API_URL" in shown or "cannot be reached" in shown, shown


def test_a_password_with_a_slash_is_told_how_to_be_written(said: Callable[..., str]) -> None:
    assert "/ is written %2F" in said(DATABASE_URL=DATABASE_URLS[1])


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        ("longer", "it holds longer words", "it holds [redacted] words"),
        ("longer", "prelongerpost", "pre[redacted]post"),
        ("bot", "the bot said: bot", "the bot said: bot"),
        ("bot", "postgresql://user:bot@host/db", "postgresql://user:[redacted]@host/db"),
        ("bot", "password=bot and more", "password=[redacted] and more"),
        ("bot", "https://discord.com:443/api/v10/users/@me", "https://discord.com:443/api/v10/users/@me"),
        ("bot", "POST http://127.0.0.1:8090/api/webhooks/1/x/messages/@original", None),
    ],
)
def test_how_much_is_cut(secret: str, text: str, shown: str | None) -> None:
    assert logging.redactor([secret])(text) == (shown or logging.TOKENS.sub(lambda match: (match["before"] or "") + "[redacted]", text))


def test_the_keys_of_a_json_line_stay(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    logging.setup(Settings(discord_token="message", log_format="json"))  # pyright: ignore[reportArgumentType]
    logger.bind(level="a message").info("this message")
    entry = json.loads(capsys.readouterr().err)
    assert (entry["message"], entry["level"]) == ("this [redacted]", "a [redacted]")


def test_what_counts_as_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a.token")
    monkeypatch.setenv("DATABASE_URL", "postgresql://h/db?user=x&password=QuerySecret")
    monkeypatch.setenv("DISCORD_API_URL", "http://me:ApiSecret@127.0.0.1:1/api")
    assert set(load_settings().secrets()) == {"a.token", "QuerySecret", "ApiSecret"}
