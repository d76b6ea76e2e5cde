"""Power that comes by channels: asked about as a role's own, remembered when a channel is hidden, left alone where it was before."""

from datetime import timedelta
from typing import Literal

import pytest

from domain import clock
from models import AuditEntry, GuildConfig, PanelRole, SeenChannelPower
from sandbox import channels, roles
from sandbox.driver.views import MessageView
from sandbox.permissions import bits
from sandbox.world import Overwrite
from tests.changes import until_none, until_some
from tests.e2e.house import House, at_rest, posted_panel
from tests.e2e.test_panels import create, redrawn

REMEMBERING = "Remembering what channels allow"
VIEW = bits("VIEW_CHANNEL")
UNCONFIRMED = "has powerful permissions that no administrator has confirmed"


async def allow(
    house: House, role: str, allowed: int, channel: str = "general", deny: int = 0, event: str = "guild_channel_update"
) -> None:
    """An overwrite for a role ("@everyone" too), as the bot has heard of it."""
    sandbox = house.sandbox
    role_id = sandbox.guild.id if role == "@everyone" else sandbox.role(role).id
    heard = house.bot.wait_for(event)
    put = Overwrite(role_id, 0, allow=allowed, deny=deny)
    channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel(channel), put, sandbox.guild.owner_id)
    await heard


async def got(house: House) -> bool:
    """Whether alice gets Red by a click; then it is taken from her by another."""
    alice = house.actor("alice").in_("roles")
    panel = next(message for message in alice.sees() if message.buttons)
    for there in (True, False):
        await (await panel.click("Red")).message()
        if ("Red" in alice.role_names()) is not there:
            return False
    return True


async def check(house: House) -> MessageView:
    """What the check of the whole server shows an administrator; a server is checked once in ten seconds."""
    clock.shift(timedelta(seconds=11))
    return await (await house.actor("olivia").slash("panel check")).message()


async def confirmed(house: House, *names: str) -> None:
    """An administrator confirms what the check found, which is these permissions."""
    await redrawn(await (await check(house)).click("Confirm its permissions"))
    assert (await PanelRole.get(label="Red")).confirmed_permissions == bits(*names)


async def stored(house: House, channel: str, *, present: bool = True) -> None:
    """Wait until what a channel allows is written down, or no more."""
    seen = SeenChannelPower.filter(channel_id=house.sandbox.channel(channel).id)
    await (until_some(seen) if present else until_none(seen))


@pytest.mark.parametrize(
    ("bit", "name"),
    [
        ("MANAGE_MESSAGES", "Manage Messages"),
        ("MANAGE_WEBHOOKS", "Manage Webhooks"),
        ("MANAGE_ROLES", "Manage Roles"),
        ("MENTION_EVERYONE", "Mention Everyone"),
    ],
)
async def test_power_in_one_channel_is_asked_about_as_any_power(house: House, bit: str, name: str) -> None:
    await allow(house, "Red", bits(bit))
    refused = await create(house, who="mona", roles=("Red", "Green"))
    assert f"has powerful permissions (in some channels: {name}). Only an administrator can put it on a panel." in refused.text
    asked = await create(house, who="olivia", roles=("Red",), title="More")
    assert f"<@&{house.sandbox.role('Red').id}>: in some channels: {name}" in asked.text
    await redrawn(await asked.click("Add Red anyway"))
    assert (await PanelRole.get(panel__name="More")).confirmed_permissions == bits(bit)


async def test_a_click_is_refused_until_somebody_confirmed_and_only_a_new_bit_asks_again(house: House) -> None:
    await posted_panel(house, "Red")
    assert await got(house)
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    assert not await got(house)
    await confirmed(house, "MANAGE_MESSAGES")
    assert await got(house)
    await allow(house, "Red", bits("MANAGE_MESSAGES"), channel="welcome")  # a second channel, with the same bit
    assert await got(house)
    await allow(house, "Red", bits("MANAGE_WEBHOOKS"), channel="welcome")
    assert not await got(house)


async def test_what_everyone_may_there_counts_for_nothing(house: House) -> None:
    await posted_panel(house, "Red")
    await allow(house, "@everyone", bits("MENTION_EVERYONE"))
    await allow(house, "Red", bits("MENTION_EVERYONE"))
    assert await got(house)
    await allow(house, "@everyone", 0)
    assert not await got(house)
    guild = house.sandbox.guild
    heard = house.bot.wait_for("guild_role_update")
    more = {"permissions": guild.everyone.permissions | bits("MENTION_EVERYONE")}
    roles.edit(house.sandbox.world, guild, guild.everyone, more, guild.owner_id)
    await heard
    assert await got(house)
    await allow(house, "@everyone", 0, deny=bits("MENTION_EVERYONE"))
    assert not await got(house)


@pytest.mark.parametrize("losing", ["update", "delete"])
async def test_a_channel_that_becomes_hidden_changes_nothing(house: House, losing: Literal["update", "delete"]) -> None:
    """In both readings of how a bot hears of it: the channel comes again, obfuscated, or it is told to be deleted."""
    house.sandbox.world.losing_access = losing
    house.sandbox.ledger.allow(code=50001)
    await posted_panel(house, "Red")
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await stored(house, "general")
    await allow(house, "@everyone", 0, deny=VIEW, event=f"guild_channel_{losing}")
    assert not await got(house)
    await at_rest(house, REMEMBERING)
    assert not await got(house)
    assert "The bot cannot see 1 channel of this server" in (await check(house)).text
    await house.restart()  # a bot that never saw the channel itself
    assert not await got(house)
    await confirmed(house, "MANAGE_MESSAGES")
    assert await got(house)
    await allow(house, "@everyone", 0)  # it can be seen again
    assert await got(house)
    assert "cannot see" not in (await check(house)).text


async def test_a_channel_that_was_told_to_be_deleted_and_comes_again(house: House) -> None:
    house.sandbox.world.losing_access = "delete"
    house.sandbox.ledger.allow(code=50001)
    await posted_panel(house, "Red")
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await allow(house, "@everyone", 0, deny=VIEW, event="guild_channel_delete")
    await at_rest(house, REMEMBERING)
    await allow(house, "@everyone", 0, event="guild_channel_create")
    assert not await got(house)
    assert "cannot see" not in (await check(house)).text


async def test_what_a_hidden_channel_allowed_is_forgotten_with_the_channel(house: House) -> None:
    await posted_panel(house, "Red")
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await allow(house, "@everyone", 0, deny=VIEW)
    await stored(house, "general")
    assert not await got(house)
    sandbox, channel = house.sandbox, house.sandbox.channel("general")
    sandbox.ledger.allow(code=10003)
    heard = house.bot.wait_for("guild_channel_delete")
    channels.delete(sandbox.world, sandbox.guild, channel, sandbox.guild.owner_id)
    await heard
    await until_none(SeenChannelPower.all())  # Discord is asked first: the bot may only have lost the sight of it
    assert await got(house)


async def test_what_happens_to_channels_while_the_bot_is_away_is_seen_when_it_comes_back(house: House) -> None:
    await posted_panel(house, "Red")
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await stored(house, "general")
    await house.stop()
    sandbox = house.sandbox
    channels.remove_overwrite(sandbox.world, sandbox.guild, sandbox.channel("general"), sandbox.role("Red").id, sandbox.guild.owner_id)
    put = Overwrite(sandbox.role("Red").id, 0, allow=bits("MANAGE_WEBHOOKS"))
    channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel("welcome"), put, sandbox.guild.owner_id)
    await house.start()
    await stored(house, "welcome")
    await stored(house, "general", present=False)
    assert not await got(house)


async def test_what_stood_on_panels_before_goes_on_with_one_entry_and_a_finding(house: House) -> None:
    await posted_panel(house, "Red", "Green")
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await house.stop()
    await PanelRole.all().update(grandfathered=None)  # as the upgrade leaves them
    await house.start()
    await until_none(PanelRole.filter(grandfathered__isnull=True))
    red = house.sandbox.role("Red").id
    (entry,) = await AuditEntry.filter(kind="panel.grandfathered")
    assert entry.payload == {"grandfathered": {str(red): bits("MANAGE_MESSAGES")}}
    assert await got(house)
    found = (await check(house)).text
    assert f"<@&{red}> {UNCONFIRMED}: in some channels: Manage Messages." in found
    assert "Members can still take" in found

    await house.bot.cog_manager.reload("panels")  # it is looked at once
    assert await AuditEntry.filter(kind="panel.grandfathered").count() == 1
    await allow(house, "Red", bits("MANAGE_WEBHOOKS"), channel="welcome")  # what is added is asked about
    assert not await got(house)
    await confirmed(house, "MANAGE_MESSAGES", "MANAGE_WEBHOOKS")
    assert await got(house)
    assert UNCONFIRMED not in (await check(house)).text


async def test_what_is_put_on_a_panel_anew_is_asked_about_although_it_stood_on_another(house: House) -> None:
    await posted_panel(house, "Red")
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await PanelRole.all().update(grandfathered={str(house.sandbox.role("Red").id): bits("MANAGE_MESSAGES")})
    assert "Only an administrator can put it on a panel" in (await create(house, who="mona", title="Other", roles=("Red",))).text


async def test_the_check_warns_when_a_needed_role_is_within_reach(house: House) -> None:
    """Red is powerful and asks for Green. Mona, a moderator who gives roles by hand, could give both."""
    sandbox = house.sandbox
    await allow(house, "Red", bits("MANAGE_MESSAGES"))
    await posted_panel(house, "Red")
    await PanelRole.all().update(confirmed_permissions=bits("MANAGE_MESSAGES"), required_role_ids=[sandbox.role("Green").id])
    assert "is powerful." not in (await check(house)).text

    greens = await posted_panel(house, "Green", name="Greens")
    text = (await check(house)).text
    assert f"<@&{sandbox.role('Red').id}> is powerful. <@&{sandbox.role('Green').id}>, which members need for it" in text
    assert "can be taken on the panel **Greens**" in text
    await PanelRole.filter(panel_id=greens.id).delete()

    await GuildConfig.create(guild_id=sandbox.guild.id, manager_role_ids=[sandbox.role("Veteran").id])
    assert f"can be handed out by <@&{sandbox.role('Veteran').id}>, who could not hand out" in (await check(house)).text
