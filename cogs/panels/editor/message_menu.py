"""The command in the menu of a message: the shortest way from a posted panel to its editor."""

import discord

from cogs.panels.editor import screens
from cogs.panels.editor.base import PanelHandlers
from cogs.panels.service.access import Editor
from core.errors import UserError
from core.i18n import N_, localized
from models import MessageState, PanelMessage

EDIT_MESSAGE = N_("Edit role panel")
NOT_A_PANEL = N_("This message is not a role panel of this server. `/panel list` shows where the panels are.")


class MessageMenu(PanelHandlers):
    """The message command of the panels cog."""

    @discord.message_command(
        name=EDIT_MESSAGE,
        name_localizations=localized(EDIT_MESSAGE),
        default_member_permissions=discord.Permissions(manage_roles=True),
    )
    async def edit_message(self, ctx: discord.ApplicationContext, message: discord.Message) -> None:
        """Open the editor of the panel that was posted as this message."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        posted = await PanelMessage.get_or_none(message_id=message.id, state=MessageState.LIVE)
        if posted is None or posted.panel_id is None:
            raise UserError(NOT_A_PANEL)
        panel = await self.service.get(ctx.interaction.guild_id or 0, posted.panel_id)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        await self.poster.look(panel.panel_id)
        await answer.send(screens.main(await self.view(panel, guild, editor, answer.t)))
