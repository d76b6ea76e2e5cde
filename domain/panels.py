"""What a panel is, as plain values: the modes, the styles, the roles on it, and Discord's limits on each text."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """What a click may do with the roles of a panel."""

    TOGGLE = "toggle"
    ADD_ONLY = "add_only"
    REMOVE_ONLY = "remove_only"
    UNIQUE = "unique"
    PERMANENT = "permanent"

    @property
    def keeps(self) -> bool:
        """Whether what was taken here is not given back here."""
        return self in (Mode.ADD_ONLY, Mode.PERMANENT)

    @property
    def chooses_one(self) -> bool:
        """Whether one role is picked at a time."""
        return self in (Mode.UNIQUE, Mode.PERMANENT)


class Style(StrEnum):
    """How a panel shows its roles."""

    BUTTONS = "buttons"
    DROPDOWN = "dropdown"
    PICKER = "picker"


class ButtonColour(StrEnum):
    """The four colours of a Discord button, by Discord's own names."""

    BLURPLE = "primary"
    GREY = "secondary"
    GREEN = "success"
    RED = "danger"


# Lengths in characters, never in bytes.
# https://docs.discord.com/developers/components/reference and https://docs.discord.com/developers/resources/message#embed-object-embed-limits
NAME_MAX = 100  # also an autocomplete choice's limit
TITLE_MAX = 256
DESCRIPTION_MAX = 4000  # a modal's text input; an embed would take 4096
LABEL_MAX = 80
OPTION_DESCRIPTION_MAX = 100
FOOTER_MAX = 500  # Discord takes 2048, but the whole embed holds 6000, and the list of roles needs its share
URL_MAX = 2048
ROLES_MAX = 500  # on one panel, over all its messages
GROUP_PANELS_MAX, GROUP_ROLES_MAX = 25, 500  # linked with one another
RULE_ROLES_MAX = 25  # that one rule names: what one select of roles holds
ROLES_PER_MESSAGE = 25  # five rows of five buttons, or one select


def label_of(name: str) -> str:
    """The label of a role that nobody set another one for."""
    return name[:LABEL_MAX]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Roles that a member must hold (any of them, or all) and must not hold to get something."""

    required: tuple[int, ...] = ()
    needs_all: bool = False
    blocked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a panel looks beside its text; URLs are https."""

    accent_colour: int | None = None
    image_url: str | None = None
    thumbnail_url: str | None = None
    footer: str | None = None
    buttons_per_row: int = 5


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """One role on a panel. `item_id` names it in custom_ids; `confirmed_permissions` are the dangerous bits an administrator accepted.

    `label_set`: somebody chose the label. Otherwise it is the role's name, and follows it.
    `duration` is in seconds. `capacity` counts who took it here, or every holder in the guild. `bundle` are further roles given with it.
    `grandfathered` are the dangerous bits, by role, that its roles had unnoticed when the guard learnt to see them: nobody confirmed them,
    but what was there goes on. None: the item is as old as that, and was not looked at since.
    """

    item_id: int
    role_id: int
    label: str
    emoji: str | None = None
    description: str | None = None
    colour: ButtonColour = ButtonColour.GREY
    confirmed_permissions: int = 0
    duration: int | None = None
    capacity: int | None = None
    capacity_counts_all: bool = False
    bundle: tuple[int, ...] = ()
    requirement: Requirement = Requirement()
    grandfathered: tuple[tuple[int, int], ...] | None = ()
    label_set: bool = True

    @property
    def role_ids(self) -> tuple[int, ...]:
        """Every role that comes with it: its own, then its bundle."""
        return (self.role_id, *(role_id for role_id in dict.fromkeys(self.bundle) if role_id != self.role_id))


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """A panel as it stands in the database, with the version that every edit raises.

    Panels of one `link_group` share their unique rule and their limits. `sticky`: given back to a member who rejoins.
    `wait_for_screening`: who has not passed membership screening gets the role when they have, instead of a refusal.
    """

    panel_id: int
    guild_id: int
    name: str
    title: str
    version: int
    description: str | None = None
    appearance: Appearance = Appearance()
    style: Style = Style.BUTTONS
    mode: Mode = Mode.TOGGLE
    min_roles: int | None = None
    max_roles: int | None = None
    requirement: Requirement = Requirement()
    link_group: str | None = None
    sticky: bool = False
    wait_for_screening: bool = False
    roles: tuple[RoleSpec, ...] = ()

    @property
    def looks(self) -> list[tuple[str, str | None]]:
        """How its roles read where members pick them: label and description."""
        return [(role.label, role.description) for role in self.roles]

    def item(self, item_id: int) -> RoleSpec | None:
        """The role with this item id, if it is (still) on the panel."""
        return next((role for role in self.roles if role.item_id == item_id), None)
