"""Who comes when, where many want to."""

from hypothesis import given
from hypothesis import strategies as st

from domain.turns import in_turns


def test_nobody_waits_until_another_has_got_everything() -> None:
    wanted = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("c", 1), ("c", 2)]
    assert in_turns(wanted, lambda item: item[0], 2) == ([("a", 1), ("b", 1), ("c", 1), ("a", 2), ("c", 2)], True)
    assert in_turns(wanted, lambda item: item[0], 3)[1] is False


@given(st.lists(st.integers(0, 3)), st.integers(1, 4))
def test_everybody_gets_as_much_as_anybody_and_nothing_is_lost(items: list[int], each: int) -> None:
    turns, more = in_turns(items, lambda item: item, each)
    for guild in range(4):
        assert turns.count(guild) == min(items.count(guild), each)
    assert more is (len(turns) < len(items))
