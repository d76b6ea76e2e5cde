"""/temporary: which members hold roles that end by themselves, for who may end them before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from cogs.roles.change.applier import Applied
from cogs.roles.commands.mine import DESCRIPTION_MAX, panel_titles, until
from cogs.roles.grants.errands import END, Errands
from core import deeds
from core.answer import Acknowledgement
from core.calls import RateLimited
from core.commands import slash_alone, slash_option
from core.components import Payload, fit, text_embed, text_message, told_apart
from core.errors import ONLY_IN_SERVERS, OUTDATED, UserError
from core.facts import guild_facts, guild_permissions
from core.handlers import Press, component
from core.i18n import N_, Translator
from core.markup import Markup, member_mention, plain, role_mention
from core.rest import Uncertain
from domain.custom_id import encode
from domain.permissions import Permission, allows
from domain.role_safety import GuildFacts, Problem, change_problem
from models import RoleGrant

if TYPE_CHECKING:
    from core.bot import RolePanelBot

TURN, ENDING = "temporary.page", "temporary.end"  # member or 0, page
PAGE = 25  # https://docs.discord.com/developers/components/reference#string-select: options at most
LABEL_MAX, TITLE_SHOWN = 100, 40

NEEDS_MANAGE_ROLES = N_("You need the permission Manage Roles for this.")
TOO_HIGH = N_("{role} is not below your own highest role, so you cannot take it from others.")
CANNOT_END = N_(
    "{role} could not be taken from {member}. The bot's permission Manage Roles and the position of its role may be the reason."
)
DISCORD_REFUSES = N_(
    "Discord refuses this role: {role} could not be taken from {member}, although the bot may manage roles and its own role stands higher."
)
TWO_FACTOR = N_(
    "{role} could not be taken from {member}, because this server requires two-factor authentication "
    "and the account of the bot's owner has none."
)
TRY_LATER = N_("{role} is being taken from {member}; Discord has not confirmed it yet.")
NOT_LOOKED_AT = N_("{role} was not taken from {member}, because Discord did not answer. Please try again in a moment.")
ENDED = N_("Ended: {role} of {member}.")
ENDING_THEM = N_("ending the temporary roles you picked")
OVER_ALREADY = N_("{role} of {member} was over already.")


class TemporaryRoles:
    """The command and the components of its answer, as a mixin of the cog."""

    bot: "RolePanelBot"
    errands: Errands

    @slash_alone(
        "temporary",
        N_("See the temporary roles of this server and end them"),
        default_member_permissions=discord.Permissions(manage_roles=True),
    )
    @slash_option("member", discord.SlashCommandOptionType.user, N_("Only this member's"), required=False, default=None)
    async def temporary(self, ctx: discord.ApplicationContext, member: discord.User | discord.Member | None) -> None:
        """The first page."""
        answer, moderator = self.bot.gate.answer_of(ctx.interaction), _moderator(ctx.interaction)
        await answer.send(await page_of(moderator.guild, member.id if member else 0, 0, answer.t))

    @component(TURN, Acknowledgement.REDRAW, wide=(0,))
    async def turn_temporary(self, press: Press) -> None:
        """Another page."""
        moderator = _moderator(press.interaction)
        user_id, page = _arguments(press)
        await press.answer.redraw(await page_of(moderator.guild, user_id, page, press.answer.t))

    @component(ENDING, Acknowledgement.REDRAW, wide=(0,))
    async def end_temporary(self, press: Press) -> None:
        """End what was picked; what came of each is said beside the redrawn list."""
        moderator, t = _moderator(press.interaction), press.answer.t
        user_id, page = _arguments(press)
        picked = press.numbers(wide=True)
        grants = await RoleGrant.filter(id__in=picked, guild_id=moderator.guild.id, expires_at__isnull=False).order_by("expires_at")
        facts = guild_facts(moderator.guild)
        deeds.describe(ENDING_THEM)
        lines = [await self._end(grant, moderator, facts, t) for grant in grants]
        await press.answer.redraw(await page_of(moderator.guild, user_id, page, t))
        if lines:
            await press.answer.notice(text_message(Markup("\n").join(lines)))

    async def _end(self, grant: RoleGrant, moderator: discord.Member, facts: GuildFacts, t: Translator) -> Markup:
        """End one, and say what came of it."""
        names = {"role": role_mention(grant.role_id), "member": member_mention(grant.user_id)}
        problem = change_problem(facts, grant.role_id)
        if problem is Problem.DELETED or grant.left_at:
            await RoleGrant.filter(id=grant.id).delete()
            return t(OVER_ALREADY, **names)
        if problem:
            return t(CANNOT_END, **names)
        if moderator.id != facts.owner_id and not facts.top_role(frozenset(moderator._roles)).is_above(facts.roles[grant.role_id]):
            return t(TOO_HIGH, **names)
        try:
            return t(_sentence(await self.errands.take(END, grant, moderator.id)), **names)
        except (Uncertain, RateLimited, discord.HTTPException):
            return t(NOT_LOOKED_AT, **names)


async def page_of(guild: discord.Guild, user_id: int, page: int, t: Translator) -> Payload:
    """A page of the guild's temporary roles, or of one member's: the soonest to end first."""
    grants = RoleGrant.filter(guild_id=guild.id, confirmed=True, expires_at__isnull=False)
    grants = grants.filter(user_id=user_id) if user_id else grants
    pages = max(1, -(-await grants.count() // PAGE))
    page = min(page, pages - 1)
    shown = await grants.order_by("expires_at", "id").offset(page * PAGE).limit(PAGE)
    if not shown:
        return text_message(t("There are no temporary roles at the moment."), embeds=[], components=[])
    titles = await panel_titles(guild.id, shown)
    lines = [_line(number, grant, titles.get(grant.panel_id or 0)) for number, grant in enumerate(shown, page * PAGE + 1)]
    footer = ""
    components = [{"type": 1, "components": [_select(guild, shown, user_id, page, t)]}]
    if pages > 1:
        footer = t("Page {page} of {pages}", page=page + 1, pages=pages)
        components.append({"type": 1, "components": _arrows(user_id, page, pages)})
    embed = text_embed(t("Temporary roles"), fit(lines, DESCRIPTION_MAX, t), footer=footer)
    return text_message(Markup(), embeds=[embed], components=components)


def _line(number: int, grant: RoleGrant, title: str | None) -> Markup:
    end = until(grant.expires_at) if grant.expires_at else ""
    line = Markup("{}. {} {} · {}").format(number, role_mention(grant.role_id), member_mention(grant.user_id), end)
    return Markup("{} · {}").format(line, title[:TITLE_SHOWN]) if title else line


def _select(guild: discord.Guild, shown: Sequence[RoleGrant], user_id: int, page: int, t: Translator) -> Payload:
    named: list[Payload] = []
    for grant in shown:
        role = guild.get_role(grant.role_id)
        named.append({"label": role.name if role else str(grant.role_id), "value": str(grant.id), "description": str(grant.user_id)})
    told = enumerate(told_apart(named, [grant.role_id for grant in shown]), page * PAGE + 1)
    options = [{**option, "label": f"{number}. {option['label']}"[:LABEL_MAX]} for number, option in told]
    return {
        "type": 3,
        "custom_id": encode(ENDING, user_id, page),
        "placeholder": plain(t("End roles now")),
        "min_values": 1,
        "max_values": len(options),
        "options": options,
    }


def _arrows(user_id: int, page: int, pages: int) -> list[Payload]:
    last = pages - 1
    ways = (("◀", max(page - 1, 0), page == 0), ("▶", page + 1, page == last))
    return [
        {"type": 2, "style": 2, "label": label, "custom_id": encode(TURN, user_id, to), "disabled": at_end} for label, to, at_end in ways
    ]


def _sentence(applied: Applied | None) -> str:
    if applied is None or not (applied.removed or applied.failed):
        return OVER_ALREADY
    if applied.removed:
        return ENDED
    by_problem = {Problem.FORBIDDEN: DISCORD_REFUSES, Problem.TWO_FACTOR: TWO_FACTOR}
    return by_problem.get(applied.failed[0].problem, TRY_LATER)


def _arguments(press: Press) -> tuple[int, int]:
    if len(press.args) != 2:
        raise UserError(OUTDATED)
    return press.args[0], press.args[1]


def _moderator(interaction: discord.Interaction) -> discord.Member:
    """Who acts, if they may manage roles: a command can be opened to others, and components carry no permission."""
    if not isinstance(interaction.user, discord.Member):
        raise UserError(ONLY_IN_SERVERS)
    if not allows(guild_permissions(interaction), Permission.MANAGE_ROLES):
        raise UserError(NEEDS_MANAGE_ROLES)
    return interaction.user
