"""A browser window on the sandbox, in the words of who sits before it."""

import re
from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import ConsoleMessage, Locator, Page, expect

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")
STILL = """
    const ends = (animation) => animation.effect.getComputedTiming().iterations !== Infinity;
    Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
"""


class Client:
    """One window. `complaints` are errors of its console: exceptions, files that are missing, what the Content-Security-Policy stopped."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def look_at(self, channel: str) -> None:
        """Open a channel of the server."""
        menu = self.page.get_by_role("button", name=re.compile("^(Channels|チャンネル)$"))
        if await menu.is_visible():
            await menu.click()
        await self.page.locator(".channels .channel", has_text=re.compile(f"^{re.escape(channel)}$")).click()
        await expect(self.page.locator(".chat-head h1")).to_have_text(channel)

    async def act_as(self, name: str) -> None:
        """Become another user by the switch at the top."""
        await self.page.locator(".acting").click()
        await self.page.locator(".popup .search input").fill(name)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(".acting .who")).to_have_text(name)

    async def slash(self, command: str, **options: str) -> None:
        """Use a slash command with the keyboard alone; an option's text is what its list is searched for."""
        line = await self._begin(command)
        for name, text in options.items():
            field = line.locator(f"[data-option={name}]")
            if not await field.is_visible():
                await line.get_by_role("button", name=name).click()
            await field.fill(text)
            await expect(self.page.locator(".suggestions .option.active")).to_contain_text(text)
            await self.page.keyboard.press("Enter")
        await self._send(line)

    async def slash_with_file(self, command: str, option: str, file: Path) -> None:
        """Use a slash command that takes a file."""
        line = await self._begin(command)
        await line.locator(f"[data-option={option}]").set_input_files(file)
        await self._send(line)

    async def _begin(self, command: str) -> Locator:
        await self.composer.fill(f"/{command}")
        await expect(self.page.locator(".suggestions .option.active")).to_contain_text(f"/{command}")
        await self.page.keyboard.press("Enter")
        line = self.page.get_by_role("group", name=f"/{command}")
        await expect(line).to_be_visible()
        return line

    async def _send(self, line: Locator) -> None:
        await line.press("Enter")
        await expect(line).not_to_be_visible()

    async def pick(self, control: Locator, *labels: str) -> None:
        """Choose in a dropdown by searching each label."""
        await control.click()
        panel = self.page.locator(".popup.picker")
        for label in labels:
            await panel.locator(".search input").fill(label)
            await expect(panel.locator(".option.active")).to_contain_text(label)
            await self.page.keyboard.press("Enter")
        done = panel.locator(".done button")
        if await done.is_visible():
            await done.click()
        await expect(panel).not_to_be_visible()

    async def drawer(self, name: str, tab: str | None = None) -> Locator:
        """Open a drawer, at a tab."""
        button = self.page.locator(".topbar").get_by_role("button", name=name)
        if await button.get_attribute("aria-expanded") == "false":
            await button.click()
        drawer = self.page.locator("#drawer")
        if tab:
            await drawer.get_by_role("tab", name=tab).click()
        return drawer

    @property
    def composer(self) -> Locator:
        """The field for messages."""
        return self.page.locator(".composer textarea")

    @property
    def modal(self) -> Locator:
        """The open modal."""
        return self.page.locator("dialog.modal")

    @property
    def messages(self) -> Locator:
        """The messages in the channel looked at."""
        return self.page.locator(".log .message")

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.messages.last

    async def shot(self, name: str) -> Path:
        """Keep a picture of the window under tests/screenshots."""
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        await self.page.screenshot(path=path, animations="disabled")
        return path

    async def barriers(self) -> list[str]:
        """What axe finds that keeps people out: its serious and critical violations."""
        await self._still()
        # Playwright's own worlds are exempt from the page's Content-Security-Policy; a script element would not be.
        await self.page.evaluate(AXE)
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['help']} at {node['target']} — {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]

    async def _still(self) -> None:
        """Wait for the end of what fades: a colour on its way is none to judge."""
        await self.page.evaluate(STILL)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url')})")
