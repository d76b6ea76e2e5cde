"""Carries a plan out at Discord and reports what Discord confirmed of it, and nothing else."""

from dataclasses import dataclass

import discord
from discord.http import Route

from core.rate_limits import Bucket, RateLimited
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

    def not_added(self, plan: RolePlan) -> tuple[int, ...]:
        """The roles of the plan that the member surely did not get."""
        unknown = {failure.role_id for failure in self.failed if failure.problem is Problem.UNCERTAIN}
        return tuple(role_id for role_id in plan.add if role_id not in self.added and role_id not in unknown)


@dataclass(frozen=True, slots=True)
class Target:
    """The member to change, and the reason for Discord's own audit log. `deadline` (the loop's time) bounds waiting for rate limits."""

    guild_id: int
    member_id: int
    reason: str
    deadline: float


def change_route(guild_id: int, several: bool) -> Route:
    """The call that one change or several need, as far as its rate limit goes: for any member and any role of this guild."""
    return _list_route("PATCH", guild_id, 0) if several else _role_route("PUT", guild_id, 0, 0)


async def apply(rest: Rest, target: Target, plan: RolePlan, known_roles: frozenset[int] | None, place: Bucket | None = None) -> Applied:
    """Send the plan: one change as PUT or DELETE, several as one PATCH of the member's whole role list.

    `known_roles` is that list when it is surely fresh; otherwise it is asked for just before the PATCH.
    `place` is one that `change_route` was given by the rate limits; it is used or given back.
    """
    if plan.empty:
        if place:
            place.give_back()
        return Applied()
    try:
        if len(plan.add) + len(plan.remove) == 1:
            return await _apply_one(rest, target, plan, place)
        return await _apply_list(rest, target, plan, known_roles, place)
    except (Uncertain, discord.DiscordServerError):  # a 5xx does not tell either whether it took effect
        return await _observe(rest, target, plan)
    except (discord.HTTPException, RateLimited) as error:
        return _none(plan, _problem(error))


async def member_roles(rest: Rest, guild_id: int, member_id: int) -> frozenset[int]:
    """The roles that the member has at Discord now. Raises discord.NotFound when they left."""
    member = await rest.request(_list_route("GET", guild_id, member_id))
    return frozenset(int(role_id) for role_id in member["roles"])


def compare(plan: RolePlan, now: frozenset[int], problem: Problem) -> Applied:
    """What of the plan holds, given the roles that the member has now; what does not hold failed with `problem`."""
    return Applied(
        added=tuple(role_id for role_id in plan.add if role_id in now),
        removed=tuple(role_id for role_id in plan.remove if role_id not in now),
        failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove) if (role_id in now) is not (role_id in plan.add)),
    )


async def _apply_one(rest: Rest, target: Target, plan: RolePlan, place: Bucket | None) -> Applied:
    method, role_id = ("PUT", plan.add[0]) if plan.add else ("DELETE", plan.remove[0])
    route = _role_route(method, target.guild_id, target.member_id, role_id)
    await rest.request(route, reason=target.reason, deadline=target.deadline, place=place)
    return Applied(plan.add, plan.remove)


async def _apply_list(rest: Rest, target: Target, plan: RolePlan, known_roles: frozenset[int] | None, place: Bucket | None) -> Applied:
    before = known_roles
    if before is None:
        try:
            before = await member_roles(rest, target.guild_id, target.member_id)
        except BaseException as error:
            if place:
                place.give_back()
            if isinstance(error, Uncertain | discord.DiscordServerError):  # nothing was sent that could have taken effect
                return _none(plan, Problem.DISCORD_ERROR)
            raise
    wanted = (before | set(plan.add)) - set(plan.remove)
    route = _list_route("PATCH", target.guild_id, target.member_id)
    body = {"roles": [str(role_id) for role_id in sorted(wanted)]}
    member = await rest.request(route, body=body, reason=target.reason, deadline=target.deadline, place=place)
    return compare(plan, frozenset(int(role_id) for role_id in member["roles"]), Problem.FORBIDDEN)


def _role_route(method: str, guild_id: int, member_id: int, role_id: int) -> Route:
    path = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
    return Route(method, path, guild_id=guild_id, user_id=member_id, role_id=role_id)


def _list_route(method: str, guild_id: int, member_id: int) -> Route:
    return Route(method, "/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=member_id)


async def _observe(rest: Rest, target: Target, plan: RolePlan) -> Applied:
    """After a lost answer: look. What still cannot be seen stays uncertain."""
    try:
        now = await member_roles(rest, target.guild_id, target.member_id)
    except (discord.HTTPException, Uncertain, RateLimited):
        return _none(plan, Problem.UNCERTAIN)
    return compare(plan, now, Problem.DISCORD_ERROR)


def _none(plan: RolePlan, problem: Problem) -> Applied:
    """Nothing of the plan is confirmed."""
    return Applied(failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove)))


def _problem(error: discord.HTTPException | RateLimited) -> Problem:
    if isinstance(error, RateLimited):
        return Problem.BUSY
    by_code = {UNKNOWN_MEMBER: Problem.MEMBER_LEFT, UNKNOWN_ROLE: Problem.DELETED, TWO_FACTOR_REQUIRED: Problem.TWO_FACTOR}
    if error.code in by_code:
        return by_code[error.code]
    return Problem.FORBIDDEN if error.status == 403 else Problem.DISCORD_ERROR
