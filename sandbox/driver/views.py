"""A message as one user sees it, with what can be clicked on it. Everything is read from the record at the moment of asking."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox import reactions
from sandbox.driver import picks
from sandbox.driver.errors import ClientRefusal
from sandbox.errors import ApiError
from sandbox.interactions.record import Kind
from sandbox.permissions import Permission, timed_out
from sandbox.validate.emoji import is_unicode_emoji
from sandbox.validate.messages import EPHEMERAL, LOADING
from sandbox.world import Message

if TYPE_CHECKING:
    from sandbox.driver.actor import Actor
    from sandbox.driver.results import Result

T = TypeVar("T")

BUTTON, LINK, PREMIUM = 2, 5, 6


@dataclass(frozen=True)
class Button:
    """A button on a message."""

    data: dict[str, Any]

    @property
    def label(self) -> str:
        """Its text, or "" when it has only an emoji."""
        return self.data.get("label") or ""

    @property
    def emoji(self) -> str | None:
        """The name of its emoji."""
        return (self.data.get("emoji") or {}).get("name")

    @property
    def custom_id(self) -> str | None:
        """What the application gave it; None on a link."""
        return self.data.get("custom_id")

    @property
    def style(self) -> int:
        """1 primary, 2 secondary, 3 success, 4 danger, 5 link."""
        return self.data["style"]

    @property
    def disabled(self) -> bool:
        """Whether it is grey."""
        return bool(self.data.get("disabled"))

    def is_called(self, which: str) -> bool:
        """Whether `which` is its label, custom_id or emoji."""
        return which in (self.data.get("label"), self.custom_id, self.emoji)


@dataclass(frozen=True)
class Select:
    """A dropdown on a message. `kind` is the component's type (3 string, 5 user, 6 role, 7 mentionable, 8 channel)."""

    data: dict[str, Any]

    @property
    def kind(self) -> int:
        """The component's type."""
        return self.data["type"]

    @property
    def placeholder(self) -> str:
        """What it says while nothing is picked."""
        return self.data.get("placeholder") or ""

    @property
    def custom_id(self) -> str:
        """What the application gave it."""
        return self.data["custom_id"]

    @property
    def disabled(self) -> bool:
        """Whether it is grey."""
        return bool(self.data.get("disabled"))

    @property
    def options(self) -> list[dict[str, Any]]:
        """The entries of a string select."""
        return self.data.get("options") or []

    @property
    def labels(self) -> list[str]:
        """The labels of those entries."""
        return [option["label"] for option in self.options]


class MessageView:
    """A message on a user's screen."""

    def __init__(self, actor: "Actor", record: Message) -> None:
        here = actor.channel.id == record.channel_id
        self.actor, self.record = actor if here else actor.in_(actor.sandbox.world.channel(record.channel_id)), record

    def __repr__(self) -> str:
        return f"<message {self.id} {self.text!r} buttons={[button.label for button in self.buttons]}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MessageView) and other.record is self.record

    def __hash__(self) -> int:
        return hash(self.record.id)

    @property
    def id(self) -> int:
        """The message's id."""
        return self.record.id

    @property
    def content(self) -> str:
        """The plain content."""
        return self.record.content

    @property
    def embeds(self) -> list[dict[str, Any]]:
        """The embeds as JSON."""
        return self.record.embeds

    @property
    def components(self) -> list[dict[str, Any]]:
        """The components as JSON."""
        return self.record.components

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The attachments as JSON."""
        return self.record.attachments

    @property
    def flags(self) -> int:
        """The message's flags."""
        return self.record.flags

    @property
    def ephemeral(self) -> bool:
        """Whether only one user sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Whether it still says "thinking…"."""
        return bool(self.flags & LOADING)

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.record.deleted

    @property
    def text(self) -> str:
        """All that can be read: content, embeds and text displays, a line each."""
        embeds = [
            part
            for embed in self.embeds
            for part in (
                (embed.get("author") or {}).get("name"),
                embed.get("title"),
                embed.get("description"),
                *(f"{field['name']}: {field['value']}" for field in embed.get("fields") or []),
                (embed.get("footer") or {}).get("text"),
            )
        ]
        shown = [part["content"] for part in picks.walk(self.components) if part["type"] == picks.TEXT_DISPLAY]
        return "\n".join(part for part in [self.content, *embeds, *shown] if part)

    @property
    def buttons(self) -> list[Button]:
        """Its buttons in order."""
        return [Button(part) for part in picks.walk(self.components) if part["type"] == BUTTON]

    @property
    def selects(self) -> list[Select]:
        """Its dropdowns in order."""
        return [Select(part) for part in picks.walk(self.components) if part["type"] in picks.SELECTS]

    def button(self, which: str) -> Button:
        """The button with this label, custom_id or emoji. Raises ClientRefusal unless there is exactly one."""
        return _only([button for button in self.buttons if button.is_called(which)], f"button {which!r}", self)

    def select_menu(self, which: str | None = None) -> Select:
        """The dropdown with this placeholder or custom_id; None: the only one. Raises ClientRefusal."""
        fitting = [select for select in self.selects if which is None or which in (select.placeholder, select.custom_id)]
        return _only(fitting, f"dropdown {which!r}", self)

    async def click(self, which: str | Button) -> "Result":
        """Click a button, given by label, custom_id or emoji, or itself. Raises ClientRefusal."""
        button = which if isinstance(which, Button) else self.button(which)
        if button.style in (LINK, PREMIUM):
            raise ClientRefusal(f"{button.label!r} leads elsewhere; clicking it starts no interaction")
        return self._use(button.data, {})

    async def select(self, which: str | Select | None, values: list[Any]) -> "Result":
        """Pick in a dropdown, given by placeholder or custom_id, or itself. Raises ClientRefusal.

        Entries of a string select go by label or value; users, roles and channels by record.
        """
        menu = which if isinstance(which, Select) else self.select_menu(which)
        chosen, resolved = picks.chosen(self.actor, menu.data, values)
        picks.check_count(menu.data, len(chosen), menu.data.get("min_values", 1), menu.data.get("max_values", 1))
        data: dict[str, Any] = {"values": chosen}
        if menu.data["type"] in picks.RESOLVED_AS:
            data["resolved"] = {picks.RESOLVED_AS[menu.data["type"]]: {}} | resolved
        elif resolved:
            data["resolved"] = resolved
        return self._use(menu.data, data)

    def react(self, emoji: str) -> None:
        """React with a Unicode emoji, or a custom one of the guild by its name. Raises ClientRefusal."""
        key = self._emoji_key(emoji)
        needed = Permission.READ_MESSAGE_HISTORY | (0 if key in self.record.reactions else Permission.ADD_REACTIONS)
        guild_id = self.actor.channel.guild_id
        if guild_id is not None and (self.actor.member.pending or self.actor.permissions() & needed != needed):
            raise ClientRefusal(f"{self.actor.user.username} may not react here")
        try:
            reactions.add(self.actor.sandbox.world, self.record, key, self.actor.user.id)
        except ApiError as error:
            raise ClientRefusal(str(error)) from None

    def unreact(self, emoji: str) -> None:
        """Take one's own reaction back. Raises ClientRefusal when there is none."""
        key = self._emoji_key(emoji)
        if self.actor.user.id not in self.record.reactions.get(key, []):
            raise ClientRefusal(f"{self.actor.user.username} has not reacted with {emoji!r}")
        reactions.remove(self.actor.sandbox.world, self.record, key, self.actor.user.id)

    def _emoji_key(self, emoji: str) -> str:
        if not self.actor.can_see(self.record) or self.ephemeral:
            raise ClientRefusal(f"{self.actor.user.username} cannot react to this message")
        if is_unicode_emoji(emoji):
            return emoji
        custom = next((e for e in self.actor.guild.emojis.values() if e.name == emoji), None)
        if custom is None:
            raise ClientRefusal(f"{emoji!r} is no emoji here")
        return f"{custom.name}:{custom.id}"

    def _use(self, component: dict[str, Any], data: dict[str, Any]) -> "Result":
        actor, sandbox = self.actor, self.actor.sandbox
        if not actor.can_see(self.record):
            raise ClientRefusal(f"{actor.user.username} does not see this message")
        if component.get("disabled"):
            raise ClientRefusal("the component is disabled")
        channel = sandbox.world.channel(self.record.channel_id)
        if channel.guild_id is not None and timed_out(actor.member, sandbox.clock.now()):
            raise ClientRefusal(f"{actor.user.username} is timed out")
        application = sandbox.world.applications.get(self.record.application_id or 0) or next(
            (app for app in sandbox.world.applications.values() if app.bot_id == self.record.author_id), None
        )
        if application is None:
            raise ClientRefusal("no application stands behind this message")
        sent = {"component_type": component["type"], "custom_id": component["custom_id"], "id": component["id"], **data}
        return actor.begin(application, Kind.COMPONENT, sent, message=self.record)


def _only(found: list[T], what: str, message: MessageView) -> T:
    if len(found) != 1:
        raise ClientRefusal(f"{'no' if not found else 'more than one'} {what} on {message!r}")
    return found[0]
