"""Channels that the bot cannot view come obfuscated: it tells what is missing, names nothing that is none, and lets no panel die of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from core.channels import missing_to_post
from core.payloads import decode
from domain import clock
from domain.permissions import Permission
from models import GuildConfig, PanelMessage
from sandbox import channels
from sandbox.permissions import bits
from sandbox.world import LosingAccess, Overwrite
from tests.e2e.house import House, at_rest, posted_panel
from tests.e2e.test_panels import FOLLOWING, create, post, redrawn

VIEW, OBFUSCATED = bits("VIEW_CHANNEL"), 1 << 17


async def heard(house: House, channel: str, event: str, **put: int) -> None:
    """The overwrite of the bot's role in a channel, as the bot has heard of it. Members see the channel as before."""
    sandbox = house.sandbox
    told = house.bot.wait_for(event, timeout=30)
    overwrite = Overwrite(sandbox.role("Role Bot").id, 0, **put)
    channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel(channel), overwrite, sandbox.guild.owner_id)
    await told


async def checked(house: House) -> str:
    clock.shift(timedelta(seconds=11))
    return (await (await house.actor("olivia").slash("panel check")).message()).text


@pytest.mark.parametrize(("losing", "event"), [("update", "guild_channel_update"), ("delete", "guild_channel_delete")])
async def test_a_panel_lives_on_in_a_channel_that_became_hidden(house: House, losing: LosingAccess, event: str) -> None:
    house.sandbox.world.losing_access = losing
    house.sandbox.ledger.allow(code=50001)
    editor = await create(house)
    posted = await post(house, editor)
    channel_id = house.sandbox.channel("roles").id
    await heard(house, "roles", event, deny=VIEW)
    screen = await redrawn(await editor.click("Refresh"))
    assert f"⚫ The bot does not see <#{channel_id}>" in screen
    assert not (await PanelMessage.get()).missing
    assert await checked(house)
    # A member who still sees it clicks as before.
    assert "Added" in (await (await posted.click("Red")).message()).text
    await heard(house, "roles", "guild_channel_update" if losing == "update" else "guild_channel_create", allow=VIEW)
    assert "🟢 Live" in await redrawn(await editor.click("Refresh"))
    modal = await (await editor.click("Edit text")).modal()
    await modal.submit({"Title": "Seen again"})
    await at_rest(house, FOLLOWING)
    assert posted.embeds[0]["title"] == "Seen again"


async def test_view_channel_is_the_one_thing_that_is_missing(house: House) -> None:
    sandbox = house.sandbox
    await GuildConfig.create(guild_id=sandbox.guild.id, audit_channel_id=sandbox.channel("audit-log").id)
    await heard(house, "audit-log", "guild_channel_update", deny=VIEW | bits("SEND_MESSAGES", "EMBED_LINKS"))
    text = (await (await house.actor("olivia").slash("config show")).message()).text
    assert "The bot cannot post there. It lacks: View Channel." in text
    assert "It lacks: View Channel." in await checked(house)
    editor = await create(house)
    await redrawn(await editor.click("Post"))
    told = await redrawn(await editor.select("Choose a channel", [sandbox.channel("audit-log")]))
    assert "View Channel" in told
    assert "Send Messages" not in told
    assert "hidden" not in told


async def test_a_hidden_channel_has_no_name_in_a_menu(house: House) -> None:
    await posted_panel(house, "Red")
    await heard(house, "roles", "guild_channel_update", deny=VIEW)
    editor = await (await house.actor("olivia").slash("panel edit", panel="Colours")).message()
    screen = await (await editor.click("Post")).message()
    shown = str(screen.record.components)
    assert "A channel that I can't see" in shown
    assert "___hidden___" not in shown


async def test_a_channel_is_hidden_by_its_flag_and_never_by_its_name(house: House) -> None:
    sandbox = house.sandbox
    told = house.bot.wait_for("guild_channel_update")
    channels.edit(sandbox.world, sandbox.guild, sandbox.channel("roles"), {"name": "___hidden___"}, sandbox.guild.owner_id)
    await told
    editor = await create(house)
    await redrawn(await editor.click("Post"))
    assert "🟢 Live" in await redrawn(await editor.select("Choose a channel", [sandbox.channel("___hidden___")]))
    assert "#___hidden___" in str((await (await editor.click("Post")).message()).record.components)


async def test_what_an_interaction_tells_of_a_picked_channel_counts(house: House) -> None:
    """The bot's cache is behind: the overwrite that lets it in has not arrived yet."""
    sandbox = house.sandbox
    await heard(house, "roles", "guild_channel_update", deny=VIEW)
    editor = await create(house)
    await redrawn(await editor.click("Post"))
    sandbox.channel("roles").overwrites.clear()  # without an event
    assert "🟢 Live" in await redrawn(await editor.select("Choose a channel", [sandbox.channel("roles")]))


@pytest.mark.parametrize("gone", [{}, {"name": None, "permission_overwrites": None, "parent_id": None, "nsfw": None}])
async def test_a_hidden_channel_may_come_without_anything_else(house: House, gone: dict[str, Any]) -> None:
    channel = house.sandbox.channel("roles")
    parse = house.bot._connection.parsers
    bare = {"id": str(channel.id), "guild_id": str(house.sandbox.guild.id), "type": 0, "position": 3, "flags": OBFUSCATED, **gone}
    for event in ("CHANNEL_UPDATE", "CHANNEL_DELETE", "CHANNEL_CREATE"):
        parse[event](decode(json.dumps(bare)))
    known = house.bot.get_guild(house.sandbox.guild.id)
    assert known
    found = known.get_channel(channel.id)
    assert found
    assert missing_to_post(found) is Permission.VIEW_CHANNEL
