"""What the pictures of the guide are taken with: one browser window, the thing to be seen, and a small file."""

import shutil
import subprocess
from pathlib import Path

from playwright.async_api import Locator, expect

from core.settings import ROOT
from tests.page.client import Client

IMAGES = ROOT / "docs" / "images"
WIDTH = 660  # of a message, in pixels of the page: an embed and five buttons fit
MARGIN = 4
COLOURS = "96"


class Album:
    """The pictures of one window, and the steps between them."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def press(self, button: str, shows: str) -> None:
        """Click a button of the newest message, and wait until the message shows what comes of it."""
        await self.client.last.get_by_role("button", name=button, exact=True).click()
        await expect(self.client.last).to_contain_text(shows)

    async def choose(self, menu: str, *labels: str, shows: str) -> None:
        """Choose in a dropdown of the newest message, and wait as above."""
        await self.client.pick(self.client.last.get_by_role("button", name=menu).first, *labels)
        await expect(self.client.last).to_contain_text(shows)

    async def form(self, button: str, **fields: str) -> Locator:
        """Open a form by a button of the newest message and write into it; a field's name has _ for a space."""
        await self.client.last.get_by_role("button", name=button, exact=True).click()
        await expect(self.client.modal).to_be_visible()
        for name, text in fields.items():
            await self.client.modal.get_by_label(name.replace("_", " ")).fill(text)
        return self.client.modal

    async def submit(self, shows: str) -> None:
        """Send the open form, and wait until the newest message shows what comes of it."""
        await self.client.modal.get_by_role("button", name="Submit").click()
        await expect(self.client.modal).not_to_be_visible()
        await expect(self.client.last).to_contain_text(shows)

    async def dismiss(self) -> None:
        """Take the newest message away; only its reader saw it."""
        count = await self.client.messages.count()
        await self.client.last.get_by_role("button", name="Dismiss message").click()
        await expect(self.client.messages).to_have_count(count - 1)

    async def message(self, name: str, count: int = 1) -> None:
        """A picture of the newest messages."""
        total = await self.client.messages.count()
        await self._keep(name, self.client.messages.nth(total - count), self.client.last)

    async def modal(self, name: str) -> None:
        """A picture of the open form."""
        await self._keep(name, self.client.modal, self.client.modal, margin=0)

    async def embeds(self, name: str, count: int) -> None:
        """A picture of the newest embeds."""
        await self._keep(name, self.client.page.locator(".log .embed").nth(-count), self.client.page.locator(".log .embed").last)

    async def _keep(self, name: str, first: Locator, last: Locator, margin: int = MARGIN) -> None:
        page = self.client.page
        await page.mouse.move(1, 1)
        await page.evaluate("document.activeElement.blur()")
        await last.scroll_into_view_if_needed()
        top, bottom = await first.bounding_box(), await last.bounding_box()
        assert top and bottom
        clip = {
            "x": top["x"],
            "y": top["y"] - margin,
            "width": min(top["width"], WIDTH),
            "height": bottom["y"] + bottom["height"] - top["y"] + 2 * margin,
        }
        IMAGES.mkdir(exist_ok=True)
        path = IMAGES / f"{name}.png"
        await page.screenshot(path=path, clip=clip, animations="disabled")  # pyright: ignore[reportArgumentType]
        _shrink(path)


def _shrink(path: Path) -> None:
    """Fewer colours, where pngquant is installed: a third of the size, and no difference to be seen."""
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--strip", "--ext", ".png", COLOURS, str(path)], check=True)
