"""Posted messages follow what they depend on besides their panel: the language, the catalogue, and which emojis the bot may use."""

import pytest

from models import GuildConfig, PanelMessage, PanelRole
from sandbox import guilds, payload
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Event
from tests.e2e.house import House, at_rest
from tests.e2e.test_panels import FOLLOWING, create, post, redrawn

EDIT = "/channels/{channel_id}/messages/{message_id}"
ENGLISH, JAPANESE = "Change or clear my roles…", "自分のロールを変更・解除…"


async def dropdown(house: House) -> MessageView:
    return await post(house, await create(house, Style="Dropdown"))


def shown(message: MessageView) -> str:
    return str(message.record.components)


def edits(house: House) -> int:
    return sum(exchange.method == "PATCH" and exchange.route == EDIT for exchange in house.sandbox.traffic)


def speak(house: House, locale: str) -> None:
    """The server's own language becomes another one."""
    guild, world = house.sandbox.guild, house.sandbox.world
    guild.preferred_locale = locale
    world.emit(Event("GUILD_UPDATE", payload.guild(guild) | {"hub_type": None}, guild.id, 1))


async def test_the_language_of_the_server(house: House) -> None:
    posted = await dropdown(house)
    assert ENGLISH in shown(posted)
    speak(house, "ja")
    await house.sandbox.until(lambda: JAPANESE in shown(posted), what="for the message")


async def test_the_language_that_changed_while_the_bot_was_away(house: House) -> None:
    posted = await dropdown(house)
    await house.stop()
    house.sandbox.guild.preferred_locale = "ja"
    await house.start()
    await house.sandbox.until(lambda: JAPANESE in shown(posted), what="for the message")


async def test_another_default(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house = empty_house
    house.sandbox.guild.preferred_locale = "fr"
    await house.start()
    posted = await dropdown(house)
    await house.stop()
    monkeypatch.setenv("DEFAULT_LOCALE", "ja")
    await house.start()
    await house.sandbox.until(lambda: JAPANESE in shown(posted), what="for the message")


async def test_what_looks_the_same_is_not_sent_again(house: House) -> None:
    await dropdown(house)
    await at_rest(house, FOLLOWING)
    before = edits(house)
    (old,) = await PanelMessage.all()
    await house.stop()
    await PanelMessage.all().update(edition="older")
    await house.start()
    await at_rest(house, FOLLOWING)
    (new,) = await PanelMessage.all()
    assert new.edition != "older"
    assert (new.fingerprint, new.rendered_version) == (old.fingerprint, old.rendered_version)
    assert edits(house) == before


async def test_a_message_that_still_shows_something_else_is_not_called_live(house: House) -> None:
    editor = await create(house, Style="Dropdown")
    await post(house, editor)
    held = house.sandbox.faults.add(Fault("freeze", method="PATCH", route=EDIT))
    heard = house.bot.wait_for("guild_update")
    speak(house, "ja")
    await heard
    assert "🟢 Live" not in await redrawn(await editor.click("Refresh"))
    house.sandbox.faults.remove(held)
    await at_rest(house, FOLLOWING)
    assert "🟢 Live" in await redrawn(await editor.click("Refresh"))


def closed(house: House, how: str = "for other roles") -> None:
    """The server's emoji becomes one that the bot may not use."""
    world, guild = house.sandbox.world, house.sandbox.guild
    emoji = next(iter(guild.emojis.values()))
    told = {"id": str(emoji.id), "name": emoji.name, "animated": False, "available": how != "unavailable", "managed": False}
    told |= {"roles": [str(house.sandbox.role("Chess").id)] if how != "unavailable" else [], "require_colons": True}
    world.emit(Event("GUILD_EMOJIS_UPDATE", {"guild_id": str(guild.id), "emojis": [told]}, guild.id, 1 << 3))


@pytest.mark.parametrize("how", ["unavailable", "for other roles"])
async def test_an_emoji_that_may_not_be_used_for_a_while(house: House, how: str) -> None:
    editor = await create(house, Style="Dropdown")
    emoji = next(iter(house.sandbox.guild.emojis.values()))
    await PanelRole.filter(label="Red").update(emoji=f"<:{emoji.name}:{emoji.id}>")
    posted = await post(house, editor)
    assert emoji.name in shown(posted)
    world, guild = house.sandbox.world, house.sandbox.guild
    closed(house, how)
    await house.sandbox.until(lambda: emoji.name not in shown(posted), what="for the message")
    guilds.emojis_changed(world, guild)
    await house.sandbox.until(lambda: emoji.name in shown(posted), what="for the message")


async def test_a_language_that_was_chosen_stays(house: House) -> None:
    posted = await dropdown(house)
    await GuildConfig.update_or_create(guild_id=house.sandbox.guild.id, defaults={"locale": "en"})
    heard = house.bot.wait_for("guild_update")
    speak(house, "ja")
    await heard
    await at_rest(house, FOLLOWING)
    assert ENGLISH in shown(posted)
