"""/config managers: the roles whose members may edit panels, and what Discord still needs for it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import discord

from cogs.config.group import config, managed_guild
from cogs.config.service import ConfigService
from core.answer import Acknowledgement
from core.command_access import Closed, closed_to
from core.commands import slash
from core.components import Payload, text_message
from core.errors import UserError
from core.handlers import Press, component
from core.i18n import N_, Translator
from core.markup import Markup, code, plain, role_mention
from domain.custom_id import encode
from domain.permissions import Permission

if TYPE_CHECKING:
    from core.bot import RolePanelBot

MANAGERS = "config.managers"  # the picked roles
CHECK = "config.managers_check"
MANAGERS_MAX = 25  # what one select of roles holds
NAMED_MAX = 8  # roles that a sentence names: with all 25, twice, a message would be too long

EVERYONE = N_("@everyone cannot be a manager role: then every member could change the panels.")
STEP = N_(
    "⚠️ One step is left, which Discord lets only a person do: {commands} cannot be seen yet by {roles}. Open **Server Settings → "
    "Integrations → {bot}**, choose each of these commands, press **Add Roles or Members**, and allow {roles}."
)
OFFERED = N_("✅ Discord offers these roles the commands.")
UNKNOWN = N_(
    "Discord did not say right now whether these roles can see the commands. If they cannot, allow it in **Server Settings → "
    "Integrations → {bot}**."
)


class ManagerHandlers:
    """The command and its component handlers."""

    bot: "RolePanelBot"
    service: ConfigService

    @slash(config, "managers", N_("Choose roles whose members may make and change panels"))
    async def managers(self, ctx: discord.ApplicationContext) -> None:
        """Show the manager roles, and a select to change them."""
        answer = self.bot.gate.answer_of(ctx.interaction)
        guild, _ = managed_guild(ctx.interaction)
        await answer.send(await self._screen(guild, answer.t))

    @component(MANAGERS, Acknowledgement.REDRAW)
    async def set_managers(self, press: Press) -> None:
        """Roles were picked; none at all may be."""
        guild, actor_id = managed_guild(press.interaction)
        role_ids = list(press.numbers(wide=True))
        if guild.id in role_ids:
            raise UserError(EVERYONE)
        await self.service.set_managers(guild.id, actor_id, role_ids)
        await press.answer.redraw(await self._screen(guild, press.answer.t))

    @component(CHECK, Acknowledgement.REDRAW)
    async def check_managers(self, press: Press) -> None:
        """Look again, after the step in Discord's settings."""
        guild, _ = managed_guild(press.interaction)
        await press.answer.redraw(await self._screen(guild, press.answer.t))

    async def _screen(self, guild: discord.Guild, t: Translator) -> Payload:
        role_ids = [role_id for role_id in (await self.service.get(guild.id)).manager_role_ids if guild.get_role(role_id)]
        lines = [who_edits(guild, role_ids, t)]
        if role_ids:
            lines.append(self._access_line(await closed_to(self.bot, guild, role_ids, Permission.MANAGE_ROLES), t))
        return managers_screen(lines, role_ids, t)

    def _access_line(self, closed: Closed | None, t: Translator) -> Markup:
        bot = self.bot.user.name if self.bot.user else ""
        if closed is None:
            return t(UNKNOWN, bot=bot)
        if not closed.role_ids:
            return t(OFFERED)
        # Discord shows commands by the names that the bot gave them in the reader's language.
        names = (Markup("/{}").format(t(name[1:])) if name.startswith("/") else t(name) for name in closed.commands)
        commands = Markup(", ").join(code(plain(name)) for name in names)
        return t(STEP, commands=commands, roles=_some(closed.role_ids, t), bot=bot)


def managers_screen(lines: list[Markup], role_ids: list[int], t: Translator) -> Payload:
    """What is so, the select with the manager roles, and a button to look again."""
    select: Payload = {
        "type": discord.ComponentType.role_select.value,
        "custom_id": encode(MANAGERS),
        "placeholder": plain(t("Choose the manager roles")),
        "min_values": 0,
        "max_values": MANAGERS_MAX,
    }
    if role_ids:
        select["default_values"] = [{"id": str(role_id), "type": "role"} for role_id in role_ids[:MANAGERS_MAX]]
    again: Payload = {
        "type": discord.ComponentType.button.value,
        "style": discord.ButtonStyle.secondary.value,
        "label": plain(t("Check again")),
        "custom_id": encode(CHECK),
        "disabled": not role_ids,
    }
    rows = [{"type": discord.ComponentType.action_row.value, "components": [part]} for part in (select, again)]
    return text_message(Markup("\n").join(lines), components=rows)


def who_edits(guild: discord.Guild, role_ids: Iterable[int], t: Translator) -> Markup:
    """Who may edit panels; manager roles that were deleted are left out."""
    present = [role_id for role_id in role_ids if guild.get_role(role_id)]
    if not present:
        return t("Panels are edited by members with Manage Roles. Let further roles do it with `/config managers`.")
    return t("Panels are edited by members with Manage Roles, and by {roles}.", roles=_mentions(present))


def _some(role_ids: Sequence[int], t: Translator) -> Markup:
    more = len(role_ids) - NAMED_MAX
    named = _mentions(role_ids[:NAMED_MAX])
    return Markup("{} {}").format(named, t("… and {n} more", n=more)) if more > 0 else named


def _mentions(role_ids: Iterable[int]) -> Markup:
    return Markup(" ").join(map(role_mention, role_ids))
