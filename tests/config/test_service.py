"""ConfigService on PostgreSQL: what it writes, and what it tells the other cogs."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from cogs.config.service import ConfigService
from domain import clock
from domain.events import AuditWritten, PanelChanged
from models import AuditEntry, AuditState, GuildConfig, Panel, PanelMessage
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("database")
GUILD, ADMIN, CHANNEL = 700, 11, 900


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    yield
    clock.reset()


@pytest.fixture
def bot() -> Recorder:
    return Recorder()


@pytest.fixture
def service(bot: Recorder) -> ConfigService:
    return ConfigService(cast(Any, bot))


async def panel(guild_id: int, name: str, message_id: int) -> Panel:
    now = clock.now()
    made = await Panel.create(guild_id=guild_id, name=name, title=name, created_at=now, updated_at=now, version=3)
    await PanelMessage.create(panel=made, channel_id=CHANNEL, message_id=message_id, rendered_version=3)
    return made


async def test_a_failing_record_undoes_the_change(service: ConfigService, bot: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("away")

    monkeypatch.setattr(AuditEntry, "record", fail)
    with pytest.raises(OSError, match="away"):
        await service.set_audit_channel(GUILD, ADMIN, CHANNEL)
    assert not await GuildConfig.exists(guild_id=GUILD)
    assert bot.events == []


async def test_a_guild_that_never_set_anything_has_the_defaults(service: ConfigService) -> None:
    config = await service.get(GUILD)
    assert (config.audit_channel_id, config.locale) == (None, None)
    assert not await GuildConfig.exists(guild_id=GUILD)


async def test_the_audit_channel_is_set_with_its_record(service: ConfigService, bot: Recorder) -> None:
    before = clock.now()
    await service.set_audit_channel(GUILD, ADMIN, CHANNEL)
    config = await service.get(GUILD)
    assert config.audit_channel_id == CHANNEL
    assert config.audit_since is not None
    assert before <= config.audit_since
    entry = await AuditEntry.get()
    assert (entry.guild_id, entry.kind, entry.actor_id, entry.state) == (GUILD, "config.audit_channel", ADMIN, AuditState.DONE)
    assert entry.payload == {"before": {"audit_channel_id": None}, "after": {"audit_channel_id": CHANNEL}}
    assert entry.settled_at is not None
    assert entry.settled_at >= config.audit_since, "the change itself is the first entry there"
    assert bot.events == [AuditWritten(GUILD)]


async def test_setting_what_is_set_already_writes_nothing(service: ConfigService, bot: Recorder) -> None:
    await service.set_audit_channel(GUILD, ADMIN, CHANNEL)
    since = (await service.get(GUILD)).audit_since
    clock.shift(timedelta(days=1))
    await service.set_audit_channel(GUILD, ADMIN, CHANNEL)
    assert (await service.get(GUILD)).audit_since == since
    assert await AuditEntry.all().count() == 1
    assert len(bot.events) == 1


async def test_switching_off_forgets_since_when(service: ConfigService) -> None:
    await service.set_audit_channel(GUILD, ADMIN, CHANNEL)
    await service.set_audit_channel(GUILD, ADMIN, None)
    config = await service.get(GUILD)
    assert (config.audit_channel_id, config.audit_since) == (None, None)


async def test_managers_are_set_with_their_record(service: ConfigService, bot: Recorder) -> None:
    await service.set_managers(GUILD, ADMIN, [5, 6])
    await service.set_managers(GUILD, ADMIN, [5, 6])
    assert (await service.get(GUILD)).manager_role_ids == [5, 6]
    entry = await AuditEntry.get()
    assert (entry.kind, entry.actor_id) == ("config.managers", ADMIN)
    assert entry.payload == {"before": {"manager_role_ids": []}, "after": {"manager_role_ids": [5, 6]}}
    assert bot.events == [AuditWritten(GUILD)]


async def test_a_new_language_makes_this_guilds_posted_panels_stale(service: ConfigService, bot: Recorder) -> None:
    mine, other = await panel(GUILD, "Colours", 1), await panel(GUILD + 1, "Colours", 2)
    await service.set_language(GUILD, ADMIN, "ja")
    assert (await service.get(GUILD)).locale == "ja"
    assert (await PanelMessage.get(panel_id=mine.id)).rendered_version < 3
    assert (await PanelMessage.get(panel_id=other.id)).rendered_version == 3
    assert bot.events == [AuditWritten(GUILD), PanelChanged(GUILD, mine.id, 3)]
    assert (await AuditEntry.get()).payload == {"before": {"locale": None}, "after": {"locale": "ja"}}


async def test_changes_at_the_same_time_are_recorded_one_after_the_other(service: ConfigService) -> None:
    await asyncio.gather(*(service.set_audit_channel(GUILD, ADMIN, CHANNEL + number) for number in range(4)))
    entries = await AuditEntry.all().order_by("id")
    assert len(entries) == 4
    chain = [entries[0].payload["before"], *(entry.payload["after"] for entry in entries)]
    assert [entry.payload["before"] for entry in entries] == chain[:-1]
    assert (await service.get(GUILD)).audit_channel_id == chain[-1]["audit_channel_id"]
