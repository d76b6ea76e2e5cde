"""What is shown before panels are made or restored: nobody confirms a powerful role unread."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from cogs.panels.editor.view import View
from cogs.panels.history.screens import revision
from cogs.panels.service.revisions import Revision
from cogs.panels.transfer.screens import Proposal, proposal
from core.components import Payload
from core.i18n import available, translator
from domain import clock
from domain.panel_file import RoleSketch
from domain.panels import Mode, RoleSpec
from domain.permissions import DANGEROUS, Permission
from domain.placement import LeftOut, Placement, Unmatched
from domain.role_safety import RoleFacts
from tests.panels.builders import english, facts, panel, role_id
from tests.schemas import request_errors

CALLBACK = "/interactions/1000000000000000000/token/callback"
MANY = tuple(RoleFacts(role_id(number), f"Powerful {number}", number, DANGEROUS.value) for number in range(40, 90))
HERE = facts(30, *MANY)
LEFT_OUT = tuple(LeftOut("L" * 100, Unmatched.MISSING) for _ in range(100))


def placement(powerful: Sequence[RoleFacts], **more: Any) -> Placement:
    roles = tuple(RoleSpec(0, role.role_id, role.name, confirmed_permissions=role.permissions) for role in powerful)
    return Placement(panel(0, name="N" * 100, roles=roles), LEFT_OUT, {role.role_id: role.permissions for role in powerful}, **more)


def shown(*placements: Placement, missing: tuple[RoleSketch, ...] = (), locale: str = "en") -> Payload:
    return proposal(Proposal(1, placements, missing, ("e" * 32,) * 99, True), HERE, (), translator(locale))


def text(payload: Payload) -> str:
    return payload["embeds"][0]["description"]


def buttons(payload: Payload) -> list[bool]:
    """Whether each button can be pressed."""
    return [not part["disabled"] for row in payload["components"] for part in row["components"]]


@pytest.mark.parametrize("locale", available())
def test_what_is_confirmed_is_never_cut_off(locale: str) -> None:
    powerful = [replace(role, permissions=Permission.BAN_MEMBERS.value) for role in MANY[:30]]
    payload = shown(*[placement(())] * 50, placement(powerful), missing=(RoleSketch("M" * 100),) * 30, locale=locale)
    assert all(f"<@&{role.role_id}>" in text(payload) for role in powerful)
    assert len(text(payload)) <= 4096
    assert buttons(payload) == [True, True, True]
    assert request_errors("POST", CALLBACK, {"type": 4, "data": payload}) == []


def test_more_powerful_roles_than_can_be_shown_are_not_confirmed() -> None:
    payload = shown(placement(MANY), missing=(RoleSketch("Missing"),))
    assert text(payload).startswith("⛔ There are more powerful roles in this than can be shown here")
    assert buttons(payload) == [False, False, True]


@pytest.mark.parametrize(("powerful", "may"), [(MANY[:3], True), (MANY, False)])
def test_a_restored_version_is_asked_about_in_the_same_way(powerful: Sequence[RoleFacts], may: bool) -> None:
    now = panel(30, title="T" * 256)
    view = View(now, (), HERE, True, english())
    payload = revision(view, Revision(1, 1, None, clock.now(), panel(0)), None, placement(powerful))
    assert all(f"<@&{role.role_id}>" in text(payload) for role in powerful) is may
    assert buttons(payload)[0] is may


def test_what_is_unlike_other_panels_is_told() -> None:
    panels = (Placement(panel(1, mode=Mode.UNIQUE, link_group="Group_1")), Placement(panel(1)))
    assert text(shown(*panels)).splitlines()[:2] == [
        "**Colours** · Buttons · One at a time · 1 role · linked as Group\\_1",
        "**Colours** · Buttons · 1 role · gets a number, because the name is taken",
    ]
