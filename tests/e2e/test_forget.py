"""Guilds are forgotten: at an admin's word at once, and some time after the bot was removed."""

from datetime import timedelta

import pytest
from tortoise import Tortoise
from tortoise.models import Model

from cogs.config.erasure import KEPT, TABLES
from domain import clock
from models import AuditEntry, AuditState, Draft, ErasureReceipt, GuildConfig, Panel, PanelMessage, RoleGrant, SeenChannelPower
from sandbox import channels, members, roles
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.permissions import bits
from sandbox.world import Overwrite
from tests.changes import until_none, until_some
from tests.e2e.crowd import add_members, all_click, panel_in, told, until_told
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click
from tests.e2e.test_load import limit_changes
from tests.e2e.test_temporary_roles import grant


async def stored(house: House) -> None:
    """Something in every table."""
    await posted_panel(house, "Red")
    guild_id, now = house.sandbox.guild.id, clock.now()
    await GuildConfig.create(guild_id=guild_id, locale="ja")
    await Draft.create(guild_id=guild_id, user_id=1, custom_id="x", values={}, created_at=now)
    await RoleGrant.create(guild_id=guild_id, user_id=1, role_id=1, confirmed=True, granted_at=now)
    sandbox = house.sandbox
    put = Overwrite(sandbox.role("Red").id, 0, allow=bits("MANAGE_MESSAGES"))
    channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel("general"), put, sandbox.guild.owner_id)
    await until_some(SeenChannelPower.all())
    await AuditEntry.record(guild_id, "panel.create", now)


async def counts(*, but: type[Model] | None = None) -> list[int]:
    return [await table.all().count() for table in (*TABLES, PanelMessage) if table is not but]


def remove_bot(house: House) -> None:
    members.leave(house.sandbox.world, house.sandbox.guild, bot_id(house))


def add_bot(house: House) -> None:
    members.join(house.sandbox.world, house.sandbox.guild, bot_id(house))


def bot_id(house: House) -> int:
    return next(iter(house.sandbox.world.applications.values())).bot_id


async def departure(house: House, *, noted: bool = True) -> None:
    """Wait until the bot has noted that it left, or that it is back."""
    departed = GuildConfig.filter(left_at__isnull=False)
    await (until_some(departed) if noted else until_none(departed))


async def look(house: House) -> None:
    await house.bot.cogs["config"].erasure.look()  # pyright: ignore[reportAttributeAccessIssue]


def test_every_table_that_names_a_guild_is_erased(house: House) -> None:
    assert Tortoise.apps is not None
    naming = {model for model in Tortoise.apps["models"].values() if "guild_id" in model._meta.fields_map}
    assert naming == {*TABLES, ErasureReceipt}


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
    assert await counts() == [0] * (len(TABLES) + 1)
    assert "This panel was deleted" in await click(house, "alice", "Red")
    receipt, olivia = await ErasureReceipt.get(), house.actor("olivia").user.id
    assert (receipt.guild_id, receipt.actor_id, receipt.panels, receipt.entries) == (house.sandbox.guild.id, olivia, 1, 1)


async def erased(house: House) -> str:
    """What is said at the end of an erasure."""
    asked = await (await house.actor("olivia").slash("config forget")).message()
    said = await asked.click("Erase everything")
    await house.sandbox.driver.until(lambda: "has been erased" in asked.text, timeout=60)
    await said.answered()
    return asked.text


async def test_the_audit_channel_gets_a_last_entry(house: House) -> None:
    await stored(house)
    log = house.sandbox.channel("mods-only")
    await GuildConfig.all().update(audit_channel_id=log.id, audit_since=clock.now(), locale="en")
    await erased(house)
    olivia = house.actor("olivia")
    await house.sandbox.driver.until(lambda: any("was erased" in str(message.record.embeds) for message in olivia.in_("mods-only").sees()))
    last = olivia.in_("mods-only").sees()[-1].record.embeds[0]
    assert last["title"] == "Everything stored for this server was erased"
    assert [field["value"] for field in last["fields"]] == [f"<@{olivia.user.id}> (`{olivia.user.id}`)", "1 panel\n1 entry of the log"]
    assert not await GuildConfig.exists()
    await until_none(ErasureReceipt.filter(audit_channel_id__isnull=False))


async def test_temporary_roles_are_ended_first(house: House) -> None:
    panel = await posted_panel(house, "Red", "Blue")
    await grant(house, "alice", "Red", panel)
    await grant(house, "dave", "Blue", panel, ends=timedelta(days=3))
    asked = await (await house.actor("olivia").slash("config forget")).message()
    assert "Temporary roles that are running are ended first: 2 roles." in asked.text
    assert await erased(house) == "Everything that was stored for this server has been erased."
    assert [name for name in ("Red", "Blue") for who in ("alice", "dave") if name in house.actor(who).role_names()] == []
    assert (await ErasureReceipt.get()).temporary_roles == 0
    house.sandbox.ledger.role_changes.clear()  # their records were erased with all others


async def test_what_cannot_be_ended_is_named_as_staying(house: House) -> None:
    await grant(house, "alice", "Red", await posted_panel(house, "Red"))
    red, world, guild = house.sandbox.role("Red"), house.sandbox.world, house.sandbox.guild
    known = house.bot.wait_for("guild_role_update", check=lambda before, after: after.id == red.id, timeout=10)
    roles.move(world, guild, {red.id: house.sandbox.role("Role Bot").position + 1})
    await known
    text = await erased(house)
    assert "could not be ended, so they stay until somebody takes them away:" in text
    assert f"<@&{red.id}> <@{house.actor('alice').user.id}>" in text
    assert "Red" in house.actor("alice").role_names()
    assert (await ErasureReceipt.get()).temporary_roles == 1
    assert not await RoleGrant.exists()


async def test_messages_that_stay_dead_write_nothing_about_members(house: House) -> None:
    await stored(house)
    await erased(house)
    for _ in range(3):
        assert "This panel was deleted" in await click(house, "alice", "Red")
    assert await counts() == [0] * (len(TABLES) + 1)
    await posted_panel(house, "Blue", name="Anew")  # a panel that is deleted alone is another matter
    await Panel.all().delete()
    assert "This panel was deleted" in await click(house, "alice", "Blue")
    assert [row.kind for row in await house.audit()] == ["roles.click"]


async def test_who_waits_in_line_is_told_that_the_turn_will_not_come(house: House) -> None:
    limit_changes(house.sandbox, 1, 200)
    first, *crowd = add_members(house.sandbox, house.sandbox.guild, 4)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    await (await MessageView(first, message).click("Red")).message()
    results = await all_click(crowd, message, "Red")
    await until_told(house, results, "in line", 30)
    assert await erased(house) == "Everything that was stored for this server has been erased."
    assert all("because an admin is having the bot forget everything" in told(result) for result in results[1:])
    assert not any("Red" in actor.role_names() for actor in crowd)
    assert not await AuditEntry.exists()
    house.sandbox.ledger.role_changes.clear()  # their records were erased with all others


async def test_who_is_at_work_while_everything_is_erased_is_told_what_came_of_it(house: House) -> None:
    limit_changes(house.sandbox, 1, 1.5)
    first, second = add_members(house.sandbox, house.sandbox.guild, 2)
    _, message = await panel_in(house, house.sandbox.guild, "Red")
    await (await MessageView(first, message).click("Red")).message()
    result = await MessageView(second, message).click("Red")
    await until_told(house, [result], "in line", 30)
    await house.bot.cogs["config"].erasure.erase(house.sandbox.guild.id, 1)  # pyright: ignore[reportAttributeAccessIssue]
    await until_told(house, [result], "This panel was deleted", 30)
    house.sandbox.ledger.role_changes.clear()


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
    assert 0 not in await counts(but=Draft)  # which is kept for a day
    clock.shift(timedelta(minutes=2))
    await look(house)
    assert await counts() == [0] * (len(TABLES) + 1)


async def test_a_guild_that_comes_back_keeps_everything(house: House) -> None:
    await stored(house)
    remove_bot(house)
    await departure(house)
    add_bot(house)
    await departure(house, noted=False)
    clock.shift(KEPT * 2)
    await look(house)
    assert 0 not in await counts(but=Draft)


async def test_a_removal_while_offline_is_noted_at_the_start(house: House) -> None:
    guild_id = house.sandbox.guild.id
    await AuditEntry.record(1 << 40, "panel.create", clock.now(), state=AuditState.DONE)
    await AuditEntry.record(guild_id, "panel.create", clock.now())
    await house.restart()
    await departure(house)
    assert (await GuildConfig.get()).guild_id == 1 << 40
    assert await Panel.all().count() == 0
