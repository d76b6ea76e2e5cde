"""Many members of two linked panels with any rules: whatever is clicked in whatever order, what is written adds up."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.grants import grants
from domain.limits import Limits, limits_of
from domain.panels import PanelSpec
from domain.plan import Pick, Surroundings, plan
from tests.domain.facts import ABOVE, DANGEROUS, GONE, MANAGED, ORDINARY, guild
from tests.domain.test_rules import PICKS, panels

FACTS = guild()
MEMBERS = st.integers(1, 4)
UNTOUCHABLE = {ABOVE, MANAGED}


@dataclass
class Member:
    """What a member holds, and where each role came from last."""

    held: frozenset[int] = frozenset()
    from_outside: set[int] = field(default_factory=set)


class Members(RuleBasedStateMachine):
    """Plans are carried out whole or not at all, as one request to Discord is."""

    @initialize(first=panels(7), second=panels(8))
    def post(self, first: PanelSpec, second: PanelSpec) -> None:
        """Two panels of one link group."""
        self.panels = (first, second)
        self.members = {number: Member() for number in range(1, 5)}
        self.places: dict[tuple[int, int], int] = {}  # (member, role) → item
        self.choices = {role.role_id for each in self.panels for role in each.roles}
        self.reach = {role_id for each in self.panels for role in each.roles for role_id in role.role_ids}

    @rule(number=MEMBERS, there=st.booleans(), pick=PICKS, fails=st.booleans())
    def click(self, number: int, there: bool, pick: Pick, fails: bool) -> None:
        """Plan with what is full, reserve, carry out, settle."""
        here, other = self.panels[::-1] if there else self.panels
        member = self.members[number]
        full = frozenset(role.item_id for role in here.roles if role.capacity and self._taken(role.item_id, number) >= role.capacity)
        decided = plan(here, member.held, pick, FACTS, Surroundings((other,), full))
        reserved = [grant for grant in grants(here, decided) if grant.item_id]
        for grant in reserved:
            assert grant.capacity is None or self._taken(grant.item_id or 0, number) < grant.capacity
        before = member.held
        if not fails:
            member.held = (before | set(decided.add)) - set(decided.remove)
            member.from_outside -= {*decided.add, *decided.remove}
            self.places |= {(number, grant.role_id): grant.item_id for grant in reserved if grant.item_id}
            for role_id in decided.remove:
                self.places.pop((number, role_id), None)
        assert before - self.reach == member.held - self.reach, "roles outside the panels are never touched"
        assert before & UNTOUCHABLE == member.held & UNTOUCHABLE, "nor those that the bot cannot reach"
        if decided.add and not fails:
            brought = {role_id for role in here.roles if role.item_id in decided.given for role_id in role.role_ids}
            self._keeps(limits_of(here, (other,)), member, brought)

    @rule(number=MEMBERS, role_id=st.sampled_from([*ORDINARY, ABOVE, MANAGED, DANGEROUS]), gives=st.booleans())
    def somebody_else(self, number: int, role_id: int, gives: bool) -> None:
        """Another bot or a moderator changes a member; a holder who lost the role is found and gives up the place."""
        member = self.members[number]
        member.held = member.held | {role_id} if gives else member.held - {role_id}
        (member.from_outside.add if gives else member.from_outside.discard)(role_id)
        if not gives:
            self.places.pop((number, role_id), None)

    @invariant()
    def no_place_beyond_the_last(self) -> None:
        for role in (role for each in self.panels for role in each.roles if role.capacity):
            assert self._taken(role.item_id) <= (role.capacity or 0)

    @invariant()
    def every_place_is_held(self) -> None:
        assert all(role_id in self.members[number].held for number, role_id in self.places)

    @invariant()
    def nobody_has_what_nobody_may_give(self) -> None:
        for member in self.members.values():
            assert not (member.held - member.from_outside) & {ABOVE, MANAGED, DANGEROUS, GONE}

    @invariant()
    def without_outsiders_the_rule_of_the_group_holds(self) -> None:
        first, second = self.panels
        limits = limits_of(first, (second,))
        for member in self.members.values():
            mine = member.held & self.choices
            if not limits.unique and limits.maximum is not None and not member.from_outside & self.choices:
                assert len(mine) <= limits.maximum

    def _keeps(self, limits: Limits, member: Member, brought: set[int]) -> None:
        mine = member.held & self.choices
        if limits.unique:
            assert mine <= brought, "nobody has two choices"
        elif limits.maximum is not None:
            assert len(mine) <= limits.maximum

    def _taken(self, item_id: int, but: int = 0) -> int:
        return sum(item == item_id and number != but for (number, _), item in self.places.items())


TestMembers = Members.TestCase
TestMembers.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
