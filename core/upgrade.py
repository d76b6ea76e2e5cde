"""Runs the migrations of a new version. Imported when there are some: aerich is of no use to a bot that serves."""

from pathlib import Path
from typing import Any

import aerich
from loguru import logger
from tortoise.context import TortoiseContext


async def upgrade(config: dict[str, Any], app: str, location: Path) -> None:
    """Bring the database of Tortoise's `config` up to date with the migrations of `app` in this folder."""
    async with TortoiseContext() as context:
        await context.init(config=config)
        command = aerich.Command(config, app=app, location=str(location))
        await command.init()
        for name in await command.upgrade(run_in_transaction=True):
            logger.info("Migrated the database: {}", name.removesuffix(".py"))
