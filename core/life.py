"""The life of the process behind its first probe: the database, and the bot until it is told to stop."""

import asyncio
import gc
from contextlib import suppress

from core.bot import RolePanelBot, make_bot
from core.database import Database
from core.entrance import LASTING_SECONDS, announce
from core.first_probe import FirstProbe
from core.settings import Settings
from core.stops import LastingStop, on_signal_to_end


async def live(settings: Settings, probe: FirstProbe) -> None:
    """Run the bot until a signal to end, and leave nothing behind. Raises ExpectedStop."""
    task = asyncio.current_task()
    assert task is not None, "called in a task"
    on_signal_to_end(task.cancel)  # until the bot listens for them itself
    database = Database(settings)
    try:
        await database.open()
        keeping_up = asyncio.create_task(database.keep_up(), name="embedded server")
        try:
            bot = await _welcomed(settings, database, probe)
            bot.first_probe = probe
            keeping_up.add_done_callback(lambda _: bot.stop())
            # The libraries stay. Each look for garbage would pass them while all servers wait. Cogs do not stay: they can be reloaded.
            gc.freeze()
            await bot.run_until_stopped()
            if keeping_up.done():
                keeping_up.result()
        finally:
            keeping_up.cancel()
            await asyncio.wait({keeping_up})
    finally:
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
