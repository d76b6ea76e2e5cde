"""RuleService on PostgreSQL: what it writes and what it refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from cogs.panels.service import revisions
from cogs.panels.service.access import Editor
from cogs.panels.service.door import BotWouldOpen
from cogs.panels.service.inputs import PanelDraft, Terms
from cogs.panels.service.panels import PanelService
from cogs.panels.service.questions import Asked, NotYoursToOpen
from cogs.panels.service.rules import RuleService
from core.errors import UserError
from domain import clock
from domain.events import AuditWritten, PanelChanged
from domain.panels import Mode, PanelSpec, Requirement, Style
from domain.permissions import Permission
from domain.plan import Refusal
from domain.role_safety import Problem, RoleFacts
from models import AuditEntry, Panel
from tests.panels.builders import EDITOR, GUILD, OWNER, english, facts, role_id
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")

OWNING = Editor(OWNER, frozenset(), Permission.ADMINISTRATOR)
EDITING = Editor(EDITOR, frozenset({role_id(20)}), Permission.MANAGE_ROLES)
AROUND = facts(30, RoleFacts(role_id(15), "Strong", 15, Permission.BAN_MEMBERS))


@pytest.fixture
def bot() -> Recorder:
    return Recorder()


@pytest.fixture
def service(bot: Recorder) -> RuleService:
    return RuleService(bot.dispatch)


async def made(title: str = "Colours") -> PanelSpec:
    draft = PanelDraft(title=title, description=None, role_ids=(role_id(1), role_id(2)), style=Style.BUTTONS, mode=Mode.TOGGLE)
    spec, _ = await PanelService(Recorder().dispatch).create(OWNING, AROUND, draft)
    return spec


async def agreed(edit: Callable[[Editor], Awaitable[tuple[PanelSpec, object]]]) -> PanelSpec:
    """What becomes of an edit when its author says yes to what they are asked."""
    with pytest.raises(Asked) as question:
        await edit(OWNING)
    changed, _ = await edit(replace(OWNING, agreed=question.value.proof))
    return changed


async def newest() -> AuditEntry:
    return (await AuditEntry.all().order_by("-id").limit(1))[0]


async def test_a_rule_of_the_panel_is_written_with_its_record(service: RuleService, bot: Recorder) -> None:
    spec = await made()
    changed = await service.set_panel(EDITING, AROUND, spec.panel_id, spec.version, min_roles=1, max_roles=3)
    assert (changed.min_roles, changed.max_roles, changed.version) == (1, 3, 2)
    row = await newest()
    assert (row.kind, row.actor_id) == ("panel.edit", EDITOR)
    assert (row.payload["before"], row.payload["after"]) == (
        {"min_roles": None, "max_roles": None},
        {"min_roles": 1, "max_roles": 3},
    )
    assert bot.events == [PanelChanged(GUILD, spec.panel_id, 2), AuditWritten(GUILD)]


async def test_a_form_of_another_version_changes_nothing(service: RuleService) -> None:
    spec = await made()
    with pytest.raises(UserError):
        await service.set_panel(EDITING, AROUND, spec.panel_id, spec.version - 1, max_roles=3)
    with pytest.raises(UserError):
        await service.set_terms(EDITING, AROUND, spec.panel_id, spec.roles[0].item_id, spec.version - 1, Terms(60, None, False))
    assert await service.get(GUILD, spec.panel_id) == spec


async def test_a_group_is_spelled_as_on_the_other_panel(service: RuleService) -> None:
    first, second = await made("A"), await made("B")
    await service.link(EDITING, AROUND, first.panel_id, 1, "My Group")
    linked = await service.link(EDITING, AROUND, second.panel_id, 1, "my group")
    assert linked.link_group == "My Group"
    assert [panel.name for panel in await Panel.linked_with(linked)] == ["A"]
    alone = await service.link(EDITING, AROUND, second.panel_id, 2, None)
    assert (alone.link_group, await Panel.linked_with(alone)) == (None, ())


async def test_a_group_is_of_one_guild(service: RuleService) -> None:
    spec = await made()
    linked = await service.link(EDITING, AROUND, spec.panel_id, 1, "g")
    now = clock.now()
    await Panel.create(guild_id=GUILD + 500, name="Far", title="Far", link_group="g", created_at=now, updated_at=now)
    assert await Panel.linked_with(linked) == ()


async def test_terms_are_written_with_their_record(service: RuleService) -> None:
    spec = await made()
    item = spec.roles[1].item_id
    changed = await service.set_terms(EDITING, AROUND, spec.panel_id, item, 1, Terms(3_600, 50, True))
    role = changed.item(item)
    assert role is not None
    assert (role.duration, role.capacity, role.capacity_counts_all) == (3_600, 50, True)
    payload = (await newest()).payload
    assert payload["role_id"] == role_id(2)
    assert payload["after"] == {"duration_seconds": 3_600, "capacity": 50, "capacity_counts_all": True}


async def test_each_role_that_may_not_be_given_along_is_refused_and_those_there_stay(service: RuleService) -> None:
    spec = await made()
    item = spec.roles[0].item_id
    await service.set_bundle(OWNING, AROUND, spec.panel_id, item, (role_id(25),))
    wanted = (role_id(25), role_id(3), role_id(26), role_id(15), role_id(99), GUILD)
    changed, refused = await service.set_bundle(EDITING, AROUND, spec.panel_id, item, wanted)
    role = changed.item(item)
    assert role is not None
    assert role.bundle == (role_id(25), role_id(3))
    assert refused == (
        Refusal(role_id(26), Problem.ABOVE_EDITOR),
        Refusal(role_id(15), Problem.DANGEROUS),
        Refusal(role_id(99), Problem.DELETED),
        Refusal(GUILD, Problem.EVERYONE),
    )


async def test_a_powerful_role_comes_along_only_where_it_was_confirmed_on_the_panel(service: RuleService) -> None:
    spec = await made()
    item = spec.roles[0].item_id
    _, refused = await service.set_bundle(OWNING, AROUND, spec.panel_id, item, (role_id(15),))
    assert refused == (Refusal(role_id(15), Problem.DANGEROUS),)
    bits = Permission.BAN_MEMBERS.value
    await PanelService(Recorder().dispatch).confirm_role(OWNING, AROUND, spec.panel_id, role_id(15), bits)
    _, refused = await service.set_bundle(EDITING, AROUND, spec.panel_id, item, (role_id(15),))
    assert refused == (Refusal(role_id(15), Problem.DANGEROUS),), "who could not put it on the panel does not give it along either"
    with pytest.raises(Asked):
        await service.set_bundle(OWNING, AROUND, spec.panel_id, item, (role_id(15),))
    changed = await agreed(lambda by: service.set_bundle(by, AROUND, spec.panel_id, item, (role_id(15),)))
    role = changed.item(item)
    assert role is not None
    assert role.bundle == (role_id(15),)


@pytest.mark.parametrize("of_role", [False, True])
async def test_requirements_are_written(service: RuleService, of_role: bool) -> None:
    spec = await made()
    item = spec.roles[0].item_id if of_role else 0
    await service.set_requirement(EDITING, AROUND, spec.panel_id, item, required_role_ids=[role_id(5), role_id(6)])
    await service.set_requirement(EDITING, AROUND, spec.panel_id, item, required_all=True)
    changed = await service.set_requirement(EDITING, AROUND, spec.panel_id, item, blocked_role_ids=[role_id(7)])
    role = changed.item(item)
    rule = role.requirement if role else changed.requirement
    assert rule == Requirement((role_id(5), role_id(6)), True, (role_id(7),))


@pytest.mark.parametrize(
    ("of_role", "wanted", "sentence"),
    [
        (False, {"required_role_ids": [GUILD]}, "@everyone cannot be part of a rule"),
        (True, {"blocked_role_ids": [role_id(1)]}, f"A rule for <@&{role_id(1)}> cannot name"),
        (False, {"required_role_ids": [role_id(7)]}, f"<@&{role_id(7)}> cannot be needed and forbidden at the same time."),
    ],
)
async def test_rules_that_mean_nothing_are_refused(service: RuleService, of_role: bool, wanted: dict[str, Any], sentence: str) -> None:
    spec = await made()
    await service.set_requirement(EDITING, AROUND, spec.panel_id, 0, blocked_role_ids=[role_id(7)])
    with pytest.raises(UserError) as refused:
        await service.set_requirement(EDITING, AROUND, spec.panel_id, spec.roles[0].item_id if of_role else 0, **wanted)
    assert refused.value.text(english()).startswith(sentence)


async def test_a_role_is_not_given_along_with_itself(service: RuleService) -> None:
    spec = await made()
    with pytest.raises(UserError) as refused:
        await service.set_bundle(EDITING, AROUND, spec.panel_id, spec.roles[0].item_id, (role_id(1),))
    assert "cannot name" in refused.value.text(english())


@pytest.mark.parametrize("item", [99_999, -1])
async def test_a_role_that_is_gone_is_said_so(service: RuleService, item: int) -> None:
    spec = await made()
    with pytest.raises(UserError) as refused:
        await service.set_requirement(EDITING, AROUND, spec.panel_id, item, required_all=True)
    assert "no longer on the panel" in refused.value.text(english())


async def test_stale_roles_are_dropped_from_rules_and_nothing_else(service: RuleService) -> None:
    spec = await made()
    item = spec.roles[0].item_id
    before = facts(30, RoleFacts(role_id(18), "Soon gone", 18))
    await service.set_bundle(OWNING, before, spec.panel_id, item, (role_id(3), role_id(18)))
    await service.set_requirement(OWNING, before, spec.panel_id, item, required_role_ids=[role_id(18), role_id(4)])
    roles = {known: role for known, role in before.roles.items() if known != role_id(18)}
    after = replace(before, roles=roles)
    changed = await service.drop_stale(OWNING, after, spec.panel_id, item)
    role = changed.item(item)
    assert role is not None
    assert (role.bundle, role.requirement.required) == ((role_id(3),), (role_id(4),))


@pytest.mark.parametrize("of_role", [False, True])
async def test_forged_rules_over_the_limit_or_of_unknown_roles_are_not_written(service: RuleService, of_role: bool) -> None:
    spec = await made()
    item = spec.roles[0].item_id if of_role else 0
    forged: list[tuple[dict[str, Any], str]] = [
        ({"required_role_ids": list(map(role_id, range(3, 29)))}, "A rule can name at most 25 roles."),
        ({"blocked_role_ids": [role_id(99)]}, "no longer exists on this server"),
        ({"required_role_ids": [10**17 + number for number in range(20)]}, "no longer exists on this server"),
    ]
    for wanted, sentence in forged:
        with pytest.raises(UserError) as refused:
            await service.set_requirement(OWNING, AROUND, spec.panel_id, item, **wanted)
        assert sentence in refused.value.text(english())
    with pytest.raises(UserError, match="at most"):
        await service.set_bundle(OWNING, AROUND, spec.panel_id, spec.roles[0].item_id, tuple(map(role_id, range(2, 28))))
    assert await service.get(GUILD, spec.panel_id) == spec


async def test_no_edit_goes_over_a_limit_by_whatever_way(service: RuleService) -> None:
    spec = await made()
    for wanted in ({"max_roles": 501}, {"image_url": "http://example.org"}, {"blocked_role_ids": list(map(role_id, range(1, 28)))}):
        with pytest.raises(UserError, match="limit"):
            await service.set_panel(OWNING, AROUND, spec.panel_id, spec.version, **wanted)
    assert await service.get(GUILD, spec.panel_id) == spec


async def test_a_poisoned_history_can_be_read_and_its_panel_mended(service: RuleService) -> None:
    """Written before there was a limit: the panel, its history and its undo work, and it can be brought back into the limits."""
    spec = await made()
    too_many = list(map(role_id, range(3, 30)))
    await Panel.filter(id=spec.panel_id).update(required_role_ids=too_many)
    changed = await service.set_panel(OWNING, AROUND, spec.panel_id, spec.version, sticky=True)
    assert len(changed.requirement.required) == len(too_many)
    kept = await revisions.newest(spec.panel_id, 5)
    assert [len(one.panel.requirement.required) for one in kept] == [len(too_many), 0]
    mended = await service.set_requirement(OWNING, AROUND, spec.panel_id, 0, required_role_ids=too_many[:25])
    assert len(mended.requirement.required) == 25


async def test_the_bot_itself_opens_nothing(service: RuleService) -> None:
    """Its clean-up may take off what is gone, and never lets in more members."""
    spec = await made()
    await service.set_requirement(OWNING, AROUND, spec.panel_id, 0, required_role_ids=[role_id(5)])
    with pytest.raises(BotWouldOpen):
        async with service._edit(None, AROUND, spec.panel_id) as edit:
            edit.change(required_role_ids=[])
    assert (await service.get(GUILD, spec.panel_id)).requirement.required == (role_id(5),)
    async with service._edit(None, AROUND, spec.panel_id) as edit:
        edit.change(max_roles=1)
    assert (await service.get(GUILD, spec.panel_id)).max_roles == 1


async def test_edits_of_linked_panels_at_once_are_judged_one_after_the_other(service: RuleService) -> None:
    """Each alone leaves one limit in the group; both together would leave none, and open what neither editor may open."""
    ours, theirs = await made("A"), await made("B")
    guarded, _ = await PanelService(Recorder().dispatch).add_roles(OWNING, AROUND, (await made("C")).panel_id, (role_id(25),))
    for spec in (ours, theirs, guarded):
        now = await service.link(OWNING, AROUND, spec.panel_id, spec.version, "g")
        if spec is not guarded:
            await service.set_panel(OWNING, AROUND, spec.panel_id, now.version, max_roles=1)
    edits = (service.set_panel(EDITING, AROUND, spec.panel_id, max_roles=None) for spec in (ours, theirs))
    results = await asyncio.gather(*edits, return_exceptions=True)
    assert sorted(isinstance(result, NotYoursToOpen) for result in results) == [False, True]
