"""Many members, clicks in any order and at once, another bot, trouble at Discord: compared with a simple model after every step."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.database import Database
from core.settings import DatabaseSettings
from domain import clock
from domain.panels import Mode
from models import AuditEntry, Panel, PanelRole, RoleGrant
from sandbox import members
from sandbox.driver.results import Result
from sandbox.faults import Fault
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox
from tests.e2e.house import House, posted_panel

PEOPLE = ("alice", "bob", "carol", "dave", "nils")
PLACES = {"Red": 1, "Green": 2, "Blue": 9}
OUTSIDE = ("Chess", "Music")
WHO, ROLE = st.sampled_from(PEOPLE), st.sampled_from(sorted(PLACES))
CHANGES = ("PUT", "DELETE", "PATCH")
TROUBLE: dict[str, dict[str, Any]] = {
    "refused": {"kind": "status", "status": 400},
    "hiccup": {"kind": "status", "status": 502, "count": 1},
    "limited": {"kind": "status", "status": 429, "retry_after": 0.05, "count": 1},
    "cut after": {"kind": "drop_after", "count": 1},
}


@dataclass
class Model:
    """What a unique panel with places should come to: who holds what, and who has which place."""

    held: dict[str, set[str]]
    places: dict[str, set[str]] = field(default_factory=lambda: {role: set() for role in PLACES})

    def click(self, who: str, role: str, refused: bool) -> tuple[set[str], set[str]]:
        """What is added and removed by a click."""
        mine = self.held[who] & PLACES.keys()
        if role in mine:
            added, removed = set[str](), {role}
        else:
            others = self.places[role] - {who}
            if len(others) >= PLACES[role]:
                self.places[role] = {other for other in self.places[role] if role in self.held[other]}
                others = self.places[role] - {who}
            if len(others) >= PLACES[role]:
                return set(), set()
            added, removed = {role}, mine
        if refused:
            for lost in added:
                self.places[lost].discard(who)
            return set(), set()
        self.held[who] = (self.held[who] | added) - removed
        for gone in removed:
            self.places[gone].discard(who)
        for got in added:
            self.places[got].add(who)
        return added, removed


class Clicks(RuleBasedStateMachine):
    """One house for all examples; each has a panel and members of its own choice."""

    house: House
    run: asyncio.Runner

    @initialize(blue=st.sets(WHO))
    def begin(self, blue: set[str]) -> None:
        """Nobody has a role of the panel but those in `blue`, who have one from elsewhere."""
        self.run.run(self._begin(blue))

    @rule(who=WHO, role=ROLE, trouble=st.none() | st.sampled_from(sorted(TROUBLE)))
    def click(self, who: str, role: str, trouble: str | None) -> None:
        """One click, told and done exactly as the model says."""
        assert self.run.run(self._click(who, role, trouble)) == self.model.click(who, role, trouble == "refused")

    @rule(clicks=st.lists(st.tuples(WHO, ROLE), min_size=2, max_size=8))
    def clicks_at_once(self, clicks: list[tuple[str, str]]) -> None:
        """Their order is Discord's and the bot's affair; what must hold is in the invariants."""
        self.run.run(self._clicks_at_once(clicks))

    @rule(who=WHO, role=ROLE | st.sampled_from(OUTSIDE), gives=st.booleans())
    def another_bot(self, who: str, role: str, gives: bool) -> None:
        """Somebody else gives or takes a role; some minutes later the next click comes."""
        self.model.held[who] = self.model.held[who] | {role} if gives else self.model.held[who] - {role}
        self._give(who, self.model.held[who])
        clock.shift(timedelta(minutes=2))

    @invariant()
    def discord_has_what_the_model_says(self) -> None:
        assert {who: set(self.house.actor(who).role_names()) for who in PEOPLE} == self.model.held

    @invariant()
    def the_record_is_what_discord_saw(self) -> None:
        assert self.run.run(self.house.judge(ended=False)) == []

    @invariant()
    def no_place_is_given_twice(self) -> None:
        assert self.run.run(self._places()) == self.model.places
        assert all(len(self.model.places[role]) <= count for role, count in PLACES.items())

    async def _begin(self, blue: set[str]) -> None:
        await Panel.all().delete()
        await RoleGrant.all().delete()
        await AuditEntry.all().delete()
        self.house.sandbox.ledger.clear()
        self.model = Model({who: {"Blue"} if who in blue else set() for who in PEOPLE})
        for who in PEOPLE:
            self._give(who, self.model.held[who])
        self.panel = await posted_panel(self.house, *PLACES, mode=Mode.UNIQUE)
        for role, count in PLACES.items():
            await PanelRole.filter(panel=self.panel, label=role).update(capacity=count)
        clock.shift(timedelta(minutes=2))

    async def _click(self, who: str, role: str, trouble: str | None) -> tuple[set[str], set[str]]:
        clock.shift(timedelta(seconds=15))  # nobody clicks faster than a member may
        faults = [Fault(method=method, route="/guilds/*/members/*", **TROUBLE[trouble]) for method in CHANGES if trouble]
        for fault in faults:
            self.house.sandbox.faults.add(fault)
        result = await self._message(who).click(role)
        told = self._told(await self._answer(result))
        for fault in faults:
            self.house.sandbox.faults.remove(fault)
        rows = [row for row in await self.house.audit("roles.click") if row.interaction_id == result.interaction.id]
        recorded = [(self._names(row.payload["added"]), self._names(row.payload["removed"])) for row in rows]
        # A refusal that was there before is counted, and has no record of its own.
        assert [told] == (recorded or [(set(), set())]), "the answer is the record"
        return told

    async def _clicks_at_once(self, clicks: list[tuple[str, str]]) -> None:
        clock.shift(timedelta(seconds=15))
        results = [await self._message(who).click(role) for who, role in clicks]
        told = {result.interaction.id: self._told(await self._answer(result)) for result in results}
        for row in await self.house.audit("roles.click"):
            if row.interaction_id in told:
                assert told[row.interaction_id] == (self._names(row.payload["added"]), self._names(row.payload["removed"]))
        for who in {who for who, _ in clicks}:
            before, after = self.model.held[who], set(self.house.actor(who).role_names())
            assert before - PLACES.keys() == after - PLACES.keys(), "roles outside the panel are never touched"
            assert len(after & PLACES.keys()) <= max(1, len(before & PLACES.keys())), "nobody gets a second one"
            self.model.held[who] = after
        self.model.places = await self._places()

    async def _answer(self, result: Result) -> str:
        """The last word on a click: who has to stand in line is told so first."""
        answer = await result.message()
        await self.house.sandbox.driver.until(lambda: "You now hold" in answer.text)
        return answer.text

    def _message(self, who: str) -> Any:
        return next(message for message in reversed(self.house.actor(who).in_("roles").sees()) if not message.ephemeral)

    def _give(self, who: str, names: set[str]) -> None:
        sandbox = self.house.sandbox
        ids = [sandbox.role(name).id for name in sorted(names)]
        members.set_roles(sandbox.world, sandbox.guild, self.house.actor(who).member, ids, sandbox.guild.owner_id)

    def _names(self, role_ids: list[int]) -> set[str]:
        return {self.house.sandbox.guild.roles[role_id].name for role_id in role_ids}

    def _told(self, text: str) -> tuple[set[str], set[str]]:
        lines = {name: re.search(rf"^{name}: (.*)\.$", text, re.MULTILINE) for name in ("Added", "Removed")}
        ids = [[int(role_id) for role_id in re.findall(r"<@&(\d+)>", found[1])] if found else [] for found in lines.values()]
        return self._names(ids[0]), self._names(ids[1])

    async def _places(self) -> dict[str, set[str]]:
        names = {self.house.actor(who).user.id: who for who in PEOPLE}
        found: dict[str, set[str]] = {role: set() for role in PLACES}
        for grant in await RoleGrant.filter(panel_id=self.panel.id):
            assert grant.confirmed, "no reservation is left over"
            found[self.house.sandbox.guild.roles[grant.role_id].name].add(names[grant.user_id])
        return found


async def _open(monkeypatch: pytest.MonkeyPatch, database_url: str) -> House:
    monkeypatch.setenv("DATABASE_URL", database_url)
    database = Database(DatabaseSettings())
    await database.open()
    sandbox = Sandbox(seed())
    sandbox.ratelimits.enabled = False
    await sandbox.start()
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("DISCORD_API_URL", sandbox.api_url)
    monkeypatch.setenv("HEALTH_PORT", "0")
    house = House(sandbox, database)
    await house.start()
    return house


async def _close(house: House) -> None:
    await house.stop()
    await house.sandbox.stop()
    await house.database.close()


def test_clicks_in_any_order(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few examples, because each is a whole bot at work."""
    few = settings(
        max_examples=8,
        stateful_step_count=15,
        deadline=None,
        phases=[Phase.generate],  # to shrink would take minutes
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    with asyncio.Runner() as runner:
        house = runner.run(_open(monkeypatch, database_url))
        try:
            run_state_machine_as_test(type("ClicksHere", (Clicks,), {"house": house, "run": runner}), settings=few)
        finally:
            runner.run(_close(house))
            clock.reset()
