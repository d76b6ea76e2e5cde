"""The bot's database for measuring: a PostgreSQL of its own with its shipped settings, and what a small or a large bot has in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.world import BUTTONS, FIRST_GUILD, Place
from core.database import migrate
from domain.custom_id import PRESS, encode
from tests.conftest import execute, url_of

MIGRATED = "migrated"
ROLES = 5  # on each panel that is not clicked
_GUILD = f"{FIRST_GUILD}::bigint + 10000::bigint * ((n - 1) % $guilds)"
# Panel number n; the first panel of each guild is the one that is clicked.
_PANELS = f"""
INSERT INTO panel (id, guild_id, name, title, style, mode, version, created_at, updated_at)
    SELECT n, {_GUILD}, 'Panel ' || n, 'Colours', 'buttons', 'toggle', 1, now(), now() FROM generate_series(1, $panels) AS n;
INSERT INTO panel_role (id, panel_id, role_id, label, position, colour, confirmed_permissions, grandfathered)
    SELECT (n - 1) * {BUTTONS} + i + 1, n, {_GUILD} + 1000 + i, 'Colour ' || i, i, 'secondary', 0, '{{}}'
    FROM generate_series(1, $panels) AS n, generate_series(0, CASE WHEN n <= $guilds THEN {BUTTONS} ELSE {ROLES} END - 1) AS i;
INSERT INTO panel_message (panel_id, channel_id, message_id, rendered_version, refused_emojis)
    SELECT n, {_GUILD} + 2001, CASE WHEN n <= $guilds THEN {_GUILD} + 3000 ELSE 2000000000000000000 + n END, 1, '[]'
    FROM generate_series(1, $panels) AS n;
INSERT INTO guild_config (guild_id, audit_channel_id, audit_since)
    SELECT {_GUILD}, {_GUILD} + 2002, now() FROM generate_series(1, $guilds) AS n;
SELECT setval('panel_id_seq', $panels), setval('panel_role_id_seq', $panels * {BUTTONS});
"""
_GROWN = f"""
INSERT INTO audit_entry (guild_id, kind, actor_id, target_id, panel_id, interaction_id, payload, state, created_at, settled_at, posted_at)
    SELECT {_GUILD}, 'roles.click', 5000 + n % 100000, 5000 + n % 100000, 1 + n % $guilds, n,
        jsonb_build_object('panel_name', 'Colours', 'panel_title', 'Colours', 'channel_id', 1, 'message_id', 1, 'planned_add',
            jsonb_build_array(n), 'planned_remove', '[]'::jsonb, 'planned_items', '[]'::jsonb, 'added', jsonb_build_array(n), 'removed',
            '[]'::jsonb, 'refused', '[]'::jsonb, 'failed', '[]'::jsonb),
        'done', at, at, at
    FROM generate_series(1, $audit) AS n, LATERAL (SELECT now() - interval '2 years' * (1 - n / $audit::float) AS at) AS moment;
INSERT INTO role_grant (guild_id, user_id, role_id, panel_id, item_id, confirmed, granted_at)
    SELECT {_GUILD}, 9000000 + n / $guilds / {BUTTONS}, {_GUILD} + 1000 + n / $guilds % {BUTTONS}, 1 + (n - 1) % $guilds,
        (n - 1) % $guilds * {BUTTONS} + n / $guilds % {BUTTONS} + 1, TRUE, now() - interval '1 day'
    FROM generate_series(1, $grants) AS n;
"""


def custom_id(place: Place, number: int) -> str:
    """The custom_id of a button of a guild's first panel."""
    return encode(PRESS, place.number + 1, place.number * BUTTONS + number + 1)


class Store:
    """A server with databases to copy: each run gets one of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = count()
        self.pid = int((Path(parse_qs(urlsplit(url).query)["host"][0]) / ".s.PGSQL.5432.lock").read_text().split()[0])

    async def prepare(self) -> None:
        """Make the empty database that the others begin as."""
        await execute(self._url, f"CREATE DATABASE {MIGRATED}")
        await migrate(url_of(self._url, MIGRATED))

    @asynccontextmanager
    async def database(self, guilds: int, panels: int = 0, audit: int = 0, grants: int = 0) -> AsyncIterator[str]:
        """The URL of a database with so many panels (one in each guild at least), settled clicks and grants."""
        name = f"run_{next(self._numbers)}"
        await execute(self._url, f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        sizes = {"guilds": guilds, "panels": max(panels, guilds), "audit": audit, "grants": grants}
        url = url_of(self._url, name)
        statements = _PANELS + (_GROWN if audit else "")
        for word, size in sizes.items():
            statements = statements.replace(f"${word}", str(size))
        await execute(url, statements, "VACUUM ANALYZE", "CHECKPOINT")
        try:
            yield url
        finally:
            await execute(self._url, f"DROP DATABASE {name} WITH (FORCE)")
