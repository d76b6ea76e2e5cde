"""What the tests of the sandbox share: a running sandbox, a plain HTTP client, and the check of every answer against Discord's schemas."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from sandbox.seed import TOKEN, by_username, seed
from sandbox.server import Sandbox
from sandbox.world import Application, Guild, Member
from tests import schemas


@dataclass
class Reply:
    """A REST answer."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int | None:
        """Discord's error code."""
        return self.body["code"] if isinstance(self.body, dict) else None

    def problems(self) -> dict[str, str]:
        """The field errors of a 50035 by dotted path, as their codes."""
        found: dict[str, str] = {}

        def walk(node: dict[str, Any], path: str) -> None:
            for key, value in node.items():
                if key == "_errors":
                    found[path] = value[0]["code"]
                else:
                    walk(value, f"{path}.{key}" if path else key)

        walk(self.body.get("errors", {}), "")
        return found


class Rest:
    """A bot without a library: plain calls with the token of the default application."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox, self.session = sandbox, session
        self.headers = {"Authorization": f"Bot {TOKEN}"}

    async def call(self, method: str, path: str, body: Any = None, **kwargs: Any) -> Reply:
        """Send one request; `body` travels as JSON."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        if body is not None:
            kwargs["json"] = body
        async with self.session.request(method, f"{self.sandbox.api_url}/v10{path}", headers=headers, **kwargs) as response:
            text = await response.text()
            if response.content_type == "application/json" and text:
                return Reply(response.status, await response.json(), dict(response.headers))
            return Reply(response.status, text or None, dict(response.headers))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The default world, served on a free port; every answer must be as Discord describes it."""
    wrong: list[str] = []
    async with Sandbox(seed()) as running:

        def check(exchange: Any) -> None:
            if exchange.status and schemas.directory() and not isinstance(exchange.response, str):
                problems = schemas.answer_errors(exchange.method, exchange.route, exchange.status, exchange.response)
                wrong.extend(f"{exchange}: {problem}" for problem in problems)

        running.traffic.listeners.append(check)
        yield running
    assert not wrong, "\n".join(wrong)


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    """Plain REST calls as the default bot, without rate limits."""
    sandbox.ratelimits.enabled = False
    async with aiohttp.ClientSession() as session:
        yield Rest(sandbox, session)


@pytest.fixture
def application(sandbox: Sandbox) -> Application:
    """The default application."""
    return next(iter(sandbox.world.applications.values()))


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    """The default guild."""
    return sandbox.guild


@pytest.fixture
def alice(sandbox: Sandbox) -> Member:
    """A member without roles."""
    return sandbox.guild.members[by_username(sandbox.world, "alice").id]
