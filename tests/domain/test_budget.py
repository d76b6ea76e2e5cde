"""Never more than Discord takes in a second, role changes first, guilds in turn, and something for the rest."""

import random
from collections import Counter, deque
from heapq import heappop, heappush

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.budget import AT_MOST, CALLS, HELD, LEAST, STEP, UNSURE, Budget, Kind, Ticket

FRESH, WAITED, OTHER = Kind


class Play:
    """A budget with a clock of its own, and a Discord that a call reaches after `there` and whose answer takes as long as the call."""

    def __init__(self, there: float = 0.01) -> None:
        self.budget, self.now, self.there = Budget(), 0.0, there
        self.sent: list[tuple[float, Ticket]] = []
        self.reached: list[float] = []
        self._answers: list[tuple[float, int, Ticket]] = []

    def send(self, late: float = 0.0) -> list[Ticket]:
        """Send all whose turn is now; the last of them is `late` on its way."""
        granted = self.budget.grant(self.now)
        for ticket in granted:
            self.budget.sent(ticket, self.now)
            self.sent.append((self.now, ticket))
            there = self.there + (late if ticket is granted[-1] else 0.0)
            self.reached.append(self.now + there)
            heappush(self._answers, (self.now + there + self.there, len(self.sent), ticket))
        return granted

    def until(self, moment: float, late: float = 0.0) -> None:
        """Let time pass, sending what may be sent at each moment."""
        while True:
            self.send(late)
            next_answer = self._answers[0][0] if self._answers else moment
            next_turn = self.budget.look_again_at() or moment
            if min(next_answer, next_turn) >= moment:
                break
            self.now = max(self.now, min(next_answer, next_turn))
            while self._answers and self._answers[0][0] <= self.now:
                self.budget.answered(heappop(self._answers)[2], "a route", self.now)
        self.now = moment


def most_in_a_second(times: list[float]) -> int:
    """The largest number of these moments in any second."""
    window: deque[float] = deque()
    most = 0
    for at in sorted(times):
        window.append(at)
        while window[0] <= at - 1.0:
            window.popleft()
        most = max(most, len(window))
    return most


REQUESTS = st.lists(st.tuples(st.floats(0, 0.3), st.integers(0, 4), st.sampled_from(Kind), st.integers(1, 30)), max_size=30)


# A whole burst is late, and the calls after it are not.
LATE = [(0.0, 27), (0.25, 1), (0.25, 5), (0.25, 27), (0.1875, 4), (0.0625, 5), (0.25, 1), (0.0, 1), (0.0, 1), (0.0, 1), (0.0, 28)]


@given(REQUESTS, st.floats(0, 0.2), st.integers(0, 2**32))
@example([(pause, 0, FRESH, count) for pause, count in LATE], 0.0078125, 2**32)
def test_never_more_than_fifty_reach_discord_in_any_second(requests: list[tuple[float, int, Kind, int]], there: float, seed: int) -> None:
    play, dice = Play(there), random.Random(seed)
    for pause, guild, kind, count in requests:
        # Every now and then one is late, as in a network.
        play.until(play.now + pause, late=dice.uniform(0, UNSURE - STEP - there) if dice.random() < 0.2 and there < UNSURE - STEP else 0.0)
        for _ in range(count):
            play.budget.ask(guild, kind, play.now)
    play.until(play.now + 60)
    assert len(play.sent) == sum(count for *_, count in requests), "everybody had a turn"
    assert most_in_a_second([at for at, _ in play.sent]) <= CALLS
    assert most_in_a_second(play.reached) <= CALLS


def test_what_discord_takes_is_used() -> None:
    play = Play(there=0.05)
    for number in range(1000):
        play.budget.ask(number % 100, FRESH, 0.0)
    play.until(10.0)
    assert len(play.sent) >= 9.5 * CALLS


def test_what_nothing_hinders_never_waits() -> None:
    play = Play()
    for number in range(300):
        play.now = max(play.now, number / 47)
        play.budget.ask(number, FRESH, play.now)
        assert len(play.send()) == 1
        play.until(play.now + 0.02)


@pytest.mark.parametrize("kind", Kind)
@given(guilds=st.integers(1, 5))
def test_guilds_take_turns_however_much_one_of_them_wants(kind: Kind, guilds: int) -> None:
    play = Play()
    for guild in range(guilds):
        for _ in range(1000 if guild == 0 else 40):
            play.budget.ask(guild, kind, 0.0)
    play.until(1.5)
    served = Counter(ticket.guild for _, ticket in play.sent)
    assert len(served) == guilds
    assert all(count >= min(40, max(served.values()) - 1) for count in served.values())


def test_a_guild_with_one_click_does_not_wait_for_those_with_lines() -> None:
    play = Play()
    for guild in range(100):
        for _ in range(20):
            play.budget.ask(guild, WAITED, 0.0)
    play.until(5.0)
    play.budget.ask("small", FRESH, play.now)
    play.until(5.3)
    assert "small" in {ticket.guild for at, ticket in play.sent if at >= 5.0}


def test_no_line_is_passed_over_for_ever() -> None:
    play = Play()
    play.budget.ask("line", WAITED, 0.0)
    while play.now < AT_MOST + 1:
        for guild in range(6):
            play.budget.ask((play.now, guild), FRESH, play.now)  # more than Discord takes
        play.until(play.now + 0.1)
    (at,) = [at for at, ticket in play.sent if ticket.guild == "line"]
    assert at <= AT_MOST + 0.5


def test_the_rest_gets_its_least_share_in_turns_and_leaves_room_for_changes() -> None:
    play = Play()
    while play.now < 10.0:
        for number in range(6):
            play.budget.ask(number, FRESH, play.now)
        for guild in range(3):
            play.budget.ask(guild, OTHER, play.now)
        play.until(play.now + 0.1)
    others = [ticket.guild for _, ticket in play.sent if ticket.kind is OTHER]
    assert len(others) >= 0.9 * LEAST * 10
    assert max(Counter(others).values()) - min(Counter(others).values()) <= 1

    play = Play()
    for number in range(100):
        play.budget.ask(number, OTHER, 0.0)
    play.until(5.0)
    play.budget.ask("clicked", FRESH, 5.0)
    assert [ticket.guild for ticket in play.send()] == ["clicked"]


def test_a_turn_that_is_not_used_is_somebody_elses() -> None:
    budget = Budget()
    held = [budget.ask(number, FRESH, 0.0) for number in range(CALLS)]
    assert budget.grant(0.0) == held
    waiting, another = budget.ask("waits", FRESH, 0.1), budget.ask("waits, too", FRESH, 0.1)
    assert budget.grant(0.1) == []
    budget.withdraw(held[0])
    assert budget.grant(0.1) == [waiting]
    assert budget.look_again_at() == HELD
    assert budget.grant(HELD) == [another]
    budget.withdraw(another)
    assert budget.used(HELD) == 1


@pytest.mark.parametrize("kind", Kind)
def test_who_gives_up_leaves_the_line(kind: Kind) -> None:
    budget = Budget(calls=1)
    first, second, third = (budget.ask("guild", kind, 0.0) for _ in range(3))
    assert budget.grant(0.0) == ([] if kind is OTHER else [first])
    budget.withdraw(second)
    budget.withdraw(first)
    budget.withdraw(third)
    assert budget.look_again_at() is None
