"""The ground of all validation: field types with Discord's error codes, and pydantic's errors as the nested object of 50035."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sandbox.errors import invalid_form

Path = tuple[str | int, ...]
REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


class Form(BaseModel):
    """A request body; unknown keys are ignored, as Discord does."""

    model_config = ConfigDict(extra="ignore")


FormT = TypeVar("FormT", bound=Form)


class Problems:
    """Field errors found by rules that pydantic cannot state."""

    def __init__(self) -> None:
        self.errors: dict[str, Any] = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Note an error at a path such as ("components", 0, "custom_id"). What is wrong as a whole is not looked into any further."""
        node = self.errors
        for part in path:
            if "_errors" in node:
                return
            node = node.setdefault(str(part), {})
        found = node.get("_errors", [])
        node.clear()
        node["_errors"] = [*found, {"code": code, "message": message}]

    def raise_any(self) -> None:
        """50035 when something was noted."""
        if self.errors:
            raise invalid_form(self.errors)


def parse(form: type[FormT], body: Any, at: Path = ()) -> FormT:
    """The validated form, or 50035 with the errors nested below `at` ("data" for interaction callbacks)."""
    try:
        return form.model_validate(body)
    except ValidationError as error:
        problems = Problems()
        for item in error.errors(include_url=False):
            code, message = _translate(item)
            problems.add((*at, *_clean(item["loc"], body), *item.get("ctx", {}).get("below", ())), code, message)
        raise invalid_form(problems.errors) from None


def refuse(code: str, message: str, below: Path = ()) -> NoReturn:
    """Fail a field, or what lies `below` it, with Discord's code; for use inside validators."""
    raise PydanticCustomError(code, "{text}", {"text": message, "below": below})  # pyright: ignore[reportArgumentType]


def _clean(loc: Iterable[str | int], body: Any) -> Path:
    """Pydantic's location without the tags of discriminated unions: an integer where the body has an object."""
    out: list[str | int] = []
    node = body
    for part in loc:
        if isinstance(part, int) and not isinstance(node, list):
            continue
        out.append(part)
        if isinstance(node, list) and isinstance(part, int):
            node = node[part] if part < len(node) else None
        else:
            node = node.get(part) if isinstance(node, dict) else None
    return tuple(out)


def _translate(item: Any) -> tuple[str, str]:
    kind, value = item["type"], item.get("input")
    if kind == "missing" or value is None:
        return REQUIRED
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        expected = str(item.get("ctx", {}).get("expected_tags", "")).replace("'", "")
        return "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({expected}).' if expected else 'Field "type" is required.'
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"
    if kind == "list_type":
        return "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"
    if kind == "literal_error":
        choices = item["ctx"]["expected"].replace(" or ", ", ")
        return "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}."
    return kind, item["msg"]


def _to_int(value: Any) -> int:
    if value is None:
        refuse(*REQUIRED)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().lstrip("-").isascii() and value.strip().lstrip("-").isdigit():
        return int(value)
    refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')


def _to_snowflake(value: Any) -> int:
    if value is None:
        refuse(*REQUIRED)
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text) >= 2**63:
        refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    return int(text)


def _to_number(value: Any) -> float:
    if value is None:
        refuse(*REQUIRED)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')


def _to_text(value: Any) -> str:
    if value is None:
        refuse(*REQUIRED)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    refuse("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')


def _to_bool(value: Any) -> bool:
    if value is None:
        refuse(*REQUIRED)
    if isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    refuse("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


Int = Annotated[int, BeforeValidator(_to_int)]
Number = Annotated[float, BeforeValidator(_to_number)]
Snowflake = Annotated[int, BeforeValidator(_to_snowflake)]
Text = Annotated[str, BeforeValidator(_to_text)]
Bool = Annotated[bool, BeforeValidator(_to_bool)]


class _After(ABC):
    """Metadata of a field that checks the converted value."""

    @abstractmethod
    def _check(self, value: Any) -> None:
        """Refuse a value that breaks the rule."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._pass, handler(source))

    def _pass(self, value: Any) -> Any:
        self._check(value)
        return value


@dataclass(frozen=True)
class Length(_After):
    """How long a text or list may be; an empty text where one is needed counts as missing."""

    low: int
    high: int

    def _check(self, value: Sized) -> None:
        if self.low and value == "":
            refuse(*REQUIRED)
        if not self.low and len(value) > self.high:
            refuse("BASE_TYPE_MAX_LENGTH", f"Must be {self.high} or fewer in length.")
        if not self.low <= len(value) <= self.high:
            refuse("BASE_TYPE_BAD_LENGTH", f"Must be between {self.low} and {self.high} in length.")


@dataclass(frozen=True)
class Distinct(_After):
    """A list that names nothing twice."""

    def _check(self, value: list[Any]) -> None:
        for index, item in enumerate(value):
            if item in value[:index]:
                refuse("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value", (index,))


FILE_GROUPS = {
    "image": (".png", ".gif", ".jpg", ".jpeg", ".jfif", ".webp", ".avif"),
    "video": (".mp4", ".mov", ".qt", ".webm"),
    "audio": (".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac"),
}


def _file_type(value: str) -> str:
    value = value.lower()
    if value not in FILE_GROUPS and not re.fullmatch(r"\.[^.\s/\\]+", value):
        refuse("FILE_TYPE_INVALID", "Must be image, video, audio or an extension that begins with a dot.")
    return value


def takes_file(filename: str, file_types: list[str] | None) -> bool:
    """Whether a field with these `file_types` takes the file; only the extension counts."""
    endings = tuple(ending for kind in file_types or () for ending in FILE_GROUPS.get(kind, (kind,)))
    return not endings or filename.lower().endswith(endings)


@dataclass(frozen=True)
class NotEmpty(_After):
    """A text that must hold something."""

    def _check(self, value: str) -> None:
        if not value.strip():
            refuse(*REQUIRED)


@dataclass(frozen=True)
class Pattern(_After):
    """A regular expression that the whole text must fit, in ASCII."""

    pattern: str

    def _check(self, value: str) -> None:
        if not re.fullmatch(self.pattern, value, re.ASCII):
            refuse("STRING_TYPE_REGEX", "String value did not match validation regex.")


@dataclass(frozen=True)
class Range(_After):
    """The smallest and largest number."""

    low: float
    high: float

    def _check(self, value: float) -> None:
        kind = "int" if isinstance(value, int) else "float"
        if value < self.low:
            refuse("NUMBER_TYPE_MIN", f"{kind} value should be greater than or equal to {self.low}.")
        if value > self.high:
            refuse("NUMBER_TYPE_MAX", f"{kind} value should be less than or equal to {self.high}.")


@dataclass(frozen=True)
class Choice(_After):
    """The values that are allowed."""

    values: tuple[Any, ...]

    def _check(self, value: Any) -> None:
        if value not in self.values:
            refuse("BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(repr(v) for v in self.values)}}}.")


@dataclass(frozen=True)
class Url(_After):
    """A URL with one of the schemes."""

    schemes: tuple[str, ...] = ("http", "https")

    def _check(self, value: str) -> None:
        try:
            parts = urlsplit(value)
        except ValueError:
            refuse("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        if parts.scheme and parts.scheme.lower() not in self.schemes:
            allowed = ", ".join(f"'{s}'" for s in self.schemes)
            refuse("URL_TYPE_INVALID_SCHEME", f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({allowed}).')
        if not parts.scheme or not parts.netloc or any(c.isspace() for c in value):
            refuse("URL_TYPE_INVALID_URL", "Not a well formed URL.")


CustomId = Annotated[Text, Length(1, 100)]
Color = Annotated[Int, Range(0, 0xFFFFFF)]


FileTypes = Annotated[list[Annotated[Text, AfterValidator(_file_type)]], Length(0, 10)]
"""What a file field takes (https://docs.discord.com/developers/reference#file-type-filtering)."""
