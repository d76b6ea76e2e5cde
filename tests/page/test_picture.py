"""The picture of the README: a member before a panel, and what the bot did behind the scenes. docs/images/sandbox.png is made of it."""

from playwright.async_api import expect

from models import PanelRole
from sandbox.driver.views import MessageView
from tests.e2e.house import House
from tests.page.conftest import OpenWindow

LOOKS = {"Red": "❤️", "Orange": "🧡", "Green": "💚", "Blue": "💙", "Purple": "💜"}


async def colourful_panel(house: House) -> None:
    """A panel whose buttons have emoji, in #roles, made and posted by the owner."""
    roles = [house.sandbox.role(name) for name in LOOKS]
    modal = await (await house.actor("olivia").slash("panel create")).modal()
    values = {
        "Title": "What is your colour?",
        "Description": "It becomes the colour of your name. Press again to give it back.",
        "Roles": roles,
    }
    editor: MessageView = await (await modal.submit(values)).message()
    for role in roles:
        await PanelRole.filter(role_id=role.id).update(emoji=LOOKS[role.name])
    await (await editor.click("Post")).message()
    await (await editor.select("Choose a channel", [house.sandbox.channel("roles")])).message()


async def test_a_member_and_what_goes_on_behind(house: House, open_window: OpenWindow) -> None:
    await colourful_panel(house)
    alice = await open_window(house.sandbox, "alice", size=(1680, 900))
    await alice.look_at("roles")
    scenes = await alice.drawer("Behind the scenes")
    await alice.last.get_by_role("button", name="Purple").click()
    await expect(alice.last).to_contain_text("Added")
    await scenes.locator(".traffic li", has_text="/roles/").first.get_by_role("button").click()
    await expect(scenes.locator(".details")).to_be_visible()
    await alice.page.mouse.move(5, 5)
    await alice.shot("readme")
