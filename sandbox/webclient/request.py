"""What a window asks for: a JSON object whose fields are read with their types."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from sandbox.world import Guild, Role, User, World

SNOWFLAKE_MAX = 2**63 - 1


class Invalid(Exception):
    """The request is malformed, or names something that is not there."""


class Request:
    """One request. Every method raises Invalid that names the field."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.reply_to = self._number("id")
        self.op = self.text("op")

    @classmethod
    def parse(cls, raw: str) -> "Request":
        """A request from a frame."""
        try:
            fields = json.loads(raw)
        except ValueError:
            raise Invalid("the frame is no JSON") from None
        if not isinstance(fields, dict):
            raise Invalid("the frame is no JSON object")
        return cls(fields)

    def id(self, name: str) -> int:
        """A snowflake."""
        return snowflake(self.fields.get(name), name)

    def optional_id(self, name: str) -> int | None:
        """A snowflake, or None when absent or null."""
        return None if self.fields.get(name) is None else self.id(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A text; required when there is no default."""
        value = self.fields.get(name, default)
        if not isinstance(value, str):
            raise Invalid(f"{name!r} has to be a text")
        return value

    def name(self, name: str, longest: int = 100) -> str:
        """A text that is neither blank nor too long."""
        value = self.text(name).strip()
        if not 1 <= len(value) <= longest:
            raise Invalid(f"{name!r} takes 1 to {longest} characters")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        """A bool; required when there is no default."""
        value = self.fields.get(name, default)
        if not isinstance(value, bool):
            raise Invalid(f"{name!r} has to be true or false")
        return value

    def number(self, name: str, default: float | None = None, *, low: float = 0.0, high: float = 1e9) -> float:
        """A number between `low` and `high`; required when there is no default."""
        value = self._number(name, default)
        if not low <= value <= high:
            raise Invalid(f"{name!r} takes {low:g} to {high:g}")
        return value

    def whole(self, name: str, default: int | None = None, *, low: int = 0, high: int = 2**53) -> int:
        """A whole number between `low` and `high`; required when there is no default."""
        value = self.number(name, default, low=low, high=high)
        if value != int(value):
            raise Invalid(f"{name!r} has to be a whole number")
        return int(value)

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of the allowed texts."""
        value = self.text(name, default)
        if value not in allowed:
            raise Invalid(f"{name!r} has to be one of {', '.join(allowed)}")
        return value

    def table(self, name: str) -> dict[str, Any]:
        """An object; absent is empty."""
        value = self.fields.get(name) or {}
        if not isinstance(value, dict):
            raise Invalid(f"{name!r} has to be an object")
        return value

    def list(self, name: str) -> list[Any]:
        """A list; absent is empty."""
        return as_list(self.fields.get(name) or [], name)

    def user(self, world: World) -> User:
        """The user that `user_id` names."""
        return world.user(self.id("user_id"))

    def guild(self, world: World) -> Guild:
        """The guild that `guild_id` names, the first one when absent."""
        guild_id = self.optional_id("guild_id")
        return next(iter(world.guilds.values())) if guild_id is None else world.guild(guild_id)

    def role(self, world: World) -> tuple[Guild, Role]:
        """The role that `role_id` names, not @everyone, with its guild."""
        role_id = self.id("role_id")
        found = next((guild for guild in world.guilds.values() if role_id in guild.roles), None)
        if found is None or role_id == found.id:
            raise Invalid("there is no such role, or it is @everyone")
        return found, found.roles[role_id]

    def _number(self, name: str, default: float | None = None) -> float:
        value = self.fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Invalid(f"{name!r} has to be a number")
        return value


def snowflake(value: Any, name: str) -> int:
    """An id from its text. Raises Invalid."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()) or int(value) > SNOWFLAKE_MAX:
        raise Invalid(f"{name!r} has to be an id as text")
    return int(value)


def as_list(value: Any, name: str) -> list[Any]:
    """The value, which has to be a list. Raises Invalid."""
    if not isinstance(value, list):
        raise Invalid(f"{name!r} has to be a list")
    return value


def file(value: Any) -> tuple[str, bytes]:
    """A file from {name, content: base64}. Raises Invalid."""
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str) or not isinstance(value.get("content"), str):
        raise Invalid("a file is {name, content}")
    try:
        return value["name"], base64.b64decode(value["content"], validate=True)
    except binascii.Error:
        raise Invalid("a file's content has to be base64") from None
