"""ConfigService: reads and writes a guild's settings, each change with its audit row."""

from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from domain import clock
from domain.events import AuditWritten, PanelChanged
from models import AuditEntry, GuildConfig, Panel, PanelMessage

if TYPE_CHECKING:
    from core.bot import RolePanelBot


class ConfigService:
    """The use cases behind /config. The caller has checked who asks."""

    def __init__(self, bot: "RolePanelBot") -> None:
        self._bot = bot

    async def get(self, guild_id: int) -> GuildConfig:
        """The guild's settings; the defaults when nothing was ever set."""
        return await GuildConfig.get_or_none(guild_id=guild_id) or GuildConfig(guild_id=guild_id)

    async def set_audit_channel(self, guild_id: int, actor_id: int, channel_id: int | None) -> None:
        """Post audit entries to this channel from now on, or nowhere."""
        since = None if channel_id is None else clock.now()
        if await self._change(guild_id, actor_id, "config.audit_channel", {"audit_channel_id": channel_id}, audit_since=since):
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))

    async def set_language(self, guild_id: int, actor_id: int, locale: str | None) -> None:
        """Write the guild's public text in this language; None follows the server's own. Posted panels follow."""
        if not await self._change(guild_id, actor_id, "config.language", {"locale": locale}):
            return
        self._bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))
        for panel_id, version in await Panel.filter(guild_id=guild_id).values_list("id", "version"):
            self._bot.dispatch(PanelChanged.NAME, PanelChanged(guild_id, panel_id, version))

    async def set_managers(self, guild_id: int, actor_id: int, role_ids: list[int]) -> None:
        """Let these roles edit panels, and no others besides who holds Manage Roles."""
        if await self._change(guild_id, actor_id, "config.managers", {"manager_role_ids": role_ids}):
            self._bot.dispatch(AuditWritten.NAME, AuditWritten(guild_id))

    async def _change(self, guild_id: int, actor_id: int, kind: str, after: dict[str, Any], **beside: Any) -> bool:
        """Write `after` with its audit row and whatever else belongs to it; whether anything was different before."""
        async with in_transaction() as connection:
            await GuildConfig.bulk_create([GuildConfig(guild_id=guild_id)], ignore_conflicts=True, using_db=connection)
            config = await GuildConfig.filter(guild_id=guild_id).using_db(connection).select_for_update().get()
            before = {name: getattr(config, name) for name in after}
            if before == after:
                return False
            await config.update_from_dict({**after, **beside}).save(using_db=connection)
            if "locale" in after:
                panels = await Panel.filter(guild_id=guild_id).using_db(connection).values_list("id", flat=True)
                await PanelMessage.filter(panel_id__in=panels).using_db(connection).update(rendered_version=0)
            payload = {"before": before, "after": after}
            await AuditEntry.record(guild_id, kind, clock.now(), actor_id=actor_id, payload=payload, using_db=connection)
        return True
