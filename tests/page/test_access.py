"""Nobody is kept out: axe finds no serious barrier in any view, and the keyboard reaches everything."""

import pytest
from playwright.async_api import expect

from tests.e2e.house import House, posted_panel
from tests.page.conftest import OpenWindow
from tests.page.steps import make_panel, post_panel

DRAWERS = {"Behind the scenes": ("REST", "Gateway", "Limits", "Trouble"), "World": ("Members", "Roles", "Channels", "Reset")}


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_no_view_keeps_people_out(house: House, open_window: OpenWindow, scheme: str) -> None:
    client = await open_window(house.sandbox, "adam", scheme)
    found = {"channel": await client.barriers()}
    await client.look_at("general")
    await client.slash("panel create")
    await expect(client.modal).to_be_visible()
    found["modal"] = await client.barriers()
    await client.page.keyboard.press("Escape")
    await make_panel(client, "Colours", ("Red", "Yellow", "White", "Black"))
    await post_panel(client, "roles")
    found["editor"] = await client.barriers()
    await client.composer.fill("/")
    found["commands"] = await client.barriers()
    await client.composer.fill("")
    await client.look_at("roles")
    await client.page.locator(".acting").click()
    found["switch"] = await client.barriers()
    await client.page.keyboard.press("Escape")
    await client.page.locator(".member", has_text="Carol").click()
    found["profile"] = await client.barriers()
    await client.page.keyboard.press("Escape")
    await client.last.click(button="right", position={"x": 300, "y": 10})
    found["menu"] = await client.barriers()
    await client.page.keyboard.press("Escape")
    for name, tabs in DRAWERS.items():
        for tab in tabs:
            await client.drawer(name, tab)
            found[tab] = await client.barriers()
    assert not any(found.values()), "\n".join(f"{view}: {one}" for view, all_of_it in found.items() for one in all_of_it)


async def test_the_keyboard_alone_takes_a_role(house: House, open_window: OpenWindow) -> None:
    await posted_panel(house, "Red", "Green")
    client = await open_window(house.sandbox, "alice", size=(1280, 720))
    await client.look_at("roles")
    await client.page.locator(".log").focus()
    for _ in range(12):
        await client.page.keyboard.press("Tab")
        if await client.page.evaluate("document.activeElement.textContent") == "Green":
            break
    await client.page.keyboard.press("Enter")
    await expect(client.last).to_contain_text("Added")
    assert house.actor("alice").role_names() == ["Green"]
