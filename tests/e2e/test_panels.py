"""An admin makes a panel, changes it, posts it and deletes it; everything is done inside Discord."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import clock
from domain.events import PanelChanged
from domain.panels import Mode, PanelSpec, Style
from models import GuildConfig, Panel, PanelMessage, PanelRole
from sandbox import channels, messages, roles
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.faults import Fault, FaultKind
from sandbox.world import Overwrite
from tests.changes import until, until_none
from tests.e2e.house import House, at_rest, raise_version

FOLLOWING = "Bringing posted panels up to date"


async def create(
    house: House, who: str = "olivia", title: str = "Colours", roles: tuple[str, ...] = ("Red", "Green"), **more: Any
) -> MessageView:
    """Make a panel with the modal; the answer is the editor."""
    modal = await (await house.actor(who).slash("panel create")).modal()
    picked = [house.sandbox.role(name) for name in roles]
    return await (await modal.submit({"Title": title, "Roles": picked, **more})).message()


async def post(house: House, editor: MessageView, channel: str = "roles") -> MessageView:
    """Post the panel from its editor; the answer is the message in the channel."""
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Choose a channel", [house.sandbox.channel(channel)]))
    return house.actor("alice").in_(channel).sees()[-1]


async def redrawn(result: Any) -> str:
    """The editor's text after a click."""
    return (await result.message()).text


def button_for(editor: MessageView, verb: str) -> str:
    """The custom_id of the editor's button with this verb, whatever its label says."""
    return next(button.custom_id for button in editor.buttons if button.custom_id and f":{verb}:" in button.custom_id)


async def up_to_date() -> None:
    """Wait until Discord has confirmed what the database holds of every posted message."""

    async def nothing_is_behind() -> bool:
        return not await PanelMessage.behind([panel.guild_id for panel in await Panel.all()])

    await until(nothing_is_behind)


async def test_from_the_modal_to_the_role(house: House) -> None:
    editor = await create(house, Description="Take what you like.")
    assert editor.ephemeral
    assert "The panel was created." in editor.text
    assert "Draft" in editor.text
    posted = await post(house, editor)
    assert "Live" in editor.text
    assert [button.label for button in posted.buttons] == ["Red", "Green"]
    assert posted.text.startswith("Colours\nTake what you like.")
    answer = await (await posted.click("Red")).message()
    assert answer.text.startswith("Added:")
    assert house.actor("alice").role_names() == ["Red"]
    assert [row.kind for row in await house.audit()] == ["panel.create", "panel.post", "roles.click"]


async def test_editor_and_panel_work_after_a_restart(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await house.restart()
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await up_to_date()
    assert [button.label for button in posted.buttons] == ["Red", "Green", "Blue"]
    await (await posted.click("Blue")).message()
    assert house.actor("alice").role_names() == ["Blue"]


async def test_what_was_edited_while_the_bot_was_away_is_followed_at_the_start(house: House) -> None:
    posted = await post(house, await create(house))
    await house.stop()
    panel = await Panel.get(name="Colours")
    await raise_version(panel, title="Other colours")
    await house.start()
    await up_to_date()
    assert posted.text.startswith("Other colours")


async def test_a_panel_that_cannot_be_drawn_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await post(house, await create(house, title="Broken"))
    posted = await post(house, await create(house), "general")
    await up_to_date()
    broken, colours = await Panel.get(name="Broken"), await Panel.get(name="Colours")

    poster: Any = house.bot.get_cog("panels").poster  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
    draw = poster.render

    async def render(guild: Any, panel: PanelSpec, page: int = 0) -> Any:
        if panel.panel_id == broken.id:
            raise ValueError("a panel that no version of the bot should have made")
        return await draw(guild, panel, page)

    monkeypatch.setattr(poster, "render", render)
    await raise_version(broken, updated_at=clock.now(), title="Other")
    await raise_version(colours, updated_at=clock.now(), title="Hues")
    house.bot.dispatch(PanelChanged.NAME, PanelChanged(house.sandbox.guild.id, colours.id, colours.version + 1))
    await until_none(PanelMessage.filter(panel_id=colours.id, rendered_version=colours.version))
    assert posted.text.startswith("Hues")
    assert await PanelMessage.exists(panel_id=broken.id, rendered_version=broken.version)


@pytest.mark.parametrize(("pause", "cost"), [(0.0, 1), (0.3, 2)], ids=["as fast as it goes", "as fast as a person"])
async def test_ten_quick_edits_cost_one_or_two_patches(house: House, pause: float, cost: int) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await redrawn(await editor.click("Reorder"))
    await redrawn(await editor.select("Pick the role to move", ["Red"]))
    for _ in range(5):
        for name in ("▼ Down", "▲ Up"):
            await redrawn(await editor.click(name))
            await asyncio.sleep(pause)  # not to wait for anything: it is the pace of the clicks
    await redrawn(await editor.click("▼ Down"))
    await up_to_date()
    patches = [exchange for exchange in house.sandbox.traffic if exchange.method == "PATCH" and "/channels/" in (exchange.route or "")]
    assert 1 <= len(patches) <= cost
    assert [button.label for button in posted.buttons] == ["Green", "Red"]


async def test_the_editor_changes_everything(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)

    modal = await (await editor.click("Edit text")).modal()
    await redrawn(await modal.submit({"Title": "Hues", "Description": "New words"}))
    assert "Panel: Hues" in editor.text

    await redrawn(await editor.select("Change one role", ["Red"]))
    modal = await (await editor.click("Edit")).modal()
    await redrawn(await modal.submit({"Label": "Rouge", "Emoji": ":party_parrot:", "Description": "Warm", "Colour of the button": "Red"}))
    await redrawn(await editor.click("Back"))

    await redrawn(await editor.click("Remove roles"))
    assert "Taken off the panel: Green." in await redrawn(await editor.select("Roles to take off the panel", ["Green"]))
    await redrawn(await editor.click("Back"))
    await redrawn(await editor.click("Appearance"))
    assert "Style: Dropdown" in await redrawn(await editor.select("Style", ["Dropdown"]))
    await redrawn(await editor.click("Back"))
    await redrawn(await editor.click("Behaviour"))
    assert "One at a time" in await redrawn(await editor.select("What a click does", ["One at a time"]))

    await up_to_date()
    assert "Hues" in posted.text
    assert posted.selects[0].labels == ["Rouge", "Change or clear my roles…"]
    assert posted.selects[0].options[0]["emoji"]["name"] == "party_parrot"
    panel = await Panel.get().prefetch_related("roles")
    assert (panel.name, panel.title, panel.style, panel.mode) == ("Hues", "Hues", Style.DROPDOWN, Mode.UNIQUE)
    assert [(role.label, role.description) for role in panel.roles] == [("Rouge", "Warm")]
    assert [row.kind for row in await house.audit()] == ["panel.create", "panel.post", *["panel.edit"] * 5]


async def test_a_preview_looks_the_same_and_does_nothing(house: House) -> None:
    editor = await create(house)
    preview = await (await editor.click("Preview")).message()
    assert preview.ephemeral
    assert [button.label for button in preview.buttons] == ["Red", "Green"]
    answer = await (await preview.click("Red")).message()
    assert "preview" in answer.text
    assert house.actor("olivia").role_names() == []


async def test_twenty_five_roles_fit_in_each_style(house: House) -> None:
    names = tuple(role.name for role in sorted(house.sandbox.guild.roles.values(), key=lambda role: role.position)[1:26])
    editor = await create(house, roles=names)
    posted = await post(house, editor)
    assert len(posted.buttons) == 25
    await redrawn(await editor.click("Appearance"))
    await redrawn(await editor.select("Style", ["Dropdown"]))
    await up_to_date()
    assert [len(select.options) for select in posted.selects] == [25, 2]
    picked = await (await posted.select(posted.selects[1].custom_id, [names[24]])).message()
    assert picked.text.startswith("Added:")


async def test_each_refused_role_is_named_with_its_reason(house: House) -> None:
    editor = await create(house, who="mona", roles=("Red", "Veteran", "Moderator", "Role Bot", "Admin"))
    mention = {name: f"<@&{house.sandbox.role(name).id}>" for name in ("Moderator", "Role Bot", "Admin")}
    assert f"{mention['Role Bot']} belongs to an integration" in editor.text
    assert f"{mention['Admin']} stands above the bot's own role" in editor.text
    assert f"{mention['Moderator']} is not below your own highest role" in editor.text
    assert {role.label for role in await PanelRole.all()} == {"Red", "Veteran"}


async def test_only_an_administrator_confirms_a_dangerous_role(house: House) -> None:
    known = house.bot.wait_for("guild_role_update", timeout=30)
    roles.edit(
        house.sandbox.world, house.sandbox.guild, house.sandbox.role("Veteran"), {"permissions": 1 << 13}, house.actor("olivia").user.id
    )
    await known
    refused = await create(house, who="mona", roles=("Red", "Veteran"))
    assert "Only an administrator can put it on a panel" in refused.text
    asked = await create(house, who="olivia", roles=("Red", "Veteran"))
    assert "Manage Messages" in asked.text
    assert await PanelRole.filter(label="Veteran").count() == 0
    text = await redrawn(await asked.click("Add Veteran anyway"))
    assert "⚠️" not in text
    role = await PanelRole.get(label="Veteran")
    assert (role.confirmed_permissions, role.confirmed_by) == (1 << 13, house.actor("olivia").user.id)


async def test_a_bad_emoji_is_refused_with_what_is_accepted(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.select("Change one role", ["Red"]))
    modal = await (await editor.click("Edit")).modal()
    answer = await (await modal.submit({"Label": "Red", "Emoji": "nonsense"})).message()
    assert "nonsense is not an emoji that can be used here" in answer.text
    assert (await PanelRole.get(label="Red")).emoji is None


async def test_a_form_that_shows_an_old_version_saves_nothing(house: House) -> None:
    editor = await create(house)
    modal = await (await editor.click("Edit text")).modal()
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    answer = await (await modal.submit({"Title": "Late"})).message()
    assert "changed in the meantime, so nothing was saved" in answer.text
    assert (await Panel.get()).title == "Colours"


async def test_posting_names_what_the_bot_lacks(house: House) -> None:
    editor = await create(house)
    general, bot_role = house.sandbox.channel("general"), house.sandbox.role("Role Bot")
    denied = Overwrite(bot_role.id, 0, deny=(1 << 11) | (1 << 14))
    known = house.bot.wait_for("guild_channel_update", timeout=30)
    channels.set_overwrite(house.sandbox.world, house.sandbox.guild, general, denied, house.actor("olivia").user.id)
    await known
    await redrawn(await editor.click("Post"))
    answer = await (await editor.select("Choose a channel", [general])).message()
    assert answer.text.endswith("Send Messages, Embed Links. Give them to it there, or choose another channel.")
    assert not await PanelMessage.exists()


async def test_a_message_that_somebody_deleted_is_missing_until_the_next_post(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    messages.delete(house.sandbox, posted.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    answer = await (await house.actor("olivia").slash("panel edit", panel="Colours")).message()
    assert "was deleted. Post the panel there again" in answer.text
    await post(house, answer)
    assert "Live" in answer.text
    assert "was deleted" not in answer.text


async def test_an_edit_notices_a_deleted_message(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    messages.delete(house.sandbox, posted.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await up_to_date()
    assert "was deleted. Post the panel there again" in await redrawn(await editor.click("Post"))


async def test_deleting_takes_the_messages_down_and_asks_first(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    question = await (await house.actor("olivia").slash("panel delete", panel="colours")).message()
    assert await Panel.exists()
    text = await redrawn(await question.click("Delete the panel"))
    assert text == "The panel Colours was deleted."
    assert posted.deleted
    assert not await Panel.exists()
    answer = await (await editor.click("Preview")).message()
    assert "was deleted in the meantime" in answer.text


async def test_names_are_unique_and_completed_by_what_they_contain(house: House) -> None:
    for _ in range(2):
        await create(house)
    await create(house, title="100%_Fun")
    olivia = house.actor("olivia")
    assert [choice["value"] for choice in await olivia.autocomplete("panel edit", panel="LOUR")] == ["Colours", "Colours 2"]
    assert [choice["value"] for choice in await olivia.autocomplete("panel edit", panel="%")] == ["100%_Fun"]
    assert [choice["value"] for choice in await olivia.autocomplete("panel edit", panel="_")] == ["100%_Fun"]
    listed = await (await olivia.slash("panel list")).message()
    assert listed.text.count("Draft") == 3
    answer = await (await olivia.slash("panel post", panel="colours 2", channel=house.sandbox.channel("general"))).message()
    assert "The panel was posted" in answer.text
    answer = await (await olivia.slash("panel edit", panel="Nothing")).message()
    assert "There is no panel named Nothing" in answer.text


async def test_every_panel_can_be_found_in_the_list(house: House) -> None:
    now = clock.now()
    for number in range(25):
        await Panel.create(guild_id=house.sandbox.guild.id, name=f"Panel {number:02}", title="x", created_at=now, updated_at=now)
    listed = await (await house.actor("olivia").slash("panel list")).message()
    assert ("Panel 09" in listed.text, "Panel 10" in listed.text, "Page 1 of 3" in listed.text) == (True, False, True)
    await redrawn(await listed.click("Next ▶"))
    text = await redrawn(await listed.click("Next ▶"))
    assert ("Panel 19" in text, "Panel 20" in text, "Panel 24" in text) == (False, True, True)
    await Panel.filter(name__gte="Panel 10").delete()
    text = await redrawn(await listed.click("◀ Previous"))
    assert "Panel 00" in text
    assert not listed.buttons


async def test_who_lost_manage_roles_cannot_use_an_open_editor(house: House) -> None:
    editor = await create(house, who="mona")
    moderator = house.sandbox.role("Moderator")
    guild = house.sandbox.guild
    roles.edit(house.sandbox.world, guild, moderator, {"permissions": moderator.permissions & ~(1 << 28)}, guild.owner_id)
    with pytest.raises(ClientRefusal):
        await house.actor("mona").slash("panel list")
    answer = await (await editor.select("Add roles", [house.sandbox.role("Blue")])).message()
    assert answer.text.startswith("For this you need the permission Manage Roles")
    assert await PanelRole.all().count() == 2


async def test_a_deleted_role_breaks_neither_the_editor_nor_a_post(house: House) -> None:
    editor = await create(house)
    known = house.bot.wait_for("guild_role_delete", timeout=30)
    roles.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.role("Red"), house.actor("olivia").user.id)
    await known
    posted = await post(house, editor)
    assert [button.label for button in posted.buttons] == ["Red", "Green"]
    assert "**Red** no longer exists." in editor.text


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_lost_answer_makes_no_second_message(house: House, kind: FaultKind) -> None:
    editor = await create(house)
    fault = house.sandbox.faults.add(Fault(kind, "POST", "/channels/*/messages", count=1))
    await post(house, editor)
    assert fault.hits == 1
    assert len([message for message in house.actor("alice").in_("roles").sees() if message.buttons]) == 1
    assert await PanelMessage.all().count() == 1


async def test_what_discord_refuses_at_a_post_is_told(house: House) -> None:
    editor = await create(house)
    house.sandbox.ledger.allow(status=403, code=50013)
    house.sandbox.faults.add(Fault("status", "POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions"))
    await redrawn(await editor.click("Post"))
    answer = await (await editor.select("Choose a channel", [house.sandbox.channel("roles")])).message()
    assert answer.text.endswith(": Missing Permissions")
    assert not await PanelMessage.exists()


async def test_a_message_that_stays_is_named_when_the_panel_is_deleted(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    house.sandbox.ledger.allow(status=403, code=50001)
    house.sandbox.faults.add(Fault("status", "DELETE", "/channels/*/messages/*", status=403, code=50001))
    await redrawn(await editor.click("Delete"))
    text = await redrawn(await editor.click("Delete the panel"))
    assert f"could not be deleted: https://discord.com/channels/{house.sandbox.guild.id}/{posted.record.channel_id}/{posted.id}" in text
    answer = await (await posted.click("Red")).message()
    assert "This panel was deleted." in answer.text


@pytest.mark.parametrize("status", [500, 429])
async def test_a_posted_message_follows_through_passing_trouble(house: House, status: int) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    fault = house.sandbox.faults.add(Fault("status", "PATCH", "/channels/*/messages/*", status=status, retry_after=0.2, count=1))
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await up_to_date()
    assert fault.hits == 1
    assert len(posted.buttons) == 3


async def test_a_refused_edit_is_tried_again_after_a_pause_whatever_is_edited_meanwhile(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    house.sandbox.ledger.allow(status=403, code=50001)
    fault = house.sandbox.faults.add(Fault("status", "PATCH", "/channels/*/messages/*", status=403, code=50001, count=1))
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await fault.struck.wait()
    await at_rest(house, FOLLOWING)
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Pink")]))
    await at_rest(house, FOLLOWING)
    assert len(posted.buttons) == 2
    clock.shift(timedelta(minutes=10))
    await up_to_date()
    assert len(posted.buttons) == 4


async def test_a_panel_without_roles_is_not_posted(house: House) -> None:
    await create(house, roles=("Admin",))
    answer = await (await house.actor("olivia").slash("panel post", panel="Colours")).message()
    assert answer.text == "This panel has no roles yet. Add some before you post it."


async def test_a_panel_of_another_server_cannot_be_edited(house: House) -> None:
    editor = await create(house)
    await Panel.all().update(guild_id=1)
    answer = await (await editor.click("Delete")).message()
    assert "was deleted in the meantime" in answer.text


async def test_in_japanese(house: House) -> None:
    """The admin in their own language, the public text in the guild's."""
    await GuildConfig.create(guild_id=house.sandbox.guild.id, locale="ja")
    olivia = house.actor("olivia")
    olivia.user.locale = "ja"
    modal = await (await olivia.slash("panel create")).modal()
    title, _, picked, *_ = modal.fields
    editor = await (await modal.submit({title: "色", picked: [house.sandbox.role("日本語")]})).message()
    assert "パネルを作成しました。" in editor.text
    await redrawn(await editor.click(button_for(editor, "panels.look")))
    await redrawn(await editor.select(editor.selects[0].custom_id, ["dropdown"]))
    sent = await (await olivia.slash("panel post", panel="色", channel=house.sandbox.channel("roles"))).message()
    assert "https://discord.com/channels/" in sent.text
    posted = house.actor("alice").in_("roles").sees()[-1]
    assert posted.selects[0].labels[-1] != "Change or clear my roles…"
    assert await PanelMessage.behind([house.sandbox.guild.id]) == []
