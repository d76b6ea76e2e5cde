"""The state of the local Discord: plain records, one store, and the stream of events that changes give off.

Nothing here knows HTTP or WebSocket. Whoever changes a record emits the event that Discord would send; the gateway,
the page and the driver listen.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.clock import Clock
from sandbox.errors import unknown

DISCORD_EPOCH_MS = 1_420_070_400_000


@dataclass
class User:
    """An account. A bot's user has `bot` set."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"
    avatar: str | None = None


@dataclass
class Role:
    """A role; `permissions` is the bit field; `tags` carries bot_id for a managed bot role, guild_connections (null) for a linked one …"""

    id: int
    guild_id: int
    name: str
    position: int
    permissions: int = 0
    color: int = 0  # 0xRRGGBB; 0: none
    hoist: bool = False
    managed: bool = False
    mentionable: bool = False
    tags: dict[str, Any] | None = None
    secondary_color: int | None = None
    tertiary_color: int | None = None
    icon: str | None = None
    unicode_emoji: str | None = None
    flags: int = 0


@dataclass
class Member:
    """A user in a guild. `role_ids` never holds @everyone."""

    user_id: int
    guild_id: int
    joined_at: float
    role_ids: list[int] = field(default_factory=list)
    nick: str | None = None
    pending: bool = False
    timeout_until: float | None = None


@dataclass
class Overwrite:
    """A channel's permission overwrite; type 0 is a role, 1 a member."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass
class Channel:
    """A guild channel, thread or DM; `type` as in Discord's channel types (0 text, 1 DM, 4 category, 5 announcement …)."""

    id: int
    type: int
    guild_id: int | None = None
    name: str = ""
    position: int = 0
    parent_id: int | None = None
    topic: str | None = None
    nsfw: bool = False
    rate_limit_per_user: int = 0  # seconds
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipient_ids: list[int] = field(default_factory=list)
    last_message_id: int | None = None
    flags: int = 0


@dataclass
class Invite:
    """An invite to a guild; times in Unix seconds, `max_age` in seconds (0: for ever)."""

    code: str
    guild_id: int
    channel_id: int
    inviter_id: int
    created_at: float
    max_age: int
    max_uses: int
    temporary: bool
    role_ids: tuple[int, ...]

    @property
    def expires_at(self) -> float | None:
        """When it ends, None for never."""
        return self.created_at + self.max_age if self.max_age else None

    @property
    def kind(self) -> tuple[object, ...]:
        """What two invites share that Discord takes for alike."""
        return (self.channel_id, self.inviter_id, self.max_age, self.max_uses, self.temporary, self.role_ids)


@dataclass
class Emoji:
    """A custom emoji of a guild."""

    id: int
    guild_id: int
    name: str
    animated: bool = False
    available: bool = True
    creator_id: int | None = None


@dataclass
class Message:
    """A message. `visible_to` is the one user who sees an ephemeral message, None for everyone. `command` names the command it answers.

    `reactions` maps an emoji ("👍" or "name:id") to who reacted. A deleted message leaves the store and has `deleted` set.
    """

    id: int
    channel_id: int
    author_id: int
    timestamp: float
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    edited_at: float | None = None
    nonce: str | int | None = None
    mention_ids: list[int] = field(default_factory=list)
    mention_role_ids: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reference: dict[str, Any] | None = None
    application_id: int | None = None
    webhook_id: int | None = None
    interaction_metadata: dict[str, Any] | None = None
    interaction_id: int | None = None
    command: str | None = None
    visible_to: int | None = None
    pinned: bool = False
    tts: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)
    deleted: bool = False


@dataclass
class Guild:
    """A server and everything in it."""

    id: int
    name: str
    owner_id: int
    preferred_locale: str = "en-US"
    mfa_level: int = 0
    verification_level: int = 0
    features: list[str] = field(default_factory=list)
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    emojis: dict[int, Emoji] = field(default_factory=dict)
    bans: dict[int, str | None] = field(default_factory=dict)
    audit_log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def everyone(self) -> Role:
        """The @everyone role; its id is the guild's."""
        return self.roles[self.id]

    def role(self, role_id: int) -> Role:
        """The role, or Discord's 10011."""
        if role_id not in self.roles:
            raise unknown("Role")
        return self.roles[role_id]

    def member(self, user_id: int) -> Member:
        """The member, or Discord's 10007."""
        if user_id not in self.members:
            raise unknown("Member")
        return self.members[user_id]


@dataclass
class Command:
    """An application command as registered; `data` holds the validated request fields. `guild_id` None: global."""

    id: int
    application_id: int
    guild_id: int | None
    version: int
    data: dict[str, Any]

    @property
    def key(self) -> tuple[int, str]:
        """Type and name: what is unique in a scope."""
        return (self.data.get("type", 1), self.data["name"])


@dataclass
class Application:
    """A developer's application with its bot user and token.

    `privileged_intents` are the bits switched on in the developer portal; identifying with others closes with 4014. With an
    `interactions_endpoint_url` no interaction comes over the gateway. With `team_member_ids` it belongs to a team of these and its owner.
    `command_permissions` maps (guild_id, command_id or the application's own id) to Discord's list of permission overwrites.
    """

    id: int
    name: str
    bot_id: int
    owner_id: int
    token: str
    privileged_intents: int = 0
    owner_has_2fa: bool = True
    recommended_shards: int = 1
    max_concurrency: int = 1
    bot_public: bool = True
    interactions_endpoint_url: str | None = None
    team_member_ids: list[int] = field(default_factory=list)
    commands: dict[int, Command] = field(default_factory=dict)
    command_permissions: dict[tuple[int, int], list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class StoredFile:
    """The bytes of an uploaded attachment, by the attachment's id."""

    channel_id: int
    filename: str
    content_type: str
    content: bytes


@dataclass
class Event:
    """One dispatch before it is addressed. `intent` is the bit a session must have asked for (0: none needed).

    `guild_id` picks the shard; without one the event goes to shard 0. `application_id` limits it to one application. An event with
    `user_id` is for that user's eyes alone (an ephemeral message): the page hears of it, no gateway session does.
    """

    name: str
    data: dict[str, Any]
    guild_id: int | None = None
    intent: int = 0
    application_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class RoleChange:
    """A role that a member got ("add") or lost ("remove"), by whom and why. `at` is in Unix seconds."""

    guild_id: int
    user_id: int
    role_id: int
    kind: str
    actor_id: int
    reason: str | None
    at: float


LosingAccess = Literal["update", "delete"]


class World:
    """The store: everything that exists, by id, and the listeners that hear of every change."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.applications: dict[int, Application] = {}
        self.files: dict[int, StoredFile] = {}
        self.losing_access: LosingAccess = "update"
        """How a bot hears that it may not view a channel any more: Discord does not document which of the two it is."""
        self.invites: dict[str, Invite] = {}
        self.nonces: dict[tuple[int, int, str], tuple[int, float]] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self.role_listeners: list[Callable[[RoleChange], None]] = []
        self._sequence = itertools.count()

    def new_id(self) -> int:
        """A fresh snowflake of the present moment (https://docs.discord.com/developers/reference#snowflakes)."""
        stamp = int(self.clock.now() * 1000) - DISCORD_EPOCH_MS
        return (stamp << 22) | (next(self._sequence) & 0x3FFFFF)

    def emit(self, event: Event) -> None:
        """Tell every listener of a change that has just been made."""
        for listener in list(self.listeners):
            listener(event)

    def guild(self, guild_id: int) -> Guild:
        """The guild, or Discord's 10004."""
        if guild_id not in self.guilds:
            raise unknown("Guild")
        return self.guilds[guild_id]

    def channel(self, channel_id: int) -> Channel:
        """The channel, or Discord's 10003."""
        if channel_id not in self.channels:
            raise unknown("Channel")
        return self.channels[channel_id]

    def message(self, channel_id: int, message_id: int) -> Message:
        """The message, or Discord's 10008."""
        found = self.messages.get(channel_id, {}).get(message_id)
        if found is None:
            raise unknown("Message")
        return found

    def user(self, user_id: int) -> User:
        """The user, or Discord's 10013."""
        if user_id not in self.users:
            raise unknown("User")
        return self.users[user_id]

    def dm_between(self, first_id: int, second_id: int) -> Channel:
        """The direct-message channel of two users, opened when there was none."""
        pair = {first_id, second_id}
        found = next((c for c in self.channels.values() if c.type == 1 and set(c.recipient_ids) == pair), None)
        if found is None:
            found = Channel(self.new_id(), 1, recipient_ids=[first_id, second_id])
            self.channels[found.id] = found
        return found

    def guilds_of(self, user_id: int) -> list[Guild]:
        """The guilds that the user is in."""
        return [guild for guild in self.guilds.values() if user_id in guild.members]

    def application_of(self, token: str) -> Application | None:
        """The application whose bot token this is."""
        return next((app for app in self.applications.values() if app.token == token), None)
