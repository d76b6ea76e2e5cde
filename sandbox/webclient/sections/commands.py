"""The commands that the client offers to one user, in that user's language."""

from typing import TYPE_CHECKING, Any

from sandbox.driver.options import GROUP, SUB_COMMAND
from sandbox.world import Application, Channel, Command, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_LIMITS = ("min_value", "max_value", "min_length", "max_length", "channel_types")


def commands(sandbox: "Sandbox", user: User, channels: list[Channel]) -> list[dict[str, Any]]:
    """Every command that is offered in one of these channels, sorted by name."""
    found = []
    for app in sandbox.world.applications.values():
        for command in app.commands.values():
            where = [str(channel.id) for channel in channels if sandbox.commands.visible(app, command, channel, user.id)]
            if where:
                found.append({**_command(app, command, user.locale), "channel_ids": where})
    return sorted(found, key=lambda command: (command["name"], command["id"]))


def localized(data: dict[str, Any], field: str, locale: str) -> str:
    """A name or description in the locale, else as registered."""
    return (data.get(f"{field}_localizations") or {}).get(locale) or data.get(field) or ""


def _command(app: Application, command: Command, locale: str) -> dict[str, Any]:
    data = command.data
    return {
        "id": str(command.id),
        "application_id": str(app.id),
        "application_name": app.name,
        "type": data["type"],
        "name": localized(data, "name", locale),
        "description": localized(data, "description", locale),
        "options": _options(data, locale),
        "subcommands": _subcommands(data, locale),
    }


def _subcommands(data: dict[str, Any], locale: str) -> list[dict[str, Any]]:
    found = []
    for child in data.get("options") or []:
        name = localized(child, "name", locale)
        if child["type"] == GROUP:
            inner = _subcommands(child, locale)
            found += [{**below, "path": [child["name"], *below["path"]], "name": f"{name} {below['name']}"} for below in inner]
        elif child["type"] == SUB_COMMAND:
            description = localized(child, "description", locale)
            found.append({"path": [child["name"]], "name": name, "description": description, "options": _options(child, locale)})
    return found


def _options(data: dict[str, Any], locale: str) -> list[dict[str, Any]]:
    return [_option(option, locale) for option in data.get("options") or [] if option["type"] not in (SUB_COMMAND, GROUP)]


def _option(option: dict[str, Any], locale: str) -> dict[str, Any]:
    return {
        "name": option["name"],
        "label": localized(option, "name", locale),
        "description": localized(option, "description", locale),
        "type": option["type"],
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": choices(option.get("choices") or [], locale),
        **{name: option.get(name) for name in _LIMITS},
    }


def choices(offered: list[dict[str, Any]], locale: str) -> list[dict[str, Any]]:
    """Choices as they are shown and sent."""
    return [{"name": localized(choice, "name", locale), "value": choice["value"]} for choice in offered]
