"""What of a plan Discord confirmed, and what of its reservations can be released."""

from cogs.roles.change.applier import Applied, compare
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem

R, G, B = 10, 11, 12
PLAN = RolePlan(add=(R, G), remove=(B,))


def test_what_is_seen_is_compared_with_what_was_planned() -> None:
    seen = compare(PLAN, frozenset({R, B}), Problem.FORBIDDEN)
    assert seen == Applied((R,), (), (Refusal(G, Problem.FORBIDDEN), Refusal(B, Problem.FORBIDDEN)))
    assert seen.not_added(PLAN) == (G,)


def test_an_uncertain_grant_is_not_released() -> None:
    applied = Applied(failed=(Refusal(R, Problem.UNCERTAIN), Refusal(G, Problem.FORBIDDEN)))
    assert applied.uncertain
    assert applied.not_added(PLAN) == (G,)


def test_of_nothing_confirmed_everything_is_released() -> None:
    assert not Applied().uncertain
    assert Applied().not_added(PLAN) == (R, G)
