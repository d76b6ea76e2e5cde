"""What the editor does in channels: preview, post, move, post again, take down."""

from collections.abc import Iterable

from cogs.panels.editor.base import PanelHandlers, argument, picked
from cogs.panels.editor.channels import screens
from cogs.panels.editor.view import View
from cogs.panels.posting.poster import Deletion, Posted
from cogs.panels.posting.render import INERT
from cogs.panels.service.access import Editor
from cogs.panels.service.pages import pages
from cogs.panels.ui import verbs
from cogs.panels.ui.words import link
from core.answer import Acknowledgement
from core.channels import is_hidden
from core.components import fit, text_message
from core.errors import UserError
from core.handlers import Press, component
from core.i18n import N_, Translator
from core.markup import Markup, channel_mention, emoji_shown
from domain.leftovers import is_custom
from domain.panels import PanelSpec
from models import MessageState, PanelMessage

PREVIEWS_MAX = 4  # messages of one preview
EMOJIS_MAX = 500  # characters

POSTED = N_("The panel was posted: {link}")
MOVED = N_("The panel was moved: {link}")
TAKEN_OUT = N_("The panel was taken out of {channel}.")
DELETED = N_("The panel {name} was deleted.")
LEFT = N_("Its message could not be deleted: {messages}. Please delete it yourself; its buttons no longer work.")
STILL_THERE = N_("A message of the panel could not be deleted: {messages}. Please delete it yourself; its buttons no longer work.")
STILL_WORKS = N_("The panel could not be taken out of its old channel: {messages}. It still works there.")
NOT_YET = N_("A message of the panel could not be deleted yet: {messages}. The bot tries again by itself.")
EMOJIS_REFUSED = N_("Discord does not take these emojis, so they were left out: {emojis}")
EMOJIS_FOR_OTHERS = N_("The bot may not use these emojis, because only certain roles may or the server has too few boosts: {emojis}")
NOT_THERE = N_("The panel no longer stands in this channel.")


class PostingHandlers(PanelHandlers):
    """The component handlers for where a panel stands."""

    @component(verbs.PREVIEW, Acknowledgement.REPLY)
    async def preview(self, press: Press) -> None:
        """Show the panel as members will see it, in messages of its own, where nothing works."""
        panel, t = await self._panel(press), press.answer.t
        guild = await self.poster.guild(press.interaction.guild_id)
        count = pages(panel)
        await press.answer.send(await self.poster.render(guild, panel, inert=True))
        for page in range(1, min(count, PREVIEWS_MAX)):
            await press.answer.notice(await self.poster.render(guild, panel, page, inert=True))
        if count > PREVIEWS_MAX:
            await press.answer.notice(text_message(t("The preview shows {shown} of {n} messages.", shown=PREVIEWS_MAX, n=count)))

    @component(INERT, Acknowledgement.REPLY)
    async def previewed(self, press: Press) -> None:
        """Something on a preview was clicked."""
        await press.answer.send(text_message(press.answer.t("This is only a preview. On the posted panel a click here changes roles.")))

    @component(verbs.REFRESH, Acknowledgement.REDRAW)
    async def refresh(self, press: Press) -> None:
        """Look at Discord how the panel stands, and show the main screen."""
        panel = await self._panel(press)
        await self.poster.look(panel.panel_id)
        await self._redraw(press, panel)

    @component(verbs.POST, Acknowledgement.REDRAW)
    async def open_postings(self, press: Press) -> None:
        """Open the screen of all channels."""
        await self._show_postings(press, await self._panel(press))

    @component(verbs.POSTINGS_REFRESH, Acknowledgement.REDRAW)
    async def refresh_postings(self, press: Press) -> None:
        """Look at Discord how the panel stands, and show the screen of all channels."""
        panel = await self._panel(press)
        await self.poster.look(panel.panel_id)
        await self._show_postings(press, panel)

    @component(verbs.POST_TO, Acknowledgement.REDRAW)
    async def post(self, press: Press) -> None:
        """A channel was picked to post in."""
        panel = await self._panel(press)
        await self._redraw(press, panel, *await self._post(press, panel, picked(press, wide=True)))

    @component(verbs.REPOST, Acknowledgement.REDRAW, wide=(1,))
    async def repost(self, press: Press) -> None:
        """Post the panel again in a channel that it stands in."""
        panel = await self._panel(press)
        await self._show_postings(press, panel, *await self._post(press, panel, argument(press, 1)))

    @component(verbs.POSTING, Acknowledgement.REDRAW)
    async def open_posting(self, press: Press) -> None:
        """A channel was picked in which the panel stands."""
        view = await self._view(press, await self._panel(press))
        channel_id = picked(press, wide=True)
        one = next((posting for posting in view.postings if posting.channel_id == channel_id), None)
        if one is None:
            raise UserError(NOT_THERE)
        await press.answer.redraw(screens.posting(view, one))

    @component(verbs.MOVE_TO, Acknowledgement.REDRAW, wide=(1,))
    async def move(self, press: Press) -> None:
        """A channel was picked to move to."""
        panel, editor, t = await self._panel(press), await Editor.of(press.interaction), press.answer.t
        guild = await self.poster.guild(press.interaction.guild_id)
        old_id, new_id = argument(press, 1), picked(press, wide=True)
        await _check_there(panel, old_id)
        posted = await self.poster.post(guild, editor, panel, new_id, press.interaction.id, t)
        notices = [t(MOVED, link=posted.link), *_without_emojis(panel, posted, t), *_still_there(panel, posted.old, t)]
        if old_id != new_id:
            left = await self.poster.take_out(editor, panel, old_id)
            notices[0] = t(POSTED if left.refused else MOVED, link=posted.link)
            notices += still_works(panel, left, t)
        await self._show_postings(press, panel, *notices)

    @component(verbs.TAKE_OUT, Acknowledgement.REDRAW, wide=(1,))
    async def take_out(self, press: Press) -> None:
        """Take the panel out of a channel."""
        panel, editor, t = await self._panel(press), await Editor.of(press.interaction), press.answer.t
        channel_id = argument(press, 1)
        await _check_there(panel, channel_id)
        left = still_works(panel, await self.poster.take_out(editor, panel, channel_id), t)
        await self._show_postings(press, panel, *(left or [t(TAKEN_OUT, channel=channel_mention(channel_id))]))

    async def _post(self, press: Press, panel: PanelSpec, channel_id: int) -> list[Markup]:
        t = press.answer.t
        guild = await self.poster.guild(press.interaction.guild_id)
        posted = await self.poster.post(guild, await Editor.of(press.interaction), panel, channel_id, press.interaction.id, t)
        return told_of(panel, posted, t)

    async def _show_postings(self, press: Press, panel: PanelSpec, *notices: Markup) -> None:
        view: View = await self._view(press, panel)
        guild = await self.poster.guild(press.interaction.guild_id)
        names = {channel.id: channel.name for channel in guild.channels if not is_hidden(channel)}
        await press.answer.redraw(screens.postings(view, names, notices))


def told_of(panel: PanelSpec, posted: Posted, t: Translator) -> list[Markup]:
    """What is said after a panel was posted."""
    return [t(POSTED, link=posted.link), *_without_emojis(panel, posted, t), *_still_there(panel, posted.old, t)]


def _without_emojis(panel: PanelSpec, posted: Posted, t: Translator) -> list[Markup]:
    """What is said of emojis that Discord did not take, and of the server's that the bot may not use."""
    refused = dict.fromkeys(role.emoji for role in panel.roles if role.emoji and role.item_id in posted.refused_emojis)
    told = {
        EMOJIS_REFUSED: [emoji_shown(one) for one in refused if not is_custom(one)],
        EMOJIS_FOR_OTHERS: [emoji_shown(one) for one in refused if is_custom(one)],
    }
    return [t(sentence, emojis=fit(emojis, EMOJIS_MAX, t, Markup(" "))) for sentence, emojis in told.items() if emojis]


def still_works(panel: PanelSpec, left: Deletion, t: Translator) -> list[Markup]:
    """What is said of messages that could not be taken down, or not yet."""
    return _told(STILL_WORKS, panel, left, t)


def told_of_deletion(panel: PanelSpec, left: Deletion, t: Translator) -> list[Markup]:
    """What is said after a panel was deleted."""
    return [t(DELETED, name=panel.name), *_told(LEFT, panel, left, t)]


def _still_there(panel: PanelSpec, left: Deletion, t: Translator) -> list[Markup]:
    return _told(STILL_THERE, panel, left, t)


def _told(refused: str, panel: PanelSpec, left: Deletion, t: Translator) -> list[Markup]:
    sentences = ((refused, left.refused), (NOT_YET, left.pending))
    return [t(sentence, messages=_links(panel, messages)) for sentence, messages in sentences if messages]


def _links(panel: PanelSpec, messages: Iterable[PanelMessage]) -> Markup:
    return Markup(" ").join(link(panel.guild_id, message.channel_id, message.message_id) for message in messages if message.message_id)


async def _check_there(panel: PanelSpec, channel_id: int) -> None:
    if not await PanelMessage.exists(panel_id=panel.panel_id, channel_id=channel_id, state=MessageState.LIVE):
        raise UserError(NOT_THERE)
