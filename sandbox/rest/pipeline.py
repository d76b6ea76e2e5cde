"""What every REST request passes: ban, faults, route, token, rate limits, body, handler, record."""

import json
import math
import re
from typing import TYPE_CHECKING, Any

from aiohttp import web
from loguru import logger

from sandbox.errors import INVALID_API_VERSION, NO_USER_AGENT, UNAUTHORIZED, ApiError
from sandbox.faults import Fault
from sandbox.ratelimit import Verdict
from sandbox.rest.body import read_body
from sandbox.rest.router import Answer, Call, Route, Router, Upload, audit_reason
from sandbox.traffic import Exchange
from sandbox.world import Application

if TYPE_CHECKING:
    from sandbox.server import Sandbox

# Without `Via` py-cord and discord.py take a 429 for Cloudflare's and give up at once.
_COMMON_HEADERS = {"Via": "1.1 google", "Server": "cloudflare"}
_VERSIONS = ("10", "9")
_VERSION = re.compile(r"/v(\d+)(?=/|$)")


class _Cut(Exception):
    """The connection is to be closed without an answer."""


class Pipeline:
    """Serves everything under /api."""

    def __init__(self, sandbox: "Sandbox", router: Router) -> None:
        self._sandbox = sandbox
        self._router = router

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer one request and record the exchange."""
        sandbox = self._sandbox
        path = _unversioned(request.rel_url.raw_path)
        body, uploads, problem = await _read(request)
        exchange = Exchange(
            request.method, path, path, dict(request.query), _redacted(request), _recorded(body, uploads), sandbox.clock.now()
        )
        try:
            answer = await self._answer(request, path, body, uploads, problem, exchange)
        except _Cut:
            answer = None
        exchange.ended = sandbox.clock.now()
        if answer is None:
            sandbox.traffic.record(exchange)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=499)
        exchange.status, exchange.response, exchange.response_headers = answer.status, answer.body, dict(answer.headers)
        sandbox.ratelimits.count_answer(_address(request), answer.status, answer.headers.get("X-RateLimit-Scope") == "shared")
        sandbox.traffic.record(exchange)
        return _response(answer)

    async def _answer(
        self, request: web.Request, path: str, body: Any, uploads: list[Upload], problem: ApiError | None, exchange: Exchange
    ) -> Answer:
        sandbox = self._sandbox
        banned = sandbox.ratelimits.banned_for(_address(request))
        if banned is not None:
            return Answer(429, "error code: 1015", {"Content-Type": "text/html", "Retry-After": str(math.ceil(banned))})
        try:
            route, params = self._resolve(request.method, path)
        except ApiError as error:
            return _refusal(error)
        exchange.route = route.template
        caller = _caller(sandbox, request)
        exchange.application_id = caller.id if caller else None
        faults = sandbox.faults.take(request.method, route.template, path)
        early = await self._strike(faults, exchange)
        if early is not None:
            return early
        verdict = Verdict()
        try:
            _check_caller(request, route, caller)
            who = f"bot {caller.id}" if caller else f"address {_address(request)}"
            verdict = sandbox.ratelimits.take(who, route, params)
            if verdict.retry_after is not None:
                answer = limited(verdict.retry_after, verdict.scope, verdict.headers)
            elif problem is not None:
                raise problem
            else:
                reason = audit_reason(request.headers)
                call = Call(sandbox, request.method, path, params, request.query, request.headers, caller, body, uploads, reason)
                answer = _as_answer(await route.handler(call))
        except ApiError as error:
            answer = _refusal(error)
        except Exception:  # noqa: BLE001 - a defect here must answer the client and be seen in the log
            logger.exception("the sandbox failed at {} {}", request.method, path)
            answer = Answer(500, {"message": "500: Internal Server Error", "code": 0})
        if any(f.kind == "drop_after" for f in faults):
            exchange.fault = "drop_after"
            exchange.response = answer.body
            raise _Cut
        answer.headers = {**verdict.headers, **answer.headers}
        return answer

    def _resolve(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        if _VERSION.match(path):
            raise INVALID_API_VERSION
        try:
            return self._router.resolve(method, path)
        except ApiError:
            # the client cannot tell a route that Discord has from one that nobody has, but whoever runs the sandbox should
            logger.warning("{} {}: not served; the sandbox has only a part of Discord's API", method, path)
            raise

    async def _strike(self, faults: list[Fault], exchange: Exchange) -> Answer | None:
        for fault in faults:
            exchange.fault = fault.kind
            if fault.kind == "latency":
                await self._sandbox.clock.sleep(fault.seconds)
            elif fault.kind == "freeze":
                await fault.released.wait()
        for fault in faults:
            if fault.kind == "drop_before":
                raise _Cut
            if fault.kind == "status":
                return _faulty(fault)
        return None


def limited(retry_after: float, scope: str, headers: dict[str, str]) -> Answer:
    """Discord's 429 for a wait of `retry_after` seconds."""
    seconds = math.ceil(retry_after * 1000) / 1000
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
    if scope == "shared":
        body["message"] = "The resource is being rate limited."
    return Answer(429, body, {**headers, "Retry-After": str(math.ceil(seconds)), "X-RateLimit-Scope": scope})


def _faulty(fault: Fault) -> Answer:
    if fault.status == 429:
        extra = {"X-RateLimit-Global": "true"} if fault.scope == "global" else {}
        return limited(fault.retry_after, fault.scope, extra)
    if fault.status in (502, 503, 504):
        return Answer(fault.status, f"<html><head><title>{fault.status}</title></head></html>", {"Content-Type": "text/html"})
    names = {500: "500: Internal Server Error", 403: "403: Forbidden", 404: "404: Not Found", 401: "401: Unauthorized"}
    return Answer(fault.status, {"message": fault.message or names.get(fault.status, str(fault.status)), "code": fault.code})


async def _read(request: web.Request) -> tuple[Any, list[Upload], ApiError | None]:
    try:
        body, uploads = await read_body(request)
    except ApiError as error:
        return None, [], error
    except ValueError:  # a form that is none
        return None, [], ApiError(400, 50109, "The request body contains invalid JSON.")
    return body, uploads, None


def _caller(sandbox: "Sandbox", request: web.Request) -> Application | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return sandbox.world.application_of(token.strip()) if scheme == "Bot" else None


def _check_caller(request: web.Request, route: Route, caller: Application | None) -> None:
    if not request.headers.get("User-Agent"):
        raise NO_USER_AGENT
    if route.auth and caller is None:
        raise UNAUTHORIZED


def _unversioned(raw_path: str) -> str:
    path = raw_path.removeprefix("/api")
    version = _VERSION.match(path)
    return path[version.end() :] or "/" if version and version[1] in _VERSIONS else path


def _address(request: web.Request) -> str:
    return request.remote or "unknown"


def _redacted(request: web.Request) -> dict[str, str]:
    return {name: ("[redacted]" if name.lower() == "authorization" else value) for name, value in request.headers.items()}


def _recorded(body: Any, uploads: list[Upload]) -> Any:
    if not uploads:
        return body
    return {"payload_json": body, "files": [{"field": u.field, "filename": u.filename, "size": len(u.content)} for u in uploads]}


def _as_answer(result: Any) -> Answer:
    if isinstance(result, Answer):
        return result
    return Answer(204) if result is None else Answer(200, result)


def _refusal(error: ApiError) -> Answer:
    return Answer(error.status, error.body())


def _response(answer: Answer) -> web.Response:
    headers = {**({} if answer.headers.get("Content-Type") == "text/html" and answer.status == 429 else _COMMON_HEADERS), **answer.headers}
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    if isinstance(answer.body, str):
        headers.pop("Content-Type", None)
        return web.Response(status=answer.status, text=answer.body, content_type="text/html", headers=headers)
    raw = json.dumps(answer.body, separators=(",", ":"), ensure_ascii=False).encode()
    # aiohttp adds no charset to a bytes body; py-cord hands out text instead of JSON when there is one
    return web.Response(status=answer.status, body=raw, headers={**headers, "Content-Type": "application/json"})
