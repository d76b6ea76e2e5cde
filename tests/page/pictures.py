"""Takes the pictures of docs/admin-guide.md: `python -m tests.page.pictures`.

The real bot in the sandbox, and a browser that walks through every screen as an admin and as members.
"""

import asyncio
import os

from playwright.async_api import Browser, async_playwright, expect

from core.database import Database, migrate
from core.settings import DatabaseSettings
from models import Panel, PanelMessage
from sandbox.messages import delete
from sandbox.roles import delete as delete_role
from sandbox.roles import move
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from tests.conftest import own_server
from tests.e2e.house import House
from tests.page.album import Album
from tests.page.client import Client
from tests.page.conftest import FLAGS, browser_path

SIZE = {"width": 1220, "height": 1500}
MEMBERS_INTENT = 1 << 1  # as switched on in the developer portal
COLOURS = ("Red", "Orange", "Green", "Blue")
COLOUR_PANEL = "What is your colour?"


class Walk:
    """A house, a browser, and the windows of who walks through it."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house, self._browser = house, browser

    async def window(self, user: str, channel: str) -> Album:
        """A new window of a user on a channel."""
        context = await self._browser.new_context(
            viewport=SIZE,  # pyright: ignore[reportArgumentType]
            color_scheme="dark",
            timezone_id="UTC",
            device_scale_factor=1.5,
        )
        client = Client(await context.new_page())
        client.page.set_default_timeout(60_000)
        await client.page.goto(f"{self.house.sandbox.url}/?user={user}")
        await client.page.locator(".acting").wait_for()
        await client.look_at(channel)
        return Album(client)


async def make(album: Album) -> None:
    """The form of a new panel and the editor that opens, with a role that does not work."""
    client = album.client
    await client.slash("panel create")
    await expect(client.modal).to_be_visible()
    await client.modal.get_by_label("Title").fill(COLOUR_PANEL)
    await client.modal.get_by_label("Description").fill("It becomes the colour of your name.")
    await client.pick(client.modal.get_by_role("button", name="Roles"), *COLOURS, "Admin")
    await album.modal("create")
    await album.submit("The panel was created.")
    await album.message("editor")


async def roles(album: Album) -> None:
    """Powerful roles, one role and its form, the order, taking roles off."""
    await album.choose("Add roles", "Moderator", shows="powerful permissions")
    await album.message("confirm")
    await album.press("Back", "Behaviour:")
    await album.choose("Change one role", "Red", shows="Label: Red")
    await album.form("Edit", Label="Red", Emoji="❤️", Description="Warm and loud")
    await album.modal("role-form")
    await album.submit("Warm and loud")
    await album.message("role")
    await album.press("Back", "Behaviour:")
    await album.press("Reorder", "Pick a role and move it")
    await album.choose("Pick the role to move", "Blue", shows="▶ 4. Blue")
    await album.press("▲ Up", "▶ 3. Blue")
    await album.message("order")
    await album.press("Back", "Behaviour:")


async def looks(album: Album) -> None:
    """The appearance with its form, and the preview."""
    await album.press("Appearance", "Buttons in a row: 5")
    await album.form("Colour and pictures", Colour="#5865F2", Footer="Ask in #general when you miss a colour.")
    await album.submit("Footer: Ask in")
    await album.message("appearance")
    await album.press("Back", "Behaviour:")
    await album.press("Preview", "Behaviour:")
    await expect(album.client.last).to_contain_text("Ask in #general")
    await album.message("preview")
    await album.dismiss()


async def rules(album: Album) -> None:
    """What a click does, for whom, and the rules of one role."""
    await album.press("Behaviour", "How many roles:")
    await album.choose("What a click does", "One at a time", shows="at most 1")
    await album.message("behaviour")
    await album.press("Who may", "Every role of this panel")
    await album.choose("Roles that a member must not have", "Veteran", shows="not with")
    await album.message("who")
    await album.press("Back", "not with")
    await album.press("Back", "Version")
    await album.choose("Change one role", "Green", shows="Label: Green")
    await album.press("Rules", "Rules of a role")
    await album.form("Duration and places", Members_keep_it_for="7 days", Places="50")
    await album.submit("50, counting")
    await album.choose("Give further roles along with it", "Events", shows="Given along with it: @Events")
    await album.message("role-rules")
    await album.press("Back", "Label: Green")
    await album.press("Back", "Version")


async def posting(album: Album) -> None:
    """Into a channel, and what can be done there afterwards."""
    await album.press("Post", "In which channel")
    await album.choose("Choose a channel", "roles", shows="Live")
    await album.message("live")
    await album.press("Post", "In which channel")
    await album.choose("Move, post again or take down", "roles", shows="Moving posts the panel")
    await album.message("channel")
    await album.press("Back", "In which channel")
    await album.press("Back", "Behaviour:")


async def history(album: Album) -> None:
    """The versions, one of them, and undo."""
    await album.press("History", "versions are kept")
    await album.message("history")
    await album.choose("Look at a version", "Version 2", shows="What restoring it would change now")
    await album.message("version")
    await album.press("Back", "Behaviour:")
    await album.press("Undo", "was undone")


async def refused(album: Album) -> None:
    """A form that was refused."""
    await album.press("Appearance", "Buttons in a row")
    modal = await album.form("Colour and pictures", Colour="reddish")
    await modal.get_by_role("button", name="Submit").click()
    await expect(album.client.last).to_contain_text("is not a colour")
    await album.message("fix-it")
    await album.dismiss()
    await album.press("Back", "Behaviour:")


async def overtaken(olivia: Album, mona: Album) -> None:
    """A form that is sent after somebody else changed the panel."""
    await mona.client.slash("panel edit", panel=COLOUR_PANEL)
    await expect(mona.client.last).to_contain_text("Behaviour:")
    modal = await olivia.form("Edit text", Description="Pick the colour of your name.")
    await mona.form("Edit text", Description="One colour for each member.")
    await mona.submit("One colour for each member.")
    await modal.get_by_role("button", name="Submit").click()
    await expect(olivia.client.last).to_contain_text("The panel was changed in the meantime")
    await olivia.message("overtaken")
    await olivia.dismiss()
    await olivia.press("Refresh", "One colour for each member.")
    await olivia.press("Undo", "was undone")


async def deletion(album: Album) -> None:
    """The question before a panel is deleted, and the list of all panels."""
    await album.press("Delete", "This cannot be undone")
    await album.message("delete")
    await album.press("Back", "Behaviour:")
    await album.client.slash("panel list")
    await expect(album.client.last).to_contain_text("Notifications")
    await album.message("list")


async def files(walk: Walk) -> None:
    """A panel as a file, and what the file and a copy would make once a role is deleted and another out of reach."""
    olivia, sandbox = await walk.window("olivia", "general"), walk.house.sandbox
    await olivia.client.slash("panel export", panel=COLOUR_PANEL)
    await expect(olivia.client.last).to_contain_text("role-panels.toml")
    await olivia.message("export")
    async with olivia.client.page.expect_download() as download:
        await olivia.client.last.get_by_role("link", name="role-panels.toml").click()
    file = await (await download.value).path()
    delete_role(sandbox.world, sandbox.guild, sandbox.role("Orange"), sandbox.guild.owner_id)
    await olivia.client.slash_with_file("panel import", "file", file)
    await expect(olivia.client.last).to_contain_text("This will be made")
    await olivia.message("import")
    mona = await walk.window("mona", "general")
    await mona.client.slash("panel clone", panel=COLOUR_PANEL)
    await mona.message("clone")


async def transfer(album: Album) -> None:
    """A template with a role that does not exist yet, which becomes a panel with the private picker."""
    await album.client.slash("panel template", template="Notifications")
    await expect(album.client.last).to_contain_text("This will be made")
    await album.message("template")
    await album.press("Make 1 role and the panel", "The panel was created.")
    await album.press("Appearance", "Buttons in a row")
    await album.choose("Style", "Private picker", shows="Style: Private picker")
    await album.press("Back", "Behaviour:")
    await album.press("Post", "In which channel")
    await album.choose("Choose a channel", "roles", shows="Live")


async def settings(album: Album) -> None:
    """Where changes are logged, and who may edit panels."""
    client = album.client
    await client.slash("config audit-channel", channel="audit-log")
    await expect(client.last).to_contain_text("audit-log")
    await client.slash("config managers")
    await album.choose("Choose the manager roles", "Veteran", shows="One step is left")
    await album.message("managers")


async def members(walk: Walk) -> None:
    """The panel as members see it, and its answers."""
    while await PanelMessage.behind([panel.guild_id for panel in await Panel.all()]):
        pass  # the question itself lets the bot work
    alice = await walk.window("alice", "roles")
    await alice.press("Green", "Added:")
    await alice.message("member", count=2)
    await alice.client.look_at("general")
    await alice.client.slash("roles mine")
    await expect(alice.client.last).to_contain_text("Your roles from")
    await alice.message("mine")
    yuki = await walk.window("yuki", "roles")
    await yuki.press("Red", "付与しました")
    await yuki.message("japanese")


async def check(album: Album, house: House) -> None:
    """The doctor, after a role was moved above the bot's and a panel's message was deleted."""
    sandbox = house.sandbox
    move(sandbox.world, sandbox.guild, {sandbox.role("Blue").id: sandbox.role("Admin").position})
    posted = await PanelMessage.filter(panel__name="Notifications").get()
    delete(sandbox, sandbox.world.messages[posted.channel_id][posted.message_id])
    await album.client.slash("panel check")
    await expect(album.client.last).to_contain_text("Check of this server")
    await album.message("check")


async def picker(walk: Walk) -> None:
    """The private picker, after a first choice."""
    dave = await walk.window("dave", "roles")
    await dave.client.last.get_by_role("button", name="Choose your roles").click()
    await expect(dave.client.last).to_contain_text("What you hold is ticked")
    await dave.choose("Choose your roles", "Polls", "Streams", shows="Added:")
    await dave.message("picker")


async def story(walk: Walk) -> None:
    """Everything, in an order in which each screen has something to show."""
    olivia = await walk.window("olivia", "general")
    await settings(olivia)
    for chapter in (make, roles, looks, rules, posting, refused):
        await chapter(olivia)
    await members(walk)
    await overtaken(olivia, await walk.window("mona", "general"))
    await history(olivia)
    await transfer(olivia)
    await picker(walk)
    await deletion(olivia)
    await olivia.client.slash("temporary")
    await expect(olivia.client.last).to_contain_text("Temporary roles")
    await olivia.message("temporary")
    await check(olivia, walk.house)
    await olivia.client.look_at("audit-log")
    await olivia.embeds("audit", 3)
    await files(walk)


async def main() -> None:
    """Start sandbox, database, bot and browser, and take the pictures."""
    with own_server() as server:
        os.environ |= {"DATABASE_URL": server.start(), "DISCORD_TOKEN": TOKEN, "HEALTH_PORT": "0", "MEMBERS_INTENT": "true"}
        await migrate(os.environ["DATABASE_URL"])
        database = Database(DatabaseSettings())
        await database.open()
        async with Sandbox(seed()) as sandbox, async_playwright() as playwright:
            os.environ["DISCORD_API_URL"] = sandbox.api_url
            sandbox.world.applications[next(iter(sandbox.world.applications))].privileged_intents = MEMBERS_INTENT
            house = House(sandbox, database)
            await house.start()
            browser = await playwright.chromium.launch(executable_path=browser_path(playwright.chromium.executable_path), args=FLAGS)
            try:
                await story(Walk(house, browser))
            finally:
                await browser.close()
                await house.stop()
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
