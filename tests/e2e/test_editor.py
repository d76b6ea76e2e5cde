"""The editor's screens at work: many roles, order, appearance, channels, drafts; each seen in the channel as members see it."""

from datetime import timedelta

import pytest

from cogs.panels.posting.follower import REFUSED_PAUSE
from domain import clock
from domain.panels import Style
from models import Draft, GuildConfig, Panel, PanelMessage, PanelRole
from sandbox import channels, messages, roles
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Channel, Overwrite, Role
from tests.changes import until_none
from tests.e2e.house import House, raise_version
from tests.e2e.test_panels import button_for, create, post, redrawn, up_to_date


class AtTheThird(Fault):
    """A fault that lets the first two requests through."""

    seen = 0

    def matches(self, method: str, route: str, path: str) -> bool:
        """Whether this is the third fitting request, or a later one."""
        if not super().matches(method, route, path):
            return False
        self.seen += 1
        return self.seen >= 3


async def many(house: House, count: int, style: Style = Style.BUTTONS) -> MessageView:
    """The editor of a panel with this many roles: Red, Green, Blue, and new ones of the guild."""
    editor = await create(house, roles=("Red", "Green", "Blue"))
    world, guild, panel = house.sandbox.world, house.sandbox.guild, await Panel.get()
    names = [f"Extra {number}" for number in range(4, count + 1)]
    known = house.bot.wait_for("guild_role_create", check=lambda role: role.name == names[-1], timeout=30)
    made = [roles.create(world, guild, Role(world.new_id(), guild.id, name, position=1), guild.owner_id) for name in names]
    await known
    rows = [PanelRole(panel=panel, role_id=role.id, label=role.name, position=number) for number, role in enumerate(made, 4)]
    await PanelRole.bulk_create(rows)
    await raise_version(panel, style=style)
    return editor


def seen(house: House, channel: str = "roles") -> list[MessageView]:
    """The panel's messages in a channel."""
    return [message for message in house.actor("alice").in_(channel).sees() if message.components and not message.ephemeral]


def labels(messages: list[MessageView]) -> list[list[str]]:
    return [[button.label for button in message.buttons] for message in messages]


@pytest.mark.parametrize(
    ("style", "count", "sizes"), [(Style.BUTTONS, 60, [25, 25, 10]), (Style.DROPDOWN, 121, [5, 1]), (Style.PICKER, 100, [1])]
)
async def test_a_panel_of_many_roles_fills_several_messages(house: House, style: Style, count: int, sizes: list[int]) -> None:
    editor = await many(house, count, style)
    await post(house, editor)
    shown = seen(house)
    assert [len(message.buttons) + len(message.selects) for message in shown] == sizes
    stored = await PanelMessage.all().order_by("id")
    assert [message.message_id for message in stored] == [message.id for message in shown]
    if len(sizes) > 1:
        assert f"({len(sizes)} of {len(sizes)})" in shown[-1].text
    assert f"[{len(sizes)}](https://" in editor.text or len(sizes) == 1


async def test_messages_come_and_go_with_the_roles(house: House) -> None:
    editor = await many(house, 25)
    await post(house, editor)
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Pink")]))
    await up_to_date()
    assert [len(message) for message in labels(seen(house))] == [25, 1]
    answer = await (await seen(house)[1].click("Pink")).message()
    assert answer.text.startswith("Added:")
    await redrawn(await editor.click("Remove roles"))
    await redrawn(await editor.click("◀ Previous"))
    await redrawn(await editor.select(editor.selects[0].custom_id, ["Red", "Green", "Blue"]))
    await up_to_date()
    assert [len(message) for message in labels(seen(house))] == [23]
    assert await PanelMessage.all().count() == 1


async def test_a_page_whose_post_fails_comes_later_and_the_state_says_so(house: House) -> None:
    editor = await many(house, 25)
    await post(house, editor)
    house.sandbox.ledger.allow(status=403, code=50013)
    fault = house.sandbox.faults.add(Fault("status", "POST", "/channels/*/messages", status=403, code=50013, count=1))
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Pink")]))
    await fault.struck.wait()
    assert "Out of date" in await redrawn(await editor.click("Refresh"))
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Teal")]))
    clock.shift(timedelta(seconds=REFUSED_PAUSE))  # what Discord refused is left alone for so long, whatever is edited meanwhile
    await up_to_date()
    assert [len(message) for message in labels(seen(house))] == [25, 2]
    assert "🟢 Live" in await redrawn(await editor.click("Refresh"))


async def test_what_was_added_is_told_and_shown_on_its_page(house: House) -> None:
    editor = await many(house, 30)
    red, pink = house.sandbox.role("Red"), house.sandbox.role("Pink")
    text = await redrawn(await editor.select("Add roles", [red, pink]))
    assert f"Put on the panel: <@&{pink.id}>.\nOn the panel already: <@&{red.id}>." in text
    assert "(26–31 of 31)" in text
    await redrawn(await editor.select("Change one role (26–31 of 31)", ["Extra 30"]))
    assert "(26–31 of 31)" in await redrawn(await editor.click("Back"))
    await redrawn(await editor.select("Change one role (26–31 of 31)", ["Extra 30"]))
    text = await redrawn(await editor.click("Remove"))
    assert "Taken off the panel: Extra 30." in text
    assert "(26–30 of 30)" in text
    await redrawn(await editor.click("Remove roles"))
    assert editor.selects[0].placeholder == "Roles to take off the panel (26–30 of 30)"


async def test_the_private_picker_reaches_every_role_and_clears_all(house: House) -> None:
    editor = await many(house, 130, Style.PICKER)
    await post(house, editor)
    (panel,) = seen(house)
    alice = house.actor("alice")
    picker = await (await panel.click("Choose your roles")).message()
    assert picker.ephemeral
    assert [len(select.options) for select in picker.selects] == [25, 25, 25, 25]
    await (await picker.select("Choose your roles (1–25 of 130)", ["Red", "Blue"])).message()
    assert set(alice.role_names()) == {"Red", "Blue"}
    await (await picker.click("Next ▶")).message()
    assert [len(select.options) for select in picker.selects] == [25, 5]
    await (await picker.click("◀ Previous")).message()
    assert [option["label"] for option in picker.selects[0].options if option.get("default")] == ["Red", "Blue"]
    answer = await (await picker.click("Clear all")).message()
    assert answer.text.startswith("Removed:")
    assert alice.role_names() == []
    assert picker.button("Clear all").disabled


async def test_the_order_is_changed_and_followed(house: House) -> None:
    editor = await create(house, roles=("Red", "Green", "Blue"))
    posted = await post(house, editor)
    await redrawn(await editor.click("Reorder"))
    await redrawn(await editor.select("Pick the role to move", ["Blue"]))
    for name in ("▲ Up", "▲ Up"):
        await redrawn(await editor.click(name))
    assert editor.button("▲ Up").disabled
    await up_to_date()
    assert [button.label for button in posted.buttons] == ["Blue", "Red", "Green"]
    await redrawn(await editor.click("Sort by name"))
    await redrawn(await editor.select("Pick the role to move", ["Red"]))
    text = await redrawn(await editor.click("⤒ To the top"))
    assert "**▶ 1. Red**" in text
    await up_to_date()
    assert [button.label for button in posted.buttons] == ["Red", "Blue", "Green"]
    await redrawn(await editor.click("Sort as in the server's role list"))
    await up_to_date()
    positions = {role.name: role.position for role in house.sandbox.guild.roles.values()}
    names = [button.label for button in posted.buttons]
    assert names == sorted(names, key=lambda name: -positions[name])
    await redrawn(await editor.click("Back"))


async def test_the_appearance_reaches_the_channel(house: House) -> None:
    editor = await create(house, roles=("Red", "Green", "Blue"))
    posted = await post(house, editor)
    await redrawn(await editor.click("Appearance"))
    modal = await (await editor.click("Colour and pictures")).modal()
    values = {"Colour": "#5865F2", "Image": "https://example.com/a.png", "Small image": "https://example.com/b.png", "Footer": "Ask us"}
    text = await redrawn(await modal.submit(values))
    assert "Colour: #5865F2" in text
    await redrawn(await editor.select("Buttons in a row", ["Buttons in a row: 2"]))
    await up_to_date()
    (embed,) = posted.embeds
    assert (embed["color"], embed["image"]["url"], embed["footer"]["text"]) == (0x5865F2, "https://example.com/a.png", "Ask us")
    assert [len(row["components"]) for row in posted.components] == [2, 1]
    await redrawn(await editor.select("Style", ["Private picker"]))
    await up_to_date()
    assert [button.label for button in posted.buttons] == ["Choose your roles"]
    assert "Buttons in a row" not in [select.placeholder for select in editor.selects]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("Colour", "reddish", "reddish is not a colour."),
        ("Image", "http://example.com/a.png", "is not an address of a picture"),
    ],
)
async def test_refused_input_opens_again_even_after_a_restart(house: House, field: str, value: str, told: str) -> None:
    editor = await create(house)
    await redrawn(await editor.click("Appearance"))
    modal = await (await editor.click("Colour and pictures")).modal()
    refused = await (await modal.submit({field: value, "Footer": "Not to be typed twice"})).message()
    assert told in refused.text
    await house.restart()
    again = await (await refused.click("Fix it")).modal()
    assert again.fields["rp:1:field.footer"]["value"] == "Not to be typed twice"
    await redrawn(await again.submit({field: ""}))
    assert (await Panel.get()).footer == "Not to be typed twice"


async def test_a_draft_is_the_persons_own_and_kept_for_a_day(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.select("Change one role", ["Red"]))
    modal = await (await editor.click("Edit")).modal()
    refused = await (await modal.submit({"Label": "Rouge", "Emoji": "nonsense", "Colour of the button": "Red"})).message()
    assert "nonsense is not an emoji" in refused.text
    again = await (await refused.click("Fix it")).modal()
    await (await again.submit({"Emoji": "🎨"})).message()
    role = await PanelRole.get(label="Rouge")
    assert (role.emoji, role.colour) == ("🎨", "danger")
    modal = await (await editor.click("Edit")).modal()
    refused = await (await modal.submit({"Label": "Rot", "Emoji": "nonsense"})).message()
    await Draft.all().update(user_id=1)
    assert "no longer kept" in (await (await refused.click("Fix it")).message()).text
    await Draft.all().update(user_id=house.actor("olivia").user.id)
    clock.shift(timedelta(hours=25))
    assert "no longer kept" in (await (await refused.click("Fix it")).message()).text
    clock.reset()


async def test_a_refused_new_panel_keeps_everything(house: House) -> None:
    olivia = house.actor("olivia")
    for number in range(200):
        now = clock.now()
        await Panel.create(guild_id=house.sandbox.guild.id, name=f"Panel {number}", title="x", created_at=now, updated_at=now)
    modal = await (await olivia.slash("panel create")).modal()
    picked = [house.sandbox.role("Red")]
    values = {"Title": "Kept", "Description": "Long words", "Roles": picked, "Style": "Dropdown", "What a click does": "One at a time"}
    refused = await (await modal.submit(values)).message()
    assert "at most 200 panels" in refused.text
    await Panel.filter(name="Panel 0").delete()
    again = await (await refused.click("Fix it")).modal()
    await (await again.submit({})).message()
    panel = await Panel.get(name="Kept").prefetch_related("roles")
    assert (panel.description, panel.style, panel.mode, [role.label for role in panel.roles]) == (
        "Long words",
        "dropdown",
        "unique",
        ["Red"],
    )


async def test_a_role_that_is_gone_does_not_keep_a_refused_form_shut(house: House) -> None:
    olivia, guild = house.actor("olivia"), house.sandbox.guild
    picked = [house.sandbox.role("Red"), house.sandbox.role("Blue")]
    modal = await (await olivia.slash("panel create")).modal()
    refused = await (await modal.submit({"Title": "\u200b", "Roles": picked})).message()
    known = house.bot.wait_for("guild_role_delete", timeout=30)
    roles.delete(house.sandbox.world, guild, picked[0], guild.owner_id)
    await known
    again = await (await refused.click("Fix it")).modal()
    (select,) = [field for field in again.fields.values() if "default_values" in field]
    assert [one["id"] for one in select["default_values"]] == [str(picked[1].id)]
    await (await again.submit({"Title": "Seen"})).message()
    assert [role.label for role in await PanelRole.all()] == ["Blue"]


async def test_old_drafts_are_forgotten_at_the_start(house: House) -> None:
    for age in (23, 25):
        await Draft.create(guild_id=1, user_id=1, custom_id="x", values={}, created_at=clock.now() - timedelta(hours=age))
    await house.restart()
    old = clock.now() - timedelta(hours=24)
    await until_none(Draft.filter(created_at__lt=old))
    assert await Draft.all().count() == 1


async def test_a_panel_stands_in_several_channels_and_moves(house: House) -> None:
    editor = await create(house)
    await post(house, editor)
    await post(house, editor, "general")
    assert editor.text.count("🟢 Live") == 2
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await up_to_date()
    assert [labels(seen(house, name)) for name in ("roles", "general")] == [[["Red", "Green", "Blue"]]] * 2
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#general"]))
    text = await redrawn(await editor.select("Move to another channel", [house.sandbox.channel("welcome")]))
    assert "The panel was moved" in text
    assert [len(seen(house, name)) for name in ("roles", "general", "welcome")] == [1, 0, 1]
    await redrawn(await editor.select("Move, post again or take down", ["#welcome"]))
    assert "was taken out of" in await redrawn(await editor.click("Take down"))
    assert [row.kind for row in await house.audit()][-2:] == ["panel.take_down", "panel.take_down"]
    assert len(seen(house, "welcome")) == 0


async def test_a_failed_move_leaves_the_panel_where_it_was(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#roles"]))
    house.sandbox.ledger.allow(status=403, code=50013)
    house.sandbox.faults.add(Fault("status", "POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions"))
    answer = await (await editor.select("Move to another channel", [house.sandbox.channel("general")])).message()
    assert answer.text.endswith(": Missing Permissions")
    assert not posted.deleted
    assert (await (await posted.click("Red")).message()).text.startswith("Added:")


async def test_a_move_whose_old_message_stays_says_that_it_still_works(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#roles"]))
    house.sandbox.ledger.allow(status=403, code=50001)
    house.sandbox.faults.add(Fault("status", "DELETE", "/channels/*/messages/*", status=403, code=50001))
    text = await redrawn(await editor.select("Move to another channel", [house.sandbox.channel("general")]))
    assert "It still works there." in text
    assert text.count("🟢 Live") == 2
    assert (await (await posted.click("Red")).message()).text.startswith("Added:")


async def test_a_failure_in_the_middle_of_a_post_leaves_nothing_behind(house: House) -> None:
    editor = await many(house, 60)
    await redrawn(await editor.click("Post"))
    house.sandbox.ledger.allow(status=403, code=50013)
    house.sandbox.faults.add(AtTheThird("status", "POST", "/channels/*/messages", status=403, code=50013))
    answer = await (await editor.select("Choose a channel", [house.sandbox.channel("roles")])).message()
    assert "did not let the bot post" in answer.text
    assert seen(house) == []
    assert not await PanelMessage.exists()


async def test_posting_where_it_stands_takes_the_place_of_the_old_message(house: House) -> None:
    editor = await create(house)
    old = await post(house, editor)
    new = await post(house, editor)
    assert old.deleted
    assert new.id != old.id
    assert [message.message_id for message in await PanelMessage.all()] == [new.id]
    messages.delete(house.sandbox, new.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    assert "🔴 A message in" in await redrawn(await editor.click("Refresh"))
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#roles"]))
    assert "🟢 Live" in await redrawn(await editor.click("Post again"))
    assert len(seen(house)) == 1


async def test_a_channel_that_the_bot_no_longer_sees_is_told(house: House) -> None:
    editor = await create(house)
    await post(house, editor, "general")
    general, bot_role = house.sandbox.channel("general"), house.sandbox.role("Role Bot")
    known = house.bot.wait_for("guild_channel_update", timeout=30)
    denied = Overwrite(bot_role.id, 0, deny=1 << 10)
    channels.set_overwrite(house.sandbox.world, house.sandbox.guild, general, denied, house.actor("olivia").user.id)
    await known
    assert f"⚫ The bot does not see <#{general.id}>" in await redrawn(await editor.click("Post"))


async def new_channel(house: House, kind: int, *denied: Overwrite) -> Channel:
    """A channel of another kind, once the bot knows it."""
    world, guild = house.sandbox.world, house.sandbox.guild
    known = house.bot.wait_for("guild_channel_create", timeout=30)
    overwrites = {overwrite.id: overwrite for overwrite in denied}
    made = channels.create(world, guild, Channel(world.new_id(), kind, guild.id, "other", overwrites=overwrites), guild.owner_id)
    await known
    return made


@pytest.mark.parametrize("kind", [2, 5, 13], ids=["voice", "announcement", "stage"])
async def test_every_channel_where_people_write_takes_a_panel(house: House, kind: int) -> None:
    editor, channel = await create(house), await new_channel(house, kind)
    await redrawn(await editor.click("Post"))
    assert "🟢 Live" in await redrawn(await editor.select("Choose a channel", [channel]))
    (posted,) = [message for message in house.actor("alice").in_(channel).sees() if message.buttons]
    assert (await (await posted.click("Red")).message()).text.startswith("Added:")
    answer = await (await house.actor("olivia").slash("panel post", panel="Colours", channel=channel)).message()
    assert "The panel was posted" in answer.text


async def test_the_chat_of_a_voice_channel_needs_connect(house: House) -> None:
    editor, bot_role = await create(house), house.sandbox.role("Role Bot")
    channel = await new_channel(house, 2, Overwrite(bot_role.id, 0, deny=1 << 20))
    await redrawn(await editor.click("Post"))
    answer = await (await editor.select("Choose a channel", [channel])).message()
    assert f"The bot lacks permissions in <#{channel.id}>: Connect." in answer.text


async def test_a_category_takes_no_panel(house: House) -> None:
    editor, channel = await create(house), await new_channel(house, 4)
    await redrawn(await editor.click("Post"))
    with pytest.raises(ClientRefusal):
        await editor.select("Choose a channel", [channel])


async def test_the_menu_of_a_posted_message_opens_its_editor(house: House) -> None:
    posted = await post(house, await create(house))
    olivia = house.actor("olivia").in_("roles")
    editor = await (await olivia.message_command("Edit role panel", posted)).message()
    assert editor.ephemeral
    assert "Panel: Colours" in editor.text
    other = await house.actor("alice").say("hello", "general")
    answer = await (await olivia.in_("general").message_command("Edit role panel", other)).message()
    assert "is not a role panel" in answer.text


async def test_the_menu_finds_out_how_the_panel_stands_elsewhere(house: House) -> None:
    editor = await create(house)
    posted, other = await post(house, editor), await post(house, editor, "general")
    messages.delete(house.sandbox, other.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    opened = await (await house.actor("olivia").in_("roles").message_command("Edit role panel", posted)).message()
    assert f"🔴 A message in <#{house.sandbox.channel('general').id}> was deleted." in opened.text
    await redrawn(await editor.click("Post"))
    await redrawn(await editor.select("Move, post again or take down", ["#general"]))
    assert [button.label for button in editor.buttons] == ["Post again", "Take down", "Back"]  # there is no message to go to


async def test_a_role_that_is_deleted_while_its_screen_is_open(house: House) -> None:
    editor = await create(house)
    await redrawn(await editor.select("Change one role", ["Red"]))
    roles.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.role("Red"), house.actor("olivia").user.id)
    await until_none(PanelRole.filter(label="Red"))
    answer = await (await editor.click("Edit")).message()
    assert answer.text == "This role is no longer on the panel."


async def test_markdown_and_mentions_in_a_label_mean_nothing(house: House) -> None:
    editor = await create(house)
    posted = await post(house, editor)
    await redrawn(await editor.select("Change one role", ["Red"]))
    modal = await (await editor.click("Edit")).modal()
    assert "Label: \\*Rot\\* \\<@&1>" in await redrawn(await modal.submit({"Label": "*Rot* <@&1>"}))
    await up_to_date()
    assert posted.buttons[0].label == "*Rot* <@&1>"


async def test_the_screens_in_japanese(house: House) -> None:
    await GuildConfig.create(guild_id=house.sandbox.guild.id, locale="ja")
    olivia = house.actor("olivia")
    olivia.user.locale = "ja"
    modal = await (await olivia.slash("panel create")).modal()
    title, _, picked, *_ = modal.fields
    editor = await (await modal.submit({title: "色", picked: [house.sandbox.role("Red"), house.sandbox.role("Green")]})).message()
    for verb in ("panels.order", "panels.home", "panels.removal", "panels.home", "panels.look", "panels.home", "panels.post"):
        text = await redrawn(await editor.click(button_for(editor, verb)))
        assert "Panel:" not in text
    await redrawn(await editor.select(editor.selects[0].custom_id, [house.sandbox.channel("roles")]))
    assert "で公開中" in editor.text
    posted = seen(house)[-1]
    opened = await (await olivia.in_("roles").message_command("ロールパネルを編集", posted)).message()
    assert "で公開中" in opened.text
