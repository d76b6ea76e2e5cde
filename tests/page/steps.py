"""Steps that several stories have in common."""

from playwright.async_api import expect

from tests.page.client import Client


async def make_panel(client: Client, title: str, roles: tuple[str, ...], picture: str | None = None) -> None:
    """From /panel create to the editor; `picture` names a screenshot of the filled modal."""
    await client.slash("panel create")
    await expect(client.modal).to_be_visible()
    await client.modal.get_by_label("Title").fill(title)
    await client.pick(client.modal.get_by_role("button", name="Roles"), *roles)
    if picture:
        await client.shot(picture)
    await client.modal.get_by_role("button", name="Submit").click()
    await expect(client.modal).not_to_be_visible()
    await expect(client.last).to_contain_text(title)


async def post_panel(client: Client, channel: str) -> None:
    """From the editor to the posted message."""
    await client.last.get_by_role("button", name="Post", exact=True).click()
    await client.pick(client.last.get_by_role("button", name="Choose a channel"), channel)
    await expect(client.last).to_contain_text("Live")
