"""What one person may have kept of what they typed and were shown."""

import asyncio
import json
from typing import Any

from tortoise.transactions import in_transaction

from core.errors import UserError
from core.i18n import N_
from domain import clock
from models import Draft

MINE, MINE_MAX = 50, 1024 * 1024  # drafts of one person, and their bytes
_MAKE_ROOM = """
DELETE FROM draft WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER newest AS place, sum(octet_length(values::text)) OVER newest AS total FROM draft WHERE user_id = $1
        WINDOW newest AS (ORDER BY id DESC)
    ) AS kept
    WHERE place >= $2 OR total > $3
)
"""

TOO_LONG = N_("This is too much to be shown before it is made. Make it in several parts.")


async def keep(guild_id: int, user_id: int, custom_id: str, values: dict[str, Any]) -> Draft:
    """Keep what a person has typed or was shown; their oldest drafts make room for it. Raises UserError when it is too long by itself."""
    size = await asyncio.to_thread(lambda: len(json.dumps(values, ensure_ascii=False).encode()))
    if size > MINE_MAX:
        raise UserError(TOO_LONG)
    async with in_transaction() as db:
        await db.execute_query(_MAKE_ROOM, [user_id, MINE, MINE_MAX - size])
        return await Draft.create(
            guild_id=guild_id, user_id=user_id, custom_id=custom_id, values=values, created_at=clock.now(), using_db=db
        )
