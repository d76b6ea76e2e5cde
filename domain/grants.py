"""What is written down of roles that a plan gives: which place each takes, and when it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.panels import PanelSpec
from domain.plan import RolePlan


@dataclass(frozen=True, slots=True)
class Grant:
    """One role that a member is to get. `item_id` is the item whose place it takes; `duration` is in seconds.

    `until` is the end of a role that is given back: the one that it had.
    """

    role_id: int
    item_id: int | None = None
    capacity: int | None = None
    capacity_counts_all: bool = False
    duration: int | None = None
    until: datetime | None = None

    def ends(self, since: datetime) -> datetime | None:
        """When it ends if it was given at `since`; None when it does not."""
        if self.until is not None:
            return self.until
        return None if self.duration is None else since + timedelta(seconds=self.duration)


def grants(panel: PanelSpec, plan: RolePlan) -> tuple[Grant, ...]:
    """The grants of a plan. A role that several given items bring lasts as long as the longest of them.

    A bundled role that also stands on the panel takes a place there and lasts no longer than it does there, however it was got.
    """
    own = {spec.role_id: spec for spec in panel.roles}
    given = [spec for spec in panel.roles if spec.item_id in plan.given]
    made: list[Grant] = []
    for role_id in plan.add:
        durations = [spec.duration for spec in given if role_id in spec.role_ids]
        lasting = None if None in durations or not durations else max(seconds for seconds in durations if seconds is not None)
        place = own.get(role_id)
        if place is None:
            made.append(Grant(role_id, duration=lasting))
            continue
        if place.duration is not None:
            lasting = place.duration if lasting is None else min(lasting, place.duration)
        made.append(Grant(role_id, place.item_id, place.capacity, place.capacity_counts_all, lasting))
    return tuple(made)
