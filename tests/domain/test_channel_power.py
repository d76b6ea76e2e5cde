"""What channel overwrites make of roles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channel_power import ChannelPower, power_by_channels
from domain.permissions import DANGEROUS, Permission

MESSAGES, HOOKS, SPEAK = (bit.value for bit in (Permission.MANAGE_MESSAGES, Permission.MANAGE_WEBHOOKS, Permission.SPEAK))


@pytest.mark.parametrize(
    ("channels", "everyone", "found"),
    [
        ([], 0, {}),
        ([ChannelPower(((10, MESSAGES),))], 0, {10: MESSAGES}),
        ([ChannelPower(((10, SPEAK),))], 0, {}),
        ([ChannelPower(((10, MESSAGES),)), ChannelPower(((10, HOOKS), (11, HOOKS)))], 0, {10: MESSAGES | HOOKS, 11: HOOKS}),
        ([ChannelPower(((10, MESSAGES | HOOKS),))], MESSAGES, {10: HOOKS}),
        ([ChannelPower(((10, MESSAGES),), everyone_allow=MESSAGES)], 0, {}),
        ([ChannelPower(((10, MESSAGES),), everyone_deny=MESSAGES)], MESSAGES, {10: MESSAGES}),
        # What everyone has in one channel does not count in another.
        ([ChannelPower(((10, MESSAGES),), everyone_allow=MESSAGES), ChannelPower(((10, MESSAGES),))], 0, {10: MESSAGES}),
        ([ChannelPower(((10, MESSAGES),))], Permission.ADMINISTRATOR.value, {}),
    ],
)
def test_a_role_has_what_a_channel_gives_it_beyond_everyone(channels: list[ChannelPower], everyone: int, found: dict[int, int]) -> None:
    assert power_by_channels(channels, everyone) == found


bits = st.integers(0, 2**53 - 1)
powers = st.builds(ChannelPower, st.lists(st.tuples(st.integers(1, 3), bits), max_size=3).map(tuple), bits, bits)


@given(st.lists(powers, max_size=4), powers, bits)
def test_one_more_channel_never_takes_power_and_only_dangerous_bits_count(
    channels: list[ChannelPower], more: ChannelPower, own: int
) -> None:
    before, after = power_by_channels(channels, own), power_by_channels([*channels, more], own)
    assert all(after.get(role_id, 0) & bits == bits for role_id, bits in before.items())
    assert all(bits and not bits & ~DANGEROUS.value for bits in after.values())


@given(powers)
def test_it_survives_the_database(power: ChannelPower) -> None:
    once = ChannelPower(tuple(dict(power.roles).items()), power.everyone_allow, power.everyone_deny)
    stored = once.to_json()
    assert ChannelPower.from_json(stored | {"roles": {str(role_id): bits for role_id, bits in stored["roles"].items()}}) == once
