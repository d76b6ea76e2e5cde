"""What one server may make grow: the next one is refused with a sentence, and what is there already stays and works."""

import pytest

from cogs.panels.posting.message_rows import MessageRows
from cogs.panels.service.access import Editor
from cogs.panels.service.draft_store import MINE, MINE_MAX, keep
from cogs.panels.service.pages import MESSAGES_MAX
from cogs.panels.service.panels import PanelService
from cogs.panels.service.rules import RuleService
from core.errors import UserError
from domain import clock
from domain.panels import GROUP_PANELS_MAX, GROUP_ROLES_MAX, Mode
from domain.permissions import Permission
from models import Draft, Panel, PanelMessage, PanelRole
from tests.panels.builders import GUILD, OWNER, facts, role_id
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")

OWNING = Editor(OWNER, frozenset(), Permission.ADMINISTRATOR)


@pytest.fixture
def service() -> PanelService:
    return PanelService(Recorder().dispatch)


@pytest.fixture
def rules() -> RuleService:
    return RuleService(Recorder().dispatch)


async def panel(name: str, group: str | None = None, roles: int = 0) -> Panel:
    now = clock.now()
    made = await Panel.create(guild_id=GUILD, name=name, title=name, link_group=group, created_at=now, updated_at=now)
    await PanelRole.bulk_create(PanelRole(panel_id=made.id, role_id=10**17 + n, label="x", position=n) for n in range(roles))
    return made


async def test_a_group_takes_so_many_panels(rules: RuleService) -> None:
    for number in range(GROUP_PANELS_MAX - 1):
        await panel(f"p{number}", "g")
    last, one_more = await panel("last"), await panel("one more")
    await rules.link(OWNING, facts(), last.id, 1, "G")
    with pytest.raises(UserError, match="Linked panels can be at most"):
        await rules.link(OWNING, facts(), one_more.id, 1, "g")
    assert (await Panel.get(id=one_more.id)).link_group is None


async def test_a_group_takes_so_many_roles(rules: RuleService, service: PanelService) -> None:
    first, second = await panel("first", "g", GROUP_ROLES_MAX - 2), await panel("second", "g", 1)
    await service.add_roles(OWNING, facts(), second.id, (role_id(1),))
    with pytest.raises(UserError, match="Linked panels can be at most"):
        await service.add_roles(OWNING, facts(), second.id, (role_id(2),))
    alone = await panel("alone", None, 1)
    with pytest.raises(UserError, match="Linked panels can be at most"):
        await rules.link(OWNING, facts(), alone.id, 1, "g")
    assert await PanelRole.filter(panel_id__in=[first.id, second.id]).count() == GROUP_ROLES_MAX


async def test_a_group_from_before_the_quota_can_be_edited_and_made_smaller(rules: RuleService, service: PanelService) -> None:
    panels = [await panel(f"p{number}", "g", 30) for number in range(GROUP_PANELS_MAX + 2)]
    await service.set(OWNING, facts(), panels[0].id, mode=Mode.ADD_ONLY)
    item = await PanelRole.filter(panel_id=panels[0].id).first()
    assert item
    await service.remove_roles(OWNING, facts(), panels[0].id, (item.id,))
    with pytest.raises(UserError, match="Linked panels can be at most"):
        await service.add_roles(OWNING, facts(), panels[0].id, (role_id(1), role_id(2)))
    await rules.link(OWNING, facts(), panels[0].id, 3, None)


async def test_a_server_has_room_for_so_many_messages(service: PanelService) -> None:
    full, other = await panel("full", None, 1), await panel("other", None, 25)
    await PanelMessage.bulk_create(
        PanelMessage(panel_id=full.id, channel_id=number, message_id=number, rendered_version=1) for number in range(1, MESSAGES_MAX)
    )
    rows = MessageRows(Recorder().dispatch)
    await rows.begin_post(OWNING, facts(), (await service.get(GUILD, other.id)), 7, 1)
    with pytest.raises(UserError, match="at most"):
        await rows.begin_post(OWNING, facts(), (await service.get(GUILD, other.id)), 8, 2)
    # Where it stands already it only takes the place of what is there; but it may not grow by a message.
    await rows.begin_post(OWNING, facts(), (await service.get(GUILD, full.id)), 1, 3)
    with pytest.raises(UserError, match="at most"):
        await service.add_roles(OWNING, facts(), other.id, (role_id(1),))
    await service.set(OWNING, facts(), other.id, mode=Mode.ADD_ONLY)


async def test_a_person_keeps_so_many_drafts() -> None:
    long = {"text": "長" * (MINE_MAX // 9)}
    kept = [(await keep(number % 2, 1, "x", long)).id for number in range(5)]
    somebody = await keep(0, 2, "x", long)
    assert await Draft.all().order_by("id").values_list("id", flat=True) == [*kept[-2:], somebody.id]
    for _ in range(MINE + 5):
        await keep(1, 1, "x", {})
    assert await Draft.filter(user_id=1).count() == MINE
    with pytest.raises(UserError, match="too much"):
        await keep(1, 1, "x", {"text": "長" * (MINE_MAX // 3)})
    assert await Draft.filter(user_id=1).count() == MINE
