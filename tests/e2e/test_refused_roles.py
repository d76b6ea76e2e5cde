"""Roles that Discord alone gives, and roles that it refuses: who is told what."""

from typing import Any

import pytest

from sandbox import roles
from sandbox.faults import Fault
from tests.e2e.house import House, posted_panel
from tests.e2e.test_panels import create

INTEGRATION = "belongs to an integration, a linked account or a subscription, and Discord lets nobody else give it."


async def tag(house: House, name: str, tags: dict[str, Any]) -> None:
    """Make a role one that Discord gives by itself, and wait until the bot knows."""
    role = house.sandbox.role(name)
    role.tags = tags
    known = house.bot.wait_for("guild_role_update", timeout=30)
    roles.edit(house.sandbox.world, house.sandbox.guild, role, {"hoist": True}, house.actor("olivia").user.id)
    await known


async def click(house: House, who: str, label: str) -> str:
    posted = next(message for message in house.actor(who).in_("roles").sees() if message.buttons)
    return (await (await posted.click(label)).message()).text


@pytest.mark.parametrize(
    "tags",
    [
        {"guild_connections": None},
        {"available_for_purchase": None},
        {"subscription_listing_id": "1100000000000000001", "integration_id": "1100000000000000002"},
        {"is_guild_product_role": True},
        {"premium_subscriber": None},
    ],
)
async def test_what_only_discord_gives_is_refused_like_a_managed_role(house: House, tags: dict[str, Any]) -> None:
    await posted_panel(house, "Red", "Blue")
    await tag(house, "Red", tags)
    assert INTEGRATION in await click(house, "alice", "Red")
    editor = await create(house, roles=("Red", "Green"))
    assert f"<@&{house.sandbox.role('Red').id}> {INTEGRATION}" in editor.text
    assert "Added" in await click(house, "alice", "Blue")


async def test_a_tag_that_says_no_makes_no_difference(house: House) -> None:
    await posted_panel(house, "Red")
    await tag(house, "Red", {"is_guild_product_role": False})
    house.sandbox.role("Red").tags = None  # as far as the sandbox is concerned
    assert "Added" in await click(house, "alice", "Red")


async def test_only_who_can_mend_it_hears_how(house: House) -> None:
    await posted_panel(house, "Red")
    house.sandbox.faults.add(Fault("status", "PUT", "*/members/{user_id}/roles/{role_id}", status=403, code=50013))
    red = f"<@&{house.sandbox.role('Red').id}>"
    missing = f"Discord refuses this role: {red} was not changed, although the bot may manage roles and its own role stands higher."
    assert (await click(house, "alice", "Red")).split("\n")[0] == missing
    assert (await click(house, "mona", "Red")).split("\n")[0] == f"{missing} You can take it off the panel with `/panel edit`."


async def test_temporary_is_offered_to_who_manages_roles(house: House) -> None:
    (application,) = house.sandbox.world.applications.values()
    offered = {command.data["name"]: command.data.get("default_member_permissions") for command in application.commands.values()}
    assert offered["temporary"] == str(1 << 28)
    assert offered["roles"] is None
