"""The editor's screens for where a panel stands: all its channels, and one of them. Pure, like all screens."""

from collections.abc import Iterable

from cogs.panels.editor.view import View, as_of, screen, state, states
from cogs.panels.posting.postings import Condition, Posting
from cogs.panels.service.pages import pages
from cogs.panels.ui import verbs
from cogs.panels.ui.components import OPTIONS_MAX, button, channel_select, link_button, option, row, string_select
from cogs.panels.ui.words import link
from core.components import Payload
from core.markup import Markup
from domain.panels import ButtonColour

CHANNEL_NAME_MAX = 100


def postings(view: View, channel_names: dict[int, str], notices: Iterable[Markup] = ()) -> Payload:
    """All channels that the panel stands in, and where else to post it."""
    t, count = view.t, pages(view.panel)
    lines = [*states(view.panel.guild_id, view.postings, t), as_of(view), Markup()]
    if count > 1:
        lines.append(t("This panel needs {n} messages, because one message cannot hold all its roles.", n=count))
    lines.append(t("In which channel should the panel be posted? Where it stands already, the new message takes the old one's place."))
    rows = [row(channel_select(view.id(verbs.POST_TO), t("Choose a channel")))]
    if view.postings:
        options = [_option(posting, channel_names, view) for posting in view.postings[:OPTIONS_MAX]]
        rows.append(row(string_select(view.id(verbs.POSTING), t("Move, post again or take down"), options)))
    return screen(view, lines, [*rows, row(button(view.id(verbs.POSTINGS_REFRESH), t("Refresh")), view.back())], notices)


def posting(view: View, one: Posting, notices: Iterable[Markup] = ()) -> Payload:
    """One channel that the panel stands in."""
    t = view.t
    lines = [
        state(view.panel.guild_id, one, t),
        as_of(view),
        Markup(),
        t("Moving posts the panel in the new channel first and then takes it down here."),
    ]
    there = [link_button(link(view.panel.guild_id, one.channel_id, first), t("Go to the message")) for first in one.message_ids[:1]]
    rows = [
        row(channel_select(view.id(verbs.MOVE_TO, one.channel_id), t("Move to another channel"))),
        row(
            *there,
            button(view.id(verbs.REPOST, one.channel_id), t("Post again"), disabled=one.condition is Condition.UNREACHABLE),
            button(view.id(verbs.TAKE_OUT, one.channel_id), t("Take down"), ButtonColour.RED),
            button(view.id(verbs.POST), t("Back")),
        ),
    ]
    return screen(view, lines, rows, notices)


def _option(one: Posting, channel_names: dict[int, str], view: View) -> Payload:
    name = channel_names.get(one.channel_id)
    label = f"#{name}"[:CHANNEL_NAME_MAX] if name else view.t("A channel that I can't see")
    return option(label, str(one.channel_id))
