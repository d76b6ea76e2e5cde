"""What a click asks for and what is decided of it: from the claims in it to a plan, and from the plan to its record."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from cogs.roles.change.applier import Applied
from domain.grants import Grant, grants
from domain.late import plan_again
from domain.panels import PanelSpec
from domain.plan import Pick, Refusal, RolePlan, Surroundings, plan
from domain.role_safety import GuildFacts, Problem


@dataclass(frozen=True, slots=True)
class Click:
    """One member's click as it arrived. `posted`: on a panel's message, not on a private picker. Panel, message and items are claims.

    `role_ids` are the member's roles in the payload, None when they must be asked for. `kept_ids` are picked items that the member had when
    they clicked; None until that is known.
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
    kept_ids: tuple[int, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """What another process needs to do this click again, with its snowflakes and its token."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Click":
        """A click from the database. The roles of its payload are old by now, so they will be asked for."""
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}  # an older bot wrote more
        sequences = {name: tuple(known[name]) for name in ("item_ids", "offered_ids", "kept_ids") if known.get(name) is not None}
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
    guild_role_ids: AbstractSet[int]
    ends: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Board:
    """A panel with the other panels of its link group, as they were read together."""

    panel: PanelSpec
    linked: tuple[PanelSpec, ...] = ()

    @property
    def role_ids(self) -> Iterator[int]:
        """Every role that a click here may change."""
        return (role_id for panel in (self.panel, *self.linked) for item in panel.roles for role_id in item.role_ids)

    @property
    def versions(self) -> dict[int, int]:
        """Each panel's version: two boards with the same are the same."""
        return {panel.panel_id: panel.version for panel in (self.panel, *self.linked)}


@dataclass(frozen=True)
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

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """What is written down of the roles to be added."""
        return grants(self.board.panel, self.plan) if self.board else ()

    def wish(self, click: Click) -> Click:
        """The click as what it asked for when it was planned, so that it means the same when its turn comes later.

        A pressed button asked for its role or gave it back, whichever it was then.
        """
        if self.panel is None or click.kept_ids is not None:
            return click
        picked = [item for item_id in click.item_ids if (item := self.panel.item(item_id))]
        back = [item.item_id for item in picked if item.role_id in self.plan.remove]
        kept = [item.item_id for item in picked if item.role_id in (self.held or ()) and item.item_id not in back]
        asked = [item.item_id for item in picked if item.role_id in self.plan.add or item.item_id in (*self.plan.given, *kept)]
        offered = [item.item_id for item in self.panel.roles if item.item_id in click.offered_ids and item.role_id in self.plan.remove]
        return replace(click, toggles=False, item_ids=tuple(asked), offered_ids=(*asked, *back, *offered), kept_ids=tuple(kept))

    def outcome(self, applied: Applied, at: datetime | None = None) -> Outcome:
        """What became of it, when Discord confirmed the changes at `at`."""
        holds = None if self.held is None or applied.uncertain else (self.held | set(applied.added)) - set(applied.removed)
        ends = {grant.role_id: end for grant in self.grants if at and grant.role_id in applied.added and (end := grant.ends(at))}
        return Outcome(self.panel, self.plan, applied, holds, self.facts.roles.keys(), ends)


def decide(
    board: Board | None,
    click: Click,
    held: frozenset[int],
    facts: GuildFacts,
    full: frozenset[int] = frozenset(),
    *,
    may_wait: bool = False,
    waiting: frozenset[int] = frozenset(),
    hopeless: Mapping[int, Problem] | None = None,
) -> Decision:
    """The decision on a click, with what the panel itself cannot know refused: a panel or item that is gone, a member not yet admitted.

    `full` are the items known to have no place left, `hopeless` what Discord keeps refusing. `may_wait`: the bot will hear when a member
    is admitted; `waiting` are the roles that it will give them then, which count as held.
    """
    if board is None or board.panel.guild_id != click.guild_id:
        return Decision(None, RolePlan(refusals=(Refusal(0, Problem.PANEL_DELETED),)), held, facts)
    items = [board.panel.item(item_id) for item_id in click.item_ids]
    picked = tuple(item.role_id for item in items if item)
    waits = may_wait and board.panel.wait_for_screening
    if click.pending and not waits:
        return Decision(board, RolePlan(refusals=tuple(Refusal(role_id, Problem.PENDING) for role_id in picked)), held, facts)
    offered = {role.role_id for role in board.panel.roles if role.item_id in click.offered_ids}
    kept = frozenset(item.role_id for item in items if item and item.item_id in (click.kept_ids or ()))
    pick = Pick(picked, click.toggles, tuple(sorted(offered - set(picked))), kept)
    expected = held | waiting if click.pending else held
    decided = plan(board.panel, expected, pick, facts, Surroundings(board.linked, full, hopeless or {}))
    gone = tuple(Refusal(0, Problem.NOT_ON_PANEL) for item in items if item is None)
    if click.pending:
        decided = _put_off(decided, held)
    return Decision(board, replace(decided, refusals=decided.refusals + gone), held, facts)


def decide_again(
    board: Board | None,
    click: Click,
    wanted: RolePlan,
    held: frozenset[int],
    facts: GuildFacts,
    full: frozenset[int],
    hopeless: Mapping[int, Problem],
) -> Decision:
    """The decision on a click whose turn has come: by every rule as it is now, on what it asked for when it was planned as `wanted`."""
    if board is None:
        gone = tuple(Refusal(role_id, Problem.PANEL_DELETED) for role_id in (*wanted.add, *wanted.remove))
        return Decision(None, RolePlan(refusals=gone), held, facts)
    # A click from before the bot kept more than its plan: what it was to take off was held.
    wish = Decision(board, wanted, frozenset(wanted.remove), facts).wish(click)
    decided = decide(board, wish, held, facts, full, hopeless=hopeless)
    return replace(decided, plan=plan_again(decided.plan, wanted, board.panel, held))


def _put_off(decided: RolePlan, held: frozenset[int]) -> RolePlan:
    """Nothing changes before the member has passed screening: what is asked for waits until then, and what waited may be let go."""
    problems = {
        **dict.fromkeys(decided.add, Problem.WAITS_FOR_SCREENING),
        **{role_id: Problem.PENDING if role_id in held else Problem.WAITS_NO_LONGER for role_id in decided.remove},
    }
    if decided.add:  # a swap takes off what is held when the new one comes
        problems = {role_id: problem for role_id, problem in problems.items() if problem is not Problem.PENDING}
    return RolePlan(
        refusals=(*decided.refusals, *(Refusal(role_id, problem) for role_id, problem in problems.items())), unchanged=decided.unchanged
    )


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
