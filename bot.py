"""Start the bot: settings, log, database, bot, until it is told to stop."""

import asyncio
import signal
import sys

import discord

from core import logging
from core.bot import leave_nobody_behind, make_bot
from core.database import Database
from core.entrance import closed_for_good
from core.errors import ExpectedStop
from core.settings import Settings, load_settings


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT, and leave nothing behind."""
    task = asyncio.current_task()
    assert task is not None, "called by asyncio.run"
    for name in (signal.SIGTERM, signal.SIGINT):  # until the bot listens for them itself
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    database = Database(settings)
    try:
        await database.open()
        bot = await make_bot(settings, database)
        await bot.run_until_stopped()
    finally:
        await database.close()


def main() -> str | None:
    """Run the bot and return what the operator has to mend, or None after an orderly end."""
    redact = logging.redactor(())
    try:
        settings = load_settings()
        redact = logging.setup(settings)
        with asyncio.Runner() as runner:
            try:
                runner.run(run(settings))
            finally:
                runner.run(leave_nobody_behind())
    except ExpectedStop as stop:
        return redact(str(stop))
    except discord.PrivilegedIntentsRequired:
        return closed_for_good(4014)
    except discord.ConnectionClosed as closed:
        return closed_for_good(closed.code)
    except asyncio.CancelledError:
        return None  # told to stop before the bot was up
    return None


if __name__ == "__main__":
    sys.exit(main())
