"""Nobody hands out, keeps or takes away more than they could themselves, by whatever way: told as stories, and sought by Hypothesis.

A story that failed once stands here as it was shrunk.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.e2e.house import House
from tests.safety.stage import Stage, Terms

MEMBERS_INTENT = 1 << 1
SAMPLE, WHOLE, STEPS = 4, 200, 6


@pytest.fixture
async def house(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A bot that hears who joins, and no limits but its own."""
    monkeypatch.setenv("MEMBERS_INTENT", "true")
    next(iter(empty_house.sandbox.world.applications.values())).privileged_intents = MEMBERS_INTENT
    empty_house.sandbox.ratelimits.enabled = False
    await empty_house.start()
    return empty_house


@asynccontextmanager
async def told(house: House, staff: Terms, play: Terms | None = None) -> AsyncIterator[Stage]:
    """A story from its beginning to its end."""
    stage = await Stage.open(house, staff, play)
    yield stage
    assert not await stage.close()


async def test_a_bundle_obeys_the_rule_of_each_role_in_it(house: House) -> None:
    async with told(house, Terms(("Moderator", "Red"), "general", needs=True)) as stage:
        await stage.bundle("carol", "Staff", "Red", "Moderator")
        await stage.click("alice", "Staff", "Red")


async def test_places_of_a_powerful_role_are_not_lifted_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general", places=1)) as stage:
        await stage.click("alice", "Staff", "Moderator")
        await stage.terms("bob", "Staff", "Moderator", None, None)
        await stage.click("dave", "Staff", "Moderator")


async def test_the_end_of_a_powerful_role_is_not_lifted_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general", hours=1)) as stage:
        await stage.terms("bob", "Staff", "Moderator", None, None)
        await stage.click("alice", "Staff", "Moderator")
        await stage.pass_time(2)


async def test_a_maximum_over_powerful_roles_is_not_lifted_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator", "Helper"), "general", most=1)) as stage:
        await stage.click("alice", "Staff", "Moderator")
        await stage.limit("bob", "Staff", None)
        await stage.click("alice", "Staff", "Helper")


async def test_a_powerful_role_is_not_made_to_come_back_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general")) as stage:
        await stage.click("alice", "Staff", "Moderator")
        await stage.switch("bob", "Staff", "Give back to who returns")
        await stage.leave_and_return("alice")


async def test_a_panel_for_staff_is_not_posted_to_everybody_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "staff")) as stage:
        await stage.post("bob", "Staff", "general")
        await stage.click("alice", "Staff", "Moderator")


async def test_a_deleted_message_is_not_put_back_from_below(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general")) as stage:
        await stage.delete_message("Staff")
        await stage.check("bob")
        await stage.click("alice", "Staff", "Moderator")


@pytest.mark.parametrize(("mode", "most"), [("toggle", 1), ("permanent", None), ("unique", None)])
async def test_who_passes_screening_gets_no_more_than_others(house: House, mode: str, most: int | None) -> None:
    async with told(house, Terms(("Red", "Green"), "general", mode, most, screening=True)) as stage:
        await stage.click("newton", "Staff", "Red")
        await stage.click("newton", "Staff", "Green")
        await stage.pass_screening()


async def test_who_passes_screening_gets_one_of_linked_panels(house: House) -> None:
    staff, play = (Terms((name,), "general", "unique", group="g", screening=True) for name in ("Red", "Green"))
    async with told(house, staff, play) as stage:
        await stage.click("newton", "Staff", "Red")
        await stage.click("newton", "Play", "Green")
        await stage.pass_screening()


async def test_a_link_takes_nothing_that_its_editor_could_not_take(house: House) -> None:
    async with told(house, Terms(("Moderator",), "staff", group="staff"), Terms(("Red",), "general")) as stage:
        await stage.link("bob", "Play", "STAFF")
        await stage.mode("bob", "Play", "unique")
        await stage.click("mona", "Play", "Red")


async def test_what_waits_in_line_is_judged_when_its_turn_comes(house: House) -> None:
    async with told(house, Terms(("Moderator",), "general")) as stage:
        await stage.hold()
        await stage.click("alice", "Staff", "Moderator")
        await stage.require("adam", "Staff", None, "Key")
        await stage.turns()


@pytest.mark.parametrize("way", ["lifts", "leaves", "deletes"])
async def test_the_maximum_of_ones_own_panel_holds_for_those_linked_with_it(house: House, way: str) -> None:
    staff, play = Terms(("Moderator", "Helper"), "general", group="g"), Terms(("Red",), "general", most=1, group="g")
    async with told(house, staff, play) as stage:
        await stage.click("alice", "Staff", "Moderator")
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "lifts": lambda: stage.limit("bob", "Play", None),
            "leaves": lambda: stage.link("bob", "Play", None),
            "deletes": lambda: stage.delete("bob", "Play"),
        }
        await ways[way]()
        await stage.click("alice", "Staff", "Helper")


EDITORS = ("bob", "sam", "carol", "adam")
GIVEN = ("Red", "Green", "Veteran", "Helper", "Moderator")
editors = st.sampled_from(EDITORS)
given_roles = st.sampled_from(GIVEN)
channels = st.sampled_from(("general", "staff"))
members_ = st.sampled_from(("alice", "dave", "mona", "newton"))
modes = st.sampled_from(("toggle", "unique", "permanent", "add_only", "remove_only"))
groups = st.sampled_from((None, "g"))
ones = st.sampled_from((None, 1))
which = st.integers(0, 3)
ways = st.sampled_from(("at once", "fix", "again"))
staffs = st.builds(
    Terms,
    roles=st.sampled_from((("Moderator",), ("Moderator", "Red"), ("Moderator", "Helper"), ("Veteran", "Moderator"))),
    channel=channels,
    mode=st.sampled_from(("toggle", "unique")),
    most=ones,
    places=ones,
    hours=ones,
    needs=st.booleans(),
    group=groups,
    sticky=st.booleans(),
    screening=st.booleans(),
)
plays = st.builds(
    Terms, roles=st.just(("Red", "Green")), channel=st.just("general"), mode=st.sampled_from(("toggle", "unique")), most=ones, group=groups,
    screening=st.booleans(),
)  # fmt: skip


class Deeds(RuleBasedStateMachine):
    """What people do in any order. Hypothesis runs in a thread of its own; the bot and everybody else live in the test's loop."""

    house: House
    loop: asyncio.AbstractEventLoop
    stage: Stage | None = None

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run something where the bot lives."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    @property
    def on(self) -> Stage:
        """The stage of this story."""
        assert self.stage
        return self.stage

    def panel(self, number: int) -> str:
        """One of the panels there are."""
        names = self.on.panels()
        return names[number % len(names)] if names else "Staff"

    @initialize(staff=staffs, play=plays)
    def begin(self, staff: Terms, play: Terms) -> None:
        self.stage = self.do(Stage.open(self.house, staff, play))

    def teardown(self) -> None:
        if self.stage:
            try:
                self.do(self.stage.everybody_tries_everything())
            finally:
                problems = self.do(self.stage.close())
            assert not problems

    @rule(who=editors, roles=st.lists(given_roles, min_size=1, max_size=2, unique=True), mode=modes)
    def create(self, who: str, roles: list[str], mode: str) -> None:
        self.do(self.on.create(who, "New", *roles, mode=mode))

    @rule(who=editors, panel=which, role=given_roles)
    def add(self, who: str, panel: int, role: str) -> None:
        self.do(self.on.add(who, self.panel(panel), role))

    @rule(who=editors, panel=which, role=given_roles)
    def take_off(self, who: str, panel: int, role: str) -> None:
        self.do(self.on.take_off(who, self.panel(panel), role))

    @rule(who=editors, panel=which, role=given_roles, along=st.lists(given_roles, max_size=2, unique=True))
    def give_along(self, who: str, panel: int, role: str, along: list[str]) -> None:
        self.do(self.on.bundle(who, self.panel(panel), role, *along))

    @rule(who=editors, panel=which, role=st.none() | given_roles, needed=st.sampled_from(((), ("Key",), ("Red",))), forbidden=st.booleans())
    def require(self, who: str, panel: int, role: str | None, needed: tuple[str, ...], forbidden: bool) -> None:
        self.do(self.on.require(who, self.panel(panel), role, *needed, forbidden=forbidden))

    @rule(who=editors, panel=which, mode=modes)
    def mode(self, who: str, panel: int, mode: str) -> None:
        self.do(self.on.mode(who, self.panel(panel), mode))

    @rule(who=editors, panel=which, what=st.sampled_from(("Give back to who returns", "Wait for screening")))
    def switch(self, who: str, panel: int, what: str) -> None:
        self.do(self.on.switch(who, self.panel(panel), what))

    @rule(who=editors, panel=which, most=st.sampled_from((None, 1, 2)), way=ways)
    def limit(self, who: str, panel: int, most: int | None, way: str) -> None:
        self.do(self.on.limit(who, self.panel(panel), most, way=way))

    @rule(who=editors, panel=which, group=groups, way=st.sampled_from(("at once", "again")))
    def link(self, who: str, panel: int, group: str | None, way: str) -> None:
        self.do(self.on.link(who, self.panel(panel), group, way=way))

    @rule(who=editors, panel=which, role=given_roles, places=ones, hours=ones, way=ways)
    def terms(self, who: str, panel: int, role: str, places: int | None, hours: int | None, way: str) -> None:
        self.do(self.on.terms(who, self.panel(panel), role, places, hours, way=way))

    @rule(who=editors, panel=which, how=st.sampled_from(("undo", "restore", "clone", "delete")))
    def back_or_away(self, who: str, panel: int, how: str) -> None:
        self.do(getattr(self.on, how)(who, self.panel(panel)))

    @rule(
        who=editors,
        roles=st.lists(given_roles, min_size=1, max_size=2, unique=True),
        mode=modes,
        group=groups,
        along=st.none() | given_roles,
    )
    def bring(self, who: str, roles: list[str], mode: str, group: str | None, along: str | None) -> None:
        self.do(self.on.bring(who, "Brought", *roles, mode=mode, group=group, along=along))

    @rule(who=editors)
    def template(self, who: str) -> None:
        self.do(self.on.template(who, "colours"))

    @rule(who=editors, panel=which, channel=channels)
    def post(self, who: str, panel: int, channel: str) -> None:
        self.do(self.on.post(who, self.panel(panel), channel))

    @rule(who=editors, panel=which, channel=channels)
    def move(self, who: str, panel: int, channel: str) -> None:
        self.do(self.on.move(who, self.panel(panel), channel, "general" if channel == "staff" else "staff"))

    @rule(who=editors, panel=which, channel=channels, how=st.sampled_from(("repost", "take_down")))
    def repost_or_take_down(self, who: str, panel: int, channel: str, how: str) -> None:
        self.do(getattr(self.on, how)(who, self.panel(panel), channel))

    @rule(who=editors)
    def check(self, who: str) -> None:
        self.do(self.on.check(who))

    @rule(who=members_, panel=which, role=given_roles)
    def click(self, who: str, panel: int, role: str) -> None:
        self.do(self.on.click(who, self.panel(panel), role))

    @rule(who=st.sampled_from(("alice", "dave", "mona")))
    def leave_and_return(self, who: str) -> None:
        self.do(self.on.leave_and_return(who))

    @rule()
    def pass_screening(self) -> None:
        self.do(self.on.pass_screening())

    @rule()
    def hold(self) -> None:
        self.do(self.on.hold())

    @rule()
    def turns(self) -> None:
        self.do(self.on.turns())

    @rule(who=members_, role=st.sampled_from(("Key", *GIVEN)), gives=st.booleans())
    def moderate(self, who: str, role: str, gives: bool) -> None:
        self.do((self.on.give if gives else self.on.take)(who, role))

    @rule(who=st.sampled_from(("bob", "sam")), role=st.sampled_from(("Junior", "Senior", "Council")), gives=st.booleans())
    def promote(self, who: str, role: str, gives: bool) -> None:
        self.do((self.on.give if gives else self.on.take)(who, role))

    @rule(on=st.booleans())
    def empower(self, on: bool) -> None:
        self.do(self.on.empower("Red", on=on))

    @rule(panel=which)
    def delete_message(self, panel: int) -> None:
        self.do(self.on.delete_message(self.panel(panel)))

    @rule(hours=st.sampled_from((2, 30)))
    def pass_time(self, hours: int) -> None:
        self.do(self.on.pass_time(hours))


@pytest.mark.timeout(3600)
async def test_whatever_people_do(house: House, whole: bool) -> None:
    deeds = type("Deeds", (Deeds,), {"house": house, "loop": asyncio.get_running_loop()})
    effort = settings(
        max_examples=WHOLE if whole else SAMPLE,
        stateful_step_count=STEPS,
        derandomize=not whole,  # the sample is the same each time; the whole seeks further
        report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if whole else [])],
    )
    await asyncio.to_thread(run_state_machine_as_test, deeds, settings=effort)
