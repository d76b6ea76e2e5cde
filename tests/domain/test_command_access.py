"""To which roles Discord offers a command."""

import pytest

from domain.command_access import offered_to
from domain.permissions import Permission
from domain.role_safety import RoleFacts

EVERYONE, HELPER = 1, 10
NEEDED = Permission.MANAGE_ROLES


@pytest.mark.parametrize(
    ("permissions", "own", "general", "offered"),
    [
        (0, {}, {}, False),
        (NEEDED, {}, {}, True),
        (NEEDED | Permission.BAN_MEMBERS, {}, {}, True),
        (Permission.BAN_MEMBERS, {}, {}, False),
        (0, {HELPER: True}, {}, True),
        (NEEDED, {HELPER: False}, {}, False),
        (0, {EVERYONE: True}, {}, True),
        (NEEDED, {EVERYONE: False}, {}, False),
        (0, {EVERYONE: False, HELPER: True}, {}, True),
        (0, {11: True}, {}, False),
        (0, {}, {HELPER: True}, False),
        (NEEDED, {}, {HELPER: False}, False),
        (NEEDED, {}, {EVERYONE: False}, False),
        (NEEDED, {}, {EVERYONE: False, HELPER: True}, True),
        (0, {HELPER: True}, {EVERYONE: False}, True),
        (Permission.ADMINISTRATOR, {HELPER: False}, {EVERYONE: False}, True),
    ],
)
def test_who_is_offered_a_command(permissions: int, own: dict[int, bool], general: dict[int, bool], offered: bool) -> None:
    helper, everyone = RoleFacts(HELPER, "Helper", 3, int(permissions)), RoleFacts(EVERYONE, "@everyone", 0)
    assert offered_to(helper, everyone, NEEDED, own, general) is offered


def test_what_everyone_may_a_role_may_too() -> None:
    helper, everyone = RoleFacts(HELPER, "Helper", 3), RoleFacts(EVERYONE, "@everyone", 0, NEEDED.value)
    assert offered_to(helper, everyone, NEEDED, {}, {})
