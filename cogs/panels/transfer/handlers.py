"""/panel clone, export, import and template: what will be made is shown first, and then made as shown, or not at all."""

import asyncio
from dataclasses import replace

import discord

from cogs.panels.editor import screens
from cogs.panels.editor.base import PanelHandlers, argument
from cogs.panels.editor.drafts import KEPT
from cogs.panels.service.access import Editor
from cogs.panels.service.copies import CopyService
from cogs.panels.service.draft_store import keep
from cogs.panels.service.edits import check_place
from cogs.panels.service.group import complete_panel, panel, panel_option
from cogs.panels.transfer import screens as transfer_screens
from cogs.panels.transfer.files import SIZE_MAX, attached, exported, imported, known, sketches_of
from cogs.panels.transfer.role_maker import RoleMaker
from cogs.panels.transfer.screens import Proposal
from cogs.panels.transfer.templates import TEMPLATES, template_file
from cogs.panels.ui import verbs
from core.answer import Acknowledgement, Answer
from core.commands import slash, slash_file, slash_option
from core.components import Payload, text_message
from core.errors import UserError
from core.facts import guild_facts
from core.handlers import Press, component
from core.i18n import N_, Translator, localized
from core.markup import Markup
from domain import clock
from domain.custom_id import encode
from domain.panel_file import PanelFile, portable, read_file, write_sparingly
from domain.panels import NAME_MAX, TITLE_MAX, PanelSpec
from domain.permissions import Permission, allows
from domain.placement import digest, missing_roles, place
from domain.role_safety import GuildFacts
from models import Draft, Panel

NO_PANELS = N_("There are no panels here yet. Make one with `/panel create`.")
EXPORT_RUNS = N_("An export of this server is being made already. Please wait until it is there.")
GONE = N_("This was made or cancelled before, or it is no longer kept. Use the command again to see it anew.")
UNDER_WAY = N_("This is being made already.")
PROPOSALS_KEPT = 5  # of one person in a guild: each can be as large as a file
CHANGED = N_("Something has changed since this was shown, so nothing was made yet. Please look again:")


class TransferHandlers(PanelHandlers):
    """The commands and component handlers that make panels from panels, files and templates."""

    copies: CopyService
    maker: RoleMaker
    _exporting: set[int]
    _making: set[int]

    @slash(panel, "clone", N_("Make a copy of a role panel"))
    @panel_option
    @slash_option("title", str, N_("The title of the copy; without it, the same"), max_length=TITLE_MAX, default=None)
    async def clone_panel(self, ctx: discord.ApplicationContext, panel: str, title: str | None) -> None:
        """Copy a panel; what cannot be copied just so is shown first."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        found = await self.service.find(ctx.interaction.guild_id or 0, panel)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        wanted = (title or "").strip()
        copy = replace(portable(found), **({"title": wanted, "name": wanted[:NAME_MAX]} if wanted else {}))
        file = PanelFile((copy,), known(copy, sketches_of(guild)))
        (placement,) = await asyncio.to_thread(place, file, guild_facts(guild), editor.author)
        if placement.left_out or placement.powerful or placement.unmet:
            await self._propose(answer, file, guild, editor)
            return
        (made,) = await self.copies.create_all(editor, guild_facts(guild), [placement], {"cloned_from": found.name})
        await answer.send(screens.main(await self.view(made, guild, editor, answer.t), [answer.t("The panel was copied.")]))

    @slash(panel, "export", N_("Get role panels as a file"))
    @slash_option("panel", str, N_("The panel's name; without it, all panels"), autocomplete=complete_panel, default=None)
    async def export_panels(self, ctx: discord.ApplicationContext, panel: str | None) -> None:
        """Send one panel, or all of them, as a file."""
        await Editor.of(ctx.interaction)
        answer, guild = self.bot.gate.answer_of(ctx.interaction), await self.poster.guild(ctx.interaction.guild_id)
        if guild.id in self._exporting:
            raise UserError(EXPORT_RUNS)
        self._exporting.add(guild.id)
        try:
            wanted = Panel.filter(guild_id=guild.id).order_by("name")
            if panel:
                wanted = wanted.filter(id=(await self.service.find(guild.id, panel)).panel_id)
            content, count = await exported(Panel.each_spec(wanted), guild, answer.t)
        finally:
            self._exporting.discard(guild.id)
        if not count:
            raise UserError(NO_PANELS)
        lines = [answer.t.plural("Here is {n} panel.", "Here are {n} panels.", count)]
        if len(content) > SIZE_MAX:
            lines.append(answer.t("The file is larger than `/panel import` takes. Export the panels one by one to import them somewhere."))
        await answer.defer()  # only an answer that was deferred can bring a file
        await answer.send(text_message(Markup("\n").join(lines)) | {"files": [attached(content, "role-panels.toml")]})

    @slash(panel, "import", N_("Make role panels from a file"))
    @slash_file("file", N_("A file from /panel export"), ".toml")
    async def import_panels(self, ctx: discord.ApplicationContext, file: discord.Attachment) -> None:
        """Show what a file would make."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        read, lost = await imported(file, guild)
        await self._propose(answer, read, guild, editor, lost)

    @slash(panel, "template", N_("Make a role panel from a template"))
    @slash_option(
        "template",
        str,
        N_("What the panel is for"),
        choices=[
            discord.OptionChoice(template.name, key, name_localizations=localized(template.name)) for key, template in TEMPLATES.items()
        ],
    )
    async def panel_from_template(self, ctx: discord.ApplicationContext, template: str) -> None:
        """Show what a template would make."""
        editor, answer = await Editor.of(ctx.interaction), self.bot.gate.answer_of(ctx.interaction)
        guild = await self.poster.guild(ctx.interaction.guild_id)
        file = template_file(TEMPLATES[template], await self.poster.language_of(guild))
        await self._propose(answer, file, guild, editor)

    @component(verbs.TRANSFER, Acknowledgement.REDRAW, wide=(1,))
    async def make(self, press: Press) -> None:
        """Make what was shown, if it still is what would be made."""
        editor, draft = await Editor.of(press.interaction), await _draft(press)
        guild = await self.poster.guild(press.interaction.guild_id)
        file, lost = await asyncio.to_thread(read_file, draft.values["file"]), tuple(draft.values["lost"])
        proof, with_roles = argument(press, 1), bool(argument(press, 2))
        if await asyncio.to_thread(_proof, file, guild_facts(guild), editor) != proof:
            await press.answer.redraw(await _screen(draft.id, file, guild, editor, lost, press.answer.t, press.answer.t(CHANGED)))
            return
        if draft.id in self._making:
            raise UserError(UNDER_WAY)
        self._making.add(draft.id)
        try:
            panels = await self._make(draft, file, guild, editor, with_roles)
        finally:
            self._making.discard(draft.id)
        await press.answer.redraw(await self._made(panels, guild, editor, press.answer))

    @component(verbs.TRANSFER_CANCEL, Acknowledgement.REDRAW)
    async def cancel(self, press: Press) -> None:
        """Nothing is to be made."""
        await Editor.of(press.interaction)
        await Draft.filter(id=argument(press, 0), guild_id=press.member.guild.id, user_id=press.member.id).delete()
        await press.answer.redraw(text_message(press.answer.t("Nothing was made."), embeds=[], components=[]))

    async def _make(self, draft: Draft, file: PanelFile, guild: discord.Guild, editor: Editor, with_roles: bool) -> tuple[PanelSpec, ...]:
        """The panels, with the roles that are missing when they are wanted; when the panels fail, the roles are taken back."""
        await check_place(guild.id, len(file.panels))
        facts, reason, missing = guild_facts(guild), f"Role panel by user {editor.user_id}", ()
        if with_roles:
            missing = await asyncio.to_thread(lambda: missing_roles(place(file, facts, editor.author), file))
            if not _may_make(guild, editor) or len(missing) > transfer_screens.ROLES_MADE_MAX:
                raise UserError(CHANGED)
        try:
            async with self.maker.making(guild.id, editor.user_id, missing, reason) as making:
                facts = replace(facts, roles=facts.roles | {role.role_id: role for role in making.roles})
                placements = await asyncio.to_thread(place, file, facts, editor.author)
                if any(placement.unmet for placement in placements):
                    raise UserError(CHANGED)
                about = {"roles_made": ", ".join(role.name for role in making.roles)} if making.roles else {}
                panels = await self.copies.create_all(editor, facts, placements, about, draft_id=draft.id)
        finally:
            self.follower.loop.wake()  # it ends what a lost database leaves
        await self.maker.known(guild, making.roles)
        return panels

    async def _made(self, panels: tuple[PanelSpec, ...], guild: discord.Guild, editor: Editor, answer: Answer) -> Payload:
        if len(panels) != 1:
            return text_message(transfer_screens.made(panels, answer.t), embeds=[], components=[])
        (panel,) = panels
        return screens.main(await self.view(panel, guild, editor, answer.t), [answer.t("The panel was created.")])

    async def _propose(self, answer: Answer, file: PanelFile, guild: discord.Guild, editor: Editor, lost: tuple[str, ...] = ()) -> None:
        """Show what would be made, and keep it for the answer."""
        await check_place(guild.id, len(file.panels))
        values = {"file": await asyncio.to_thread(write_sparingly, file), "lost": list(lost)}
        custom_id = encode(verbs.TRANSFER)
        mine = Draft.filter(guild_id=guild.id, user_id=editor.user_id, custom_id=custom_id).order_by("-id")
        await Draft.filter(id__in=await mine.offset(PROPOSALS_KEPT - 1).values_list("id", flat=True)).delete()
        draft = await keep(guild.id, editor.user_id, custom_id, values)
        await answer.send(await _screen(draft.id, file, guild, editor, lost, answer.t))


def _proof(file: PanelFile, facts: GuildFacts, editor: Editor) -> int:
    return digest(place(file, facts, editor.author))


async def _screen(
    draft_id: int, file: PanelFile, guild: discord.Guild, editor: Editor, lost: tuple[str, ...], t: Translator, *notices: Markup
) -> Payload:
    """What would be made of a file. Worked out in a thread: a file can name tens of thousands of roles."""
    taken = {panel.name.casefold() for panel in await Panel.filter(guild_id=guild.id).only("id", "name")}
    facts, may_make = guild_facts(guild), _may_make(guild, editor)

    def drawn() -> Payload:
        placements = place(file, facts, editor.author)
        shown = Proposal(draft_id, placements, missing_roles(placements, file), lost, may_make)
        return transfer_screens.proposal(shown, facts, taken, t, notices)

    return await asyncio.to_thread(drawn)


def _may_make(guild: discord.Guild, editor: Editor) -> bool:
    """Whether roles may be made: this is Discord's Manage Roles, which manager roles of the bot do not give."""
    return allows(editor.permissions, Permission.MANAGE_ROLES) and guild_facts(guild).bot_may_manage_roles


async def _draft(press: Press) -> Draft:
    draft = await Draft.get_or_none(
        id=argument(press, 0), guild_id=press.member.guild.id, user_id=press.member.id, custom_id=encode(verbs.TRANSFER)
    )
    if draft is None or draft.created_at < clock.now() - KEPT:
        raise UserError(GONE)
    return draft
