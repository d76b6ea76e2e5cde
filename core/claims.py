"""What an interaction claims, read so that nothing in it is of another kind, or larger, than what the bot can have sent.

Whoever sends something else sends what no form, screen or command of this version has: they are told that it is outdated. Nothing of it
reaches a handler, and least of all a column that cannot hold it.
"""

import re
from collections.abc import Collection
from typing import Any

import discord

from core.errors import OUTDATED, OUTDATED_COMMAND, UserError, Vanished

INTEGER_MAX, BIGINT_MAX = 2**31 - 1, 2**63 - 1  # of PostgreSQL's types: rows, versions and pages; ids of Discord, permissions, digests
VALUES_MAX = 25  # https://docs.discord.com/developers/components/reference#string-select
_DIGITS = re.compile(r"(0|[1-9][0-9]{0,18})\Z")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # what PostgreSQL cannot keep in a text
_Kind = discord.SlashCommandOptionType
_OF_TYPE: dict[Any, tuple[type, ...]] = {_Kind.string: (str,), _Kind.integer: (int,), _Kind.boolean: (bool,), _Kind.number: (int, float)}
_RESOLVED = {_Kind.channel: "channels", _Kind.role: "roles", _Kind.attachment: "attachments"}


def number(text: Any, *, wide: bool = False) -> int:
    """A number that was picked, or a `wide` one, which is an id of Discord. Raises Vanished for anything else."""
    if not (_is_id(text) and text != "0" if wide else _is_id(text) and int(text) <= INTEGER_MAX):
        raise Vanished(OUTDATED)
    return int(text)


def arguments(args: tuple[int, ...], wide: Collection[int]) -> tuple[int, ...]:
    """The numbers of a custom_id; those at the places `wide` may be ids of Discord. Raises Vanished for one that is too large."""
    if any(arg > (BIGINT_MAX if place in wide else INTEGER_MAX) for place, arg in enumerate(args)):
        raise Vanished(OUTDATED)
    return args


def values(data: Any) -> list[str]:
    """What was picked in a select, each once. Raises Vanished for what no select sends."""
    found = (data or {}).get("values") or []
    if not isinstance(found, list) or len(found) > VALUES_MAX or not all(isinstance(value, str) for value in found):
        raise Vanished(OUTDATED)
    return list(dict.fromkeys(found))


def permissions_in_channels(data: Any) -> dict[int, int]:
    """The bot's own permissions in the channels that were picked, as far as they are told, by channel."""
    resolved = data.get("resolved") if isinstance(data, dict) else None
    channels = resolved.get("channels") if isinstance(resolved, dict) else None
    told: dict[int, int] = {}
    for channel_id, channel in channels.items() if isinstance(channels, dict) else ():
        bits: Any = channel.get("app_permissions") if isinstance(channel, dict) else None
        if _is_id(channel_id) and _is_id(bits):
            told[int(channel_id)] = int(bits)
    return told


def fields(data: Any) -> dict[str, str | list[str] | None]:
    """What a submitted modal holds, by the custom_id of the field: a text or choice, or the list of a select. Raises Vanished."""
    found: dict[str, str | list[str] | None] = {}
    parts = (data or {}).get("components")
    for part in parts if isinstance(parts, list) else ():
        field = part.get("component") if isinstance(part, dict) else None
        if not isinstance(field, dict) or not isinstance(field.get("custom_id"), str) or field["custom_id"] in found:
            raise Vanished(OUTDATED)
        found[field["custom_id"]] = values(field) if "values" in field else _text(field.get("value"))
    return found


def leaf(command: Any, data: Any) -> tuple[Any, list[Any]]:
    """The command or subcommand that an interaction names, None for one that does not exist, and the options given to it."""
    options = _options(data)
    while options is not None and isinstance(command, discord.SlashCommandGroup):
        named = options[0] if options else {}
        command = next((sub for sub in command.subcommands if sub.name == named.get("name")), None)
        options = _options(named)
    return (None, []) if options is None else (command, options)


def check_command(command: Any, options: list[Any], data: Any) -> None:
    """Raise UserError unless the command can be called with what was sent; texts lose what cannot be kept."""
    resolved = _resolved(data)
    if isinstance(data, dict):
        data["resolved"] = resolved
    if isinstance(command, discord.MessageCommand | discord.UserCommand):
        kind = "messages" if isinstance(command, discord.MessageCommand) else "users"
        good = _is_id(data.get("target_id")) and _has(resolved, kind, data["target_id"], "channel_id" if kind == "messages" else "id")
    elif isinstance(command, discord.SlashCommand):
        for option in options:  # py-cord passes on what stands there
            option["value"] = cleaned(option.get("value"))
        given = {str(option.get("name")): option["value"] for option in options}
        missing = [option for option in command.options if option.required and option.name not in given]
        # An option that this version does not know was to limit or change what is done: without it something else would be done.
        known = {option.name for option in command.options}
        named = all(isinstance(option.get("name"), str) and option["name"] in known for option in options)
        good = (
            named and not missing and all(_fits(option, given[option.name], resolved) for option in command.options if option.name in given)
        )
    else:
        good = False
    if not good:
        raise UserError(OUTDATED_COMMAND)


def _fits(option: Any, value: Any, resolved: dict[str, Any]) -> bool:
    if option.choices and value not in [choice.value for choice in option.choices]:
        return False
    if option.input_type in _OF_TYPE:
        return isinstance(value, _OF_TYPE[option.input_type]) and (option.input_type is _Kind.boolean or not isinstance(value, bool))
    return _is_id(value) and (option.input_type not in _RESOLVED or _has(resolved, _RESOLVED[option.input_type], value))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_DIGITS.match(value)) and int(value) <= BIGINT_MAX


def _resolved(data: Any) -> dict[str, dict[str, Any]]:
    """What Discord told of the things that are named, without what is nothing of the kind."""
    found = data.get("resolved") if isinstance(data, dict) else None
    kinds = found.items() if isinstance(found, dict) else ()
    return {
        kind: {key: thing for key, thing in things.items() if isinstance(thing, dict)} for kind, things in kinds if isinstance(things, dict)
    }


def _has(resolved: dict[str, Any], kind: str, key: str, part: str = "id") -> bool:
    return _is_id(resolved.get(kind, {}).get(key, {}).get(part))


def _options(data: Any) -> list[Any] | None:
    """The options at one level, None where they are not what Discord sends."""
    found = data.get("options", []) if isinstance(data, dict) else []
    return found if isinstance(found, list) and all(isinstance(option, dict) for option in found) else None


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Vanished(OUTDATED)
    return cleaned(value)


def cleaned(value: Any) -> Any:
    """A value; a text without what PostgreSQL cannot keep."""
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else value
