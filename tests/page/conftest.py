"""A real browser before the real product. The tests skip where there is no browser."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from sandbox.seed import seed
from sandbox.server import Sandbox
from tests.e2e.conftest import empty_house, house
from tests.page.client import Client
from tests.page.stand_in import StandIn

__all__ = ["empty_house", "house"]  # the fixtures that these tests share with the end-to-end tests

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OpenWindow = Callable[..., Awaitable[Client]]


def browser_path(bundled: str) -> str:
    """The browser to drive: the one Playwright brought, else the system's Chromium. Skips the test when there is none."""
    found = bundled if Path(bundled).exists() else shutil.which("chromium")
    if found is None:
        pytest.skip("no browser: install Debian's package chromium, or run `playwright install chromium`")
    return found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        path = browser_path(playwright.chromium.executable_path)
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox of its own that no bot is connected to."""
    async with Sandbox(seed()) as sandbox:
        yield sandbox


@pytest.fixture
async def open_window(browser: Browser) -> AsyncIterator[OpenWindow]:
    """Open windows on a sandbox: `open_window(sandbox, "alice", scheme="light", size=(390, 844))`. None may complain on its console."""
    clients: list[Client] = []

    async def open_one(sandbox: Sandbox, user: str, scheme: str = "dark", size: tuple[int, int] = (1440, 900)) -> Client:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light", timezone_id="UTC"
        )
        client = Client(await context.new_page())
        clients.append(client)
        client.page.set_default_timeout(60_000)
        await client.page.goto(f"{sandbox.url}/?user={user}")
        await client.page.locator(".acting").wait_for()
        return client

    yield open_one
    complaints = [complaint for client in clients for complaint in client.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
async def alice(sandbox: Sandbox, open_window: OpenWindow) -> Client:
    """Alice's window on the sandbox without a bot, looking at #general."""
    client = await open_window(sandbox, "alice")
    await client.look_at("general")
    return client


@pytest.fixture
def bot(sandbox: Sandbox) -> StandIn:
    """An application that answers as the test says."""
    return StandIn(sandbox)
