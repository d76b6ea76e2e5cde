"""The one place where the operator's settings come in: environment, then `.env`, then `config.toml`."""

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from loguru import logger
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.database_url import UrlFault, check_url, with_password
from core.errors import ExpectedStop
from core.i18n import available

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
CONFIG_FILE = ROOT / "config.toml"
# docker compose reads the same .env for its own variables, and hosting panels write there what is meant for the image or for Python.
FOREIGN_PREFIXES = ("postgres_", "compose_", "docker_", "image_", "lc_", "python")
FOREIGN_NAMES = frozenset({"tz", "lang", "language", "puid", "pgid", "umask"})

AnySettings = TypeVar("AnySettings", bound=BaseSettings)


class SettingsError(ExpectedStop):
    """Settings that cannot be used; the message lists every fault with its place and its mend."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value] if isinstance(value, int) else value  # one number in config.toml


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _unless_off(value: object) -> object:
    return None if value is False or (isinstance(value, str) and value.strip().lower() in ("off", "false", "no", "none")) else value


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8-sig"))  # some editors begin a file with a byte order mark


def _platforms_port() -> int:
    """PORT is what platforms that run containers tell them to listen on."""
    port = os.environ.get("PORT", "")
    return int(port) if port.isdecimal() and int(port) < 65536 else 8080


Snowflake = Annotated[int, Field(gt=0, lt=2**64)]


class _WithoutForeign(DotEnvSettingsSource):
    """`.env` without the variables that are meant for docker compose."""

    def __call__(self) -> dict[str, Any]:
        return {
            name: value for name, value in super().__call__().items() if not (name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES)
        }


class _WithoutEmpty(TomlConfigSettingsSource):
    """`config.toml`, where an empty string means "not set", as it does in the environment."""

    def _read_file(self, file_path: Path) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _read_toml(file_path)

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if value != ""}


class DatabaseSettings(BaseSettings):
    """What is needed to reach the database. Each field's description completes the sentence "it must be …"."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8-sig", toml_file=CONFIG_FILE, env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="a URL such as postgresql://user:password@host:5432/database (in the password / is written %2F, @ %40, : %3A, ? %3F, "
        "# %23 and % %25), or not set for the embedded PostgreSQL",
    )
    database_password: SecretStr | None = Field(default=None, description="the password of the database, written as it is")
    database_max_connections: int = Field(default=5, ge=2, le=500, description="a whole number from 2 to 500")

    data_dir: Path = Field(default=ROOT / "data", description="a folder for the embedded PostgreSQL's data")

    def url(self) -> str | None:
        """DATABASE_URL with its password. (Where neither says one, the driver takes PGPASSWORD.)"""
        password = self.database_password.get_secret_value() if self.database_password else None
        return with_password(self.database_url.get_secret_value(), password) if self.database_url else None

    @field_validator("data_dir")
    @classmethod
    def _from_here(cls, value: Path) -> Path:
        return ROOT / value.expanduser()  # a path that begins with / stays what it is

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        check_url(value.get_secret_value())
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First wins: environment, `.env`, `config.toml`."""
        return init_settings, EnvSettingsSource(settings_cls), _WithoutForeign(settings_cls), _WithoutEmpty(settings_cls)


class Settings(DatabaseSettings):
    """Everything an operator can set; README.md explains each."""

    model_config = SettingsConfigDict(extra="forbid")

    discord_token: SecretStr = Field(description="the bot token from https://discord.com/developers/applications, without spaces")
    log_level: Annotated[Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", description="trace, debug, info, warning or error"
    )
    log_format: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = Field(default="text", description="text or json")
    health_host: str = Field(default="127.0.0.1", description="an address of this machine")
    health_port: Annotated[Annotated[int, Field(ge=0, le=65535)] | None, BeforeValidator(_unless_off)] = Field(
        default_factory=_platforms_port, description="a port from 1 to 65535, 0 for any free one, or off"
    )
    owner_ids: Annotated[frozenset[Snowflake], NoDecode, BeforeValidator(_split)] = Field(
        default=frozenset(), description="Discord user ids, separated by commas"
    )
    owner_guild_id: Snowflake | None = Field(default=None, description="the id of a Discord server")
    discord_api_url: str = Field(
        default="https://discord.com/api",
        pattern=r"^https?://[^/\s]",
        repr=False,  # it may hold a name and a password
        description="an http(s) URL such as https://discord.com/api",
    )
    shard_count: int | None = Field(default=None, ge=1, description="a whole number from 1, or not set for what Discord recommends")
    shard_ids: Annotated[frozenset[int] | None, NoDecode, BeforeValidator(_split)] = Field(
        default=None, description="shard numbers from 0 to SHARD_COUNT - 1, separated by commas, together with SHARD_COUNT"
    )
    members_intent: bool = Field(default=False, description="true or false")
    disabled_cogs: Annotated[frozenset[str], NoDecode, BeforeValidator(_split)] = Field(
        default=frozenset(), description="names of the folders in cogs/, separated by commas"
    )
    default_locale: str = Field(default="en", description=f"one of the languages in locales/: {', '.join(available())}")

    @field_validator("discord_token", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        """The token alone: people copy what stands around it, too."""
        if not isinstance(value, str):
            return value
        bare = value.strip().strip("\"'").removeprefix("Bot ").strip()
        if bare != value:
            logger.warning("DISCORD_TOKEN: the quotes, the spaces or the word Bot around the token were left out")
        return bare

    @field_validator("discord_token")
    @classmethod
    def _is_one_word(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"\S+", value.get_secret_value()):
            raise ValueError("not one word")
        return value

    @field_validator("discord_api_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return re.sub(r"(/v\d+)?/*$", "", value.rstrip("/"))  # which version of the API is spoken is not a matter of taste

    @field_validator("shard_ids")
    @classmethod
    def _are_shards(cls, value: frozenset[int] | None, info: ValidationInfo) -> frozenset[int] | None:
        if value is not None and not (value and set(value) <= set(range(info.data.get("shard_count") or 0))):
            raise ValueError("not within SHARD_COUNT")
        return value

    @field_validator("disabled_cogs")
    @classmethod
    def _are_cogs(cls, value: frozenset[str]) -> frozenset[str]:
        if not value <= {path.parent.name for path in (ROOT / "cogs").glob("*/__init__.py")}:
            raise ValueError("not the name of a cog")
        return value

    @field_validator("default_locale")
    @classmethod
    def _has_catalogue(cls, value: str) -> str:
        if value not in available():
            raise ValueError("no catalogue")
        return value

    def secrets(self) -> tuple[str, ...]:
        """The values that must never reach a log."""
        urls = [self.discord_api_url, *([self.database_url.get_secret_value()] if self.database_url else [])]
        alone = [self.discord_token, *([self.database_password] if self.database_password else [])]
        found = [*(secret.get_secret_value() for secret in alone), *(secret for url in urls for secret in _secrets_of(url))]
        return tuple(filter(None, [*found, os.environ.get("PGPASSWORD")]))


def _secrets_of(url: str) -> list[str]:
    """What of a URL must not be seen: its password, in both places that one may stand in."""
    parts = urlsplit(url)
    named = [value for name, values in parse_qs(parts.query).items() if name.endswith(("password", "pwd")) for value in values]
    return [*filter(None, [parts.password]), *named]


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError, which names every fault at once."""
    return _load(Settings)


def load_database_settings() -> DatabaseSettings:
    """Read what the migration tool needs; no token is asked for. Raises SettingsError."""
    return _load(DatabaseSettings)


def _load(settings_class: type[AnySettings]) -> AnySettings:
    if unreadable := [fault for fault in (_fault_in_toml(), _fault_in_dotenv()) if fault]:
        raise SettingsError(_listed(unreadable))
    try:
        return settings_class()
    except ValidationError as error:
        faults = [_sentence(settings_class, detail) for detail in error.errors(include_url=False)]
        raise SettingsError(_listed(dict.fromkeys(faults))) from None


def _listed(faults: Any) -> str:
    return "The bot cannot start with these settings:\n" + "\n".join(f"  - {fault}" for fault in faults)


def _fault_in_toml() -> str | None:
    try:
        if CONFIG_FILE.exists():
            _read_toml(CONFIG_FILE)
    except tomllib.TOMLDecodeError as error:
        return f'{CONFIG_FILE.name} is not valid TOML: {error}. Text needs quotes: discord_token = "…"'
    except (OSError, UnicodeDecodeError) as error:
        return f"{CONFIG_FILE.name} cannot be read: {error}"
    return None


def _fault_in_dotenv() -> str | None:
    try:
        if not ENV_FILE.exists():
            return None
        with ENV_FILE.open(encoding="utf-8-sig") as file:
            bindings = list(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        return f"{ENV_FILE.name} cannot be read: {error}"
    if bad := [str(binding.original.line) for binding in bindings if binding.error]:
        return f"{ENV_FILE.name}, line {', '.join(bad)}: not of the form NAME=value"
    known = {binding.key for binding in bindings} | os.environ.keys()
    for binding in bindings:
        for name in re.findall(r"\$\{([^}:]*)\}", binding.value or ""):
            if name not in known:
                return (
                    f"{ENV_FILE.name}, line {binding.original.line}: ${{{name}}} in {binding.key} stands for a variable that is not set. "
                    "Choose a value without ${, or set it in the environment."
                )
    return None


def _place(name: str) -> tuple[str, str] | None:
    """Where the value in force stands and the name it has there, in the order of precedence."""
    for variable, value in os.environ.items():
        if variable.lower() == name and value:
            return "the environment", variable
    return _place_in_files(name)


def _place_in_files(name: str) -> tuple[str, str] | None:
    for variable, value in (dotenv_values(ENV_FILE, encoding="utf-8-sig") if ENV_FILE.exists() else {}).items():
        if variable.lower() == name and value:
            return ENV_FILE.name, variable
    if CONFIG_FILE.exists() and name in _read_toml(CONFIG_FILE):
        return CONFIG_FILE.name, name
    return None


def _sentence(settings_class: type[BaseSettings], detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    if name not in settings_class.model_fields:
        return _unknown(name, list(settings_class.model_fields))
    field, place = settings_class.model_fields[name], _place(name)
    if place is None:
        return f"{name.upper()} is not set. Set it in the environment, in .env, or as {name} in config.toml to {field.description}."
    shown = "" if "Secret" in str(field.annotation) else f", now {detail['input']!r},"
    fault = detail.get("ctx", {}).get("error")
    reason = f": {fault}" if isinstance(fault, UrlFault) else ""
    return f"{place[1]} in {place[0]}{shown} must be {field.description}{reason}."


def _unknown(name: str, known: list[str]) -> str:
    file, written = _place_in_files(name) or (CONFIG_FILE.name, name)
    near = difflib.get_close_matches(name.lower(), known, n=1)
    suggestion = near[0] if near and file == CONFIG_FILE.name else "".join(near).upper()
    return f"{written} in {file}: there is no such setting. " + (f"Did you mean {suggestion}?" if near else "Remove it.")
