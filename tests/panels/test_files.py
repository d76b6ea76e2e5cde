"""Fetching what somebody sent: not longer, not larger and from nowhere else than Discord's own address of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cogs.panels.transfer import files
from cogs.panels.transfer.files import NOT_DOWNLOADED, SIZE_MAX
from core.errors import UserError


class Addresses:
    """A server with an address for each way to misbehave; `reached` are those that were asked for."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.hanging = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.reached.append(request.path)
        match request.path:
            case "/redirect":
                raise web.HTTPFound("/file")
            case "/hang":
                await self.hanging.wait()
            case "/gone":
                raise web.HTTPNotFound
            case "/endless":
                response = web.StreamResponse()
                await response.prepare(request)
                while not request.transport or not request.transport.is_closing():
                    await response.write(b"#" * 65536)
                return response
        return web.Response(body=b"x" * (SIZE_MAX + (request.path == "/larger")))


@pytest.fixture
async def addresses() -> Addresses:
    return Addresses()


@pytest.fixture
async def server(addresses: Addresses) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_get("/{name}", addresses.answer)
    running = TestServer(app)
    await running.start_server()
    yield running
    addresses.hanging.set()
    await running.close()


async def test_a_file_of_the_largest_size_is_fetched(server: TestServer) -> None:
    assert len(await files._download(str(server.make_url("/file")))) == SIZE_MAX


@pytest.mark.parametrize("path", ["/larger", "/endless", "/redirect", "/gone", "/hang"])
async def test_what_is_not_what_was_declared_is_refused(
    path: str, server: TestServer, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "DOWNLOAD_TIME", 0.5)
    with pytest.raises(UserError) as refused:
        await files._download(str(server.make_url(path)))
    assert refused.value.message == NOT_DOWNLOADED
    assert addresses.reached == [path], "nobody is sent elsewhere"


async def test_an_address_that_does_not_answer_is_refused() -> None:
    for address in ("http://127.0.0.1:1/file", "http:///", "nonsense"):
        with pytest.raises(UserError) as refused:
            await files._download(address)
        assert refused.value.message == NOT_DOWNLOADED
