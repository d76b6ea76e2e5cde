"""The doctor: from plain facts about a server, its panels and their messages to findings, the worst first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from domain.leftovers import is_custom
from domain.panels import PanelSpec, Requirement, RoleSpec
from domain.protection import Protection
from domain.role_safety import GuildFacts, Problem, item_problem


class Severity(IntEnum):
    """How bad a finding is for members: something does not work, may soon not work, or could be better."""

    HINT = 1
    WARNING = 2
    BROKEN = 3


class Cause(StrEnum):
    """What was found."""

    NO_MANAGE_ROLES = "no_manage_roles"
    TWO_FACTOR = "two_factor"
    AUDIT_OFF = "audit_off"
    AUDIT_GONE = "audit_gone"
    AUDIT_FORBIDDEN = "audit_forbidden"
    MANAGER_DELETED = "manager_deleted"
    MANAGER_CLOSED = "manager_closed"
    ENDS_OVERDUE = "ends_overdue"
    HELD_BACK = "held_back"
    WORK_FAILS = "work_fails"

    NO_ROLES = "no_roles"
    NOT_POSTED = "not_posted"
    MEMBERS_UNSEEN = "members_unseen"
    MINIMUM_TOO_HIGH = "minimum_too_high"
    LINKED_ALONE = "linked_alone"
    REQUIRED_DELETED = "required_deleted"
    RULES_STALE = "rules_stale"

    MESSAGE_MISSING = "message_missing"
    CHANNEL_GONE = "channel_gone"
    CHANNEL_FORBIDDEN = "channel_forbidden"
    MESSAGE_BEHIND = "message_behind"
    POST_UNKNOWN = "post_unknown"

    ROLE_DELETED = "role_deleted"
    ROLE_UNGIVABLE = "role_ungivable"
    ROLE_ABOVE_BOT = "role_above_bot"
    ROLE_DANGEROUS = "role_dangerous"
    ROLE_GRANDFATHERED = "role_grandfathered"
    BUNDLE_GRANDFATHERED = "bundle_grandfathered"
    NEEDED_ROLE_GIVEN = "needed_role_given"
    NEEDED_ROLE_ON_PANEL = "needed_role_on_panel"
    EMOJI_GONE = "emoji_gone"
    EMOJI_REFUSED = "emoji_refused"
    EMOJI_FOR_OTHERS = "emoji_for_others"
    BUNDLE_DELETED = "bundle_deleted"
    BUNDLE_STUCK = "bundle_stuck"


class Mend(StrEnum):
    """What the bot can do about a finding by itself."""

    DROP_ROLE = "drop_role"
    DROP_EMOJI = "drop_emoji"
    DROP_STALE = "drop_stale"
    CONFIRM = "confirm"
    REPOST = "repost"
    FORGET = "forget"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """A panel in one channel. `missing`: a message of it was deleted; `behind`: an edit of one did not get through.

    `unseen` are the permissions that the bot lacks to look what became of a message whose posting was cut off.
    """

    channel_id: int
    missing: bool = False
    behind: bool = False
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """A panel and where it stands. `linked` counts the other panels of its link group; `gone_emojis` are items whose emoji was deleted.

    `refused_emojis` are those that are shown without their emoji.
    """

    spec: PanelSpec
    postings: tuple[PostingFacts, ...] = ()
    linked: int = 0
    gone_emojis: frozenset[int] = frozenset()
    refused_emojis: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FailingWork:
    """Work of the bot, as a catalogue sentence, that failed on its own side: `error_id` stands in the log, `until` is the next try."""

    work: str
    error_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What surrounds the panels. `lacking` maps each channel of the server to the permissions that the bot lacks to post there.

    `closed_manager_role_ids` are the manager roles that Discord does not offer the commands to. `panels` are all of the server's.
    `overdue_role_ids` are temporary roles whose time is over for some members who still hold them. `held_back_until`: Discord refused so
    much that the bot sends nothing until then.
    """

    guild: GuildFacts
    lacking: dict[int, int]
    owner_lacks_two_factor: bool = False
    sees_members: bool = True
    audit_channel_id: int | None = None
    manager_role_ids: tuple[int, ...] = ()
    closed_manager_role_ids: tuple[int, ...] = ()
    overdue_role_ids: tuple[int, ...] = ()
    panels: tuple[PanelSpec, ...] = ()
    failing: tuple[FailingWork, ...] = ()
    held_back_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, where, and what mends it; without `mend` only a person can.

    `by_role_ids` are those whose holders bring it about, `other_panel_id` is the panel that does.
    """

    cause: Cause
    severity: Severity
    mend: Mend | None = None
    panel_id: int | None = None
    item_id: int | None = None
    role_ids: tuple[int, ...] = ()
    channel_id: int | None = None
    permissions: int = 0
    by_role_ids: tuple[int, ...] = ()
    other_panel_id: int | None = None
    failing: FailingWork | None = None
    until: datetime | None = None

    @property
    def subject(self) -> int:
        """What of the panel it is about: a channel, a role on it, or 0 for the panel itself."""
        return self.channel_id if self.channel_id is not None else self.item_id or 0


def diagnose(server: ServerFacts, panels: tuple[PanelFacts, ...]) -> list[Finding]:
    """Everything that is wrong, the worst first; what concerns the whole server before single panels."""
    protection = Protection(server.guild, server.manager_role_ids, server.panels)
    found = [*_server(server, bool(panels)), *(finding for panel in panels for finding in _panel(server, panel, protection))]
    return sorted(found, key=lambda finding: -finding.severity)


def _server(server: ServerFacts, has_panels: bool) -> Iterator[Finding]:
    worst = Severity.BROKEN if has_panels else Severity.WARNING
    if not server.guild.bot_may_manage_roles:
        yield Finding(Cause.NO_MANAGE_ROLES, worst)
    if server.owner_lacks_two_factor:
        yield Finding(Cause.TWO_FACTOR, worst)
    yield from _audit(server)
    deleted = tuple(role_id for role_id in server.manager_role_ids if role_id not in server.guild.roles)
    if deleted:
        yield Finding(Cause.MANAGER_DELETED, Severity.HINT, role_ids=deleted)
    if server.closed_manager_role_ids:
        yield Finding(Cause.MANAGER_CLOSED, Severity.WARNING, role_ids=server.closed_manager_role_ids)
    if server.overdue_role_ids:
        yield Finding(Cause.ENDS_OVERDUE, Severity.BROKEN, role_ids=server.overdue_role_ids)
    if server.held_back_until:
        yield Finding(Cause.HELD_BACK, Severity.BROKEN, until=server.held_back_until)
    for failing in server.failing:
        yield Finding(Cause.WORK_FAILS, Severity.WARNING, failing=failing, until=failing.until)


def _audit(server: ServerFacts) -> Iterator[Finding]:
    channel_id = server.audit_channel_id
    if channel_id is None:
        yield Finding(Cause.AUDIT_OFF, Severity.HINT)
    elif channel_id not in server.lacking:
        yield Finding(Cause.AUDIT_GONE, Severity.WARNING)
    elif server.lacking[channel_id]:
        yield Finding(Cause.AUDIT_FORBIDDEN, Severity.WARNING, channel_id=channel_id, permissions=server.lacking[channel_id])


def _panel(server: ServerFacts, panel: PanelFacts, protection: Protection) -> Iterator[Finding]:
    spec = panel.spec
    if not spec.roles:
        yield Finding(Cause.NO_ROLES, Severity.BROKEN if panel.postings else Severity.HINT, panel_id=spec.panel_id)
    elif not panel.postings:
        yield Finding(Cause.NOT_POSTED, Severity.HINT, panel_id=spec.panel_id)
    if (spec.sticky or spec.wait_for_screening) and not server.sees_members:
        yield Finding(Cause.MEMBERS_UNSEEN, Severity.WARNING, panel_id=spec.panel_id)
    if spec.link_group is not None and not panel.linked:
        yield Finding(Cause.LINKED_ALONE, Severity.HINT, panel_id=spec.panel_id)
    if spec.roles and not panel.linked and (spec.min_roles or 0) > len(spec.roles):
        yield Finding(Cause.MINIMUM_TOO_HIGH, Severity.WARNING, panel_id=spec.panel_id)
    yield from _requirement(server, spec.requirement, spec.panel_id, None)
    for posting in panel.postings:
        yield from _posting(server, spec.panel_id, posting)
    own = {role.role_id: role for role in spec.roles}
    for role in spec.roles:
        yield from _role(server, panel, role, own)
        yield from _protection(protection, spec, role)


def _posting(server: ServerFacts, panel_id: int, posting: PostingFacts) -> Iterator[Finding]:
    where = Finding(Cause.MESSAGE_MISSING, Severity.BROKEN, Mend.REPOST, panel_id=panel_id, channel_id=posting.channel_id)
    lacking = server.lacking.get(posting.channel_id)
    if posting.unseen:
        yield replace(where, cause=Cause.POST_UNKNOWN, severity=Severity.WARNING, mend=None, permissions=posting.unseen)
    if lacking is None:
        yield replace(where, cause=Cause.CHANNEL_GONE, mend=Mend.FORGET)
    elif lacking:
        # A message that stands there already goes on working; it only cannot follow edits.
        severity = Severity.BROKEN if posting.missing else Severity.WARNING
        yield replace(where, cause=Cause.CHANNEL_FORBIDDEN, severity=severity, mend=None, permissions=lacking)
    elif posting.missing:
        yield where
    elif posting.behind:
        yield replace(where, cause=Cause.MESSAGE_BEHIND, severity=Severity.WARNING, mend=Mend.REFRESH)


def _role(server: ServerFacts, panel: PanelFacts, role: RoleSpec, own: Mapping[int, RoleSpec]) -> Iterator[Finding]:
    about = Finding(Cause.ROLE_ABOVE_BOT, Severity.BROKEN, panel_id=panel.spec.panel_id, item_id=role.item_id, role_ids=(role.role_id,))
    match _giving(server, role, role, role.role_id):
        case None if power := _grandfathered(server, role, role.role_id):
            yield replace(about, cause=Cause.ROLE_GRANDFATHERED, severity=Severity.WARNING, mend=Mend.CONFIRM, permissions=power)
        case None:
            pass
        case Problem.DELETED:
            yield replace(about, cause=Cause.ROLE_DELETED, mend=Mend.DROP_ROLE)
        case Problem.ABOVE_BOT:
            yield about
        case Problem.DANGEROUS:
            bits = server.guild.roles[role.role_id].power
            yield replace(about, cause=Cause.ROLE_DANGEROUS, mend=Mend.CONFIRM, permissions=bits)
        case _:
            yield replace(about, cause=Cause.ROLE_UNGIVABLE, mend=Mend.DROP_ROLE)
    if role.item_id in panel.gone_emojis:
        yield replace(about, cause=Cause.EMOJI_GONE, severity=Severity.HINT, mend=Mend.DROP_EMOJI)
    elif role.emoji and role.item_id in panel.refused_emojis:
        cause = Cause.EMOJI_FOR_OTHERS if is_custom(role.emoji) else Cause.EMOJI_REFUSED
        yield replace(about, cause=cause, severity=Severity.HINT, mend=Mend.DROP_EMOJI)
    yield from _bundle(server, role, own, about)
    yield from _requirement(server, role.requirement, panel.spec.panel_id, role)


def _bundle(server: ServerFacts, role: RoleSpec, own: Mapping[int, RoleSpec], about: Finding) -> Iterator[Finding]:
    problems = {role_id: _giving(server, role, own.get(role_id), role_id) for role_id in role.bundle}
    deleted = tuple(role_id for role_id, problem in problems.items() if problem is Problem.DELETED)
    stuck = tuple(role_id for role_id, problem in problems.items() if problem not in (None, Problem.DELETED))
    if deleted:
        yield replace(about, cause=Cause.BUNDLE_DELETED, mend=Mend.DROP_STALE, role_ids=(role.role_id,))
    if stuck:
        yield replace(about, cause=Cause.BUNDLE_STUCK, role_ids=(role.role_id, *stuck))
    old = tuple(role_id for role_id, problem in problems.items() if problem is None and _grandfathered(server, own.get(role_id), role_id))
    if old:
        yield replace(about, cause=Cause.BUNDLE_GRANDFATHERED, severity=Severity.WARNING, role_ids=(role.role_id, *old))


def _protection(protection: Protection, panel: PanelSpec, role: RoleSpec) -> Iterator[Finding]:
    for powerful_id, gap in protection.gaps(panel, role):
        yield Finding(
            Cause.NEEDED_ROLE_GIVEN if gap.giver_role_ids else Cause.NEEDED_ROLE_ON_PANEL,
            Severity.WARNING,
            panel_id=panel.panel_id,
            item_id=role.item_id,
            role_ids=(powerful_id, gap.needed_id),
            by_role_ids=gap.giver_role_ids,
            other_panel_id=gap.panel_id,
        )


def _requirement(server: ServerFacts, rule: Requirement, panel_id: int, role: RoleSpec | None) -> Iterator[Finding]:
    deleted = [role_id for role_id in rule.required if role_id not in server.guild.roles]
    stale = deleted or [role_id for role_id in rule.blocked if role_id not in server.guild.roles]
    if not stale:
        return
    nobody_can = bool(deleted) and (rule.needs_all or len(deleted) == len(rule.required))
    yield Finding(
        Cause.REQUIRED_DELETED if nobody_can else Cause.RULES_STALE,
        Severity.BROKEN if nobody_can else Severity.HINT,
        # Without the deleted role everybody would fulfil the rule: only a person can say whether that is meant.
        None if nobody_can else Mend.DROP_STALE,
        panel_id=panel_id,
        item_id=role.item_id if role else None,
        role_ids=(role.role_id,) if role else (),
    )


def _grandfathered(server: ServerFacts, own: RoleSpec | None, role_id: int) -> int:
    """All the power of a role that is given, but that nobody confirmed all of."""
    power = server.guild.roles[role_id].power
    return power if power & ~(own.confirmed_permissions if own else 0) else 0


def _giving(server: ServerFacts, item: RoleSpec, own: RoleSpec | None, role_id: int) -> Problem | None:
    """Why this role of an item cannot be given; that the bot may give none at all is a finding of its own."""
    guild = server.guild if server.guild.bot_may_manage_roles else replace(server.guild, bot_may_manage_roles=True)
    return item_problem(guild, item, own, role_id)
