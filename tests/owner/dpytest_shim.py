"""dpytest 0.7 on py-cord: it was written for discord.py, and some of its assumptions do not hold here.

The voice client needs libraries that the bot has no use for; MultipartParameters, the signature of send_message and the guild (None)
of a direct message channel are discord.py's.
"""

import sys
import warnings
from types import ModuleType, SimpleNamespace
from typing import Any

import discord
import discord.http


class MultipartParameters:
    """dpytest only names it, in annotations."""


def _without_voice() -> None:
    module = ModuleType("discord.ext.test.voice")
    module.FakeVoiceChannel = discord.VoiceChannel  # pyright: ignore[reportAttributeAccessIssue]
    sys.modules[module.__name__] = module


_without_voice()
discord.http.MultipartParameters = MultipartParameters  # pyright: ignore[reportAttributeAccessIssue]
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord.ext.test as dpytest
    from discord.ext.test import backend

_send_message = backend.FakeHttp.send_message


class _OutsideGuilds:
    """A direct message channel that says so."""

    guild = None

    def __init__(self, channel: discord.DMChannel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


async def _send(self: Any, channel_id: int, content: str | None, **options: Any) -> Any:
    # dpytest reads the local variable `channel` of whoever calls its send_message.
    channel = _OutsideGuilds(backend._get_higher_locs(1)["channel"])
    assert channel.id == channel_id
    params = SimpleNamespace(payload={"content": content, **options}, files=None)
    return await _send_message(self, channel_id, params=params)


backend.FakeHttp.send_message = _send  # pyright: ignore[reportAttributeAccessIssue]

__all__ = ["backend", "dpytest"]
