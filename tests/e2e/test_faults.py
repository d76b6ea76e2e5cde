"""Discord in trouble: what a member is told stays true, and what is safe to repeat is repeated."""

import sys
from datetime import timedelta
from types import ModuleType

import asyncpg
import pytest

from core.calls import RateLimited
from domain import clock
from models import AuditState
from sandbox.faults import Fault
from tests.e2e.house import House, posted_panel
from tests.e2e.test_clicks import click

ROLE = "/guilds/*/members/*/roles/*"
CALLBACK = "/interactions/*/callback"
EDIT = "/webhooks/*/messages/*"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", "PUT", ROLE, status=500, count=1),
        Fault("status", "PUT", ROLE, status=502, count=2),
        Fault("status", "PUT", ROLE, status=503, count=1),
        Fault("status", "PUT", ROLE, status=429, retry_after=0.2, count=1),
        Fault("status", "PUT", ROLE, status=429, retry_after=0.2, scope="shared", count=1),
        Fault("status", "PUT", ROLE, status=429, retry_after=0.2, scope="global", count=1),
        Fault("drop_before", "PUT", ROLE, count=1),
        Fault("drop_after", "PUT", ROLE, count=1),
        Fault("latency", "PUT", ROLE, seconds=2.0, count=1),
        Fault("status", "POST", CALLBACK, status=500, count=1),
        Fault("status", "POST", CALLBACK, status=503, count=2),
        Fault("status", "POST", CALLBACK, status=429, retry_after=0.2, count=1),
        Fault("drop_before", "POST", CALLBACK, count=1),
        Fault("latency", "POST", CALLBACK, seconds=1.5, count=1),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status if fault.kind == 'status' else ''} {fault.scope} {fault.method}",
)
async def test_the_click_is_done_and_told(house: House, fault: Fault) -> None:
    await posted_panel(house, "Red")
    house.sandbox.ledger.allow(code=40060)
    house.sandbox.faults.add(fault)
    assert "Added" in await click(house, "alice", "Red")
    assert fault.hits
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["added"]) == (AuditState.DONE, [house.sandbox.role("Red").id])


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
async def test_an_answer_whose_fate_is_unknown(house: House, kind: str) -> None:
    """The callback took effect and its answer was lost: 40060 at the second try means that it arrived."""
    await posted_panel(house, "Red")
    fault = house.sandbox.faults.add(Fault(kind, "POST", CALLBACK, count=1))  # pyright: ignore[reportArgumentType]
    house.sandbox.ledger.allow(code=40060)
    assert "Added" in await click(house, "alice", "Red")
    assert fault.hits == 1


async def test_the_edit_of_a_late_answer_is_repeated(house: House) -> None:
    await posted_panel(house, "Red")
    house.sandbox.faults.add(Fault("latency", "PUT", ROLE, seconds=2.0, count=1))
    lost = house.sandbox.faults.add(Fault("drop_after", "PATCH", EDIT, count=1))
    assert "Added" in await click(house, "alice", "Red")
    assert lost.hits == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", "PATCH", EDIT, status=500, count=1),
        Fault("status", "PATCH", EDIT, status=502, count=2),
        Fault("status", "PATCH", EDIT, status=503, count=1),
        Fault("status", "PATCH", EDIT, status=429, retry_after=0.2, count=1),
        Fault("drop_before", "PATCH", EDIT, count=1),
        Fault("latency", "PATCH", EDIT, seconds=1.0, count=1),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status if fault.kind == 'status' else ''}",
)
async def test_trouble_with_the_edit(house: House, fault: Fault) -> None:
    await posted_panel(house, "Red")
    held_up = house.sandbox.faults.add(Fault("freeze", "PUT", ROLE, count=1))
    result = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    await house.sandbox.until(lambda: result.state == "deferred", what="for the acknowledgement")
    house.sandbox.faults.add(fault)
    held_up.release()
    assert "Added" in (await result.message()).text
    assert fault.hits


async def test_everything_is_slow_for_two_seconds(house: House) -> None:
    await posted_panel(house, "Red")
    house.sandbox.ledger.allow(code=40060)
    slow = house.sandbox.faults.add(Fault("latency", seconds=2.0, count=3))
    assert "Added" in await click(house, "alice", "Red")
    await house.sandbox.until(lambda: sum(x.fault == "latency" for x in house.sandbox.traffic) == slow.hits, what="for the last slow call")


async def test_a_long_wait_for_everything(house: House) -> None:
    """The global limit stops role changes, not answers: the member is acknowledged meanwhile, and told afterwards."""
    await posted_panel(house, "Red")
    house.sandbox.faults.add(Fault("status", "PUT", ROLE, status=429, retry_after=3.0, scope="global", count=1))
    result = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    assert "Added" in (await result.message()).text  # an interaction that was not answered in time fails


@pytest.mark.parametrize(
    ("fault", "said", "problem"),
    [
        (Fault("status", "PUT", ROLE, status=403, code=50013), "Discord refuses this role", "forbidden"),
        (Fault("status", "PUT", ROLE, status=403, code=60003), "two-factor", "two_factor"),
        (Fault("status", "PUT", ROLE, status=404, code=10011), "no longer exists", "deleted"),
        (Fault("status", "PUT", ROLE, status=400, code=0), "Discord had an error", "discord_error"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_refusal_is_told_and_recorded(house: House, fault: Fault, said: str, problem: str) -> None:
    await posted_panel(house, "Red")
    house.sandbox.faults.add(fault)
    assert said in await click(house, "alice", "Red")
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["failed"][0]["problem"]) == (AuditState.REFUSED, problem)
    assert house.actor("alice").role_names() == []


async def test_a_change_that_took_effect_behind_errors_is_told_and_recorded(house: House) -> None:
    """Its answer is lost, and then Discord has only errors: whether it took effect must be looked up."""
    await posted_panel(house, "Red")
    lost = house.sandbox.faults.add(Fault("drop_after", "PUT", ROLE, count=1))
    result = await house.actor("alice").in_("roles").sees()[-1].click("Red")
    await lost.struck.wait()
    errors = house.sandbox.faults.add(Fault("status", "PUT", ROLE, status=504))
    assert "Added" in (await result.message()).text
    assert errors.hits
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["added"]) == (AuditState.DONE, [house.sandbox.role("Red").id])


async def test_the_gateway_drops_in_the_middle_of_a_click(house: House) -> None:
    await posted_panel(house, "Red")
    frozen = house.sandbox.faults.add(Fault("freeze", "PUT"))
    alice = house.actor("alice").in_("roles")
    result = await alice.sees()[-1].click("Red")
    await house.sandbox.driver.until(lambda: frozen.hits)
    house.sandbox.gateway.drop_connections()
    frozen.release()
    assert "Added" in (await result.message()).text


def now_running(name: str) -> ModuleType:
    """A module of the roles cog as the bot uses it: each start of the bot loads its cogs anew."""
    return sys.modules[f"cogs.roles.click.{name}"]


async def test_what_was_done_and_not_recorded_is_not_called_undone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database goes away between the answer and the record."""
    await posted_panel(house, "Red")

    async def away(*args: object, **kwargs: object) -> bool:
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    async def limited(*args: object) -> frozenset[int]:
        raise RateLimited(5.0)

    with monkeypatch.context() as patched:
        patched.setattr(now_running("service"), "settle", away)
        alice = house.actor("alice").in_("roles")
        result = await alice.sees()[-1].click("Red")
        assert "Added" in (await result.message()).text
        await house.sandbox.driver.until(lambda: not house.bot.gate._answers)
    assert [message.text for message in alice.sees() if message.ephemeral and "database" in message.text] == []
    clock.shift(timedelta(minutes=2))
    with monkeypatch.context() as patched:
        patched.setattr(now_running("recovery"), "look", limited)
        assert await house.bot.cogs["roles"]._recovery.run() == 1  # pyright: ignore[reportAttributeAccessIssue]
    await house.restart()
    (row,) = await house.audit("roles.click")
    assert (row.state, row.payload["added"]) == (AuditState.UNKNOWN, [house.sandbox.role("Red").id])
