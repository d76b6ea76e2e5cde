"""What is said of manager roles."""

from types import SimpleNamespace
from typing import Any

import pytest

from cogs.config.managers import MANAGERS_MAX, ManagerHandlers, who_edits
from core.command_access import Closed
from core.i18n import available, translator

CONTENT_MAX = 2000  # https://docs.discord.com/developers/resources/message#create-message


@pytest.mark.parametrize("locale", available())
def test_as_many_manager_roles_as_there_can_be_fit_in_a_message(locale: str) -> None:
    roles, t = tuple(range(10**18, 10**18 + MANAGERS_MAX)), translator(locale)
    guild: Any = SimpleNamespace(get_role=lambda role_id: role_id)
    handlers: Any = ManagerHandlers()
    handlers.bot = SimpleNamespace(user=SimpleNamespace(name="_" * 32))
    step = handlers._access_line(Closed(roles, ("/panel", "Edit role panel")), t)
    assert f"<@&{roles[0]}>" in step
    assert len(f"{who_edits(guild, roles, t)}\n{step}") <= CONTENT_MAX
