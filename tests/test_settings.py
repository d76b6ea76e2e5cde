"""Where settings come from, and what is said about those that cannot be used."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger
from pydantic import ValidationError

from core import settings as module
from core.database_url import connect_arguments
from core.logging import REDACTED, redactor
from core.settings import ROOT, Settings, SettingsError, as_written, load_database_settings, load_settings, pass_on_to_libraries

TOKEN_MEANING = "the bot token from https://discord.com/developers/applications, without spaces"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but those that the test writes into its own folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for constant, name in (("ENV_FILE", ".env"), ("CONFIG_FILE", "config.toml")):
        monkeypatch.setattr(module, constant, tmp_path / name)
    for settings_class in (Settings, module.DatabaseSettings):
        monkeypatch.setitem(settings_class.model_config, "env_file", tmp_path / ".env")
        monkeypatch.setitem(settings_class.model_config, "toml_file", tmp_path / "config.toml")


@pytest.fixture
def told() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(str(message).rstrip("\n")), level="INFO", format="{message}")
    yield lines
    logger.remove(sink)


def faults() -> list[str]:
    with pytest.raises(SettingsError) as error:
        load_settings()
    return [line.removeprefix("  - ") for line in str(error.value).splitlines()[1:]]


def test_environment_wins_over_dotenv_over_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('discord_token = "toml"\nhealth_port = 1\nlog_level = "debug"\n')
    (tmp_path / ".env").write_text("HEALTH_PORT=2\nLOG_LEVEL=warning\n")
    monkeypatch.setenv("LOG_LEVEL", "error")
    settings = load_settings()
    assert (settings.discord_token.get_secret_value(), settings.health_port, settings.log_level) == ("toml", 2, "ERROR")


def test_an_empty_value_is_not_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('discord_token = "toml"\ndatabase_url = ""\n')
    (tmp_path / ".env").write_text("HEALTH_PORT=\n")
    monkeypatch.setenv("DISCORD_TOKEN", "")
    settings = load_settings()
    assert (settings.discord_token.get_secret_value(), settings.health_port, settings.database_url) == ("toml", 8080, None)


def test_lists_are_comma_separated_or_toml_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('discord_token = "t"\nshard_count = 3\nshard_ids = [0, 2]\ndisabled_cogs = ["health"]\n')
    monkeypatch.setenv("OWNER_IDS", "5, 6,")
    settings = load_settings()
    assert (settings.owner_ids, settings.shard_ids, settings.disabled_cogs) == ({5, 6}, {0, 2}, {"health"})


def test_compose_may_keep_its_variables_in_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=t\nPOSTGRES_PASSWORD=p\nCOMPOSE_PROJECT_NAME=c\n")
    assert load_settings().discord_token.get_secret_value() == "t"


def test_every_fault_is_told_at_once_with_its_place_and_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('heatlh_port = 1\nzzz = 2\nlog_format = "xml"\n')
    (tmp_path / ".env").write_text("DATABASE_MAX_CONECTIONS=3\nMEMBERS_INTENT=perhaps\n")
    monkeypatch.setenv("HEALTH_PORT", "80a")
    assert sorted(faults()) == [
        "DATABASE_MAX_CONECTIONS in .env: there is no such setting. Did you mean DATABASE_MAX_CONNECTIONS?",
        f"DISCORD_TOKEN is not set. Set it in the environment, in .env, or as discord_token in config.toml to {TOKEN_MEANING}.",
        "HEALTH_PORT in the environment, now '80a', must be a port from 1 to 65535, 0 for any free one, or off.",
        "MEMBERS_INTENT in .env, now 'perhaps', must be true or false.",
        "heatlh_port in config.toml: there is no such setting. Did you mean health_port?",
        "log_format in config.toml, now 'xml', must be text or json.",
        "zzz in config.toml: there is no such setting. Remove it.",
    ]


def test_files_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('log_level = "debug"\n', "utf-8-sig")
    (tmp_path / ".env").write_text("DISCORD_TOKEN=t\n", "utf-8-sig")
    assert load_settings().log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:p@h/d"),
        ("DATABASE_URL", "postgresql://host:port/d"),
        ("DATABASE_URL", "postgresql://host"),
        ("DATABASE_URL", "postgresql:///d?host=/run&port=many"),
        ("DATABASE_MAX_CONNECTIONS", "1"),
        ("DISCORD_TOKEN", "two words"),
        ("DISCORD_API_URL", "discord.com/api"),
        ("HEALTH_PORT", "65536"),
        ("LOG_LEVEL", "loud"),
        ("OWNER_IDS", "me"),
        ("OWNER_GUILD_ID", "0"),
        ("SHARD_COUNT", "0"),
        ("SHARD_IDS", "0"),
        ("DISABLED_COGS", "nothing"),
        ("DEFAULT_LOCALE", "xx"),
    ],
)
def test_a_bad_value_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, value)
    (fault,) = faults()
    assert fault.startswith(f"{name} in the environment")


def test_a_url_that_cannot_be_read_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:ge#heim@h/d")
    (fault,) = faults()
    assert "# as %23" in fault and "heim" not in fault


@pytest.mark.parametrize(
    "written",
    [
        "abc.d-f",
        "Bot abc.d-f",
        '"abc.d-f"',
        "'Bot abc.d-f'",
        " abc.d-f\n",
        "“abc.d-f”",
        "‘Bot abc.d-f’",
        "„abc.d-f“",
        "\u200babc.d-f\ufeff",
        "Bot “abc.d-f”",
    ],
)
def test_what_stands_around_a_token_is_left_out(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", written)
    assert load_settings().discord_token.get_secret_value() == "abc.d-f"


def test_a_changed_value_is_told(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "“t”")
    monkeypatch.setenv("DISCORD_API_URL", "'https://d.example/api'")
    monkeypatch.setenv("DATABASE_URL", '"postgresql://u@h/d"')
    monkeypatch.setenv("DATABASE_PASSWORD", '"as it is"')
    settings = load_settings()
    assert (settings.discord_api_url, settings.url()) == ("https://d.example/api", "postgresql://u:%22as%20it%20is%22@h/d")
    assert [line.partition(":")[0] for line in told] == ["DATABASE_URL", "DISCORD_API_URL", "DISCORD_TOKEN"]
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.delenv("DISCORD_API_URL")
    monkeypatch.delenv("DATABASE_URL")
    told.clear()
    load_settings()
    assert told == []


@pytest.mark.parametrize(
    ("name", "written", "field", "meant"),
    [
        ("LOG_LEVEL", "warn", "log_level", "WARNING"),
        ("LOG_LEVEL", "Warning", "log_level", "WARNING"),
        ("OWNER_IDS", "5 6", "owner_ids", {5, 6}),
        ("OWNER_IDS", "[5, 6]", "owner_ids", {5, 6}),
        ("HEALTH_HOST", "[::1]", "health_host", "::1"),
        ("DISCORD_API_URL", " https://d.example/api\n", "discord_api_url", "https://d.example/api"),
    ],
)
def test_what_is_written_otherwise_is_understood(
    name: str, written: str, field: str, meant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, written)
    assert getattr(load_settings(), field) == meant


def test_what_is_meant_for_others_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = ["TZ=Asia/Tokyo", "PUID=1000", "PYTHONUNBUFFERED=1", "HTTPS_PROXY=http://p:1", "COMPOSE_PROJECT_NAME=x", "DATABASE_USER=x"]
    others += ["SOME_OTHER=${nobody}", "NOTHING", "DISCORD_GUILD=1", "DISCORD_TOKEN_OLD=x"]
    (tmp_path / ".env").write_text("\n".join(["DISCORD_TOKEN=t", *others, ""]))
    (tmp_path / "config.toml").write_text("owner_ids = 7\n")
    monkeypatch.setenv("PORT", "3000")
    settings = load_settings()
    assert (settings.owner_ids, settings.health_port) == ({7}, 3000)


def test_what_is_meant_for_others_reaches_them_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    """As docker compose gives the whole file to the process; a name that may be a slip is told as one."""
    for name in ("NO_PROXY", "HEATLH_PORT", "ZERO", "POSTGRES_PASSWORD"):
        monkeypatch.setenv(name, "")  # so that it is taken back at the end
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", "of the environment")
    lines = "DISCORD_TOKEN=t", "HTTPS_PROXY=http://p:1", "NO_PROXY=p.example", "POSTGRES_PASSWORD=p", "HEATLH_PORT=1", "ZERO=\0"
    (tmp_path / ".env").write_text("\n".join(lines))
    pass_on_to_libraries()
    found = {name: os.environ.get(name) for name in ("HTTPS_PROXY", "NO_PROXY", "POSTGRES_PASSWORD", "ZERO")}
    assert found == {"HTTPS_PROXY": "of the environment", "NO_PROXY": "p.example", "POSTGRES_PASSWORD": None, "ZERO": None}
    assert told == [
        "HEATLH_PORT in .env: there is no such setting. Did you mean HEALTH_PORT?",
        "HTTPS_PROXY, NO_PROXY, ZERO in .env: no settings of the bot; they are put into its environment",
    ]


@pytest.mark.parametrize(
    ("file", "content"),
    [(".env", "LOG_FORMAT=Json\n"), (".env", "LOG_FORMAT=json\nDISCORD_TOKEN=\n"), ("config.toml", 'log_format = "json"\n')],
)
def test_the_form_of_the_log_is_known_where_the_settings_cannot_be_used(file: str, content: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(content)
    faults()
    assert as_written("log_format").lower() == "json"
    (tmp_path / "config.toml").write_text("this is no TOML")
    assert as_written("log_level") == ""


@pytest.mark.parametrize(
    "written", ["https://d.example/api", "https://d.example/api/", "https://d.example/api/v10", "https://d.example/api/v9/"]
)
def test_the_version_in_an_address_is_left_out(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("DISCORD_API_URL", written)
    assert load_settings().discord_api_url == "https://d.example/api"


def test_a_shard_outside_the_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DISCORD_TOKEN", "t"), ("SHARD_COUNT", "2"), ("SHARD_IDS", "0,2")):
        monkeypatch.setenv(name, value)
    (fault,) = faults()
    assert "SHARD_IDS" in fault


def test_no_secret_stands_in_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('database_url = "mysql://u:geheim@h/d"\n')
    monkeypatch.setenv("DISCORD_TOKEN", "ge heim")
    text = "\n".join(faults())
    assert "DATABASE_URL" in text.upper() and "DISCORD_TOKEN" in text and "heim" not in text


def test_no_secret_stands_where_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "geheim1")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:geheim2@h/d")
    monkeypatch.setenv("DISCORD_API_URL", "https://name:geheim3@proxy.example/api")
    settings = load_settings()
    assert settings.discord_api_url.endswith("proxy.example/api")
    assert "geheim" not in f"{settings} {settings!r}"
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:ge/heim@h/d")
    with pytest.raises(ValidationError) as refused:
        Settings()  # pyright: ignore[reportCallIssue]
    assert "heim" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("config.toml", b"discord_token = abc", r"config\.toml is not valid TOML: .*line 1"),
        ("config.toml", b"\xff", r"config\.toml cannot be read"),
        (".env", b"HEALTH_PORT=1\nwhat is this\n", r"\.env, line 2: not of the form NAME=value"),
        (".env", b"A=\xff", r"\.env cannot be read: .*Save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_named_with_its_line(name: str, content: bytes, fault: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    (said,) = faults()
    assert re.search(fault, said)


@pytest.mark.parametrize("url", ["postgresql://u@h/d", "postgresql://u:old@h/d", "postgresql://u@h/d?host=/run/pg"])
def test_the_password_may_stand_apart_as_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    password = "p@s/s:w?#$1%20"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_PASSWORD", password)
    monkeypatch.setenv("DISCORD_TOKEN", "x")
    settings = load_settings()
    arguments = connect_arguments(settings.url() or "")
    assert (arguments["user"], arguments["password"], arguments["database"]) == ("u", password, "d")
    assert password in settings.secrets()


@pytest.mark.parametrize(("written", "port"), [("off", None), ("OFF", None), ("8081", 8081)])
def test_the_health_server_can_be_off(written: str, port: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "x")
    monkeypatch.setenv("HEALTH_PORT", written)
    assert load_settings().health_port == port


def test_a_dollar_is_itself_or_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=x\nDATABASE_PASSWORD=pa$word\n")
    password = load_settings().database_password
    assert password and password.get_secret_value() == "pa$word"
    (tmp_path / ".env").write_text("DISCORD_TOKEN=x\nDATABASE_PASSWORD=pa${nobody}word\n")
    (said,) = faults()
    assert ".env, line 2: ${nobody} in DATABASE_PASSWORD" in said
    (tmp_path / ".env").write_text("A_PART=a\nDISCORD_TOKEN=x${POSTGRES_PASSWORD}\nPOSTGRES_PASSWORD=b\n".replace("A_PART=a\n", ""))
    assert load_settings()


def test_the_migration_tool_needs_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    found = load_database_settings().database_url
    assert found and found.get_secret_value() == "postgresql://u:p@h/d"


def test_the_examples_show_every_setting_and_no_other() -> None:
    names = set(Settings.model_fields)
    toml = re.sub(r"^#(?=\w+ = )", "", (ROOT / "config.toml.example").read_text(), flags=re.MULTILINE)
    assert set(tomllib.loads(toml)) == names
    dotenv = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert dotenv - {"POSTGRES_PASSWORD"} == {name.upper() for name in names}


@pytest.mark.parametrize(
    "line",
    [
        "https://discord.com/api/v10/webhooks/123/{token}/messages/@original",
        "POST /api/v10/interactions/123/{token}/callback failed",
        "the token is {token}",
        'a traceback: Client(token="{token}")',
    ],
)
@pytest.mark.parametrize(
    "token",
    [
        "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OmFiY2RlZmdoaWprbG1ub3A",
        # Not a token of anything: only shaped like a bot's.
        ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4OQ", "GabcdE", "abcdefghijklmnopqrstuvwxyz0123456789AB")),
        "secret/of?mine",
    ],
)
def test_tokens_never_reach_the_log(line: str, token: str) -> None:
    redacted = redactor(["secret/of?mine"])(line.format(token=token))
    assert token not in redacted and REDACTED in redacted


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("POST /interactions/123/{token}/callback", "tok-1"),
        ("WebSocket Event: {{'t': 'INTERACTION_CREATE', 'd': {{'token': '{token}', 'version': 1}}}}", "0f3c-77"),
        ('"data": {{"token": "{token}"}}', "short"),
        ('"message": "{{\\"token\\": \\"{token}\\"}}"', "within.json"),
    ],
)
def test_tokens_of_any_form_are_known_by_their_place(line: str, token: str) -> None:
    redacted = redactor([])(line.format(token=token))
    assert token not in redacted and REDACTED in redacted


def test_ordinary_lines_stay_as_they_are() -> None:
    line = "Panel 12 in guild 123456789012345678 posted to https://discord.com/channels/1/2/3"
    assert redactor([])(line) == line
    assert redactor(["pass%2Fw"])("postgresql://u:pass%2Fw@h and pass/w") == f"postgresql://u:{REDACTED}@h and {REDACTED}"
