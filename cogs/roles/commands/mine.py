"""/roles mine: what a member holds from the panels here, and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import discord

from cogs.roles.commands.group import roles
from core.commands import slash
from core.components import Payload, fit, text_embed, text_message
from core.errors import ONLY_IN_SERVERS, UserError
from core.i18n import N_, Translator
from core.markup import Markup, bold, moment_shown, role_mention
from models import Panel, PanelRole, RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

DESCRIPTION_MAX = 4096  # of an embed: https://docs.discord.com/developers/resources/message#embed-object-embed-limits


@dataclass(frozen=True, slots=True)
class Holding:
    """A role from a panel. `waits`: it comes when the member has passed the server's screening."""

    role_id: int
    panel_title: str | None
    expires_at: datetime | None = None
    waits: bool = False


def holdings(held: Iterable[int], titles: dict[int, str], grants: Sequence[RoleGrant], panels: dict[int, str]) -> list[Holding]:
    """What of the member's roles is from panels, by panel.

    `titles` names for each role on a panel the first panel that has it, `panels` each panel by its id.
    """
    by_role = {grant.role_id: grant for grant in grants if grant.left_at is None}
    found = []
    for role_id in held:
        grant = by_role.get(role_id)
        if grant is None and role_id not in titles:
            continue
        title = panels.get(grant.panel_id or 0) if grant else None
        found.append(Holding(role_id, title or titles.get(role_id), grant.expires_at if grant else None))
    waiting = [grant for grant in grants if grant.left_at is not None and not grant.confirmed]
    found += [Holding(grant.role_id, panels.get(grant.panel_id or 0), waits=True) for grant in waiting]
    return sorted(found, key=lambda holding: (holding.panel_title is None, holding.panel_title or "", holding.waits))


def overview(found: Sequence[Holding], t: Translator) -> Payload:
    """The answer: a heading for each panel and a line for each role."""
    if not found:
        return text_message(t("You have no role from this server's panels."))
    lines: list[Markup] = []
    title: str | None = ""
    for holding in found:
        if holding.panel_title != title:
            title = holding.panel_title
            lines.append(bold(title or t("From panels that no longer exist")))
        lines.append(_line(holding, t))
    return {"embeds": [text_embed(t("Your roles from this server's panels"), fit(lines, DESCRIPTION_MAX, t))]}


def until(moment: datetime) -> Markup:
    """A moment as Discord shows it in everyone's own time zone, with how far off it is."""
    return Markup("{} ({})").format(moment_shown(moment, "f"), moment_shown(moment))


def _line(holding: Holding, t: Translator) -> Markup:
    role = role_mention(holding.role_id)
    if holding.waits:
        return t("{role}, as soon as you have accepted this server's rules", role=role)
    return role if holding.expires_at is None else t("{role}, until {moment}", role=role, moment=until(holding.expires_at))


class MyRoles:
    """The command, as a mixin of the cog."""

    bot: "RolePanelBot"

    @slash(roles, "mine", N_("See which roles you have from this server's panels, and until when"))
    async def mine(self, ctx: discord.ApplicationContext) -> None:
        """Everything at once; nothing here can be clicked."""
        answer, member = self.bot.gate.answer_of(ctx.interaction), ctx.interaction.user
        if not isinstance(member, discord.Member):
            raise UserError(ONLY_IN_SERVERS)
        held = [role_id for role_id in member._roles if member.guild.get_role(role_id)]
        titles = await PanelRole.first_titles(member.guild.id, held)
        grants = await RoleGrant.filter(guild_id=member.guild.id, user_id=member.id)
        panels = await panel_titles(member.guild.id, grants)
        await answer.send(overview(holdings(held, titles, grants, panels), answer.t))


async def panel_titles(guild_id: int, grants: Iterable[RoleGrant]) -> dict[int, str]:
    """The titles of the panels that these grants are from, as far as they still exist."""

    ids = {grant.panel_id for grant in grants if grant.panel_id}
    return dict(await Panel.filter(guild_id=guild_id, id__in=ids).values_list("id", "title")) if ids else {}
