"""A user before Discord's client: what they can do, and what they see."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox import messages, permissions
from sandbox.driver import options
from sandbox.driver.errors import ClientRefusal, InteractionFailed
from sandbox.driver.results import Result
from sandbox.driver.views import MessageView
from sandbox.errors import ApiError
from sandbox.interactions import describe
from sandbox.interactions.record import Interaction, Kind
from sandbox.permissions import Permission
from sandbox.world import Application, Channel, Command, Guild, Member, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
WRITABLE = (0, 5)
IN_DIRECT_MESSAGES = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.ATTACH_FILES


class Actor:
    """One user looking at one channel. `in_` and `dm` give the same user before another one."""

    def __init__(self, sandbox: "Sandbox", user: User, channel: Channel | None = None) -> None:
        self.sandbox, self.user = sandbox, user
        self.channel = channel or self._first_channel()

    def in_(self, channel: str | Channel) -> "Actor":
        """The same user looking at another channel (by name in the first guild, or the record)."""
        return Actor(self.sandbox, self.user, self._channel(channel))

    def dm(self, bot: User | None = None) -> "Actor":
        """The same user in the direct messages with a bot, the first application's unless told otherwise."""
        bot_id = bot.id if bot else next(iter(self.sandbox.world.applications.values())).bot_id
        return Actor(self.sandbox, self.user, self.sandbox.world.dm_between(self.user.id, bot_id))

    @property
    def guild(self) -> Guild:
        """The guild of the channel looked at; in direct messages the first guild."""
        return self.sandbox.guild if self.channel.guild_id is None else self.sandbox.world.guild(self.channel.guild_id)

    @property
    def member(self) -> Member:
        """The user's member record in that guild. Raises 10007 for who is not in it."""
        return self.guild.member(self.user.id)

    def role_names(self) -> list[str]:
        """The names of the roles held, highest first."""
        roles = [self.guild.roles[role_id] for role_id in self.member.role_ids]
        return [role.name for role in sorted(roles, key=permissions.rank, reverse=True)]

    def commands(self) -> list[Command]:
        """Every command that the client offers here."""
        offered = self.sandbox.commands.visible_to
        return [command for app in self.sandbox.world.applications.values() for command in offered(app, self.channel, self.user.id)]

    async def slash(self, path: str, **values: Any) -> Result:
        """Use a slash command, for example `slash("panel create", name="colours")`. Raises ClientRefusal."""
        return self.use(self._command(SLASH, path.split()[0]), path, values)

    def use(self, command: Command, path: str, values: dict[str, Any]) -> Result:
        """Use a slash command given as the record; `path` begins with its name. Raises ClientRefusal."""
        self._check_offered(command, SLASH)
        data = self._head(command)
        data["options"] = options.filled(self, command, path, values)
        return self.begin(self._application(command), Kind.COMMAND, self._finish(data))

    async def autocomplete(self, path: str, **values: Any) -> list[dict[str, Any]]:
        """What the client offers while the last keyword is being typed. Raises ClientRefusal, InteractionFailed."""
        return await self.complete(self._command(SLASH, path.split()[0]), path, values)

    async def complete(self, command: Command, path: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        """The same for a command given as the record. Raises ClientRefusal, InteractionFailed."""
        result = await self._type(command, path, values).answered()
        if result.interaction.choices is None:
            raise InteractionFailed(f"{self.user.username}: no choices for {path!r}")
        return result.interaction.choices

    def type(self, path: str, **values: Any) -> Result:
        """Type the last keyword, and do not wait for what the client offers. Raises ClientRefusal."""
        return self._type(self._command(SLASH, path.split()[0]), path, values)

    async def message_command(self, name: str | Command, message: Message | MessageView) -> Result:
        """Use a command from a message's context menu. Raises ClientRefusal."""
        record = message.record if isinstance(message, MessageView) else message
        if record.deleted or not self.can_see(record):
            raise ClientRefusal(f"{self.user.username} does not see that message")
        return self._menu(MESSAGE_MENU, name, record.id, messages=[record.id])

    async def user_command(self, name: str | Command, target: "User | Actor") -> Result:
        """Use a command from a user's context menu. Raises ClientRefusal."""
        user = target.user if isinstance(target, Actor) else target
        return self._menu(USER_MENU, name, user.id, users=[user.id])

    async def say(self, text: str, channel: str | Channel | None = None, files: Sequence[tuple[str, bytes]] = ()) -> MessageView:
        """Post a message, with files if any are given. Raises ClientRefusal when the user may not."""
        where = self.channel if channel is None else self._channel(channel)
        needed = Permission.SEND_MESSAGES | (Permission.ATTACH_FILES if files else 0)
        if self.permissions(where) & needed != needed:
            raise ClientRefusal(f"{self.user.username} may not write here")
        if where.guild_id is not None and self.in_(where).member.pending:
            raise ClientRefusal(f"{self.user.username} has not passed the screening")
        if wait := self._slowed(where):
            raise ClientRefusal(f"slow mode: {self.user.username} may write here again in {wait} s")
        uploads = [options.as_upload(file, number) for number, file in enumerate(files)]
        try:
            record = messages.create(self.sandbox, where, {"content": text}, uploads, messages.Origin(self.user.id))
        except ApiError as error:
            raise ClientRefusal(str(error)) from None
        return MessageView(self, record)

    def sees(self, channel: str | Channel | None = None) -> list[MessageView]:
        """The messages that this user sees in a channel now, oldest first, ephemeral ones for them included."""
        where = self.channel if channel is None else self._channel(channel)
        stored = self.sandbox.world.messages.get(where.id, {}).values()
        return [MessageView(self, message) for message in sorted(stored, key=lambda m: m.id) if self.can_see(message)]

    def delete(self, message: MessageView) -> None:
        """Delete a message: one's own, or with MANAGE_MESSAGES anyone's. Raises ClientRefusal."""
        record = message.record
        channel = self.sandbox.world.channels.get(record.channel_id)
        own = record.author_id == self.user.id
        if channel is None or not self.can_see(record) or not (own or self.permissions(channel) & Permission.MANAGE_MESSAGES):
            raise ClientRefusal(f"{self.user.username} may not delete this message")
        messages.delete(self.sandbox, record)

    def dismiss(self, message: MessageView) -> None:
        """Close an ephemeral message. Raises ClientRefusal for any other."""
        if not message.ephemeral:
            raise ClientRefusal("only an ephemeral message can be dismissed")
        self.sandbox.driver.dismissed.add((self.user.id, message.id))

    def begin(
        self,
        application: Application,
        kind: Kind,
        data: dict[str, Any],
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Result:
        """Send an interaction from the channel looked at, unchecked: the methods above check as the client does."""
        interaction = self.sandbox.interactions.begin(application, kind, self.user.id, self.channel, data, message, opened_by)
        return Result(self, interaction)

    def can_see(self, message: Message) -> bool:
        """Whether the message is on this user's screen when they look at its channel."""
        dismissed = (self.user.id, message.id) in self.sandbox.driver.dismissed
        if message.deleted or dismissed or message.visible_to not in (None, self.user.id):
            return False
        channel = self.sandbox.world.channels.get(message.channel_id)
        return channel is not None and permissions.has_access(channel, self.permissions(channel))

    def permissions(self, channel: Channel | None = None) -> int:
        """This user's permissions in a channel; all that matter in their own direct messages, none where they are not a member."""
        where = channel or self.channel
        if where.guild_id is None:
            return int(IN_DIRECT_MESSAGES) if self.user.id in where.recipient_ids else 0
        guild = self.sandbox.world.guilds.get(where.guild_id)
        member = guild.members.get(self.user.id) if guild else None
        return permissions.effective(guild, member, where, self.sandbox.clock.now()) if guild and member else 0

    def _type(self, command: Command, path: str, values: dict[str, Any]) -> Result:
        self._check_offered(command, SLASH)
        data = self._head(command)
        data["options"] = options.typed(self, command, path, values)
        return self.begin(self._application(command), Kind.AUTOCOMPLETE, self._finish(data))

    def _menu(self, kind: int, which: str | Command, target_id: int, **resolved: list[int]) -> Result:
        command = which if isinstance(which, Command) else self._command(kind, which)
        self._check_offered(command, kind)
        data = self._head(command)
        data |= {"target_id": str(target_id), "resolved": describe.resolved(self.sandbox.world, self.channel, **resolved)}
        return self.begin(self._application(command), Kind.COMMAND, data)

    def _command(self, kind: int, name: str) -> Command:
        registered = [
            command
            for application in self.sandbox.world.applications.values()
            for command in application.commands.values()
            if command.data["type"] == kind and name in (command.data["name"], options.local_name(command.data, self.user.locale))
        ]
        offered = [c for c in registered if self.sandbox.commands.visible(self._application(c), c, self.channel, self.user.id)]
        if not offered:
            why = "may not use it here" if registered else "nobody registered it"
            raise ClientRefusal(f"the client does not offer {name!r} to {self.user.username}: {why}")
        return offered[0]

    def _check_offered(self, command: Command, kind: int) -> None:
        if command.data["type"] != kind:
            raise ClientRefusal(f"{command.data['name']!r} is used in another way")
        if not self.sandbox.commands.visible(self._application(command), command, self.channel, self.user.id):
            raise ClientRefusal(f"the client does not offer {command.data['name']!r} to {self.user.username}: may not use it here")

    def _application(self, command: Command) -> Application:
        return self.sandbox.world.applications[command.application_id]

    def _head(self, command: Command) -> dict[str, Any]:
        data: dict[str, Any] = {"type": command.data["type"], "name": command.data["name"], "id": str(command.id)}
        if command.guild_id is not None:
            data["guild_id"] = str(command.guild_id)
        return data

    def _finish(self, data: dict[str, Any]) -> dict[str, Any]:
        resolved = options.resolved(self, data["options"])
        if resolved:
            data["resolved"] = resolved
        return data

    def _slowed(self, channel: Channel) -> int:
        """How many seconds slow mode keeps this user from writing; bots and holders of BYPASS_SLOWMODE are exempt."""
        own = [m.timestamp for m in self.sandbox.world.messages.get(channel.id, {}).values() if m.author_id == self.user.id]
        if not own or self.permissions(channel) & Permission.BYPASS_SLOWMODE:
            return 0
        return max(0, math.ceil(max(own) + channel.rate_limit_per_user - self.sandbox.clock.now()))

    def _channel(self, channel: str | Channel) -> Channel:
        return self.sandbox.channel(channel) if isinstance(channel, str) else channel

    def _first_channel(self) -> Channel:
        guild = self.sandbox.guild
        text = [c for c in sorted(guild.channels.values(), key=lambda c: (c.position, c.id)) if c.type in WRITABLE]
        return next((c for c in text if self.permissions(c) & Permission.SEND_MESSAGES), text[0])
