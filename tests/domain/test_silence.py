"""The shard's own habit: which silences are trouble, and which are a quiet night."""

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.silence import A_DAY, DAY, FACTOR, INTERACTIONS, PAUSE, SHORTEST, Habit, Renewals, pause_after

START = 1_790_000_000.0
MINUTE, HOUR = 60.0, 3600.0


def habit_of(times: Iterable[float]) -> tuple[Habit, float]:
    """A habit that heard at these times, and the last of them."""
    habit, last = Habit(), START
    for last in times:
        habit.heard(last)
    return habit, last


def every(seconds: float, lasting: float, start: float = START) -> list[float]:
    return [start + number * seconds for number in range(int(lasting // seconds) + 1)]


def by_chance(mean: float, lasting: float, seed: int = 1) -> list[float]:
    dice, times = random.Random(seed), [START]
    while times[-1] - START < lasting:
        times.append(times[-1] + dice.expovariate(1 / mean))
    return times


def after(habit: Habit, last: float) -> float | None:
    """The seconds of silence after which it is too long, looked for as a watch does; None when it never is."""
    return next((seconds for seconds in range(0, int(3 * DAY), 10) if habit.too_long(last + seconds)), None)


@pytest.mark.parametrize(
    ("times", "least", "most"),
    [
        (every(0.1, 20 * MINUTE), 60, 70),
        (every(5, HOUR), 60, 70),
        (every(60, 2 * HOUR), 180, 190),
        (every(10 * MINUTE, 8 * HOUR), None, None),
        (every(HOUR, DAY), None, None),
        (every(5, 5 * MINUTE), None, None),
        (every(60, 20 * MINUTE), None, None),
        ([], None, None),
        ([START], None, None),
        (by_chance(10, 3 * HOUR), 60, 5 * MINUTE),
        (by_chance(60, 3 * HOUR), 5 * MINUTE, 25 * MINUTE),
        # By day and by night, for days: what no hour tells, a day does.
        (every(30 * MINUTE, 3 * DAY), 90 * MINUTE, 90 * MINUTE + 10),
        (every(30 * MINUTE, 23 * HOUR), None, None),
    ],
    ids=lambda value: f"{len(value)} times" if isinstance(value, list) else None,
)
def test_how_long_a_silence_may_be(times: list[float], least: float | None, most: float | None) -> None:
    habit, last = habit_of(times)
    found = after(habit, last)
    if least is None or most is None:
        assert found is None
    else:
        assert found is not None
        assert least <= found <= most


@pytest.mark.parametrize("visits", [3, 10, 25])
@pytest.mark.parametrize("seed", range(5))
def test_a_quiet_servers_nights_cause_no_alarm(visits: int, seed: int) -> None:
    """By day somebody comes now and then and clicks a few times; by night nobody does."""
    dice, habit, alarms, at = random.Random(seed), Habit(), 0, START
    for day in range(7):
        begins = [START + day * DAY + 8 * HOUR + dice.random() * 15 * HOUR for _ in range(visits)]
        clicks = sorted(begin + click * dice.uniform(2, 20) for begin in begins for click in range(4))
        for click in clicks:
            alarms += any(habit.too_long(at + seconds) for seconds in range(0, int(click - at), 10))
            habit.heard(click)
            at = click
    assert alarms == 0


def test_an_evening_that_grows_quieter_causes_no_alarm() -> None:
    """Ten a minute in the evening, half as many after each half an hour, and nobody at the end of the night."""
    for seed in range(20):
        dice, times, at = random.Random(seed), every(6, 2 * HOUR), 0.0
        while at < 8 * HOUR:
            at += dice.expovariate(1 / (6 * 2 ** (at / (HOUR / 2))))
            times.append(START + 2 * HOUR + at)
        habit, last = habit_of(times)
        assert after(habit, last) is None


def test_a_burst_says_nothing_about_the_quiet_before_and_after_it() -> None:
    habit, last = habit_of([*every(10 * MINUTE, 5 * HOUR), *every(1, 5 * MINUTE, START + 5 * HOUR + 10)])
    assert after(habit, last) is not None, "at 30 minutes"
    assert not habit.too_long(last + 29 * MINUTE)
    habit, last = habit_of(every(1, 5 * MINUTE))
    assert after(habit, last) is None


def test_what_could_not_come_is_not_missed() -> None:
    habit, last = habit_of(every(5, HOUR))
    habit.away(last + 10)
    habit.away(last + 20)
    assert not habit.too_long(last + HOUR / 2)
    assert habit.silence(last + HOUR / 2) == 10
    habit.back(last + HOUR / 2)
    habit.back(last + HOUR / 2 + 10)
    assert habit.silence(last + HOUR / 2 + 40) == 50
    assert not habit.too_long(last + HOUR / 2 + 50)
    assert habit.too_long(last + HOUR / 2 + 51), "a session that is silent from its start"
    habit.heard(last + HOUR / 2 + 60)
    assert habit.limit(last + HOUR / 2 + 60) == FACTOR * 70, "and no absence is remembered as a silence"


def test_a_habit_is_remembered_over_a_restart() -> None:
    times = every(5, HOUR)
    habit = Habit.remembered(times)
    assert not habit.is_empty
    assert habit.silence(times[-1] + 600) == 0
    habit.back(times[-1] + 600)
    assert not habit.too_long(times[-1] + 660)
    assert habit.too_long(times[-1] + 661)
    assert Habit().is_empty
    assert Habit.remembered([]).is_empty


def test_a_habit_of_long_ago_says_nothing() -> None:
    habit, last = habit_of(every(5, HOUR))
    assert habit.too_long(last + 2 * HOUR)
    assert not habit.too_long(last + 2 * HOUR + 1)
    habit.heard(last + 8 * HOUR)
    assert not habit.too_long(last + 8 * HOUR + 10 * MINUTE)


def test_a_silence_that_nothing_ended_but_chance_is_habit_from_then_on() -> None:
    habit, last = habit_of(every(5, HOUR))
    assert habit.too_long(last + 70)
    habit.renewed(last + 70)
    habit.heard(last + 300)
    assert habit.limit(last + 300) == 3 * 300


def test_a_silence_that_a_fresh_session_ended_is_none() -> None:
    habit, last = habit_of(every(5, HOUR))
    habit.renewed(last + 600)
    habit.heard(last + 603)
    assert habit.limit(last + 603) == SHORTEST


@given(st.lists(st.floats(0, 2 * DAY), max_size=200))
def test_a_silence_as_long_as_one_of_the_last_hour_is_never_too_long(gaps: list[float]) -> None:
    """Whatever came, and whenever."""
    habit, at = Habit(), START
    habit.heard(at)
    for gap in gaps:
        at += gap
        habit.heard(at)
    recent = [gap for gap in gaps[-5:] if gap <= HOUR]
    if recent and sum(gaps[-5:]) < HOUR:
        assert not habit.too_long(at + max(recent))
    assert not habit.too_long(at + SHORTEST)
    if len(gaps) < INTERACTIONS - 1:
        assert habit.limit(at) is None


STEPS: list[Callable[[Habit, float], object]] = [Habit.heard, Habit.away, Habit.back, Habit.renewed, Habit.too_long]


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.floats(0, DAY)), max_size=60))
def test_in_whatever_order_things_happen_a_silence_is_no_longer_than_the_time_since(
    steps: list[tuple[Callable[..., object], float]],
) -> None:
    habit, at, heard = Habit(), START, None
    for step, pause in steps:
        at += pause
        step(habit, at)
        if step is Habit.heard:
            heard = at
        assert 0 <= habit.silence(at) <= (at - heard if heard is not None else 0.0)


def test_the_memory_does_not_grow() -> None:
    habit, _ = habit_of(every(5, HOUR))
    size = len(repr([vars(span) for span in habit._spans]))
    for at in every(1, DAY, START + HOUR):
        habit.heard(at)
    assert len(repr([vars(span) for span in habit._spans])) < size + 40


@given(st.lists(st.floats(0, DAY / 4), max_size=200))
def test_never_more_than_a_days_number_of_fresh_sessions(pauses: list[float]) -> None:
    renewals, at, made = Renewals(), START, []
    for pause in pauses:
        at += pause
        if renewals.allowed(at):
            renewals.made(at)
            made.append(at)
        else:
            assert len([one for one in made if one > at - DAY]) == A_DAY
    assert all(len([one for one in made if begin <= one < begin + DAY]) <= A_DAY for begin in made)


def test_the_same_silence_is_asked_about_ever_less_often() -> None:
    assert [pause_after(renewals) / PAUSE for renewals in (1, 2, 3, 20)] == [1, 2, 4, DAY / PAUSE]
    assert PAUSE >= 30 * MINUTE
