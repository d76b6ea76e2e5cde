"""Application commands, global and of a guild, and their permissions."""

from typing import TYPE_CHECKING, Any

from sandbox.commands import permissions_payload
from sandbox.errors import MISSING_ACCESS, ApiError, invalid_form
from sandbox.rest.router import Answer, Call, Router
from sandbox.validate import command as validated
from sandbox.validate.commands import LOCALES
from sandbox.world import Application, Command

if TYPE_CHECKING:
    from sandbox.server import Sandbox

NOT_THIS_APPLICATION = ApiError(403, 20012, "You are not authorized to perform this action on this application")
BOTS_CANNOT = ApiError(403, 20001, "Bots cannot use this endpoint")
_GLOBAL, _GUILD = "/applications/{application_id}/commands", "/applications/{application_id}/guilds/{guild_id}/commands"


def register(router: Router, sandbox: "Sandbox") -> None:
    """Add the routes of this module."""
    for scope in (_GLOBAL, _GUILD):
        router.get(scope, list_commands)
        router.post(scope, create_command)
        router.put(scope, replace_commands)
        router.get(f"{scope}/{{command_id}}", get_command)
        router.patch(f"{scope}/{{command_id}}", edit_command)
        router.delete(f"{scope}/{{command_id}}", delete_command)
    router.get(f"{_GUILD}/permissions", list_permissions)
    router.put(f"{_GUILD}/permissions", edit_permissions)
    router.get(f"{_GUILD}/{{command_id}}/permissions", get_permissions)
    router.put(f"{_GUILD}/{{command_id}}/permissions", edit_permissions)


async def list_commands(call: Call) -> list[dict[str, Any]]:
    """GET …/commands; full localizations only with `with_localizations=true`."""
    application, guild_id = _scope(call)
    shown = [payload(command) for command in call.sandbox.commands.of(application, guild_id)]
    return shown if call.flag("with_localizations") else [_localized(one, call.headers.get("X-Discord-Locale")) for one in shown]


async def create_command(call: Call) -> Answer:
    """POST …/commands: 201 for a new one, 200 for one that was there under this type and name."""
    application, guild_id = _scope(call)
    command, new = call.sandbox.commands.create(application, guild_id, validated(call.json(), of_guild=guild_id is not None))
    return Answer(201 if new else 200, payload(command))


async def replace_commands(call: Call) -> list[dict[str, Any]]:
    """PUT …/commands: afterwards the scope holds exactly these."""
    application, guild_id = _scope(call)
    wanted: list[dict[str, Any]] = []
    errors: dict[str, Any] = {}
    for index, body in enumerate(call.json_list()):
        try:
            wanted.append(validated(body, (index,), of_guild=guild_id is not None))
        except ApiError as error:
            errors |= error.errors or {}
    if errors:
        raise invalid_form(errors)
    ids = [_known_id(body) for body in call.json_list()]
    return [payload(command) for command in call.sandbox.commands.replace(application, guild_id, wanted, ids)]


async def get_command(call: Call) -> dict[str, Any]:
    """GET …/commands/{id}."""
    return payload(_command(call))


async def edit_command(call: Call) -> dict[str, Any]:
    """PATCH …/commands/{id}: what is not in the body stays."""
    application, guild_id = _scope(call)
    command = _command(call)
    data = validated({**command.data, **call.json(), "type": command.data["type"]}, of_guild=guild_id is not None)
    return payload(call.sandbox.commands.edit(application, guild_id, command.id, data))


async def delete_command(call: Call) -> None:
    """DELETE …/commands/{id}."""
    application, guild_id = _scope(call)
    call.sandbox.commands.delete(application, guild_id, call.id("command_id"))


async def list_permissions(call: Call) -> list[dict[str, Any]]:
    """GET …/commands/permissions: those of every command that has some in this guild."""
    application, _ = _scope(call)
    return [permissions_payload(application, guild, of) for guild, of in application.command_permissions if guild == call.id("guild_id")]


async def get_permissions(call: Call) -> dict[str, Any]:
    """GET …/commands/{id}/permissions; `{id}` may be the application's own."""
    application, _ = _scope(call)
    return permissions_payload(application, call.id("guild_id"), call.id("command_id"))


async def edit_permissions(call: Call) -> None:
    """PUT …/permissions: only with a user's Bearer token, which the sandbox has none of."""
    _scope(call)
    raise BOTS_CANNOT


def payload(command: Command) -> dict[str, Any]:
    """A command as Discord gives it back."""
    out: dict[str, Any] = {
        "id": str(command.id),
        "application_id": str(command.application_id),
        "version": str(command.version),
        **command.data,
    }
    if command.guild_id is None:
        contexts = out["contexts"]
        out["dm_permission"] = out["dm_permission"] is not False if contexts is None else 1 in contexts
    else:
        out["guild_id"] = str(command.guild_id)
        del out["dm_permission"]
    return out


def _localized(node: dict[str, Any], locale: str | None) -> dict[str, Any]:
    """Without the dictionaries of localizations; with the names of one locale when it was asked for."""
    out = {key: value for key, value in node.items() if not key.endswith("_localizations")}
    for name in ("name", "description"):
        texts = node.get(f"{name}_localizations") or {}
        if locale in LOCALES and locale in texts:
            out[f"{name}_localized"] = texts[locale]
    for name in ("options", "choices"):
        if name in out:
            out[name] = [_localized(child, locale) for child in out[name]]
    return out


def _scope(call: Call) -> tuple[Application, int | None]:
    if call.id("application_id") != call.application.id:
        raise NOT_THIS_APPLICATION
    if "guild_id" not in call.params:
        return call.application, None
    guild_id = call.id("guild_id")
    guild = call.world.guilds.get(guild_id)
    if guild is None or call.application.bot_id not in guild.members:
        raise MISSING_ACCESS
    return call.application, guild_id


def _command(call: Call) -> Command:
    application, guild_id = _scope(call)
    return call.sandbox.commands.get(application, guild_id, call.id("command_id"))


def _known_id(body: dict[str, Any]) -> int | None:
    raw = str(body.get("id") or "")
    return int(raw) if raw.isdigit() else None
