"""What a click asks for and what is decided of it: from the claims in it to a plan, and from the plan to its record."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from cogs.roles.applier import Applied
from domain.grants import Grant, grants
from domain.panels import PanelSpec
from domain.plan import Pick, Refusal, RolePlan, Surroundings, plan
from domain.role_safety import GuildFacts, Problem


@dataclass(frozen=True, slots=True)
class Click:
    """One member's click as it arrived. `posted`: on a panel's message, not on a private picker. Panel, message and items are claims.

    `role_ids` are the member's roles in the payload, None when they must be asked for.
    """

    interaction_id: int
    application_id: int
    token: str
    locale: str | None
    guild_id: int
    channel_id: int
    message_id: int
    member_id: int
    panel_id: int
    item_ids: tuple[int, ...]
    toggles: bool
    posted: bool = True
    offered_ids: tuple[int, ...] = ()
    role_ids: tuple[int, ...] | None = None
    pending: bool = False

    def to_json(self) -> dict[str, Any]:
        """What another process needs to do this click again, with its snowflakes and its token."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Click":
        """A click from the database. The roles of its payload are old by now, so they will be asked for."""
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}  # an older bot wrote more
        sequences = {name: tuple(stored[name]) for name in ("item_ids", "offered_ids")}
        return cls(**{**known, **sequences, "role_ids": None})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a click: the panel it was for, the plan, what Discord confirmed, and what the member now holds of the panel.

    `holds` is None when that could not be seen. `ends` are the moments at which added roles end.
    """

    panel: PanelSpec | None
    plan: RolePlan
    applied: Applied
    holds: frozenset[int] | None
    guild_role_ids: frozenset[int]
    ends: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Board:
    """A panel with the other panels of its link group, as they were read together."""

    panel: PanelSpec
    linked: tuple[PanelSpec, ...] = ()

    @property
    def versions(self) -> dict[int, int]:
        """Each panel's version: two boards with the same are the same."""
        return {panel.panel_id: panel.version for panel in (self.panel, *self.linked)}


@dataclass(frozen=True, slots=True)
class Decision:
    """A plan with what it was made from. Without a board the guild has no such panel; `held` is None when it could not be seen."""

    board: Board | None
    plan: RolePlan
    held: frozenset[int] | None
    facts: GuildFacts

    @property
    def panel(self) -> PanelSpec | None:
        """The panel that was clicked."""
        return self.board.panel if self.board else None

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What is written down of the roles to be added."""
        return grants(self.board.panel, self.plan) if self.board else ()

    def outcome(self, applied: Applied, at: datetime | None = None) -> Outcome:
        """What became of it, when Discord confirmed the changes at `at`."""
        holds = None if self.held is None or applied.uncertain else (self.held | set(applied.added)) - set(applied.removed)
        ends = {grant.role_id: end for grant in self.grants if at and grant.role_id in applied.added and (end := grant.ends(at))}
        return Outcome(self.panel, self.plan, applied, holds, frozenset(self.facts.roles), ends)


def decide(
    board: Board | None,
    click: Click,
    held: frozenset[int],
    facts: GuildFacts,
    full: frozenset[int] = frozenset(),
    *,
    may_wait: bool = False,
) -> Decision:
    """The decision on a click, with what the panel itself cannot know refused: a panel or item that is gone, a member not yet admitted.

    `full` are the items known to have no place left. `may_wait`: the bot will hear when a member is admitted.
    """
    if board is None or board.panel.guild_id != click.guild_id:
        return Decision(None, RolePlan(refusals=(Refusal(0, Problem.PANEL_DELETED),)), held, facts)
    items = [board.panel.item(item_id) for item_id in click.item_ids]
    picked = tuple(item.role_id for item in items if item)
    waits = may_wait and board.panel.wait_for_screening
    if click.pending and not waits:
        return Decision(board, RolePlan(refusals=tuple(Refusal(role_id, Problem.PENDING) for role_id in picked)), held, facts)
    offered = {role.role_id for role in board.panel.roles if role.item_id in click.offered_ids}
    pick = Pick(picked, click.toggles, tuple(sorted(offered - set(picked))))
    decided = plan(board.panel, held, pick, facts, Surroundings(board.linked, full))
    gone = tuple(Refusal(0, Problem.NOT_ON_PANEL) for item in items if item is None)
    if click.pending:
        decided = RolePlan(refusals=(*decided.refusals, *(Refusal(role_id, Problem.WAITS_FOR_SCREENING) for role_id in decided.add)))
    return Decision(board, replace(decided, refusals=decided.refusals + gone), held, facts)


def facts_of(click: Click, panel: PanelSpec | None, decided: RolePlan, applied: Applied) -> dict[str, Any]:
    """The record of a click: what was planned, what came of it, and the names that outlive the panel."""
    return {
        "panel_name": panel.name if panel else None,
        "panel_title": panel.title if panel else None,
        "channel_id": click.channel_id,
        "message_id": click.message_id,
        "planned_add": list(decided.add),
        "planned_remove": list(decided.remove),
        "planned_items": list(decided.given),
        "added": list(applied.added),
        "removed": list(applied.removed),
        "refused": [{"role_id": refusal.role_id, "problem": refusal.problem.value} for refusal in decided.refusals],
        "failed": [{"role_id": failure.role_id, "problem": failure.problem.value} for failure in applied.failed],
    }


def planned(payload: Mapping[str, Any]) -> RolePlan:
    """The plan that a record tells of."""
    return RolePlan(tuple(payload["planned_add"]), tuple(payload["planned_remove"]), given=tuple(payload.get("planned_items", ())))
