"""Keeps one gateway event that py-cord cannot read from ending the bot for everyone."""

from collections.abc import Callable
from functools import partial
from typing import Any

import discord
from loguru import logger

ESSENTIAL = "READY"  # without it there is no session to go on with


def outlive_unreadable_events(bot: discord.Client) -> None:
    """Log an event that py-cord fails on and go on with the next. (py-cord itself lets the failure end `connect`.)"""
    # No public name: py-cord offers no place between a frame and its parser.
    parsers = bot._connection.parsers
    for name, parse in parsers.items():
        if name != ESSENTIAL:
            parsers[name] = partial(_parse, name, parse)


def _parse(name: str, parse: Callable[[Any], object], data: Any) -> None:
    try:
        parse(data)
    except Exception:  # noqa: BLE001 - whatever py-cord stumbled over, the events after this one are still good
        logger.exception("py-cord could not read the event {}", name)
