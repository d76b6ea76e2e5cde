"""Posting a panel where it does not stand opens its roles to whoever sees that channel: only who could put them on a panel may do it."""

import pytest

from models import PanelMessage
from sandbox import members, messages, roles
from sandbox.driver.views import MessageView
from sandbox.world import Role
from tests.e2e.house import House
from tests.e2e.test_panels import create, redrawn


@pytest.fixture
async def junior(house: House) -> str:
    """Who may manage roles, and stands far below the moderators."""
    world, guild = house.sandbox.world, house.sandbox.guild
    role = Role(world.new_id(), guild.id, "Junior", 1, 1 << 28)
    roles.create(world, guild, role, guild.owner_id)
    roles.move(world, guild, {role.id: house.sandbox.role("Chess").position})
    member = house.actor("bob").member
    known = house.bot.wait_for("guild_role_update", check=lambda before, after: after.id == role.id, timeout=10)
    roles.edit(world, guild, role, {"name": "The junior"}, guild.owner_id)
    await known
    members.set_roles(world, guild, member, [*member.role_ids, role.id], guild.owner_id)
    return "bob"


async def staff_panel(house: House) -> MessageView:
    """A panel with a powerful role that an administrator confirmed, posted where only the staff is; the answer is that message."""
    editor = await create(house, title="Staff only", roles=("Moderator",))
    await redrawn(await editor.click("Add Moderator anyway"))
    await redrawn(await editor.click("Post"))
    assert "The panel was posted" in await redrawn(await editor.select("Choose a channel", [house.sandbox.channel("mods-only")]))
    return house.actor("mona").in_("mods-only").sees()[-1]


def in_general(house: House) -> list[MessageView]:
    return [message for message in house.actor("alice").in_("general").sees() if message.buttons and not message.ephemeral]


async def posting(house: House, who: str, channel: str) -> MessageView:
    actor = house.actor(who)
    return await (await actor.slash("panel post", panel="Staff only", channel=house.sandbox.channel(channel))).message()


async def test_a_junior_posts_no_powerful_role_elsewhere(house: House, junior: str) -> None:
    await staff_panel(house)
    answer = await posting(house, junior, "general")
    assert "Nothing was changed" in answer.text
    assert "Moderator" in answer.text or f"<@&{house.sandbox.role('Moderator').id}>" in answer.text
    assert in_general(house) == []
    assert await PanelMessage.all().count() == 1
    editor = await (await house.actor(junior).slash("panel edit", panel="Staff only")).message()
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#mods-only"]))
    assert "The panel was posted" in await redrawn(await editor.click("Post again"))  # where it stands, nobody new sees it


async def test_a_junior_does_not_post_it_first_either(house: House, junior: str) -> None:
    await redrawn(await (await create(house, title="Staff only", roles=("Moderator",))).click("Add Moderator anyway"))
    assert "Nothing was changed" in (await posting(house, junior, "general")).text
    assert not await PanelMessage.exists()


async def test_a_junior_does_not_put_back_what_was_deleted(house: House, junior: str) -> None:
    posted = await staff_panel(house)
    messages.delete(house.sandbox, posted.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    check = await (await house.actor(junior).slash("panel check")).message()
    assert "Nothing was changed" in await redrawn(await check.click("Post it again"))
    assert [message.missing for message in await PanelMessage.all()] == [True]


async def test_an_administrator_is_asked_before_a_powerful_role_is_opened(house: House) -> None:
    await staff_panel(house)
    asked = await posting(house, "olivia", "general")
    assert "this opens powerful permissions to members" in asked.text
    assert in_general(house) == []
    assert "The panel was posted" in await redrawn(await asked.click("Do it anyway"))
    assert len(in_general(house)) == 1


async def test_an_administrator_puts_back_what_was_deleted(house: House) -> None:
    posted = await staff_panel(house)
    messages.delete(house.sandbox, posted.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    check = await (await house.actor("olivia").slash("panel check")).message()
    asked = await (await check.click("Post it again")).message()
    await redrawn(await asked.click("Do it anyway"))
    assert len([message for message in house.actor("mona").in_("mods-only").sees() if message.buttons and not message.ephemeral]) == 1


async def test_moving_is_posting(house: House, junior: str) -> None:
    posted = await staff_panel(house)
    editor = await (await house.actor(junior).slash("panel edit", panel="Staff only")).message()
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#mods-only"]))
    answer = await (await editor.select("Move to another channel", [house.sandbox.channel("general")])).message()
    assert "Nothing was changed" in answer.text
    assert not posted.deleted
    assert in_general(house) == []
