"""Who may put which role on a panel, and which roles the bot can hand out now. Decisions only: the caller brings the facts."""

from dataclasses import dataclass
from enum import StrEnum

from domain.permissions import dangerous_bits


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
    DISCORD_ERROR = "discord_error"
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    TOO_FAST = "too_fast"


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role of the guild as Discord shows it. Of two roles in the same position the one with the lower id stands higher."""

    role_id: int
    name: str
    position: int
    permissions: int = 0
    managed: bool = False

    def is_above(self, other: "RoleFacts") -> bool:
        """Whether this role stands above the other in the guild's list."""
        return (self.position, -self.role_id) > (other.position, -other.role_id)


@dataclass(frozen=True, slots=True)
class GuildFacts:
    """What a decision needs to know of the guild: its roles, the bot's top role, and whether the bot may manage roles there."""

    guild_id: int
    owner_id: int
    roles: dict[int, RoleFacts]
    bot_top_role: RoleFacts
    bot_may_manage_roles: bool

    def top_role(self, role_ids: frozenset[int]) -> RoleFacts:
        """The highest of these roles; @everyone when there is none."""
        best = self.roles[self.guild_id]
        for role_id in role_ids:
            role = self.roles.get(role_id)
            if role and role.is_above(best):
                best = role
        return best


def grant_problem(facts: GuildFacts, role_id: int, confirmed_permissions: int = 0) -> Problem | None:
    """Why the bot must not or cannot give this role now, or None.

    `confirmed_permissions` are the dangerous bits that an administrator accepted for it.
    """
    problem = change_problem(facts, role_id)
    if problem:
        return problem
    unconfirmed = dangerous_bits(facts.roles[role_id].permissions) & ~confirmed_permissions
    return Problem.DANGEROUS if unconfirmed else None


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
    return Problem.DANGEROUS if dangerous_bits(role.permissions) else None
