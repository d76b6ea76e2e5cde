"""The one place where the operator's settings come in: environment, then `.env`, then `config.toml`."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from loguru import logger
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
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

from core import spelling
from core.database_url import UrlFault, check_url, with_password
from core.i18n import available
from core.stops import ExpectedStop

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
CONFIG_FILE = ROOT / "config.toml"
AS_IT_IS = ("database_password", "discord_token")  # a password may begin and end with anything, and a token is read by a rule of its own
COMPOSES_OWN = ("postgres_", "compose_", "docker_")  # docker compose reads the same .env for its own variables

AnySettings = TypeVar("AnySettings", bound=BaseSettings)


class SettingsError(ExpectedStop):
    """Settings that cannot be used; the message lists every fault with its place and its mend."""


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8-sig"))  # some editors begin a file with a byte order mark


def _platforms_port() -> int:
    """PORT is what platforms that run containers tell them to listen on."""
    port = os.environ.get("PORT", "")
    return int(port) if port.isdecimal() and int(port) < 65536 else 8080


Snowflake = Annotated[int, Field(gt=0, lt=2**64)]


class _OwnInDotenv(DotEnvSettingsSource):
    """What `.env` holds for this bot; others read it, too."""

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if name in self.settings_cls.model_fields}


class _WithoutEmpty(TomlConfigSettingsSource):
    """`config.toml`, where an empty string means "not set", as it does in the environment."""

    def _read_file(self, file_path: Path) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _read_toml(file_path)

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if value != ""}


class DatabaseSettings(BaseSettings):
    """What is needed to reach the database. Each field's description completes the sentence "it must be …"."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        toml_file=CONFIG_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # what was refused may be a password
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

    @model_validator(mode="before")
    @classmethod
    def _without_quotes(cls, values: dict[str, Any]) -> dict[str, Any]:
        written = {name: value.strip() for name, value in values.items() if isinstance(value, str) and name not in AS_IT_IS}
        meant = {name: spelling.unquoted(value) for name, value in written.items()}
        for name in written:
            if meant[name] != written[name]:
                logger.warning("{}: the quotes around it were left out", name.upper())
        return {**values, **meant}

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
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names them
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names them
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First wins: environment, `.env`, `config.toml`."""
        return init_settings, EnvSettingsSource(settings_cls), _OwnInDotenv(settings_cls), _WithoutEmpty(settings_cls)


class Settings(DatabaseSettings):
    """Everything an operator can set; docs/operating.md explains each."""

    model_config = SettingsConfigDict(extra="forbid")

    discord_token: SecretStr = Field(description="the bot token from https://discord.com/developers/applications, without spaces")
    log_level: Annotated[Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(spelling.level)] = Field(
        default="INFO", description="trace, debug, info, warning or error"
    )
    log_format: Annotated[Literal["text", "json"], BeforeValidator(spelling.lower)] = Field(default="text", description="text or json")
    health_host: Annotated[str, BeforeValidator(spelling.unbracketed)] = Field(
        default="127.0.0.1", description="an address of this machine"
    )
    health_port: Annotated[Annotated[int, Field(ge=0, le=65535)] | None, BeforeValidator(spelling.unless_off)] = Field(
        default_factory=_platforms_port, description="a port from 1 to 65535, 0 for any free one, or off"
    )
    owner_ids: Annotated[frozenset[Snowflake], NoDecode, BeforeValidator(spelling.listed)] = Field(
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
    shard_ids: Annotated[frozenset[int] | None, NoDecode, BeforeValidator(spelling.listed)] = Field(
        default=None, description="shard numbers from 0 to SHARD_COUNT - 1, separated by commas, together with SHARD_COUNT"
    )
    members_intent: bool = Field(default=False, description="true or false")
    disabled_cogs: Annotated[frozenset[str], NoDecode, BeforeValidator(spelling.listed)] = Field(
        default=frozenset(), description="names of the folders in cogs/, separated by commas"
    )
    default_locale: str = Field(default="en", description=f"one of the languages in locales/: {', '.join(available())}")

    @field_validator("discord_token", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        """The token alone: people copy what stands around it, too."""
        if not isinstance(value, str):
            return value
        bare = spelling.bare_token(value)
        if bare != value:
            logger.warning("DISCORD_TOKEN: what stood around the token (quotes, spaces, the word Bot) was left out")
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
        raise SettingsError(_listed(dict.fromkeys([*faults, *_misspelt().values()]))) from None


def pass_on_to_libraries() -> None:
    """Put what `.env` holds for others, such as HTTPS_PROXY, into the environment, as docker compose does, and tell of it."""
    others, misspelt = _others_in_dotenv(), _misspelt()
    for name, value in others.items():
        with suppress(ValueError):  # no variable can hold a zero byte
            os.environ.setdefault(name, value)
    for sentence in misspelt.values():
        logger.warning("{}", sentence)
    if plain := [name for name in others if name not in misspelt]:
        logger.info("{} in {}: no settings of the bot; they are put into its environment", ", ".join(plain), ENV_FILE.name)


def as_written(name: str) -> str:
    """What stands for a setting, unchecked: for what has to be said even where the settings cannot be used."""
    with suppress(OSError, ValueError):  # a file that cannot be read is told of elsewhere
        if found := _place(name):
            return str(found[2])
    return ""


def _others_in_dotenv() -> dict[str, str]:
    foreign = {name: value or "" for name, value in _dotenv().items() if name.lower() not in Settings.model_fields}
    return {name: value for name, value in foreign.items() if not name.lower().startswith(COMPOSES_OWN)}


def _misspelt() -> dict[str, str]:
    """The names in `.env` that look like a setting's, each with what to say. They may be another program's, and stop nothing alone."""
    similar = ((name, _similar(name)) for name in _others_in_dotenv())
    return {name: f"{name} in {ENV_FILE.name}: there is no such setting. Did you mean {meant.upper()}?" for name, meant in similar if meant}


def _similar(name: str) -> str | None:
    return next(iter(difflib.get_close_matches(name.lower(), Settings.model_fields, n=1)), None)


def _listed(faults: Any) -> str:
    return "The bot cannot start with these settings:\n" + "\n".join(f"  - {fault}" for fault in faults)


def _fault_in_toml() -> str | None:
    try:
        if CONFIG_FILE.exists():
            _read_toml(CONFIG_FILE)
    except tomllib.TOMLDecodeError as error:
        return f'{CONFIG_FILE.name} is not valid TOML: {error}. Text needs quotes: discord_token = "…"'
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(CONFIG_FILE, error)
    return None


def _fault_in_dotenv() -> str | None:
    try:
        if not ENV_FILE.exists():
            return None
        with ENV_FILE.open(encoding="utf-8-sig") as file:
            bindings = list(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(ENV_FILE, error)
    if bad := [str(binding.original.line) for binding in bindings if binding.error]:
        return f"{ENV_FILE.name}, line {', '.join(bad)}: not of the form NAME=value"
    known = {binding.key for binding in bindings} | os.environ.keys()
    for binding in (binding for binding in bindings if (binding.key or "").lower() in Settings.model_fields):
        for name in re.findall(r"\$\{([^}:]*)\}", binding.value or ""):
            if name not in known:
                return (
                    f"{ENV_FILE.name}, line {binding.original.line}: ${{{name}}} in {binding.key} stands for a variable that is not set. "
                    "Choose a value without ${, or set it in the environment."
                )
    return None


def _unreadable(file: Path, error: Exception) -> str:
    return f"{file.name} cannot be read: {error}" + (". Save it as UTF-8." if isinstance(error, UnicodeDecodeError) else "")


def _dotenv() -> dict[str, str | None]:
    return dotenv_values(ENV_FILE, encoding="utf-8-sig") if ENV_FILE.exists() else {}


def _sources() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where settings stand, in the order of precedence."""
    yield "the environment", os.environ
    yield ENV_FILE.name, _dotenv()
    if CONFIG_FILE.exists():
        yield CONFIG_FILE.name, _read_toml(CONFIG_FILE)


def _place(name: str) -> tuple[str, str, Any] | None:
    """Where the value in force stands, the name it has there, and the value."""
    for place, values in _sources():
        for variable, value in values.items():
            if variable.lower() == name and value not in (None, ""):
                return place, variable, value
    return None


def _sentence(settings_class: type[BaseSettings], detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    if name not in settings_class.model_fields:
        advice = f"Did you mean {meant}?" if (meant := _similar(name)) else "Remove it."
        return f"{name} in {CONFIG_FILE.name}: there is no such setting. {advice}"
    field, place = settings_class.model_fields[name], _place(name)
    if place is None:
        return f"{name.upper()} is not set. Set it in the environment, in .env, or as {name} in config.toml to {field.description}."
    shown = "" if "Secret" in str(field.annotation) else f", now {detail['input']!r},"
    fault = detail.get("ctx", {}).get("error")
    reason = f": {fault}" if isinstance(fault, UrlFault) else ""
    return f"{place[1]} in {place[0]}{shown} must be {field.description}{reason}."
