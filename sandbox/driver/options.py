"""The options of a slash command as Discord's client checks and sends them."""

import mimetypes
from typing import TYPE_CHECKING, Any

from sandbox import attachments
from sandbox.driver.errors import ClientRefusal
from sandbox.interactions import describe
from sandbox.rest.router import Upload
from sandbox.validate.forms import takes_file
from sandbox.world import Channel, Command, Member, Role, User

if TYPE_CHECKING:
    from sandbox.driver.actor import Actor

SUB_COMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
_BIGGEST = 2**53


class Value(str):
    """What the client sends for an entry of a list, where a plain text means the entry's label first."""


def local_name(data: dict[str, Any], locale: str) -> str | None:
    """The name of a command, option or choice in a locale, when it has one."""
    return (data.get("name_localizations") or {}).get(locale)


def filled(actor: "Actor", command: Command, path: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """`data.options` of a command that is sent: every option of the right type, none required missing. Raises ClientRefusal."""
    return _nested(actor, command.data, path.split()[1:], lambda leaf: _fill(actor, leaf, values))


def typed(actor: "Actor", command: Command, path: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """`data.options` while the last of `values` is being typed. Raises ClientRefusal when that option offers no completion."""

    def fill(leaf: dict[str, Any]) -> list[dict[str, Any]]:
        *before, (focused, text) = values.items()
        option = _named(leaf, focused, actor.user.locale)
        if not option.get("autocomplete"):
            raise ClientRefusal(f"the option {focused!r} does not complete what is typed")
        known = [(_named(leaf, name, actor.user.locale), value) for name, value in before]
        sent = [_option(one, _wire(actor, one, value)) for one, value in known]
        return [*sent, {"type": option["type"], "name": option["name"], "value": str(text), "focused": True}]

    return _nested(actor, command.data, path.split()[1:], fill)


def resolved(actor: "Actor", sent: list[dict[str, Any]]) -> dict[str, Any]:
    """`data.resolved` for everything that the options mention."""
    leaves = sent
    while leaves and leaves[0]["type"] in (SUB_COMMAND, GROUP):
        leaves = leaves[0].get("options", [])
    found = [(option["type"], option["value"]) for option in leaves if option["type"] in (USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT)]
    return entities(actor, [(kind, int(value)) for kind, value in found if not isinstance(value, bool)])


def entities(actor: "Actor", mentioned: list[tuple[int, int]]) -> dict[str, Any]:
    """`resolved` for pairs of option type (USER, ROLE, CHANNEL, MENTIONABLE, ATTACHMENT) and id."""
    world, guild = actor.sandbox.world, actor.sandbox.world.guilds.get(actor.channel.guild_id or 0)
    roles = [i for kind, i in mentioned if kind == ROLE or (kind == MENTIONABLE and guild and i in guild.roles)]
    users = [i for kind, i in mentioned if kind == USER or (kind == MENTIONABLE and i not in roles)]
    out = describe.resolved(world, actor.channel, users=users, roles=roles)
    channels = [world.channel(i) for kind, i in mentioned if kind == CHANNEL]
    if channels:
        out["channels"] = {str(c.id): describe.resolved_channel(world, c, actor.user.id) for c in channels}
    files = [i for kind, i in mentioned if kind == ATTACHMENT]
    if files:
        out["attachments"] = {str(i): actor.sandbox.driver.uploads[i] for i in files}
    return out


def upload(actor: "Actor", value: Any, file_types: list[str] | None = None) -> str:
    """Store a file given as (name, bytes), as the client does before it sends; the answer is the attachment's id. Raises ClientRefusal."""
    name = as_upload(value).filename
    if not takes_file(name, file_types):
        raise ClientRefusal(f"{name!r} cannot be picked here: only {', '.join(file_types or ())}")
    stored = attachments.store(actor.sandbox, actor.channel.id, [as_upload(value)], None, [], True, ())[0]
    actor.sandbox.driver.uploads[int(stored["id"])] = stored
    return stored["id"]


def as_upload(value: Any, number: int = 0) -> Upload:
    """A file given as (name, bytes) as the part of a form. Raises ClientRefusal for a file that is too large."""
    if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], bytes)):
        raise ClientRefusal(f"{value!r} is no file: give (name, bytes)")
    name, content = value
    if len(content) > describe.ATTACHMENT_LIMIT:
        raise ClientRefusal("the file is too large")
    return Upload(f"files[{number}]", name, mimetypes.guess_type(name)[0] or "application/octet-stream", content)


def _nested(actor: "Actor", data: dict[str, Any], path: list[str], fill: Any) -> list[dict[str, Any]]:
    children = data.get("options") or []
    below = [child for child in children if child["type"] in (SUB_COMMAND, GROUP)]
    if not below:
        if path:
            raise ClientRefusal(f"{data['name']!r} has no subcommand {path[0]!r}")
        return fill(data)
    if not path:
        raise ClientRefusal(f"{data['name']!r} needs a subcommand: {', '.join(child['name'] for child in below)}")
    child = next((c for c in below if path[0] in (c["name"], local_name(c, actor.user.locale))), None)
    if child is None:
        raise ClientRefusal(f"{data['name']!r} has no subcommand {path[0]!r}")
    return [{"type": child["type"], "name": child["name"], "options": _nested(actor, child, path[1:], fill)}]


def _fill(actor: "Actor", leaf: dict[str, Any], values: dict[str, Any]) -> list[dict[str, Any]]:
    given = {_named(leaf, name, actor.user.locale)["name"]: value for name, value in values.items() if value is not None}
    sent = []
    for option in leaf.get("options") or []:
        if option["name"] in given:
            sent.append(_option(option, _checked(option, _wire(actor, option, given[option["name"]]))))
        elif option.get("required"):
            raise ClientRefusal(f"the option {option['name']!r} is required")
    return sent


def _named(leaf: dict[str, Any], name: str, locale: str) -> dict[str, Any]:
    names = (name, name.replace("_", "-"))
    for option in leaf.get("options") or []:
        if option["name"] in names or local_name(option, locale) in names:
            return option
    raise ClientRefusal(f"{leaf['name']!r} has no option {name!r}")


def _option(option: dict[str, Any], value: Any) -> dict[str, Any]:
    return {"type": option["type"], "name": option["name"], "value": value}


def _wire(actor: "Actor", option: dict[str, Any], value: Any) -> Any:
    """The value as it is sent; refused when it is of the wrong type."""
    kind, name = option["type"], option["name"]
    choices = option.get("choices") or []
    if choices:
        picked = next((c for c in choices if _means(value, c, actor.user.locale)), None)
        if picked is None:
            raise ClientRefusal(f"{value!r} is not offered for {name!r}")
        return picked["value"]
    if kind == ATTACHMENT:
        return upload(actor, value, option.get("file_types"))
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        return entity_id(actor, kind, value, option.get("channel_types"))
    types: dict[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float)}
    if not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != BOOLEAN):
        raise ClientRefusal(f"{value!r} does not fit the option {name!r}")
    return value


def entity_id(actor: "Actor", kind: int, value: Any, channel_types: list[int] | None = None) -> str:
    """The id of a user, role or channel that the client would offer here. Raises ClientRefusal."""
    record = value.user if hasattr(value, "user") else value
    if isinstance(record, Member):
        record = actor.sandbox.world.user(record.user_id)
    guild_id = actor.channel.guild_id
    fits = (
        (kind in (USER, MENTIONABLE) and isinstance(record, User))
        or (kind in (ROLE, MENTIONABLE) and isinstance(record, Role) and record.guild_id == guild_id)
        or (kind == CHANNEL and isinstance(record, Channel) and record.guild_id == guild_id and _offered(actor, record, channel_types))
    )
    if not fits:
        raise ClientRefusal(f"{value!r} cannot be picked here")
    return str(record.id)


def _offered(actor: "Actor", channel: Channel, channel_types: list[int] | None) -> bool:
    return bool(actor.permissions(channel)) and (not channel_types or channel.type in channel_types)


def _checked(option: dict[str, Any], value: Any) -> Any:
    name = option["name"]
    if option["type"] == STRING:
        size = len(value)
        if not option.get("min_length", 0) <= size <= option.get("max_length", 6000) or not value.strip():
            raise ClientRefusal(f"the text for {name!r} has the wrong length ({size})")
    elif option["type"] in (INTEGER, NUMBER) and not option.get("choices"):
        low, high = option.get("min_value", -_BIGGEST), option.get("max_value", _BIGGEST)
        if not low <= value <= high:
            raise ClientRefusal(f"{name!r} takes {low} to {high}, not {value}")
    return value


def _means(given: Any, choice: dict[str, Any], locale: str) -> bool:
    named = not isinstance(given, Value) and given in (choice["name"], local_name(choice, locale))
    return named or _same(given, choice["value"])


def _same(given: Any, value: Any) -> bool:
    return given == value and isinstance(given, bool) == isinstance(value, bool)
