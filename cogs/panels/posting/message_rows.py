"""The rows of posted messages. What is to be done with one is written before Discord is asked, and what Discord said after it.

So a crash, or a database that goes away in between, leaves a row that tells what was begun, and the follower brings it to its end.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from cogs.panels.service.access import Editor
from cogs.panels.service.door import door
from cogs.panels.service.edits import PANEL_GONE, record
from cogs.panels.service.pages import check_room, pages, pages_of
from core.answer import AnsweredElsewhere
from core.errors import Vanished
from domain import clock
from domain.events import AuditWritten, PanelChanged
from domain.panels import PanelSpec
from domain.role_safety import GuildFacts
from models import AuditEntry, AuditState, MessageState, Panel, PanelMessage, PanelRole

POSTING_LOCK = 1  # the first of two keys of an advisory lock, the other one is the panel
POST, TAKE_DOWN, DELETE, CLEAN_UP = "panel.post", "panel.take_down", "panel.delete", "panel.clean_up"


@dataclass(frozen=True, slots=True)
class Post:
    """A post that was begun: the panel as it is sent, and a row for each of its messages, in the order of the pages."""

    panel: PanelSpec
    channel_id: int
    entry_id: int
    rows: tuple[PanelMessage, ...]


class MessageRows:
    """Every step of a message's row, each in one transaction with the record that belongs to it."""

    def __init__(self, dispatch: Callable[[str, object], None]) -> None:
        self._dispatch = dispatch

    async def begin_post(self, editor: Editor, facts: GuildFacts, panel: PanelSpec, channel_id: int, interaction_id: int) -> Post:
        """Write down that a panel, as it is now, is being posted. A channel where it does not stand opens every role of it.

        Raises UserError when it is gone, and what the door raises; AnsweredElsewhere when another process posts for the same interaction.
        """
        try:
            async with door(editor, facts, posted_ids=(panel.panel_id,)) as passage:
                db = passage.db
                now = await _locked(panel, db)
                if not await PanelMessage.filter(panel_id=now.panel_id).using_db(db).exists():
                    # Where a panel is first shown is what its powerful roles were confirmed for; every further channel is a question.
                    passage.answered.update(role_id for role in now.roles for role_id in role.role_ids)
                here = await PanelMessage.filter(panel_id=now.panel_id, channel_id=channel_id, missing=False).using_db(db).count()
                await check_room(facts.guild_id, pages(now) - here, db)
                entry = await _begun(POST, now, editor.user_id, {"channel_id": channel_id}, db, interaction_id)
                rows = [
                    await PanelMessage.create(
                        panel_id=now.panel_id,
                        channel_id=channel_id,
                        rendered_version=now.version,
                        state=MessageState.POSTING,
                        nonce=f"{interaction_id}.{page}",
                        entry_id=entry.id,
                        using_db=db,
                    )
                    for page in range(pages(now))
                ]
        except IntegrityError as error:
            raise AnsweredElsewhere from error
        return Post(now, channel_id, entry.id, tuple(rows))

    async def posted(self, post: Post, message_ids: Sequence[int], *, observed: bool = False) -> list[PanelMessage]:
        """Record that a panel stands in a channel now, as these messages in this order; the answer is the messages that they replace.

        Fewer messages than rows: the others were not sent. `observed`: found only later. Raises UserError when the panel is gone.
        """
        async with in_transaction() as db:
            # Of two posts at once the second has to find the messages of the first, which may be the first ones in this channel.
            # The panel's row is not locked for that: its edits need not wait for whoever follows a message.
            await db.execute_query("SELECT pg_advisory_xact_lock($1, $2)", [POSTING_LOCK, post.panel.panel_id])
            entry = await AuditEntry.filter(id=post.entry_id).using_db(db).select_for_update().get_or_none()
            if entry is None:
                raise Vanished(PANEL_GONE)
            if entry.state is not AuditState.SENT:
                return []  # the follower was quicker
            replaced = await _replaced(post.panel.panel_id, post.channel_id, db)
            await _stand(post.rows, message_ids, db, **({"rendered_version": 0} if observed else {}))
            facts = {"message_id": message_ids[0]} | ({"found_later": True} if observed else {})
            await _settle(entry, facts, db)
        self._tell(post.panel.guild_id)
        # An edit that was made while the message was on its way has not reached it.
        self._dispatch(PanelChanged.NAME, PanelChanged(post.panel.guild_id, post.panel.panel_id, post.panel.version))
        return replaced

    async def give_up_post(self, post: Post, sent: Sequence[int]) -> list[PanelMessage]:
        """Record that a post came to nothing; the answer is those of its messages that were sent, to be deleted."""
        async with in_transaction() as db:
            return await _give_up(post.rows, sent, post.entry_id, db)

    async def begin_take_down(self, editor: Editor, facts: GuildFacts, panel: PanelSpec, channel_id: int) -> list[PanelMessage]:
        """Write down that a panel is being taken out of a channel; the answer is the messages to be deleted."""
        messages = PanelMessage.filter(panel_id=panel.panel_id, channel_id=channel_id, state=MessageState.LIVE)
        async with door(editor, facts, posted_ids=(panel.panel_id,), messages=messages) as passage:
            db = passage.db
            now = await _locked(panel, db)
            rows = await messages.using_db(db)
            if not rows:
                return []
            entry = await _begun(TAKE_DOWN, now, editor.user_id, {"taken_from": channel_id}, db)
            there = await _to_delete(rows, entry.id, db)
            if not there:
                await _settle(entry, {}, db)
        self._tell(panel.guild_id)
        return there

    async def begin_deletion(self, editor: Editor, facts: GuildFacts, panel: PanelSpec) -> list[PanelMessage]:
        """Delete a panel; the answer is the messages that outlive it until Discord has deleted them.

        Raises UserError when it is gone, or when a rule of it binds what its author could not open.
        """
        payload = {
            "before": {"title": panel.title, "description": panel.description, "style": panel.style.value, "mode": panel.mode.value},
            "role_names": {str(role.role_id): role.label for role in panel.roles},
            "messages_left": [],
        }
        messages = PanelMessage.filter(panel_id=panel.panel_id)
        async with door(editor, facts, (panel.panel_id,), messages=messages) as passage:
            db = passage.db
            now = await _locked(panel, db)
            rows = await messages.using_db(db).order_by("id").select_for_update()
            entry = await _begun(DELETE, now, editor.user_id, payload, db)
            others = {row.entry_id for row in rows if row.entry_id}
            there = await _to_delete(rows, entry.id, db)
            await PanelMessage.filter(id__in=[row.id for row in there]).using_db(db).update(panel_id=None)
            await AuditEntry.filter(id__in=others, state=AuditState.SENT).using_db(db).delete()
            await Panel.filter(id=panel.panel_id).using_db(db).delete()
            if not there:
                await _settle(entry, {}, db)
        self._dispatch(PanelChanged.NAME, PanelChanged(panel.guild_id, panel.panel_id, None))
        self._tell(panel.guild_id)
        return there

    async def deleted(self, guild_id: int, gone: Iterable[PanelMessage], refused: Iterable[PanelMessage] = ()) -> None:
        """Record what became of messages that were to be deleted: those that are gone, and those that Discord does not let the bot delete.

        A panel that could not be taken out of a channel stands there as before.
        """
        by_entry: dict[int | None, tuple[list[PanelMessage], list[PanelMessage]]] = {}
        for number, rows in enumerate((gone, refused)):
            for row in rows:
                by_entry.setdefault(row.entry_id, ([], []))[number].append(row)
        async with in_transaction() as db:
            for entry_id, (left, stay) in by_entry.items():
                entry = await AuditEntry.filter(id=entry_id, state=AuditState.SENT).using_db(db).select_for_update().get_or_none()
                await _deleted(entry, left, stay, db)
        self._tell(guild_id)

    async def begin_page(self, row: int, nonce: int) -> PanelMessage | None:
        """Write down that the next message of a posting is being sent, if its panel needs one more and nobody sends one.

        The posting's first row is its lock, so that no two processes add the same page.
        """
        async with in_transaction() as db:
            message = await PanelMessage.filter(id=row, state=MessageState.LIVE).using_db(db).first()
            panel = await Panel.get_or_none(id=message.panel_id) if message and message.panel_id else None
            if message is None or panel is None:
                return None
            here = PanelMessage.filter(panel_id=panel.id, channel_id=message.channel_id).using_db(db)
            live = await here.filter(state=MessageState.LIVE).order_by("id").values_list("id", flat=True)
            locked = await PanelMessage.filter(id__in=live[:1]).using_db(db).select_for_update(skip_locked=True)
            page = len(live)
            if page >= await _needed(panel) or not locked or await here.filter(state=MessageState.POSTING).exists():
                return None
            return await PanelMessage.create(
                panel_id=panel.id,
                channel_id=message.channel_id,
                rendered_version=panel.version,
                state=MessageState.POSTING,
                nonce=f"{nonce}.{page}",
                using_db=db,
            )

    async def page_stands(self, row: PanelMessage, message_id: int, version: int) -> None:
        """Record the message of a page that was added."""
        await PanelMessage.filter(id=row.id, state=MessageState.POSTING).update(
            state=MessageState.LIVE, message_id=message_id, rendered_version=version, **_shown(row)
        )

    async def not_sent(self, rows: Iterable[PanelMessage]) -> None:
        """Forget messages that surely were not sent, and what was begun with them."""
        rows = list(rows)
        entry_id = rows[0].entry_id
        async with in_transaction() as db:
            entry = await AuditEntry.filter(id=entry_id, state=AuditState.SENT).using_db(db).select_for_update().get_or_none()
            if entry and entry.kind == POST:
                await _give_up(rows, (), entry.id, db)
            else:
                await _deleted(entry, rows, [], db)

    async def found(self, rows: Sequence[PanelMessage], message_ids: Sequence[int]) -> list[PanelMessage]:
        """Record the messages of rows that do not stand for a panel any more; the answer is those to be deleted."""
        async with in_transaction() as db:
            entry_id = rows[0].entry_id
            entry = await AuditEntry.filter(id=entry_id, state=AuditState.SENT).using_db(db).select_for_update().get_or_none()
            if entry is None or entry.kind == POST:
                return await _give_up(rows, message_ids, entry_id if entry else None, db)
            await PanelMessage.filter(id__in=[row.id for row in rows[len(message_ids) :]]).using_db(db).delete()
            return await _known(rows, message_ids, db)

    async def begin_surplus(self, row: int) -> list[PanelMessage]:
        """Write down that the messages of a posting that its panel no longer needs are being deleted; the answer is those."""
        async with in_transaction() as db:
            message = await PanelMessage.filter(id=row, state=MessageState.LIVE).using_db(db).first()
            panel = await Panel.get_or_none(id=message.panel_id) if message and message.panel_id else None
            if message is None or panel is None:
                return []
            here = PanelMessage.filter(panel_id=panel.id, channel_id=message.channel_id, state=MessageState.LIVE)
            return await _to_delete(await here.using_db(db).order_by("id").offset(await _needed(panel)).select_for_update(), None, db)

    async def note_missing(self, row: PanelMessage) -> bool:
        """Remember that a posted message was deleted at Discord, with its record, once; whether this was the first time."""
        async with in_transaction() as db:
            if not await PanelMessage.filter(id=row.id, missing=False, state=MessageState.LIVE).using_db(db).update(missing=True):
                return False
            panel = await Panel.get(id=row.panel_id, using_db=db)
            await record(CLEAN_UP, await panel.to_spec(db), None, {"deleted_messages": _named([row])}, db)
        return True

    def _tell(self, guild_id: int) -> None:
        self._dispatch(AuditWritten.NAME, AuditWritten(guild_id))


async def _needed(panel: Panel) -> int:
    """How many messages a panel fills, without reading its roles."""
    return pages_of(panel.style, panel.buttons_per_row, await PanelRole.filter(panel_id=panel.id).count())


async def _locked(panel: PanelSpec, db: BaseDBAsyncClient) -> PanelSpec:
    """The panel as it is now, which nobody edits until the transaction ends."""
    row = await Panel.filter(id=panel.panel_id, guild_id=panel.guild_id).using_db(db).select_for_update().get_or_none()
    if row is None:
        raise Vanished(PANEL_GONE)
    return await row.to_spec(db)


async def _begun(
    kind: str, panel: PanelSpec, editor_id: int, facts: dict[str, Any], db: BaseDBAsyncClient, interaction_id: int | None = None
) -> AuditEntry:
    """The record of something that Discord is asked for next."""
    return await AuditEntry.create(
        guild_id=panel.guild_id,
        kind=kind,
        actor_id=editor_id,
        panel_id=panel.panel_id,
        interaction_id=interaction_id,
        payload={"panel_name": panel.name, "panel_title": panel.title} | facts,
        state=AuditState.SENT,
        created_at=clock.now(),
        using_db=db,
    )


async def _settle(entry: AuditEntry, facts: dict[str, Any], db: BaseDBAsyncClient) -> None:
    changes = {"state": AuditState.DONE, "settled_at": clock.now(), "payload": entry.payload | facts}
    await AuditEntry.filter(id=entry.id, state=AuditState.SENT).using_db(db).update(**changes)


async def _replaced(panel_id: int, channel_id: int, db: BaseDBAsyncClient) -> list[PanelMessage]:
    """The messages that stand in the channel for the panel, which are to be deleted now."""
    here = PanelMessage.filter(panel_id=panel_id, channel_id=channel_id, state=MessageState.LIVE)
    # Who follows the old messages right now holds the lock; only what is read after it counts.
    await here.using_db(db).order_by("id").select_for_update()
    return await _to_delete(await here.using_db(db).order_by("id"), None, db)


async def _to_delete(rows: Sequence[PanelMessage], entry_id: int | None, db: BaseDBAsyncClient) -> list[PanelMessage]:
    """Mark rows as being deleted; those whose message is gone already are forgotten."""
    there = [row for row in rows if not row.missing]
    await PanelMessage.filter(id__in=[row.id for row in rows if row.missing]).using_db(db).delete()
    for row in there:
        row.state, row.entry_id = MessageState.DELETING, entry_id
    changes = {"state": MessageState.DELETING, "entry_id": entry_id}
    await PanelMessage.filter(id__in=[row.id for row in there]).using_db(db).update(**changes)
    return there


async def _stand(rows: Sequence[PanelMessage], message_ids: Sequence[int], db: BaseDBAsyncClient, **more: Any) -> None:
    """Rows of sent messages get their ids and stand; the others are forgotten. What they show was written when they were begun."""
    changes = {"state": MessageState.LIVE, "entry_id": None, **more}
    for row, message_id in zip(rows, message_ids, strict=False):
        await PanelMessage.filter(id=row.id).using_db(db).update(message_id=message_id, **_shown(row), **changes)
    await PanelMessage.filter(id__in=[row.id for row in rows[len(message_ids) :]]).using_db(db).delete()


def _shown(row: PanelMessage) -> dict[str, Any]:
    """What was noted of the message when it was sent."""
    return {"edition": row.edition, "fingerprint": row.fingerprint, "refused_emojis": row.refused_emojis}


async def _known(rows: Sequence[PanelMessage], message_ids: Sequence[int], db: BaseDBAsyncClient) -> list[PanelMessage]:
    """Rows that are to be deleted get the ids of their messages."""
    for row, message_id in zip(rows, message_ids, strict=False):
        row.message_id = message_id
        await PanelMessage.filter(id=row.id).using_db(db).update(message_id=message_id)
    return list(rows[: len(message_ids)])


async def _give_up(rows: Sequence[PanelMessage], sent: Sequence[int], entry_id: int | None, db: BaseDBAsyncClient) -> list[PanelMessage]:
    """Turn a post into the deletion of what was sent of it."""
    await PanelMessage.filter(id__in=[row.id for row in rows[len(sent) :]]).using_db(db).delete()
    to_delete = await _to_delete(await _known(rows, sent, db), None, db)
    if entry_id is not None:
        await AuditEntry.filter(id=entry_id, state=AuditState.SENT).using_db(db).delete()
    return to_delete


async def _deleted(entry: AuditEntry | None, gone: list[PanelMessage], refused: list[PanelMessage], db: BaseDBAsyncClient) -> None:
    """What it means for one record that these messages are gone, and that these stay."""
    if entry and entry.kind == TAKE_DOWN and refused:
        await PanelMessage.filter(id__in=[row.id for row in gone]).using_db(db).update(missing=True)
        await PanelMessage.filter(entry_id=entry.id).using_db(db).update(state=MessageState.LIVE, entry_id=None)
        if gone:
            entry.kind = CLEAN_UP
            await entry.save(using_db=db, update_fields=["kind"])
            await _settle(entry, {"deleted_messages": _named(gone)}, db)
        else:
            await AuditEntry.filter(id=entry.id).using_db(db).delete()
        return
    await PanelMessage.filter(id__in=[row.id for row in (*gone, *refused)]).using_db(db).delete()
    if entry is None:
        return
    if refused:
        entry.payload["messages_left"] = [*entry.payload["messages_left"], *_named(refused)]
        await entry.save(using_db=db, update_fields=["payload"])
    if not await PanelMessage.filter(entry_id=entry.id).using_db(db).exists():
        await _settle(entry, {}, db)


def _named(rows: Iterable[PanelMessage]) -> list[dict[str, int | None]]:
    return [{"channel_id": row.channel_id, "message_id": row.message_id} for row in rows]
