"""Making roles of the guild that a panel is to have: all of them, or none."""

import asyncio
from collections.abc import Iterable

import discord
from discord.http import Route
from loguru import logger

from core.bot import RolePanelBot
from core.errors import UserError
from core.i18n import N_
from core.rate_limits import RateLimited
from core.rest import Uncertain
from domain.panel_file import RoleSketch
from domain.role_safety import RoleFacts

PATIENCE = 60.0  # seconds for all of them
KNOWN_WAIT = 3.0  # seconds until the gateway has told of a new role

NOT_MADE = N_("Discord did not make the role {role}, so nothing was changed. It says: {reason}")
LIMITED = N_("Discord limits how many roles may be made right now, so nothing was made. Please try again later.")
NOT_CONFIRMED = N_("Discord did not confirm the role {role}. Look into the role list before you try again; the panel was not made.")
LEFT = N_("The role {role} could not be made, and these were made before and could not be taken back: {roles}. The panel was not made.")


class RoleMaker:
    """Makes roles without any permission, at the bottom of the list."""

    def __init__(self, bot: RolePanelBot) -> None:
        self._bot = bot

    async def make(self, guild_id: int, sketches: Iterable[RoleSketch], reason: str) -> list[RoleFacts]:
        """The roles as Discord made them. Raises UserError when one could not be made; then none is left."""
        made: list[RoleFacts] = []
        deadline = asyncio.get_running_loop().time() + PATIENCE
        for sketch in sketches:
            body = {"name": sketch.name, "permissions": 0, "color": sketch.colour, "hoist": False, "mentionable": False}
            route = Route("POST", "/guilds/{guild_id}/roles", guild_id=guild_id)
            try:
                role = await self._bot.rest.request(route, body=body, reason=reason, deadline=deadline)
            except (discord.HTTPException, RateLimited, Uncertain) as error:
                logger.warning("The role {!r} could not be made in guild {}: {}", sketch.name, guild_id, error)
                await self._take_back(guild_id, made, sketch, reason)
                raise _refusal(sketch, error) from None
            made.append(RoleFacts(int(role["id"]), role["name"], role["position"], int(role["permissions"]), role["managed"]))
        return made

    async def unmake(self, guild_id: int, roles: Iterable[RoleFacts], reason: str) -> list[RoleFacts]:
        """Take roles back that were just made; the answer is those that could not be."""
        left: list[RoleFacts] = []
        for role in roles:
            route = Route("DELETE", "/guilds/{guild_id}/roles/{role_id}", guild_id=guild_id, role_id=role.role_id)
            try:
                await self._bot.rest.request(route, reason=reason, deadline=asyncio.get_running_loop().time() + PATIENCE)
            except discord.NotFound:
                continue
            except (discord.HTTPException, RateLimited, Uncertain) as error:
                logger.warning("The new role {} of guild {} could not be taken back: {}", role.role_id, guild_id, error)
                left.append(role)
        return left

    async def known(self, guild: discord.Guild, roles: Iterable[RoleFacts]) -> None:
        """Wait a moment until the gateway has told of new roles, so that what is shown next knows them."""
        try:
            async with asyncio.timeout(KNOWN_WAIT):
                while any(guild.get_role(role.role_id) is None for role in roles):
                    await self._bot.wait_for("guild_role_create")
        except TimeoutError:
            logger.info("The gateway has not told of all new roles of guild {} yet", guild.id)

    async def _take_back(self, guild_id: int, made: list[RoleFacts], failed: RoleSketch, reason: str) -> None:
        if left := await self.unmake(guild_id, made, reason):
            raise UserError(LEFT, role=_bold(failed.name), roles=" ".join(f"<@&{role.role_id}>" for role in left))


def _refusal(sketch: RoleSketch, error: Exception) -> UserError:
    if isinstance(error, RateLimited):
        return UserError(LIMITED)
    if isinstance(error, discord.HTTPException) and not isinstance(error, discord.DiscordServerError):
        return UserError(NOT_MADE, role=_bold(sketch.name), reason=discord.utils.escape_markdown(error.text))
    return UserError(NOT_CONFIRMED, role=_bold(sketch.name))


def _bold(name: str) -> str:
    return f"**{discord.utils.escape_markdown(name)}**"
