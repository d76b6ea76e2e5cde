"""Guilds are forgotten: at an admin's word at once, and some time after the bot was removed."""

from datetime import timedelta

import pytest
from tortoise import Tortoise

from cogs.config.erasure import KEPT, TABLES
from domain import clock
from models import AuditEntry, AuditState, Draft, GuildConfig, Panel, PanelMessage, RoleGrant
from sandbox import members
from sandbox.driver import ClientRefusal
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click


async def stored(house: House) -> None:
    """Something in every table."""
    await posted_panel(house, "Red")
    guild_id, now = house.sandbox.guild.id, clock.now()
    await GuildConfig.create(guild_id=guild_id, locale="ja")
    await Draft.create(guild_id=guild_id, user_id=1, custom_id="x", values={}, created_at=now)
    await RoleGrant.create(guild_id=guild_id, user_id=1, role_id=1, confirmed=True, granted_at=now)
    await AuditEntry.record(guild_id, "panel.create", now)


async def counts() -> list[int]:
    return [await table.all().count() for table in (*TABLES, PanelMessage)]


def remove_bot(house: House) -> None:
    members.leave(house.sandbox.world, house.sandbox.guild, bot_id(house))


def add_bot(house: House) -> None:
    members.join(house.sandbox.world, house.sandbox.guild, bot_id(house))


def bot_id(house: House) -> int:
    return next(iter(house.sandbox.world.applications.values())).bot_id


async def departure(house: House, *, noted: bool = True) -> None:
    """Wait until the bot has noted that it left, or that it is back."""
    while await GuildConfig.filter(left_at__isnull=False).exists() is not noted:
        pass


async def look(house: House) -> None:
    await house.bot.cogs["config"].erasure.look()  # pyright: ignore[reportAttributeAccessIssue]


def test_every_table_that_names_a_guild_is_erased(house: House) -> None:
    assert Tortoise.apps is not None
    naming = {model for model in Tortoise.apps["models"].values() if "guild_id" in model._meta.fields_map}
    assert naming == set(TABLES)


async def test_forget_asks_and_erases_at_once(house: House) -> None:
    await stored(house)
    asked = await (await house.actor("olivia").slash("config forget")).message()
    assert "1 panel, all settings, and 1 entry of the log" in asked.text
    kept = await (await asked.click("Keep everything")).message()
    assert kept.text == "Nothing was erased."
    assert 0 not in await counts()
    asked = await (await house.actor("olivia").slash("config forget")).message()
    erased = await (await asked.click("Erase everything")).message()
    assert erased.text == "Everything that was stored for this server has been erased."
    assert erased.buttons == []
    assert await counts() == [0] * 6
    assert "This panel was deleted" in await click(house, "alice", "Red")


async def test_forget_needs_manage_server(house: House) -> None:
    with pytest.raises(ClientRefusal):
        await house.actor("mona").slash("config forget")
    await stored(house)
    asked = await (await house.actor("adam").slash("config forget")).message()
    members.set_roles(house.sandbox.world, house.sandbox.guild, house.actor("adam").member, [], house.sandbox.guild.owner_id)
    refused = await (await asked.click("Erase everything")).message()
    assert "Manage Server" in refused.text
    assert 0 not in await counts()


async def test_a_guild_that_removed_the_bot_is_forgotten_after_a_month(house: House) -> None:
    await stored(house)
    remove_bot(house)
    await departure(house)
    clock.shift(KEPT - timedelta(minutes=1))
    await look(house)
    assert 0 not in await counts()
    clock.shift(timedelta(minutes=2))
    await look(house)
    assert await counts() == [0] * 6


async def test_a_guild_that_comes_back_keeps_everything(house: House) -> None:
    await stored(house)
    remove_bot(house)
    await departure(house)
    add_bot(house)
    await departure(house, noted=False)
    clock.shift(KEPT * 2)
    await look(house)
    assert 0 not in await counts()


async def test_a_removal_while_offline_is_noted_at_the_start(house: House) -> None:
    guild_id = house.sandbox.guild.id
    await AuditEntry.record(1 << 40, "panel.create", clock.now(), state=AuditState.DONE)
    await AuditEntry.record(guild_id, "panel.create", clock.now())
    await house.restart()
    await departure(house)
    assert (await GuildConfig.get()).guild_id == 1 << 40
    assert await Panel.all().count() == 0
