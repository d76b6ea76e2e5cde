"""Start the bot: settings, log, database, bot, until it is told to stop."""

import signal
import sys

if __name__ == "__main__":
    # Before the imports, which take seconds: the first process of a container is not ended by a signal that it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())

import asyncio
from contextlib import suppress

from loguru import logger

from core import logging
from core.bot import RolePanelBot, leave_nobody_behind, make_bot, on_signal_to_end
from core.database import Database
from core.entrance import LASTING_SECONDS, announce
from core.errors import ExpectedStop, LastingStop
from core.first_probe import FirstProbe
from core.settings import Settings, load_settings, pass_on_to_libraries


async def run(settings: Settings) -> None:
    """Run the bot until a signal to end, and leave nothing behind. Raises ExpectedStop."""
    task = asyncio.current_task()
    assert task is not None, "called by asyncio.run"
    on_signal_to_end(task.cancel)  # until the bot listens for them itself
    database, probe = Database(settings), FirstProbe()
    try:
        if settings.health_port is not None:
            await probe.open(settings.health_host, settings.health_port)
        await database.open()
        keeping_up = asyncio.create_task(database.keep_up(), name="embedded server")
        try:
            bot = await _welcomed(settings, database, probe)
            bot.first_probe = probe
            keeping_up.add_done_callback(lambda _: bot.stop())
            await bot.run_until_stopped()
            if keeping_up.done():
                keeping_up.result()
        finally:
            keeping_up.cancel()
            await asyncio.wait({keeping_up})
    finally:
        probe.close()
        await database.close()


async def _welcomed(settings: Settings, database: Database, probe: FirstProbe) -> RolePanelBot:
    try:
        return await make_bot(settings, database)
    except LastingStop as stop:
        announce(stop)
        probe.reason = str(stop)
        with suppress(asyncio.CancelledError):  # by a signal, which ends the wait
            await asyncio.sleep(LASTING_SECONDS)
        raise


def main() -> int:
    """Run the bot and return its exit code."""
    logging.setup_without_settings()
    try:
        settings = load_settings()
        pass_on_to_libraries()
    except ExpectedStop as stop:
        logger.critical("{}", stop)
        return 1
    logging.setup(settings)
    try:
        with asyncio.Runner() as runner:
            try:
                runner.run(run(settings))
            finally:
                runner.run(leave_nobody_behind())
    except ExpectedStop as stop:
        logger.critical("{}", stop)
        return LastingStop.EXIT_CODE if isinstance(stop, LastingStop) else 1
    except asyncio.CancelledError:
        return 0  # told to stop before the bot was up
    return 0


if __name__ == "__main__":
    sys.exit(main())
