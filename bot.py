"""Start the bot: settings, log, a first probe, and then all the rest, which takes seconds to import."""

import os
import signal
import sys

if __name__ == "__main__":
    # Before the imports: the first process of a container is not ended by a signal that it has no handler for. Nothing is open yet.
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows has not all of them
            signal.signal(number, lambda *_: os._exit(0))

import asyncio
from collections.abc import Awaitable, Callable

from loguru import logger

from core import logging
from core.first_probe import FirstProbe
from core.settings import Settings, load_settings, pass_on_to_libraries
from core.stops import ExpectedStop, LastingStop, leave_nobody_behind


async def run(settings: Settings) -> None:
    """Run the bot until a signal to end, and answer probes from the first moment on. Raises ExpectedStop."""
    probe = FirstProbe()
    try:
        if settings.health_port is not None:
            await probe.open(settings.health_host, settings.health_port)
        live = await asyncio.to_thread(_all_the_rest)
        await live(settings, probe)
    finally:
        probe.close()


def _all_the_rest() -> Callable[[Settings, FirstProbe], Awaitable[None]]:
    from core.life import live

    return live


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
