"""Behind the scenes and the world: what the bot does can be watched, and trouble can be made."""

import re

from playwright.async_api import expect

from domain.panels import Style
from tests.e2e.house import House, posted_panel
from tests.page.client import Client
from tests.page.conftest import OpenWindow
from tests.page.steps import make_panel, post_panel


async def before_a_panel(house: House, open_window: OpenWindow) -> Client:
    """A window of Alice before a panel that an admin posted."""
    client = await open_window(house.sandbox, "adam")
    await client.look_at("general")
    await make_panel(client, "Colours", ("Red", "Green", "Blue"))
    await post_panel(client, "roles")
    await client.act_as("Alice")
    await client.look_at("roles")
    return client


async def test_the_traffic_of_a_click(house: House, open_window: OpenWindow) -> None:
    client = await before_a_panel(house, open_window)
    scenes = await client.drawer("Behind the scenes")
    await client.last.get_by_role("button", name="Green").click()
    await expect(client.last).to_contain_text("Added")
    change = scenes.locator(".traffic li", has_text=re.compile(r"PUT.*/roles/")).first
    await expect(change.locator(".status")).to_have_text("204")
    await change.get_by_role("button").click()
    await expect(change.locator(".details")).to_contain_text("Request")
    await client.shot("traffic")
    await client.drawer("Behind the scenes", "Gateway")
    await expect(scenes.locator(".traffic li", has_text="INTERACTION_CREATE").first).to_be_visible()
    await client.shot("gateway")
    await client.drawer("Behind the scenes", "Limits")
    await expect(scenes.locator(".bucket").first).to_be_visible()
    await client.shot("limits")


async def test_a_bot_without_its_permission(house: House, open_window: OpenWindow) -> None:
    client = await before_a_panel(house, open_window)
    scenes = await client.drawer("Behind the scenes", "Trouble")
    await scenes.get_by_role("switch", name="may not manage roles").check()
    await expect(scenes.get_by_role("switch", name="may not manage roles")).to_be_checked()
    await client.last.get_by_role("button", name="Green").click()
    await expect(client.last).to_contain_text("Manage Roles")
    assert house.actor("alice").role_names() == []
    await client.shot("trouble")


async def test_a_gateway_that_is_connected_and_silent(house: House, open_window: OpenWindow) -> None:
    client = await open_window(house.sandbox, "olivia")
    scenes = await client.drawer("Behind the scenes", "Trouble")
    gateway = house.sandbox.gateway
    silent, from_the_start, dead = (
        scenes.get_by_role("switch", name=name)
        for name in ("Interactions no longer come", "New sessions are silent from their start", "The resume address is dead")
    )
    for switch in (silent, from_the_start, dead):
        await switch.check()
        await expect(switch).to_be_checked()
    assert [session.withheld for session in gateway.sessions.values()] == ["interactions"]
    assert (gateway.withheld_from_new, gateway.refuses_resumes) == ("interactions", True)
    for switch in (silent, from_the_start, dead):
        await switch.uncheck()
        await expect(switch).not_to_be_checked()
    assert [session.withheld for session in gateway.sessions.values()] == [None]
    assert (gateway.withheld_from_new, gateway.refuses_resumes) == (None, False)


async def test_the_world_grows_and_begins_again(house: House, open_window: OpenWindow) -> None:
    client = await open_window(house.sandbox, "olivia")
    world = await client.drawer("World")
    await world.get_by_label("Name").fill("Zoë")
    await world.get_by_role("button", name="Add a member").click()
    await expect(client.page.locator(".toast")).to_contain_text("Zoë joined")
    await expect(world.locator(".things li", has_text="Zoë")).to_be_visible()
    await client.shot("world")
    await client.drawer("World", "Roles")
    await world.get_by_label("Name").fill("Knitting")
    await world.get_by_role("button", name="Add a role").click()
    await expect(world.locator(".things li", has_text="Knitting")).to_be_visible()
    await client.shot("world-roles")
    await client.drawer("World", "Channels")
    await world.get_by_label("Name").fill("yarn")
    await world.get_by_role("button", name="Add a channel").click()
    await expect(client.page.locator(".channels .channel", has_text="yarn")).to_be_visible()
    await client.drawer("World", "Reset")
    await world.get_by_role("button", name="Reset the world").click()
    await expect(client.page.locator(".channels .channel", has_text="yarn")).not_to_be_visible()
    assert not any(role.name == "Knitting" for role in house.sandbox.guild.roles.values())


async def test_profile_menu_and_picker(house: House, open_window: OpenWindow) -> None:
    await posted_panel(house, "Red", "Green", "Blue", style=Style.DROPDOWN)
    client = await open_window(house.sandbox, "mona")
    await client.page.locator(".member", has_text="Carol").click()
    await expect(client.page.get_by_role("dialog", name="Carol the Great")).to_contain_text("Veteran")
    await client.shot("profile")
    await client.page.keyboard.press("Escape")
    await client.page.locator(".acting").click()
    await client.shot("switch")
