"""The rows of posted messages on PostgreSQL: every step from what is begun to what is recorded."""

import asyncio
from dataclasses import replace

import pytest

from cogs.panels.posting.message_rows import DELETE, POST, TAKE_DOWN, MessageRows, Post
from cogs.panels.service.panels import PanelService
from core.answer import AnsweredElsewhere
from core.errors import UserError
from domain.events import AuditWritten, PanelChanged
from domain.panels import PanelSpec, Style
from models import AuditEntry, AuditState, MessageState, Panel, PanelMessage, PanelRole
from tests.panels.builders import GUILD
from tests.panels.test_service import OWNING, WITH_MODERATOR, draft
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bot() -> Recorder:
    return Recorder()


@pytest.fixture
def service(bot: Recorder) -> PanelService:
    return PanelService(bot.dispatch)


@pytest.fixture
def rows(bot: Recorder) -> MessageRows:
    return MessageRows(bot.dispatch)


async def made(service: PanelService, *numbers: int) -> PanelSpec:
    spec, _ = await service.create(OWNING, WITH_MODERATOR, draft(*numbers or (1,)))
    return spec


async def posted(rows: MessageRows, spec: PanelSpec, channel_id: int, message_id: int) -> list[PanelMessage]:
    """Post a panel of one message, whose id serves as the interaction's too."""
    return await rows.posted(await rows.begin_post(OWNING, WITH_MODERATOR, spec, channel_id, message_id), [message_id])


async def record() -> AuditEntry:
    """The newest audit row."""
    return (await AuditEntry.all().order_by("-id").limit(1))[0]


async def states() -> list[tuple[int | None, MessageState]]:
    return [(row.message_id, row.state) for row in await PanelMessage.all().order_by("id")]


async def test_a_post_is_written_down_before_it_is_sent(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    post = await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    assert await states() == [(None, MessageState.POSTING)]
    row = await record()
    assert (row.kind, row.state, row.interaction_id, row.payload["channel_id"]) == (POST, AuditState.SENT, 900, 7)
    assert await PanelMessage.behind([GUILD]) == []
    assert await rows.posted(post, [8]) == []
    assert await states() == [(8, MessageState.LIVE)]
    row = await record()
    assert (row.kind, row.state, row.payload["message_id"]) == (POST, AuditState.DONE, 8)


async def test_one_interaction_posts_once(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    with pytest.raises(AnsweredElsewhere):
        await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    assert await PanelMessage.all().count() == 1


async def test_a_post_takes_the_place_of_what_stood_in_the_channel(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    for channel_id, message_id, missing in ((7, 5, True), (7, 6, False), (9, 4, False)):
        await PanelMessage.create(panel_id=spec.panel_id, channel_id=channel_id, message_id=message_id, rendered_version=1, missing=missing)
    replaced = await posted(rows, spec, 7, 8)
    assert [message.message_id for message in replaced] == [6]
    assert await states() == [(6, MessageState.DELETING), (4, MessageState.LIVE), (8, MessageState.LIVE)]
    await rows.deleted(GUILD, replaced)
    assert await states() == [(4, MessageState.LIVE), (8, MessageState.LIVE)]


async def test_of_two_posts_at_once_one_takes_the_place_of_the_other(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    replaced = await asyncio.gather(*(posted(rows, spec, 7, message_id) for message_id in (8, 9, 10, 11)))
    left = {message.message_id for message in await PanelMessage.filter(state=MessageState.LIVE)}
    assert len(left) == 1
    assert {message.message_id for messages in replaced for message in messages} == {8, 9, 10, 11} - left


async def test_a_post_that_came_to_nothing_leaves_what_was_sent_to_be_deleted(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    post = await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    sent = await rows.give_up_post(post, [8])
    assert await states() == [(8, MessageState.DELETING)]
    assert not await AuditEntry.filter(kind=POST).exists()
    await rows.deleted(GUILD, sent)
    assert await states() == []


async def test_a_post_of_which_less_was_sent_than_planned_stands_with_what_there_is(service: PanelService, rows: MessageRows) -> None:
    post = await rows.begin_post(OWNING, WITH_MODERATOR, await made(service), 7, 900)
    more = await PanelMessage.create(panel_id=post.panel.panel_id, channel_id=7, rendered_version=1, state=MessageState.POSTING)
    await rows.posted(replace(post, rows=(*post.rows, more)), [8])
    assert await states() == [(8, MessageState.LIVE)]


@pytest.mark.parametrize("deleted", [False, True], ids=["of a post", "of a deletion"])
async def test_messages_that_are_found_and_stand_for_nothing_are_to_be_deleted(
    service: PanelService, rows: MessageRows, deleted: bool
) -> None:
    """As when the panel went while it was being posted. A message that is not found was never sent."""
    spec = await made(service)
    post = await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    unsent = {"panel_id": spec.panel_id, "channel_id": 7, "rendered_version": 1, "state": MessageState.POSTING}
    await PanelMessage.create(**unsent, entry_id=post.entry_id)
    if deleted:
        await rows.begin_deletion(OWNING, WITH_MODERATOR, spec)
    there = await rows.found(await PanelMessage.all().order_by("id"), [8])
    assert [row.message_id for row in there] == [8]
    assert await states() == [(8, MessageState.DELETING)]
    await rows.deleted(GUILD, there)
    assert await states() == []
    assert [row.state for row in await AuditEntry.filter(kind__in=(POST, DELETE))] == [AuditState.DONE] * deleted


async def test_messages_are_behind_until_they_show_the_version(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    await posted(rows, spec, 7, 8)
    assert await PanelMessage.behind([GUILD]) == []
    await service.set(OWNING, WITH_MODERATOR, spec.panel_id, style=Style.DROPDOWN)
    message = await PanelMessage.get()
    assert await PanelMessage.behind([GUILD]) == [(message.id, GUILD, 1)]
    await PanelMessage.filter(id=message.id).update(missing=True)
    assert await PanelMessage.behind([GUILD]) == []


async def test_a_panel_is_taken_out_when_discord_said_so(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    await posted(rows, spec, 7, 8)
    there = await rows.begin_take_down(OWNING, WITH_MODERATOR, spec, 7)
    row = await record()
    assert (row.kind, row.state, row.payload["taken_from"]) == (TAKE_DOWN, AuditState.SENT, 7)
    await rows.deleted(GUILD, there)
    assert await states() == []
    await row.refresh_from_db()
    assert row.state is AuditState.DONE


async def test_what_cannot_be_taken_out_stands_as_before(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    await posted(rows, spec, 7, 8)
    there = await rows.begin_take_down(OWNING, WITH_MODERATOR, spec, 7)
    await rows.deleted(GUILD, [], there)
    assert await states() == [(8, MessageState.LIVE)]
    assert not await AuditEntry.filter(kind=TAKE_DOWN).exists()


async def test_messages_outlive_their_panel_until_they_are_gone(service: PanelService, rows: MessageRows, bot: Recorder) -> None:
    spec = await made(service)
    await posted(rows, spec, 7, 8)
    await posted(rows, spec, 9, 10)
    await rows.begin_post(OWNING, WITH_MODERATOR, spec, 11, 900)
    bot.events.clear()
    there = await rows.begin_deletion(OWNING, WITH_MODERATOR, spec)
    assert bot.events == [PanelChanged(GUILD, spec.panel_id, None), AuditWritten(GUILD)]
    assert not await Panel.exists()
    assert not await PanelRole.exists()
    assert [message_id for message_id, _ in await states()] == [8, 10, None]
    assert [row.state for row in await AuditEntry.filter(kind__in=(POST, DELETE)).order_by("id")] == [
        *[AuditState.DONE] * 2,
        AuditState.SENT,
    ]
    await rows.deleted(GUILD, there[:1], there[1:2])
    await rows.not_sent(there[2:])
    assert await states() == []
    row = await record()
    assert (row.kind, row.state, row.payload["panel_name"]) == (DELETE, AuditState.DONE, "Colours")
    assert row.payload["messages_left"] == [{"channel_id": 9, "message_id": 10}]
    with pytest.raises(UserError, match="deleted"):
        await rows.begin_deletion(OWNING, WITH_MODERATOR, spec)


async def test_a_post_of_a_panel_that_is_gone_is_told_so(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    post = await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    await rows.begin_deletion(OWNING, WITH_MODERATOR, spec)
    for attempt in (lambda: rows.posted(post, [8]), lambda: rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 901)):
        with pytest.raises(UserError, match="deleted"):
            await attempt()


async def test_only_one_adds_the_next_page(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    await posted(rows, spec, 7, 8)
    message = await PanelMessage.get()
    assert await rows.begin_page(message.id, 900) is None  # it has all it needs
    panel = await Panel.get(id=spec.panel_id)
    await PanelRole.bulk_create([PanelRole(panel=panel, role_id=10_000 + n, label=str(n), position=n) for n in range(30)])
    begun = [page for page in await asyncio.gather(*(rows.begin_page(message.id, 900) for _ in range(3))) if page]
    assert len(begun) == 1
    await rows.page_stands(begun[0], 9, 1)
    assert await states() == [(8, MessageState.LIVE), (9, MessageState.LIVE)]


async def test_a_found_post_is_recorded_as_found(service: PanelService, rows: MessageRows) -> None:
    spec = await made(service)
    post: Post = await rows.begin_post(OWNING, WITH_MODERATOR, spec, 7, 900)
    await rows.posted(post, [8], observed=True)
    assert (await PanelMessage.get()).rendered_version == 0  # it is drawn anew
    assert (await record()).payload["found_later"]
    assert await rows.posted(post, [8]) == []  # who sent it comes after all
    assert await AuditEntry.filter(kind=POST).count() == 1
