"""What the audit channel shows, in which language, and what happens when it cannot be posted there."""

import sys
from datetime import timedelta
from typing import Any

import pytest

from cogs.audit.service import AuditService
from domain import clock
from domain.events import AuditWritten
from models import AuditEntry, GuildConfig
from sandbox import channels
from sandbox.driver import ClientRefusal
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.world import Overwrite
from tests.e2e.house import House, at_rest, posted_panel

VIEW_CHANNEL, SEND_MESSAGES = 1 << 10, 1 << 11
LOG, POST = "audit-log", "/channels/*/messages"


@pytest.fixture(autouse=True)
def at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the outbox gather nothing."""
    monkeypatch.setattr(sys.modules["cogs.audit.outbox"], "GATHER_SECONDS", 0.0)


@pytest.fixture
def impatient(house: House, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the outbox try again at once."""
    outbox = sys.modules["cogs.audit.outbox"]  # as the bot has loaded it; what a test imports may be from before a reload
    monkeypatch.setattr(outbox, "WAITING_SECONDS", 0.01)
    monkeypatch.setattr(outbox, "PAUSE_SECONDS", 0.01)


async def set_channel(house: House, name: str = LOG) -> str:
    """What the owner is told on choosing the audit channel."""
    result = await house.actor("olivia").slash("config audit-channel", channel=house.sandbox.channel(name))
    return (await result.message()).text


def embeds(house: House, channel: str = LOG) -> list[dict[str, Any]]:
    """All embeds in the channel, oldest first."""
    return [embed for message in log(house, channel) for embed in message.record.embeds]


def log(house: House, channel: str = LOG) -> list[MessageView]:
    return house.actor("olivia").in_(channel).sees()


async def shown(house: House, count: int, channel: str = LOG) -> list[dict[str, Any]]:
    """Wait until so many entries stand in the channel; exactly so many."""
    await house.sandbox.driver.until(lambda: len(embeds(house, channel)) >= count, what=f"for {count} entries in #{channel}")
    found = embeds(house, channel)
    assert len(found) == count
    return found


async def marked(count: int) -> None:
    """Wait until so many rows are marked as posted."""
    while True:
        if await AuditEntry.filter(posted_at__isnull=False).count() >= count:
            return


def forbid_posting(house: House) -> None:
    """Take Send Messages from the bot in the channel."""
    overwrite(house, deny=SEND_MESSAGES)


def allow_posting(house: House) -> None:
    overwrite(house, allow=SEND_MESSAGES | VIEW_CHANNEL)


def overwrite(house: House, *, allow: int = 0, deny: int = 0) -> None:
    bot_role = house.sandbox.role("Role Bot")
    sandbox, made = house.sandbox, Overwrite(bot_role.id, 0, allow or VIEW_CHANNEL, deny)
    channels.set_overwrite(sandbox.world, sandbox.guild, sandbox.channel(LOG), made, house.actor("olivia").user.id)


def field(embed: dict[str, Any], name: str) -> str:
    return next(field["value"] for field in embed["fields"] if field["name"] == name)


async def test_choosing_the_channel_is_its_first_entry(house: House) -> None:
    assert "are posted in <#" in await set_channel(house)
    (entry,) = await shown(house, 1)
    channel = house.sandbox.channel(LOG)
    assert entry["title"] == "Audit channel changed"
    assert field(entry, "Audit channel") == f"none\n→ <#{channel.id}>"


async def test_a_click_is_logged_with_member_panel_and_role(house: House) -> None:
    panel = await posted_panel(house, "Red", "Blue")
    await set_channel(house)
    posted = house.actor("alice").in_("roles").sees()[-1]
    await (await posted.click("Red")).message()
    entry = (await shown(house, 2))[1]
    alice, role = house.actor("alice").member, house.sandbox.role("Red")
    assert entry["title"] == "Roles changed"
    assert field(entry, "Member") == f"<@{alice.user_id}> (`{alice.user_id}`)"
    assert field(entry, "Added") == f"<@&{role.id}>"
    link = f"https://discord.com/channels/{panel.guild_id}/{posted.record.channel_id}/{posted.id}"
    assert field(entry, "Panel") == f"**Colours**\n{link}"


async def test_the_log_is_in_the_guilds_language(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    result = await house.actor("olivia").slash("config language", language="ja")
    assert (await result.message()).text == "Language of panels and of the log: 日本語."
    entry = (await shown(house, 2))[1]
    assert entry["title"] == "言語を変更"
    assert field(entry, "言語") == "自動\n→ 日本語"


async def test_entries_too_long_for_one_message_are_posted_in_several(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    long = {"refused": [{"role_id": 10**18 + number, "problem": "two_factor"} for number in range(30)]}
    for _ in range(3):  # of nearly 4000 characters each, where a message takes 6000
        await AuditEntry.record(house.sandbox.guild.id, "roles.click", clock.now(), payload=long)
    house.bot.dispatch(AuditWritten.NAME, AuditWritten(house.sandbox.guild.id))
    await shown(house, 4)
    assert [len(message.record.embeds) for message in log(house)] == [1, 1, 1, 1]


async def test_history_from_before_the_channel_was_set_is_not_posted(house: House) -> None:
    await AuditEntry.record(house.sandbox.guild.id, "panel.create", clock.now() - timedelta(days=1), payload={"panel_name": "Old"})
    await set_channel(house)
    (entry,) = await shown(house, 1)
    assert entry["title"] == "Audit channel changed"
    assert (await AuditEntry.get(kind="panel.create")).posted_at is None


async def test_without_a_channel_nothing_is_posted_and_everything_recorded(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    result = await house.actor("olivia").slash("config audit-channel")
    assert "no longer posted" in (await result.message()).text
    assert await AuditService(house.bot).guilds_waiting() == []
    assert len(await house.audit("config.audit_channel")) == 2


async def test_the_first_entry_comes_at_once_and_what_follows_together(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await set_channel(house)
    await shown(house, 1)
    outbox = sys.modules["cogs.audit.outbox"]
    await at_rest(house, "Posting to the audit channel")
    monkeypatch.setattr(outbox, "GATHER_SECONDS", 3600.0)

    async def record(number: int) -> None:
        await AuditEntry.record(house.sandbox.guild.id, "panel.create", clock.now(), payload={"panel_name": f"Panel {number}"})
        house.bot.dispatch(AuditWritten.NAME, AuditWritten(house.sandbox.guild.id))

    await record(0)
    await shown(house, 2)
    for number in range(1, 21):  # what fills a message does not wait
        await record(number)
    await shown(house, 22)
    assert [len(message.record.embeds) for message in log(house)] == [1, 1, 10, 10]
    await record(21)
    await at_rest(house, "Posting to the audit channel")
    await shown(house, 22)


async def test_several_entries_share_a_message(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    await house.bot.cog_manager.unload("audit")
    for number in range(13):
        await AuditEntry.record(house.sandbox.guild.id, "panel.create", clock.now(), payload={"panel_name": f"Panel {number}"})
    await house.bot.cog_manager.load("audit")
    entries = await shown(house, 14)
    assert [field(entry, "Panel") for entry in entries[1:]] == [f"**Panel {number}**" for number in range(13)]
    assert [len(message.record.embeds) for message in log(house)] == [1, 10, 3]


async def test_a_crash_between_posting_and_marking_posts_nothing_twice(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    await marked(1)
    # As after a crash: it was posted, and nothing in the database says so. Meanwhile another entry came.
    await AuditEntry.all().update(posted_at=None)
    await AuditEntry.record(house.sandbox.guild.id, "panel.create", clock.now(), payload={"panel_name": "New"})
    await house.bot.cog_manager.reload("audit")
    entries = await shown(house, 2)
    assert [entry["title"] for entry in entries] == ["Audit channel changed", "Panel created"]
    await marked(2)


async def test_a_channel_where_the_bot_may_not_post_is_refused(house: House) -> None:
    forbid_posting(house)
    told = await set_channel(house)
    assert told.endswith("then use the command again: Send Messages, Embed Links.")
    assert not await GuildConfig.exists()


async def test_config_is_shown_and_says_what_does_not_work(house: House) -> None:
    olivia = house.actor("olivia")
    shown_first = (await (await olivia.slash("config show")).message()).text
    assert shown_first == (
        "Audit channel: off. Set one with `/config audit-channel`.\nLanguage of panels and of the log: automatic, now English.\n"
        "Panels are edited by members with Manage Roles. Let further roles do it with `/config managers`."
    )
    await set_channel(house)
    await shown(house, 1)
    forbid_posting(house)
    posted = (await (await olivia.slash("config show")).message()).text
    assert "The oldest entry" not in posted
    await AuditEntry.record(house.sandbox.guild.id, "panel.create", clock.now(), payload={"panel_name": "Colours"})
    waits = (await (await olivia.slash("config show")).message()).text
    assert "The oldest entry that is not posted there yet is from <t:" in waits
    assert "It lacks: Send Messages, Embed Links." in (await (await olivia.slash("config show")).message()).text
    channels.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.channel(LOG), olivia.user.id)
    assert "It was deleted" in (await (await olivia.slash("config show")).message()).text


async def test_config_needs_manage_server(house: House) -> None:
    with pytest.raises(ClientRefusal):
        await house.actor("alice").slash("config show")


async def test_entries_wait_until_the_bot_may_post_again(house: House, impatient: None) -> None:
    await set_channel(house)
    await shown(house, 1)
    forbid_posting(house)
    language = await house.actor("olivia").slash("config language", language="ja")
    await language.message()
    assert (await AuditEntry.get(kind="config.language")).posted_at is None
    allow_posting(house)
    assert (await shown(house, 2))[1]["title"] == "言語を変更"


async def test_entries_wait_in_a_deleted_channel_and_history_is_not_moved(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    await marked(1)
    channels.delete(house.sandbox.world, house.sandbox.guild, house.sandbox.channel(LOG), house.actor("olivia").user.id)
    await (await house.actor("olivia").slash("config language", language="ja")).message()
    await set_channel(house, "mods-only")
    (entry,) = await shown(house, 1, "mods-only")
    assert entry["title"] == "監査チャンネルを変更"
    assert (await AuditEntry.get(kind="config.language")).posted_at is None


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", "POST", POST, status=500, count=3),
        Fault("status", "POST", POST, status=429, retry_after=0.1, count=1),
        Fault("status", "POST", POST, status=429, retry_after=3.0, count=1),
        Fault("status", "POST", POST, status=403, code=50013, count=2),
        Fault("status", "POST", POST, status=404, code=10003, count=1),
        Fault("drop_before", "POST", POST, count=3),
        Fault("drop_after", "POST", POST, count=3),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
async def test_discords_trouble_delays_an_entry_and_repeats_none(house: House, fault: Fault, impatient: None) -> None:
    house.sandbox.faults.add(fault)
    await set_channel(house)
    await marked(1)
    assert fault.hits == fault.count
    assert len(embeds(house)) == 1


async def test_an_entry_that_discord_refuses_holds_nothing_up(house: House) -> None:
    await set_channel(house)
    await shown(house, 1)
    house.sandbox.faults.add(Fault("status", "POST", POST, status=400, code=50035, count=2))
    await (await house.actor("olivia").slash("config language", language="en")).message()
    entry = (await shown(house, 2))[1]
    assert "Discord did not accept this entry" in entry["description"]
    await (await house.actor("olivia").slash("config language", language="ja")).message()
    assert (await shown(house, 3))[2]["title"] == "言語を変更"


async def test_an_entry_that_cannot_be_rendered_holds_nothing_up(house: House) -> None:
    """It is our bug; when it is mended, the entry is delivered by itself, after those that came later."""
    await set_channel(house)
    await shown(house, 1)
    broken = await AuditEntry.record(house.sandbox.guild.id, "panel.edit", clock.now(), payload={"added": 5})
    await (await house.actor("olivia").slash("config language", language="ja")).message()
    await at_rest(house, "Posting to the audit channel")
    await AuditEntry.filter(id=broken.id).update(payload={"added": [5]})
    clock.shift(timedelta(seconds=11))
    assert [entry["title"] for entry in (await shown(house, 3))[1:]] == ["言語を変更", "パネルを編集"]
