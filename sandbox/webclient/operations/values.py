"""Values as a browser sends them, made into what the driver takes: ids into records, entries into exact values, files into bytes."""

from typing import Any

from sandbox.driver import Actor, options, picks
from sandbox.driver.modals import CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, RADIO_GROUP, TEXT_INPUT, ModalView
from sandbox.driver.options import Value
from sandbox.webclient.request import Invalid, as_list, file, snowflake
from sandbox.world import Channel, Role, User

_SELECT_KINDS = {
    picks.USER_SELECT: options.USER,
    picks.ROLE_SELECT: options.ROLE,
    picks.MENTIONABLE_SELECT: options.MENTIONABLE,
    picks.CHANNEL_SELECT: options.CHANNEL,
}


def option(actor: Actor, spec: dict[str, Any], value: Any) -> Any:
    """The value of a slash command's option. Raises Invalid."""
    kind = spec["type"]
    if kind == options.ATTACHMENT:
        return file(value)
    if kind in (options.USER, options.ROLE, options.CHANNEL, options.MENTIONABLE):
        return _record(actor, kind, value)
    return Value(value) if isinstance(value, str) else value


def picked(actor: Actor, select: dict[str, Any], values: list[Any]) -> list[Any]:
    """What was picked in a select. Raises Invalid."""
    if select["type"] == picks.STRING_SELECT:
        return [_entry(value) for value in values]
    return [_record(actor, _SELECT_KINDS[select["type"]], value) for value in values]


def fields(modal: ModalView, given: dict[str, Any]) -> dict[str, Any]:
    """What was filled into a modal, by custom_id. Raises Invalid."""
    unknown = given.keys() - modal.fields.keys()
    if unknown:
        raise Invalid(f"the modal has no field {min(unknown)!r}")
    return {custom_id: _field(modal.actor, modal.fields[custom_id], value) for custom_id, value in given.items()}


def _field(actor: Actor, spec: dict[str, Any], value: Any) -> Any:
    kind, name = spec["type"], spec["custom_id"]
    if kind in (TEXT_INPUT, CHECKBOX):
        return value  # the driver checks their types itself
    if kind == RADIO_GROUP:
        return None if value is None else _entry(value)
    values = as_list(value, name)
    if kind == FILE_UPLOAD:
        return [file(one) for one in values]
    if kind == CHECKBOX_GROUP:
        return [_entry(one) for one in values]
    return picked(actor, spec, values)


def _entry(value: Any) -> Value:
    if not isinstance(value, str):
        raise Invalid("an entry is named by its value, a text")
    return Value(value)


def _record(actor: Actor, kind: int, value: Any) -> User | Role | Channel:
    found_id = snowflake(value, "value")
    guild = actor.sandbox.world.guilds.get(actor.channel.guild_id or 0)
    if kind == options.CHANNEL:
        return actor.sandbox.world.channel(found_id)
    if guild is not None and (kind == options.ROLE or (kind == options.MENTIONABLE and found_id in guild.roles)):
        return guild.role(found_id)
    if kind == options.ROLE:
        raise Invalid("there are no roles in direct messages")
    return actor.sandbox.world.user(found_id)
