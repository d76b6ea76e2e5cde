"""Making roles of the guild that a panel is to have: all of them, or none."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
from discord.http import Route
from loguru import logger

from core import deeds
from core.bot import RolePanelBot
from core.calls import RateLimited
from core.errors import UserError, held_back, is_database_away
from core.facts import guild_facts
from core.i18n import N_
from core.invalid_requests import HeldBack
from core.loops import Loop
from core.markup import Markup, bold, role_mention
from core.rest import Uncertain
from domain import clock
from domain.events import AuditWritten
from domain.panel_file import RoleSketch
from domain.role_safety import RoleFacts
from models import AuditEntry, AuditState

PATIENCE = 60.0  # seconds for all of them
KNOWN_WAIT = 3.0  # seconds until the gateway has told of a new role

NOT_MADE = N_("Discord did not make the role {role}, so nothing was changed. It says: {reason}")
LIMITED = N_("Discord limits how many roles may be made right now, so nothing was made. Please try again later.")
NOT_CONFIRMED = N_("Discord did not confirm the role {role}. Look into the role list before you try again; the panel was not made.")
LEFT = N_("The panel was not made, and these roles, which were made for it, could not be taken back: {roles}. Please delete them yourself.")
MAKING_ROLES = N_("making the roles and the panel")
LEFT_OVER = "panel.roles_left"  # of the record that tells of them
TAKEN_BACK_WITHIN = timedelta(minutes=10)


@dataclass(slots=True)
class Making:
    """Roles that are being made: those that exist by now, and the record that ends with the panels, or names what is left."""

    entry: AuditEntry | None = None
    roles: list[RoleFacts] = field(default_factory=list)


class RoleMaker:
    """Makes roles without any permission, at the bottom of the list."""

    def __init__(self, bot: RolePanelBot) -> None:
        self._bot = bot
        self._under_way: set[int] = set()

    @asynccontextmanager
    async def making(self, guild_id: int, actor_id: int, sketches: Iterable[RoleSketch], reason: str) -> AsyncIterator[Making]:
        """Make roles, and take them back when one of them cannot be made, or the block fails.

        Raises UserError with the reason; then none is left, or those that are left are named and recorded.
        """
        making = Making()
        sketches = list(sketches)
        if not sketches:
            yield making
            return
        deeds.describe(MAKING_ROLES)
        making.entry = await _begun(guild_id, actor_id)
        self._under_way.add(making.entry.id)
        try:
            await self._make(guild_id, making, sketches, reason)
            yield making
        except Exception as error:
            if not is_database_away(error):  # whether the panels were written is found out later
                await self._take_back(guild_id, making, reason, error)
            raise
        else:
            await making.entry.delete()
        finally:
            self._under_way.discard(making.entry.id)

    async def finish(self, loop: Loop) -> float | None:
        """End what a crash or a lost database left: roles whose panels were never written are taken back, or named in the log.

        What fails on our side is set aside in `loop`.
        """
        unsettled = AuditEntry.unsettled().filter(kind=LEFT_OVER)
        for row, guild_id in await unsettled.values_list("id", "guild_id"):
            guild, key = self._bot.get_guild(guild_id), ("roles left", row)
            if guild and not guild.unavailable and self._bot.serves(guild_id) and row not in self._under_way and not loop.is_aside(key):
                with loop.item(guild_id, key):
                    await self._finish(guild, row)
        return None

    async def _finish(self, guild: discord.Guild, row: int) -> None:
        entry = await AuditEntry.get_or_none(id=row, state=AuditState.SENT)
        if entry is None:
            return
        made = [role for role in guild_facts(guild).roles.values() if str(role.role_id) in entry.payload["role_names"]]
        if await _panels_were_written(entry):
            await entry.delete()
        else:
            # After a while somebody may use them: then they are only named.
            young = clock.now() - entry.created_at < TAKEN_BACK_WITHIN
            left = await self._unmake(guild.id, made, "Role panel: interrupted") if young else made
            await self._settle(entry, left)

    async def _make(self, guild_id: int, making: Making, sketches: list[RoleSketch], reason: str) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        guild = self._bot.get_guild(guild_id)
        newest = max((role.id for role in guild.roles), default=0) if guild else 0
        for sketch in sketches:
            body = {"name": sketch.name, "permissions": 0, "color": sketch.colour, "hoist": False, "mentionable": False}
            route = Route("POST", "/guilds/{guild_id}/roles", guild_id=guild_id)
            try:
                role = await self._bot.rest.request(route, body=body, reason=reason, deadline=deadline)
            except (discord.HTTPException, RateLimited, Uncertain) as error:
                role = await self._seen(guild_id, sketch, newest, making) if _lost(error) else None
                if role is None:
                    logger.warning("The role {!r} could not be made in guild {}: {}", sketch.name, guild_id, error)
                    raise _refusal(sketch, error) from None
            made = RoleFacts(int(role["id"]), role["name"], role["position"], int(role["permissions"]), role["managed"])
            making.roles.append(made)
            await _remember(making, made)

    async def _seen(self, guild_id: int, sketch: RoleSketch, newest: int, making: Making) -> Any:
        """After a lost answer: the role, if Discord has made it."""
        try:
            roles = await self._bot.rest.request(Route("GET", "/guilds/{guild_id}/roles", guild_id=guild_id))
        except (discord.HTTPException, RateLimited, Uncertain):
            return None
        known = {role.role_id for role in making.roles}
        new = (role for role in roles if int(role["id"]) > newest and int(role["id"]) not in known)
        return next((role for role in new if role["name"] == sketch.name and not int(role["permissions"])), None)

    async def _take_back(self, guild_id: int, making: Making, reason: str, error: Exception) -> None:
        """Raise UserError when some could not be."""
        assert making.entry, "made before the first role"
        left = await self._unmake(guild_id, making.roles, reason)
        await self._settle(making.entry, left)
        if left:
            if not isinstance(error, UserError):
                logger.opt(exception=error).error("Panels could not be made in guild {}", guild_id)
            raise UserError(LEFT, roles=Markup(" ").join(role_mention(role.role_id) for role in left)) from None

    async def _settle(self, entry: AuditEntry, left: Iterable[RoleFacts]) -> None:
        names = {str(role.role_id): role.name for role in left}
        if not names:
            await entry.delete()
            return
        changes = {
            "state": AuditState.DONE,
            "settled_at": clock.now(),
            "payload": {"role_names": names, "roles_left": list(map(int, names))},
        }
        await AuditEntry.filter(id=entry.id, state=AuditState.SENT).update(**changes)
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(entry.guild_id))

    async def _unmake(self, guild_id: int, roles: Iterable[RoleFacts], reason: str) -> list[RoleFacts]:
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


async def _begun(guild_id: int, actor_id: int) -> AuditEntry:
    """The record comes first, so that no role is left without one."""
    return await AuditEntry.create(
        guild_id=guild_id, kind=LEFT_OVER, actor_id=actor_id, payload={"role_names": {}}, state=AuditState.SENT, created_at=clock.now()
    )


async def _remember(making: Making, role: RoleFacts) -> None:
    assert making.entry, "made before the first role"
    making.entry.payload["role_names"][str(role.role_id)] = role.name
    await making.entry.save(update_fields=["payload"])


async def _panels_were_written(entry: AuditEntry) -> bool:
    """Whether the panels stand that the roles were made for: their records name them."""
    since = AuditEntry.filter(guild_id=entry.guild_id, kind="panel.create", actor_id=entry.actor_id, created_at__gte=entry.created_at)
    made = entry.payload["role_names"]
    names = ", ".join(made[role_id] for role_id in sorted(made, key=int))
    return any(created.payload.get("after", {}).get("roles_made") == names for created in await since)


def _lost(error: Exception) -> bool:
    return isinstance(error, Uncertain | discord.DiscordServerError)


def _refusal(sketch: RoleSketch, error: Exception) -> UserError:
    if isinstance(error, HeldBack):
        return held_back(error)
    if isinstance(error, RateLimited):
        return UserError(LIMITED)
    if isinstance(error, discord.HTTPException) and not isinstance(error, discord.DiscordServerError):
        return UserError(NOT_MADE, role=bold(sketch.name), reason=error.text)
    return UserError(NOT_CONFIRMED, role=bold(sketch.name))
