"""What the editor's main controls do. Each handler checks the actor and the panel again: custom_ids are claims."""

from cogs.panels.editor import forms, screens
from cogs.panels.editor.base import PanelHandlers, argument, picked, role_of
from cogs.panels.editor.channels.handlers import told_of_deletion
from cogs.panels.editor.drafts import keeping
from cogs.panels.editor.order.screens import removed_notice
from cogs.panels.service.access import Editor
from cogs.panels.ui import verbs
from core.answer import Acknowledgement
from core.clicked import clicked, parts
from core.components import text_message
from core.facts import guild_facts
from core.handlers import Press, component
from core.markup import Markup
from domain.custom_id import CustomId, ForeignCustomId, decode


class EditorHandlers(PanelHandlers):
    """The component handlers of the main screen, of single roles, of the text, and of deletion."""

    @component(verbs.CREATE, Acknowledgement.REPLY)
    async def created(self, press: Press) -> None:
        """The submitted create modal: the panel exists, and its editor opens."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        async with keeping(press):
            draft = forms.read_draft(press.interaction.data)
            panel, refused = await self.service.create(editor, guild_facts(guild), draft)
        view = await self.view(panel, guild, editor, press.answer.t)
        await press.answer.send(screens.after_adding(view, refused, [press.answer.t("The panel was created.")]))

    @component(verbs.HOME, Acknowledgement.REDRAW)
    async def home(self, press: Press) -> None:
        """Back to the main screen, at a page of roles."""
        view = await self._view(press, await self._panel(press))
        await press.answer.redraw(screens.main(view, number=argument(press, 1, 0)))

    @component(verbs.ADD_ROLES, Acknowledgement.REDRAW)
    async def add_roles(self, press: Press) -> None:
        """Roles were picked to be added: those that are new are shown."""
        before, editor = await self._panel(press), await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        role_ids = press.numbers(wide=True)
        panel, refused = await self.service.add_roles(editor, guild_facts(guild), before.panel_id, role_ids)
        view = await self._view(press, panel)
        notices = screens.added_notice(before, view, role_ids)
        shown = [role.item_id for role in panel.roles if role.role_id in role_ids]
        await press.answer.redraw(screens.after_adding(view, refused, notices, view.page_of(shown[-1]) if shown else 0))

    @component(verbs.CONFIRM, Acknowledgement.REDRAW, wide=(1, 2))
    async def confirm(self, press: Press) -> None:
        """An administrator wants a dangerous role on the panel; the others that they were asked about are asked about again."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        facts, role_id = guild_facts(guild), argument(press, 1)
        panel = await self.service.confirm_role(editor, facts, argument(press, 0), role_id, argument(press, 2))
        view = await self._view(press, panel)
        on_it = {role.role_id for role in panel.roles}
        others = tuple(other for other in _asked_about(press) if other not in on_it and other in facts.roles)
        page = next((view.page_of(role.item_id) for role in panel.roles if role.role_id == role_id), 0)
        await press.answer.redraw(screens.confirm(view, others) if others else screens.main(view, number=page))

    @component(verbs.REMOVE_ROLES, Acknowledgement.REDRAW)
    async def remove_roles(self, press: Press) -> None:
        """Take off the role whose screen is open, and go back to the page that it was on."""
        before, item_id = await self._view(press, await self._panel(press)), argument(press, 1)
        editor = await Editor.of(press.interaction)
        panel = await self.service.remove_roles(editor, before.facts, before.panel.panel_id, (item_id,))
        names = [role.label for role in before.panel.roles if role.item_id == item_id]
        notices = removed_notice(names, press.answer.t)
        await press.answer.redraw(screens.main(await self._view(press, panel), notices, before.page_of(item_id)))

    @component(verbs.ROLE, Acknowledgement.REDRAW)
    async def role(self, press: Press) -> None:
        """A role was picked to be looked at."""
        panel, item = await self._panel(press), argument(press, 1) if len(press.args) > 1 else picked(press)
        view = await self._view(press, panel)
        await press.answer.redraw(screens.role(view, role_of(panel, item)))

    @component(verbs.ROLE_TEXT, Acknowledgement.MODAL)
    async def open_role(self, press: Press) -> None:
        """Open the form of one role."""
        panel = await self._panel(press)
        await press.answer.modal(forms.role_modal(panel, role_of(panel, argument(press, 1)), press.answer.t))

    @component(verbs.ROLE_SAVE, Acknowledgement.REDRAW)
    async def save_role(self, press: Press) -> None:
        """The submitted form of one role."""
        editor = await Editor.of(press.interaction)
        guild = await self.poster.guild(press.interaction.guild_id)
        panel_id, item_id, version = (argument(press, index) for index in range(3))
        async with keeping(press):
            wanted = forms.read_role(press.interaction.data, guild.emojis)
            panel = await self.service.edit_role(editor, guild_facts(guild), panel_id, item_id, version, wanted)
        view = await self._view(press, panel)
        await press.answer.redraw(screens.role(view, role_of(panel, item_id)))

    @component(verbs.TEXT, Acknowledgement.MODAL)
    async def open_text(self, press: Press) -> None:
        """Open the form of title and description."""
        await press.answer.modal(forms.text_modal(await self._panel(press), press.answer.t))

    @component(verbs.TEXT_SAVE, Acknowledgement.REDRAW)
    async def save_text(self, press: Press) -> None:
        """The submitted form of title and description."""
        editor = await Editor.of(press.interaction)
        panel_id, version = argument(press, 0), argument(press, 1)
        async with keeping(press):
            title, description = forms.read_text(press.interaction.data)
            panel = await self.service.edit_text(editor, await self._facts(press), panel_id, version, title, description)
        await self._redraw(press, panel)

    @component(verbs.DELETE, Acknowledgement.REDRAW)
    async def ask_deletion(self, press: Press) -> None:
        """Ask before a deletion."""
        await press.answer.redraw(screens.delete(await self._view(press, await self._panel(press))))

    @component(verbs.DELETE_NOW, Acknowledgement.REDRAW)
    async def delete(self, press: Press) -> None:
        """Delete the panel and its messages, unless others changed it since the question was shown: then they are asked again."""
        panel, editor, t = await self._panel(press), await Editor.of(press.interaction), press.answer.t
        view = await self._view(press, panel)
        if view.news:
            await press.answer.redraw(screens.delete(view))
            return
        told = told_of_deletion(panel, await self.poster.delete_panel(editor, panel), t)
        await press.answer.redraw(text_message(Markup("\n").join(told), embeds=[], components=[]))


def _asked_about(press: Press) -> list[int]:
    """The roles of the confirm buttons on the message that was clicked."""
    shown = [_decoded(part.get("custom_id")) for part in parts(clicked(press.interaction))]
    return [one.args[1] for one in shown if one and one.verb == verbs.CONFIRM and len(one.args) == 3]


def _decoded(custom_id: object) -> CustomId | None:
    try:
        return decode(str(custom_id))
    except ForeignCustomId:
        return None
