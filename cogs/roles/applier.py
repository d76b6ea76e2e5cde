"""Carries a plan out at Discord and reports what Discord confirmed of it, and nothing else."""

from dataclasses import dataclass

import discord
from discord.http import Route

from core.rate_limits import RateLimited
from core.rest import Rest, Uncertain
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem

FRESH = 2.0  # seconds that the member in an interaction counts as the present state
UNKNOWN_MEMBER, UNKNOWN_ROLE, TWO_FACTOR_REQUIRED = 10007, 10011, 60003


@dataclass(frozen=True, slots=True)
class Applied:
    """What Discord confirmed; `failed` names each planned change that it refused or whose fate is unknown, and why."""

    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    failed: tuple[Refusal, ...] = ()

    @property
    def uncertain(self) -> bool:
        """Whether the fate of some change is unknown."""
        return any(failure.problem is Problem.UNCERTAIN for failure in self.failed)


@dataclass(frozen=True, slots=True)
class Target:
    """The member to change, and the reason for Discord's own audit log. `deadline` (the loop's time) bounds waiting for rate limits."""

    guild_id: int
    member_id: int
    reason: str
    deadline: float


async def apply(rest: Rest, target: Target, plan: RolePlan, known_roles: frozenset[int] | None) -> Applied:
    """Send the plan: one change as PUT or DELETE, several as one PATCH of the member's whole role list.

    `known_roles` is that list when it is surely fresh; otherwise it is asked for just before the PATCH.
    """
    if plan.empty:
        return Applied()
    try:
        if len(plan.add) + len(plan.remove) == 1:
            return await _apply_one(rest, target, plan)
        return await _apply_list(rest, target, plan, known_roles)
    except Uncertain:
        return await _observe(rest, target, plan)
    except (discord.HTTPException, RateLimited) as error:
        problem = _problem(error)
        return Applied(failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove)))


async def member_roles(rest: Rest, guild_id: int, member_id: int) -> frozenset[int]:
    """The roles that the member has at Discord now. Raises discord.NotFound when they left."""
    member = await rest.request(Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=member_id))
    return frozenset(int(role_id) for role_id in member["roles"])


def compare(plan: RolePlan, now: frozenset[int], problem: Problem) -> Applied:
    """What of the plan holds, given the roles that the member has now; what does not hold failed with `problem`."""
    return Applied(
        added=tuple(role_id for role_id in plan.add if role_id in now),
        removed=tuple(role_id for role_id in plan.remove if role_id not in now),
        failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove) if (role_id in now) is not (role_id in plan.add)),
    )


async def _apply_one(rest: Rest, target: Target, plan: RolePlan) -> Applied:
    method, role_id = ("PUT", plan.add[0]) if plan.add else ("DELETE", plan.remove[0])
    route = Route(
        method,
        "/guilds/{guild_id}/members/{user_id}/roles/{role_id}",
        guild_id=target.guild_id,
        user_id=target.member_id,
        role_id=role_id,
    )
    await rest.request(route, reason=target.reason, deadline=target.deadline)
    return Applied(plan.add, plan.remove)


async def _apply_list(rest: Rest, target: Target, plan: RolePlan, known_roles: frozenset[int] | None) -> Applied:
    before = known_roles if known_roles is not None else await member_roles(rest, target.guild_id, target.member_id)
    wanted = (before | set(plan.add)) - set(plan.remove)
    route = Route("PATCH", "/guilds/{guild_id}/members/{user_id}", guild_id=target.guild_id, user_id=target.member_id)
    body = {"roles": [str(role_id) for role_id in sorted(wanted)]}
    member = await rest.request(route, body=body, reason=target.reason, deadline=target.deadline)
    return compare(plan, frozenset(int(role_id) for role_id in member["roles"]), Problem.FORBIDDEN)


async def _observe(rest: Rest, target: Target, plan: RolePlan) -> Applied:
    """After a lost answer: look. What still cannot be seen stays uncertain."""
    try:
        now = await member_roles(rest, target.guild_id, target.member_id)
    except (discord.HTTPException, Uncertain, RateLimited):
        return Applied(failed=tuple(Refusal(role_id, Problem.UNCERTAIN) for role_id in (*plan.add, *plan.remove)))
    return compare(plan, now, Problem.DISCORD_ERROR)


def _problem(error: discord.HTTPException | RateLimited) -> Problem:
    if isinstance(error, RateLimited):
        return Problem.BUSY
    by_code = {UNKNOWN_MEMBER: Problem.MEMBER_LEFT, UNKNOWN_ROLE: Problem.DELETED, TWO_FACTOR_REQUIRED: Problem.TWO_FACTOR}
    if error.code in by_code:
        return by_code[error.code]
    return Problem.FORBIDDEN if error.status == 403 else Problem.DISCORD_ERROR
