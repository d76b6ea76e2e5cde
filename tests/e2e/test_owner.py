"""The owner's commands over real HTTP and WebSocket: /cog in one guild, and by direct message."""

import discord
import pytest
from loguru import logger

from core import interactions
from models import AuditEntry
from sandbox.driver import ClientRefusal
from tests.e2e.house import House, posted_panel


@pytest.fixture
async def owned(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Olivia owns the bot, and its guild has /cog."""
    monkeypatch.setenv("OWNER_IDS", str(empty_house.actor("olivia").user.id))
    monkeypatch.setenv("OWNER_GUILD_ID", str(empty_house.sandbox.guild.id))
    await empty_house.start()
    return empty_house


async def cog(house: House, command: str, who: str = "olivia", **options: str) -> str:
    return (await (await house.actor(who).slash(f"cog {command}", **options)).message()).text


async def test_without_a_guild_of_its_own_there_is_no_slash_command(house: House) -> None:
    with pytest.raises(ClientRefusal):
        await house.actor("olivia").slash("cog list")


async def test_list_unload_and_load(owned: House) -> None:
    assert "🟢 `roles` is loaded" in await cog(owned, "list")
    panel = await posted_panel(owned, "Red")
    posted = owned.actor("alice").in_("roles").sees()[-1]
    assert (await cog(owned, "unload", name="roles")).startswith("Unloaded `roles`.")
    assert "switched off" in (await (await posted.click("Red")).message()).text
    assert "⚪ `roles` is not loaded" in await cog(owned, "list")
    assert (await cog(owned, "load", name="roles")).startswith("Loaded `roles`.")
    assert (await (await posted.click("Red")).message()).text.startswith("Added:")
    kinds = await AuditEntry.filter(guild_id=panel.guild_id).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["owner.unload", "owner.load", "roles.click"]


@pytest.mark.parametrize("name", ["audit", "config", "health", "owner", "panels", "roles"])
async def test_every_cog_can_be_reloaded(name: str, owned: House) -> None:
    before = owned.bot.get_cog(name)
    assert await cog(owned, "reload", name=name) == f"Reloaded `{name}`."
    assert owned.bot.get_cog(name) not in (None, before)
    assert f"🟢 `{name}` is loaded" in await cog(owned, "list")


async def test_the_owner_cog_stays(owned: House) -> None:
    assert "cannot be unloaded" in await cog(owned, "unload", name="owner")
    assert "🟢 `owner` is loaded" in await cog(owned, "list")


async def test_names_are_completed(owned: House) -> None:
    choices = await owned.actor("olivia").autocomplete("cog reload", name="O")
    assert [choice["value"] for choice in choices] == ["config", "owner", "roles"]


async def test_sync_registers_the_commands(owned: House) -> None:
    application = next(iter(owned.sandbox.world.applications.values()))
    expected = len(application.commands)
    assert expected > 1
    assert await cog(owned, "sync") == f"{expected} commands are registered at Discord now."
    assert len(application.commands) == expected


async def test_an_admin_who_is_not_the_owner_is_refused(owned: House) -> None:
    admins = {role.id for role in owned.sandbox.guild.roles.values() if role.permissions & 8}
    assert admins
    owned.actor("mona").member.role_ids.extend(admins)
    assert await cog(owned, "unload", who="mona", name="roles") == "You may not use this command."
    assert await owned.actor("mona").autocomplete("cog reload", name="o") == []


async def test_direct_messages(owned: House) -> None:
    here = owned.actor("olivia").dm()
    await here.say("reload roles")
    await owned.sandbox.driver.until(lambda: here.sees()[-1].text == "Reloaded `roles`.")
    await here.say("what?")
    await owned.sandbox.driver.until(lambda: "`reload <cog>`" in here.sees()[-1].text)


async def test_exchanges_of_the_owners_cog_do_not_wait_for_each_other(owned: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these commands runs in the cog that they all exchange."""
    monkeypatch.setattr(interactions, "QUIESCE", 3600.0)
    asked = [await owned.actor("olivia").slash("cog reload", name="owner") for _ in range(9)]
    assert {(await result.message()).text for result in asked} == {"Reloaded `owner`."}


async def test_a_direct_message_that_is_delivered_twice_is_one(owned: House) -> None:
    olivia = owned.actor("olivia").dm()
    heard: list[discord.Message] = []

    async def keep(message: discord.Message) -> None:
        heard.append(message)

    owned.bot.add_listener(keep, "on_message")
    await olivia.say("cogs")
    sandbox = owned.sandbox
    await sandbox.until(lambda: len(olivia.sees()) == 2, what="for the reply")
    await owned.bot.on_message(heard[0])
    await olivia.say("reload health")
    await sandbox.until(lambda: "Reloaded `health`." in olivia.sees()[-1].text, what="for the next reply")
    assert len(olivia.sees()) == 4, "two messages and two replies"


async def test_an_owner_guild_that_cannot_be_reached_harms_no_other_command(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_GUILD_ID", "999999999999999999")
    (application,) = empty_house.sandbox.world.applications
    empty_house.accepted += [f"undeclared refusal: PUT /applications/{application}/guilds/999999999999999999/commands → 403 (50001)"]
    told: list[str] = []
    sink = logger.add(lambda message: told.append(str(message)), level="WARNING")
    try:
        await empty_house.start()
    finally:
        logger.remove(sink)
    assert [line for line in told if "OWNER_GUILD_ID: /cog could not be registered in the server 999999999999999999" in line]
    assert (await (await empty_house.actor("olivia").slash("panel list")).message()).text
    assert not [line for line in told if "trying again" in line]
