"""What a member may do: tables for the rules, and laws that hold for any roles and overwrites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import permissions
from sandbox.permissions import ALL
from sandbox.permissions import Permission as P
from sandbox.world import Channel, Guild, Member, Overwrite, Role

GUILD, OWNER, ANN, LOW, HIGH = 1, 2, 3, 10, 20
BITS = st.integers(0, ALL)


def house(everyone: int = 0, low: int = 0, high: int = 0, held: tuple[int, ...] = ()) -> tuple[Guild, Member, Channel]:
    """A guild with two roles and Ann, who holds `held`."""
    guild = Guild(GUILD, "g", OWNER)
    for position, (role_id, bits) in enumerate(((GUILD, everyone), (LOW, low), (HIGH, high))):
        guild.roles[role_id] = Role(role_id, GUILD, str(role_id), position, bits)
    member = guild.members[ANN] = Member(ANN, GUILD, 0.0, list(held))
    guild.members[OWNER] = Member(OWNER, GUILD, 0.0)
    channel = guild.channels[99] = Channel(99, 0, GUILD)
    return guild, member, channel


@pytest.mark.parametrize(
    ("overwrites", "expected"),
    [
        ([], P.VIEW_CHANNEL | P.SEND_MESSAGES),
        ([Overwrite(GUILD, 0, deny=P.SEND_MESSAGES)], P.VIEW_CHANNEL),
        ([Overwrite(GUILD, 0, deny=P.SEND_MESSAGES), Overwrite(LOW, 0, allow=P.SEND_MESSAGES)], P.VIEW_CHANNEL | P.SEND_MESSAGES),
        # among roles an allow wins over a deny, whatever their order
        ([Overwrite(LOW, 0, allow=P.SEND_MESSAGES), Overwrite(HIGH, 0, deny=P.SEND_MESSAGES)], P.VIEW_CHANNEL | P.SEND_MESSAGES),
        # the member's own overwrite comes last
        ([Overwrite(LOW, 0, allow=P.SEND_MESSAGES), Overwrite(ANN, 1, deny=P.SEND_MESSAGES)], P.VIEW_CHANNEL),
        ([Overwrite(ANN, 1, deny=P.VIEW_CHANNEL)], 0),
    ],
)
def test_overwrites(overwrites: list[Overwrite], expected: int) -> None:
    guild, ann, channel = house(everyone=P.VIEW_CHANNEL | P.SEND_MESSAGES, held=(LOW, HIGH))
    channel.overwrites = {o.id: o for o in overwrites}
    assert permissions.effective(guild, ann, channel, 0) == expected


def test_without_sending_there_is_no_embedding() -> None:
    guild, ann, channel = house(everyone=P.VIEW_CHANNEL | P.EMBED_LINKS | P.ATTACH_FILES | P.MENTION_EVERYONE)
    assert permissions.effective(guild, ann, channel, 0) == P.VIEW_CHANNEL


def test_a_timeout_leaves_reading_until_it_ends() -> None:
    everything = P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY | P.SEND_MESSAGES | P.KICK_MEMBERS
    guild, ann, channel = house(everyone=everything)
    ann.timeout_until = 100.0
    assert permissions.effective(guild, ann, channel, 99.0) == P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY
    assert permissions.effective(guild, ann, channel, 100.0) == everything


@given(everyone=BITS, low=BITS, deny=BITS)
def test_the_owner_and_administrators_may_everything(everyone: int, low: int, deny: int) -> None:
    guild, ann, channel = house(everyone, low | P.ADMINISTRATOR, held=(LOW,))
    ann.timeout_until = 100.0
    channel.overwrites = {GUILD: Overwrite(GUILD, 0, deny=deny), ANN: Overwrite(ANN, 1, deny=deny)}
    assert permissions.effective(guild, ann, channel, 0) == ALL
    assert permissions.effective(guild, guild.members[OWNER], channel, 0) == ALL


@given(everyone=BITS, low=BITS, high=BITS, allow=BITS, deny=BITS)
def test_nothing_comes_from_nowhere(everyone: int, low: int, high: int, allow: int, deny: int) -> None:
    guild, ann, channel = house(*(b & ~P.ADMINISTRATOR for b in (everyone, low, high)), held=(LOW,))
    channel.overwrites = {LOW: Overwrite(LOW, 0, allow, deny & ~allow), HIGH: Overwrite(HIGH, 0, allow=ALL)}
    bits = permissions.in_channel(guild, ann, channel, 0)
    assert not bits & ~(everyone | low | allow)
    assert bits & allow == allow
    assert not bits & deny & ~allow


@given(st.lists(st.integers(0, 5), min_size=2, max_size=6))
def test_the_hierarchy_is_a_strict_order(positions: list[int]) -> None:
    roles = [Role(i + 10, GUILD, "r", position) for i, position in enumerate(positions)]
    ranks = [permissions.rank(role) for role in roles]
    assert len(set(ranks)) == len(ranks)
    for a in roles:
        for b in roles:
            if a.position == b.position and a.id < b.id:
                assert permissions.rank(a) > permissions.rank(b)


@pytest.mark.parametrize(
    ("held", "role", "above"), [((), LOW, False), ((LOW,), LOW, False), ((HIGH,), LOW, True), ((LOW, HIGH), HIGH, False)]
)
def test_above_a_role(held: tuple[int, ...], role: int, above: bool) -> None:
    guild, ann, _ = house(held=held)
    assert permissions.above_role(guild, ann, guild.roles[role]) is above
    assert permissions.above_role(guild, guild.members[OWNER], guild.roles[role])


def test_nobody_is_above_the_owner() -> None:
    guild, ann, _ = house(held=(HIGH,))
    assert not permissions.above_member(guild, ann, guild.members[OWNER])
    assert permissions.above_member(guild, guild.members[OWNER], ann)
    assert not permissions.above_member(guild, ann, ann)


@pytest.mark.parametrize("kind", [2, 13])
def test_who_may_not_connect_sees_a_voice_channel_and_no_more(kind: int) -> None:
    guild, ann, channel = house(everyone=P.VIEW_CHANNEL | P.CONNECT | P.SEND_MESSAGES | P.MANAGE_CHANNELS)
    channel.type = kind
    assert permissions.has_access(channel, permissions.effective(guild, ann, channel, 0))
    channel.overwrites = {GUILD: Overwrite(GUILD, 0, deny=P.CONNECT)}
    assert permissions.effective(guild, ann, channel, 0) == P.VIEW_CHANNEL
    assert not permissions.has_access(channel, P.VIEW_CHANNEL)
    channel.type = 0
    assert permissions.effective(guild, ann, channel, 0) == P.VIEW_CHANNEL | P.SEND_MESSAGES | P.MANAGE_CHANNELS
