"""Carries a plan out at Discord and reports what Discord confirmed of it, and nothing else."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache

import discord
from discord.http import Route

from core.calls import RateLimited
from core.invalid_requests import HeldBack
from core.rate_limits import Slot
from core.rest import Rest, Uncertain
from domain.plan import Refusal, RolePlan
from domain.role_safety import Problem

FRESH = 2.0  # seconds that a look at a member, or the member in an interaction, counts as the present state
LIST_TRIES = 5
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
class Seen:
    """The roles that a member had at `at` (the loop's time), and whether they had yet to pass the guild's screening."""

    role_ids: frozenset[int]
    at: float
    pending: bool = False

    @property
    def fresh(self) -> bool:
        """Whether a whole list of roles may be built from it."""
        return asyncio.get_running_loop().time() - self.at < FRESH


@dataclass(frozen=True, slots=True)
class Target:
    """The member to change, and the reason for Discord's own audit log. `deadline` (the loop's time) bounds waiting for rate limits."""

    guild_id: int
    member_id: int
    reason: str
    deadline: float


@lru_cache(maxsize=2_000)
def change_route(guild_id: int, several: bool) -> Route:
    """The call that one change or several need, as far as its rate limit goes: for any member and any role of this guild."""
    return _list_route("PATCH", guild_id, 0) if several else _role_route("PUT", guild_id, 0, 0)


async def apply(rest: Rest, target: Target, plan: RolePlan, seen: Seen | None, slot: Slot | None = None) -> Applied:
    """Send the plan: one change as PUT or DELETE, several as one PATCH of the member's whole role list.

    That list is built from `seen` while it is fresh; otherwise the member is looked at just before, so that what others changed
    in the meantime stays. `slot` is a place in the bucket of `change_route`; the caller has it open.
    """
    if plan.empty:
        return Applied()
    try:
        if len(plan.add) + len(plan.remove) == 1:
            return await _apply_one(rest, target, plan, slot)
        return await _apply_list(rest, target, plan, seen, slot)
    except (Uncertain, discord.DiscordServerError):  # a 5xx does not tell either whether it took effect
        return await _observe(rest, target, plan)
    except (discord.HTTPException, RateLimited) as error:
        return _none(plan, _problem(error))


async def look(
    rest: Rest, guild_id: int, member_id: int, deadline: float | None = None, slot: Slot | None = None, *, urgent: bool = False
) -> Seen:
    """Ask Discord for the member; `urgent` where a click waits for it, with the turn of its `slot` where it has one.

    Raises discord.NotFound when they left, and what `Rest.request` raises.
    """
    at = asyncio.get_running_loop().time()
    member = await rest.request(_list_route("GET", guild_id, member_id), deadline=deadline, slot=slot, urgent=urgent)
    return Seen(frozenset(int(role_id) for role_id in member["roles"]), at, bool(member.get("pending")))


def compare(plan: RolePlan, now: frozenset[int], problem: Problem) -> Applied:
    """What of the plan holds, given the roles that the member has now; what does not hold failed with `problem`."""
    return Applied(
        added=tuple(role_id for role_id in plan.add if role_id in now),
        removed=tuple(role_id for role_id in plan.remove if role_id not in now),
        failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove) if (role_id in now) is not (role_id in plan.add)),
    )


async def _apply_one(rest: Rest, target: Target, plan: RolePlan, slot: Slot | None) -> Applied:
    method, role_id = ("PUT", plan.add[0]) if plan.add else ("DELETE", plan.remove[0])
    route = _role_route(method, target.guild_id, target.member_id, role_id)
    await rest.request(route, reason=target.reason, deadline=target.deadline, slot=slot)
    return Applied(plan.add, plan.remove)


async def _apply_list(rest: Rest, target: Target, plan: RolePlan, seen: Seen | None, slot: Slot | None) -> Applied:
    """A list that waited, or is sent again, is built anew: with the old one, what was taken from the member since would come back."""
    uncertain, failure = False, None
    for attempt in range(LIST_TRIES):
        if failure:
            await asyncio.sleep(failure.retry_after if isinstance(failure, RateLimited) else min(0.25 * 2 ** (attempt - 1), 2.0))
        try:
            async with await rest.admit(_list_route("PATCH", target.guild_id, target.member_id), target.deadline, slot) as mine:
                if failure or seen is None or not seen.fresh:
                    seen = await _look_before(rest, target, mine)
                if seen is None:
                    return _none(plan, Problem.UNCERTAIN if uncertain else Problem.DISCORD_ERROR)
                if uncertain and not (arrived := compare(plan, seen.role_ids, Problem.DISCORD_ERROR)).failed:
                    return arrived
                return await _send_list(rest, target, plan, seen, mine)
        except (Uncertain, discord.DiscordServerError) as error:
            uncertain, failure = True, error
        except HeldBack:
            if uncertain:
                break
            raise
        except RateLimited as error:
            failure = error
            if asyncio.get_running_loop().time() + error.retry_after > target.deadline:
                break
    if uncertain:
        return await _observe(rest, target, plan)
    return _none(plan, Problem.BUSY)


async def _look_before(rest: Rest, target: Target, slot: Slot) -> Seen | None:
    """The member as they are just before a list is sent; None when Discord does not say, so that nothing is sent."""
    try:
        return await look(rest, target.guild_id, target.member_id, target.deadline, slot, urgent=True)
    except (Uncertain, discord.DiscordServerError):
        return None


async def _send_list(rest: Rest, target: Target, plan: RolePlan, seen: Seen, slot: Slot) -> Applied:
    wanted = (seen.role_ids | set(plan.add)) - set(plan.remove)
    route = _list_route("PATCH", target.guild_id, target.member_id)
    body = {"roles": [str(role_id) for role_id in sorted(wanted)]}
    member = await rest.request(route, body=body, reason=target.reason, deadline=target.deadline, slot=slot, tries=1)
    return compare(plan, frozenset(int(role_id) for role_id in member["roles"]), Problem.FORBIDDEN)


def _role_route(method: str, guild_id: int, member_id: int, role_id: int) -> Route:
    path = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
    return Route(method, path, guild_id=guild_id, user_id=member_id, role_id=role_id)


def _list_route(method: str, guild_id: int, member_id: int) -> Route:
    return Route(method, "/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=member_id)


async def _observe(rest: Rest, target: Target, plan: RolePlan) -> Applied:
    """After a lost answer: look. What still cannot be seen stays uncertain."""
    try:
        now = await look(rest, target.guild_id, target.member_id, urgent=True)
    except (discord.HTTPException, Uncertain, RateLimited):
        return _none(plan, Problem.UNCERTAIN)
    return compare(plan, now.role_ids, Problem.DISCORD_ERROR)


def _none(plan: RolePlan, problem: Problem) -> Applied:
    """Nothing of the plan is confirmed."""
    return Applied(failed=tuple(Refusal(role_id, problem) for role_id in (*plan.add, *plan.remove)))


def _problem(error: discord.HTTPException | RateLimited) -> Problem:
    if isinstance(error, HeldBack):
        return Problem.HELD_BACK
    if isinstance(error, RateLimited):
        return Problem.BUSY
    by_code = {UNKNOWN_MEMBER: Problem.MEMBER_LEFT, UNKNOWN_ROLE: Problem.DELETED, TWO_FACTOR_REQUIRED: Problem.TWO_FACTOR}
    if error.code in by_code:
        return by_code[error.code]
    return Problem.FORBIDDEN if error.status == 403 else Problem.DISCORD_ERROR
