"""Who may put which role on a panel, and which roles the bot can hand out now. Decisions only: the caller brings the facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.panels import RoleSpec
from domain.permissions import Permission, dangerous_bits

# What the guard took for harmless before it looked at channels and at the permissions that Discord added since.
_OVERLOOKED = Permission.VIEW_GUILD_INSIGHTS | Permission.PIN_MESSAGES | Permission.BYPASS_SLOWMODE


class Problem(StrEnum):
    """Why a role cannot be given, taken, or put on a panel: first what is known beforehand, then what Discord's answer told."""

    DELETED = "deleted"
    EVERYONE = "everyone"
    MANAGED = "managed"
    ABOVE_BOT = "above_bot"
    ABOVE_EDITOR = "above_editor"
    DANGEROUS = "dangerous"
    BOT_LACKS_MANAGE_ROLES = "bot_lacks_manage_roles"
    PENDING = "pending"
    WAITS_FOR_SCREENING = "waits_for_screening"
    WAITS_NO_LONGER = "waits_no_longer"
    PANEL_DELETED = "panel_deleted"
    NOT_ON_PANEL = "not_on_panel"
    REQUIRES_ANY = "requires_any"
    REQUIRES_ALL = "requires_all"
    BLOCKED = "blocked"
    FULL = "full"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    PERMANENT = "permanent"

    MEMBER_LEFT = "member_left"
    FORBIDDEN = "forbidden"
    TWO_FACTOR = "two_factor"
    BUSY = "busy"
    HELD_BACK = "held_back"
    DISCORD_ERROR = "discord_error"
    UNCERTAIN = "uncertain"
    INTERRUPTED = "interrupted"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    FORGOTTEN = "forgotten"
    TOO_FAST = "too_fast"
    LINE_TOO_LONG = "line_too_long"


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role of the guild as Discord shows it. Of two roles in the same position the one with the lower id stands higher.

    `managed` is a role that Discord alone gives, by an integration, a linked account or a purchase.
    `in_channels` are the dangerous bits that channel overwrites give it, in any channel, beyond what @everyone has there.
    """

    role_id: int
    name: str
    position: int
    permissions: int = 0
    managed: bool = False
    in_channels: int = 0

    @property
    def power(self) -> int:
        """The dangerous bits that whoever gets the role gets with it, in the guild or in some channel."""
        return dangerous_bits(self.permissions | self.in_channels)

    @property
    def overlooked_power(self) -> int:
        """The part of its power that the guard did not know of when it looked at the role's own, older permissions alone."""
        return self.power & ~(self.permissions & ~_OVERLOOKED)

    def is_above(self, other: "RoleFacts") -> bool:
        """Whether this role stands above the other in the guild's list."""
        return (self.position, -self.role_id) > (other.position, -other.role_id)


@dataclass(frozen=True, slots=True)
class GuildFacts:
    """What a decision needs to know of the guild: its roles, the bot's top role, and whether the bot may manage roles there.

    `hidden_channels` counts the channels that the bot cannot see: what roles may do there is not known, but for what was seen before.
    """

    guild_id: int
    owner_id: int
    roles: dict[int, RoleFacts]
    bot_top_role: RoleFacts
    bot_may_manage_roles: bool
    hidden_channels: int = 0

    def top_role(self, role_ids: frozenset[int]) -> RoleFacts:
        """The highest of these roles; @everyone when there is none."""
        best = self.roles[self.guild_id]
        for role_id in role_ids:
            role = self.roles.get(role_id)
            if role and role.is_above(best):
                best = role
        return best

    def permissions_of(self, user_id: int, role_ids: Iterable[int]) -> int:
        """What a member with these roles may do in the guild: that of all their roles and of @everyone; the owner everything.

        https://docs.discord.com/developers/topics/permissions#permission-overwrites
        """
        if user_id == self.owner_id:
            return Permission.ADMINISTRATOR.value
        permissions = self.roles[self.guild_id].permissions
        for role_id in role_ids:
            if role := self.roles.get(role_id):
                permissions |= role.permissions
        return permissions


def grant_problem(facts: GuildFacts, role_id: int, accepted: int = 0) -> Problem | None:
    """Why the bot must not or cannot give this role now, or None. `accepted` are the dangerous bits that it may have."""
    problem = change_problem(facts, role_id)
    if problem:
        return problem
    return Problem.DANGEROUS if facts.roles[role_id].power & ~accepted else None


def item_problem(facts: GuildFacts, item: RoleSpec, own: RoleSpec | None, role_id: int | None = None) -> Problem | None:
    """Why the bot must not or cannot give a role of an item now, or None: the item's own role, or `role_id` of its bundle.

    `own` is that role's own item on the same panel, if it has one: only there can its power have been confirmed.
    """
    role_id = item.role_id if role_id is None else role_id
    role = facts.roles.get(role_id)
    return grant_problem(facts, role_id, accepted(role, item, own) if role else 0)


def accepted(role: RoleFacts, item: RoleSpec, own: RoleSpec | None) -> int:
    """The dangerous bits of a role that may be given along with an item: those that an administrator confirmed in the role's own item,
    and those that it had before the guard knew of them, when the item was already there.
    """
    confirmed = own.confirmed_permissions if own else 0
    if item.grandfathered is None:
        return confirmed | role.overlooked_power
    return confirmed | dict(item.grandfathered).get(role.role_id, 0)


def change_problem(facts: GuildFacts, role_id: int) -> Problem | None:
    """Why Discord would refuse the bot a change of this role on any member, or None. Enough for taking a role away."""
    role = facts.roles.get(role_id)
    if role is None:
        return Problem.DELETED
    if role_id == facts.guild_id:
        return Problem.EVERYONE
    if role.managed:
        return Problem.MANAGED
    if not facts.bot_may_manage_roles:
        return Problem.BOT_LACKS_MANAGE_ROLES
    if not facts.bot_top_role.is_above(role):
        return Problem.ABOVE_BOT
    return None


def panel_problem(facts: GuildFacts, role_id: int, editor_id: int, editor_role_ids: frozenset[int]) -> Problem | None:
    """Why this editor may not put this role on a panel, or None.

    DANGEROUS is returned last and means: ask an administrator to confirm; the others are final.
    """
    problem = change_problem(facts, role_id)
    if problem and problem is not Problem.BOT_LACKS_MANAGE_ROLES:
        return problem
    role = facts.roles[role_id]
    if editor_id != facts.owner_id and not facts.top_role(editor_role_ids).is_above(role):
        return Problem.ABOVE_EDITOR
    return Problem.DANGEROUS if role.power else None
