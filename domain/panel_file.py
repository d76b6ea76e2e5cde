"""The form in which panels are kept and exchanged: history, export, import, clones and templates all read and write it.

Plain dicts, ready for TOML and JSON. What is as usual is left out; roles are named beside their ids, for people and for other guilds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.durations import LONGEST, SHORTEST
from domain.file_reader import Fault, FaultKind, Table
from domain.panels import (
    DESCRIPTION_MAX,
    FOOTER_MAX,
    LABEL_MAX,
    NAME_MAX,
    OPTION_DESCRIPTION_MAX,
    ROLES_MAX,
    RULE_ROLES_MAX,
    TITLE_MAX,
    URL_MAX,
    Appearance,
    ButtonColour,
    Mode,
    PanelSpec,
    Requirement,
    RoleSpec,
    Style,
    label_of,
)

FORMAT = 1
PANELS_MAX = 200  # in a guild
CAPACITY_MAX = 1_000_000
EMOJI_MAX = 100
NAMED_MAX = 2_000  # roles that the rules of one panel name with their names in a file
ROLE_NAME_MAX = 100  # https://docs.discord.com/developers/resources/guild#create-guild-role


@dataclass(frozen=True, slots=True)
class RoleSketch:
    """What a file knows of a role of the guild: enough to find it elsewhere by its name, or to make it."""

    name: str
    colour: int = 0


@dataclass(frozen=True, slots=True)
class PanelFile:
    """Panels without a place: no ids of their own, nothing confirmed. `roles` tells of each role id in them.

    A role that the file gives no id for has a negative one, which stands for its name.
    """

    panels: tuple[PanelSpec, ...]
    roles: Mapping[int, RoleSketch]


def portable(panel: PanelSpec) -> PanelSpec:
    """The panel without what belongs to its place in the database, and without what was accepted here, which cannot be taken along."""
    roles = tuple(replace(role, item_id=0, confirmed_permissions=0, grandfathered=()) for role in panel.roles)
    return replace(panel, panel_id=0, guild_id=0, version=0, roles=roles)


def mentioned(panel: PanelSpec) -> set[int]:
    """Every role id in a panel: on it, given along, required and blocked."""
    found = {*panel.requirement.required, *panel.requirement.blocked}
    for role in panel.roles:
        found |= {role.role_id, *role.bundle, *role.requirement.required, *role.requirement.blocked}
    return found


def write_file(panels: Iterable[PanelSpec], roles: Mapping[int, RoleSketch]) -> dict[str, Any]:
    """A whole file. `roles` describe the roles of the guild; those it does not know are written by their id alone."""
    return {"format": FORMAT, "panel": [write_panel(panel, roles) for panel in panels]}


def write_sparingly(file: PanelFile) -> dict[str, Any]:
    """The same where nobody reads it: a role with an id is named once, so that it is hardly longer than what it was read from."""
    naming = _Naming(file.roles, once=True)
    return {"format": FORMAT, "panel": [_write_panel(panel, naming) for panel in file.panels]}


def write_panel(panel: PanelSpec, roles: Mapping[int, RoleSketch], *, sparing: bool = False) -> dict[str, Any]:
    """One panel as a table of a file. `sparing`: when its rules name very many roles, each is named once and then goes by its id."""
    rules = (panel.requirement, *(role.requirement for role in panel.roles))
    named = sum(len(rule.required) + len(rule.blocked) for rule in rules) + sum(len(role.bundle) for role in panel.roles)
    return _write_panel(panel, _Naming(roles, once=sparing and named > NAMED_MAX))


def read_file(data: Mapping[str, Any]) -> PanelFile:
    """The panels of a file. Raises Fault with the first thing that is wrong."""
    top = Table(data)
    if "format" not in data:
        raise Fault(FaultKind.NOT_A_PANEL_FILE)
    if isinstance(data["format"], bool) or data["format"] != FORMAT:
        raise Fault(FaultKind.OTHER_VERSION, known=FORMAT)
    top.take("format")
    roles = _Roles()
    panels = tuple(_read_panel(table, roles) for table in top.tables("panel", limit=PANELS_MAX))
    top.end()
    if not panels:
        raise Fault(FaultKind.NO_PANELS)
    return PanelFile(panels, roles.sketches)


def read_panel(data: Mapping[str, Any]) -> PanelFile:
    """The one panel of a table that the bot wrote itself, for example of a revision: also one that breaks a limit of today.

    Raises Fault for what is no panel at all.
    """
    roles = _Roles()
    return PanelFile((_read_panel(Table(data, strict=False), roles),), roles.sketches)


def fault_of(panel: PanelSpec) -> Fault | None:
    """The first limit that a panel breaks, or None."""
    try:
        _read_panel(Table(write_panel(panel, {})), _Roles())
    except Fault as fault:
        return fault
    return None


class _Roles:
    """The roles that a file mentions: gives each an id and remembers what is told of it."""

    def __init__(self) -> None:
        self.sketches: dict[int, RoleSketch] = {}
        self._by_name: dict[str, int] = {}

    def read(self, table: Table, colour: int = 0) -> int:
        """The id of the role that a table names by id, by name, or by both."""
        name = table.text("role", ROLE_NAME_MAX)
        role_id = table.number("id", 1, 2**63 - 1)
        if role_id is None and name is None:
            raise Fault(FaultKind.MISSING, table.where("role"))
        if role_id is None:
            role_id = self._by_name.setdefault(name or "", -1 - len(self._by_name))
        if name is not None:
            known = self.sketches.get(role_id)
            self.sketches[role_id] = RoleSketch(known.name if known else name, colour or (known.colour if known else 0))
        return role_id


def _read_panel(table: Table, roles: _Roles) -> PanelSpec:
    title = table.required_text("title", TITLE_MAX)
    panel = PanelSpec(
        panel_id=0,
        guild_id=0,
        version=0,
        name=table.text("name", NAME_MAX) or title[:NAME_MAX],
        title=title,
        description=table.text("description", DESCRIPTION_MAX),
        appearance=Appearance(
            table.colour("colour"),
            table.address("image", URL_MAX),
            table.address("thumbnail", URL_MAX),
            table.text("footer", FOOTER_MAX),
            table.number("buttons_per_row", 1, 5) or Appearance().buttons_per_row,
        ),
        style=table.choice("style", Style.BUTTONS),
        mode=table.choice("mode", Mode.TOGGLE),
        min_roles=table.number("min_roles", 0, ROLES_MAX),
        max_roles=table.number("max_roles", 1, ROLES_MAX),
        link_group=table.text("link_group", NAME_MAX),
        sticky=table.flag("sticky"),
        wait_for_screening=table.flag("wait_for_screening"),
        requirement=_read_requirement(table, roles),
        roles=tuple(_read_item(item, roles) for item in table.tables("role", limit=ROLES_MAX)),
    )
    table.end()
    if table.strict:
        _check_panel(panel, table)
    return panel


def _read_item(table: Table, roles: _Roles) -> RoleSpec:
    role_id = roles.read(table, table.colour("role_colour") or 0)
    sketch = roles.sketches.get(role_id)
    name = label_of(sketch.name) if sketch else None
    label = table.text("label", LABEL_MAX) or name
    if label is None:
        raise Fault(FaultKind.MISSING, table.where("label"))
    item = RoleSpec(
        item_id=0,
        role_id=role_id,
        label=label,
        label_set=label != name,
        emoji=table.text("emoji", EMOJI_MAX),
        description=table.text("description", OPTION_DESCRIPTION_MAX),
        colour=table.choice("colour", ButtonColour.GREY),
        duration=table.number("duration_seconds", SHORTEST, LONGEST),
        capacity=table.number("capacity", 1, CAPACITY_MAX),
        capacity_counts_all=table.flag("capacity_counts_all"),
        bundle=_read_roles(table, "bundle", roles),
        requirement=_read_requirement(table, roles),
    )
    table.end()
    return item


def _check_panel(panel: PanelSpec, table: Table) -> None:
    """What no single field can tell."""
    seen: set[int] = set()
    for index, role in enumerate(panel.roles, start=1):
        if role.role_id in seen:
            raise Fault(FaultKind.ROLE_TWICE, table.where(f"role[{index}]"), label=role.label)
        seen.add(role.role_id)
    if panel.min_roles is not None and panel.max_roles is not None and panel.min_roles > panel.max_roles:
        raise Fault(FaultKind.OUT_OF_RANGE, table.where("min_roles"), low=0, high=panel.max_roles)


def _read_requirement(table: Table, roles: _Roles) -> Requirement:
    required, blocked = _read_roles(table, "required_roles", roles), _read_roles(table, "blocked_roles", roles)
    if table.strict and not set(required).isdisjoint(blocked):
        raise Fault(FaultKind.NEEDED_AND_BLOCKED, table.where("blocked_roles"))
    return Requirement(required, table.flag("required_all"), blocked)


def _read_roles(table: Table, key: str, roles: _Roles) -> tuple[int, ...]:
    found: list[int] = []
    for entry in table.tables(key, limit=RULE_ROLES_MAX):
        found.append(roles.read(entry))
        entry.end()
    return tuple(dict.fromkeys(found))


class _Naming:
    """Writes roles: with their names beside every id for who reads it, or `once` each."""

    def __init__(self, roles: Mapping[int, RoleSketch], *, once: bool = False) -> None:
        self.sketches, self._once = roles, once
        self._named: set[int] = set()

    def role(self, role_id: int) -> dict[str, Any]:
        """A role as a table of a file. Of one without an id only the name tells which it is."""
        sketch = None if role_id in self._named else self.sketches.get(role_id)
        if self._once and role_id > 0:
            self._named.add(role_id)
        return _without_none({"role": sketch.name if sketch else None, "id": role_id if role_id > 0 else None})


def _write_panel(panel: PanelSpec, naming: _Naming) -> dict[str, Any]:
    look = panel.appearance
    written = {
        "name": panel.name,
        "title": panel.title,
        "description": panel.description,
        "style": panel.style.value,
        "mode": panel.mode.value,
        "colour": None if look.accent_colour is None else _hex(look.accent_colour),
        "image": look.image_url,
        "thumbnail": look.thumbnail_url,
        "footer": look.footer,
        "buttons_per_row": look.buttons_per_row if look.buttons_per_row != Appearance().buttons_per_row else None,
        "min_roles": panel.min_roles,
        "max_roles": panel.max_roles,
        "link_group": panel.link_group,
        "sticky": panel.sticky or None,
        "wait_for_screening": panel.wait_for_screening or None,
        **_requirement(panel.requirement, naming),
        "role": [_item(role, naming) for role in panel.roles] or None,
    }
    return _without_none(written)


def _item(role: RoleSpec, naming: _Naming) -> dict[str, Any]:
    sketch = naming.sketches.get(role.role_id)
    written = {
        **({} if sketch or role.label_set else {"role": role.label}),
        **naming.role(role.role_id),
        "role_colour": _hex(sketch.colour) if sketch and sketch.colour else None,
        **({"label": role.label} if role.label_set else {}),
        "emoji": role.emoji,
        "description": role.description,
        "colour": role.colour.value if role.colour is not ButtonColour.GREY else None,
        "duration_seconds": role.duration,
        "capacity": role.capacity,
        "capacity_counts_all": role.capacity_counts_all or None,
        "bundle": [naming.role(role_id) for role_id in role.bundle] or None,
        **_requirement(role.requirement, naming),
    }
    return _without_none(written)


def _requirement(requirement: Requirement, naming: _Naming) -> dict[str, Any]:
    return {
        "required_roles": [naming.role(role_id) for role_id in requirement.required] or None,
        "required_all": requirement.needs_all or None,
        "blocked_roles": [naming.role(role_id) for role_id in requirement.blocked] or None,
    }


def _hex(colour: int) -> str:
    return f"#{colour:06x}"


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}
