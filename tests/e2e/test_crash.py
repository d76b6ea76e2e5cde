"""The bot dies in the middle of a click, as a real process and by SIGKILL; the next one finishes what it began."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from cogs.roles.decision.decision import Click
from cogs.roles.decision.refusals import KIND
from core.settings import ROOT
from domain import clock
from domain.grants import Grant
from models import AuditEntry, AuditState, Panel, PanelRole
from models.claim import Claim, claim
from sandbox.faults import Fault
from tests.e2e.house import House, posted_panel


class Process:
    """bot.py as a process of its own, in the house's sandbox."""

    def __init__(self, house: House, process: asyncio.subprocess.Process) -> None:
        self._house, self._process = house, process

    @classmethod
    async def start(cls, house: House) -> "Process":
        """Start it and wait until it is connected."""
        process = await asyncio.create_subprocess_exec(sys.executable, ROOT / "bot.py", env={**os.environ, "LOG_LEVEL": "WARNING"})
        gateway = house.sandbox.gateway
        await house.sandbox.driver.until(lambda: any(c.session for c in gateway.connections), timeout=30, what="for the process to connect")
        return cls(house, process)

    async def kill(self) -> None:
        """SIGKILL, and wait until the sandbox has noticed."""
        if self._process.returncode is not None:
            return
        self._process.kill()
        await self._process.wait()
        await self._house.sandbox.driver.until(lambda: not self._house.sandbox.gateway.connections)


@pytest.fixture
async def process(house: House) -> AsyncIterator[Process]:
    """A bot process in place of the one in this process; the panel can be posted before."""
    await posted_panel(house, "Red")
    await house.stop()
    started = await Process.start(house)
    yield started
    await started.kill()


async def test_killed_after_the_change_was_sent(house: House, process: Process) -> None:
    sandbox = house.sandbox
    frozen = sandbox.faults.add(Fault("freeze", "PUT"))
    alice = house.actor("alice").in_("roles")
    result = await alice.sees()[-1].click("Red")
    await sandbox.driver.until(lambda: result.state == "deferred", what="for the acknowledgement")
    (row,) = await AuditEntry.filter(kind=KIND)
    assert row.state is AuditState.SENT
    await process.kill()
    sandbox.faults.remove(frozen)
    await sandbox.driver.until(lambda: alice.role_names(), what="for the change that was under way")
    sandbox.ledger.allow(code=40060)
    sandbox.ledger.allow(status=429, route="/gateway/bot")
    await house.start()
    answer = await result.message()
    assert "Added" in answer.text
    (row,) = await house.audit(KIND)
    assert (row.state, row.payload["observed"], row.payload["added"]) == (AuditState.UNKNOWN, True, [sandbox.role("Red").id])
    assert row.resume is None


async def test_killed_between_the_claim_and_the_sending(house: House) -> None:
    """Nothing was sent yet, and the member saw the click fail, because nobody acknowledged it: so it is not done."""
    panel = await posted_panel(house, "Red")
    await house.stop()
    alice = house.actor("alice").in_("roles")
    it = (await alice.sees()[-1].click("Red")).interaction
    item = await PanelRole.get(panel=panel)
    click = Click(
        it.id,
        it.application_id,
        it.token,
        "en-US",
        it.guild_id or 0,
        it.channel_id,
        it.message.id,
        alice.user.id,
        panel.id,
        (item.id,),
        True,
    )
    spec = await Panel.spec(panel.id)
    assert spec
    wish = Claim(click.guild_id, click.member_id, click.interaction_id, spec, grants=(Grant(item.role_id, item.id),))
    payload = {"planned_add": [item.role_id], "planned_remove": [], "added": [], "removed": []}
    assert (await claim(house.database, wish, payload, click.to_json(), clock.now())).entry_id is not None
    house.accepted.append("never answered in time")
    house.sandbox.ledger.allow(code=10015)
    house.sandbox.ledger.allow(code=10062)
    house.sandbox.clock.advance(3)
    clock.shift(timedelta(seconds=4))
    await house.start()
    (row,) = await house.audit(KIND)
    assert (row.state, row.payload["failed"]) == (AuditState.REFUSED, [{"role_id": item.role_id, "problem": "expired"}])
    assert alice.role_names() == []
