"""Who may put which role on a panel."""

import discord
import pytest

from domain.permissions import Permission, allows, dangerous_bits, names_of
from domain.role_safety import Problem, RoleFacts, panel_problem
from tests.domain.facts import ABOVE, DANGEROUS, GONE, MANAGED, OWNER, guild

EDITOR = 77


@pytest.mark.parametrize(
    ("role_id", "editor", "editor_roles", "problem"),
    [
        (10, EDITOR, {15}, None),
        (10, EDITOR, {11}, None),
        (11, EDITOR, {11}, Problem.ABOVE_EDITOR),
        (15, EDITOR, {11}, Problem.ABOVE_EDITOR),
        (10, EDITOR, set(), Problem.ABOVE_EDITOR),
        (15, OWNER, set(), None),
        (15, EDITOR, {GONE, ABOVE}, None),
        (ABOVE, OWNER, set(), Problem.ABOVE_BOT),
        (MANAGED, OWNER, set(), Problem.MANAGED),
        (GONE, OWNER, set(), Problem.DELETED),
        (1, OWNER, set(), Problem.EVERYONE),
        (DANGEROUS, OWNER, set(), Problem.DANGEROUS),
        (DANGEROUS, EDITOR, {15}, Problem.DANGEROUS),
        (DANGEROUS, EDITOR, set(), Problem.ABOVE_EDITOR),
    ],
)
def test_what_an_editor_may_put_on_a_panel(role_id: int, editor: int, editor_roles: set[int], problem: Problem | None) -> None:
    assert panel_problem(guild(), role_id, editor, frozenset(editor_roles)) is problem


def test_a_panel_may_be_made_while_the_bot_lacks_manage_roles() -> None:
    assert panel_problem(guild(may_manage=False), 10, OWNER, frozenset()) is None


def test_of_two_roles_in_one_position_the_older_stands_higher() -> None:
    older, younger = RoleFacts(5, "older", 3), RoleFacts(6, "younger", 3)
    assert older.is_above(younger)
    assert not younger.is_above(older)
    assert not older.is_above(older)


HARMLESS = {"VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS", "EMBED_LINKS", "CONNECT"}


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_over_others_is_dangerous(permission: Permission) -> None:
    assert dangerous_bits(permission.value) == (0 if permission.name in HARMLESS else permission.value)


def test_the_bits_are_discords_and_none_that_manages_is_forgotten() -> None:
    named = {name.upper(): bit for name, bit in discord.Permissions.VALID_FLAGS.items()}
    named["MANAGE_GUILD_EXPRESSIONS"] = named["MANAGE_EMOJIS_AND_STICKERS"]  # the name that Discord gave it later
    assert {permission.name: named[str(permission.name)] for permission in Permission} == {each.name: each.value for each in Permission}
    managing = [bit for name, bit in named.items() if name.startswith("MANAGE_")]
    assert [dangerous_bits(bit) for bit in managing] == managing


def test_permission_bits() -> None:
    assert dangerous_bits((Permission.BAN_MEMBERS | Permission.SEND_MESSAGES).value) == Permission.BAN_MEMBERS
    assert allows(Permission.ADMINISTRATOR.value, Permission.MANAGE_ROLES)
    assert not allows(Permission.SEND_MESSAGES.value, Permission.SEND_MESSAGES | Permission.EMBED_LINKS)
    assert list(names_of(Permission.KICK_MEMBERS | Permission.MANAGE_ROLES)) == ["kick_members", "manage_roles"]
