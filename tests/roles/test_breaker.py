"""What Discord keeps refusing is not asked for: of one role, or of the whole guild when the roles differ."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cogs.roles.change.applier import Applied
from cogs.roles.change.breaker import Breaker
from domain import clock
from domain.plan import Refusal
from domain.role_safety import Problem

GUILD, R, G, B, X = 1, 10, 11, 12, 13


@pytest.fixture(autouse=True)
def time() -> Iterator[None]:
    yield
    clock.reset()


def refused(*role_ids: int, problem: Problem = Problem.FORBIDDEN) -> Applied:
    return Applied(failed=tuple(Refusal(role_id, problem) for role_id in role_ids))


def after(*changes: Applied) -> tuple[Breaker, list[dict[int, Problem]]]:
    breaker = Breaker()
    return breaker, [breaker.note(GUILD, change) for change in changes]


def test_one_role_that_is_refused_again_and_again_stops_itself_alone() -> None:
    breaker, opened = after(*[refused(R)] * 7)
    assert [bool(each) for each in opened] == [False] * 4 + [True, False, False]
    assert opened[4] == {R: Problem.FORBIDDEN}
    assert breaker.hopeless(GUILD, (R, G)) == {R: Problem.FORBIDDEN}
    assert breaker.hopeless(2, (R, G)) == {}


def test_several_different_roles_stop_the_guild() -> None:
    breaker, opened = after(refused(R), refused(G), refused(B))
    assert opened == [{}, {}, {0: Problem.FORBIDDEN}]
    assert breaker.hopeless(GUILD, (R, X)) == {R: Problem.FORBIDDEN, X: Problem.FORBIDDEN}


def test_a_role_that_is_part_of_every_refused_list_explains_them_all() -> None:
    breaker, opened = after(refused(R, X), refused(G, X), refused(B, X), refused(R, X), refused(G, X))
    assert opened[-1] == {X: Problem.FORBIDDEN}
    assert breaker.hopeless(GUILD, (R, G, B, X)) == {X: Problem.FORBIDDEN}


def test_a_list_is_not_held_against_a_role_that_was_changed_a_moment_ago() -> None:
    breaker, _ = after(Applied(added=(R,)), *[refused(R, X)] * 5)
    assert breaker.hopeless(GUILD, (R, X)) == {X: Problem.FORBIDDEN}


def test_a_missing_two_factor_authentication_stops_the_guild_at_once() -> None:
    breaker, opened = after(refused(R, problem=Problem.TWO_FACTOR))
    assert opened == [{0: Problem.TWO_FACTOR}]
    assert breaker.hopeless(GUILD, (G,)) == {G: Problem.TWO_FACTOR}


def test_asking_changes_nothing_and_a_try_takes_the_minute() -> None:
    breaker, _ = after(*[refused(R)] * 5)
    clock.shift(timedelta(seconds=61))
    assert [breaker.hopeless(GUILD, (R,)) for _ in range(3)] == [{}, {}, {}]
    breaker.sending(GUILD, (G,))
    assert breaker.hopeless(GUILD, (R,)) == {}
    breaker.sending(GUILD, (R,))
    assert breaker.hopeless(GUILD, (R,)) == {R: Problem.FORBIDDEN}


def test_a_change_that_works_closes_it() -> None:
    breaker, _ = after(*[refused(R)] * 5, Applied(removed=(R,)))
    assert breaker.hopeless(GUILD, (R,)) == {}
    breaker, _ = after(refused(R), refused(G), refused(B), Applied(added=(X,)))
    assert breaker.hopeless(GUILD, (R, G, B)) == {}


@pytest.mark.parametrize("problem", [Problem.BUSY, Problem.DISCORD_ERROR, Problem.UNCERTAIN, Problem.MEMBER_LEFT])
def test_trouble_of_another_kind_is_not_counted(problem: Problem) -> None:
    breaker, opened = after(*[refused(R, problem=problem)] * 10)
    assert not any(opened) and breaker.hopeless(GUILD, (R,)) == {}
