"""Postings: the messages that a panel fills in one channel, and what can be said of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import discord

from cogs.panels.service.pages import pages
from core.channels import permissions_in
from domain.panels import PanelSpec, label_of
from domain.permissions import Permission, allows
from models import MessageState, PanelMessage


class Condition(StrEnum):
    """How a posting stands, the worst that is true of it."""

    LIVE = "live"
    UPDATING = "updating"  # an edit is on its way
    OUT_OF_DATE = "out_of_date"  # an edit did not get through; it is tried again
    MISSING = "missing"  # a message of it was deleted
    UNREACHABLE = "unreachable"  # the bot does not see the channel
    POSTING = "posting"  # it is being posted, or was, and the bot finds out what came of it
    LEAVING = "leaving"  # it is being taken out of the channel


@dataclass(frozen=True, slots=True)
class Posting:
    """A panel in one channel, its messages that exist in the order of the panel's pages. A panel stands once in a channel.

    `refused_emojis` are the items that are shown without their emoji. `unknown`: whether a message stands there that was being posted
    is still to be found out.
    """

    channel_id: int
    message_ids: tuple[int, ...]
    condition: Condition
    refused_emojis: frozenset[int] = frozenset()
    unknown: bool = False


async def postings_of(
    panels: Iterable[PanelSpec], guild: discord.Guild, edition: str, in_trouble: Callable[[int], bool]
) -> dict[int, tuple[Posting, ...]]:
    """Where each panel stands, the oldest posting first.

    `edition` is the guild's now, and `in_trouble` tells of a message's row whether its last edit failed.
    """
    specs = {panel.panel_id: panel for panel in panels}
    rows: dict[tuple[int, int], list[PanelMessage]] = {}
    for row in await PanelMessage.filter(panel_id__in=list(specs), state__in=list(MessageState)).order_by("id"):
        rows.setdefault((row.panel_id or 0, row.channel_id), []).append(row)
    found: dict[int, list[Posting]] = {panel_id: [] for panel_id in specs}
    names = {role.id: label_of(role.name) for role in guild.roles}
    renamed = {panel_id for panel_id, panel in specs.items() if _follows_a_name(panel, names)}
    for (panel_id, channel_id), messages in rows.items():
        live = [message for message in messages if message.state is MessageState.LIVE]
        for message in live:
            if message.edition not in (None, edition) or panel_id in renamed:
                message.rendered_version = 0  # it is about to be drawn anew
        if live:
            condition = _condition(specs[panel_id], live, _reachable(guild, channel_id), in_trouble)
        else:
            condition = Condition.POSTING if any(message.state is MessageState.POSTING for message in messages) else Condition.LEAVING
        ids = tuple(message.message_id for message in live if message.message_id and not message.missing)
        current = (message for message in live if message.rendered_version >= specs[panel_id].version)  # others tell of an emoji before
        refused = frozenset(item_id for message in current for item_id in message.refused_emojis)
        unknown = any(message.message_id is None for message in messages)
        found[panel_id].append(Posting(channel_id, ids, condition, refused, unknown))
    return {panel_id: tuple(postings) for panel_id, postings in found.items()}


def _condition(panel: PanelSpec, messages: list[PanelMessage], reachable: bool, in_trouble: Callable[[int], bool]) -> Condition:
    if not reachable:
        return Condition.UNREACHABLE
    wanted = pages(panel)
    if any(message.missing for message in messages[:wanted]):
        return Condition.MISSING
    current = all(message.rendered_version >= panel.version for message in messages if not message.missing)
    if current and len(messages) >= wanted:
        return Condition.LIVE
    return Condition.OUT_OF_DATE if any(in_trouble(message.id) for message in messages) else Condition.UPDATING


def _follows_a_name(panel: PanelSpec, names: Mapping[int, str]) -> bool:
    """Whether a label that nobody set is about to become another one."""
    return any(not role.label_set and names.get(role.role_id, role.label) != role.label for role in panel.roles)


def _reachable(guild: discord.Guild, channel_id: int) -> bool:
    channel = guild.get_channel_or_thread(channel_id)
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    return channel is not None and allows(permissions_in(channel), Permission.VIEW_CHANNEL)
