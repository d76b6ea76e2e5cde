"""What the editor's buttons, menus and modals do. Each handler checks the actor and the panel again: custom_ids are claims."""

from typing import TYPE_CHECKING

import discord

from cogs.panels import modals, screens, verbs
from cogs.panels.access import Editor
from cogs.panels.edits import ROLE_GONE
from cogs.panels.poster import Poster
from cogs.panels.render import INERT
from cogs.panels.service import PanelService
from cogs.panels.words import link
from core.answer import Acknowledgement
from core.components import text_message
from core.errors import OUTDATED, UserError
from core.facts import guild_facts
from core.i18n import N_, Translator
from core.interactions import Press, component
from domain.custom_id import CustomId, ForeignCustomId, decode
from domain.panels import PanelSpec, RoleSpec, Style
from models import PanelMessage

if TYPE_CHECKING:
    from core.bot import RolePanelBot

DELETED = N_("The panel {name} was deleted.")
LEFT = N_("Its message could not be deleted: {messages}. Please delete it yourself; its buttons no longer work.")


class EditorHandlers:
    """The component handlers of the panels cog."""

    bot: "RolePanelBot"
    service: PanelService
    poster: Poster

    @component(verbs.CREATE, Acknowledgement.REPLY)
    async def created(self, press: Press) -> None:
        """The submitted create modal: the panel exists, and its editor opens."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        draft = modals.read_draft(press.interaction.data)
        panel, refused = await self.service.create(editor, guild_facts(guild), draft)
        view = await self.view(panel, guild, editor, press.answer.t)
        await press.answer.send(screens.after_adding(view, refused, [press.answer.t("The panel was created.")]))

    @component(verbs.HOME, Acknowledgement.REDRAW)
    async def home(self, press: Press) -> None:
        """Back to the main screen."""
        await self._redraw(press, await self._panel(press))

    @component(verbs.ADD_ROLES, Acknowledgement.REDRAW)
    async def add_roles(self, press: Press) -> None:
        """Roles were picked to be added."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        role_ids = tuple(int(role_id) for role_id in press.values)
        panel, refused = await self.service.add_roles(editor, guild_facts(guild), _argument(press, 0), role_ids)
        view = await self.view(panel, guild, editor, press.answer.t)
        await press.answer.redraw(screens.after_adding(view, refused))

    @component(verbs.CONFIRM, Acknowledgement.REDRAW)
    async def confirm(self, press: Press) -> None:
        """An administrator wants a dangerous role on the panel; the others that they were asked about are asked about again."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        facts, role_id = guild_facts(guild), _argument(press, 1)
        panel = await self.service.confirm_role(editor, facts, _argument(press, 0), role_id, _argument(press, 2))
        view = await self.view(panel, guild, editor, press.answer.t)
        on_it = {role.role_id for role in panel.roles}
        others = tuple(other for other in _asked_about(press) if other not in on_it and other in facts.roles)
        await press.answer.redraw(screens.confirm(view, others) if others else screens.main(view))

    @component(verbs.REMOVE_ROLES, Acknowledgement.REDRAW)
    async def remove_roles(self, press: Press) -> None:
        """Roles were picked to be taken off, or the one whose screen is open."""
        items = press.args[1:] or tuple(int(value) for value in press.values)
        editor = await Editor.of(press.interaction)
        await self._redraw(press, await self.service.remove_roles(editor, _guild_id(press), _argument(press, 0), items))

    @component(verbs.ROLE, Acknowledgement.REDRAW)
    async def role(self, press: Press) -> None:
        """A role was picked to be looked at."""
        panel, item = await self._panel(press), press.args[1] if len(press.args) > 1 else int(next(iter(press.values), 0))
        view = await self._view(press, panel)
        await press.answer.redraw(screens.role(view, _role(panel, item)))

    @component(verbs.ROLE_TEXT, Acknowledgement.MODAL)
    async def open_role(self, press: Press) -> None:
        """Open the form of one role."""
        panel = await self._panel(press)
        await press.answer.modal(modals.role_modal(panel, _role(panel, _argument(press, 1)), press.answer.t))

    @component(verbs.ROLE_SAVE, Acknowledgement.REDRAW)
    async def save_role(self, press: Press) -> None:
        """The submitted form of one role."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        wanted = modals.read_role(press.interaction.data, guild.emojis)
        panel_id, item_id, version = (_argument(press, index) for index in range(3))
        panel = await self.service.edit_role(editor, guild.id, panel_id, item_id, version, wanted)
        view = await self._view(press, panel)
        await press.answer.redraw(screens.role(view, _role(panel, item_id)))

    @component(verbs.TEXT, Acknowledgement.MODAL)
    async def open_text(self, press: Press) -> None:
        """Open the form of title and description."""
        await press.answer.modal(modals.text_modal(await self._panel(press), press.answer.t))

    @component(verbs.TEXT_SAVE, Acknowledgement.REDRAW)
    async def save_text(self, press: Press) -> None:
        """The submitted form of title and description."""
        editor = await Editor.of(press.interaction)
        title, description = modals.read_text(press.interaction.data)
        panel_id, version = _argument(press, 0), _argument(press, 1)
        await self._redraw(press, await self.service.edit_text(editor, _guild_id(press), panel_id, version, title, description))

    @component(verbs.LOOK, Acknowledgement.REDRAW)
    async def look(self, press: Press) -> None:
        """Open the style."""
        await press.answer.redraw(screens.look(await self._view(press, await self._panel(press))))

    @component(verbs.STYLE, Acknowledgement.REDRAW)
    async def set_style(self, press: Press) -> None:
        """A style was picked."""
        style = modals.read_choice(Style, next(iter(press.values), None))
        panel = await self.service.set(await Editor.of(press.interaction), _guild_id(press), _argument(press, 0), style=style)
        await press.answer.redraw(screens.look(await self._view(press, panel)))

    @component(verbs.PREVIEW, Acknowledgement.REPLY)
    async def preview(self, press: Press) -> None:
        """Show the panel as members will see it, in a message of its own, where nothing works."""
        panel = await self._panel(press)
        guild = await self.poster.guild(press.interaction.guild_id)
        await press.answer.send(await self.poster.render(guild, panel, inert=True))

    @component(INERT, Acknowledgement.REPLY)
    async def previewed(self, press: Press) -> None:
        """Something on a preview was clicked."""
        await press.answer.send(text_message(press.answer.t("This is only a preview. On the posted panel a click here changes roles.")))

    @component(verbs.POST, Acknowledgement.REDRAW)
    async def ask_channel(self, press: Press) -> None:
        """Ask where to post."""
        await press.answer.redraw(screens.post(await self._view(press, await self._panel(press))))

    @component(verbs.POST_TO, Acknowledgement.REDRAW)
    async def post(self, press: Press) -> None:
        """A channel was picked to post in."""
        panel, editor = await self._panel(press), await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        channel_id = int(next(iter(press.values), "0"))
        address = await self.poster.post(guild, editor, panel, channel_id, press.interaction.id, press.answer.t)
        await self._redraw(press, panel, press.answer.t("The panel was posted: {link}", link=address))

    @component(verbs.DELETE, Acknowledgement.REDRAW)
    async def ask_deletion(self, press: Press) -> None:
        """Ask before a deletion."""
        await press.answer.redraw(screens.delete(await self._view(press, await self._panel(press))))

    @component(verbs.DELETE_NOW, Acknowledgement.REDRAW)
    async def delete(self, press: Press) -> None:
        """Delete the panel and its messages."""
        panel, editor, t = await self._panel(press), await Editor.of(press.interaction), press.answer.t
        left = await self.poster.take_down(panel.panel_id)
        await self.service.delete(editor, panel, left)
        lines = [t(DELETED, name=discord.utils.escape_markdown(panel.name))]
        if left:
            links = (link(panel.guild_id, message.channel_id, message.message_id) for message in left)
            lines.append(t(LEFT, messages=" ".join(links)))
        await press.answer.redraw({"content": "\n".join(lines), "embeds": [], "components": []})

    async def view(self, panel: PanelSpec, guild: discord.Guild, editor: Editor, t: Translator) -> screens.View:
        """What the screens of this panel are drawn from for this person."""
        return screens.View(panel, (await posted([panel.panel_id]))[panel.panel_id], guild_facts(guild), editor.is_administrator, t)

    async def _panel(self, press: Press) -> PanelSpec:
        """The panel that a custom_id claims. Raises UserError unless the actor may edit it."""
        await Editor.of(press.interaction)
        return await self.service.get(_guild_id(press), _argument(press, 0))

    async def _view(self, press: Press, panel: PanelSpec) -> screens.View:
        guild = await self.poster.guild(press.interaction.guild_id)
        return await self.view(panel, guild, await Editor.of(press.interaction), press.answer.t)

    async def _redraw(self, press: Press, panel: PanelSpec, *notices: str) -> None:
        await press.answer.redraw(screens.main(await self._view(press, panel), notices))


async def posted(panel_ids: list[int]) -> dict[int, tuple[screens.Posted, ...]]:
    """Where each of these panels was posted, oldest first."""
    found: dict[int, list[screens.Posted]] = {panel_id: [] for panel_id in panel_ids}
    for message in await PanelMessage.filter(panel_id__in=panel_ids).order_by("id"):
        found[message.panel_id].append(screens.Posted(message.channel_id, message.message_id, message.missing))
    return {panel_id: tuple(messages) for panel_id, messages in found.items()}


def _guild_id(press: Press) -> int:
    return press.interaction.guild_id or 0


def _argument(press: Press, index: int) -> int:
    if index >= len(press.args):
        raise UserError(OUTDATED)
    return press.args[index]


def _role(panel: PanelSpec, item_id: int) -> RoleSpec:
    role = panel.item(item_id)
    if role is None:
        raise UserError(ROLE_GONE)
    return role


def _asked_about(press: Press) -> list[int]:
    """The roles of the confirm buttons on the message that was clicked."""
    message = press.interaction.message
    found: list[int] = []
    for action_row in message.components if message else ():
        for child in getattr(action_row, "children", ()):
            decoded = _decoded(getattr(child, "custom_id", None))
            if decoded and decoded.verb == verbs.CONFIRM and len(decoded.args) == 3:
                found.append(decoded.args[1])
    return found


def _decoded(custom_id: str | None) -> CustomId | None:
    try:
        return decode(custom_id or "")
    except ForeignCustomId:
        return None
