"""The doctor, in the sandbox: what it finds, and that its buttons mend."""

from datetime import timedelta
from typing import Any

import pytest

from domain import clock
from models import AuditEntry, GuildConfig, MessageState, Panel, PanelMessage, PanelRole
from sandbox import channels, messages, roles
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Overwrite
from tests.e2e.house import House, at_rest, posted_panel
from tests.e2e.test_cleanup import cleaned, delete_role
from tests.e2e.test_panels import create, post, redrawn, up_to_date
from tests.e2e.test_temporary_roles import ROLE_ROUTE, expiry, grant, pass_time, settled

MESSAGE = "/channels/*/messages/*"
MANAGE_MESSAGES, SEND_MESSAGES, READ_MESSAGE_HISTORY = 1 << 13, 1 << 11, 1 << 16


async def check(house: House, who: str = "olivia", **options: Any) -> MessageView:
    clock.shift(timedelta(seconds=11))
    return await (await house.actor(who).slash("panel check", **options)).message()


async def healthy(house: House) -> MessageView:
    """A posted panel in a server where everything is set."""
    await GuildConfig.create(guild_id=house.sandbox.guild.id, audit_channel_id=house.sandbox.channel("audit-log").id)
    return await post(house, await create(house))


async def healthy_for_long(house: House) -> MessageView:
    """The same, past the bot's start: there it compares panels with their guilds, and would take off by itself what a test lets die."""
    probe = await posted_panel(house, "Music", channel="general")
    delete_role(house, "Music")
    await cleaned(house)
    await probe.delete()
    await at_rest(house, "Taking deleted things off panels")
    return await healthy(house)


async def test_where_nothing_is_wrong_it_says_so(house: House) -> None:
    await healthy(house)
    screen = await check(house)
    assert screen.ephemeral
    assert "1 panel was examined." in screen.text
    assert "🟢 Everything is in order." in screen.text


async def test_a_new_server_gets_hints(house: House) -> None:
    await create(house)
    text = (await check(house)).text
    assert "No audit channel is set." in text
    assert "The panel is not posted anywhere." in text
    assert "2 findings: 🔵 2" in text


async def test_one_panel_is_examined_alone(house: House) -> None:
    await healthy(house)
    await create(house, title="Others")
    text = (await check(house, panel="Colours")).text
    assert "Check of the panel Colours" in text
    assert "🟢 Everything is in order." in text
    assert "🔵 **Others** · The panel is not posted anywhere." in (await check(house)).text


async def test_a_deleted_message_is_posted_again(house: House) -> None:
    posted = await healthy(house)
    messages.delete(house.sandbox, posted.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    screen = await check(house)
    assert "A message of the panel in" in screen.text
    text = await redrawn(await screen.click("Post it again"))
    assert "The panel was posted: https://discord.com/channels/" in text
    assert "🟢 Everything is in order." in text
    assert len(house.actor("alice").in_("roles").sees()) == 1
    await (await house.actor("alice").in_("roles").sees()[0].click("Red")).message()


async def test_a_dead_role_is_taken_off(house: House) -> None:
    await healthy_for_long(house)
    await PanelRole.filter(label="Red").update(role_id=1)
    screen = await check(house)
    assert "**Red** was deleted." in screen.text
    assert "🟢" in await redrawn(await screen.click("Take it off the panel"))
    assert [role.label for role in await PanelRole.all()] == ["Green"]
    await up_to_date()
    assert [button.label for button in house.actor("alice").in_("roles").sees()[0].buttons] == ["Green"]


async def test_a_dead_emoji_and_dead_rules_are_dropped(house: House) -> None:
    await healthy_for_long(house)
    await PanelRole.filter(label="Red").update(emoji="<:gone:123456789012345678>", blocked_role_ids=[1])
    screen = await check(house)
    await redrawn(await screen.click("Show it without an emoji"))
    assert "🟢" in await redrawn(await screen.click("Forget the deleted roles"))
    role = await PanelRole.get(label="Red")
    assert (role.emoji, role.blocked_role_ids) == (None, [])


async def test_a_role_above_the_bot_gets_the_exact_step(house: House) -> None:
    await healthy(house)
    admin, bot_role = house.sandbox.role("Admin"), house.sandbox.role("Role Bot")
    await PanelRole.filter(label="Red").update(role_id=admin.id)
    screen = await check(house)
    assert f"<@&{admin.id}> stands above the bot's own role <@&{bot_role.id}>." in screen.text
    assert f"move <@&{bot_role.id}> above <@&{admin.id}>." in screen.text
    assert [button.label for button in screen.buttons] == ["Check again"]


async def test_only_an_administrator_confirms_what_became_dangerous(house: House) -> None:
    await healthy(house)
    known = house.bot.wait_for("guild_role_update", timeout=30)
    red = house.sandbox.role("Red")
    roles.edit(house.sandbox.world, house.sandbox.guild, red, {"permissions": MANAGE_MESSAGES}, house.actor("olivia").user.id)
    await known
    for_mona = await check(house, "mona")
    assert "that no administrator has confirmed: Manage Messages." in for_mona.text
    assert "Confirm its permissions" not in [button.label for button in for_mona.buttons]
    assert "🟢" in await redrawn(await (await check(house)).click("Confirm its permissions"))
    assert (await PanelRole.get(label="Red")).confirmed_permissions == MANAGE_MESSAGES


async def test_missing_permissions_are_named_with_the_channel(house: House) -> None:
    await healthy(house)
    log, bot_role = house.sandbox.channel("audit-log"), house.sandbox.role("Role Bot")
    for channel in (log, house.sandbox.channel("roles")):
        known = house.bot.wait_for("guild_channel_update", timeout=30)
        overwrite = Overwrite(bot_role.id, 0, allow=1 << 10, deny=SEND_MESSAGES)
        channels.set_overwrite(house.sandbox.world, house.sandbox.guild, channel, overwrite, house.actor("olivia").user.id)
        await known
    text = (await check(house)).text
    assert f"The bot cannot post in the audit channel <#{log.id}>. It lacks: Send Messages" in text
    assert f"The bot lacks permissions in <#{house.sandbox.channel('roles').id}>: Send Messages" in text


async def test_a_post_that_was_cut_off_where_the_bot_may_not_look_is_told(house: House) -> None:
    await healthy(house)
    sandbox, channel = house.sandbox, house.sandbox.channel("general")
    known = house.bot.wait_for("guild_channel_update", timeout=30)
    blind = Overwrite(sandbox.guild.id, 0, deny=READ_MESSAGE_HISTORY)
    channels.set_overwrite(sandbox.world, sandbox.guild, channel, blind, house.actor("olivia").user.id)
    await known
    left = {"channel_id": channel.id, "rendered_version": 1, "state": MessageState.POSTING, "nonce": "1000.0"}
    await PanelMessage.create(panel=await Panel.get(), **left)
    text = (await check(house)).text
    assert (
        f"while it posted the panel in <#{channel.id}>, and can't look whether a message stands there. It lacks: Read Message History"
        in text
    )
    assert "It then puts this right by itself." in text
    seen = house.bot.wait_for("guild_channel_update", timeout=30)
    channels.set_overwrite(sandbox.world, sandbox.guild, channel, Overwrite(sandbox.guild.id, 0), house.actor("olivia").user.id)
    await seen
    assert "can't look" not in (await check(house)).text


async def test_an_end_that_fails_again_and_again_stands_there_until_it_comes(house: House) -> None:
    await healthy(house)
    await grant(house, "alice", "Red", await Panel.get())
    red, refused = house.sandbox.role("Red"), Fault("status", "DELETE", ROLE_ROUTE, status=403, code=50013)
    house.sandbox.faults.add(refused)
    pass_time(house, timedelta(hours=2))
    await settled(house)
    told = f"The time of <@&{red.id}> is over for some members, but the roles can't be taken back."
    assert told in (await check(house)).text
    for hours in (2, 2, 25):
        before = refused.hits
        clock.shift(timedelta(hours=hours))
        await expiry(house).end_due()
        assert refused.hits > before
        assert told in (await check(house)).text
    house.sandbox.faults.remove(refused)
    clock.shift(timedelta(hours=25))
    await expiry(house).end_due()
    assert house.actor("alice").role_names() == []
    assert told not in (await check(house)).text


async def test_a_channel_that_cannot_be_forgotten_is_told(house: House) -> None:
    """As with an archived thread: the bot does not know the channel, and Discord deletes nothing in it."""
    await healthy(house)
    await PanelMessage.all().update(channel_id=1)
    fault = house.sandbox.faults.add(Fault("status", "DELETE", MESSAGE, status=400, code=50083))
    house.sandbox.ledger.allow(status=400, code=50083)
    house.sandbox.ledger.allow(status=404, code=10003)
    screen = await check(house)
    await PanelMessage.all().update(missing=False)
    assert "It still works there." in await redrawn(await screen.click("Forget this channel"))
    house.sandbox.faults.remove(fault)


async def test_what_is_in_order_by_now_is_left_alone(house: House) -> None:
    """Two people look at the same findings, and the first mends them while the second still reads."""
    posted = await healthy_for_long(house)
    await PanelRole.filter(label="Red").update(emoji="<:gone:123456789012345678>")
    messages.delete(house.sandbox, posted.record)
    house.sandbox.ledger.allow(status=404, code=10008)
    screen, other = await check(house), await check(house, "mona")
    old = [other.button(label) for label in ("Post it again", "Show it without an emoji")]
    for button in old:
        await redrawn(await screen.click(button.label))
    await PanelRole.filter(label="Red").update(emoji="🔴")
    live = house.actor("alice").in_("roles").sees()[-1]
    for button in old:
        assert "✅ This is in order by now, so nothing was changed." in await redrawn(await other.click(button))
    assert house.actor("alice").in_("roles").sees()[-1].id == live.id
    assert (await PanelRole.get(label="Red")).emoji == "🔴"


async def test_two_factor_authentication_is_explained(house: House) -> None:
    await healthy(house)
    application = next(iter(house.sandbox.world.applications.values()))
    await house.stop()
    house.sandbox.guild.mfa_level, application.owner_has_2fa = 1, False
    await house.start()
    screen = await check(house)
    assert "🔴 This server requires two-factor authentication" in screen.text
    application.owner_has_2fa = True
    clock.shift(timedelta(seconds=11))
    assert "two-factor" not in await redrawn(await screen.click("Check again"))


async def test_manager_roles_that_cannot_see_the_commands_are_named(house: House) -> None:
    await healthy(house)
    await GuildConfig.all().update(manager_role_ids=[house.sandbox.role("Veteran").id])
    text = (await check(house)).text
    assert f"Discord does not offer the commands to the manager roles <@&{house.sandbox.role('Veteran').id}>." in text
    assert "Server Settings → Integrations → Role Bot" in text


async def test_an_edit_that_did_not_get_through_is_tried_again(house: House) -> None:
    editor = await create(house)
    await GuildConfig.create(guild_id=house.sandbox.guild.id, audit_channel_id=house.sandbox.channel("audit-log").id)
    posted = await post(house, editor)
    fault = house.sandbox.faults.add(Fault("status", "PATCH", MESSAGE, status=403, code=50013))
    house.sandbox.ledger.allow(status=403, code=50013)
    await redrawn(await editor.select("Add roles", [house.sandbox.role("Blue")]))
    await fault.struck.wait()
    panels: Any = house.bot.get_cog("panels")
    message = await PanelMessage.get()
    await house.sandbox.driver.until(lambda: panels.follower.in_trouble(message.id), what="for the refusal")
    screen = await check(house)
    assert "is out of date." in screen.text
    house.sandbox.faults.remove(fault)
    await redrawn(await screen.click("Update it now"))
    await up_to_date()
    assert [button.label for button in posted.buttons] == ["Red", "Green", "Blue"]


async def test_who_may_not_edit_may_not_check_or_mend(house: House) -> None:
    await healthy_for_long(house)
    await PanelRole.filter(label="Red").update(role_id=1)
    with pytest.raises(ClientRefusal, match="may not use it here"):
        await check(house, "alice")
    screen = await check(house, "mona")
    house.actor("mona").member.role_ids.clear()
    answer = await (await screen.click("Take it off the panel")).message()
    assert answer.text.startswith("For this you need the permission Manage Roles")
    assert await PanelRole.all().count() == 2


async def test_a_mend_is_recorded(house: House) -> None:
    await healthy_for_long(house)
    await PanelRole.filter(label="Red").update(role_id=1)
    await redrawn(await (await check(house)).click("Take it off the panel"))
    row = (await AuditEntry.all().order_by("-id").limit(1))[0]
    assert (row.kind, row.actor_id, row.payload["removed"]) == ("panel.edit", house.actor("olivia").user.id, [1])
    assert (await Panel.get()).version == 2


async def test_in_japanese(house: House) -> None:
    await create(house)
    olivia = house.actor("olivia")
    olivia.user.locale = "ja"
    screen = await (await olivia.slash("panel check")).message()
    assert "監査チャンネルが設定されていません。\n" in screen.text
    assert "The panel is not posted" not in screen.text
