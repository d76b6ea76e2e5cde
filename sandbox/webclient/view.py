"""What one user sees at this moment, and how it differs from what a window was told before."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.driver import Actor
from sandbox.faults import Fault
from sandbox.webclient.sections import activity, commands, guilds, people
from sandbox.world import Channel, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MESSAGES_SHOWN = 100
CATEGORY = 4

T = TypeVar("T")


def first_person(sandbox: "Sandbox") -> User:
    """Who acts unless told otherwise: the owner of the first guild. Raises LookupError in a world without people."""
    owners = [sandbox.world.users[guild.owner_id] for guild in sandbox.world.guilds.values()]
    everyone = [*owners, *sandbox.world.users.values()]
    return next(user for user in everyone if not user.bot)


def channels(sandbox: "Sandbox", user: User) -> dict[int, Channel]:
    """The channels with messages that the user sees, direct messages included."""
    world = sandbox.world
    seen = [channel for guild in world.guilds_of(user.id) for channel in guilds.sees(sandbox, guild, guild.members[user.id])]
    direct = [channel for channel in world.channels.values() if channel.guild_id is None and user.id in channel.recipient_ids]
    return {channel.id: channel for channel in [*seen, *direct] if channel.type != CATEGORY}


def world(sandbox: "Sandbox", user: User, seen: list[Channel]) -> dict[str, Any]:
    """The sections that tell of the world."""
    return {
        "about": people.about(sandbox),
        "me": people.me(user),
        "people": people.people(sandbox),
        "guilds": guilds.guilds(sandbox, user),
        "dms": people.dms(sandbox, user),
        "commands": commands.commands(sandbox, user, seen),
    }


def trouble(sandbox: "Sandbox", faults: dict[int, Fault]) -> dict[str, Any]:
    """The sections that tell of limits and faults."""
    return {
        "buckets": activity.buckets(sandbox),
        "limits": activity.limits(sandbox),
        "faults": activity.faults(faults),
        "gateway": activity.gateway(sandbox),
    }


class Told:
    """What a window knows, as the JSON that it was told. `channels` are those whose messages it shows."""

    def __init__(self) -> None:
        self.channels: dict[int, Channel] = {}
        self._sections: dict[str, str] = {}
        self._messages: dict[int, dict[int, str]] = {}
        self._last: dict[str, int] = {}

    def differing(self, sections: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """The sections that are not as told before."""
        for name, value in sections.items():
            text = json.dumps(value, ensure_ascii=False)
            if self._sections.get(name) != text:
                self._sections[name] = text
                yield name, text

    def traffic(
        self, name: str, kept: Iterable[tuple[int, T]], show: Callable[[int, T], dict[str, Any]], *, always: bool
    ) -> Iterator[tuple[str, str]]:
        """The section `name` with what came since; empty only when it is to be told `always`."""
        last = self._last.get(name, 0)
        new = [(number, record) for number, record in kept if number > last]
        if new or always:
            self._last[name] = new[-1][0] if new else last
            yield name, json.dumps([show(number, record) for number, record in new], ensure_ascii=False)

    def messages(
        self, sandbox: "Sandbox", user: User, failed: set[int], only: set[tuple[int, int]] | None, *, always: bool
    ) -> Iterator[tuple[str, str]]:
        """The sections "messages" and "gone", for these (channel, message) pairs or, with None, for all there are."""
        for channel_id in self._messages.keys() - self.channels.keys():
            del self._messages[channel_id]
        changed: list[tuple[int, str]] = []
        gone: list[dict[str, str]] = []
        for channel_id, message_id in only if only is not None else self._candidates(sandbox, user):
            if channel_id not in self.channels:
                continue
            known = self._messages.setdefault(channel_id, {})
            text = self._message(sandbox, user, failed, channel_id, message_id)
            if text is None:
                if known.pop(message_id, None) is not None:
                    gone.append({"channel_id": str(channel_id), "id": str(message_id)})
            elif known.get(message_id) != text:
                known[message_id] = text
                changed.append((message_id, text))
        if changed or always:
            yield "messages", "[" + ",".join(text for _, text in sorted(changed)) + "]"
        if gone or always:
            yield "gone", json.dumps(gone)

    def _candidates(self, sandbox: "Sandbox", user: User) -> Iterator[tuple[int, int]]:
        for channel in self.channels.values():
            actor = Actor(sandbox, user, channel)
            seen = [message.id for message in sandbox.world.messages.get(channel.id, {}).values() if actor.can_see(message)]
            for message_id in {*sorted(seen)[-MESSAGES_SHOWN:], *self._messages.get(channel.id, {})}:
                yield channel.id, message_id

    def _message(self, sandbox: "Sandbox", user: User, failed: set[int], channel_id: int, message_id: int) -> str | None:
        record: Message | None = sandbox.world.messages.get(channel_id, {}).get(message_id)
        if record is None or not Actor(sandbox, user, self.channels[channel_id]).can_see(record):
            return None
        return json.dumps(activity.message(sandbox.world, record, user.id, failed=message_id in failed), ensure_ascii=False)
