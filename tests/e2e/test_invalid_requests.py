"""However somebody clicks: what Discord would refuse is not asked, what it refuses is not asked again soon, and nobody else notices."""

from collections import deque
from datetime import timedelta
from typing import Any

import discord
import pytest

from core.invalid_requests import FOR_ONE
from domain import clock
from models import Panel, PanelMessage
from sandbox import channels, messages
from sandbox.driver.modals import CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, RADIO_GROUP, TEXT_INPUT, ModalView
from sandbox.driver.views import MessageView
from sandbox.faults import Fault
from sandbox.interactions.record import Kind
from sandbox.world import Channel, Overwrite
from tests.e2e.crowd import add_guild, add_members, panel_in
from tests.e2e.house import House, posted_panel
from tests.e2e.test_panels import FOLLOWING, at_rest, redrawn

MESSAGE = "/channels/{channel_id}/messages/{message_id}"
VIEW_CHANNEL = 1 << 10
HIDDEN = 60  # channels
END = ("panels.delete_now",)  # after which there would be nothing left to press


async def in_hidden_channels(house: House) -> None:
    """A panel posted in many channels that the bot may not see any more."""
    sandbox, guild = house.sandbox, house.sandbox.guild
    panel = await posted_panel(house, "Red", "Green")
    bot_id = next(iter(sandbox.world.applications.values())).bot_id
    for number in range(HIDDEN):
        channel = Channel(sandbox.world.new_id(), 0, guild.id, f"hidden-{number}")
        channels.create(sandbox.world, guild, channel, guild.owner_id)
        record = messages.create(sandbox, channel, {"content": "panel"}, [], messages.Origin(bot_id))
        await PanelMessage.create(panel_id=panel.id, channel_id=channel.id, message_id=record.id, rendered_version=panel.version)
        denied = Overwrite(guild.id, 0, deny=VIEW_CHANNEL)
        channels.set_overwrite(sandbox.world, guild, channel, denied, guild.owner_id)
    known = house.bot.get_guild(guild.id)
    assert known
    last = guild.channels[max(guild.channels)]
    await sandbox.until(lambda: (seen := known.get_channel(last.id)) and not seen.permissions_for(known.me).view_channel)


class Presser:
    """Presses whatever it has seen, in turns; what needs a pick is given what is there to be picked, and a form is filled in and sent."""

    def __init__(self, house: House, screen: MessageView) -> None:
        self._house, self._actor = house, screen.actor
        self._seen: deque[tuple[str, dict[str, Any], Any]] = deque()
        self._known: set[str] = set()
        self.pressed: set[str] = set()
        self.sent: set[str] = set()
        self.look(screen)

    def look(self, screen: MessageView) -> None:
        for button in screen.buttons:
            if button.custom_id and not button.disabled:
                self._note(button.custom_id, {"component_type": 2}, screen)
        for select in screen.selects:
            values = [option["value"] for option in select.options[:1]] or [str(self._house.sandbox.role("Blue").id)]
            self._note(select.custom_id or "", {"component_type": select.kind, "values": values}, screen)

    def _note(self, custom_id: str, data: dict[str, Any], screen: MessageView) -> None:
        verb = custom_id.split(":")[2]
        if custom_id not in self._known and verb not in END and (screen.ephemeral or verb.startswith("panels.")):
            self._known.add(custom_id)
            self._seen.append((custom_id, data, screen.record))

    async def press(self) -> None:
        custom_id, data, record = self._seen[0]
        self._seen.rotate(-1)
        self.pressed.add(custom_id.split(":")[2])
        application = next(iter(self._house.sandbox.world.applications.values()))
        sent = {**data, "custom_id": custom_id}
        if data["component_type"] > 3:  # Discord sends what was picked along
            sent["resolved"] = {}
        result = self._actor.begin(application, Kind.COMPONENT, sent, message=record)
        await self._house.sandbox.until(lambda: result.state in ("answered", "failed"), 30, f"for {custom_id}")
        if result.interaction.modal:
            form = ModalView(self._actor, result.interaction)
            result = await form.submit({name: self._filled(field) for name, field in form.fields.items()})
            await self._house.sandbox.until(lambda: result.state in ("answered", "failed"), 30, f"for {form.custom_id}")
            self.sent.add(form.custom_id.split(":")[2])
        original = result.interaction.original or record
        self.look(MessageView(self._actor, original))

    def _filled(self, field: dict[str, Any]) -> Any:
        """Something that the client takes in a field: what it was opened with, where there is something."""
        sandbox, kind = self._house.sandbox, field["type"]
        if kind == TEXT_INPUT:
            return field.get("value") or "1" * max(field.get("min_length") or 1, 1)
        if kind in (CHECKBOX, RADIO_GROUP, CHECKBOX_GROUP):
            return kind == CHECKBOX or (field["options"][0]["value"] if kind == RADIO_GROUP else [field["options"][0]["value"]])
        if kind == FILE_UPLOAD:
            return [("panel.toml", b"title = 1")]
        picks: dict[int, Any] = {5: self._actor.user, 6: sandbox.role("Blue"), 8: sandbox.channel("general")}
        return [picks[kind] if kind in picks else field["options"][0]["value"]]


async def test_a_minute_of_pressing_every_button_costs_few_refused_requests(house: House) -> None:
    await in_hidden_channels(house)
    house.sandbox.ledger.allow(status=404, code=10008)
    olivia = house.actor("olivia").in_("general")
    presser = Presser(house, await (await olivia.slash("panel edit", panel="Colours")).message())
    presser.look(await (await olivia.slash("panel check")).message())
    for _ in range(60):
        for _ in range(3):
            await presser.press()
        house.sandbox.clock.advance(1)
        clock.shift(timedelta(seconds=1))
    assert {"panels.refresh", "panels.check", "panels.post", "panels.behaviour", "panels.style"} <= presser.pressed
    assert len(presser.sent) > 3, presser.sent
    await at_rest(house, FOLLOWING)
    assert house.sandbox.ratelimits.invalid_count() == 0


async def test_what_cannot_be_foreseen_is_asked_once_a_minute_and_edited_after_a_pause(house: House) -> None:
    panel = await posted_panel(house, "Red", "Green")
    house.sandbox.ledger.allow(status=403)
    house.sandbox.faults.add(Fault("status", "*", "/channels/*/messages/*", status=403, code=50001))
    editor = await (await house.actor("olivia").slash("panel edit", panel="Colours")).message()
    panels: Any = house.bot.get_cog("panels")
    for version in range(2, 12):
        await redrawn(await editor.click("Refresh"))
        await Panel.filter(id=panel.id).update(version=version)
        panels.follower.wake()
        await at_rest(house, FOLLOWING)
    assert len(house.sandbox.traffic.find("PATCH", MESSAGE)) == 1
    assert len(house.sandbox.traffic.find("GET", MESSAGE)) <= 2  # the bot may look by itself, too


async def test_a_guild_that_used_up_its_share_is_told_so_and_others_notice_nothing(empty_house: House) -> None:
    house = empty_house
    sandbox = house.sandbox
    other = add_guild(sandbox, "Other")
    await house.start()
    _, message = await panel_in(house, sandbox.guild, "Red")
    _, others = await panel_in(house, other, "Red")
    (member,), (stranger,) = add_members(sandbox, sandbox.guild, 1), add_members(sandbox, other, 1)
    for _ in range(FOR_ONE):
        house.bot.rest._refused.note(sandbox.guild.id)
    told = await (await MessageView(member, message).click("Red")).message()
    assert "Discord has refused so much" in told.text
    assert "Added" in (await (await MessageView(stranger, others).click("Red")).message()).text
    report = await (await house.actor("olivia").slash("panel check")).message()
    assert "the bot pauses here" in report.text
    clock.shift(timedelta(minutes=10))
    assert "Added" in (await (await MessageView(member, message).click("Red")).message()).text


async def test_refusals_of_calls_that_the_library_makes_count_and_hold_none_of_those_back(house: House) -> None:
    application_id = house.bot.application_id
    assert application_id
    house.sandbox.ledger.allow(status=403)
    refused = house.sandbox.faults.add(Fault("status", "GET", "/applications/*/commands", status=403, code=20012))
    for _ in range(FOR_ONE - 2):
        house.bot.rest.count_refusal(403, {})
    assert house.bot.rest.held_back(None) is None
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await house.bot.http.get_global_commands(application_id)
    house.sandbox.faults.remove(refused)
    assert house.bot.rest.held_back(None)
    assert house.bot.rest.held_back(house.sandbox.guild.id) is None
    assert await house.bot.http.get_global_commands(application_id)


async def test_one_check_in_ten_seconds(house: House) -> None:
    await posted_panel(house, "Red")
    olivia = house.actor("olivia")
    screen = await (await olivia.slash("panel check")).message()
    assert "You can check again" in (await (await house.actor("mona").slash("panel check")).message()).text
    clock.shift(timedelta(seconds=10))
    assert "1 panel was examined" in await redrawn(await screen.click("Check again"))


@pytest.mark.parametrize("failure", [ValueError("odd")], ids=repr)
async def test_what_fails_on_the_bots_side_stands_in_the_check(house: House, failure: Exception) -> None:
    await posted_panel(house, "Red")
    (loop,) = (loop for loop in house.bot.loops if loop.name == FOLLOWING)
    with loop.item(house.sandbox.guild.id, "row"):
        raise failure
    (aside,) = loop.set_aside(house.sandbox.guild.id)
    report = await (await house.actor("olivia").slash("panel check")).message()
    assert "Something fails on the bot's side: Bringing posted panels up to date" in report.text
    assert f"`{aside.error_id}`" in report.text
