"""Plain REST calls as an application's bot, for tests that look at status and body."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.interactions import Interaction
from sandbox.server import Sandbox


@dataclass
class Reply:
    """Status and parsed body."""

    status: int
    body: Any

    @property
    def code(self) -> int | None:
        """Discord's error code."""
        return self.body.get("code") if isinstance(self.body, dict) else None


class Rest:
    """Calls the sandbox's API, with the first application's token unless told otherwise."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox, self._http = sandbox, http
        self.application = next(iter(sandbox.world.applications.values()))
        self.commands = f"/applications/{self.application.id}/commands"
        self.guild_commands = f"/applications/{self.application.id}/guilds/{sandbox.guild.id}/commands"

    async def __call__(
        self, method: str, path: str, body: Any = None, *, files: dict[str, bytes] | None = None, auth: bool = True
    ) -> Reply:
        """One request; with `files` (name to content) as a form."""
        headers = {"Authorization": f"Bot {self.application.token}"} if auth else {}
        data: aiohttp.FormData | None = None
        if files:
            data = aiohttp.FormData()
            data.add_field("payload_json", json.dumps(body), content_type="application/json")
            for number, (name, content) in enumerate(files.items()):
                data.add_field(f"files[{number}]", content, filename=name)
        url = f"{self.sandbox.api_url}/v10{path}"
        async with self._http.request(method, url, headers=headers, data=data, json=None if data else body) as answer:
            raw = await answer.read()
            return Reply(answer.status, json.loads(raw) if raw else None)

    async def answer(self, interaction: Interaction, kind: int, data: Any = None, query: str = "", **options: Any) -> Reply:
        """POST of the callback."""
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        path = f"/interactions/{interaction.id}/{interaction.token}/callback{query}"
        return await self("POST", path, body, auth=False, **options)

    async def webhook(
        self, method: str, interaction: Interaction, which: str | int | None = None, body: Any = None, **options: Any
    ) -> Reply:
        """A call on the interaction's webhook: `which` is `@original` or an id, None for a new followup."""
        below = "" if which is None else f"/messages/{which}"
        return await self(method, f"/webhooks/{self.application.id}/{interaction.token}{below}", body, auth=False, **options)

    async def register(self, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        """Overwrite the global commands."""
        reply = await self("PUT", self.commands, list(commands))
        assert reply.status == 200, reply.body
        return reply.body


@asynccontextmanager
async def rest_for(sandbox: Sandbox) -> AsyncIterator[Rest]:
    """A REST client that is closed again."""
    async with aiohttp.ClientSession() as http:
        yield Rest(sandbox, http)


def button(label: str, custom_id: str | None = None, **more: Any) -> dict[str, Any]:
    """A button's JSON."""
    return {"type": 2, "style": 1, "label": label, "custom_id": custom_id or label.lower(), **more}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    """An action row's JSON."""
    return {"type": 1, "components": list(components)}
