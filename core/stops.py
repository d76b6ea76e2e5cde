"""How the process ends: for a reason that an operator is told, on a signal, and with nothing left behind. Imported before all that takes
long to import.
"""

import asyncio
import os
import signal
from collections.abc import Callable

from loguru import logger

LEAVE_SECONDS = 2.0  # that tasks have to end when the process does


class ExpectedStop(Exception):
    """The process cannot start or go on; the message tells the operator what to do. No traceback is shown."""


class LastingStop(ExpectedStop):
    """An ExpectedStop that no restart mends. The process stays for a while and then ends with EXIT_CODE, so that restarts do not add up."""

    EXIT_CODE = 78  # EX_CONFIG of sysexits.h


def on_signal_to_end(handler: Callable[[], object]) -> None:
    """Call this in the running loop on a signal to end the process, a closed terminal included."""
    loop = asyncio.get_running_loop()
    for number in filter(None, (getattr(signal, name, None) for name in ("SIGTERM", "SIGINT", "SIGHUP"))):
        try:
            loop.add_signal_handler(number, handler)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(handler))


async def leave_nobody_behind() -> None:
    """Cancel what still runs. The end of the process does not wait for a task that takes no notice: that one is named, and cut off."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    stubborn = (await asyncio.wait(tasks, timeout=LEAVE_SECONDS))[1] if tasks else set()
    if stubborn:
        names = ", ".join(sorted(task.get_name() for task in stubborn))
        logger.warning("Some work does not end although it was told to, and is cut off: {}", names)
        await logger.complete()
        os._exit(1)
