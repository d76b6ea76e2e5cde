"""Bodies that register application commands (https://docs.discord.com/developers/interactions/application-commands)."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sandbox.validate.forms import (
    REQUIRED,
    Bool,
    Choice,
    Distinct,
    FileTypes,
    Form,
    Int,
    Length,
    Number,
    Path,
    Problems,
    Range,
    Text,
    parse,
    refuse,
)

SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
LOCALES = (
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE",
    "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko", "ar", "he",
)  # fmt: skip
SAFE = 2**53 - 1
BOT_DM = 1  # one of the contexts: direct messages with the bot
# Names of chat-input commands and options: word characters in any script, the hyphen and the apostrophe
_NAME = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")

Name = Annotated[Text, Length(1, 32)]
Description = Annotated[Text, Length(1, 100)]


def _locales(value: Any) -> Any:
    if isinstance(value, dict):
        for key in value:
            if key not in LOCALES:
                refuse("DICT_TYPE_KEY_CHOICES", f"Key must be one of {{{', '.join(repr(name) for name in LOCALES)}}}.")
    return value


def _bits(value: Any) -> int | None:
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit():
        refuse("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
    return int(text)


NameLocalizations = Annotated[dict[str, Name], BeforeValidator(_locales)]
DescriptionLocalizations = Annotated[dict[str, Description], BeforeValidator(_locales)]


class OptionChoice(Form):
    """A fixed choice of an option."""

    name: Annotated[Text, Length(1, 100)]
    name_localizations: Annotated[dict[str, Annotated[Text, Length(1, 100)]], BeforeValidator(_locales)] | None = None
    value: Any


class Option(Form):
    """An option, a subcommand or a group of them."""

    type: Annotated[Int, Choice(tuple(range(1, 12)))]
    name: Name
    name_localizations: NameLocalizations | None = None
    description: Description
    description_localizations: DescriptionLocalizations | None = None
    required: Bool | None = None
    choices: Annotated[list[OptionChoice], Length(0, 25)] | None = None
    options: "Annotated[list[Option], Length(0, 25)] | None" = None
    channel_types: list[Annotated[Int, Choice((0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16))]] | None = None
    min_value: Annotated[Number, Range(-SAFE, SAFE)] | None = None
    max_value: Annotated[Number, Range(-SAFE, SAFE)] | None = None
    min_length: Annotated[Int, Range(0, 6000)] | None = None
    max_length: Annotated[Int, Range(1, 6000)] | None = None
    autocomplete: Bool | None = None
    file_types: FileTypes | None = None


class CommandForm(Form):
    """A command as it is registered."""

    type: Annotated[Int, Choice((1, 2, 3))] = 1  # not 4, an entry point: those are for applications with Activities
    name: Name
    name_localizations: NameLocalizations | None = None
    description: Annotated[Text, Length(0, 100)] | None = None
    description_localizations: DescriptionLocalizations | None = None
    options: Annotated[list[Option], Length(0, 25)] | None = None
    default_member_permissions: Annotated[int, BeforeValidator(_bits)] | None = None
    dm_permission: Bool | None = None
    default_permission: Bool | None = None
    contexts: Annotated[list[Annotated[Int, Choice((0, 1, 2))]], Length(1, 3), Distinct()] | None = None
    integration_types: Annotated[list[Annotated[Int, Choice((0, 1))]], Length(1, 2), Distinct()] | None = None
    nsfw: Bool = Field(default=False)


def command(body: Any, at: Path = (), *, of_guild: bool = False) -> dict[str, Any]:
    """A validated command, complete: every field that Discord keeps is there. 50035 otherwise."""
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if value is not None or key == "name"}
    form = parse(CommandForm, body, at)
    problems = Problems()
    _check_command(form, at, problems)
    if of_guild and BOT_DM in (form.contexts or ()):
        problems.add((*at, "contexts"), "APPLICATION_COMMAND_CONTEXT_INVALID", "Commands of a guild cannot be used in direct messages")
    problems.raise_any()
    permissions = form.default_member_permissions
    data: dict[str, Any] = {
        "type": form.type,
        "name": form.name,
        "name_localizations": form.name_localizations,
        "description": form.description or "",
        "description_localizations": form.description_localizations,
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": form.dm_permission,
        "contexts": form.contexts,
        "integration_types": form.integration_types or [0],
        "nsfw": form.nsfw,
    }
    if form.type == 1 and form.options:
        data["options"] = [_option(option) for option in form.options]
    return data


def _option(option: Option) -> dict[str, Any]:
    out = option.model_dump(exclude_none=True, exclude={"options", "min_value", "max_value"})
    for name in ("min_value", "max_value"):
        value = getattr(option, name)
        if value is not None:
            out[name] = int(value) if option.type == INTEGER else value
    if option.options is not None:
        out["options"] = [_option(child) for child in option.options]
    if option.type in (SUB_COMMAND, SUB_COMMAND_GROUP):
        out.pop("required", None)
    if option.type not in (STRING, INTEGER, NUMBER):
        # Discord does not keep what has no meaning for the type
        out.pop("choices", None)
        out.pop("autocomplete", None)
    if option.type != ATTACHMENT:
        out.pop("file_types", None)
    return out


def _check_command(form: CommandForm, at: Path, problems: Problems) -> None:
    if form.type == 1:
        _check_name(form.name, form.name_localizations, at, problems)
        if not form.description:
            problems.add((*at, "description"), *REQUIRED)
        _check_options(form.options or [], (*at, "options"), 0, problems)
        return
    if form.name != form.name.strip():
        problems.add((*at, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if form.description:
        message = "Context menu commands cannot have description"
        problems.add((*at, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)
    if form.options:
        problems.add((*at, "options"), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", "Context menu commands cannot have options")


def _check_name(name: str, localized: dict[str, str] | None, at: Path, problems: Problems) -> None:
    if not valid_name(name):
        problems.add((*at, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    for locale, text in (localized or {}).items():
        if not valid_name(text):
            problems.add((*at, "name_localizations", locale), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def valid_name(name: str) -> bool:
    """Whether a chat-input command or option may be called so: 1 to 32 word characters, lower case where the script has one."""
    return bool(_NAME.match(name)) and name == name.lower()


def _check_options(options: list[Option], at: Path, depth: int, problems: Problems) -> None:
    nested = [option.type in (SUB_COMMAND, SUB_COMMAND_GROUP) for option in options]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        problems.add(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    seen: set[str] = set()
    optional = False
    for i, option in enumerate(options):
        where = (*at, i)
        _check_name(option.name, option.name_localizations, where, problems)
        if option.name in seen:
            problems.add((*where, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        seen.add(option.name)
        if option.required and optional:
            message = "Required options must be placed before non-required options"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or not option.required
        _check_option(option, where, depth, problems)


def _check_option(option: Option, where: Path, depth: int, problems: Problems) -> None:
    if option.type in (SUB_COMMAND, SUB_COMMAND_GROUP):
        if depth + (option.type == SUB_COMMAND) > 2 or (option.type == SUB_COMMAND_GROUP and depth):
            choices = "{3, 4, 5, 6, 7, 8, 9, 10, 11}" if depth == 2 else "{1}"
            problems.add((*where, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")
        if option.type == SUB_COMMAND_GROUP and any(child.type != SUB_COMMAND for child in option.options or []):
            problems.add((*where, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command groups can only hold sub-commands")
        _check_options(option.options or [], (*where, "options"), 2 if option.type == SUB_COMMAND else 1, problems)
        return
    if option.choices and option.autocomplete:
        message = "Autocomplete and choices are mutually exclusive"
        problems.add((*where, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message)
    if option.autocomplete and option.type not in (STRING, INTEGER, NUMBER):
        problems.add((*where, "autocomplete"), "BASE_TYPE_CHOICES", "Autocomplete is for strings, integers and numbers")
    _check_choices(option, where, problems)
    for low, high in (("min_value", "max_value"), ("min_length", "max_length")):
        least, most = getattr(option, low), getattr(option, high)
        if least is not None and most is not None and least > most:
            problems.add((*where, low), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")


def _check_choices(option: Option, where: Path, problems: Problems) -> None:
    names: set[str] = set()
    for i, choice in enumerate(option.choices or []):
        here = (*where, "choices", i)
        if choice.name in names:
            problems.add((*here, "name"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Option choice name already exists")
        names.add(choice.name)
        if option.type == STRING and not isinstance(choice.value, str):
            problems.add((*here, "value"), "STRING_TYPE_CONVERT", f'Could not interpret "{choice.value}" as string.')
        elif option.type == STRING and len(choice.value) > 100:
            problems.add((*here, "value"), "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
        elif option.type == INTEGER and (isinstance(choice.value, bool) or not isinstance(choice.value, int)):
            problems.add((*here, "value"), "NUMBER_TYPE_COERCE", f'Value "{choice.value}" is not int.')
        elif option.type == NUMBER and (isinstance(choice.value, bool) or not isinstance(choice.value, (int, float))):
            problems.add((*here, "value"), "NUMBER_TYPE_COERCE", f'Value "{choice.value}" is not float.')
