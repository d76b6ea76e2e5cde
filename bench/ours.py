"""The bot as bot.py starts it, but without its own cap on calls (UNCAPPED=1), or watched (WATCH=file)."""

import asyncio.selector_events
import json
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bot
import core.calls


def watch(file: Path) -> None:
    """At SIGUSR1 write what the bot did since the last one: its longest callback on the loop, and what it sent to PostgreSQL."""
    from tests.loop_cpu import loop_cpu  # only here: elsewhere it would count as the bot's memory

    transport = vars(asyncio.selector_events)["_SelectorSocketTransport"]
    write, sent = transport.write, Counter[str]()

    def counting(self: Any, data: Any) -> None:
        if self.get_extra_info("socket").family == socket.AF_UNIX:
            sent.update(_messages(bytes(data)))
        write(self, data)

    def tell(*_: object) -> None:
        new = file.with_suffix(".new")
        counts = {"statements": sent["Q"] + sent["E"], "trips": sent["Q"] + sent["S"]}
        new.write_text(json.dumps({"longest": 1000 * cpu.worst, "what": str(cpu), **counts}))
        new.rename(file)
        sent.clear()
        cpu.callbacks.clear()

    with loop_cpu() as cpu:
        transport.write = counting
        signal.signal(signal.SIGUSR1, tell)
        sys.exit(bot.main())


def _messages(data: bytes) -> Iterator[str]:
    """The types of the messages in it (https://www.postgresql.org/docs/current/protocol-message-formats.html): Query, Execute, Sync …"""
    while data and data[0]:  # what begins a connection has no type
        yield chr(data[0])
        data = data[1 + int.from_bytes(data[1:5]) :]


if __name__ == "__main__":
    if os.environ.get("UNCAPPED"):
        core.calls.CALLS *= 100  # without limits it would be all that is measured
    if name := os.environ.get("WATCH"):
        watch(Path(name))
    sys.exit(bot.main())
