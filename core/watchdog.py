"""Sees to it that an interaction is acknowledged in time, however long its handler takes."""

import asyncio

import discord
from loguru import logger

from core import errors
from core.answer import Acknowledgement, Answer, TooLate
from core.components import text_message

WATCHDOG = 1.5  # seconds from the arrival of the interaction until it is acknowledged without content
LAST_MOMENT = 2.3  # seconds until a modal that is still not there is given up for a sentence
DEFERRABLE = (Acknowledgement.REPLY, Acknowledgement.REDRAW)


class Watchdog:
    """Acknowledges an interaction that is not answered in time. It is a timer until then, because hardly any interaction needs a task."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._task: asyncio.Task[None] | None = None
        # What cannot be deferred is cached work and is soon there; a host clock that is wrong must not cost it its chance.
        wait = WATCHDOG - (answer.age if answer.acknowledgement in DEFERRABLE else 0.0)
        self._timer = asyncio.get_running_loop().call_later(max(wait, 0.0), self._bark)

    def stop(self) -> None:
        """Let it be: the interaction is handled."""
        self._timer.cancel()
        if self._task:
            self._task.cancel()

    def _bark(self) -> None:
        self._task = asyncio.create_task(self._acknowledge(), name="watchdog")

    async def _acknowledge(self) -> None:
        answer = self._answer
        try:
            if answer.acknowledgement is Acknowledgement.MODAL:
                await asyncio.sleep(LAST_MOMENT - WATCHDOG)
                if answer.fresh:
                    await answer.send(text_message(answer.t(errors.TOO_SLOW)))
            else:
                await answer.defer()
        except (TooLate, discord.HTTPException) as error:
            logger.warning("An interaction could not be acknowledged: {!r}", error)
