"""When a role change of the bot's own that is not settled is taken up."""

from datetime import timedelta
from typing import Any

import pytest

from cogs.roles.grants.errands import when_due
from domain import clock
from models import AuditEntry


@pytest.mark.parametrize(
    ("recorded", "put_off", "due"),
    [(-60, None, True), (-1, None, False), (300, None, True), (-60, 10, False), (-60, -10, True)],
    ids=["left behind", "under way", "by a process whose clock was wrong", "put off", "put off until then"],
)
def test_what_is_not_settled_is_taken_up_when_nobody_works_on_it(recorded: float, put_off: float | None, due: bool) -> None:
    now = clock.now()
    resume: dict[str, Any] = {} if put_off is None else {"next_at": (now + timedelta(seconds=put_off)).isoformat()}
    row = AuditEntry(created_at=now + timedelta(seconds=recorded), resume=resume)
    assert when_due(row, now - timedelta(seconds=5)) is due
