"""The bot's own REST calls: side by side as far as Discord's rate-limit headers allow, and repeated where that is safe.

py-cord sends all calls of one guild and path one after another and gives up on a dropped connection. What members wait for
(answers, role changes, posted messages) therefore goes through here; py-cord keeps the gateway, the cache and the commands.
"""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import aiohttp
import discord
from discord.http import Route
from loguru import logger
from yarl import URL

from core import deeds
from core.calls import Call, Calls, RateLimited
from core.invalid_requests import STATUSES, HeldBack, RefusalBudget
from core.proxy import proxy_for
from core.rate_limits import Bucket, Buckets, Outlook, Slot, is_member_change
from core.refused_emojis import without_refused
from core.rest_watch import RestWatch
from domain.budget import Kind
from domain.permissions import Permission

if TYPE_CHECKING:
    from core.foresight import Foresight

USER_AGENT = f"DiscordBot (self-hosted role panel bot, 1) py-cord/{discord.__version__}"
TRIES = 5
TIMEOUT = 20.0
KEEP_ALIVE = 60.0  # seconds that an unused connection is kept: a new one costs a click two round trips and a handshake
_FORESEEN = {50001: "Missing Access", 50013: "Missing Permissions"}


class Uncertain(Exception):
    """The request was sent and its answer never came: it may or may not have taken effect."""


class Foreseen(discord.Forbidden):
    """Nothing was sent: by what the gateway told, Discord is bound to refuse it."""


class NotServing(Exception):
    """Nothing was sent: another process may be at work in this one's place."""


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    data: Any


class Rest:
    """A small client for the calls whose fate matters. A refusal raises discord.HTTPException or its subclass, as py-cord does.

    `may_send` is asked before each call; where it says no, NotServing is raised. `foresight` knows whose guild a call is for, and what
    would be refused: that raises Foreseen. Where too much was refused already, HeldBack is raised. Answers to interactions are never held
    back. `share` is the part of Discord's limit for the whole bot that this process may use.
    """

    def __init__(
        self,
        token: str,
        may_send: Callable[[], bool] = lambda: True,
        foresight: "Foresight | None" = None,
        share: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._token = token
        self._may_send = may_send
        self._foresight = foresight
        self._refused, self._not_found = RefusalBudget(), RefusalBudget()
        self._watch = RestWatch()
        self._session: aiohttp.ClientSession | None = None
        self._buckets = Buckets()
        self._calls = Calls(share)

    @property
    def fullness(self) -> float:
        """The part of what Discord takes in a second that was used in the last one."""
        return self._calls.fullness

    async def admit(self, route: Route, deadline: float | None = None, slot: Slot | None = None) -> Slot:
        """Wait for a call's place in its bucket, then among all calls, for an `async with` in which `request` uses it.

        That is `slot` where it is such a place already. Raises RateLimited when the bucket would make it wait past `deadline`; the turn
        among all calls is waited for.
        """
        if slot is not None and slot.is_of(self._buckets.of(route)):
            return slot
        return await self._with_call(await self._buckets.enter(route, True, deadline), route, _kind(route))

    async def admit_soon(self, route: Route, deadline: float) -> Slot | None:
        """The same for a change that has not waited yet; None when its bucket has no place now, or its turn does not come in time."""
        slot = self._buckets.try_enter(route)
        try:
            return slot and await self._with_call(slot, route, Kind.FRESH, deadline)
        except RateLimited:
            return None

    async def _with_call(self, slot: Slot, route: Route, kind: Kind, deadline: float | None = None) -> Slot:
        async with slot:
            return slot.pass_on(await self._take(route, kind, deadline))

    async def _take(self, route: Route, kind: Kind, deadline: float | None) -> Call:
        return await self._calls.take(self._guild_id(route) or route.channel_id, kind, deadline)

    def _guild_id(self, route: Route) -> int | None:
        return self._foresight.guild_id(route) if self._foresight else None

    def outlook(self, route: Route) -> Outlook:
        """What the bucket of this call will let through, as far as is known."""
        return self._buckets.of(route).outlook

    async def close(self) -> None:
        """Close the connections; the client can be used again."""
        if self._session:
            await self._session.close()
            self._session = None

    async def request(
        self,
        route: Route,
        *,
        body: dict[str, Any] | list[Any] | None = None,
        files: list[discord.File] | None = None,
        reason: str | None = None,
        authorized: bool = True,
        repeatable: bool | None = None,
        timeout: float = TIMEOUT,
        tries: int = TRIES,
        deadline: float | None = None,
        slot: Slot | None = None,
        unheld: bool = False,
        urgent: bool = False,
    ) -> Any:
        """Send one call and return its JSON body (None for 204).

        `repeatable` (by default: GET, PUT, PATCH, DELETE) lets it be sent again after a broken connection, a time-out (`timeout` seconds
        for each try) or a 5xx; otherwise a lost answer raises Uncertain. `deadline` (the loop's time) bounds waiting for rate limits,
        past it RateLimited is raised. `slot` is what `admit` gave: the first try uses its turn among all calls, and its place in a bucket
        where that is this call's. `urgent`: a change waits for this look, so that its turn comes as that of one.
        `unheld`: it is sent whatever `may_send` says, because it cannot meet what another process does.

        An emoji of a component that Discord does not take is left out; the message in the answer shows it.
        """
        if authorized and self._foresight and (lacking := self._foresight.lacking(route)):
            code = 50001 if lacking & Permission.VIEW_CHANNEL else 50013
            raise Foreseen(_Response(403), {"code": code, "message": _FORESEEN[code]})
        repeatable = route.method != "POST" if repeatable is None else repeatable
        acts = authorized and route.method != "GET"
        kind = Kind.FRESH if urgent or (slot and is_member_change(route)) else _kind(route)
        failure: Exception = Uncertain(f"{route.method} {route.path}")
        for attempt in range(tries):
            bucket, call = await self._enter(route, authorized, deadline, slot if attempt == 0 else None, kind, unheld)
            answer: _Answer | None = None
            try:
                answer = await self._send(route, body, files, reason, authorized, timeout)
                if call:
                    call.answered((route.method, route.path))
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                if acts and isinstance(error, aiohttp.ClientConnectorError):
                    deeds.take_back()
                failure = Uncertain(f"{route.method} {route.path}: {type(error).__name__}")
                self._watch.failed(str(failure))
                if not repeatable and not isinstance(error, aiohttp.ClientConnectorError):
                    raise failure from error
                logger.info("{} {} was not answered ({}); try {} of {}", route.method, route.path, type(error).__name__, attempt + 1, tries)
            finally:
                bucket = self._buckets.learn(route, authorized, bucket, answer.headers if answer else None)
            if answer:
                status, headers, data = answer
                if status < 500:
                    self._watch.answered()
                else:
                    self._watch.failed(f"{route.method} {route.path}: {status}")
                self.count_refusal(status, headers, self._guild_id(route))
                if status == 404 and _is_look(route):
                    self._not_found.note(self._guild_id(route))
                if acts and 400 <= status < 500:
                    deeds.take_back()
                bucket.refusals = bucket.refusals + 1 if status == 429 else 0
                if status == 429:
                    failure = self._pause(route, authorized, bucket, data, headers)
                    if attempt + 1 < tries and not _passes(deadline, failure.retry_after):
                        await asyncio.sleep(failure.retry_after)
                        continue
                    raise failure
                if status < 400:
                    return data
                if (fewer := without_refused(body, data)) is not None:
                    logger.warning(
                        "Discord does not take an emoji, so it is left out of {} {}: {}", route.method, route.path, data["errors"]
                    )
                    kept = {"reason": reason, "authorized": authorized, "repeatable": repeatable, "unheld": unheld, "urgent": urgent}
                    bounds = {"timeout": timeout, "tries": tries, "deadline": deadline}
                    return await self.request(route, body=fewer, files=files, **kept, **bounds)
                failure = _failure(status, data)
                if status < 500 or not repeatable:
                    raise failure
            if attempt + 1 < tries:
                await asyncio.sleep(min(0.25 * 2**attempt, 2.0))
        raise failure

    async def _enter(
        self, route: Route, authorized: bool, deadline: float | None, slot: Slot | None, kind: Kind, unheld: bool
    ) -> tuple[Bucket, Call | None]:
        place = slot if slot is not None and slot.is_of(self._buckets.of(route)) else await self._buckets.enter(route, authorized, deadline)
        async with place:
            if authorized:
                if slot and slot is not place:
                    place.call, slot.call = slot.call, None
                while place.call is None or place.call.lapsed:
                    place.call = await self._take(route, kind, deadline)
                self._check_refusals(route)
            if not (unheld or self._may_send()):
                raise NotServing(f"{route.method} {route.path}")
            if authorized and route.method != "GET":
                deeds.begin(at_discord=True)
            call, place.call = place.call, None
            if call:
                call.sent()
            return place.use(), call

    def held_back(self, guild_id: int | None) -> timedelta | None:
        """For how long nothing is sent for a guild, because Discord refused too much; None when that is not so."""
        return self._refused.held_back(guild_id)

    def _check_refusals(self, route: Route) -> None:
        guild_id = self._guild_id(route)
        wait = self._refused.held_back(guild_id) or (self._not_found.held_back(guild_id) if _is_look(route) else None)
        if wait:
            raise HeldBack(wait.total_seconds())

    def count_refusal(self, status: int, headers: Mapping[str, str], guild_id: int | None = None) -> None:
        """Count an answer to a call that left this address, py-cord's own calls too, if it is one of those that lead to a ban."""
        if status in STATUSES and headers.get("X-RateLimit-Scope") != "shared":
            self._refused.note(guild_id)
            if self._refused.held_back(guild_id):
                logger.warning("Discord refused so many calls for guild {} that the bot pauses there for some minutes", guild_id)

    async def _send(
        self,
        route: Route,
        body: dict[str, Any] | list[Any] | None,
        files: list[discord.File] | None,
        reason: str | None,
        authorized: bool,
        timeout: float,
    ) -> "_Answer":
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
                headers={"User-Agent": USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        headers: dict[str, str] = {}
        if authorized:
            headers["Authorization"] = f"Bot {self._token}"
        if reason:
            headers["X-Audit-Log-Reason"] = quote(reason[:512], safe="/ ")
        payload: Any = None
        if files:
            payload = _form(body, files)
        elif body is not None:
            headers["Content-Type"] = "application/json"
            payload = json.dumps(body).encode()
        limit = aiohttp.ClientTimeout(total=timeout)
        url = URL(route.url, encoded=True)  # as py-cord has quoted what it filled in
        async with self._session.request(
            route.method, url, data=payload, headers=headers, timeout=limit, proxy=proxy_for(Route.API_BASE_URL)
        ) as response:
            return _Answer(response.status, response.headers, _parsed(await response.read()))

    def _pause(self, route: Route, authorized: bool, bucket: Bucket, data: Any, headers: Mapping[str, str]) -> RateLimited:
        # A body that is not JSON comes from the edge in front of Discord, and means the whole address.
        from_discord = isinstance(data, dict)
        told = (data.get("retry_after") if from_discord else None, headers.get("Retry-After"))
        wait = next((seconds for seconds in map(_seconds, told) if seconds is not None), 1.0 if from_discord else 5.0)
        everything = not from_discord or bool(data.get("global"))
        logger.info("Rate limited on {} {} for {:.2f} s{}", route.method, route.path, wait, " (global)" if everything else "")
        # Where the headers do not say that the bucket is used up, only this call has to wait.
        if everything or not authorized or headers.get("X-RateLimit-Remaining") == "0" or bucket.refusals > bucket.limit:
            self._buckets.pause(bucket, authorized, wait, everything)
        return RateLimited(wait)


def _passes(deadline: float | None, wait: float) -> bool:
    return deadline is not None and asyncio.get_running_loop().time() + wait > deadline


def _kind(route: Route) -> Kind:
    return Kind.WAITED if is_member_change(route) else Kind.OTHER


def _is_look(route: Route) -> bool:
    """Whether the call only looks at what stands in a channel."""
    return route.method == "GET" and route.path.startswith("/channels/")


def _seconds(told: Any) -> float | None:
    """A number of seconds as a server told it; None when it told none, or a date."""
    try:
        seconds = float(told)
    except (TypeError, ValueError):
        return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


class _Response:
    """The two attributes that py-cord's exceptions read of a response."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.reason = ""


def _failure(status: int, data: Any) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = kinds.get(status) or (discord.DiscordServerError if status >= 500 else discord.HTTPException)
    return kind(_Response(status), data)


def _form(body: Any, files: list[discord.File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body or {}), content_type="application/json")
    for index, file in enumerate(files):
        file.reset()
        form.add_field(f"files[{index}]", file.fp, filename=file.filename, content_type="application/octet-stream")
    return form
