"""Interactions that the bot hears of too late: whoever saw that it failed finds nothing done; a wrong clock costs nobody anything."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from cogs.roles.decision.decision import Click
from core import deeds
from core.answer import TooLate
from core.shards import ShardSlots
from domain import clock
from domain.custom_id import encode
from models import AuditEntry, AuditState, GuildConfig, Panel
from sandbox.driver.results import Result
from sandbox.faults import Fault
from sandbox.interactions.record import Kind
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click

AWAY = 6.0  # seconds that the connection is away
CALLBACK = "/interactions/*/callback"


async def missed(house: House, *results: Result) -> None:
    """Let time pass until Discord has told everybody that it failed, and let the bot hear of it afterwards."""
    gateway, sandbox = house.sandbox.gateway, house.sandbox
    sandbox.clock.advance(AWAY)
    clock.shift(timedelta(seconds=AWAY))
    assert {result.state for result in results} == {"failed"}
    house.accepted.append("never answered in time")
    sandbox.ledger.allow(code=10062)
    gateway.refuse_connections(False)
    route = "/interactions/{interaction_id}/{token}/callback"
    await sandbox.until(lambda: len(sandbox.traffic.find("POST", route, 404)) >= len(results), 20, "for the bot to hear of them")


async def cut_off(house: House) -> None:
    """Take the connection away; Discord keeps what happens for the session."""
    gateway = house.sandbox.gateway
    gateway.refuse_connections(True)
    gateway.drop_connections()
    await house.sandbox.until(lambda: not gateway.connections)


async def test_clicks_that_a_resume_brings_too_late_change_nothing(house: House) -> None:
    await posted_panel(house, "Red")
    await click(house, "yuki", "Red")
    names = ("alice", "bob", "carol", "dave")
    messages = [house.actor(name).in_("roles").sees()[-1] for name in names]
    await cut_off(house)
    results = [await message.click("Red") for message in messages]
    await missed(house, *results)
    assert not house.sandbox.ledger.role_changes[1:], "yuki's only"
    assert await AuditEntry.filter(kind="roles.click").count() == 1
    for name in names:
        assert "Added" in await click(house, name, "Red")


async def test_commands_and_forms_that_come_too_late_change_nothing(house: House) -> None:
    panel = await posted_panel(house, "Red")
    owner = house.actor("olivia").in_("general")
    editor = await (await owner.slash("panel edit", panel="Colours")).message()
    form = await (await editor.click("Edit text")).modal()
    await cut_off(house)
    results = [await owner.slash("config language", language="ja"), await form.submit({"Title": "Late"})]
    await missed(house, *results)
    await house.sandbox.until(lambda: not house.bot.gate._handling)
    assert await GuildConfig.filter(locale="ja").count() == 0
    assert (await Panel.get(id=panel.id)).title == "Colours"


@pytest.mark.parametrize("minutes", [5, -5])
async def test_a_clock_that_is_wrong_costs_an_early_acknowledgement_at_most(house: House, minutes: int) -> None:
    clock.shift(timedelta(minutes=minutes))
    await posted_panel(house, "Red")
    assert "Added" in await click(house, "alice", "Red")
    before = len(house.sandbox.traffic)
    assert "Added" in await click(house, "bob", "Red")
    sent = [exchange.method for exchange in house.sandbox.traffic[before:]]
    assert sent == ["PUT", "POST"], "the clock's error was learnt from the first one"


@pytest.mark.parametrize("minutes", [5, -5])
async def test_a_clock_that_is_wrong_costs_no_command_form_or_completion(house: House, minutes: int) -> None:
    """What cannot be deferred is not given up, and nothing is taken for too late; each kind is the first one once."""
    clock.shift(timedelta(minutes=minutes))
    olivia = house.actor("olivia").in_("general")
    form = await (await olivia.slash("panel create")).modal()
    assert "Late" in (await (await form.submit({"Title": "Late", "Roles": [house.sandbox.role("Green")]})).message()).text
    assert [choice["value"] for choice in await olivia.autocomplete("panel edit", panel="La")] == ["Late"]
    assert (await (await olivia.slash("config language", language="ja")).message()).text
    assert await GuildConfig.filter(locale="ja").count() == 1
    assert [choice["value"] for choice in await olivia.autocomplete("panel check", panel="L")] == ["Late"]


async def test_what_a_resume_delivers_twice_is_done_once(house: House) -> None:
    """The sequence that the bot resumes from is older than what it has handled: Discord sends all of it again."""
    await posted_panel(house, "Red")
    before = house.bot.ws.sequence
    assert "Added" in await click(house, "alice", "Red")
    olivia = house.actor("olivia").in_("general")
    assert (await (await olivia.slash("panel clone", panel="Colours", title="Copy")).message()).components
    back = asyncio.create_task(house.bot.wait_for("resumed"))
    await asyncio.sleep(0)
    house.bot.ws.sequence = before
    house.sandbox.gateway.drop_connections()
    await asyncio.wait_for(back, 30)
    assert "Added" in await click(house, "bob", "Red")
    assert house.actor("alice").role_names() == ["Red"]
    assert await AuditEntry.filter(kind="roles.click").count() == 2
    assert await Panel.filter(title="Copy").count() == 1


async def test_an_answer_that_another_process_gave_is_never_written_over(house: House) -> None:
    """40060 at the first try of ours: nobody knows better than the one who answered."""
    await posted_panel(house, "Red")
    house.sandbox.faults.add(Fault("status", "POST", CALLBACK, status=400, code=40060, count=1))
    house.sandbox.ledger.allow(code=40060)
    house.accepted.append("is not answered")
    alice = house.actor("alice").in_("roles")
    await alice.sees()[-1].click("Red")
    await house.audit("roles.click")
    assert not house.sandbox.traffic.find("PATCH")


async def test_what_another_process_answers_is_not_written_over_by_who_was_slow_either(house: House) -> None:
    """Who meets the 40060 is the early acknowledgement; the command itself ends later, and has nothing to say."""
    await posted_panel(house, "Red")
    taken = house.sandbox.faults.add(Fault("status", "POST", CALLBACK, status=400, code=40060, count=1))
    house.sandbox.ledger.allow(code=40060)
    house.accepted.append("is not answered")
    async with in_transaction() as db:
        await db.execute_query("LOCK TABLE panel IN ACCESS EXCLUSIVE MODE")
        await house.actor("olivia").in_("general").slash("panel list")
        await asyncio.wait_for(taken.struck.wait(), 20)
    await house.sandbox.until(lambda: not house.bot.gate._handling)
    assert not house.sandbox.traffic.find("PATCH")


async def test_what_was_done_in_the_moment_in_which_the_shards_were_lost_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the write and the answer: who was not told would see that it failed."""
    form = await (await house.actor("olivia").in_("general").slash("panel create")).modal()
    monkeypatch.setattr(ShardSlots, "lapsed", property(lambda _: deeds.done()))
    result = await form.submit({"Title": "Late", "Roles": [house.sandbox.role("Green")]})
    assert "Late" in (await result.message()).text


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_clicks_of_a_process_whose_clock_was_wrong_are_finished(house: House, minutes: int) -> None:
    """By the clock of the one that follows they may be claimed in the future."""
    house.sandbox.ledger.allow(status=400, code=40060)  # whether it was acknowledged is found out by trying, within 3 s
    await posted_panel(house, "Red")
    result = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    assert "Added" in (await result.message()).text
    (row,) = await house.audit("roles.click")
    at = clock.now() + timedelta(minutes=minutes)
    await AuditEntry.filter(id=row.id).update(state=AuditState.SENT, settled_at=None, resume=of(result), created_at=at)
    await house.restart()
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["observed"]) == (AuditState.UNKNOWN, True)


def of(result: Result) -> dict[str, object]:
    """What is stored of somebody's click."""
    it, user = result.interaction, result.actor.user.id
    assert it.message
    return Click(it.id, it.application_id, it.token, "en-US", it.guild_id or 0, it.channel_id, it.message.id, user, 1, (1,), True).to_json()


async def test_a_process_that_stood_still_before_anything_was_begun_asks_whether_it_is_too_late(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await posted_panel(house, "Red")
    service = house.bot.cogs["roles"]._service  # pyright: ignore[reportAttributeAccessIssue]
    click_now, stood_still = service.click, []

    async def stand_still_once(*args: Any) -> None:
        if not stood_still:
            stood_still.append(True)
            raise TooLate
        await click_now(*args)

    monkeypatch.setattr(service, "click", stand_still_once)
    assert "Added" in await click(house, "alice", "Red")
    assert stood_still


async def test_a_process_that_stood_still_while_it_was_acknowledged_leaves_nobody_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something was stored, the acknowledgement is on its way, and by now it may be too late: what Discord says of it decides."""
    service: Any = house.bot.cogs["panels"].service  # pyright: ignore[reportAttributeAccessIssue]
    create, frozen = service.create, Fault("freeze", "POST", "/interactions/*", count=1)

    async def stand_still(*args: Any) -> None:
        await create(*args)
        await frozen.struck.wait()
        asyncio.get_running_loop().call_soon(frozen.release)
        raise TooLate

    form = await (await house.actor("olivia").in_("general").slash("panel create")).modal()
    monkeypatch.setattr(service, "create", stand_still)
    house.sandbox.faults.add(frozen)
    result = await form.submit({"Title": "Late", "Roles": [house.sandbox.role("Green")]})
    assert (await result.message()).text.startswith("That took too long.")


@pytest.mark.parametrize("waits", [False, True])
async def test_a_screen_whose_message_is_gone_is_shown_anew(house: House, waits: bool) -> None:
    """The answer to a press finds its message deleted: the person sees it all the same, and it is no error."""
    panel, owner = await posted_panel(house, "Red"), house.actor("olivia").in_("roles")
    posted, bot = owner.sees()[-1], next(iter(house.sandbox.world.applications.values()))
    house.sandbox.ledger.allow(code=10008)
    async with in_transaction() as db:
        if waits:
            await db.execute_query("LOCK TABLE panel IN ACCESS EXCLUSIVE MODE")
        pressed = {"custom_id": encode("panels.check_page", panel.id, 0), "component_type": 2}
        result = owner.begin(bot, Kind.COMPONENT, pressed, posted.record)
        if waits:
            await house.sandbox.until(lambda: result.interaction.reply is not None, 20, "for the acknowledgement")
        owner.delete(posted)
    await house.sandbox.until(lambda: any(message.ephemeral for message in owner.sees()), 20, "for the screen")
    assert "Colours" in str(owner.sees()[-1].components)
