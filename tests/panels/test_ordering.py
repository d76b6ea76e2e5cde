"""The order of the roles: every way to change it keeps every role, once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.panels.service.ordering import Sort, Step, moved, sorted_by
from domain.panels import RoleSpec
from tests.panels.builders import facts, panel, role_id

ABC = panel(3).roles  # items 1, 2, 3


@pytest.mark.parametrize(
    ("item", "step", "order"),
    [
        (1, Step.UP, [1, 2, 3]),
        (1, Step.DOWN, [2, 1, 3]),
        (2, Step.UP, [2, 1, 3]),
        (2, Step.DOWN, [1, 3, 2]),
        (3, Step.UP, [1, 3, 2]),
        (3, Step.DOWN, [1, 2, 3]),
        (3, Step.TOP, [3, 1, 2]),
        (1, Step.BOTTOM, [2, 3, 1]),
        (9, Step.TOP, [1, 2, 3]),
    ],
)
def test_one_role_is_moved(item: int, step: Step, order: list[int]) -> None:
    assert moved(ABC, item, step) == order


def test_sorting() -> None:
    labels = {1: "banana", 2: "Apple", 3: "ｃherry", 4: "Äpfel", 5: "Gone"}
    roles = tuple(RoleSpec(item, role_id(item if item < 5 else 99), label) for item, label in labels.items())
    assert sorted_by(roles, Sort.BY_NAME, facts(30)) == [2, 1, 3, 5, 4]
    assert sorted_by(roles, Sort.BY_POSITION, facts(30)) == [4, 3, 2, 1, 5]


def test_numbers_are_sorted_by_their_value() -> None:
    labels = ["Level 10", "Level 2", "2nd", "Level", "١٠", "Level ９ b", "Level 2.5"]
    roles = tuple(RoleSpec(item, role_id(item), label) for item, label in enumerate(labels))
    assert [labels[item] for item in sorted_by(roles, Sort.BY_NAME, facts(30))] == [
        "2nd", "١٠", "Level", "Level 2", "Level 2.5", "Level ９ b", "Level 10"
    ]  # fmt: skip


@given(labels=st.lists(st.text(max_size=80), min_size=1, max_size=9))
def test_any_labels_can_be_sorted(labels: list[str]) -> None:
    roles = tuple(RoleSpec(item, role_id(1), label) for item, label in enumerate(labels))
    assert sorted(sorted_by(roles, Sort.BY_NAME, facts(30))) == list(range(len(labels)))


@given(items=st.lists(st.integers(1, 30), unique=True), item=st.integers(1, 30), step=st.sampled_from(Step), how=st.sampled_from(Sort))
def test_no_role_is_lost(items: list[int], item: int, step: Step, how: Sort) -> None:
    roles = tuple(RoleSpec(number, role_id(number), f"Role {number}") for number in items)
    assert sorted(moved(roles, item, step)) == sorted(items)
    assert sorted(sorted_by(roles, how, facts(30))) == sorted(items)
