"""What is picked in a dropdown, on a message or in a modal."""

from typing import TYPE_CHECKING, Any

from sandbox.driver import options
from sandbox.driver.errors import ClientRefusal

if TYPE_CHECKING:
    from sandbox.driver.actor import Actor

STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 3, 5, 6, 7, 8
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
TEXT_DISPLAY = 10
RESOLVED_AS = {USER_SELECT: "users", ROLE_SELECT: "roles", CHANNEL_SELECT: "channels"}  # always sent, even when nothing was picked
_AS_OPTION = {
    USER_SELECT: options.USER, ROLE_SELECT: options.ROLE, MENTIONABLE_SELECT: options.MENTIONABLE, CHANNEL_SELECT: options.CHANNEL,
}  # fmt: skip


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every component, parents before children, in the order in which they are shown."""
    found: list[dict[str, Any]] = []
    for part in components:
        found.append(part)
        found += walk(part.get("components") or [])
        found += walk([part[name] for name in ("accessory", "component") if part.get(name)])
    return found


def chosen(actor: "Actor", select: dict[str, Any], values: list[Any]) -> tuple[list[str], dict[str, Any]]:
    """The values that are sent for what was picked, and `resolved` for them. Raises ClientRefusal."""
    if select["type"] == STRING_SELECT:
        picked = [option_value(select, value) for value in values]
        _refuse_twice(picked)
        return picked, {}
    kind = _AS_OPTION[select["type"]]
    ids = [options.entity_id(actor, kind, value, select.get("channel_types")) for value in values]
    _refuse_twice(ids)
    return ids, options.entities(actor, [(kind, int(one)) for one in ids])


def option_value(group: dict[str, Any], which: str) -> str:
    """The value of the entry with this label or value (a `Value`: with this value). Raises ClientRefusal."""
    labels = [] if isinstance(which, options.Value) else group["options"]
    found = next((o["value"] for o in labels if which == o["label"]), None)
    found = found or next((o["value"] for o in group["options"] if which == o["value"]), None)
    if found is None:
        raise ClientRefusal(f"{which!r} is not among {[o['label'] for o in group['options']]}")
    return found


def preselected(component: dict[str, Any]) -> list[str]:
    """The values that stand picked before the user does anything."""
    if "options" in component:
        return [option["value"] for option in component["options"] if option.get("default")]
    return [value["id"] for value in component.get("default_values") or []]


def check_count(component: dict[str, Any], count: int, low: int, high: int) -> None:
    """Refuse more or fewer picks than the client lets pass."""
    if not low <= count <= high:
        raise ClientRefusal(f"{component['custom_id']!r} takes {low} to {high}, not {count}")


def _refuse_twice(values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise ClientRefusal("the same thing was picked twice")
