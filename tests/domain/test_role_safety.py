"""Who may put which role on a panel."""

from dataclasses import replace

import discord
import pytest

import sandbox.permissions
from domain.panels import RoleSpec
from domain.permissions import DANGEROUS as DANGEROUS_BITS
from domain.permissions import HARMLESS, Permission, allows, dangerous_bits, names_of
from domain.role_safety import GuildFacts, Problem, RoleFacts, item_problem, panel_problem
from tests.domain.facts import ABOVE, BOT_ROLE, DANGEROUS, GONE, GUILD, MANAGED, OWNER, guild

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


LAST_BIT, WITHOUT_MEANING = 52, 47
OVER_OTHERS = {
    "ADMINISTRATOR", "BAN_MEMBERS", "BYPASS_SLOWMODE", "DEAFEN_MEMBERS", "KICK_MEMBERS", "MANAGE_CHANNELS", "MANAGE_EVENTS",
    "MANAGE_GUILD", "MANAGE_GUILD_EXPRESSIONS", "MANAGE_MESSAGES", "MANAGE_NICKNAMES", "MANAGE_ROLES", "MANAGE_THREADS",
    "MANAGE_WEBHOOKS", "MENTION_EVERYONE", "MODERATE_MEMBERS", "MOVE_MEMBERS", "MUTE_MEMBERS", "PIN_MESSAGES", "VIEW_AUDIT_LOG",
    "VIEW_CREATOR_MONETIZATION_ANALYTICS", "VIEW_GUILD_INSIGHTS",
}  # fmt: skip


@pytest.mark.parametrize("bit", range(LAST_BIT + 1))
def test_every_bit_of_discord_is_decided(bit: int) -> None:
    decided = [decision for decision in (DANGEROUS_BITS, HARMLESS) if decision & (1 << bit)]
    assert len(decided) == (0 if bit == WITHOUT_MEANING else 1)


def test_no_bit_beyond_those_is_decided_unseen() -> None:
    assert (DANGEROUS_BITS | HARMLESS).bit_length() == LAST_BIT + 1


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_over_others_is_dangerous(permission: Permission) -> None:
    assert dangerous_bits(permission.value) == (permission.value if permission.name in OVER_OTHERS else 0)


# What other places call differently: the names that Discord gave later.
OTHER_NAMES = {
    "MANAGE_GUILD_EXPRESSIONS": "MANAGE_EMOJIS_AND_STICKERS",
    "USE_VAD": "USE_VOICE_ACTIVATION",
    "USE_EMBEDDED_ACTIVITIES": "START_EMBEDDED_ACTIVITIES",
}
UNKNOWN_TO_PYCORD = {"CREATE_GUILD_EXPRESSIONS", "CREATE_EVENTS"}
UNKNOWN_TO_THE_SANDBOX = {"SET_VOICE_CHANNEL_STATUS"}


def test_the_bits_are_discords_and_none_that_manages_is_forgotten() -> None:
    named = {name.upper(): bit for name, bit in discord.Permissions.VALID_FLAGS.items()}
    ours = {str(each.name): each.value for each in Permission}
    assert {name: named[OTHER_NAMES.get(name, name)] for name in ours.keys() - UNKNOWN_TO_PYCORD} == {
        name: bit for name, bit in ours.items() if name not in UNKNOWN_TO_PYCORD
    }
    assert {str(each.name): each.value for each in sandbox.permissions.Permission} == {
        name: bit for name, bit in ours.items() if name not in UNKNOWN_TO_THE_SANDBOX
    }
    managing = [bit for name, bit in named.items() if name.startswith("MANAGE_")]
    assert [dangerous_bits(bit) for bit in managing] == managing


MESSAGES, BAN, PINS = (bit.value for bit in (Permission.MANAGE_MESSAGES, Permission.BAN_MEMBERS, Permission.PIN_MESSAGES))


@pytest.mark.parametrize(
    ("own", "in_channels", "power", "overlooked"),
    [
        (0, 0, 0, 0),
        (BAN, 0, BAN, 0),
        (0, MESSAGES, MESSAGES, MESSAGES),
        (BAN, MESSAGES, BAN | MESSAGES, MESSAGES),
        (MESSAGES, MESSAGES, MESSAGES, 0),
        (PINS, 0, PINS, PINS),
        (PINS | MESSAGES, PINS, PINS | MESSAGES, PINS),
        (Permission.SEND_MESSAGES.value, Permission.SPEAK.value, 0, 0),
    ],
)
def test_the_power_of_a_role_is_what_it_may_do_anywhere(own: int, in_channels: int, power: int, overlooked: int) -> None:
    role = RoleFacts(10, "role", 3, own, in_channels=in_channels)
    assert (role.power, role.overlooked_power) == (power, overlooked)


@pytest.mark.parametrize(
    ("in_channels", "confirmed", "grandfathered", "problem"),
    [
        (MESSAGES, 0, (), Problem.DANGEROUS),
        (MESSAGES, MESSAGES, (), None),
        (MESSAGES | BAN, MESSAGES, (), Problem.DANGEROUS),
        (MESSAGES, 0, ((10, MESSAGES),), None),
        (MESSAGES | BAN, 0, ((10, MESSAGES),), Problem.DANGEROUS),  # what came later was not there before
        (MESSAGES, 0, ((11, MESSAGES),), Problem.DANGEROUS),
        (MESSAGES, 0, None, None),
    ],
)
def test_a_role_whose_power_comes_from_channels_is_given_where_that_is_accepted(
    in_channels: int, confirmed: int, grandfathered: tuple[tuple[int, int], ...] | None, problem: Problem | None
) -> None:
    facts = with_role(RoleFacts(10, "role", 3, in_channels=in_channels))
    item = RoleSpec(1, 10, "role", confirmed_permissions=confirmed, grandfathered=grandfathered)
    assert item_problem(facts, item, item) is problem
    assert panel_problem(facts, 10, OWNER, frozenset()) is Problem.DANGEROUS  # put on a panel anew, it is always asked about


def test_what_is_older_than_the_guard_keeps_only_what_the_guard_did_not_see() -> None:
    old = RoleSpec(1, 10, "role", grandfathered=None)
    assert item_problem(with_role(RoleFacts(10, "role", 3, BAN, in_channels=MESSAGES)), old, old) is Problem.DANGEROUS


def test_a_bundled_role_goes_on_with_the_item_that_brought_it_before() -> None:
    facts = with_role(RoleFacts(11, "role", 3, in_channels=MESSAGES))
    old, new = (RoleSpec(1, 10, "red", bundle=(11,), grandfathered=was) for was in (((11, MESSAGES),), ()))
    assert item_problem(facts, old, None, 11) is None
    assert item_problem(facts, new, None, 11) is Problem.DANGEROUS
    assert item_problem(facts, new, RoleSpec(2, 11, "mod", confirmed_permissions=MESSAGES), 11) is None


def with_role(role: RoleFacts) -> GuildFacts:
    return replace(guild(), roles=guild().roles | {role.role_id: role})


@pytest.mark.parametrize(
    ("user_id", "role_ids", "permissions"),
    [
        (EDITOR, (), Permission.VIEW_CHANNEL),
        (EDITOR, (10, DANGEROUS), Permission.VIEW_CHANNEL | Permission.BAN_MEMBERS),
        (EDITOR, (DANGEROUS, BOT_ROLE, GONE), Permission.VIEW_CHANNEL | Permission.BAN_MEMBERS | Permission.MANAGE_ROLES),
        (OWNER, (), Permission.ADMINISTRATOR),
    ],
)
def test_what_a_member_may_do_in_the_guild(user_id: int, role_ids: tuple[int, ...], permissions: Permission) -> None:
    everyone = RoleFacts(GUILD, "@everyone", 0, Permission.VIEW_CHANNEL.value)
    assert with_role(everyone).permissions_of(user_id, role_ids) == permissions


def test_permission_bits() -> None:
    assert dangerous_bits((Permission.BAN_MEMBERS | Permission.SEND_MESSAGES).value) == Permission.BAN_MEMBERS
    assert allows(Permission.ADMINISTRATOR.value, Permission.MANAGE_ROLES)
    assert not allows(Permission.SEND_MESSAGES.value, Permission.SEND_MESSAGES | Permission.EMBED_LINKS)
    assert list(names_of(Permission.KICK_MEMBERS | Permission.MANAGE_ROLES)) == ["kick_members", "manage_roles"]
