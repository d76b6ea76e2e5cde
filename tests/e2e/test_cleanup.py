"""Roles, emojis, channels and messages that are deleted at Discord: panels follow, and the log tells it once."""

import asyncio
from typing import Any

import pytest

from cogs.panels.posting.cleanup import CLEAN_UP
from models import AuditEntry, Panel, PanelMessage, PanelRole
from sandbox import channels, guilds, roles
from sandbox.driver.views import MessageView
from tests.e2e.house import House, posted_panel
from tests.e2e.test_audit import field, set_channel, shown


async def cleaned(house: House, count: int = 1) -> list[AuditEntry]:
    """The rows of clean-ups, once there are so many."""
    while True:
        written = asyncio.ensure_future(house.bot.wait_for("audit_written", timeout=30))
        await asyncio.sleep(0)  # lets it begin to listen
        found = await AuditEntry.filter(kind=CLEAN_UP).order_by("id")
        if len(found) >= count:
            written.cancel()
            return found
        await written


def panel_message(house: House) -> MessageView:
    return house.actor("alice").in_("roles").sees()[-1]


def delete_role(house: House, name: str) -> None:
    roles.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.role(name), house.sandbox.guild.owner_id)


def delete_emoji(house: House, name: str) -> None:
    guild = house.sandbox.guild
    guild.emojis = {emoji_id: emoji for emoji_id, emoji in guild.emojis.items() if emoji.name != name}
    guilds.emojis_changed(house.sandbox.world, guild)


async def with_emoji(house: House, panel: Panel, name: str) -> None:
    emoji = next(emoji for emoji in house.sandbox.guild.emojis.values() if emoji.name == name)
    await PanelRole.filter(panel=panel).update(emoji=f"<:{emoji.name}:{emoji.id}>")


async def test_a_deleted_role_goes_from_the_panel_and_the_log_tells_it(house: House) -> None:
    await posted_panel(house, "Red", "Blue", "Green")
    await set_channel(house)
    await shown(house, 1)
    delete_role(house, "Red")
    delete_role(house, "Blue")
    await house.sandbox.driver.until(lambda: [button.label for button in panel_message(house).buttons] == ["Green"])
    entry = (await shown(house, 2))[1]
    assert entry["title"] == "Deleted things taken off a panel"
    assert field(entry, "Deleted roles") == "Red\nBlue"
    assert field(entry, "Panel").startswith("**Colours**")


async def test_what_was_deleted_while_offline_is_found_at_the_start(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green")
    await with_emoji(house, panel, "sparkles_sq")
    await house.stop()
    delete_role(house, "Red")
    delete_emoji(house, "sparkles_sq")
    await house.start()
    await house.sandbox.driver.until(lambda: [button.label for button in panel_message(house).buttons] == ["Green"])
    (row,) = await cleaned(house)
    assert list(row.payload["deleted_roles"].values()) == ["Red"]
    assert list(row.payload["deleted_emojis"]) == ["Green"]
    assert (await PanelRole.get()).emoji is None


async def test_a_deleted_emoji_goes_from_the_panel(house: House) -> None:
    panel = await posted_panel(house, "Red")
    await with_emoji(house, panel, "sparkles_sq")
    delete_emoji(house, "sparkles_sq")
    await cleaned(house)
    assert (await PanelRole.get()).emoji is None


async def test_rules_and_bundles_lose_deleted_roles_but_no_guard(house: House) -> None:
    panel = await posted_panel(house, "Green")
    red, blue = house.sandbox.role("Red").id, house.sandbox.role("Blue").id
    await Panel.filter(id=panel.id).update(required_role_ids=[red, blue], blocked_role_ids=[red])
    await PanelRole.all().update(required_role_ids=[red], bundle_role_ids=[red, blue])
    delete_role(house, "Red")
    (row,) = await cleaned(house)
    found, item = await Panel.get(id=panel.id), await PanelRole.get()
    assert (found.required_role_ids, found.blocked_role_ids) == ([blue], [])
    assert (item.required_role_ids, item.bundle_role_ids) == ([red], [blue])
    assert row.payload["never_met"] == [red]
    await house.restart()
    delete_role(house, "Yellow")
    delete_role(house, "Green")
    rows = await cleaned(house, 2)
    assert "never_met" not in rows[1].payload  # it was told


async def test_a_deleted_channel_is_noted_and_told(house: House) -> None:
    await posted_panel(house, "Red")
    await set_channel(house)
    await shown(house, 1)
    sandbox = house.sandbox
    sandbox.ledger.allow(code=10003)  # Discord is asked: a bot that only lost sight of a channel may be told of the same event
    channels.delete(sandbox.world, sandbox.guild, sandbox.channel("roles"), sandbox.guild.owner_id)
    entry = (await shown(house, 2))[1]
    assert field(entry, "Deleted messages").startswith("https://discord.com/channels/")
    assert (await PanelMessage.get()).missing


@pytest.mark.parametrize("gone", ["message", "channel"])
async def test_a_deletion_that_no_event_told_is_found_by_looking(house: House, gone: str) -> None:
    await posted_panel(house, "Red")
    sandbox, olivia = house.sandbox, house.actor("olivia").in_("roles")
    await house.stop()
    if gone == "message":
        olivia.delete(olivia.sees()[-1])
    else:
        channels.delete(sandbox.world, sandbox.guild, sandbox.channel("roles"), sandbox.guild.owner_id)
    sandbox.ledger.allow(code=10008)
    sandbox.ledger.allow(code=10003)
    await house.start()
    (row,) = await cleaned(house)
    assert len(row.payload["deleted_messages"]) == 1
    assert (await PanelMessage.get()).missing


async def test_a_message_is_looked_at_once_in_an_hour(house: House) -> None:
    await posted_panel(house, "Red")
    await house.restart()
    looks: Any = lambda: [e for e in house.sandbox.traffic if e.method == "GET" and (e.route or "").endswith("/messages/{message_id}")]  # noqa: E731
    await house.sandbox.driver.until(looks)
    await house.actor("alice").slash("roles mine")
    await house.audit()
    assert len(looks()) == 1
    assert not await AuditEntry.filter(kind=CLEAN_UP).exists()


async def test_a_deletion_that_concerns_no_panel_changes_none(house: House) -> None:
    panel = await posted_panel(house, "Red")
    delete_role(house, "Blue")
    delete_role(house, "Red")
    (row,) = await cleaned(house)
    assert list(row.payload["deleted_roles"].values()) == ["Red"]
    assert (await Panel.get(id=panel.id)).version == 2
