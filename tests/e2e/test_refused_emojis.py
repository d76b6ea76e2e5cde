"""An emoji that Discord does not take is left out and named; the message goes through."""

import pytest

from cogs.panels.editor.channels.handlers import EMOJIS_FOR_OTHERS, EMOJIS_REFUSED
from domain.panels import Style
from models import AuditEntry, PanelMessage, PanelRole
from tests.e2e.house import House, at_rest
from tests.e2e.test_check import check
from tests.e2e.test_editions import closed
from tests.e2e.test_panels import FOLLOWING, create, post, redrawn

REFUSED, TAKEN = "not an emoji", "🔴"


async def with_emojis() -> None:
    await PanelRole.filter(label="Red").update(emoji=REFUSED)
    await PanelRole.filter(label="Green").update(emoji=TAKEN)


@pytest.mark.parametrize("style", [Style.BUTTONS, Style.DROPDOWN])
async def test_a_panel_is_posted_without_it(house: House, style: Style) -> None:
    house.sandbox.ledger.allow(code=50035)
    editor = await create(house, Style="Buttons" if style is Style.BUTTONS else "Dropdown")
    await with_emojis()
    await redrawn(await editor.click("Post"))
    told = await redrawn(await editor.select("Choose a channel", [house.sandbox.channel("roles")]))
    assert EMOJIS_REFUSED.format(emojis=REFUSED) in told
    assert "🟢 Live" in told
    assert TAKEN in str(house.actor("alice").in_("roles").sees()[-1].record.components)
    (message,) = await PanelMessage.all()
    assert message.refused_emojis == [(await PanelRole.get(label="Red")).id]
    assert f"Discord does not take the emoji of <@&{house.sandbox.role('Red').id}>: {REFUSED}" in (await check(house)).text


async def test_an_edit_goes_through_without_it_and_the_check_names_it_until_it_is_another(house: House) -> None:
    house.sandbox.ledger.allow(code=50035)
    editor = await create(house)
    posted = await post(house, editor)
    await with_emojis()
    modal = await (await editor.click("Edit text")).modal()
    await modal.submit({"Title": "Colours of today"})
    await at_rest(house, FOLLOWING)
    assert posted.embeds[0]["title"] == "Colours of today"
    screen = await check(house)
    assert f": {REFUSED}" in screen.text
    await redrawn(await screen.click("Show it without an emoji"))
    await at_rest(house, FOLLOWING)
    assert "does not take" not in (await check(house)).text
    assert [message.refused_emojis for message in await PanelMessage.all()] == [[]]


async def test_a_private_answer_goes_through_without_it(house: House) -> None:
    house.sandbox.ledger.allow(code=50035)
    posted = await post(house, await create(house, Style="Private picker"))
    await with_emojis()
    opened = await (await posted.click(posted.buttons[0])).message()
    assert "Red" in str(opened.record.components)
    assert TAKEN in str(opened.record.components)
    assert not await AuditEntry.filter(kind__startswith="roles.").exists()


async def for_others(house: House) -> str:
    """The server's emoji, which the bot may not use, as it is stored."""
    heard = house.bot.wait_for("guild_emojis_update")
    closed(house)
    await heard
    return str(house.bot.guilds[0].emojis[0])


async def test_an_emoji_for_other_roles_cannot_be_chosen(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.select("Change one role", ["Red"]))
    emoji = await for_others(house)
    modal = await (await editor.click("Edit")).modal()
    answer = await (await modal.submit({"Emoji": emoji})).message()
    assert f"The bot may not use :{emoji.split(':')[1]}:" in answer.record.content.replace("\\", "")
    assert not await PanelRole.filter(emoji__isnull=False).exists()


async def test_a_panel_with_an_emoji_for_other_roles_is_posted_without_it(house: House) -> None:
    editor = await create(house)
    emoji = await for_others(house)
    await PanelRole.filter(label="Red").update(emoji=emoji)
    await redrawn(await editor.click("Post"))
    told = await redrawn(await editor.select("Choose a channel", [house.sandbox.channel("roles")]))
    assert EMOJIS_FOR_OTHERS.format(emojis=emoji) in told
    found = (await check(house)).text
    assert f"The bot may not use the emoji of <@&{house.sandbox.role('Red').id}>: {emoji}" in found
