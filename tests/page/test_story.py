"""The first five minutes in a browser: an admin makes a panel, a member takes a role, the audit channel tells of it."""

from playwright.async_api import expect

from tests.e2e.house import House
from tests.page.client import Client
from tests.page.conftest import OpenWindow


async def make_panel(client: Client, title: str, roles: tuple[str, ...]) -> None:
    """From /panel create to the editor."""
    await client.slash("panel create")
    await expect(client.modal).to_be_visible()
    await client.modal.get_by_label("Title").fill(title)
    await client.pick(client.modal.get_by_role("button", name="Roles"), *roles)
    await client.shot("modal")
    await client.modal.get_by_role("button", name="Submit").click()
    await expect(client.modal).not_to_be_visible()


async def post_panel(client: Client, channel: str) -> None:
    """From the editor to the posted message."""
    await client.last.get_by_role("button", name="Post", exact=True).click()
    await client.pick(client.last.get_by_role("button", name="Choose a channel"), channel)


async def test_from_the_command_to_the_audit_entry(house: House, open_window: OpenWindow) -> None:
    admin = await open_window(house.sandbox, "adam")
    await admin.look_at("general")
    await admin.slash("config audit-channel", channel="audit-log")
    await expect(admin.last).to_contain_text("audit-log")
    await make_panel(admin, "Colours", ("Red", "Green", "Blue"))
    await expect(admin.last).to_contain_text("Colours")
    await admin.shot("editor")
    await post_panel(admin, "roles")
    await expect(admin.last).to_contain_text("Live")

    await admin.act_as("Alice")
    await admin.look_at("roles")
    await admin.last.get_by_role("button", name="Red").click()
    answer = admin.last
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer).to_contain_text("Added")
    assert house.actor("alice").role_names() == ["Red"]
    await admin.shot("member")

    await admin.act_as("Adam")
    await admin.look_at("audit-log")
    await expect(admin.last.locator(".embed")).to_contain_text("Alice")
    await admin.shot("audit")
