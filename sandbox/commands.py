"""Application commands: what is registered, for whom it is visible, and how registering changes it.

https://docs.discord.com/developers/interactions/application-commands
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sandbox import permissions
from sandbox.errors import ApiError, field_error, invalid_form, unknown
from sandbox.permissions import Permission
from sandbox.world import Application, Channel, Command, Event, Guild, Member

if TYPE_CHECKING:
    from sandbox.server import Sandbox

CHAT_INPUT, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4
LIMITS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
TOO_MANY = {
    CHAT_INPUT: (30032, "Maximum number of application commands reached (100)."),
    USER: (30032, "Maximum number of application commands reached (15)."),
    MESSAGE: (30032, "Maximum number of application commands reached (15)."),
    ENTRY_POINT: (30032, "Maximum number of application commands reached (1)."),
}
DAILY_CREATES, DAY = 200, 86_400.0
MAX_SIZE = 8000
GUILD_CONTEXT, BOT_DM_CONTEXT, PRIVATE_CONTEXT = 0, 1, 2
ROLE, PERSON, CHANNEL = 1, 2, 3


class Commands:
    """The registered commands of every application."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.world = sandbox.world
        self._created: dict[tuple[int, int | None], list[float]] = {}

    def of(self, application: Application, guild_id: int | None) -> list[Command]:
        """The commands of a scope (a guild's, or with None the global ones), in the order of registration."""
        return [command for command in application.commands.values() if command.guild_id == guild_id]

    def get(self, application: Application, guild_id: int | None, command_id: int) -> Command:
        """A command of a scope, or Discord's 10063."""
        found = application.commands.get(command_id)
        if found is None or found.guild_id != guild_id:
            raise unknown("application command")
        return found

    def create(self, application: Application, guild_id: int | None, data: dict[str, Any]) -> tuple[Command, bool]:
        """Register a validated command, replacing the one of its type and name; True when it is new. Raises 30032, 30034, 50035."""
        _check_size(data)
        same = next((c for c in self.of(application, guild_id) if c.key == (data["type"], data["name"])), None)
        if same:
            self._update(same, data)
            return same, False
        _check_count([*(c.data for c in self.of(application, guild_id)), data])
        self._count_creates(application, guild_id, 1)
        return self._add(application, guild_id, data), True

    def edit(self, application: Application, guild_id: int | None, command_id: int, data: dict[str, Any]) -> Command:
        """Give a command new data (validated, complete). Raises 10063, and 50035 when another one has its name."""
        command = self.get(application, guild_id, command_id)
        _check_size(data)
        others = [c for c in self.of(application, guild_id) if c is not command]
        if any(c.key == (data["type"], data["name"]) for c in others):
            raise invalid_form({"name": _duplicate("Application command names must be unique")})
        self._update(command, data)
        return command

    def delete(self, application: Application, guild_id: int | None, command_id: int) -> None:
        """Forget a command and its permissions. Raises 10063."""
        command = self.get(application, guild_id, command_id)
        del application.commands[command.id]
        for key in [key for key in application.command_permissions if key[1] == command.id]:
            del application.command_permissions[key]

    def replace(
        self, application: Application, guild_id: int | None, wanted: list[dict[str, Any]], ids: list[int | None] | None = None
    ) -> list[Command]:
        """Make the scope hold exactly `wanted` (validated). A command keeps its id when `ids` names it, or one had its type and name.

        Raises 30032, 30034, 50035.
        """
        for data in wanted:
            _check_size(data)
        _check_count(wanted)
        _check_unique(wanted)
        kept = self._matched(application, guild_id, wanted, ids or [None] * len(wanted))
        self._count_creates(application, guild_id, kept.count(None))
        for command in self.of(application, guild_id):
            if command not in kept:
                self.delete(application, guild_id, command.id)
        result = []
        for command, data in zip(kept, wanted, strict=True):
            if command:
                self._update(command, data)
            result.append(command or self._add(application, guild_id, data))
        return result

    def set_permissions(self, application: Application, guild_id: int, command_id: int, entries: list[dict[str, Any]]) -> None:
        """What a guild's admin does in its Integrations settings; `command_id` may be the application's own id."""
        application.command_permissions[guild_id, command_id] = entries
        data = permissions_payload(application, guild_id, command_id)
        self.world.emit(Event("APPLICATION_COMMAND_PERMISSIONS_UPDATE", data, guild_id=guild_id, application_id=application.id))

    def visible(self, application: Application, command: Command, channel: Channel, user_id: int) -> bool:
        """Whether Discord's client offers the command to the user in this channel."""
        contexts = command.data.get("contexts")
        if channel.guild_id is None:
            allowed = BOT_DM_CONTEXT in contexts if contexts is not None else command.data.get("dm_permission") is not False
            return allowed and command.guild_id is None and application.bot_id in channel.recipient_ids
        guild = self.world.guild(channel.guild_id)
        if command.guild_id not in (None, guild.id) or application.bot_id not in guild.members or user_id not in guild.members:
            return False
        if contexts is not None and GUILD_CONTEXT not in contexts:
            return False
        if command.data.get("nsfw") and not channel.nsfw:
            return False
        return self._permitted(application, command, guild, channel, guild.members[user_id])

    def visible_to(self, application: Application, channel: Channel, user_id: int) -> list[Command]:
        """Every command that the client offers to the user in this channel."""
        return [command for command in application.commands.values() if self.visible(application, command, channel, user_id)]

    def _permitted(self, application: Application, command: Command, guild: Guild, channel: Channel, member: Member) -> bool:
        held = permissions.effective(guild, member, channel, self.world.clock.now())
        needed = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
        if command.data["type"] == CHAT_INPUT:
            needed |= Permission.SEND_MESSAGES  # without it the client has no box to type in
        if member.pending or held & needed != needed:
            return False
        if held & Permission.ADMINISTRATOR:
            return True
        own = application.command_permissions.get((guild.id, command.id), [])
        general = application.command_permissions.get((guild.id, application.id), [])
        if _channel_rule(own, guild, channel) is False or (
            _channel_rule(own, guild, channel) is None and _channel_rule(general, guild, channel) is False
        ):
            return False
        decided = _member_rule(own, guild, member)
        if decided is not None:
            return decided
        if _member_rule(general, guild, member) is False:
            return False
        default = command.data.get("default_member_permissions")
        if default is None:
            return True
        return int(default) != 0 and held & int(default) == int(default)

    def _matched(
        self, application: Application, guild_id: int | None, wanted: list[dict[str, Any]], ids: list[int | None]
    ) -> list[Command | None]:
        present = self.of(application, guild_id)
        wanted_ids = zip(ids, wanted, strict=True)
        by_id = [next((c for c in present if c.id == one and c.key[0] == data["type"]), None) for one, data in wanted_ids]
        free = {c.key: c for c in present if c not in by_id}
        return [found or free.get((data["type"], data["name"])) for found, data in zip(by_id, wanted, strict=True)]

    def _add(self, application: Application, guild_id: int | None, data: dict[str, Any]) -> Command:
        command = Command(self.world.new_id(), application.id, guild_id, self.world.new_id(), data)
        application.commands[command.id] = command
        return command

    def _update(self, command: Command, data: dict[str, Any]) -> None:
        if command.data != data:
            command.data, command.version = data, self.world.new_id()

    def _count_creates(self, application: Application, guild_id: int | None, count: int) -> None:
        now = self.world.clock.now()
        recent = [at for at in self._created.get((application.id, guild_id), []) if at > now - DAY]
        if count and len(recent) + count > DAILY_CREATES:
            raise ApiError(400, 30034, f"Max number of daily application command creates has been reached ({DAILY_CREATES})")
        self._created[application.id, guild_id] = recent + [now] * count


def permissions_payload(application: Application, guild_id: int, command_id: int) -> dict[str, Any]:
    """The permission overwrites of a command in a guild, as Discord's JSON. Raises 10066 when there are none."""
    entries = application.command_permissions.get((guild_id, command_id))
    if entries is None:
        raise unknown("Application Command Permissions")
    return {"id": str(command_id), "application_id": str(application.id), "guild_id": str(guild_id), "permissions": entries}


def _channel_rule(entries: list[dict[str, Any]], guild: Guild, channel: Channel) -> bool | None:
    """The channel's own entry, else that for all channels (its id is the guild's id less one)."""
    rules = {entry["id"]: entry["permission"] for entry in entries if entry["type"] == CHANNEL}
    return rules.get(str(channel.id), rules.get(str(guild.id - 1)))


def _member_rule(entries: list[dict[str, Any]], guild: Guild, member: Member) -> bool | None:
    """The member's own entry, else that of any role held (allowing wins), else @everyone's."""
    people = {entry["id"]: entry["permission"] for entry in entries if entry["type"] == PERSON}
    if str(member.user_id) in people:
        return people[str(member.user_id)]
    roles = {entry["id"]: entry["permission"] for entry in entries if entry["type"] == ROLE}
    held = [roles[str(role_id)] for role_id in member.role_ids if str(role_id) in roles]
    return any(held) if held else roles.get(str(guild.id))


def _check_size(data: dict[str, Any]) -> None:
    """8000 characters of names, descriptions and values at most; of each localised text the longest counts."""
    if _size(data) > MAX_SIZE:
        raise invalid_form(field_error("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_SIZE})"))


def _size(node: dict[str, Any]) -> int:
    def text(name: str) -> int:
        return max(len(value) for value in [node.get(name) or "", *(node.get(f"{name}_localizations") or {}).values()])

    value = len(str(node["value"])) if isinstance(node.get("value"), str) else 0
    return text("name") + text("description") + value + sum(_size(child) for key in ("options", "choices") for child in node.get(key) or [])


def _check_count(wanted: Iterable[dict[str, Any]]) -> None:
    types = [data["type"] for data in wanted]
    for kind, limit in LIMITS.items():
        if types.count(kind) > limit:
            raise ApiError(400, *TOO_MANY[kind])


def _check_unique(wanted: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    errors: dict[str, Any] = {}
    for index, data in enumerate(wanted):
        key = json.dumps([data["type"], data["name"]])
        if key in seen:
            errors[str(index)] = {"name": _duplicate("Application command names must be unique")}
        seen.add(key)
    if errors:
        raise invalid_form(errors)


def _duplicate(message: str) -> dict[str, Any]:
    return field_error("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
